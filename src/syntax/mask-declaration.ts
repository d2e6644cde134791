/**
 * Masks inside declarations: attribute-like macros become blank (`void __iomem *base`, `int flag UNUSED`), so that one
 * type and one name stay. They can hold no statement, and where one of them runs code at the end of the scope, the
 * cleanup mark is found by its token. A macro with arguments that names a type (`TAILQ_HEAD(, s) head`) becomes one word.
 */
import { maskExpression, surplus, type OnBlock } from './mask-expression.ts';
import type { MaskText } from './mask-text.ts';
import {
  ASM_WORDS,
  ATTRIBUTE_WORDS,
  attributeLikeness,
  SPECIFIERS,
  STATEMENT_WORDS,
  TAG_WORDS,
  TYPE_WORDS,
  TYPEOF_WORDS,
  UNKNOWN_SPECIFIERS,
} from './mask-words.ts';

/** The words before the first declarator. */
export interface Specifiers {
  /** Index behind them: the first `*`, `(`, `=`, `;`, `,`, `[`, `:` or `)`. */
  readonly end: number;
  /** Identifiers that are no keywords: types, attribute macros, and the declared name where no `*` comes before it. */
  readonly words: readonly number[];
  /** `ATTR(1)`, `HEAD(, s)`: macros with arguments among them. */
  readonly macros: readonly number[];
  /** A keyword or tag names the type. */
  readonly hasType: boolean;
  readonly hasSpecifier: boolean;
}

/** Reads specifiers from `[from, to)`. */
export function readSpecifiers(text: MaskText, from: number, to: number): Specifiers {
  const words: number[] = [];
  const macros: number[] = [];
  let hasType = false;
  let hasSpecifier = false;
  let i = from;
  while (i < to) {
    const word = text.word(i);
    if (!text.isIdentifier(i) || STATEMENT_WORDS.has(word) || ASM_WORDS.has(word)) break;
    if (TAG_WORDS.has(word)) {
      hasType = true;
      i = behindTag(text, i, to);
    } else if (SPECIFIERS.has(word)) {
      if (UNKNOWN_SPECIFIERS.has(word)) text.mask(i, i + 1, 'blank');
      hasSpecifier = true;
      hasType ||= TYPE_WORDS.has(word);
      i = word === '_Atomic' && text.word(i + 1) === '(' ? text.behind(i + 1) : i + 1;
    } else if (TYPEOF_WORDS.has(word)) {
      hasType = true;
      const behind = text.word(i + 1) === '(' ? text.behind(i + 1) : i + 1;
      text.mask(i, behind, 'word');
      i = behind;
    } else if (ATTRIBUTE_WORDS.has(word)) i = maskAttribute(text, i);
    else if (text.word(i + 1) === '(' && isMacroInSpecifiers(text, i, to, words.length + (hasType ? 1 : 0))) {
      macros.push(i);
      i = text.behind(i + 1);
    } else {
      words.push(i);
      i++;
    }
  }
  return { end: Math.min(i, to), words, macros, hasType, hasSpecifier };
}

/** The grammar knows `__attribute__` but not `__attribute`. Returns the index behind the parentheses. */
function maskAttribute(text: MaskText, i: number): number {
  const behind = text.behind(i + 1);
  if (text.word(i) === '__attribute') text.mask(i, behind, 'blank');
  return behind;
}

/** Is this the `{` of a struct or union? */
export function isRecordBody(text: MaskText, index: number): boolean {
  if (text.word(index) !== '{') return false;
  return /^(struct|union)$/.test(text.word(index - 1)) || /^(struct|union)$/.test(text.word(index - 2));
}

/** Masks the members of a struct or union declared in the body, from its `{`. */
export function maskMembers(text: MaskText, open: number): void {
  const close = text.behind(open) - 1;
  for (let from = open + 1; from < close;) {
    let to = from;
    while (to < close && text.word(to) !== ';') to = text.behind(to);
    const specifiers = readSpecifiers(text, from, to);
    const names = countNames(text, specifiers.end);
    for (let at = from; at < specifiers.end; at++) if (isRecordBody(text, at)) maskMembers(text, at);
    if (!maskMacroMember(text, from, specifiers, to)) {
      maskSpecifiers(text, specifiers, names);
      maskDeclarators(text, specifiers.end, to, names === 1, undefined);
    }
    from = to + 1;
  }
}

