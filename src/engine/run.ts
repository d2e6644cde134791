/** Takes the files of a run through the pipeline and gathers the report. Writes nothing, prints nothing. */
import { LineIndex } from '../base/span.ts';
import { UsageError } from '../base/usage-error.ts';
import { applyEdits } from '../rewrite/apply-edits.ts';
import type { Edit } from '../rewrite/plan.ts';
import { type Config, type ConfigStore, hashSettings, type LocalSettings } from './config.ts';
import type { ContextSource } from './context.ts';
import { countLines, diffTexts } from './diff.ts';
import type { SourceFile } from './discover.ts';
import { decodeAll, isForeign } from './encoding.ts';
import { notesOf } from './notes.ts';
import { renderFilePatch } from './patch.ts';
import type { FileContext, Pipeline } from './pipeline.ts';
import type { FileOutcome, WrongPlan } from './process-file.ts';
import type { FileError, ReadResult } from './read-source.ts';
import type { FileReport, FunctionReport, Report, Summary } from './report.ts';

export interface RunRequest {
  readonly command: string;
  readonly version: string;
  readonly files: readonly SourceFile[];
  readonly configs: ConfigStore;
  readonly contexts: ContextSource;
  readonly maxFunctions: number | undefined;
  read(file: SourceFile): ReadResult;
  /** Called after each file. */
  onProgress?(done: number, total: number): void;
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

/** Runs all files, in order. */
export async function runFiles(request: RunRequest, pipeline: Pipeline): Promise<RunResult> {
  const run = new Run(request, pipeline);
  for (const [index, file] of request.files.entries()) {
    run.take(file);
    request.onProgress?.(index + 1, request.files.length);
  }
  return run.result();
}

/** What gathers while the files pass by. */
class Run {
  readonly #request: RunRequest;
  readonly #pipeline: Pipeline;
  readonly #files: FileReport[] = [];
  readonly #changes: FileChange[] = [];
  readonly #namedErrors: { path: string; message: string }[] = [];
  readonly #ownBugs: OwnBug[] = [];
  readonly #skipped: SkippedFile[] = [];
  readonly #configs = new Set<Config>();
  readonly #counts = { files: 0, functions: 0, attempted: 0, parsed: 0, candidates: 0 };
  #allowance: number;

  constructor(request: RunRequest, pipeline: Pipeline) {
    this.#request = request;
    this.#pipeline = pipeline;
    this.#allowance = request.maxFunctions ?? Infinity;
  }

  take(file: SourceFile): void {
    const read = this.#request.read(file);
    if (read.kind === 'skipped') return void this.#skipped.push({ path: file.path, why: read.why });
    this.#counts.files++;
    if (read.kind === 'error') return this.#takeError(file, read.error);
    const { context, local, config } = this.#request.contexts.contextOf(file);
    this.#configs.add(config);
    const outcome = this.#process(file, read.text, context);
    for (const key of ['functions', 'attempted', 'parsed', 'candidates'] as const)
      this.#counts[key] += outcome.counts[key];
    const { path } = file;
    this.#ownBugs.push(...(outcome.wrongPlans ?? []).map((plan) => ({ ...plan, path, text: read.text })));
    this.#takeOutcome(file, read.text, applyRules(outcome, local));
  }

  #process(file: SourceFile, text: string, context: FileContext): FileOutcome {
    try {
      return this.#pipeline.processFile(text, file.path, context);
    } catch (error) {
      if (error instanceof UsageError) throw error;
      throw new Error(`at ${file.path}`, { cause: error });
    }
  }

  #takeError(file: SourceFile, error: FileError): void {
    this.#files.push({ path: file.path, functions: [], findings: [], errors: [error] });
    if (file.isNamed) this.#namedErrors.push({ path: file.path, message: error.message });
  }

  #takeOutcome(file: SourceFile, text: string, outcome: FileOutcome): void {
    const reports = describeRewrites(text, outcome);
    const functions = decodeAll(reports);
    const findings = decodeAll(outcome.findings);
    if (functions.length + findings.length > 0) this.#files.push({ path: file.path, functions, findings, errors: [] });
    const chosen = outcome.rewrites.slice(0, this.#allowance);
    this.#allowance -= chosen.length;
    if (chosen.length === 0) return;
    const isAll = chosen.length === outcome.rewrites.length;
    const after = isAll ? outcome.newText : applyEdits(text, chosen.flatMap(editsOf));
    const isChanged = (report: FunctionReport): boolean => report.status === 'rewritable';
    const changed = functions.filter(isChanged).slice(0, chosen.length);
    // The patch is bytes: its comments are made of what was not decoded.
    const notes = notesOf(reports.filter(isChanged).slice(0, chosen.length));
    const patch = renderFilePatch(file.path, diffTexts(text, after), notes);
    this.#changes.push({ path: file.path, absolute: file.absolute, before: text, after, functions: changed, patch });
  }

  result(): RunResult {
    const { command, version, contexts } = this.#request;
    const settings = { flags: contexts.flags, configs: [...this.#configs].map((config) => ({ ...config, path: '' })) };
    const tool = { name: 'goto-cleanup', version, configHash: hashSettings(settings) };
    const summary = summarize(this.#files, this.#counts);
    const report: Report = { schema: 'goto-cleanup/report-1', tool, command, files: this.#files, summary };
    return {
      report,
      changes: this.#changes,
      namedErrors: this.#namedErrors,
      ownBugs: this.#ownBugs,
      skipped: this.#skipped,
      configPaths: [...this.#configs].flatMap(({ path }) => path ?? []),
    };
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

type Rewrite = FileOutcome['rewrites'][number];

function editsOf(rewrite: Rewrite): readonly Edit[] {
  return rewrite.edits;
}

/** Adds to each rewritable function its edits and what they do to the number of lines. */
function describeRewrites(text: string, outcome: FileOutcome): FunctionReport[] {
  if (outcome.rewrites.length === 0) return [...outcome.functions];
  const lines = new LineIndex(text);
  // By order, not by name: a name may be defined once per branch of an `#if`.
  const rewrites = outcome.rewrites.values();
  return outcome.functions.map((report) => {
    if (report.status !== 'rewritable') return report;
    const rewrite = rewrites.next().value;
    if (rewrite?.name !== report.name) throw new Error(`the rewrites are not those of the reports, at ${report.name}`);
    const start = lines.lineStart(report.line);
    const end = lines.lineStart(report.endLine + 1) || text.length;
    const { added, removed } = countChangedLines(text, start, end, rewrite.edits);
    return { ...report, linesAdded: added, linesRemoved: removed, edits: rewrite.edits.map(describeEdit) };
  });
}

function countChangedLines(
  text: string,
  start: number,
  end: number,
  edits: readonly Edit[],
): { added: number; removed: number } {
  const shifted = edits.map((edit) => ({ start: edit.start - start, end: edit.end - start, text: edit.text }));
  const before = text.slice(start, end);
  return countLines(diffTexts(before, applyEdits(before, shifted)));
}

function describeEdit(edit: Edit): NonNullable<FunctionReport['edits']>[number] {
  const place = { byteOffset: edit.start, byteLength: edit.end - edit.start, text: edit.text };
  return isForeign(edit.text) ? { ...place, encoding: 'latin1' } : place;
}

type Counts = Pick<Summary, 'files' | 'functions' | 'attempted' | 'parsed' | 'candidates'>;

function summarize(files: readonly FileReport[], counts: Counts): Summary {
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
