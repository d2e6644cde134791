/**
 * The head of a top-level declaration, collected token by token until `{` or `;` tells what it is.
 * It keeps offsets only: the scan of a file makes no object per token.
 */

/** A head with more parentheses than this is a list of macros, not a head. */
const MOST_GROUPS = 64;

/** What a word at the top level tells about the declaration it stands in. */
const RECORD = 1;
const STORAGE = 2;
const IGNORED_GROUP = 3;
const CONTROL = 4;
const TYPEDEF = 5;
const STATIC = 6;

const WORDS: ReadonlyMap<string, number> = new Map([
  ...['struct', 'union', 'enum', 'class', 'namespace'].map((word) => [word, RECORD] as const),
  ...['extern', 'register', 'inline', '__inline', '__inline__', '__extension__', '_Noreturn', 'const'].map(
    (word) => [word, STORAGE] as const,
  ),
  ['static', STATIC],
  ['typedef', TYPEDEF],
  ...['__attribute__', '__attribute', '__declspec', '_Alignas', 'alignas', 'asm', '__asm__', '__asm'].map(
    (word) => [word, IGNORED_GROUP] as const,
  ),
  ...['typeof', '__typeof__', '__typeof', '_Atomic', '_Static_assert', 'static_assert', '__pragma', '_Pragma'].map(
    (word) => [word, IGNORED_GROUP] as const,
  ),
  ...['if', 'else', 'for', 'while', 'do', 'switch', 'case', 'default', 'goto', 'break', 'continue', 'return'].map(
    (word) => [word, CONTROL] as const,
  ),
]);

/** One pair of parentheses outside all others: `f(void)`, `ATTR(1)`, the `(*g(int))` of a returned function pointer. */
export interface Group {
  /** The word right before `(`; -1 when another token stands there. */
  readonly nameStart: number;
  readonly nameEnd: number;
  readonly open: number;
  /** Offset of `)`; equal to `open` while it is open. */
  readonly close: number;
  /** Words between the previous group, or the start of the head, and this group's name; `static`, `inline` don't count. */
  readonly wordsBefore: number;
}

/** Copied at each `#if`, so that every branch starts from the same state. */
export class Head {
  /** First token, -1 when there is none yet. */
  start = -1;
  groups: readonly Group[] = [];
  parenthesisDepth = 0;
  hasAssignment = false;
  isStatic = false;
  isTypedef = false;
  isRecord = false;
  isControl = false;
  isExtern = false;
  lastWordStart = -1;
  lastWordEnd = -1;
  /** The last token is a word, `)`, a string, or something else. */
  last: 'word' | 'group' | 'string' | 'other' = 'other';
  wordsSinceGroup = 0;
  /** The word right behind `struct`: a parenthesis there is an attribute macro. */
  isAfterRecordWord = false;
  /** Offsets of the current parenthesis, while `parenthesisDepth` is not 0. */
  open = -1;
  openName = -1;
  openNameEnd = -1;
  openWordsBefore = 0;

  copy(): Head {
    return Object.assign(new Head(), this);
  }

  get isEmpty(): boolean {
    return this.start < 0;
  }

  /** Only `MACRO(...)` so far: perhaps a whole invocation without its semicolon. */
  get isBareInvocation(): boolean {
    const group = this.groups[0];
    return this.groups.length === 1 && this.last === 'group' && group?.nameStart === this.start;
  }

  word(text: string, start: number, end: number): void {
    if (this.start < 0) this.start = start;
    const meaning = end - start > 1 ? WORDS.get(text.slice(start, end)) : undefined;
    this.last = 'word';
    this.isAfterRecordWord = this.lastWordStart >= 0 && this.isRecord && this.wordsSinceRecord++ === 0;
    this.lastWordStart = start;
    this.lastWordEnd = end;
    if (meaning !== STORAGE && meaning !== STATIC) this.wordsSinceGroup++;
    if (meaning !== undefined) this.#keyword(text, start, meaning);
  }

  /** Words behind the last `struct`, `union` or `enum`. */
  wordsSinceRecord = 0;

