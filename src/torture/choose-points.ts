/** Which acquisitions of a program are failed, chosen from the trace of a run without failures. */
import type { RawAcquisition } from './read-log.ts';
import type { FailureMode, FailurePoint } from './report.ts';
import type { Symbolizer } from './symbolize.ts';

export interface Choice {
  readonly modes: readonly FailureMode[];
  /** The first number to fail. */
  readonly from: number;
  /** Only failures whose stack passes through one of these functions; undefined: all. */
  readonly only: ReadonlySet<string> | undefined;
  /** At most so many of each call stack. */
  readonly perStack: number | undefined;
  /** A random sample of so many. */
  readonly shallow: number | undefined;
  readonly seed: number;
}

/** The failures to inject, in the order of their numbers, one mode after the other. */
export function choosePoints(trace: readonly RawAcquisition[], choice: Choice, symbolizer: Symbolizer): FailurePoint[] {
  const { only, perStack } = choice;
  let chosen = trace.filter(({ number }) => number >= choice.from);
  if (only) {
    symbolizer.load(chosen.map(({ stack }) => stack));
    chosen = chosen.filter(({ stack }) => symbolizer.resolve(stack).some((frame) => only.has(frame.function)));
  }
  if (perStack !== undefined) chosen = firstOfEachStack(chosen, perStack);
  const points = choice.modes.flatMap((mode) => chosen.map(({ number }) => ({ number, mode })));
  return choice.shallow === undefined ? points : sample(points, choice.shallow, choice.seed);
}

function firstOfEachStack(trace: readonly RawAcquisition[], limit: number): RawAcquisition[] {
  const seen = new Map<string, number>();
  return trace.filter(({ name, stack }) => {
    const key = `${name} ${stack.map(({ module, address }) => `${module}+${address}`).join(' ')}`;
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return count <= limit;
  });
}

/** A random sample in the order of the whole; the same seed gives the same one. */
export function sample<T>(all: readonly T[], size: number, seed: number): T[] {
  const random = createRandom(seed);
  const order = all.map((_, at) => at);
  const count = Math.min(size, order.length);
  for (let at = 0; at < count; at++) {
    const other = at + Math.floor(random() * (order.length - at));
    [order[at], order[other]] = [order[other] ?? 0, order[at] ?? 0];
  }
  const chosen = new Set(order.slice(0, count));
  return all.filter((_, at) => chosen.has(at));
}

/** Numbers from 0 to below 1: mulberry32 (Tommy Ettinger, public domain). */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
