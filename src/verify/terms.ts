/**
 * verify: proves or refutes that two versions of a function do the same. Takes two parsed functions and knowledge;
 * returns a verdict. May not know who wrote the second version (no import of transforms or rewrite), print, or read files.
 *
 * This file: values as hash-consed terms. Two expressions that are the same function of the same inputs are the same
 * number, on both sides. (Value numbering as in translation validation: Necula, PLDI 2000, section 3.)
 */

import { Interning } from './interning.ts';

/** A value or an address. Equal numbers mean equal values, of the same C type. */
export type Term = number;

interface TermNode {
  readonly op: string;
  readonly text: string;
  readonly args: readonly Term[];
}

const INTEGRAL =
  /^((un)?signed|char|short|int|long|_Bool|bool|s?size_t|u?int(ptr|max|8|16|32|64)_t|ptrdiff_t|off_t|pid_t|enum \w+)( (unsigned|signed|char|short|int|long))*$/;
const SMALL =
  /^((un)?signed|char|short|int|_Bool|bool|float|double|u?int(8|16|32)_t|enum \w+|mode_t|pid_t)( (unsigned|signed|char|short|int))*$/;
/** Operations that are undefined for some operands, and yield a value nevertheless. */
export const OVERFLOWING: ReadonlySet<string> = new Set(['+', '-', '*', '<<', '>>', 'unary-']);
const ARITHMETIC: ReadonlySet<string> = new Set(['+', '-', '*', '/', '%', '<<', '>>', '&', '|', '^', 'unary-']);
/** They yield an int, whatever they compare. C11 6.5.3.3, 6.5.8, 6.5.9. */
const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '>', '<=', '>=', 'not']);
const ROOTS: ReadonlySet<string> = new Set(['fresh', 'parameter', 'object', 'global', 'undefined', 'load']);

/** Bits of an `int`, on every POSIX system. */
const INT_BITS = 32;

const INTEGER = /^(0[xX][0-9a-fA-F]+|0[bB][01]+|0[0-7]*|[1-9][0-9]*)$/;

const NONE: ReadonlySet<Term> = new Set();

/** The terms of one proof. */
export class TermTable {
  readonly #nodes: TermNode[] = [];
  readonly #index = new Interning();
  readonly #roots = new Map<Term, readonly Term[]>();
  readonly #depths: number[] = [];
  readonly #freshIn: ReadonlySet<Term>[] = [];
  readonly #numberType: (name: string) => string | undefined;
  #fresh = 0;

  /** `numberType`: the words of the number type that a type name stands for, `enum` for an enumeration. */
  constructor(numberType: (name: string) => string | undefined = () => undefined) {
    this.#numberType = numberType;
  }

  #intern(op: string, text: string, args: readonly Term[]): Term {
    const term = this.#index.of(op, text, args);
    if (term === this.#nodes.length) this.#add(term, op, text, args);
    return term;
  }

