/** The flags that commands share, and how their values are read. A wrong value is a UsageError that lists the known ones. */
import type { Command } from 'commander';
import { UsageError } from '../base/usage-error.ts';
import { describeUnknown } from '../engine/did-you-mean.ts';
import type { Shard } from '../engine/shard.ts';
import { COLOR_CHOICES, type ColorChoice } from './color.ts';

/** The same words as in the config; its table is not loaded for `--help`, so they stand here again. */
export const PLATFORMS = ['posix', 'glibc', 'musl', 'windows', 'strict'] as const;
export const STYLES = ['auto', 'single', 'ladder'] as const;
export const PROOFS = ['identical', 'equivalent'] as const;
export const FORMATS = ['text', 'json', 'jsonl', 'sarif', 'github', 'gitlab', 'markdown', 'html', 'patch'] as const;
export type Format = (typeof FORMATS)[number];

export interface ReportFlag {
  readonly format: Format;
  readonly file: string;
}

export interface ConfigFlags {
  readonly root?: string;
  readonly config?: string;
  readonly isolated?: boolean;
}

/** Flags of what may be assumed and how rewrites look. */
export interface KnowledgeFlags extends ConfigFlags {
  readonly preset: readonly string[];
  readonly pair: readonly string[];
  readonly platform?: (typeof PLATFORMS)[number];
}

export interface OutputFlags {
  readonly color: ColorChoice;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly exitZero?: boolean;
}

/** Flags of check, diff and apply. */
export interface ProjectFlags extends KnowledgeFlags, OutputFlags {
  readonly staged?: boolean;
  readonly changed?: boolean;
  readonly since?: string;
  readonly function?: RegExp;
  readonly exclude: readonly string[];
  readonly filesFrom?: string;
  readonly stdinFilename?: string;
  readonly style?: (typeof STYLES)[number];
  readonly proof?: (typeof PROOFS)[number];
  readonly label?: string;
  readonly maxFunctions?: number;
  readonly jobs?: number;
  readonly shard?: Shard;
  readonly format?: Format;
  readonly report: readonly ReportFlag[];
  readonly statistics?: boolean;
  readonly showRefusals?: boolean;
  /** False: only for an audit, with --no-index. */
  readonly index?: boolean;
}

export function addConfigFlags(command: Command): void {
  command
    .option('--root <dir>', 'what counts as the repository outside git')
    .option('--config <file>', 'this config file for all')
    .option('--isolated', 'no config file at all');
}

export function addKnowledgeFlags(command: Command): void {
  addConfigFlags(command);
  command
    .option('--preset <name>', 'a preset in force in every file (repeatable)', collect(identity), [])
    .option('--pair <acquire=release[:noop-on-null]>', 'a pair of calls (repeatable)', collect(identity), [])
    .option('--platform <name>', `whose promises count: ${PLATFORMS.join(', ')}`, oneOf('--platform', PLATFORMS));
}

export function addOutputFlags(command: Command): void {
  command
    .option('--color <when>', `colours: ${COLOR_CHOICES.join(', ')}`, oneOf('--color', COLOR_CHOICES), 'auto')
    .option('-q, --quiet', 'no summary, only errors, on stderr')
    .option('-v, --verbose', 'more on stderr')
    .option('--exit-zero', 'exit 0 in place of 1');
}

export function addExcludeFlag(command: Command): void {
  command.option('--exclude <glob>', 'not these files; a pattern as in .gitignore (repeatable)', collect(identity), []);
}

/** Flags of a run that ends with a report. */
export function addProjectFlags(command: Command): void {
  addRunFlags(command);
  addReportFlags(command);
  addKnowledgeFlags(command);
  addOutputFlags(command);
}

/** Flags of what is shown, and in which form. */
export function addReportFlags(command: Command, formats: readonly Format[] = FORMATS): void {
  command
    .option('-f, --format <format>', `output: ${formats.join(', ')}`, oneOf('--format', formats))
    .option('--report <format:file>', 'write a report to a file as well (repeatable)', collect(readReport(formats)), [])
    .option('--statistics', 'count the reports by code')
    .option('--show-refusals', 'list what was left alone, and why');
}

/** Flags of what is looked at. */
export function addSelectionFlags(command: Command): void {
  addExcludeFlag(command);
  command
    .option('--staged', 'only functions with staged changes, as they stand in the index of git')
    .option('--changed', 'only functions with changes since the last commit, staged or not')
    .option('--since <ref>', 'only functions with changes since the branch left REF (the merge base)')
    .option('--function <regex>', 'only functions whose name matches', readRegExp)
    .option('--files-from <file>', 'read paths from a file, one a line or NUL-separated; - is stdin')
    .option('--stdin-filename <path>', 'what the text on stdin is called, with the path -');
}

/** Flags of what is looked at, and of how rewrites look. */
export function addRunFlags(command: Command): void {
  addSelectionFlags(command);
  command
    .option('--style <style>', `form of the result: ${STYLES.join(', ')}`, oneOf('--style', STYLES))
    .option('--proof <proof>', `weakest proof to accept: ${PROOFS.join(', ')}`, oneOf('--proof', PROOFS))
    .option('--label <name>', 'name of the label of a single block', readLabel)
    .option('--max-functions <n>', 'rewrite at most so many functions', readCount('--max-functions', 0))
    .option('-j, --jobs <n>', 'run on so many threads (default: one for each core)', readCount('--jobs', 1))
    .option('--shard <i/n>', 'only the i-th of n parts of the files; see merge', readShard);
}

type Reader<T> = (value: string) => T;

/** A reader of one of some words. */
export function oneOf<T extends string>(flag: string, known: readonly T[]): Reader<T> {
  return (value) => {
    const found = known.find((word) => word === value);
    if (found === undefined) throw new UsageError(describeUnknown(flag, value, known));
    return found;
  };
}

/** A reader for a flag that may stand several times. */
function collect<T>(read: Reader<T>): (value: string, before: readonly T[]) => readonly T[] {
  return (value, before) => [...before, read(value)];
}

function identity(value: string): string {
  return value;
}

function readRegExp(value: string): RegExp {
  try {
    return new RegExp(value);
  } catch (error) {
    throw new UsageError(
      `--function "${value}": ${error instanceof Error ? error.message : 'not a regular expression'}`,
    );
  }
}

function readLabel(value: string): string {
  if (/^[A-Za-z_]\w*$/.test(value)) return value;
  throw new UsageError(`--label "${value}" is not a name that C allows`);
}

function readCount(flag: string, least: number): Reader<number> {
  return (value) => {
    if (/^\d{1,9}$/.test(value) && Number(value) >= least) return Number(value);
    throw new UsageError(`${flag} "${value}" is not a number${least > 0 ? ` from ${least} on` : ''}`);
  };
}

function readShard(value: string): Shard {
  const [, index, count] = (/^(\d{1,6})\/(\d{1,6})$/.exec(value) ?? []).map(Number);
  if (index !== undefined && count !== undefined && index >= 1 && index <= count) return { index, count };
  throw new UsageError(`--shard "${value}" is not of the form I/N, with I from 1 to N`);
}

function readReport(formats: readonly Format[]): Reader<ReportFlag> {
  return (value) => {
    const [format, ...rest] = value.split(':');
    const file = rest.join(':');
    if (file === '') throw new UsageError(`--report "${value}" is not of the form FORMAT:FILE`);
    return { format: oneOf('--report', formats)(format ?? ''), file };
  };
}
