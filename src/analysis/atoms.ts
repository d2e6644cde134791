/**
 * analysis: what a function acquires, releases, holds and hands over on each way out of it.
 * Takes a tree, its bindings, its graph and what is known of names; returns the exit ledger as data.
 * May not plan, edit, read files or print; decides nothing by the sound of a name.
 *
 * Atoms: the values a path can tell apart, interned. A number; a named constant; the result of a call; what a place
 * held when it was first read; an address.
 */

/** An index into the table of one analysis. */
export type Atom = number;

/** One of these atoms; an empty list means it may be anything. Sorted, without repetition. */
export type Value = readonly Atom[];

/** A memory cell or a local: `s->buf` is base `s7` (what atom 7 points to), path `.buf`. */
export interface Place {
  /** `v3`: the object of declaration 3. `g:name`: a global. `s7`: what atom 7 points to. */
  readonly base: string;
  /** `.buf`, `[0]`, `.in.list[2]`; empty for the whole object. */
  readonly path: string;
  /** As C source, for people. */
  readonly text: string;
  /** False for an element whose index is not constant. */
  readonly isKnown: boolean;
}

export type Relation = '==' | '!=' | '<' | '<=' | '>' | '>=';

export interface AtomInfo {
  readonly kind: 'number' | 'named' | 'symbol' | 'address' | 'compare';
  /** As C source, for people and for comparing ledgers. */
  readonly text: string;
  readonly number?: number;
  /** Of an address. */
  readonly place?: Place;
  /** Of a comparison that is kept as a value: `ok = p != NULL`. */
  readonly relation?: Relation;
  readonly operands?: readonly [Atom, Atom];
  /** Of an operation: what it is computed of. */
  readonly parts?: readonly Atom[];
  /** Bases it points into or was computed from (DESIGN §2, mention). */
  readonly mentions: readonly string[];
  /** Bases of which it may tell something, though it does not point there: `valid(p != NULL)`. */
  readonly asks?: readonly string[];
  /** What makes a new instance of it when it happens again: `n12`, the node; `h3`, the loop head. */
  readonly marks: ReadonlySet<string>;
  /** The value a place had before an unseen call could reach it: perhaps still this. */
  readonly was?: Atom;
  /** A pointer that is not NULL by construction. */
  readonly isNonZero?: boolean;
  /** Nobody has given the variable a value yet. */
  readonly isUnset?: boolean;
  /** How many loads it takes to get there. */
  readonly depth: number;
  /** Where the name comes from: a parameter and a named place are the same thing in two versions of a function. */
  readonly origin: 'parameter' | 'place' | 'other';
}

const NO_MARKS: ReadonlySet<string> = new Set();

export class AtomTable {
  readonly #infos: AtomInfo[] = [];
  readonly #byKey = new Map<string, Atom>();
  readonly #byMark = new Map<string, Atom[]>();

  info(atom: Atom): AtomInfo {
    const info = this.#infos[atom];
    if (!info) throw new Error(`no atom ${atom}`);
    return info;
  }

  text(atom: Atom): string {
    return this.info(atom).text;
  }

  number(value: number): Atom {
    return this.#intern(`#${value}`, () => ({ ...PLAIN, kind: 'number', text: String(value), number: value }));
  }

  named(name: string): Atom {
    return this.#intern(`@${name}`, () => ({ ...PLAIN, kind: 'named', text: name }));
  }

  parameter(id: number, name: string): Atom {
    return this.#intern(`p${id}`, () => ({ ...PLAIN, text: name, origin: 'parameter' }));
  }