  #keyword(text: string, start: number, meaning: number): void {
    if (meaning === RECORD) {
      this.isRecord = true;
      this.wordsSinceRecord = 0;
    } else if (meaning === STATIC) this.isStatic = true;
    else if (meaning === TYPEDEF) this.isTypedef = true;
    else if (meaning === CONTROL) this.isControl = true;
    else if (meaning === STORAGE && text.startsWith('extern', start)) this.isExtern = true;
  }

  openParenthesis(at: number): void {
    if (this.start < 0) this.start = at;
    if (this.parenthesisDepth++ > 0) return;
    const isNamed = this.last === 'word';
    this.open = at;
    this.openName = isNamed ? this.lastWordStart : -1;
    this.openNameEnd = isNamed ? this.lastWordEnd : -1;
    this.openWordsBefore = isNamed ? this.wordsSinceGroup - 1 : this.wordsSinceGroup;
  }

  closeParenthesis(text: string, at: number): void {
    if (this.parenthesisDepth === 0 || --this.parenthesisDepth > 0) return;
    this.last = 'group';
    this.wordsSinceGroup = 0;
    if (this.hasAssignment || this.groups.length >= MOST_GROUPS) return;
    if (this.openName >= 0 && this.#isIgnoredName(text)) return;
    const { openName: nameStart, openNameEnd: nameEnd, open, openWordsBefore: wordsBefore } = this;
    this.groups = [...this.groups, { nameStart, nameEnd, open, close: at, wordsBefore }];
  }

  #isIgnoredName(text: string): boolean {
    if (this.isAfterRecordWord && this.openName === this.lastWordStart) return true;
    return WORDS.get(text.slice(this.openName, this.openNameEnd)) === IGNORED_GROUP;
  }

  other(at: number): void {
    if (this.start < 0) this.start = at;
    this.last = 'other';
  }

  /** Behind the braces of `struct s { ... }`, or of an initialiser. */
  recordBody(at: number): void {
    this.other(at);
    this.wordsSinceRecord++;
  }

  string(at: number): void {
    if (this.start < 0) this.start = at;
    this.last = 'string';
  }
}

/** May this word open a declaration of its own, whatever stands before it? */
export function isStorageWord(text: string, start: number, end: number): boolean {
  if (end - start !== 6 && end - start !== 7) return false;
  const word = text.slice(start, end);
  return word === 'static' || word === 'extern' || word === 'typedef';
}

/** The span of the function's name among the groups of its head; undefined when no group can be a parameter list. */
export function nameOf(text: string, all: readonly Group[]): { start: number; end: number } | undefined {
  const possible = all.filter((group) => canBeParameters(text, group));
  const groups = possible.length > 0 ? possible : all;
  const chosen =
    groups.find((_, index) => isNameGroup(text, groups, index)) ??
    groups.find((group) => group.nameStart >= 0 && group.wordsBefore > 0) ??
    groups.find((group) => group.nameStart >= 0) ??
    groups[0];
  if (!chosen) return undefined;
  const isNested = chosen.nameStart < 0 || isUnnamedNext(groups, groups.indexOf(chosen));
  return isNested ? innerName(text, chosen) : { start: chosen.nameStart, end: chosen.nameEnd };
}

/** `DEPRECATED(7, "use g")` is an attribute, whatever stands around it. */
function canBeParameters(text: string, group: Group): boolean {
  return !/^\s*\d|"/.test(text.slice(group.open + 1, group.close));
}

/** `int f(void) ATTR(1) {`, `ATTR(1) int f(void) {`, `EXPORT(int) f(void) {`: only `f` names the function. */
function isNameGroup(text: string, groups: readonly Group[], index: number): boolean {
  const group = groups[index];
  if (!group) return false;
  if (group.nameStart < 0 || isUnnamedNext(groups, index)) return true;
  if (looksLikeAttribute(text.slice(group.nameStart, group.nameEnd))) return false;
  const before = groups[index - 1];
  if (!before) return group.wordsBefore > 0 || groups[1] === undefined || groups[1].wordsBefore === 0;
  if (group.wordsBefore > 0) return true;
  return before.wordsBefore === 0 && looksLikeAttribute(text.slice(before.nameStart, before.nameEnd));
}

/** `f(x)(y)`: the group behind this one has no word before it. */
function isUnnamedNext(groups: readonly Group[], index: number): boolean {
  const next = groups[index + 1];
  return next !== undefined && next.nameStart < 0 && next.wordsBefore === 0;
}

/** `__must_check`, `NORETURN`. */
export function looksLikeAttribute(word: string): boolean {
  return word.startsWith('__') || word === word.toUpperCase();
}

/** `(*f(int a))(void)`, `(f)(void)`, `F77(f)(void)`: the name stands inside the parentheses. */
function innerName(text: string, group: Group): { start: number; end: number } | undefined {
  const inside = text.slice(group.open + 1, group.close);
  const match =
    /([A-Za-z_$\x80-\xff][\w$\x80-\xff]*)\s*\(/.exec(inside) ?? /([A-Za-z_$\x80-\xff][\w$\x80-\xff]*)/.exec(inside);
  if (match?.[1] !== undefined) {
    const start = group.open + 1 + match.index;
    return { start, end: start + match[1].length };
  }
  return group.nameStart >= 0 ? { start: group.nameStart, end: group.nameEnd } : undefined;
}
