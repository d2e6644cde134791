/** One function of a file at a time: its rewrite alone, and whatever a person makes of it. Texts are bytes as latin1. */
import { LineIndex } from '../base/span.ts';
import { applyEdits } from '../rewrite/apply-edits.ts';
import type { Edit } from '../rewrite/plan.ts';
import { diffTexts } from './diff.ts';
import { notesOf } from './notes.ts';
import { renderFilePatch } from './patch.ts';
import type { FunctionReport } from './report.ts';
import type { FileChange } from './run.ts';

export type { Edit } from '../rewrite/plan.ts';

/** The proved edits of a function, as bytes: reports hold them as text. */
export function editsOf({ edits = [] }: FunctionReport): Edit[] {
  return edits.map(({ byteOffset, byteLength, text, encoding }) => ({
    start: byteOffset,
    end: byteOffset + byteLength,
    text: Buffer.from(text, encoding ?? 'utf8').toString('latin1'),
  }));
}

/** The lines that a function takes in the text before, as offsets. */
export function linesOf(
  text: string,
  { line, endLine }: FunctionReport,
): { readonly start: number; readonly end: number } {
  const lines = new LineIndex(text);
  return { start: lines.lineStart(line), end: lines.lineStart(endLine + 1) || text.length };
}

/** The file with some edits alone. */
export function applyAlone(change: FileChange, edits: readonly Edit[]): string {
  return applyEdits(
    change.before,
    [...edits].toSorted((a, b) => a.start - b.start),
  );
}

/** The function's lines after its rewrite. */
export function rewrittenLines(change: FileChange, report: FunctionReport): string {
  const { start, end } = linesOf(change.before, report);
  const after = applyAlone(change, editsOf(report));
  return after.slice(start, end + after.length - change.before.length);
}

/** The function's part of the patch. */
export function patchAlone(change: FileChange, report: FunctionReport, edits: readonly Edit[]): string {
  return renderFilePatch(change.path, diffTexts(change.before, applyAlone(change, edits)), notesOf([report]));
}
