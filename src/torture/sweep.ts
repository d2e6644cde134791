/** A sweep: a run without failures, then one for each failure, and the report of what was wrong. */
import { UsageError } from '../base/usage-error.ts';
import { type Choice, choosePoints } from './choose-points.ts';
import type { AcquisitionClass, ControlSettings } from './control.ts';
import { type FaultyRun, groupFindings, isLibrarysOwn, ownFrames } from './group-findings.ts';
import { Baseline, type JudgeOptions, judgeRun } from './judge-run.ts';
import type { RawAcquisition } from './read-log.ts';
import type { FailureMode, FailurePoint, TortureFinding, TortureReport, TortureSummary } from './report.ts';
import type { RewrittenFunctions } from './rewritten-functions.ts';
import { type Launch, runOnce, type RunOutcome } from './run-once.ts';
import { type Stack, Symbolizer } from './symbolize.ts';

/** What both a sweep and a comparison of two need. */
export interface SweepSettings {
  readonly classes: readonly AcquisitionClass[];
  /** Base name of the program to test among those that the command starts; undefined: all. */
  readonly program: string | undefined;
  readonly quarantine: boolean;
  readonly judge: JudgeOptions;
  readonly choice: Choice;
  /** Runs at a time. */
  readonly jobs: number;
  readonly rewritten: RewrittenFunctions;
  readonly version: string;
  /** Ends the sweep early; what has been found until then is reported. */
  readonly signal: AbortSignal;
  onProgress(done: number, total: number): void;
}

export interface SweepRequest extends SweepSettings {
  readonly launch: Launch;
  /** One failure alone, in place of a sweep. */
  readonly at: FailurePoint | undefined;
  /** The arguments of goto-cleanup that repeat one failure. */
  repeat(point: FailurePoint): readonly string[];
}

/** A build with its run without failures. */
export interface Subject {
  readonly launch: Launch;
  readonly baseline: Baseline;
  readonly symbolizer: Symbolizer;
}

/**
 * Runs the whole sweep.
 * @throws UsageError where the program can't be tested: the shim is not loaded, or it fails without any failure injected
 */
export async function torture(request: SweepRequest): Promise<TortureReport> {
  const subject = await prepareSubject(request.launch, request);
  const runs: FaultyRun[] = [];
  const counts = { runs: 1, notReached: 0, inLibrary: 0 };
  const record = (point: FailurePoint, outcome: RunOutcome): boolean => {
    counts.runs++;
    const failure = outcome.log.failures[0];
    if (!failure && outcome.control.injected === 0) counts.notReached++;
    else {
      const run = judgePoint(point, failure, outcome, subject, request.judge);
      const faults = run.faults.filter(({ stack }) => !isLibrarysOwn(stack, run.failure.stack));
      counts.inLibrary += run.faults.length - faults.length;
      runs.push({ ...run, faults });
    }
    return outcome.control.injected > 0;
  };
  await runAll(subject, request, record);
  const findings = groupFindings(runs, request.rewritten, request.repeat);
  return {
    schema: 'goto-cleanup/torture-1',
    tool: { name: 'goto-cleanup', version: request.version },
    command: [request.launch.name, ...request.launch.arguments],
    classes: request.classes,
    findings,
    summary: { acquisitions: subject.baseline.outcome.control.count, ...counts, findings: countByCode(findings) },
  };
}

async function runAll(
  subject: Subject,
  request: SweepRequest,
  record: (point: FailurePoint, outcome: RunOutcome) => boolean,
): Promise<void> {
  const { choice, at } = request;
  const { trace } = subject.baseline.outcome.log;
  const points = at ? [at] : choosePoints(trace, choice, subject.symbolizer);
  await runPoints(points, request, (point) => runPoint(subject.launch, point, request), record);
  const isWhole = !at && !choice.only && choice.perStack === undefined && choice.shallow === undefined;
  if (isWhole) for (const mode of choice.modes) await runBeyond(subject, mode, request, record);
}

/** A failure may make the program acquire more than without: on until a run has no failure left to inject. */
async function runBeyond(
  subject: Subject,
  mode: FailureMode,
  request: SweepRequest,
  record: (point: FailurePoint, outcome: RunOutcome) => boolean,
): Promise<void> {
  let number = Math.max(subject.baseline.outcome.control.count + 1, request.choice.from);
  for (; !request.signal.aborted; number++) {
    const outcome = await runPoint(subject.launch, { number, mode }, request);
    // Nothing left: this run is the end of the sweep, not a failure that was missed.
    if (outcome.control.injected === 0) return;
    record({ number, mode }, outcome);
  }
}

