/**
 * A necessary condition for sharing cleanup, told from the characters. Two exits must be preceded by the same call
 * statement, letter by letter but for white space.
 *
 * It may say yes too often. It says no to exits that share nothing but assignments, to calls that stand only inside
 * conditions, initialisers or other calls, and to exits that only a macro knows of.
 */
import { BLANK, isWord, isWordStart, tableOf } from './characters.ts';
import type { FunctionRange } from './functions.ts';
import { isLineStart, skipBlockComment, skipDirective, skipLineComment, skipQuoted } from './skip.ts';

/**
 * Can two exits of this function share something?
 * @param leastRepeats how many call or assignment statements before exits must repeat earlier ones, one of them a call:
 *   1 finds all that can be shared, 2 (three exits with one call, or two exits with two statements) what can be worth it
 */
export function canMatter(text: string, range: FunctionRange, leastRepeats = 1): boolean {
  return hasExits(text.slice(range.bodyStart, range.end)) && new ExitScan(text, range, leastRepeats).run();
}

/**
 * Two exits with something before them, of which the end of the body may be one. Searching for words is much faster than
 * looking at each character, and most functions end here.
 */
function hasExits(body: string): boolean {
  let count = 0;
  let last = -1;
  let back = body.indexOf('return');
  let away = body.indexOf('goto');
  while (back >= 0 || away >= 0) {
    const isBack = away < 0 || (back >= 0 && back < away);
    last = isBack ? back : away;
    if (mayFollowStatement(body, last) && ++count === 2) return true;
    if (isBack) back = body.indexOf('return', last + 6);
    else away = body.indexOf('goto', last + 4);
  }
  if (last < 0) return false;
  const end = body.indexOf(';', last);
  return count + (end >= 0 && /[^\s}]/.test(body.slice(end + 1, -1)) ? 1 : 0) >= 2;
}

/** Not right behind `if (x)`, `else` or `{`; behind a comment or a directive anything may come. */
function mayFollowStatement(body: string, at: number): boolean {
  let before = at - 1;
  while (before > 0 && BLANK[body.charCodeAt(before)] === 1) before--;
  const c = body.charCodeAt(before);
  if (c !== CLOSE && c !== 123 && !body.startsWith('else', before - 3)) return true;
  const line = body.slice(body.lastIndexOf('\n', before) + 1, before);
  return line.includes('//') || line.trimStart().startsWith('#');
}

const CLOSE = 41;
const STAR = 42;

/** What stands before a statement: the end of another, a header, a cast to void, a label. */
const STATEMENT_STARTS = tableOf(';{}):');

/** Words that may stand before a parenthesis and are no calls. */
const NO_CALLS: ReadonlySet<string> = new Set(
  'if for while switch return sizeof typeof __typeof__ __attribute__ defined case offsetof'.split(' '),
);

/**
 * One pass over a body. The window of an exit is what was called since its block began or since the last exit before it,
 * inner blocks included as long as they hold no exit.
 */
class ExitScan {
  readonly #text: string;
  readonly #end: number;
  readonly #leastRepeats: number;
  #at: number;
  /** Hashes of the statements so far; those of calls are even, those of assignments odd. */
  readonly #statements: number[] = [];
  /** For each open block, where the window of its next exit begins in `statements`. */
  readonly #windows: number[] = [];
  /** The last exit that a statement was seen before. */
  readonly #seen = new Map<number, number>();
  #exits = 0;
  #repeats = 0;
  #repeatsCall = false;
  /** The last character that is neither blank nor comment; `)` for `else` and `do`, which a statement may follow. */
  #last = 0;

  constructor(text: string, range: FunctionRange, leastRepeats: number) {
    this.#leastRepeats = leastRepeats;
    this.#text = text;
    this.#at = range.bodyStart;
    this.#end = range.end;
  }

  /** True as soon as enough is repeated. */
  run(): boolean {
    while (this.#at < this.#end) if (this.#step()) return true;
    return false;
  }

  #step(): boolean {
    const text = this.#text;
    const at = this.#at;
    const c = text.charCodeAt(at);
    if (BLANK[c] === 1) this.#at++;
    else if (isWord(c)) return this.#word(at);
    else if (c === 34 || c === 39) this.#take(skipQuoted(text, at, this.#end), c);
    else if (c === 47 && text.charCodeAt(at + 1) === 42) this.#at = skipBlockComment(text, at, this.#end);
    else if (c === 47 && text.charCodeAt(at + 1) === 47) this.#at = skipLineComment(text, at, this.#end);
    else if (c === 35 && isLineStart(text, at, 0)) this.#at = skipDirective(text, at, this.#end);
    else return this.#punctuator(c);
    return false;
  }

