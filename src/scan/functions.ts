/**
 * Finds the function definitions of a file without parsing it: one pass over the characters, braces counted, comments,
 * literals and preprocessor lines skipped. Where `#if` branches differ, the first branch that can be live is followed,
 * and every later branch is scanned from the same state, so that functions in it are found as well.
 */
import { BLANK, isWord, isWordStart, tableOf } from './characters.ts';
import { Head, isStorageWord, nameOf } from './head.ts';
import {
  directiveName,
  isLineStart,
  skipBlockComment,
  skipDirective,
  skipLineComment,
  skipQuoted,
  spliceLength,
} from './skip.ts';

/** One definition with a body. */
export interface FunctionRange {
  readonly name: string;
  /** First token of the head, storage class and attributes included; the `#if` line where the head depends on one. */
  readonly start: number;
  readonly nameStart: number;
  /** Offset of `{`. */
  readonly bodyStart: number;
  /** Offset behind `}`. */
  readonly end: number;
  readonly isStatic: boolean;
  /** Why the limits of this function can't be trusted: such a function is reported, never parsed. */
  readonly problem?: string;
}

export interface FileScan {
  readonly functions: readonly FunctionRange[];
}

/** Told of what stands outside function bodies; used to list what a file defines. */
export interface ScanListener {
  /** A preprocessor line, from `#`, without its newline. */
  directive?(name: string, start: number, end: number): void;
  /** A declaration without a function body, from its first token to behind `;`. */
  declaration?(start: number, end: number, head: Head): void;
  /** A function, as it is added to the list. */
  definition?(range: FunctionRange): void;
}

/** Lists the functions of a file in source order. Never throws, whatever the text. */
export function scanFunctions(text: string, listener: ScanListener = {}): FileScan {
  return { functions: new FileScanner(text, listener).run() };
}

/** What a `{` opened: a function, or something whose braces only have to balance. */
type Construct = 'none' | 'function' | 'other';

interface State {
  construct: Construct;
  depth: number;
  bodyStart: number;
  head: Head;
  /** A K&R head that waits for its `{`: `int f(a) int a;`. */
  oldStyle: Head | undefined;
  problem: string | undefined;
}

/** One `#if` ... `#endif`. */
interface Conditional {
  readonly start: number;
  readonly before: State;
  readonly functionsBefore: number;
  /** State at the end of the first live branch; undefined while that branch is still running. */
  first: State | undefined;
  hasLive: boolean;
  /** `#if 1`: what follows in `#else` is dead. */
  isAlways: boolean;
  branches: number;
}

/** Where to go on when the end of the file is reached inside a function. */
interface Recovery {
  readonly position: number;
  readonly conditionals: readonly Conditional[];
}

/** More than this many unbalanced functions, and a `}` in column 0 ends every function of the file. */
const MOST_RECOVERIES = 8;

const INNER_STOPS = tableOf('{}"\'/#');
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

class FileScanner {
  readonly #text: string;
  readonly #listener: ScanListener;
  readonly #functions: FunctionRange[] = [];
  #at = 0;
  #state: State = freshState();
  #conditionals: Conditional[] = [];
  #linkageDepth = 0;
  #recovery: Recovery | undefined;
  #recoveries = 0;

  constructor(text: string, listener: ScanListener) {
    this.#text = text;
    this.#listener = listener;
  }

