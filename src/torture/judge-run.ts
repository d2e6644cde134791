/** What is wrong with one run: its crashes, and what it left behind that the run without failures did not. */
import type { HoldingKind, RawFrame, RawHolding, RawStack, RunLog } from './read-log.ts';
import type { TortureCode } from './report.ts';
import type { RunOutcome } from './run-once.ts';
import { readToolReports, type ToolReport } from './sanitizer-report.ts';
import type { Stack, Symbolizer } from './symbolize.ts';

/** One thing that is wrong with one run. */
export interface Fault {
  readonly code: TortureCode;
  readonly message: string;
  readonly stack: Stack;
  readonly acquired?: Stack;
  readonly released?: Stack;
  readonly count: number;
  readonly bytes: number;
}

export interface JudgeOptions {
  /** Only what the run without failures does not leave as well. */
  readonly compareToBaseline: boolean;
  /** Memory too that something points to, and descriptors of a program that ends by exit() in the middle. */
  readonly allLeft: boolean;
  /** Giving up by abort() is how the program means to treat a failure. */
  readonly allowAbort: boolean;
}

/** What the run without failures is like, to compare with. */
export class Baseline {
  readonly outcome: RunOutcome;
  private readonly held = new Map<string, number>();
  private readonly exits = new Set<string>();
  private readonly complaints: ReadonlySet<string>;

  constructor(outcome: RunOutcome) {
    this.outcome = outcome;
    for (const holding of outcome.log.holdings) {
      const key = keyOf(holding);
      this.held.set(key, (this.held.get(key) ?? 0) + holding.count);
    }
    for (const end of outcome.log.ends) if (end.how !== 'return') this.exits.add(stackKey(end.stack));
    this.complaints = new Set(readToolReports(outcome.errors).map(complaintKey));
  }

  /** How many of these were held at the end of the run without failures. */
  countOf(holding: RawHolding): number {
    return this.held.get(keyOf(holding)) ?? 0;
  }

  /** A process that ends where it ends without failures has the same to clean up; one that gives up has not. */
  endsHere(log: RunLog, pid: number): boolean {
    const end = log.ends.find((candidate) => candidate.pid === pid);
    return end !== undefined && (end.how === 'return' || this.exits.has(stackKey(end.stack)));
  }

  hasComplaint(report: ToolReport): boolean {
    return this.complaints.has(complaintKey(report));
  }
}

function keyOf(holding: RawHolding): string {
  return `${holding.kind} ${holding.isLost} ${stackKey(holding.stack)}`;
}

function stackKey(stack: RawStack): string {
  return stack.map(({ module, address }: RawFrame) => `${module}+${address}`).join(' ');
}

function complaintKey({ tool, what, stack }: ToolReport): string {
  return [tool, what, ...stack.slice(0, 3).map((frame) => `${frame.function}:${frame.line}`)].join('\n');
}

/** All that is wrong with a run in which something failed. */
export function judgeRun(
  outcome: RunOutcome,
  baseline: Baseline,
  symbolizer: Symbolizer,
  options: JudgeOptions,
): Fault[] {
  const { log } = outcome;
  symbolizer.load(allStacks(log));
  return [
    ...endingFaults(outcome, symbolizer).filter((fault) => !(options.allowAbort && fault.code === 'abort')),
    ...misuses(log, symbolizer),
    ...leftBehind(outcome, baseline, symbolizer, options),
    ...complaints(outcome, baseline),
    ...stragglers(outcome, baseline),
  ];
}

function allStacks(log: RunLog): RawStack[] {
  const { holdings, faults, crashes, aborts, hangs } = log;
  return [
    ...[...holdings, ...crashes, ...aborts, ...hangs].map(({ stack }) => stack),
    ...faults.flatMap(({ stack, acquired, released }) => [stack, acquired, released]),
  ];
}

