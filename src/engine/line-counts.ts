/** What edits do to the number of lines. */
import type { Span } from '../base/span.ts';
import { applyEdits } from '../rewrite/apply-edits.ts';
import type { Edit } from '../rewrite/plan.ts';
import { countLines, diffTexts } from './diff.ts';

/** Lines of a part of the text that stand only after its edits, and only before them. */
export function countChangedLines(
  text: string,
  { start, end }: Span,
  edits: readonly Edit[],
): { added: number; removed: number } {
  const shifted = edits.map((edit) => ({ start: edit.start - start, end: edit.end - start, text: edit.text }));
  const before = text.slice(start, end);
  return countLines(diffTexts(before, applyEdits(before, shifted)));
}