/** `DECLARE_BITMAP(mask, N);` as a member: the macro stands as the type, its arguments as the name. */
function maskMacroMember(text: MaskText, from: number, { words, hasType, end }: Specifiers, to: number): boolean {
  if (hasType || words.length !== 1 || words[0] !== from || end !== from + 1 || text.word(end) !== '(') return false;
  if (text.behind(end) !== to) return false;
  maskAsTypeAndName(text, end);
  return true;
}

/** `NAME(a, b)` becomes `NAME a__b `. */
function maskAsTypeAndName(text: MaskText, open: number): void {
  const behind = text.behind(open);
  text.mask(open, open + 1, 'blank');
  text.mask(open + 1, behind - 1, 'word');
  text.mask(behind - 1, behind, 'blank');
}

/**
 * `static DEFINE_STATE(rs, 5);` loses its `static` and stands as a call, about which nothing is assumed;
 * `static DEFINE_STATE(rs) = { 1 };` gets the macro as its type. False when it is something else.
 */
export function maskMacroDeclaration(text: MaskText, { words, hasType, end }: Specifiers, to: number): boolean {
  const [macro] = words;
  if (hasType || words.length !== 1 || macro === undefined || end !== macro + 1 || text.word(end) !== '(') return false;
  const behind = text.behind(end);
  if (text.word(end + 1) === '*' || text.word(end + 1) === '(') return false;
  if (behind === to) {
    for (let i = macro - 1; SPECIFIERS.has(text.word(i)); i--) text.mask(i, i + 1, 'blank');
    return true;
  }
  if (text.word(behind) === '=') maskAsTypeAndName(text, end);
  return text.word(behind) === '=';
}

