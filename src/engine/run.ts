/** Takes the files of a run through the pipeline and gathers the report. Writes nothing, prints nothing. */
import { UsageError } from '../base/usage-error.ts';
import type * as Changes from './change.ts';
import { type Config, type ConfigStore, hashSettings, type LocalSettings } from './config.ts';
import type { ContextSource, RunFlags } from './context.ts';
import type { SourceFile } from './discover.ts';
import { decodeAll } from './encoding.ts';
import type { FunctionLedger } from './function-ledger.ts';
import type { FileContext, Pipeline } from './pipeline.ts';
import type { FileOutcome, WrongPlan } from './process-file.ts';
import type { FileError, ReadResult } from './read-source.ts';
import type { FileReport, FunctionReport, Report, Summary } from './report.ts';

export interface RunRequest {
  readonly command: string;
  readonly version: string;
  readonly files: readonly SourceFile[];
  readonly configs: ConfigStore;
  readonly flags: RunFlags;
  readonly maxFunctions: number | undefined;
  /** The configs of all that is selected, of which `files` may be a part: settings are those of the whole. */
  readonly scope: readonly Config[];
  read(file: SourceFile): ReadResult;
  /** Called after each file. */
  onProgress?(done: number, total: number): void;
}

/** What a run needs as soon as one function may matter. It is most of the program, and loading it takes time. */
export interface RunTools {
  readonly pipeline: Pipeline;
  readonly contexts: ContextSource;
  readonly changes: typeof Changes;
}

/** Decides whether a file has to be looked at closely, and brings what that takes. */
export interface ToolSource {
  /** The number of functions where none of them can matter, whatever is known; undefined: look closely. */
  countIfIdle(text: string, file: SourceFile): number | undefined;
  load(): Promise<RunTools>;
}

/** One file that would be, or was, rewritten. Texts are bytes as latin1. */
export interface FileChange {
  readonly path: string;
  readonly absolute: string;
  readonly before: string;
  readonly after: string;
  readonly functions: readonly FunctionReport[];
  /** Its part of the patch, as bytes. */
  readonly patch: string;
}

export interface RunResult {
  readonly report: Report;
  readonly changes: readonly FileChange[];
  /** Errors of files that were named by hand: the run as asked for was not possible. */
  readonly namedErrors: readonly { readonly path: string; readonly message: string }[];
  /** Plans of ours that turned out different: bugs of ours. */
  readonly ownBugs: readonly OwnBug[];
  readonly skipped: readonly SkippedFile[];
  /** The config files that were in force somewhere, absolute. */
  readonly configPaths: readonly string[];
  /** Exit ledgers by the file's path, where the run was asked for them. */
  readonly ledgers: ReadonlyMap<string, readonly FunctionLedger[]>;
}

/** A file that was found and not looked at. */
export interface SkippedFile {
  readonly path: string;
  readonly why: 'link' | 'generated' | 'gone' | 'cplusplus';
}

/** A wrong plan with the text it was made for (bytes as latin1). */
export interface OwnBug extends WrongPlan {
  readonly path: string;
  readonly text: string;
}

/** What came of some files in a row. Plain data: it may come from another thread. */
export interface RunPart extends Pick<RunResult, 'changes' | 'namedErrors' | 'ownBugs' | 'skipped' | 'ledgers'> {
  readonly files: readonly FileReport[];
  /** The configs in force, in the order in which they were met. */
  readonly configs: readonly Config[];
  readonly counts: Counts;
}

/** Runs all files, in order. */
export async function runFiles(request: RunRequest, tools: ToolSource): Promise<RunResult> {
  return joinParts(request, [await runPart(request, tools)]);
}

/** Runs some files, in order. */
export async function runPart(request: RunRequest, tools: ToolSource): Promise<RunPart> {
  const run = new Run(request, tools);
  for (const [index, file] of request.files.entries()) {
    await run.take(file);
    request.onProgress?.(index + 1, request.files.length);
  }
  return run.part();
}

/** One result of all parts of a run, which stand in the order of their files: the same however it was parted. */
export function joinParts(
  { command, version, flags, scope }: Pick<RunRequest, 'command' | 'version' | 'flags' | 'scope'>,
  parts: readonly RunPart[],
): RunResult {
  const files = parts.flatMap((part) => part.files);
  // Each part has configs of its own, of which those of one path are the same.
  const configs = [...new Map(parts.flatMap((part) => part.configs.map((config) => [config.path, config]))).values()];
  // What a report shows besides is no setting.
  const { ledgers: _, ...settingFlags } = flags;
  const settings = { flags: settingFlags, configs: scope.map((config) => ({ ...config, path: '' })) };
  const tool = {
    name: 'goto-cleanup',
    version,
    get configHash(): string {
      return hashSettings(settings);
    },
  };
  const summary = summarize(files, addCounts(parts.map((part) => part.counts)));
  return {
    report: { schema: 'goto-cleanup/report-1', tool, command, files, summary },
    changes: parts.flatMap((part) => part.changes),
    namedErrors: parts.flatMap((part) => part.namedErrors),
    ownBugs: parts.flatMap((part) => part.ownBugs),
    skipped: parts.flatMap((part) => part.skipped),
    configPaths: configs.flatMap(({ path }) => path ?? []),
    ledgers: new Map(parts.flatMap((part) => [...part.ledgers])),
  };
}