  run(): FunctionRange[] {
    const end = this.#text.length;
    for (;;) {
      while (this.#at < end) {
        if (this.#state.construct === 'none') this.#scanTopLevel(end);
        else this.#scanInside(end);
      }
      if (this.#state.construct === 'function' ? !this.#recover() : !this.#reopen()) break;
    }
    return this.#functions.toSorted((a, b) => a.start - b.start);
  }

  /** The file ended inside a function: the braces of its `#if` branches don't balance. Give up that function alone. */
  #recover(): boolean {
    const position = this.#recovery?.position ?? this.#text.length;
    this.#conditionals = [...(this.#recovery?.conditionals ?? [])];
    this.#state.problem ??= 'its braces do not balance';
    this.#closeFunction(position);
    this.#at = position;
    this.#recoveries++;
    return position < this.#text.length;
  }

  /** The file ended inside other braces: look at what is in them, as in `extern "C" {`. */
  #reopen(): boolean {
    if (this.#state.construct !== 'other' || this.#recoveries++ > MOST_RECOVERIES) return false;
    this.#at = this.#state.bodyStart + 1;
    this.#linkageDepth++;
    this.#conditionals = [];
    this.#state = freshState();
    return true;
  }

  /** The hot loop: most of a file is inside braces. */
  #scanInside(end: number): void {
    const text = this.#text;
    const stops = INNER_STOPS;
    let at = this.#at;
    for (;;) {
      while (at < end && stops[text.charCodeAt(at)] !== 1) at++;
      if (at >= end) break;
      const c = text.charCodeAt(at);
      if (c === OPEN_BRACE) {
        this.#state.depth++;
        at++;
      } else if (c === CLOSE_BRACE) {
        at++;
        if (this.#closeBrace(at)) break;
      } else if (c === 35 && isLineStart(text, at, 0)) {
        this.#at = at;
        this.#directive(end);
        at = this.#at;
        if (this.#state.construct === 'none') break;
      } else at = skipOther(text, at, end);
    }
    this.#at = at;
  }

  /** Counts a `}` that ends at `behind`; true when it ended the construct. */
  #closeBrace(behind: number): boolean {
    const state = this.#state;
    const isInFirstColumn = behind < 2 || this.#text.charCodeAt(behind - 2) === 10;
    if (--state.depth > 0) {
      if (state.construct !== 'function' || !isInFirstColumn) return false;
      this.#recovery ??= {
        position: behind,
        conditionals: this.#conditionals.map((conditional) => ({ ...conditional })),
      };
      if (this.#recoveries <= MOST_RECOVERIES) return false;
      state.problem ??= 'its braces do not balance';
    }
    if (state.construct === 'function') this.#closeFunction(behind);
    else this.#closeOther();
    return true;
  }

  #closeFunction(end: number): void {
    const { head, bodyStart, problem } = this.#state;
    const name = nameOf(this.#text, head.groups);
    if (name) {
      const range: FunctionRange = {
        name: this.#text.slice(name.start, name.end),
        start: head.start,
        nameStart: name.start,
        bodyStart,
        end,
        isStatic: head.isStatic,
        ...(problem === undefined ? {} : { problem }),
      };
      this.#functions.push(range);
      this.#listener.definition?.(range);
    }
    this.#state = freshState();
    this.#recovery = undefined;
  }

  /** `struct s { ... } x;` and `= { ... };` go on to their `;`, a macro's block does not. */
  #closeOther(): void {
    const { head } = this.#state;
    const goesOn = head.isRecord || head.isTypedef || head.hasAssignment || head.parenthesisDepth > 0;
    this.#state.construct = 'none';
    if (goesOn) head.recordBody(this.#at);
    else this.#state.head = new Head();
  }

  #scanTopLevel(end: number): void {
    const text = this.#text;
    const at = this.#at;
    const c = text.charCodeAt(at);
    if (BLANK[c] === 1) this.#at = at + 1;
    else if (isWord(c)) this.#word(at, end);
    else if (c === 35 && isLineStart(text, at, 0)) this.#directive(end);
    else if (c === 47 || c === 34 || c === 39) this.#commentOrLiteral(at, end);
    else this.#punctuator(c, at);
  }

  #word(at: number, end: number): void {
    const text = this.#text;
    let stop = at + 1;
    while (stop < end && isWord(text.charCodeAt(stop))) stop++;
    this.#at = stop;
    const { head } = this.#state;
    if (head.parenthesisDepth > 0 || head.hasAssignment) return;
    if (!isWordStart(text.charCodeAt(at))) return head.other(at);
    if (head.isBareInvocation && this.#startsAnew(at, stop)) this.#state.head = new Head();
    this.#state.head.word(text, at, stop);
  }

  /** `MODULE_LICENSE("x")`, no semicolon, then a blank line, a storage class, or another one. */
  #startsAnew(at: number, stop: number): boolean {
    const between = this.#text.slice((this.#state.head.groups[0]?.close ?? at) + 1, at);
    const newlines = between.split('\n').length - 1;
    if (newlines !== 1) return newlines > 1;
    return isStorageWord(this.#text, at, stop) || this.#text.charCodeAt(stop) === 40;
  }

