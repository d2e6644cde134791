/** The same sweep on two builds: a failure at the same call stack has to end the same. */
import { choosePoints, sample } from './choose-points.ts';
import { hashStack } from './control.ts';
import { judgeRun } from './judge-run.ts';
import type { RawAcquisition } from './read-log.ts';
import type { FailureMode, RunSummary, TortureComparison, TortureDifference } from './report.ts';
import type { Launch, RunOutcome } from './run-once.ts';
import { prepareSubject, runPoint, runPoints, type Subject, type SweepSettings } from './sweep.ts';
import type { Stack } from './symbolize.ts';

export interface CompareRequest extends SweepSettings {
  readonly before: Launch;
  readonly after: Launch;
  /** The builds as they were named. */
  readonly names: { readonly before: string; readonly after: string };
}

/** A call with its place in both builds. */
interface Pair {
  readonly acquisition: string;
  readonly functions: readonly string[];
  readonly occurrence: number;
  readonly mode: FailureMode;
  readonly before: Call;
  readonly after: Call;
}

/** A call in one build: its number in a run without failures, and which one it is at its stack, down to the address. */
interface Call {
  readonly number: number;
  readonly stack: number;
  readonly atStack: number;
}

interface Compared {
  readonly before: RunSummary;
  readonly after: RunSummary;
  readonly verdict: 'same' | 'different' | 'unstable';
}

/** A difference has to show this often: programs that depend on the time or on addresses end now so, now so. */
const ATTEMPTS = 8;

/** Compares two builds. */
export async function compareBuilds(request: CompareRequest): Promise<TortureComparison> {
  const before = await prepareSubject(request.before, request);
  const after = await prepareSubject(request.after, request);
  const { pairs, onlyBefore, onlyAfter } = pairUp(before, after, request);
  const differences: TortureDifference[] = [];
  const counts = { compared: 0, unstable: 0 };
  const compare = (pair: Pair): Promise<Compared> => comparePair(pair, before, after, request);
  await runPoints(pairs, request, compare, (pair, { verdict, before: first, after: second }) => {
    counts.compared++;
    if (verdict === 'unstable') counts.unstable++;
    if (verdict !== 'different') return;
    const { acquisition, mode, functions, occurrence } = pair;
    const rewritten = rewrittenOf(pair, after, request);
    differences.push({ acquisition, mode, functions, occurrence, before: first, after: second, rewritten });
  });
  return {
    schema: 'goto-cleanup/torture-compare-1',
    tool: { name: 'goto-cleanup', version: request.version },
    ...request.names,
    differences,
    summary: { ...counts, onlyBefore, onlyAfter },
  };
}

function rewrittenOf(pair: Pair, after: Subject, request: CompareRequest): string[] {
  const call = after.baseline.outcome.log.trace.find(({ number }) => number === pair.after.number);
  return request.rewritten.among(call ? after.symbolizer.resolve(call.stack) : []);
}

type KeyedCall = Pick<Pair, 'acquisition' | 'functions' | 'occurrence'> & { readonly call: Call };

/** Keys each call by the functions of its stack, not by lines, which a rewrite moves. */
function keyCalls(subject: Subject): Map<string, KeyedCall> {
  const { trace } = subject.baseline.outcome.log;
  subject.symbolizer.load(trace.map(({ stack }) => stack));
  const seen = new Map<string | number, number>();
  const count = (key: string | number): number => {
    const times = (seen.get(key) ?? 0) + 1;
    seen.set(key, times);
    return times;
  };
  const calls = trace.map((call): [string, KeyedCall] => {
    const described = describeCall(call, subject);
    const key = [described.acquisition, ...described.functions].join(' < ');
    const [occurrence, stack] = [count(key), hashStack(call.stack)];
    return [
      `${key} #${occurrence}`,
      { ...described, occurrence, call: { number: call.number, stack, atStack: count(stack) } },
    ];
  });
  return new Map(calls);
}

function describeCall(call: RawAcquisition, { symbolizer }: Subject): Pick<Pair, 'acquisition' | 'functions'> {
  return { acquisition: call.name, functions: namesOf(symbolizer.resolve(call.stack)) };
}