  /** The value a node computes; `from` are the bases it mentions besides itself. */
  ofNode(
    node: number | string,
    text: string,
    from: readonly string[],
    options: { isNonZero?: boolean; asks?: readonly string[] } = {},
  ): Atom {
    const roots = [...new Set(from)].toSorted();
    const asks = [...new Set(options.asks)].toSorted();
    const key = `n${node}(${roots.join()})(${asks.join()})`;
    return this.#intern(key, () => ({
      ...PLAIN,
      text,
      mentions: roots,
      marks: new Set([`n${node}`, ...roots.flatMap((root) => [...this.#marksOf(root)])]),
      asks,
      ...(options.isNonZero && { isNonZero: true }),
    }));
  }

  /** The value that a variable or cell has at the head of a loop, whichever round it is. */
  ofLoop(block: number, place: Place, from: readonly string[]): Atom {
    const roots = [...new Set(from)].toSorted();
    return this.#intern(`h${block}:${place.base}${place.path}(${roots.join()})`, () => ({
      ...PLAIN,
      text: place.text,
      mentions: roots,
      marks: new Set([`h${block}`]),
    }));
  }

  /** What a place holds that nobody wrote here since `clock`. */
  load(place: Place, clock: string): Atom {
    const marks = this.#marksOf(place.base);
    return this.#intern(`load ${place.base}${place.path}@${clock}`, () => ({
      ...PLAIN,
      text: place.text,
      marks: new Set([...marks, ...clock.split(' ')]),
      depth: this.depthOf(place.base) + 1,
      origin: 'place',
    }));
  }

  uninitialised(id: number, name: string): Atom {
    return this.#intern(`u${id}`, () => ({ ...PLAIN, text: name, origin: 'place', isUnset: true }));
  }

  /** Perhaps still `atom`, perhaps what an unseen call at `clock` put there. */
  weak(atom: Atom, place: Place, clock: string): Atom {
    const root = this.info(atom).was ?? atom;
    const marks = this.info(root).marks;
    return this.#intern(`w${root} ${place.base}${place.path}@${clock}`, () => ({
      ...PLAIN,
      text: place.text,
      mentions: this.basesOf(root),
      marks: new Set([...marks, ...clock.split(' ')]),
      was: root,
      origin: 'place',
    }));
  }

  /** `&x`, `&s->lock`, an array that decays. */
  address(place: Place): Atom {
    // `&p[0]` and `&*p` are p.
    if (place.base.startsWith('s') && (place.path === '[0]' || place.path === '')) return Number(place.base.slice(1));
    return this.#intern(`&${place.base}${place.path}`, () => ({
      ...PLAIN,
      kind: 'address',
      text: place.path === '[0]' && place.base.startsWith('v') ? place.text : `&${place.text}`,
      place,
      mentions: [place.base],
      marks: this.#marksOf(place.base),
      isNonZero: true,
      depth: this.depthOf(place.base),
    }));
  }

  /** `a + b`, `(size_t)a`: the same whenever it is computed of the same. `from` are the bases that matter. */
  operation(operator: string, operands: readonly Atom[], text: string, from: readonly string[]): Atom {
    const roots = [...new Set(from)].toSorted();
    return this.#intern(`(${operator} ${operands.join(' ')})(${roots.join()})`, () => ({
      ...PLAIN,
      text,
      parts: operands,
      mentions: roots,
      marks: new Set([
        ...operands.flatMap((one) => [...this.info(one).marks]),
        ...roots.flatMap((root) => [...this.#marksOf(root)]),
      ]),
      depth: Math.max(0, ...operands.map((one) => this.info(one).depth)) + 1,
    }));
  }

  compare(relation: Relation, left: Atom, right: Atom): Atom {
    const [a, b] = [this.info(left), this.info(right)];
    return this.#intern(`${relation} ${left} ${right}`, () => ({
      ...PLAIN,
      kind: 'compare',
      text: `${a.text} ${relation} ${b.text}`,
      relation,
      operands: [left, right],
      marks: new Set([...a.marks, ...b.marks]),
      depth: Math.max(a.depth, b.depth) + 1,
    }));
  }

  /** Bases that a pointer of this value points into, its own first. */
  basesOf(atom: Atom): readonly string[] {
    const info = this.info(atom);
    switch (info.kind) {
      case 'number':
      case 'named':
      case 'compare':
        return [];
      case 'address':
        return info.mentions;
      default:
        return [`s${atom}`, ...info.mentions];
    }
  }

  /** Bases of which the value, or what it was computed of, may tell something. */
  askedBy(atom: Atom): readonly string[] {
    const { asks, operands, parts } = this.info(atom);
    return [...this.basesOf(atom), ...(asks ?? []), ...(operands ?? parts ?? []).flatMap((one) => this.askedBy(one))];
  }

  depthOf(base: string): number {
    return base.startsWith('s') ? this.info(Number(base.slice(1))).depth : 0;
  }

  /** Atoms that stop meaning what they meant when the mark happens again. */
  markedBy(mark: string): readonly Atom[] {
    return this.#byMark.get(mark) ?? [];
  }

  #marksOf(base: string): ReadonlySet<string> {
    return base.startsWith('s') ? this.info(Number(base.slice(1))).marks : NO_MARKS;
  }

  /** `make` is asked only for a key that is new. */
  #intern(key: string, make: () => AtomInfo): Atom {
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const info = make();
    const atom = this.#infos.length;
    this.#infos.push(info);
    this.#byKey.set(key, atom);
    for (const mark of info.marks) {
      const list = this.#byMark.get(mark);
      if (list) list.push(atom);
      else this.#byMark.set(mark, [atom]);
    }
    return atom;
  }
}

const PLAIN = {
  kind: 'symbol' as const,
  mentions: [] as readonly string[],
  marks: NO_MARKS,
  depth: 0,
  origin: 'other' as const,
};

/** A joined value with at most this many atoms; more may be anything. */
const MOST_ATOMS = 8;

/** One of either. */
export function joinValues(a: Value, b: Value): Value {
  if (a.length === 0 || b.length === 0) return [];
  const joined = [...new Set([...a, ...b])].toSorted((x, y) => x - y);
  return joined.length > MOST_ATOMS ? [] : joined;
}

export function sameValue(a: Value, b: Value): boolean {
  return a.length === b.length && a.every((atom, index) => atom === b[index]);
}