  #commentOrLiteral(at: number, end: number): void {
    const stop = skipOther(this.#text, at, end);
    const isComment = this.#text.charCodeAt(at) === 47 && stop > at + 1;
    if (!isComment && this.#state.head.parenthesisDepth === 0) this.#state.head.string(at);
    this.#at = stop;
  }

  #punctuator(c: number, at: number): void {
    const { head } = this.#state;
    this.#at = at + Math.max(spliceLength(this.#text, at), 1);
    if (c === OPEN_BRACE) this.#openBrace(at);
    else if (c === 40) head.openParenthesis(at);
    else if (c === 41) head.closeParenthesis(this.#text, at);
    else if (c === CLOSE_BRACE) this.#strayBrace(at);
    else if (c === 92 || head.parenthesisDepth > 0) return;
    else if (c === 59) this.#endDeclaration(at + 1);
    else if (c === 61) {
      head.hasAssignment = true;
      head.other(at);
    } else head.other(at);
  }

  #openBrace(at: number): void {
    const state = this.#state;
    const { head } = state;
    if (head.isEmpty && state.oldStyle) state.head = state.oldStyle;
    else if (head.parenthesisDepth > 0 && at > 0 && this.#text.charCodeAt(at - 1) === 10) {
      state.problem = 'its parentheses do not balance';
      head.parenthesisDepth = 1;
      head.closeParenthesis(this.#text, at);
    } else if (head.isExtern && head.last === 'string' && head.groups.length === 0) {
      this.#linkageDepth++;
      state.head = new Head();
      return;
    }
    state.oldStyle = undefined;
    state.construct = isFunctionHead(state.head) && !this.#isInitialiser(at) ? 'function' : 'other';
    state.depth = 1;
    state.bodyStart = at;
    this.#recovery = undefined;
  }

  /** `define_machine(x) { .name = "x", }`. */
  #isInitialiser(open: number): boolean {
    let at = open + 1;
    while (BLANK[this.#text.charCodeAt(at)] === 1) at++;
    return this.#text[at] === '.' && this.#text[at + 1] !== '.';
  }

  /** A `}` outside everything closes `extern "C" {`, or shows that the last function ended too early. */
  #strayBrace(at: number): void {
    this.#state = freshState();
    if (this.#linkageDepth > 0) {
      this.#linkageDepth--;
      return;
    }
    const last = this.#functions.at(-1);
    if (last)
      this.#functions[this.#functions.length - 1] = { ...last, end: at + 1, problem: 'its braces do not balance' };
  }

  #endDeclaration(end: number): void {
    const { head, oldStyle } = this.#state;
    if (!head.isEmpty) this.#listener.declaration?.(head.start, end, head);
    this.#state.head = new Head();
    if (oldStyle && isParameterDeclaration(head)) return;
    this.#state.oldStyle = isOldStyleHead(this.#text, head) ? head : undefined;
  }

  #directive(end: number): void {
    const start = this.#at;
    const stop = skipDirective(this.#text, start, end);
    this.#at = stop;
    const name = directiveName(this.#text, start, stop);
    this.#listener.directive?.(name, start, stop);
    if (name === 'if' || name === 'ifdef' || name === 'ifndef') this.#openConditional(name, start, stop, end);
    else if (name === 'else' || name.startsWith('elif')) this.#nextBranch(name, start, stop, end);
    else if (name === 'endif') this.#closeConditional(start);
    else if (this.#state.construct === 'none' && this.#state.head.isBareInvocation) this.#state.head = new Head();
  }

  #openConditional(name: string, start: number, stop: number, end: number): void {
    const condition = constantCondition(this.#text.slice(start, stop));
    this.#conditionals.push({
      start,
      before: copyState(this.#state),
      functionsBefore: this.#functions.length,
      first: undefined,
      hasLive: condition !== false,
      isAlways: condition === true,
      branches: 1,
    });
    if (condition === false) this.#skipDead(end);
  }

  #nextBranch(name: string, start: number, stop: number, end: number): void {
    const conditional = this.#conditionals.at(-1);
    if (!conditional) return;
    conditional.branches++;
    if (conditional.isAlways) return this.#skipDead(end);
    if (name === 'elif' && constantCondition(this.#text.slice(start, stop)) === false) {
      if (conditional.hasLive) conditional.first ??= this.#leaveBranch(conditional, start);
      return this.#skipDead(end);
    }
    if (conditional.hasLive) {
      conditional.first ??= this.#leaveBranch(conditional, start);
      this.#state = copyState(conditional.before);
    }
    conditional.hasLive = true;
  }

  /** The state at the end of the first branch; a function that opens in it and goes on behind it has two heads. */
  #leaveBranch(conditional: Conditional, at: number): State {
    const state = copyState(this.#state);
    const isOpen = state.construct === 'function' && state.bodyStart > conditional.start && state.bodyStart < at;
    if (isOpen) state.problem ??= 'its head or its opening brace depends on #if';
    return state;
  }

  #closeConditional(at: number): void {
    const conditional = this.#conditionals.pop();
    if (!conditional) return;
    if (conditional.first) this.#state = conditional.first;
    const { head } = this.#state;
    if (head.start <= conditional.start || head.start >= at) return;
    if (this.#state.construct === 'none' && head.isBareInvocation) {
      this.#state.head = new Head();
      return;
    }
    if (conditional.functionsBefore === this.#functions.length && conditional.branches > 0)
      head.start = conditional.start;
    else this.#state.problem ??= 'its head depends on #if';
  }

  /** Skips to the line that ends this dead branch, without looking at braces. */
  #skipDead(end: number): void {
    const text = this.#text;
    let nested = 0;
    let at = this.#at;
    while (at < end) {
      while (at < end && !isDeadStop(text.charCodeAt(at))) at++;
      if (at >= end) break;
      if (text.charCodeAt(at) !== 35) at = skipOther(text, at, end);
      else if (!isLineStart(text, at, 0)) at++;
      else {
        const stop = skipDirective(text, at, end);
        const name = directiveName(text, at, stop);
        if (name.startsWith('if')) nested++;
        else if (nested === 0 && (name === 'endif' || name === 'else' || name.startsWith('elif'))) break;
        else if (name === 'endif') nested--;
        at = stop;
      }
    }
    this.#at = at;
  }
}