  #add(term: Term, op: string, text: string, args: readonly Term[]): void {
    this.#nodes.push({ op, text, args });
    this.#describe(term, op, args);
  }

  node(term: Term): TermNode {
    const node = this.#nodes[term];
    if (!node) throw new RangeError(`no term ${term}`);
    return node;
  }

  /** A value nothing is known of but that it equals itself. */
  fresh(what: string): Term {
    const term = this.#index.next();
    this.#add(term, 'fresh', `${what}#${this.#fresh++}`, []);
    return term;
  }

  /** A value that has a name of its own: a parameter on entry, a function, the address of an object. */
  named(op: 'parameter' | 'object' | 'global' | 'undefined' | 'literal', text: string): Term {
    return this.#intern(op, text, []);
  }

  /** An integer constant of type int. */
  integer(value: number): Term {
    return this.#intern('integer', String(value), []);
  }

  /** The null pointer. All null pointers compare equal and no call can tell which type one had. */
  null(): Term {
    return this.#intern('null', '', []);
  }

  /**
   * A literal as it stands in the source. Integers without suffix that fit an int become `integer`. C11 6.4.4.1. The
   * grammar takes a sign before it as part of it.
   */
  literal(text: string): Term {
    const digits = text.replace(/^[-+]\s*/, '');
    const value = INTEGER.test(digits)
      ? Number(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits)
      : Number.NaN;
    if (!Number.isSafeInteger(value) || value > 0x7fff_ffff) return this.named('literal', text);
    return this.integer(text.startsWith('-') && value !== 0 ? -value : value);
  }

  apply(op: string, args: readonly Term[], text = ''): Term {
    const folded = this.#fold(op, args);
    return folded ?? this.#intern(op, text, args);
  }

  /** What `apply` gave for the same operands before, or undefined. */
  find(op: string, args: readonly Term[]): Term | undefined {
    return this.#index.find(op, '', args);
  }

  /** The value of `term` after conversion to a type, given as declared. C11 6.3. Converting twice changes nothing. */
  convert(type: string, term: Term): Term {
    if (type === '' || this.typeOf(term) === type) return term;
    const node = this.node(term);
    if (type.endsWith('*') && (node.op === 'null' || (node.op === 'integer' && node.text === '0'))) return this.null();
    if (type === 'int' && node.op === 'integer') return term;
    return this.#intern('convert', type, [term]);
  }

  /** What is found at the address after the value was stored there: converted to the type of the lvalue. C11 6.5.16.1. */
  stored(address: Term, value: Term): Term {
    if (this.node(value).op === 'list') return value;
    const { op, text } = this.node(address);
    // An object is named `name:type#ordinal`, all else by its own address.
    const type = op === 'object' ? declaredType(text) : `lvalue ${address}`;
    return this.convert(type.replace(/\b(const|volatile) /g, ''), value);
  }

  /**
   * Is the operation undefined for some operands: division by zero, overflow of signed numbers, arithmetic on pointers
   * beyond their array? A compiler may conclude from it that the operands are none of those. C11 6.5p5, 6.5.6p8.
   */
  mayTrap(op: string, args: readonly Term[]): boolean {
    const numbers = args.map((arg) => this.numberOf(arg));
    if (op === '/' || op === '%') return numbers[1] === undefined || numbers[1] === 0 || numbers[1] === -1;
    if (!OVERFLOWING.has(op)) return false;
    // A shift by the width or more is undefined for unsigned numbers, too. C11 6.5.7p3.
    if (op === '<<' || op === '>>') {
      const [left, count] = numbers;
      if (count === undefined || count < 0 || count >= INT_BITS) return true;
      const fits = left !== undefined && left >= 0 && left * 2 ** count < 2 ** (INT_BITS - 1);
      return !(op === '>>' || fits || (args[0] !== undefined && this.isUnsigned(args[0])));
    }
    return !numbers.every((number) => number !== undefined) && !args.every((arg) => this.isUnsigned(arg));
  }

  /** Is it a floating number that may not fit the type? C11 6.3.1.4p1. */
  mayOverflow(type: string, term: Term): boolean {
    return /^(long )?(float|double)$/.test(this.typeOf(term) ?? '') && !/\b(float|double)$/.test(type);
  }

  /** Is it what `stored` gave for this address? */
  isStoredAt(address: Term, value: Term): boolean {
    const { op, text } = this.node(value);
    return op === 'convert' && text === `lvalue ${address}`;
  }

  /** The words of the type that an address points to, without stars: `struct s`. Undefined where it is not known. */
  structOf(address: Term): string | undefined {
    const { op, text } = this.node(address);
    const type = op === 'object' ? declaredType(text) : this.typeOf(address);
    return type?.replace(/\b(const|static) | ?[*[].*$/g, '');
  }

  /** The declared type of a value where it is known. */
  typeOf(term: Term): string | undefined {
    const node = this.node(term);
    if (node.op === 'convert') return node.text;
    if (node.op === 'integer' || COMPARISONS.has(node.op)) return 'int';
    if (node.op === 'parameter') return node.text.slice(node.text.indexOf(':') + 1);
    return undefined;
  }

  /** Is the value certainly an integer or an address of an object, so that it equals itself? */
  isIntegral(term: Term): boolean {
    if (this.node(term).op === 'object') return true;
    const type = this.typeOf(term);
    return type !== undefined && (INTEGRAL.test(type) || type.endsWith('*'));
  }

  /** Is the value of a type whose arithmetic can't overflow? */
  isUnsigned(term: Term): boolean {
    return /^(unsigned( int| long| long long| long int)?|size_t|uint(32|64|ptr|max)_t)$/.test(this.typeOf(term) ?? '');
  }

  /** A string: what it points to holds no pointers. */
  isText(term: Term): boolean {
    return /^(const )?(unsigned |signed )?char \*$/.test(this.typeOf(term) ?? '');
  }

  /** A number too small to carry an address. */
  isSmall(term: Term): boolean {
    return SMALL.test(this.#resolved(this.typeOf(term) ?? ''));
  }

  /** Is the value certainly a number, by the type of the variable that it is found in if by nothing else? */
  isNumber(term: Term): boolean {
    const { op, args } = this.node(term);
    if (ARITHMETIC.has(op)) return args.every((arg) => this.isNumber(arg));
    const place = op === 'load' && args[0] !== undefined ? this.node(args[0]) : undefined;
    const type = place?.op === 'object' ? declaredType(place.text) : this.typeOf(term);
    return INTEGRAL.test(this.#resolved((type ?? '').replace(/\b(const|volatile) /g, '')));
  }

  /** Is it a variable that holds a number or characters? */
  isPlainObject(term: Term): boolean {
    const { op, text } = this.node(term);
    const type = this.#resolved(declaredType(text).replace(/\b(const|volatile|static) /g, ''));
    return op === 'object' && (INTEGRAL.test(type) || /^(unsigned |signed )?char ?(\[[^\]]*\])+$/.test(type));
  }

  #resolved(type: string): string {
    const words = /^\w+$/.test(type) && !INTEGRAL.test(type) ? this.#numberType(type) : undefined;
    return words === 'enum' ? `enum ${type}` : (words ?? type);
  }

  /**
   * What the value is computed from: parameters, objects, results of calls, contents of memory. What memory it was found
   * in is another question (`ownersOf`). Conversions to small numbers are kept as they are: they carry no address.
   */
  roots(term: Term): readonly Term[] {
    const known = this.#roots.get(term);
    if (known) return known;
    const found: Term[] = [];
    const seen = new Set<Term>([term]);
    for (const part of seen) {
      const node = this.node(part);
      if (node.op === 'integer' || node.op === 'null' || node.op === 'literal') continue;
      if (ROOTS.has(node.op) || this.isSmall(part)) found.push(part);
      // An index points nowhere.
      else if (node.op === 'element' && node.args[0] !== undefined && this.isIntegral(node.args[1] ?? part))
        seen.add(node.args[0]);
      else for (const arg of node.args) seen.add(arg);
    }
    this.#roots.set(term, found);
    return found;
  }

  /** For a value found in memory: what the addresses it was found at are computed from, and where those were found. */
  ownersOf(term: Term): ReadonlySet<Term> {
    const found = new Set<Term>();
    const work = [...this.roots(term)];
    for (let next = work.pop(); next !== undefined; next = work.pop()) {
      const node = this.node(next);
      const address = node.op === 'load' ? node.args[0] : undefined;
      if (address === undefined) continue;
      for (const root of this.roots(address)) if (!found.has(root)) work.push(root);
      for (const root of this.roots(address)) found.add(root);
    }
    return found;
  }

  /** The mathematical value, where the term is a constant whatever its type does to it: zero stays zero in any scalar type. */
  numberOf(term: Term): number | undefined {
    const node = this.node(term);
    if (node.op === 'integer') return Number(node.text);
    if (node.op === 'null') return 0;
    if (node.op === 'convert' && node.args[0] !== undefined) {
      const inner = this.numberOf(node.args[0]);
      if (inner === 0) return 0;
      if (
        inner === 1 &&
        /^(_Bool|bool|(un)?signed( int| long| char| short)?|long( long)?|short|size_t|ssize_t|u?int(8|16|32|64)_t)$/.test(
          node.text,
        )
      )
        return 1;
      if (
        inner !== undefined &&
        Math.abs(inner) <= 0x7fff_ffff &&
        /^(long( long)?( int)?|signed( int)?|int(32|64)_t|ssize_t)$/.test(node.text)
      )
        return inner;
    }
    return undefined;
  }

  #fold(op: string, args: readonly Term[]): Term | undefined {
    if (args.length === 1 && args[0] !== undefined && op === 'unary-') {
      const node = this.node(args[0]);
      if (node.op === 'integer') return this.integer(-Number(node.text));
    }
    return undefined;
  }

  /** How many operations stand inside each other. */
  depthOf(term: Term): number {
    return this.#depths[term] ?? 0;
  }

  /** The values without a history that the term is made of. */
  freshIn(term: Term): ReadonlySet<Term> {
    return this.#freshIn[term] ?? NONE;
  }

  #describe(term: Term, op: string, args: readonly Term[]): void {
    this.#depths.push(1 + Math.max(0, ...args.map((arg) => this.depthOf(arg))));
    if (op === 'fresh') {
      this.#freshIn.push(new Set([term]));
      return;
    }
    let all = NONE;
    for (const arg of args) {
      const more = this.freshIn(arg);
      // Most terms have the parts of one of their operands, whose set they share.
      if (all.size <= more.size && [...all].every((one) => more.has(one))) all = more;
      else if (![...more].every((one) => all.has(one))) all = new Set([...all, ...more]);
    }
    this.#freshIn.push(all);
  }
}

/** The type in the name of an object: `name:type#ordinal`. */
function declaredType(text: string): string {
  return text.slice(text.indexOf(':') + 1, text.lastIndexOf('#'));
}
