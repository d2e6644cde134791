/** Puts what went wrong in all the runs together by place: one finding for each, with the failures that lead there. */
import type { Fault } from './judge-run.ts';
import type { FailurePoint, InjectedFailure, TortureCode, TortureFinding } from './report.ts';
import type { RewrittenFunctions } from './rewritten-functions.ts';
import type { Frame, Stack } from './symbolize.ts';

/** One run that something was wrong with. */
export interface FaultyRun {
  readonly failure: InjectedFailure;
  readonly faults: readonly Fault[];
}

/** The C library and the loader: where something went wrong is the first frame above them. */
const SYSTEM = /\/(?:ld-linux[^/]*|libc|libpthread|libdl|libm|ld-musl[^/]*|libc\.musl[^/]*)[-.][^/]*$|linux-vdso/;

/** How many frames make a place: an allocator's wrapper alone would put everything together. */
const PLACE_FRAMES = 4;

/** The frames of the program itself and of its libraries. */
export function ownFrames(stack: Stack): Stack {
  return stack.filter((frame) => !SYSTEM.test(frame.module) && frame.function !== '??');
}

/**
 * Whether a fault happens within one call of the C library that acquired something itself: its own fault, which no
 * change of the program mends (glibc's setlocale leaks, and its getpwuid crashes, when their malloc fails).
 */
export function isLibrarysOwn(fault: Stack, failure: Stack): boolean {
  if (!isSystem(fault[0]) || !isSystem(failure[0])) return false;
  const [left, right] = [fault, failure].map((stack) => JSON.stringify(ownFrames(stack)));
  return left === right;
}

function isSystem(frame: Frame | undefined): boolean {
  return frame !== undefined && SYSTEM.test(frame.module);
}

/** The frame that names the place: the first with a line, else the first. */
export function placeOf(stack: Stack): Frame | undefined {
  const own = ownFrames(stack);
  return own.find((frame) => frame.line !== undefined) ?? own[0] ?? stack[0];
}

/**
 * Groups the faults of all runs.
 * @param repeat the arguments that repeat one failure
 */
export function groupFindings(
  runs: readonly FaultyRun[],
  rewritten: RewrittenFunctions,
  repeat: (point: FailurePoint) => readonly string[],
): TortureFinding[] {
  const groups = new Map<string, { fault: Fault; failure: InjectedFailure; others: FailurePoint[] }>();
  for (const { failure, faults } of runs)
    for (const [key, fault] of faultsByPlace(faults)) {
      const group = groups.get(key);
      if (group) group.others.push({ number: failure.number, mode: failure.mode });
      else groups.set(key, { fault, failure, others: [] });
    }
  return [...groups.values()].map(({ fault, failure, others }) => ({
    ...fault,
    failure,
    others,
    rewritten: rewritten.among(failure.stack),
    repeat: repeat(failure),
  }));
}

/** Two faults of one run at one place are one. */
function faultsByPlace(faults: readonly Fault[]): Map<string, Fault> {
  const byPlace = new Map<string, Fault>();
  for (const fault of faults) {
    const key = placeKey(fault.code, fault.stack);
    if (!byPlace.has(key)) byPlace.set(key, fault);
  }
  return byPlace;
}

function placeKey(code: TortureCode, stack: Stack): string {
  if (code === 'hang') return hangKey(stack);
  const own = ownFrames(stack).slice(0, PLACE_FRAMES);
  const frames = (own.length > 0 ? own : stack).map(({ function: name, line, address }) =>
    line === undefined ? `${name}+${address}` : `${name}:${line}`,
  );
  return [code, ...frames].join(' ');
}

/** Where a program hangs it goes round: each look finds it at another line, or elsewhere in the same recursion. */
function hangKey(stack: Stack): string {
  const names = ownFrames(stack).map((frame) => frame.function);
  const repeated = new Set(names.filter((name, at) => names.indexOf(name) !== at));
  return repeated.size > 0 ? `hang ${[...repeated].toSorted().join(' ')}` : `hang ${placeOf(stack)?.function}`;
}
