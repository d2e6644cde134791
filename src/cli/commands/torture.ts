/** `torture`: run a program again and again, failing its n-th acquisition, and say what it leaves behind. */
import { basename } from 'node:path';
import { UsageError } from '../../base/usage-error.ts';
import { describeUnknown } from '../../engine/did-you-mean.ts';
import type { TortureOptions, TortureReporter } from '../../reporters/torture.ts';
import type { CustomAcquisition } from '../../torture/compile-shim.ts';
import type { FailureMode, FailurePoint, TortureReport } from '../../torture/report.ts';
import type { Launch } from '../../torture/run-once.ts';
import type { SweepSettings } from '../../torture/sweep.ts';
import type { CommandSpec } from '../command.ts';
import { addOutputFlags, oneOf, type OutputFlags } from '../flags.ts';
import { EXIT, type Io } from '../io.ts';

const FORMATS = ['text', 'json', 'sarif'] as const;
const MODES = ['both', 'once', 'onward'] as const;
/** The bits of the shim's classes, by the names a user knows; `custom` follows from --custom. */
const CLASSES = ['memory', 'file', 'descriptor', 'socket', 'mapping', 'thread', 'lock'] as const;
const DEFAULT_SECONDS = 10;

interface TortureFlags extends OutputFlags {
  readonly fail?: readonly (typeof CLASSES)[number][];
  readonly custom: readonly CustomAcquisition[];
  readonly wrap?: boolean;
  readonly program?: string;
  readonly timeout: number;
  readonly from: number;
  readonly at?: FailurePoint;
  readonly mode: (typeof MODES)[number];
  readonly shallow?: number;
  readonly seed: number;
  readonly perStack?: number;
  readonly only: readonly string[];
  readonly since?: string;
  readonly root?: string;
  readonly jobs: number;
  readonly compareToBaseline: boolean;
  readonly allLeft?: boolean;
  readonly allowAbort?: boolean;
  readonly quarantine: boolean;
  readonly compare?: boolean;
  readonly format?: (typeof FORMATS)[number];
}

export const torture: CommandSpec = {
  name: 'torture',
  operands: '[command...]',
  summary: 'run a program again and again, failing its n-th acquisition',
  configure: (command) => {
    command
      .option('--fail <classes>', `what fails: ${CLASSES.join(',')} (default: all)`, readClasses)
      .option(
        '--custom <name[=value]>',
        'a function that fails too, by returning the value (0; repeatable)',
        readCustom,
        [],
      )
      .option('--program <name>', 'only in programs of this name, among those that the command starts')
      .option('--mode <mode>', `one failure, all from it on, or both in turn: ${MODES.join(', ')}`, readMode, 'both')
      .option('--from <n>', 'begin with the n-th acquisition', readNumber('--from', 1), 1)
      .option('--at <n[+]>', 'only the n-th; with a + all from it on', readPoint)
      .option('--shallow <n>', 'a random sample of so many failures', readNumber('--shallow', 1))
      .option('--seed <n>', 'which sample', readNumber('--seed', 0), 1)
      .option('--per-stack <n>', 'at most so many failures of each call stack', readNumber('--per-stack', 1))
      .option('--only <function>', 'only failures whose stack passes through it (repeatable)', collectWord, [])
      .option('--since <ref>', 'only through functions that have changed since a revision')
      .option('--root <dir>', 'what counts as the repository outside git')
      .option('-j, --jobs <n>', 'runs at a time', readNumber('--jobs', 1), 1)
      .option('--timeout <seconds>', 'a run that takes longer hangs', readNumber('--timeout', 1), DEFAULT_SECONDS)
      .option('--compare-to-baseline', 'report only what is not left in a run without failures (the default)', true)
      .option('--no-compare-to-baseline', 'report all that is left')
      .option('--all-left', 'report memory as well that something still points to')
      .option('--allow-abort', 'a program may give up by abort()')
      .option('--no-quarantine', 'give released memory back at once: writes to it are not seen')
      .option('--wrap', 'the shim is linked in; without a command: print the flags to link it')
      .option('--compare', 'compare two builds: --compare BEFORE AFTER -- ARGS; {} in ARGS stands for the build')
      .option('-f, --format <format>', `output: ${FORMATS.join(', ')}`, oneOf('--format', FORMATS));
    addOutputFlags(command);
  },
  run: async (operands, options, { io }) => {
    const flags = options as TortureFlags;
    const { requireLinux } = await import('../../torture/check-program.ts');
    requireLinux();
    if (flags.wrap === true && operands.length === 0) return printLinkFlags(io, flags);
    return flags.compare === true ? compare(io, operands, flags) : sweep(io, operands, flags);
  },
};