/** 1 when the declared name is the last of the words before this index; 0 when `*` or `(*` comes before the name. */
export function countNames(text: MaskText, end: number): 0 | 1 {
  if (text.word(end) === '*') return 0;
  if (text.word(end) !== '(') return 1;
  let i = end + 1;
  while (text.isIdentifier(i)) i++;
  return /^[*(^]$/.test(text.word(i)) && text.word(i + 1) !== ')' ? 0 : 1;
}

/** Behind `struct s`, `enum { A, B }`, `struct __packed s`. */
function behindTag(text: MaskText, at: number, to: number): number {
  let i = at + 1;
  while (ATTRIBUTE_WORDS.has(text.word(i)) && i < to) i = text.behind(i + 1);
  if (text.isIdentifier(i)) i++;
  return text.word(i) === '{' ? text.behind(i) : i;
}

/** What follows `NAME(...)` shows that it is no declarator: another word, or `*` and a word; or `T x ALIGNED(8);`. */
function isMacroInSpecifiers(text: MaskText, at: number, to: number, wordsBefore: number): boolean {
  const behind = text.behind(at + 1);
  if (wordsBefore >= 2 && isAttributeMacro(text.word(at))) return true;
  let i = behind;
  while (i < to && text.word(i) === '*') i++;
  if (i === behind) return text.isIdentifier(i);
  return i < to && text.isIdentifier(i) && isDeclaratorEnd(text.word(i + 1));
}

/** `ALIGNED(8)`, but not `SILENCE_INIT(NULL)`, which is an initialiser. */
function isAttributeMacro(word: string): boolean {
  return attributeLikeness(word) >= 2.5 && !/INIT/i.test(word);
}

/** Tokens that can follow a declared name. */
export function isDeclaratorEnd(word: string): boolean {
  return word === '=' || word === ';' || word === ',' || word === '[' || word === ')' || word === ':' || word === '';
}

/**
 * Masks the surplus of a declaration's specifiers. `names` is 1 when the declared name is one of the words. A word
 * with parentheses behind it is never masked: `int x VALUE(0);` gives x its value.
 */
export function maskSpecifiers(text: MaskText, { words, macros, hasType }: Specifiers, names: 0 | 1): void {
  const keepWords = (hasType ? 0 : 1) + names;
  const isMacroType = !hasType && words.length < keepWords && macros.length > 0;
  for (const [n, macro] of macros.entries()) {
    const isType = isMacroType && n === macros.length - 1;
    text.mask(macro, text.behind(macro + 1), isType ? 'word' : 'blank');
  }
  const keep = isMacroType ? names : keepWords;
  const isCalled = text.word((words.at(-1) ?? 0) + 1) === '(';
  const name = names === 0 ? undefined : isCalled ? words.at(-1) : chooseName(text, words, keep);
  const types = words.filter((index) => index !== name);
  const drop = surplus(text, types, keep - (name === undefined ? 0 : 1));
  for (const index of drop) text.dropWord(index);
}

/** `int x UNUSED`: the last word that does not look like an attribute. */
function chooseName(text: MaskText, words: readonly number[], keep: number): number | undefined {
  if (words.length < keep) return undefined;
  const behindType = words.slice(keep - 1);
  const least = Math.min(...behindType.map((index) => Math.max(attributeLikeness(text.word(index)), 0)));
  return behindType.findLast((index) => attributeLikeness(text.word(index)) <= least);
}

/** Masks the declarators `[from, to)` behind the specifiers, with their initialisers. */
export function maskDeclarators(
  text: MaskText,
  from: number,
  to: number,
  hasName: boolean,
  onBlock: OnBlock | undefined,
): void {
  let isNamed = hasName;
  let i = from;
  while (i < to) {
    const word = text.word(i);
    if (word === ',') isNamed = false;
    if (word === '=') {
      const end = endOfInitialiser(text, i + 1, to);
      maskInitialiser(text, i + 1, end, onBlock);
      i = end;
    } else if (text.isIdentifier(i) && !SPECIFIERS.has(word)) i = maskDeclaratorWords(text, i, to, isNamed);
    else if (word === '(' && !isNamed) i++;
    else if (word === '(') {
      maskParameters(text, i, text.behind(i));
      i = text.behind(i);
    } else if (word === '[') {
      maskExpression(text, i + 1, text.behind(i) - 1, onBlock);
      i = text.behind(i);
    } else i++;
    if (text.isIdentifier(i - 1) && !SPECIFIERS.has(text.word(i - 1))) isNamed = text.word(i) !== '*';
  }
}

function endOfInitialiser(text: MaskText, from: number, to: number): number {
  let i = from;
  while (i < to && text.word(i) !== ',') i = text.behind(i);
  return Math.min(i, to);
}

function maskInitialiser(text: MaskText, from: number, to: number, onBlock: OnBlock | undefined): void {
  const isList = text.word(from) === '{';
  maskExpression(text, from, to, isList ? undefined : onBlock);
}

/** A run of words in a declarator: one is the name, unless it was already seen; the rest are attributes. */
function maskDeclaratorWords(text: MaskText, from: number, to: number, isNamed: boolean): number {
  const words: number[] = [];
  let i = from;
  while (i < to && text.isIdentifier(i)) {
    const word = text.word(i);
    if (ATTRIBUTE_WORDS.has(word)) i = maskAttribute(text, i);
    else if (ASM_WORDS.has(word)) {
      text.mask(i, text.behind(i + 1), 'blank');
      i = text.behind(i + 1);
    } else if (SPECIFIERS.has(word)) i++;
    else if (text.word(i + 1) === '(' && (isNamed || words.length > 0)) {
      // `int *p VALUE(0)` gives p its value: what is not surely an attribute stays, and with it the ERROR.
      if (isAttributeMacro(word)) text.mask(i, text.behind(i + 1), 'blank');
      i = text.behind(i + 1);
    } else words.push(i++);
  }
  const keep = isNamed || text.word(i) === '*' ? 0 : 1;
  const dropped = new Set(keep === 0 ? words : surplusNames(text, words));
  for (const index of dropped) text.dropWord(index);
  return i;
}

/** `*RESTRICT p`, `*p UNUSED`: all but the word least like an attribute; of equals the last. */
function surplusNames(text: MaskText, words: readonly number[]): number[] {
  if (words.length < 2) return [];
  const likeness = words.map((index) => Math.max(attributeLikeness(text.word(index)), 0));
  const name = words[likeness.lastIndexOf(Math.min(...likeness))];
  return words.filter((index) => index !== name);
}

/** Masks a parameter list, from its `(` to behind its `)`. */
export function maskParameters(text: MaskText, open: number, behind: number): void {
  let from = open + 1;
  while (from < behind) {
    let to = from;
    while (to < behind - 1 && text.word(to) !== ',') to = text.behind(to);
    maskParameter(text, from, to);
    from = to + 1;
  }
}

function maskParameter(text: MaskText, from: number, to: number): void {
  const specifiers = readSpecifiers(text, from, to);
  const isNameless = specifiers.end === to && specifiers.words.length <= (specifiers.hasType ? 0 : 1);
  const names = specifiers.end === to || text.word(specifiers.end) === '[' ? 1 : 0;
  maskSpecifiers(text, specifiers, isNameless ? 0 : names);
  if (specifiers.end < to) maskDeclarators(text, specifiers.end, to, names === 1, undefined);
}
