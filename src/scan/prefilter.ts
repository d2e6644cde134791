/**
 * A necessary condition for sharing cleanup, told from the characters. Two exits must be preceded by the same statement
 * with a call in it, letter by letter but for white space and comments.
 *
 * It may say yes too often. It says no to exits that share nothing but assignments, to calls that stand only inside
 * conditions, initialisers or other calls, and to exits that only a macro knows of.
 */
import { BLANK, isWord, isWordStart, tableOf } from './characters.ts';
import type { FunctionRange } from './functions.ts';
import { isLineStart, skipBlockComment, skipDirective, skipLineComment, skipQuoted } from './skip.ts';

/**
 * What the exits of a function can share, as far as its text tells.
 * `nothing`: no two exits are preceded by the same call. `worth it`: they may be preceded by enough for a label: two
 * statements disappear, or one, and who jumps to a label that stands before it shares it as well.
 */
export type Shareable = 'nothing' | 'something' | 'worth it';

/** Reads one function. Says more than there is rather than less. */
export function shareable(text: string, range: FunctionRange): Shareable {
  return hasExits(text.slice(range.bodyStart, range.end)) ? new ExitScan(text, range).run() : 'nothing';
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
/** Stands for a word as the last character: the `w` of its end. */
const WORD_END = 119;

/** What stands before a statement: the end of another, a header, a cast to void, a label. */
const STATEMENT_STARTS = tableOf(';{}):');

/** Words that may stand before a parenthesis and are no calls. */
const NO_CALLS: ReadonlySet<string> = new Set(
  'if for while switch return sizeof typeof __typeof__ __attribute__ defined case offsetof'.split(' '),
);

/** A block that is open: its place among the statements, and the labels in it that no exit came behind. */
interface Block {
  /** Where the window of the next exit begins in the list of statements. */
  window: number;
  /** For each label in the window, how many statements came before it; most blocks have none. */
  labels: readonly number[];
}

/** Where a statement was seen before an exit. */
interface Seen {
  readonly exit: number;
  /** A label stood on it or behind it: it may be in a block that others jump to already. */
  readonly isLabelled: boolean;
}

/**
 * One pass over a body. The window of an exit is what was called since its block began or since the last exit before it,
 * inner blocks included as long as they hold no exit.
 */
class ExitScan {
  readonly #text: string;
  readonly #end: number;
  readonly #isVoid: boolean;
  #at: number;
  /** Hashes of the statements so far; those of calls are even, the others odd. */
  readonly #statements: number[] = [];
  readonly #blocks: Block[] = [];
  /** The last exit of any kind that a statement was seen before. */
  readonly #seen = new Map<number, number>();
  /** The same for exits that end the function. */
  readonly #seenAtEnds = new Map<number, Seen>();
  #exits = 0;
  #hasShared = false;
  /** Statements before ends of the function that repeat earlier ones. */
  #repeats = 0;
  #repeatsCall = false;
  #repeatsLabelled = false;
  /** The last character that is neither blank nor comment; `)` for `else` and `do`, which a statement may follow. */
  #last = 0;
  /** The last word stands at the start of a statement: a label, if a colon follows. */
  #mayBeLabel = false;

  constructor(text: string, range: FunctionRange) {
    this.#text = text;
    this.#at = range.bodyStart;
    this.#end = range.end;
    this.#isVoid = /\bvoid\b/.test(text.slice(range.start, range.nameStart));
  }

  run(): Shareable {
    while (this.#at < this.#end) {
      this.#step();
      if (this.#isWorthIt()) return 'worth it';
    }
    return this.#hasShared ? 'something' : 'nothing';
  }

  #isWorthIt(): boolean {
    return this.#repeatsCall && (this.#repeats >= 2 || this.#repeatsLabelled);
  }

  #step(): void {
    const text = this.#text;
    const at = this.#at;
    const c = text.charCodeAt(at);
    if (BLANK[c] === 1) this.#at++;
    else if (isWord(c)) this.#word(at);
    else if (c === 34 || c === 39) this.#take(skipQuoted(text, at, this.#end), c);
    else if (c === 47 && text.charCodeAt(at + 1) === 42) this.#at = skipBlockComment(text, at, this.#end);
    else if (c === 47 && text.charCodeAt(at + 1) === 47) this.#at = skipLineComment(text, at, this.#end);
    else if (c === 35 && isLineStart(text, at, 0)) this.#at = skipDirective(text, at, this.#end);
    else this.#punctuator(c);
  }

  #take(end: number, last: number): void {
    this.#at = Math.max(end, this.#at + 1);
    this.#last = last;
  }

  #punctuator(c: number): void {
    const at = this.#at;
    const before = this.#last;
    // `(*object->release)(object);`, `*out = NULL;`, `--count;`
    const isIndirect = c === STAR || (c === 40 && this.#text.charCodeAt(at + 1) === STAR);
    const isStep = (c === 43 || c === 45) && this.#text.charCodeAt(at + 1) === c;
    if ((isIndirect || isStep) && STATEMENT_STARTS[before] === 1) this.#statement(at, at);
    this.#take(at + 1, c);
    const block = this.#blocks.at(-1);
    if (c === 58 && this.#mayBeLabel && before === WORD_END && block)
      block.labels = [...block.labels, this.#statements.length];
    if (c === 123) this.#blocks.push({ window: this.#statements.length, labels: [] });
    else if (c === 125) {
      const isBody = this.#blocks.length === 1;
      if (isBody && block) this.#exit(block.window, block.labels, this.#isVoid, before === 125);
      this.#blocks.pop();
    }
  }

  #word(at: number): void {
    const text = this.#text;
    let end = at + 1;
    while (end < this.#end && isWord(text.charCodeAt(end))) end++;
    const before = this.#last;
    const isPrefix = (end - at === 4 && text.startsWith('else', at)) || (end - at === 2 && text.startsWith('do', at));
    this.#take(end, isPrefix ? CLOSE : WORD_END);
    const isStart = STATEMENT_STARTS[before] === 1;
    this.#mayBeLabel = isStart;
    if (isExitWord(text, at, end)) this.#leave(before, text.startsWith('return', at));
    else if (!isPrefix && isStart && isWordStart(text.charCodeAt(at))) this.#statement(at, end);
  }

  /** `return` or `goto`. Right behind `)` or `else` it stands alone, and nothing comes before it on its path. */
  #leave(before: number, isReturn: boolean): void {
    const block = this.#blocks.at(-1);
    const count = this.#statements.length;
    const start = before === CLOSE ? count : (block?.window ?? 0);
    this.#exit(start, block?.labels ?? [], isReturn, before === 125);
    this.#skipToEnd();
    for (const one of this.#blocks) {
      one.window = count;
      one.labels = [];
    }
  }

  /**
   * Compares the statements since `start` with those before earlier exits.
   * @param isEnd the function ends here
   * @param isBehindBlock a `}` stands right before: the branches it closes may end here each for itself
   */
  #exit(start: number, labels: readonly number[], isEnd: boolean, isBehindBlock: boolean): void {
    const exit = ++this.#exits;
    for (let i = start; i < this.#statements.length; i++) {
      const statement = this.#statements[i] ?? 0;
      const isCall = (statement & 1) === 0;
      const earlier = this.#seen.get(statement);
      this.#seen.set(statement, exit);
      this.#hasShared ||= isCall && earlier !== undefined && earlier !== exit;
      if (isEnd)
        this.#atEnd(
          statement,
          exit,
          labels.some((label) => label >= i),
          isBehindBlock,
        );
    }
  }

  #atEnd(statement: number, exit: number, isHere: boolean, isBehindBlock: boolean): void {
    const earlier = this.#seenAtEnds.get(statement);
    const isLabelled = isHere || earlier?.isLabelled === true;
    this.#seenAtEnds.set(statement, { exit, isLabelled });
    if (!earlier || (earlier.exit === exit && !isBehindBlock)) return;
    this.#repeats++;
    this.#repeatsCall ||= (statement & 1) === 0 && earlier.exit !== exit;
    this.#repeatsLabelled ||= isLabelled;
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

  /** A statement: a call `f(...)`, another call `a->b(...)`, or something with `=`, `++` or `--`. */
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
    for (let i = this.#solid(at); i < this.#end; i = this.#solid(i + 1)) {
      const c = this.#text.charCodeAt(i);
      hash = Math.imul(hash ^ c, 0x01000193);
      if (c === 40) depth++;
      else if (c === CLOSE && --depth === 0) break;
      else if (c === 59 || c === 123) break;
    }
    return hash & ~1;
  }

  /** The same up to `;`, an even number if there is a call in it; undefined for what changes nothing. */
  #hashStatement(at: number): number | undefined {
    let hash = 0x811c9dc5;
    let calls = false;
    let changes = false;
    let before = 0;
    let asks = false;
    for (let i = this.#solid(at); i < this.#end; i = this.#solid(i + 1)) {
      const c = this.#text.charCodeAt(i);
      if (c === 59) return calls ? hash & ~1 : changes ? hash | 1 : undefined;
      // A colon behind a word alone makes a label of it.
      if (c === 123 || c === 125 || (c === 58 && !asks)) return undefined;
      asks ||= c === 63;
      changes ||= c === 61 || ((c === 43 || c === 45) && c === before);
      calls ||= c === 40;
      hash = Math.imul(hash ^ c, 0x01000193);
      before = c;
    }
    return undefined;
  }

  /** The next offset that is neither blank nor in a comment. */
  #solid(at: number): number {
    const text = this.#text;
    for (let i = at; ;) {
      const c = text.charCodeAt(i);
      if (BLANK[c] === 1) i++;
      else if (c !== 47) return i;
      else if (text.charCodeAt(i + 1) === 42) i = skipBlockComment(text, i, this.#end);
      else if (text.charCodeAt(i + 1) === 47) i = skipLineComment(text, i, this.#end);
      else return i;
    }
  }
}

function isExitWord(text: string, at: number, end: number): boolean {
  return (end - at === 6 && text.startsWith('return', at)) || (end - at === 4 && text.startsWith('goto', at));
}