async function printLinkFlags(io: Io, flags: TortureFlags): Promise<number> {
  const { compileShim, wrappedNames } = await import('../../torture/compile-shim.ts');
  const shim = compileShim({ kind: 'wrap', custom: flags.custom, env: io.env });
  const words = [shim, ...wrappedNames(flags.custom).map((name) => `-Wl,--wrap=${name}`), '-pthread'];
  await io.stdout.write(`${words.join(' ')}\n`);
  return EXIT.nothingToReport;
}

async function sweep(io: Io, operands: readonly string[], flags: TortureFlags): Promise<number> {
  const [name, ...arguments_] = operands;
  if (name === undefined) throw new UsageError('torture needs a command: goto-cleanup torture -- COMMAND ARGS...');
  const launch = await prepareLaunch(io, name, arguments_, flags);
  const { torture: runSweep } = await import('../../torture/sweep.ts');
  const { settings, stop, clear } = await createSettings(io, flags);
  const repeat = (point: FailurePoint): string[] => repeatArguments(point, operands, flags);
  const report = await runSweep({ ...settings, launch, at: flags.at, repeat });
  stop();
  clear();
  await write(io, flags, (reporter, rendering) => reporter.sweep(report, rendering));
  await summarise(io, flags, await describeSweep(report));
  return exitCode(report.findings.length, settings.signal, flags);
}

/** `309 acquisitions, 624 runs: 2 findings; 3 faults of the C library itself` */
async function describeSweep({ summary, findings }: TortureReport): Promise<string> {
  const { plural } = await import('../../reporters/counts.ts');
  const { acquisitions, runs, notReached, inLibrary } = summary;
  const parts = [
    `${plural(acquisitions, 'acquisition')}, ${plural(runs, 'run')}: ${plural(findings.length, 'finding')}`,
    ...(inLibrary > 0 ? [`${plural(inLibrary, 'fault')} of the C library itself`] : []),
    ...(notReached > 0 ? [`${plural(notReached, 'failure')} not reached`] : []),
  ];
  return `${parts.join('; ')}\n`;
}

async function compare(io: Io, operands: readonly string[], flags: TortureFlags): Promise<number> {
  const [before, after, ...arguments_] = operands;
  if (before === undefined || after === undefined)
    throw new UsageError('--compare needs two builds: goto-cleanup torture --compare BEFORE AFTER -- ARGS...');
  const [left, right] = [before, after].map((build) => commandOf(build, arguments_));
  const launches = {
    before: await prepareLaunch(io, left?.[0] ?? '', left?.slice(1) ?? [], flags),
    after: await prepareLaunch(io, right?.[0] ?? '', right?.slice(1) ?? [], flags),
  };
  const { compareBuilds } = await import('../../torture/compare-builds.ts');
  const { settings, stop, clear } = await createSettings(io, flags);
  const report = await compareBuilds({ ...settings, ...launches, names: { before, after } });
  stop();
  clear();
  await write(io, flags, (reporter, rendering) => reporter.comparison(report, rendering));
  const { compared, onlyBefore, onlyAfter, unstable } = report.summary;
  const parts = [
    `${compared} failures compared: ${report.differences.length} end differently`,
    ...(unstable > 0 ? [`${unstable} do not end the same each time`] : []),
    ...(onlyBefore + onlyAfter > 0
      ? [`calls that only one build makes: ${onlyBefore} before, ${onlyAfter} after`]
      : []),
  ];
  await summarise(io, flags, `${parts.join('; ')}\n`);
  return exitCode(report.differences.length, settings.signal, flags);
}

/** The build stands for the program, or wherever the arguments have `{}`. */
function commandOf(build: string, arguments_: readonly string[]): string[] {
  if (!arguments_.some((word) => word.includes('{}'))) return [build, ...arguments_];
  return arguments_.map((word) => word.replaceAll('{}', build));
}

async function prepareLaunch(
  io: Io,
  name: string,
  arguments_: readonly string[],
  flags: TortureFlags,
): Promise<Launch> {
  const { checkProgram } = await import('../../torture/check-program.ts');
  const { compileShim } = await import('../../torture/compile-shim.ts');
  const isWrapped = flags.wrap === true;
  const program = checkProgram({ name, cwd: io.cwd, env: io.env, isWrapped });
  const preload = isWrapped ? undefined : compileShim({ kind: 'preload', custom: flags.custom, env: io.env });
  return { program, name, arguments: arguments_, cwd: io.cwd, env: io.env, preload, timeLimit: flags.timeout * 1000 };
}

interface Prepared {
  readonly settings: SweepSettings;
  /** Ends the listening for an interrupt. */
  stop(): void;
  clear(): void;
}