/** The run without failures, and what is needed to judge the others by it. */
export async function prepareSubject(launch: Launch, settings: SweepSettings): Promise<Subject> {
  const outcome = await runOnce(launch, controlSettings({ number: 0, mode: 'once' }, settings, true), settings.signal);
  const symbolizer = new Symbolizer(launch.preload, launch.env);
  const subject = { launch, baseline: new Baseline(outcome), symbolizer };
  if (!settings.signal.aborted) complainAboutBaseline(subject, settings);
  return subject;
}

function complainAboutBaseline({ launch, baseline, symbolizer }: Subject, settings: SweepSettings): void {
  const { outcome } = baseline;
  const name = [launch.name, ...launch.arguments].join(' ');
  const { log } = outcome;
  if (outcome.didHang)
    throw new UsageError(`"${name}" does not end within ${launch.timeLimit / 1000} s without any failure: --timeout`);
  if (log.programs.length === 0) throw new UsageError(complainAboutShim(launch, settings, outcome));
  const fault = log.faults[0];
  if (fault || typeof outcome.exit === 'string') {
    const stack = fault?.stack ?? [...log.aborts, ...log.crashes][0]?.stack ?? [];
    const what = fault ? `has a ${fault.what}` : `is ended by ${outcome.exit}`;
    throw new UsageError(`"${name}" ${what} without any failure injected${describePlace(symbolizer.resolve(stack))}`);
  }
}

function complainAboutShim({ name, preload }: Launch, { program }: SweepSettings, { errors }: RunOutcome): string {
  if (program !== undefined) return `no program "${program}" was started by "${name}" (--program)`;
  const words = errors.split('\n').find((line) => line.includes('ld.so') || line.includes('ASan'));
  if (words !== undefined) return `the shim can't be loaded into "${name}": ${words.trim()}`;
  return preload === undefined
    ? `"${name}" was not linked with the flags of --wrap`
    : `the shim was not loaded into "${name}": it drops LD_PRELOAD, or it starts nothing that is dynamically linked`;
}

function describePlace(stack: Stack): string {
  const own = ownFrames(stack)[0];
  if (!own) return '';
  return own.path === undefined ? `, in ${own.function}` : `, in ${own.function} (${own.path}:${own.line})`;
}

/**
 * Runs the program with one failure.
 * @param stack the hash of the stack whose acquisitions are counted; 0: all are
 */
export function runPoint(
  launch: Launch,
  point: FailurePoint,
  settings: SweepSettings,
  stack: number = 0,
): Promise<RunOutcome> {
  return runOnce(launch, { ...controlSettings(point, settings, false), stack }, settings.signal);
}

function controlSettings(point: FailurePoint, settings: SweepSettings, isBaseline: boolean): ControlSettings {
  return {
    failAt: point.number,
    stack: 0,
    fromThenOn: point.mode === 'onward',
    classes: settings.classes,
    trace: isBaseline,
    quarantine: settings.quarantine,
    reachable: settings.judge.allLeft,
    program: settings.program,
  };
}

/** Runs some at a time; the results come in the order of the points, whatever the number of jobs. */
export async function runPoints<P, T>(
  points: readonly P[],
  settings: Pick<SweepSettings, 'jobs' | 'signal' | 'onProgress'>,
  run: (point: P) => Promise<T>,
  take: (point: P, result: T) => unknown,
): Promise<void> {
  const waiting = new Map<number, { readonly result: T }>();
  let [next, taken] = [0, 0];
  const worker = async (): Promise<void> => {
    while (next < points.length && !settings.signal.aborted) {
      const at = next++;
      const point = points[at] as P;
      const result = await run(point);
      if (settings.signal.aborted) return;
      waiting.set(at, { result });
      for (let ready = waiting.get(taken); ready; ready = waiting.get(taken)) {
        take(points[taken] as P, ready.result);
        waiting.delete(taken++);
        settings.onProgress(taken, points.length);
      }
    }
  };
  await Promise.all(Array.from({ length: settings.jobs }, worker));
}

function judgePoint(
  point: FailurePoint,
  failure: RawAcquisition | undefined,
  outcome: RunOutcome,
  { baseline, symbolizer }: Subject,
  judge: JudgeOptions,
): FaultyRun {
  const faults = judgeRun(outcome, baseline, symbolizer, judge);
  // Stacks are looked up only where they are needed: a sweep has thousands.
  const stack = faults.length > 0 && failure ? symbolizer.resolve(failure.stack) : [];
  return { failure: { ...point, acquisition: failure?.name ?? '?', stack }, faults };
}

function countByCode(findings: readonly TortureFinding[]): TortureSummary['findings'] {
  const counts: Partial<Record<TortureFinding['code'], number>> = {};
  for (const { code } of findings) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}
