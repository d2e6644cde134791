/**
 * verify: proves or refutes that two versions of a function do the same. Takes two parsed functions and knowledge;
 * returns a verdict. May not know who wrote the second version (no import of transforms or rewrite), print, or read files.
 *
 * This file: values as hash-consed terms. Two expressions that are the same function of the same inputs are the same
 * number, on both sides. (Value numbering as in translation validation: Necula, PLDI 2000, section 3.)
 */

/** A value or an address. Equal numbers mean equal values, of the same C type. */
export type Term = number;

interface TermNode {
  readonly op: string;
  readonly text: string;
  readonly args: readonly Term[];
}

const INTEGER = /^(0[xX][0-9a-fA-F]+|0[bB][01]+|0[0-7]*|[1-9][0-9]*)$/;

/** The terms of one proof. */
export class TermTable {
  readonly #nodes: TermNode[] = [];
  readonly #index = new Map<string, Term>();
  readonly #parts = new Map<Term, ReadonlySet<Term>>();
  #fresh = 0;

  #intern(op: string, text: string, args: readonly Term[]): Term {
    const key = `${op}\0${text}\0${args.join(',')}`;
    const known = this.#index.get(key);
    if (known !== undefined) return known;
    const term = this.#nodes.length;
    this.#nodes.push({ op, text, args });
    this.#index.set(key, term);
    return term;
  }

  node(term: Term): TermNode {
    const node = this.#nodes[term];
    if (!node) throw new RangeError(`no term ${term}`);
    return node;
  }

  /** A value nothing is known of but that it equals itself. */
  fresh(what: string): Term {
    return this.#intern('fresh', `${what}#${this.#fresh++}`, []);
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

  /** A literal as it stands in the source. Integers without suffix that fit an int become `integer`. C11 6.4.4.1. */
  literal(text: string): Term {
    const value = INTEGER.test(text) ? Number(/^0[0-7]+$/.test(text) ? `0o${text.slice(1)}` : text) : Number.NaN;
    return Number.isSafeInteger(value) && value <= 0x7fff_ffff ? this.integer(value) : this.named('literal', text);
  }

  apply(op: string, args: readonly Term[], text = ''): Term {
    const folded = this.#fold(op, args);
    return folded ?? this.#intern(op, text, args);
  }

  /** The value of `term` after conversion to a type, given as declared. C11 6.3. Converting twice changes nothing. */
  convert(type: string, term: Term): Term {
    if (type === '' || this.typeOf(term) === type) return term;
    const node = this.node(term);
    if (type.endsWith('*') && (node.op === 'null' || (node.op === 'integer' && node.text === '0'))) return this.null();
    if (type === 'int' && node.op === 'integer') return term;
    return this.#intern('convert', type, [term]);
  }

  /** The declared type of a value where it is known. */
  typeOf(term: Term): string | undefined {
    const node = this.node(term);
    if (node.op === 'convert') return node.text;
    if (node.op === 'integer') return 'int';
    if (node.op === 'parameter') return node.text.slice(node.text.indexOf(':') + 1);
    return undefined;
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

  /** Is `part` the term itself or anywhere inside it? */
  mentions(term: Term, part: Term): boolean {
    return this.parts(term).has(part);
  }

  /** The term and everything inside it. Terms share their parts, so each is visited once. */
  parts(term: Term): ReadonlySet<Term> {
    const known = this.#parts.get(term);
    if (known) return known;
    const found = new Set<Term>([term]);
    for (const part of found) for (const arg of this.node(part).args) found.add(arg);
    this.#parts.set(term, found);
    return found;
  }
}
