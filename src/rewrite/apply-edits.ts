/** Applies edits to a text. The one file that knows magic-string. */
import MagicString from 'magic-string';
import type { Edit } from './plan.ts';

/** Two edits claim the same bytes, or one lies outside the text: nothing is applied. */
export interface EditOverlap {
  readonly kind: 'edit-overlap';
  readonly first: Edit;
  readonly second: Edit;
}

/** Why edits cannot be applied, in words for a bundle. */
export class EditOverlapError extends Error {
  override readonly name = 'EditOverlapError';
  readonly overlap: EditOverlap;

  constructor(overlap: EditOverlap) {
    const { first, second } = overlap;
    super(`edits [${first.start}, ${first.end}) and [${second.start}, ${second.end}) overlap`);
    this.overlap = overlap;
  }
}

/**
 * Finds two edits that claim the same place. Touching edits are fine; two insertions at one place are not, since nothing
 * says which comes first.
 */
export function findOverlap(text: string, edits: readonly Edit[]): EditOverlap | undefined {
  const sorted = inOrder(edits);
  for (const [index, edit] of sorted.entries()) {
    const before = sorted[index - 1];
    if (edit.start < 0 || edit.end < edit.start || edit.end > text.length) {
      return { kind: 'edit-overlap', first: edit, second: edit };
    }
    if (before && (before.end > edit.start || (before.start === edit.start && before.end === edit.end))) {
      return { kind: 'edit-overlap', first: before, second: edit };
    }
  }
  return undefined;
}

/** Applies edits whose offsets all refer to `text`; the result, or the overlap that forbids it. */
export function tryApplyEdits(text: string, edits: readonly Edit[]): string | EditOverlap {
  const overlap = findOverlap(text, edits);
  if (overlap) return overlap;
  const target = new MagicString(text);
  for (const edit of inOrder(edits)) {
    if (edit.start === edit.end) target.appendLeft(edit.start, edit.text);
    else target.update(edit.start, edit.end, edit.text);
  }
  return target.toString();
}

/** Like `tryApplyEdits`, for edits that are known not to overlap; throws an EditOverlapError where they do. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const result = tryApplyEdits(text, edits);
  if (typeof result !== 'string') throw new EditOverlapError(result);
  return result;
}

/** By place; an insertion comes before a replacement that starts at the same byte. */
function inOrder(edits: readonly Edit[]): Edit[] {
  return [...edits].sort((a, b) => a.start - b.start || a.end - b.end);
}
