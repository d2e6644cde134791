/** Line differences of two texts and back; the one file that knows the `diff` package. Bytes in, bytes out. */
import { applyPatch, type StructuredPatchHunk, structuredPatch } from 'diff';

/** A hunk as `diff` gives it: lines with their mark, `\` lines where a last line has no newline. */
export type Hunk = StructuredPatchHunk;

const CONTEXT = 3;

/** The hunks that turn one text into the other, in order. */
export function diffTexts(before: string, after: string): readonly Hunk[] {
  return structuredPatch('a', 'b', before, after, undefined, undefined, { context: CONTEXT }).hunks;
}

/** Counts of lines that stand only after, and only before. */
export function countLines(hunks: readonly Hunk[]): { added: number; removed: number } {
  const lines = hunks.flatMap((hunk) => hunk.lines);
  const count = (mark: string): number => lines.filter((line) => line.startsWith(mark)).length;
  return { added: count('+'), removed: count('-') };
}

/** One hunk as it stands in a patch; the heading follows the second `@@`. */
export function renderHunk(hunk: Hunk, heading: string): string {
  const head = `@@ -${range(hunk.oldStart, hunk.oldLines)} +${range(hunk.newStart, hunk.newLines)} @@`;
  return [heading === '' ? head : `${head} ${heading}`, ...hunk.lines, ''].join('\n');
}

/** Unified diff: an empty range starts one line early, and a range of one line has no count. */
function range(start: number, count: number): string {
  if (count === 1) return String(start);
  return `${count === 0 ? start - 1 : start},${count}`;
}

/**
 * Applies hunks one behind the other, each where its lines stand, be it some lines away; the number (from 0) of the first
 * that does not fit.
 */
export function applyOrComplain(text: string, hunks: readonly Hunk[]): string | { readonly misfit: number } {
  const whole = applyHunks(text, hunks);
  if (whole !== undefined) return whole;
  const misfit = hunks.findIndex((_, index) => applyHunks(text, hunks.slice(0, index + 1)) === undefined);
  return { misfit: Math.max(0, misfit) };
}

/** Applies hunks, no line of their context missing; undefined when the text is not what they expect. */
export function applyHunks(text: string, hunks: readonly Hunk[]): string | undefined {
  const patch = { oldFileName: 'a', newFileName: 'b', oldHeader: undefined, newHeader: undefined, hunks: [...hunks] };
  const result = applyPatch(text, patch, { fuzzFactor: 0, autoConvertLineEndings: false });
  return result === false ? undefined : result;
}
