/**
 * base: words every layer may use. Takes and returns plain data; knows nothing of C, files or terminals.
 */

/** A half-open range of byte offsets `[start, end)` into the original text of one file. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A place for people: both numbers count from 1, the column in bytes. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Maps byte offsets of one text to lines and columns. */
export class LineIndex {
  readonly #starts: number[] = [0];

  constructor(text: string) {
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1);
  }

  /** Line and column, from 1, of a byte offset. */
  place(offset: number): Place {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (this.#starts[low] ?? 0) + 1 };
  }

  /** Byte offset of the first character of a line, from 1. */
  lineStart(line: number): number {
    return this.#starts[line - 1] ?? 0;
  }
}