const CRASH_SIGNALS = new Set(['SIGSEGV', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGABRT', 'SIGTRAP', 'SIGSYS']);
const SIGABRT = 6;
/** What the C library says before it aborts because the heap or the stack is damaged. */
const DAMAGE = /free\(\): |malloc\(\): |realloc\(\): |munmap_chunk\(\)|corrupted|invalid pointer|stack smashing/;

function endingFaults({ log, exit, didHang, errors }: RunOutcome, symbolizer: Symbolizer): Fault[] {
  if (didHang) return [once('hang', 'does not end', withoutSignal(symbolizer.resolve(log.hangs[0]?.stack ?? []), 0))];
  const aborts = log.aborts.map(({ stack }) => once('abort', 'gives up by abort()', symbolizer.resolve(stack)));
  const crashes = log.crashes.map(({ number, stack }) => {
    const isDamage = number === SIGABRT && DAMAGE.test(errors);
    const frames = withoutSignal(symbolizer.resolve(stack), number);
    if (number === SIGABRT && !isDamage) return once('abort', 'gives up by abort()', frames);
    const words = isDamage ? (errors.split('\n').find((line) => DAMAGE.test(line)) ?? '').trim() : nameOf(number);
    return once('crash', `crashes: ${words}`, frames);
  });
  const seen = [...aborts, ...crashes];
  // A crash that left no stack: the program handles the signal itself, or the stack is gone.
  const isUnseen = seen.length === 0 && log.faults.length === 0 && CRASH_SIGNALS.has(String(exit));
  return isUnseen ? [once('crash', `crashes: ${exit}`, [])] : seen;
}

const SIGNAL_NAMES: Readonly<Record<number, string>> = { 4: 'SIGILL', 7: 'SIGBUS', 8: 'SIGFPE', 11: 'SIGSEGV' };

function nameOf(number: number): string {
  return SIGNAL_NAMES[number] ?? `signal ${number}`;
}

/**
 * The frame the system puts below a signal handler tells nothing, and bears the name of what stands before it in the
 * library; nor do those by which the library raises SIGABRT.
 */
function withoutSignal(stack: Stack, number: number): Stack {
  const isTrampoline = /^(?:__restore_rt|(?:__|__libc_)?sigaction|\?\?)$/.test(stack[0]?.function ?? '');
  const rest = stack.slice(isTrampoline ? 1 : 0);
  if (number !== SIGABRT) return rest;
  const raised = rest.slice(0, 6).findLastIndex(({ function: name }) => /^(?:raise|gsignal|abort)$/.test(name));
  return rest.slice(raised + 1);
}

function once(code: TortureCode, message: string, stack: Stack): Fault {
  return { code, message, stack, count: 1, bytes: 0 };
}

const MISUSES = {
  'double-release': 'releases memory that it has released before',
  'use-after-release': 'uses memory that it has released',
  'write-after-release': 'has written to memory that it had released',
} as const;

function misuses(log: RunLog, symbolizer: Symbolizer): Fault[] {
  return log.faults.map(({ what, stack, acquired, released }) => ({
    // A write is found later: the stack is then that of the release.
    ...once(what, MISUSES[what], symbolizer.resolve(stack.length > 0 ? stack : released)),
    acquired: symbolizer.resolve(acquired),
    released: symbolizer.resolve(released),
  }));
}

const LEFT: Readonly<Record<HoldingKind, TortureCode>> = {
  memory: 'memory-left',
  mapping: 'mapping-left',
  descriptor: 'descriptor-left',
  file: 'file-left',
  folder: 'folder-left',
  lock: 'lock-held',
};

function leftBehind({ log }: RunOutcome, baseline: Baseline, symbolizer: Symbolizer, options: JudgeOptions): Fault[] {
  return sumUp(log.holdings).flatMap((holding) => {
    if (!options.allLeft && !counts(holding, log, baseline)) return [];
    const usual = options.compareToBaseline ? baseline.countOf(holding) : 0;
    const count = holding.count - usual;
    if (count <= 0) return [];
    const bytes = Math.round((holding.size / holding.count) * count);
    const code = holding.isLost ? LEFT[holding.kind] : 'memory-reachable';
    return [{ code, message: describe(holding, count, bytes), stack: symbolizer.resolve(holding.stack), count, bytes }];
  });
}

/** Of a program that gives up in the middle only memory counts that none of its running functions can reach. */
function counts(holding: RawHolding, log: RunLog, baseline: Baseline): boolean {
  if (!holding.isLost) return false;
  return holding.kind === 'memory' || holding.kind === 'mapping' || baseline.endsHere(log, holding.pid);
}

/** Several processes may leave the same. */
function sumUp(holdings: readonly RawHolding[]): RawHolding[] {
  const sums = new Map<string, RawHolding>();
  for (const holding of holdings) {
    const key = keyOf(holding);
    const before = sums.get(key);
    sums.set(
      key,
      before ? { ...before, count: before.count + holding.count, size: before.size + holding.size } : holding,
    );
  }
  return [...sums.values()];
}

function describe({ kind, isLost, detail }: RawHolding, count: number, bytes: number): string {
  const many = count > 1 ? `${count} times ` : '';
  const on = detail === '' ? '' : ` (${detail})`;
  switch (kind) {
    case 'memory':
      return isLost
        ? `${many}${bytes} bytes are left that nothing points to`
        : `${many}${bytes} bytes are left that are given back without the failure`;
    case 'mapping':
      return `${many}a mapping of ${bytes} bytes is left${isLost ? ' that nothing points to' : ''}`;
    case 'descriptor':
      return `${many}a descriptor is left open${on}`;
    case 'file':
      return `${many}a FILE is left open${on}`;
    case 'folder':
      return `${many}a DIR is left open${on}`;
    case 'lock':
      return `${many}a lock is still held`;
  }
}

function complaints({ errors }: RunOutcome, baseline: Baseline): Fault[] {
  return readToolReports(errors)
    .filter((report) => !baseline.hasComplaint(report))
    .map((report) => once(codeOfComplaint(report), `${report.tool}: ${report.what}`, withoutTool(report.stack)));
}

function codeOfComplaint({ what }: ToolReport): TortureCode {
  if (/leak of|definitely lost/.test(what)) return 'memory-left';
  if (/double-free/.test(what)) return 'double-release';
  if (/use-after-free/.test(what)) return 'use-after-release';
  return 'sanitizer';
}

/** The first frames are those of the tool's own malloc and free, and of the shim. */
function withoutTool(stack: Stack): Stack {
  const isTools = ({ function: name, path = '', module }: Stack[number]): boolean =>
    /^(?:__interceptor_|__wrap_|torture_|__asan_)/.test(name) ||
    /(?:^|\/)(?:libsanitizer|compiler-rt|vgpreload|sanitizer_)/.test(path) ||
    /lib(?:asan|ubsan|lsan|tsan)|vgpreload/.test(module) ||
    (module === '' && path === '' && /^(?:malloc|calloc|realloc|free|strdup|strndup)$/.test(name));
  const below = stack.findIndex(({ function: name }) => name === '__wrap_main' || name === 'torture_main');
  const own = (below < 0 ? stack : stack.slice(0, below)).filter((frame) => !isTools(frame));
  return own;
}

function stragglers({ stragglers: count }: RunOutcome, baseline: Baseline): Fault[] {
  const more = count - baseline.outcome.stragglers;
  return more > 0
    ? [{ ...once('process-left', `${more} processes go on after the program has ended`, []), count: more }]
    : [];
}