  #take(end: number, last: number): void {
    this.#at = Math.max(end, this.#at + 1);
    this.#last = last;
  }

  #punctuator(c: number): boolean {
    const at = this.#at;
    // `(*object->release)(object);`, `*out = NULL;`
    const isIndirect = c === STAR || (c === 40 && this.#text.charCodeAt(at + 1) === STAR);
    if (isIndirect && STATEMENT_STARTS[this.#last] === 1) this.#statement(at, at);
    this.#take(at + 1, c);
    if (c === 123) this.#windows.push(this.#statements.length);
    else if (c === 125) {
      const isBody = this.#windows.length === 1;
      if (isBody && this.#exit(this.#windows[0] ?? 0)) return true;
      this.#windows.pop();
    }
    return false;
  }

  #word(at: number): boolean {
    const text = this.#text;
    let end = at + 1;
    while (end < this.#end && isWord(text.charCodeAt(end))) end++;
    const before = this.#last;
    const isPrefix = (end - at === 4 && text.startsWith('else', at)) || (end - at === 2 && text.startsWith('do', at));
    this.#take(end, isPrefix ? CLOSE : 119);
    if (isExitWord(text, at, end)) return this.#leave(before);
    if (!isPrefix && STATEMENT_STARTS[before] === 1 && isWordStart(text.charCodeAt(at))) this.#statement(at, end);
    return false;
  }

  /** `return` or `goto`. Right behind `)` or `else` it stands alone, and nothing comes before it on its path. */
  #leave(before: number): boolean {
    const start = before === CLOSE ? this.#statements.length : (this.#windows.at(-1) ?? 0);
    const isEnough = this.#exit(start);
    this.#skipToEnd();
    for (let i = 0; i < this.#windows.length; i++) this.#windows[i] = this.#statements.length;
    return isEnough;
  }

  /** Compares the statements since `start` with those before earlier exits. */
  #exit(start: number): boolean {
    const exit = ++this.#exits;
    for (let i = start; i < this.#statements.length; i++) {
      const statement = this.#statements[i] ?? 0;
      const earlier = this.#seen.get(statement);
      this.#seen.set(statement, exit);
      if (earlier === undefined || earlier === exit) continue;
      this.#repeats++;
      this.#repeatsCall ||= (statement & 1) === 0;
    }
    return this.#repeatsCall && this.#repeats >= this.#leastRepeats;
  }

  /** To the `;` of a return statement, whose calls are its value. */
  #skipToEnd(): void {
    const text = this.#text;
    let at = this.#at;
    while (at < this.#end) {
      const c = text.charCodeAt(at);
      if (c === 59 || c === 123 || c === 125) break;
      at = c === 34 || c === 39 ? Math.max(skipQuoted(text, at, this.#end), at + 1) : at + 1;
    }
    this.#at = at;
  }

  /** A statement: a call `f(...)`, another call `a->b(...)`, or something with `=`. */
  #statement(at: number, end: number): void {
    let open = end;
    while (BLANK[this.#text.charCodeAt(open)] === 1) open++;
    const isCall = end > at && this.#text.charCodeAt(open) === 40;
    if (isCall && NO_CALLS.has(this.#text.slice(at, end))) return;
    const hash = isCall ? this.#hashCall(at) : this.#hashStatement(at);
    if (hash !== undefined) this.#statements.push(hash);
  }

  /** FNV-1a of the characters that are not blank, from a name to the parenthesis that closes its arguments. */
  #hashCall(at: number): number {
    let hash = 0x811c9dc5;
    let depth = 0;
    for (let i = at; i < this.#end; i++) {
      const c = this.#text.charCodeAt(i);
      if (BLANK[c] === 1) continue;
      hash = Math.imul(hash ^ c, 0x01000193);
      if (c === 40) depth++;
      else if (c === CLOSE && --depth === 0) break;
      else if (c === 59 || c === 123) break;
    }
    return hash & ~1;
  }

  /** The same up to `;`; undefined for what neither calls nor assigns. */
  #hashStatement(at: number): number | undefined {
    let hash = 0x811c9dc5;
    let calls = false;
    let assigns = false;
    for (let i = at; i < this.#end; i++) {
      const c = this.#text.charCodeAt(i);
      if (c === 59) return assigns ? hash | 1 : calls ? hash & ~1 : undefined;
      if (c === 123 || c === 125 || c === 58) return undefined;
      if (BLANK[c] === 1) continue;
      assigns ||= c === 61 && !calls;
      calls ||= c === 40;
      hash = Math.imul(hash ^ c, 0x01000193);
    }
    return undefined;
  }
}

function isExitWord(text: string, at: number, end: number): boolean {
  return (end - at === 6 && text.startsWith('return', at)) || (end - at === 4 && text.startsWith('goto', at));
}
