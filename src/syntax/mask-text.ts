/**
 * The tokens of one function and the masks laid over them. A mask replaces characters one for one and leaves line ends,
 * so every offset stays that of the original.
 */
import type { Span } from '../base/span.ts';
import { isWord } from '../scan/characters.ts';
import type { FunctionRange } from '../scan/functions.ts';
import { lex, type Token } from '../scan/lex.ts';
import { attributeLikeness } from './mask-words.ts';

/**
 * How characters are replaced: `blank` hides them; `word` makes one identifier of the whole span, so that its node still
 * covers the original text; `string` makes one string literal of it; anything else is written as it stands.
 */
export type Filling = 'blank' | 'word' | 'string' | { readonly text: string };

interface Mask extends Span {
  readonly filling: Filling;
  /** Laid even where the plain text parses: the plain tree would be wrong without an ERROR. */
  readonly isAlways: boolean;
}

/** A file with masks laid over it, and where they lie. */
export interface Rendering {
  readonly masked: string;
  readonly spans: readonly Span[];
}

/** Tokens by index, with their text and brackets matched. Indices out of range read as the empty word. */
export class MaskText {
  readonly text: string;
  readonly tokens: readonly Token[];
  /** Index of the bracket that belongs to the one at an index; -1 for other tokens and where it is missing. */
  readonly partner: Int32Array;
  /** Index of the body's `{`. */
  readonly bodyIndex: number;
  readonly iteratorMacros: Span[] = [];
  readonly #words: (string | undefined)[] = [];
  readonly #masks: Mask[] = [];

  constructor(text: string, range: FunctionRange) {
    this.text = text;
    this.tokens = lex(text, range.start, range.end).tokens;
    this.partner = matchBrackets(text, this.tokens);
    this.bodyIndex = this.tokens.findIndex((token) => token.start === range.bodyStart);
  }

  word(index: number): string {
    const token = this.tokens[index];
    if (!token) return '';
    return (this.#words[index] ??= this.text.slice(token.start, token.end));
  }

  isIdentifier(index: number): boolean {
    return this.tokens[index]?.kind === 'identifier';
  }

  isString(index: number): boolean {
    return this.tokens[index]?.kind === 'string';
  }

  start(index: number): number {
    return this.tokens[index]?.start ?? -1;
  }

  end(index: number): number {
    return this.tokens[index]?.end ?? -1;
  }

  /** The index behind a bracketed group; the next index where the bracket has no partner. */
  behind(open: number): number {
    const close = this.partner[open] ?? -1;
    return close > open ? close + 1 : open + 1;
  }

  /** Does a line end stand between this token and the one before it? */
  isFirstOnLine(index: number): boolean {
    return index > 0 && this.text.slice(this.end(index - 1), this.start(index)).includes('\n');
  }

  /** Column of a token, from 0, in characters. */
  column(index: number): number {
    const at = this.start(index);
    return at - (this.text.lastIndexOf('\n', at - 1) + 1);
  }

  /** Masks the tokens `[from, to)`. */
  mask(from: number, to: number, filling: Filling, isAlways = false): void {
    if (to > from) this.#masks.push({ start: this.start(from), end: this.end(to - 1), filling, isAlways });
  }

  /** Masks a surplus word of a declaration or cast; in the body only one that looks like an attribute macro. */
  dropWord(index: number): void {
    if (index < this.bodyIndex || attributeLikeness(this.word(index)) >= 1) this.mask(index, index + 1, 'blank');
  }

  /** Puts a semicolon into the white space behind a token, if there is any. */
  terminate(index: number, isAlways = false): void {
    const at = this.end(index);
    const c = this.text.charCodeAt(at);
    if (c === 32 || c === 9 || c === 10 || c === 13) {
      this.#masks.push({ start: at, end: at + 1, filling: { text: ';' }, isAlways });
    }
  }

  /** Writes text over the characters from an offset on. */
  writeAt(start: number, text: string, isAlways = false): void {
    this.#masks.push({ start, end: start + text.length, filling: { text }, isAlways });
  }

  /** Are there masks besides those that are always laid? */
  get hasChoice(): boolean {
    return this.#masks.some((mask) => !mask.isAlways);
  }

  /** The file with the masks laid: all of them, or only those that always are. */
  render(which: 'all' | 'always'): Rendering {
    const masks = which === 'all' ? this.#masks : this.#masks.filter((mask) => mask.isAlways);
    return applyMasks(this.text, masks);
  }
}

/** Lays masks over a text. */
export function applyMasks(text: string, masks: readonly (Span & { readonly filling: Filling })[]): Rendering {
  if (masks.length === 0) return { masked: text, spans: [] };
  const sorted = masks.toSorted((a, b) => a.start - b.start || b.end - a.end);
  const parts: string[] = [];
  const spans: Span[] = [];
  let at = 0;
  for (const { start, end, filling } of sorted) {
    if (start < at) continue;
    parts.push(text.slice(at, start), fill(text.slice(start, end), filling));
    spans.push({ start, end });
    at = end;
  }
  parts.push(text.slice(at));
  return { masked: parts.join(''), spans };
}

function fill(original: string, filling: Filling): string {
  if (filling === 'word') return fillWord(original);
  if (filling === 'string' && original.length >= 2 && !/[\r\n]/.test(original))
    return `"${' '.repeat(original.length - 2)}"`;
  if (typeof filling === 'string') return original.replaceAll(/[^\r\n]/g, ' ');
  return filling.text;
}

/** `struct s *` becomes `_truct_s__`. What stands behind a line end becomes blank, since no identifier spans lines. */
function fillWord(original: string): string {
  const newline = original.search(/[\r\n]/);
  const line = newline < 0 ? original : original.slice(0, newline);
  let word = '_';
  for (let i = 1; i < line.length; i++) word += isWord(line.charCodeAt(i)) ? line[i] : '_';
  return word + original.slice(line.length).replaceAll(/[^\r\n]/g, ' ');
}

function matchBrackets(text: string, tokens: readonly Token[]): Int32Array {
  const partner = new Int32Array(tokens.length).fill(-1);
  const open: number[] = [];
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== 'punctuator') continue;
    const c = text.charCodeAt(token.start);
    if (c === 40 || c === 91 || c === 123) open.push(index);
    else if (c === 41 || c === 93 || c === 125) closeBracket(text, tokens, partner, open, index);
  }
  return partner;
}

/** A bracket that was left open inside is skipped over, so that one stray `(` does not unhinge the rest. */
function closeBracket(
  text: string,
  tokens: readonly Token[],
  partner: Int32Array,
  open: number[],
  index: number,
): void {
  const opening = '([{'[')]}'.indexOf(text[tokens[index]?.start ?? 0] ?? '')];
  const at = open.findLastIndex((candidate) => text[tokens[candidate]?.start ?? 0] === opening);
  const match = open[at];
  if (match === undefined) return;
  open.length = at;
  partner[match] = index;
  partner[index] = match;
}
