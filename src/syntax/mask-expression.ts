/**
 * Masks inside expressions.
 *
 * - A type as a macro argument (`SAFE_MALLOC(n, T *)`, `va_arg(ap, struct s *)`) becomes one identifier: a type has no
 *   effect, and the identifier's node covers the whole type.
 * - A declaration as a macro argument (`each(int i, a)`) loses its type words; the name and its `=` stay.
 * - A designator as a macro argument (`f(.a = 1)`) loses its name; the value stays.
 * - What only the preprocessor takes for a number (`10baseT_Full`) becomes an identifier.
 * - An empty argument loses a comma; an argument that is only an operator becomes an identifier. Neither has an effect.
 * - The member of `offsetof(struct s, u.x)` becomes one identifier: it is a constant.
 * - Macros side by side (`DIR BRANCH`, `EV_DEFAULT_ loop`) can only be string literals or carry their own comma: several
 *   in capitals become one identifier, one beside a variable becomes blank.
 * - A macro beside string literals (`"a" STRINGIFY(X) "b"`) becomes a string literal: nothing else can stand there.
 * - An attribute macro in a cast (`(char __user *)p`) becomes blank: a cast names a type and nothing else.
 * - `typeof(x)`: its operand becomes blank; it is not evaluated.
 */
import type { MaskText } from './mask-text.ts';
import {
  ATTRIBUTE_WORDS,
  attributeLikeness,
  SPECIFIERS,
  STATEMENT_WORDS,
  TAG_WORDS,
  TYPEOF_WORDS,
} from './mask-words.ts';

/** Told of the `{` of a block of statements inside an expression. */
export type OnBlock = (open: number) => void;

/**
 * Masks the expression tokens `[from, to)`.
 * @param onBlock undefined inside an initialiser list, where a brace opens another list
 */
