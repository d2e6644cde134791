/**
 * rewrite: turns a plan into new text. Takes the original text and edits; returns text and diffs. Knows house style.
 * May not decide what to rewrite, and never says that something is proved.
 */

/** Replace `[start, end)` of the original text by `text`. An insertion has `start === end`. Edits never overlap. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** What a transform wants to do to one function: data, not yet proved. */
export interface Plan {
  readonly kind: 'plan';
  readonly transform: string;
  readonly style: 'single' | 'ladder';
  readonly labels: readonly string[];
  readonly successShares: boolean;
  /** Exits that jump or fall in. */
  readonly exits: number;
  readonly releasesBefore: number;
  readonly releasesAfter: number;
  readonly edits: readonly Edit[];
}