function namesOf(stack: Stack): string[] {
  return stack.map((frame) => frame.function);
}

interface Pairing {
  readonly pairs: readonly Pair[];
  readonly onlyBefore: number;
  readonly onlyAfter: number;
}

function pairUp(before: Subject, after: Subject, { choice }: CompareRequest): Pairing {
  const [left, right] = [keyCalls(before), keyCalls(after)];
  // What the flags choose is chosen from the first build; the sample is taken from what both have.
  const points = choosePoints(
    before.baseline.outcome.log.trace,
    { ...choice, shallow: undefined, modes: ['once'] },
    before.symbolizer,
  );
  const chosen = new Set(points.map(({ number }) => number));
  const common = [...left].flatMap(([key, { call, ...described }]) => {
    const other = right.get(key);
    return other && chosen.has(call.number) ? [{ ...described, before: call, after: other.call }] : [];
  });
  const all = choice.modes.flatMap((mode) => common.map((call) => ({ ...call, mode })));
  return {
    pairs: choice.shallow === undefined ? all : sample(all, choice.shallow, choice.seed),
    onlyBefore: [...left.keys()].filter((key) => !right.has(key)).length,
    onlyAfter: [...right.keys()].filter((key) => !left.has(key)).length,
  };
}

async function comparePair(pair: Pair, before: Subject, after: Subject, request: CompareRequest): Promise<Compared> {
  const seen = { before: new Set<string>(), after: new Set<string>() };
  let last: Omit<Compared, 'verdict'> | undefined;
  for (let attempt = 0; attempt < ATTEMPTS && !request.signal.aborted; attempt++) {
    const first = await summarise(before, pair.before, pair.mode, request);
    const second = await summarise(after, pair.after, pair.mode, request);
    seen.before.add(first.outcome.join('\n'));
    seen.after.add(second.outcome.join('\n'));
    last = { before: first, after: second };
    // One outcome that both can have: the same, or at least no difference that has to do with the build.
    const isShared = [...seen.before].some((outcome) => seen.after.has(outcome));
    if (isShared) return { ...last, verdict: attempt === 0 ? 'same' : 'unstable' };
  }
  // The first words say what was failed: where that is not the same, nothing has been compared.
  const isSameFailure = last !== undefined && last.before.outcome[0] === last.after.outcome[0];
  const isStable = isSameFailure && seen.before.size === 1 && seen.after.size === 1;
  const nothing: RunSummary = { number: 0, outcome: [] };
  return { ...(last ?? { before: nothing, after: nothing }), verdict: isStable ? 'different' : 'unstable' };
}

/** How a run ended, in words that hold no addresses, numbers of processes or lines. */
async function summarise(
  subject: Subject,
  { number, stack, atStack }: Call,
  mode: FailureMode,
  request: CompareRequest,
): Promise<RunSummary> {
  const run = await runPoint(subject.launch, { number: atStack, mode }, request, stack);
  return { number, outcome: [...injectionOf(run, subject), ...outcomeOf(run, subject, request)] };
}

function injectionOf(run: RunOutcome, { symbolizer }: Subject): string[] {
  const failure = run.log.failures[0];
  if (!failure) return ['the failure was not reached'];
  return [`fails ${[failure.name, ...namesOf(symbolizer.resolve(failure.stack))].join(' < ')}`];
}

function outcomeOf(run: RunOutcome, { baseline, symbolizer }: Subject, { judge }: CompareRequest): string[] {
  const ending = run.didHang
    ? 'hangs'
    : typeof run.exit === 'string'
      ? `ended by ${run.exit}`
      : `exit code ${run.exit}`;
  const faults = judgeRun(run, baseline, symbolizer, { ...judge, allowAbort: false }).map(
    ({ code, stack, count, bytes }) =>
      `${code}: ${count > 1 ? `${count} times ` : ''}${bytes > 0 ? `${bytes} bytes ` : ''}at ${namesOf(stack).join(' < ')}`,
  );
  return [ending, ...faults.toSorted()];
}
