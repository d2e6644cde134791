/** Lines, indentation and comments around statements of the original text. */
import type { Span } from '../../src/base/span.ts';
import type { Study } from './study.ts';
import { lexSpan } from './tokens.ts';
import type { Comment } from './tokens.ts';

export class Layout {
  readonly #source: string;
  readonly #newline: string;

  constructor(study: Study) {
    this.#source = study.tree.source;
    this.#newline = study.context.houseStyle.newline;
  }

  /** Offset of the first byte of the line. */
  lineStart(offset: number): number {
    return this.#source.lastIndexOf('\n', offset - 1) + 1;
  }

  /** Offset behind the newline that ends the line. */
  lineEnd(offset: number): number {
    const at = this.#source.indexOf('\n', offset);
    return at < 0 ? this.#source.length : at + 1;
  }

  /** The blanks at the head of the line. */
  indentAt(offset: number): string {
    return /^[ \t]*/.exec(this.#source.slice(this.lineStart(offset), offset + 1))?.[0] ?? '';
  }

  /** Nothing but blanks stands before it on its line. */
  isFirstOnLine(offset: number): boolean {
    return /^[ \t]*$/.test(this.#source.slice(this.lineStart(offset), offset));
  }

  /** True when the line before the one of `offset` is blank, or opens a block. */
  hasRoomAbove(offset: number): boolean {
    const start = this.lineStart(offset);
    const above = this.#source.slice(this.lineStart(start - 1), start).trim();
    return above === '' || above.endsWith('{');
  }

  /** The line before the one of `offset` is blank. */
  hasBlankAbove(offset: number): boolean {
    const start = this.lineStart(offset);
    return start > 0 && this.#source.slice(this.lineStart(start - 1), start).trim() === '';
  }

  /** The line behind the one of `offset` is blank. */
  hasBlankBelow(offset: number): boolean {
    const start = this.lineEnd(offset);
    return this.#source.slice(start, this.lineEnd(start)).trim() === '';
  }

  /** The end of the line where only blanks are left on it, which nobody wants to keep; else the offset itself. */
  pastBlanks(offset: number): number {
    const blanks = /^[ \t]*(?=\r?\n)/.exec(this.#source.slice(offset, offset + 200))?.[0].length ?? 0;
    return offset + blanks;
  }

  /** A comment behind a statement on its line, with the lines below that go on with it in the same column. */
  trailing(end: number): Comment | undefined {
    const rest = this.#source.slice(end, this.lineEnd(end));
    const blanks = /^[ \t]*/.exec(rest)?.[0].length ?? 0;
    if (!rest.startsWith('//', blanks) && !rest.startsWith('/*', blanks)) return undefined;
    const comment = lexSpan(this.#source, end + blanks, end + blanks + 2).comments[0];
    if (!comment || comment.text.includes('\n')) return undefined;
    const last = this.#endOfColumn(comment);
    return { ...comment, end: last, text: this.#source.slice(comment.start, last) };
  }

  /** Where a `//` comment ends that goes on below in its own column, right of the statement it stands behind. */
  #endOfColumn(comment: Comment): number {
    const column = comment.start - this.lineStart(comment.start);
    if (!comment.text.startsWith('//') || column <= this.indentAt(comment.start).length) return comment.end;
    let { end } = comment;
    for (;;) {
      const next = this.lineEnd(end);
      const line = /^[^\r\n]*/.exec(this.#source.slice(next))?.[0] ?? '';
      if (line.search(/\S/) !== column || !line.startsWith('//', column)) return end;
      end = next + line.length;
    }
  }

  /** The comment behind a statement, with the blanks before it; its lines below move by `delta` columns. */
  tail(end: number, delta = 0): string {
    const comment = this.trailing(end);
    if (!comment) return '';
    const text = this.#source.slice(end, comment.end);
    if (delta === 0 || !text.includes('\n')) return text;
    const move = (line: string): string => (delta > 0 ? ' '.repeat(delta) + line : line.slice(-delta));
    return text
      .split('\n')
      .map((line, index) => (index === 0 ? line : move(line)))
      .join('\n');
  }

  /** Comments on lines of their own right above a statement, no blank line between. */
  attachedAbove(start: number): { readonly start: number } {
    let at = this.lineStart(start);
    for (;;) {
      const above = this.lineStart(at - 1);
      const line = this.#source.slice(above, at).trim();
      const isComment =
        line.startsWith('//') ||
        (line.startsWith('/*') && line.endsWith('*/') && line.indexOf('*/') === line.length - 2);
      if (at === 0 || !isComment) return { start: at };
      at = above;
    }
  }

  /** Comments on lines of their own in a gap between statements. */
  ownLineComments(gap: Span): Comment[] {
    return lexSpan(this.#source, gap.start, gap.end).comments.filter((comment) => this.isFirstOnLine(comment.start));
  }

  /** All comments of a gap. */
  comments(gap: Span): readonly Comment[] {
    return lexSpan(this.#source, gap.start, gap.end).comments;
  }

  /** The text of a statement, its further lines moved from one indentation to another. */
  reindented(span: Span, from: string, to: string): string {
    const lines = this.#source.slice(span.start, span.end).split('\n');
    const moved = lines.map((line, index) =>
      index > 0 && line.startsWith(from) ? to + line.slice(from.length) : line,
    );
    return moved.join('\n');
  }

  /** An expression whose first line starts `delta` columns further right: lines aligned under an opening parenthesis follow. */
  shifted(span: Span, delta: number): string {
    const text = this.#source.slice(span.start, span.end);
    if (!text.includes('\n') || delta === 0) return text;
    const column = span.start - this.lineStart(span.start);
    const open = text.indexOf('(');
    const lines = text.split('\n');
    return lines
      .map((line, index) => {
        const blanks = /^ */.exec(line)?.[0].length ?? 0;
        if (index === 0 || open < 0 || blanks < column + open) return line;
        return delta > 0 ? ' '.repeat(delta) + line : line.slice(-delta);
      })
      .join('\n');
  }

  /** The text from one offset to another. */
  between(start: number, end: number): string {
    return this.#source.slice(start, end);
  }

  /** Nothing but comments and blanks. */
  isOnlyComments(start: number, end: number): boolean {
    return lexSpan(this.#source, start, end).tokens.length === 0;
  }

  get newline(): string {
    return this.#newline;
  }
}