export function maskExpression(text: MaskText, from: number, to: number, onBlock: OnBlock | undefined): void {
  for (let i = from; i < to; i++) {
    const word = text.word(i);
    if (word === '(') {
      const close = Math.min(text.partner[i] ?? -1, to);
      if (close > i) i = maskParentheses(text, i, close, onBlock);
    } else if (onBlock && word === '{' && /^[(,]$/.test(text.word(i - 1)) && (text.partner[i] ?? -1) > i) {
      onBlock(i);
      i = text.behind(i) - 1;
    } else if (isNumber(text, i) && !REAL_NUMBER.test(word)) text.mask(i, i + 1, 'word');
    else if (ALIGNOF_WORDS.has(word) && text.word(i + 1) === '(') maskAlignof(text, i);
    else if (TYPEOF_WORDS.has(word) && text.word(i + 1) === '(') {
      const behind = text.behind(i + 1);
      text.mask(i, behind, 'word');
      i = behind - 1;
    } else if (text.isString(i) || text.isIdentifier(i)) {
      i = Math.max(maskStringRun(text, i, to), maskWordRun(text, i, to)) - 1;
    }
  }
}

const ALIGNOF_WORDS: ReadonlySet<string> = new Set(['__alignof__', '__alignof', '_Alignof', 'alignof']);

/** `__alignof__(p->x)`: GNU C takes an expression, the grammar only a type. */
function maskAlignof(text: MaskText, i: number): void {
  const close = text.behind(i + 1) - 1;
  for (let at = i + 2; at < close; at++) {
    if (text.isIdentifier(at) || text.word(at) === '*') continue;
    return text.mask(i, i + 1, { text: '_'.repeat(text.word(i).length) });
  }
}

/** Returns the index of the last token that needs no further look. */
function maskParentheses(text: MaskText, open: number, close: number, onBlock: OnBlock | undefined): number {
  const isCall = text.isIdentifier(open - 1) && !STATEMENT_WORDS.has(text.word(open - 1));
  if (!isCall || text.word(open - 1) === 'sizeof') return maskCast(text, open, close) ? close : open;
  maskArguments(text, open, close, onBlock);
  return open;
}

/** `(struct s __user *)p`, `sizeof(T __x)`: words and stars only. One type has to stay. False when it is no type. */
function maskCast(text: MaskText, open: number, close: number): boolean {
  const words: number[] = [];
  let hasType = false;
  for (let i = open + 1; i < close; i++) {
    const word = text.word(i);
    if (word === '*') continue;
    if (!text.isIdentifier(i) || STATEMENT_WORDS.has(word)) return false;
    if (TAG_WORDS.has(word)) {
      hasType = true;
      i++;
    } else if (SPECIFIERS.has(word)) hasType ||= !/^(const|volatile|restrict|__restrict)$/.test(word);
    else words.push(i);
  }
  if (!hasType && text.word(close - 1) !== '*' && text.word(open - 1) !== 'sizeof') return false;
  for (const index of surplus(text, words, hasType ? 0 : 1)) text.dropWord(index);
  return true;
}

/** All but `keep` of the words, those most like attributes first, the earlier ones first. */
export function surplus(text: MaskText, words: readonly number[], keep: number): number[] {
  if (words.length <= keep) return [];
  const byLikeness = words.toSorted(
    (a, b) => attributeLikeness(text.word(b)) - attributeLikeness(text.word(a)) || a - b,
  );
  return byLikeness.slice(0, words.length - keep);
}

function maskArguments(text: MaskText, open: number, close: number, onBlock: OnBlock | undefined): void {
  const name = text.word(open - 1);
  const commas = [open];
  for (let i = open + 1; i < close; i = text.behind(i)) if (text.word(i) === ',') commas.push(i);
  commas.push(close);
  if (name === 'offsetof') return maskOffsetof(text, commas);
  for (let n = 0; n + 1 < commas.length; n++) {
    const from = (commas[n] ?? open) + 1;
    const to = commas[n + 1] ?? close;
    if (from === to) maskEmptyArgument(text, n, commas);
    else maskArgument(text, from, to, onBlock);
  }
}

/** `offsetof(struct s, u.x[3])`: the grammar wants a single field name. It is a constant, nothing in it is used. */
function maskOffsetof(text: MaskText, [, comma = 0, close = 0]: readonly number[]): void {
  if (close > comma + 2) text.mask(comma + 1, close, 'word');
}

/** `f(a, , b)`, `HEAD(, s)`: one of the commas goes. */
function maskEmptyArgument(text: MaskText, n: number, commas: readonly number[]): void {
  if (commas.length === 2) return;
  const comma = n === 0 ? commas[1] : commas[n];
  if (comma !== undefined) text.mask(comma, comma + 1, 'blank');
}

/** `f(.a.b = 1)` loses the designator; the value stays. */
function maskDesignator(text: MaskText, from: number, to: number): void {
  for (let i = from; i < to; i = text.behind(i)) if (text.word(i) === '=') return text.mask(from, i + 1, 'blank');
}

function isNumber(text: MaskText, index: number): boolean {
  return text.tokens[index]?.kind === 'number';
}

/** A number of C; `10baseT_Full` is one only to the preprocessor. */
const REAL_NUMBER = /^(0x[\da-f'.]+(p[+-]?\d+)?|0b[01']+|(\d[\d']*\.?\d*|\.\d+)(e[+-]?\d+)?)[uflizjwb\d]*$/i;

const OPERATORS = /^(<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%<>&|^=]|[-+*/%&|^]=)$/;
const LEADING_OPERATORS = /^(<<|>>|<=|>=|==|!=|&&|\|\||[/%<>|^=]|[-+*/%&|^]=)$/;

function maskArgument(text: MaskText, from: number, to: number, onBlock: OnBlock | undefined): void {
  const first = text.word(from);
  if (to - from === 1 && OPERATORS.test(first)) return text.mask(from, to, 'word');
  if (isTypeStart(text, from) && !isCompoundLiteralOrCast(text, from)) return maskTypeArgument(text, from, to);
  if (text.word(to - 1) === '*' && isTypeWithStars(text, from, to)) return text.mask(from, to, 'word');
  if (LEADING_OPERATORS.test(first)) return text.mask(from, from + 1, 'blank');
  if (OPERATORS.test(text.word(to - 1))) return text.mask(to - 1, to, 'blank');
  if (to - from === 2 && text.isIdentifier(from) && isNumber(text, to - 1)) return text.mask(from, to, 'word');
  if (first === '.') maskDesignator(text, from, to);
  if (first === '{' && to === text.behind(from)) onBlock?.(from);
}

function isTypeStart(text: MaskText, index: number): boolean {
  const word = text.word(index);
  return SPECIFIERS.has(word) || TAG_WORDS.has(word) || ATTRIBUTE_WORDS.has(word) || TYPEOF_WORDS.has(word);
}

function isCompoundLiteralOrCast(text: MaskText, index: number): boolean {
  return text.word(index) === '(';
}

/** `T *`, `T const **`. */
function isTypeWithStars(text: MaskText, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (!text.isIdentifier(i) && text.word(i) !== '*') return false;
  return text.isIdentifier(from);
}

/** `struct s *`, `int (*)(void)`; or with a name and perhaps a value: `int i = 0`. */
function maskTypeArgument(text: MaskText, from: number, to: number): void {
  let assignment = from;
  while (assignment < to && text.word(assignment) !== '=') assignment = text.behind(assignment);
  if (assignment >= to) return text.mask(from, to, 'word');
  let name = assignment - 1;
  while (name > from && !text.isIdentifier(name)) name--;
  text.mask(from, name, 'blank');
}

/** `"a" PRIu64 "b" STR(X)`: the identifiers among adjacent literals. Returns the index behind the run. */
function maskStringRun(text: MaskText, from: number, to: number): number {
  let at = from;
  let strings = 0;
  const macros: [number, number][] = [];
  while (at < to && (text.isString(at) || isPlainIdentifier(text, at))) {
    if (text.isString(at)) {
      strings++;
      at++;
      continue;
    }
    const behind = text.word(at + 1) === '(' ? behindSimpleArguments(text, at + 1) : at + 1;
    if (behind < 0) break;
    macros.push([at, behind]);
    at = behind;
  }
  if (strings === 0 || macros.length === 0) return from + 1;
  for (const [start, end] of macros) if (!isNative(text, start, end, from)) text.mask(start, end, 'string');
  return at;
}

/** `DIR BRANCH`: two and more identifiers side by side. Returns the index behind what was masked, at least `from + 1`. */
function maskWordRun(text: MaskText, from: number, to: number): number {
  let behind = from;
  while (behind < to && isPlainIdentifier(text, behind) && !TAG_WORDS.has(text.word(behind))) behind++;
  if (behind - from < 2) return from + 1;
  const others: number[] = [];
  for (let i = from; i < behind; i++) if (!isMacroWord(text.word(i))) others.push(i);
  if (others.length === 0) text.mask(from, behind, 'word');
  if (others.length !== 1) return behind;
  for (let i = from; i < behind; i++) if (i !== others[0]) text.mask(i, i + 1, 'blank');
  return behind - 1;
}

function isMacroWord(word: string): boolean {
  return word === word.toUpperCase() || word.endsWith('_') || attributeLikeness(word) >= 2.5;
}

/** The grammar takes a bare identifier behind a string literal, and one before it. */
function isNative(text: MaskText, start: number, end: number, from: number): boolean {
  return end === start + 1 && (start > from || text.isString(end));
}

function isPlainIdentifier(text: MaskText, index: number): boolean {
  const word = text.word(index);
  return text.isIdentifier(index) && !STATEMENT_WORDS.has(word) && !SPECIFIERS.has(word) && word !== 'sizeof';
}

/** Behind arguments that call and assign nothing; -1 when they might. */
function behindSimpleArguments(text: MaskText, open: number): number {
  const behind = text.behind(open);
  for (let i = open + 1; i < behind - 1; i++) {
    const word = text.word(i);
    if (word === '(' || word === '++' || word === '--' || /^([-+*/%&|^]|<<|>>)?=$/.test(word)) return -1;
  }
  return behind;
}