function freshState(): State {
  return {
    construct: 'none',
    depth: 0,
    bodyStart: -1,
    head: new Head(),
    oldStyle: undefined,
    problem: undefined,
  };
}

function copyState(state: State): State {
  return { ...state, head: state.head.copy() };
}

/** A comment, a literal, or one character that is neither. */
function skipOther(text: string, at: number, end: number): number {
  const c = text.charCodeAt(at);
  if (c === 34 || (c === 39 && !isDigitSeparator(text, at))) return skipQuoted(text, at, end);
  if (c !== 47) return at + 1;
  const next = text.charCodeAt(at + 1);
  if (next === 42) return skipBlockComment(text, at, end);
  return next === 47 ? skipLineComment(text, at, end) : at + 1;
}

/** `1'000` of C23; the `'` of `u8'x'` opens a literal. */
function isDigitSeparator(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1);
  return before >= 48 && before <= 57 && text.charCodeAt(at - 2) !== 117 && isWord(text.charCodeAt(at + 1));
}

function isDeadStop(c: number): boolean {
  return c === 35 || c === 47 || c === 34 || c === 39;
}

const CPLUSPLUS = /^#\s*(?:if(n?)def\s+|if\s*(!?)\s*defined\s*\(?\s*)__cplusplus\b\s*\)?\s*(?:\/[/*].*)?$/s;

/** `#if 0` and `#ifdef __cplusplus` are false, `#if 1` true; anything else is not known. */
function constantCondition(directive: string): boolean | undefined {
  const language = CPLUSPLUS.exec(directive);
  if (language) return language[1] === 'n' || language[2] === '!';
  const match = /^#\s*(?:el)?if\s*\(?\s*(\d+)\s*\)?\s*(?:\/[/*].*)?$/s.exec(directive);
  return match ? Number(match[1]) !== 0 : undefined;
}

function isFunctionHead(head: Head): boolean {
  if (head.groups.length === 0 || head.hasAssignment || head.isTypedef || head.isControl) return false;
  return head.parenthesisDepth === 0;
}

/** `int f(a, b) int a`: a list of bare names, then at least a type and a name. */
function isOldStyleHead(text: string, head: Head): boolean {
  const group = head.groups.at(-1);
  if (!group || head.hasAssignment || head.isTypedef || head.last === 'group' || group.nameStart < 0) return false;
  return /^\s*[A-Za-z_$][\w$]*\s*(,\s*[A-Za-z_$][\w$]*\s*)*$/.test(text.slice(group.open + 1, group.close));
}

function isParameterDeclaration(head: Head): boolean {
  return !head.hasAssignment && !head.isTypedef && !head.isStatic && !head.isExtern;
}
