/** Which lines of a file a change left behind, and whether they touch a function. Light: every run loads it. */

/** One place of a change, in the lines of the text after it, from 1. */
export interface ChangedLines {
  readonly from: number;
  /** Included. */
  readonly to: number;
  /** Lines were only taken away: what is left of the place is the seam between the lines `from` and `to`. */
  readonly isSeam: boolean;
}

/** Whether a change overlaps the lines from `first` to `last`. A seam at the edge belongs to neither side. */
export function isTouched(changes: readonly ChangedLines[], first: number, last: number): boolean {
  return changes.some(({ from, to, isSeam }) => (isSeam ? first <= from && to <= last : from <= last && first <= to));
}
