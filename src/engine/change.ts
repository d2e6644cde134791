/** What the rewrites of one file come to: the new text, its part of the patch, and what the report says of them. */
import { LineIndex } from '../base/span.ts';
import { applyEdits } from '../rewrite/apply-edits.ts';
import type { Edit } from '../rewrite/plan.ts';
import { countChangedLines } from './line-counts.ts';
import { diffTexts } from './diff.ts';
import type { SourceFile } from './discover.ts';
import { isForeign } from './encoding.ts';
import { notesOf } from './notes.ts';
import { renderFilePatch } from './patch.ts';
import type { FileOutcome } from './process-file.ts';
import type { FunctionReport } from './report.ts';
import type { FileChange } from './run.ts';

/** The reports of one file, as bytes and as text. */
export interface ReportPair {
  readonly reports: readonly FunctionReport[];
  readonly functions: readonly FunctionReport[];
}

/** The change of a file by its first rewrites, as many as are allowed; undefined where there is none. */
export function buildChange(
  file: SourceFile,
  before: string,
  outcome: FileOutcome,
  { reports, functions }: ReportPair,
  allowance: number,
): FileChange | undefined {
  const chosen = outcome.rewrites.slice(0, allowance);
  if (chosen.length === 0) return undefined;
  const isAll = chosen.length === outcome.rewrites.length;
  const after = isAll ? outcome.newText : applyEdits(before, chosen.flatMap(editsOf));
  const firstOf = (all: readonly FunctionReport[]): FunctionReport[] =>
    all.filter(isRewritable).slice(0, chosen.length);
  // The patch is bytes: its comments are made of what was not decoded.
  const patch = renderFilePatch(file.path, diffTexts(before, after), notesOf(firstOf(reports)));
  return { path: file.path, absolute: file.absolute, before, after, functions: firstOf(functions), patch };
}

function isRewritable(report: FunctionReport): boolean {
  return report.status === 'rewritable';
}

type Rewrite = FileOutcome['rewrites'][number];

function editsOf(rewrite: Rewrite): readonly Edit[] {
  return rewrite.edits;
}

/** Adds to each rewritable function its edits and what they do to the number of lines. */
export function describeRewrites(text: string, outcome: FileOutcome): FunctionReport[] {
  if (outcome.rewrites.length === 0) return [...outcome.functions];
  const lines = new LineIndex(text);
  // By order, not by name: a name may be defined once per branch of an `#if`.
  const rewrites = outcome.rewrites.values();
  return outcome.functions.map((report) => {
    if (!isRewritable(report)) return report;
    const rewrite = rewrites.next().value;
    if (rewrite?.name !== report.name) throw new Error(`the rewrites are not those of the reports, at ${report.name}`);
    const start = lines.lineStart(report.line);
    const end = lines.lineStart(report.endLine + 1) || text.length;
    const { added, removed } = countChangedLines(text, { start, end }, rewrite.edits);
    return { ...report, linesAdded: added, linesRemoved: removed, edits: rewrite.edits.map(describeEdit) };
  });
}

function describeEdit(edit: Edit): NonNullable<FunctionReport['edits']>[number] {
  const place = { byteOffset: edit.start, byteLength: edit.end - edit.start, text: edit.text };
  return isForeign(edit.text) ? { ...place, encoding: 'latin1' } : place;
}