async function createSettings(io: Io, flags: TortureFlags): Promise<Prepared> {
  const { findRoot } = await import('../../engine/discover.ts');
  const { functionsSince, loadRewritten } = await import('../../torture/rewritten-functions.ts');
  const { createProgress } = await import('../progress.ts');
  const { readVersion } = await import('../version.ts');
  const root = findRoot(io.cwd, [], flags.root);
  const only = new Set([...flags.only, ...(flags.since === undefined ? [] : functionsSince(root, flags.since))]);
  const isChosen = flags.only.length > 0 || flags.since !== undefined;
  const controller = new AbortController();
  const progress = createProgress(io, io.now(), 'runs');
  const settings: SweepSettings = {
    classes: [...(flags.fail ?? CLASSES), ...(flags.custom.length > 0 ? (['custom'] as const) : [])],
    program: flags.program === undefined ? undefined : basename(flags.program),
    quarantine: flags.quarantine,
    judge: {
      compareToBaseline: flags.compareToBaseline,
      allLeft: flags.allLeft === true,
      allowAbort: flags.allowAbort === true,
    },
    choice: {
      modes: flags.mode === 'both' ? ['once', 'onward'] : [flags.mode],
      from: flags.from,
      only: isChosen ? only : undefined,
      perStack: flags.perStack,
      shallow: flags.shallow,
      seed: flags.seed,
    },
    jobs: flags.jobs,
    rewritten: loadRewritten(root, io.env),
    version: readVersion(),
    signal: controller.signal,
    onProgress: progress.show,
  };
  return { settings, stop: io.onInterrupt(() => controller.abort()), clear: progress.clear };
}

async function write(
  io: Io,
  flags: TortureFlags,
  render: (reporter: TortureReporter, rendering: TortureOptions) => string,
): Promise<void> {
  const { TORTURE_REPORTERS } = await import('../../reporters/torture.ts');
  const { wantsColor } = await import('../color.ts');
  const { createFramePath } = await import('../show-path.ts');
  const rendering = { color: wantsColor(flags.color, io.env, io.stdout), displayPath: createFramePath(io) };
  await io.stdout.write(render(TORTURE_REPORTERS[flags.format ?? 'text'], rendering));
}

async function summarise(io: Io, flags: TortureFlags, text: string): Promise<void> {
  if (flags.quiet !== true) await io.stderr.write(text);
}

function exitCode(findings: number, signal: AbortSignal, flags: TortureFlags): number {
  if (signal.aborted) return EXIT.interrupted;
  return findings > 0 && flags.exitZero !== true ? EXIT.findings : EXIT.nothingToReport;
}

/** What decides which acquisition has a number has to be said again: the classes, the names, the program. */
function repeatArguments({ number, mode }: FailurePoint, command: readonly string[], flags: TortureFlags): string[] {
  return [
    'torture',
    '--at',
    `${number}${mode === 'once' ? '' : '+'}`,
    ...(flags.fail ? ['--fail', flags.fail.join(',')] : []),
    ...flags.custom.flatMap(({ name, value }) => ['--custom', value === '0' ? name : `${name}=${value}`]),
    ...(flags.program === undefined ? [] : ['--program', flags.program]),
    ...(flags.wrap === true ? ['--wrap'] : []),
    ...(flags.allLeft === true ? ['--all-left'] : []),
    ...(flags.compareToBaseline ? [] : ['--no-compare-to-baseline']),
    ...(flags.quarantine ? [] : ['--no-quarantine']),
    '--',
    ...command,
  ];
}

function readClasses(value: string): (typeof CLASSES)[number][] {
  return value.split(',').map((word) => {
    const found = CLASSES.find((name) => name === word);
    if (found === undefined) throw new UsageError(describeUnknown('class of acquisitions', word, CLASSES));
    return found;
  });
}

function readCustom(value: string, before: readonly CustomAcquisition[]): CustomAcquisition[] {
  const [, name, result = '0'] = /^([A-Za-z_]\w*)(?:=(-?\d+))?$/.exec(value) ?? [];
  if (name === undefined) throw new UsageError(`--custom "${value}" is not of the form NAME or NAME=NUMBER`);
  return [...before, { name, value: result }];
}

function readMode(value: string): FailureMode | 'both' {
  return oneOf('--mode', MODES)(value);
}

function readPoint(value: string): FailurePoint {
  const [, number, more] = /^([1-9]\d*)(\+?)$/.exec(value) ?? [];
  if (number === undefined) throw new UsageError(`--at "${value}" is not a number from 1, or one with a +`);
  return { number: Number(number), mode: more === '+' ? 'onward' : 'once' };
}

function readNumber(flag: string, least: number): (value: string) => number {
  return (value) => {
    if (/^\d{1,9}$/.test(value) && Number(value) >= least) return Number(value);
    throw new UsageError(`${flag} "${value}" is not a number from ${least}`);
  };
}

function collectWord(value: string, before: readonly string[]): string[] {
  return [...before, value];
}