/** The sums of counts. */
export function addCounts(all: readonly Counts[]): Counts {
  const sum = { files: 0, functions: 0, attempted: 0, parsed: 0, candidates: 0 };
  for (const counts of all) for (const key of Object.keys(sum) as (keyof Counts)[]) sum[key] += counts[key];
  return sum;
}

/** What gathers while the files pass by. */
class Run {
  readonly #request: RunRequest;
  readonly #source: ToolSource;
  readonly #files: FileReport[] = [];
  readonly #changes: FileChange[] = [];
  readonly #namedErrors: { path: string; message: string }[] = [];
  readonly #ownBugs: OwnBug[] = [];
  readonly #skipped: SkippedFile[] = [];
  readonly #configs = new Set<Config>();
  readonly #ledgers = new Map<string, readonly FunctionLedger[]>();
  readonly #counts = { files: 0, functions: 0, attempted: 0, parsed: 0, candidates: 0 };
  #tools: RunTools | undefined;
  #allowance: number;

  constructor(request: RunRequest, source: ToolSource) {
    this.#request = request;
    this.#source = source;
    this.#allowance = request.maxFunctions ?? Infinity;
  }

  async take(file: SourceFile): Promise<void> {
    const read = this.#request.read(file);
    if (read.kind === 'skipped') return void this.#skipped.push({ path: file.path, why: read.why });
    this.#counts.files++;
    if (read.kind === 'error') return this.#takeError(file, read.error);
    this.#configs.add(this.#request.configs.configFor(file.absolute));
    const idle = this.#source.countIfIdle(read.text, file);
    if (idle !== undefined) this.#counts.functions += idle;
    else this.#takeText(file, read.text, (this.#tools ??= await this.#source.load()));
  }

  #takeText(file: SourceFile, text: string, { pipeline, contexts, changes }: RunTools): void {
    const { context, local } = contexts.contextOf(file);
    const outcome = applyRules(processNamed(pipeline, file, text, context), local);
    for (const key of ['functions', 'attempted', 'parsed', 'candidates'] as const)
      this.#counts[key] += outcome.counts[key];
    const { path } = file;
    this.#ownBugs.push(...(outcome.wrongPlans ?? []).map((plan) => ({ ...plan, path, text })));
    if (outcome.ledgers) this.#ledgers.set(path, decodeAll(outcome.ledgers));
    const reports = changes.describeRewrites(text, outcome);
    const functions = decodeAll(reports);
    const findings = decodeAll(outcome.findings);
    if (functions.length + findings.length > 0) this.#files.push({ path, functions, findings, errors: [] });
    const change = changes.buildChange(file, text, outcome, { reports, functions }, this.#allowance);
    this.#allowance -= change?.functions.length ?? 0;
    if (change) this.#changes.push(change);
  }

  #takeError(file: SourceFile, error: FileError): void {
    this.#files.push({ path: file.path, functions: [], findings: [], errors: [error] });
    if (file.isNamed) this.#namedErrors.push({ path: file.path, message: error.message });
  }

  part(): RunPart {
    return {
      files: this.#files,
      changes: this.#changes,
      namedErrors: this.#namedErrors,
      ownBugs: this.#ownBugs,
      skipped: this.#skipped,
      configs: [...this.#configs],
      ledgers: this.#ledgers,
      counts: this.#counts,
    };
  }
}

/** An error that nobody foresaw says at which file. */
function processNamed(pipeline: Pipeline, file: SourceFile, text: string, context: FileContext): FileOutcome {
  try {
    return pipeline.processFile(text, file.path, context);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new Error(`at ${file.path}`, { cause: error });
  }
}

/** `applied` in place of `rewritable`, for the functions of these files. */
export function markApplied(report: Report, changes: readonly FileChange[]): Report {
  const applied = new Set(changes.flatMap((change) => change.functions));
  const mark = (entry: FunctionReport): FunctionReport =>
    applied.has(entry) ? { ...entry, status: 'applied' } : entry;
  const files = report.files.map((file) => ({ ...file, functions: file.functions.map(mark) }));
  return { ...report, files, summary: summarize(files, report.summary) };
}

function applyRules(outcome: FileOutcome, { rules = {} }: LocalSettings): FileOutcome {
  const isOff = (code: string): boolean => rules[code] === 'off';
  const findings = outcome.findings.filter((finding) => !isOff(finding.code));
  if (!isOff('repeated-cleanup')) return { ...outcome, findings };
  return { ...outcome, findings, functions: [], rewrites: [] };
}

type Counts = Pick<Summary, 'files' | 'functions' | 'attempted' | 'parsed' | 'candidates'>;

/** The counts of a report. */
export function summarize(files: readonly FileReport[], counts: Counts): Summary {
  const functions = files.flatMap((file) => file.functions);
  const count = (status: FunctionReport['status']): number =>
    functions.filter((report) => report.status === status).length;
  return {
    files: counts.files,
    functions: counts.functions,
    attempted: counts.attempted,
    parsed: counts.parsed,
    candidates: counts.candidates,
    rewritable: count('rewritable'),
    applied: count('applied'),
    refused: countBy(functions.filter((report) => report.status === 'refused').map((report) => report.code ?? '')),
    findings: countBy(files.flatMap((file) => file.findings.map((finding) => finding.code))),
    unusedPairs: [],
  };
}

/** Counts by code, in the order of the alphabet. */
function countBy(codes: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const code of codes.toSorted()) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}
