/**
 * What distinguishes a state from others at the same places, as numbers: values are compared up to a renaming of the
 * fresh ones, and what no live value reaches is forgotten.
 */
import type { Happened } from './event.ts';
import type { Fact } from './facts.ts';
import type { Side, State } from './state.ts';
import { Interning } from './interning.ts';
import type { Term, TermTable } from './terms.ts';

/** A state as far as its future depends on it. */
export interface Outline {
  /** Values, contents of memory, marks that forbid something: only states of the same core can cover each other. */
  readonly core: string;
  /** What is known and what is allowed. A state with fewer of these and the same core covers this one. */
  readonly grants: ReadonlySet<number>;
}

/** Occurs in no text of a program. */
const SEPARATOR = '\u0001';

/** Marks that only ever allow something: of the others none may be missing. */
const ALLOWING = ['followed', 'reached', 'written', 'computed', 'sized'] as const;
const FORBIDDING = ['escaped', 'acquired', 'allocated', 'touched', 'lost', 'local'] as const;

/** As many marks and facts of composed values are kept; the oldest are forgotten first. */
const MOST_MARKS = 64;
const MOST_FACTS = 128;

/** Operations inside each other up to which a term is taken apart. */
const DEEPEST = 40;

/** Values whose facts are kept as long as they are alive; conditions and sums may have to be computed anew. */
const ATOMS: ReadonlySet<string> = new Set([
  'fresh',
  'parameter',
  'object',
  'global',
  'undefined',
  'load',
  'either',
  'convert',
]);

/**
 * Numbers for values, the same in all states of one proof for values that differ only in which fresh values they are
 * made of.
 */
export class Numbering {
  readonly #values = new Interning();
  readonly #words = new Map<string, number>();

  /** A value that is the same in every state: the even numbers. */
  ofTerm(term: Term): number {
    return 2 * term;
  }

  /** A value by its operation and the numbers of its operands: the odd numbers. */
  ofOperation(op: string, text: string, operands: readonly number[]): number {
    return 2 * this.#values.of(op, text, operands) + 1;
  }

  ofWord(word: string): number {
    const known = this.#words.get(word);
    if (known !== undefined) return known;
    this.#words.set(word, this.#words.size);
    return this.#words.size - 1;
  }

  /** Of a word and a value together. Exact, since there are fewer than 2^27 of the one and 2^26 of the other. */
  ofPair(word: string, value: number): number {
    return this.ofWord(word) * 2 ** 27 + value;
  }
}

/** Outlines a state. Also drops from it the facts, contents and marks of values that are dead. */
export function outline(terms: TermTable, numbering: Numbering, state: State): Outline {
  return new Outliner(terms, numbering, state).run();
}

class Outliner {
  readonly #terms: TermTable;
  readonly #numbering: Numbering;
  readonly #state: State;
  /** The fresh values that were met, in the order of their first mention. */
  readonly #met = new Map<Term, number>();
  readonly #names = new Map<Term, number>();
  readonly #out: (string | number)[] = [];

  constructor(terms: TermTable, numbering: Numbering, state: State) {
    this.#terms = terms;
    this.#numbering = numbering;
    this.#state = state;
  }

  run(): Outline {
    const { before, after, pending } = this.#state;
    this.#out.push(this.#name(this.#state.base));
    this.#side(before);
    this.#side(after);
    for (const event of pending) {
      this.#event('P', event);
      this.#out.push(event.at);
      this.#set('lost', event.lost);
    }
    for (const side of [before, after]) {
      this.#out.push('/');
      for (const event of side.log) this.#event('L', event);
    }
    for (const term of this.#state.owed) this.#out.push('O', this.#name(term));
    this.#memory();
    this.#zeroed();
    const grants = new Set<number>();
    this.#facts(grants);
    this.#marks(grants);
    this.#links();
    return { core: this.#out.join(SEPARATOR), grants };
  }

  #event(mark: string, event: Happened): void {
    const values = [...event.args, event.result, ...event.outputs, event.epoch].map((term) => this.#name(term));
    this.#out.push(mark, event.kind, event.key, String(event.mayName), ...values);
  }

  #side(side: Side): void {
    const live = side.program.live[side.at];
    this.#out.push('|', side.at);
    for (const term of side.stack) this.#out.push(this.#name(term));
    for (const id of [...side.locals.keys()].toSorted((a, b) => a - b)) {
      const value = side.locals.get(id);
      if (!live?.has(id) || value === undefined) side.locals.delete(id);
      else this.#out.push(`${id}:`, this.#name(value));
    }
  }

  /** The number of a value, equal for values that differ only in which fresh values they are made of, met in one order. */
  #name(term: Term): number {
    const fresh = this.#terms.freshIn(term);
    if (fresh.size === 0) return this.#numbering.ofTerm(term);
    const known = this.#names.get(term);
    if (known !== undefined) return known;
    const name = this.#describe(term, fresh);
    this.#names.set(term, name);
    return name;
  }

  #describe(term: Term, fresh: ReadonlySet<Term>): number {
    const { op, text, args } = this.#terms.node(term);
    if (op === 'fresh') {
      this.#met.set(term, this.#met.size);
      return this.#numbering.ofOperation('fresh', text.slice(0, text.lastIndexOf('#')), [this.#met.size]);
    }
    // A deep value is compared by what it is, not by how it came about.
    const isDeep = this.#terms.depthOf(term) > DEEPEST;
    const operands = (isDeep ? [...fresh] : args).map((arg) => this.#name(arg));
    return isDeep
      ? this.#numbering.ofOperation('deep', String(term), operands)
      : this.#numbering.ofOperation(op, text, operands);
  }

  #isReachable(term: Term): boolean {
    for (const fresh of this.#terms.freshIn(term)) if (!this.#met.has(fresh)) return false;
    return true;
  }

  #memory(): void {
    const left = new Map(this.#state.memory);
    for (let isChanged = true; isChanged;) {
      isChanged = false;
      for (const [address, value] of left) {
        if (!this.#isReachable(address)) continue;
        // What was read and is as it was found says nothing.
        const isUnchanged = value === this.#terms.find('load', [address, this.#state.base]);
        if (!isUnchanged) this.#out.push('M', this.#name(address), this.#name(value));
        left.delete(address);
        isChanged = true;
      }
    }
    for (const address of left.keys()) this.#state.memory.delete(address);
  }

  #zeroed(): void {
    for (const [object, stored] of this.#state.zeroed) {
      if (this.#isReachable(object)) this.#out.push('Z', this.#name(object), ...stored.map((one) => this.#name(one)));
      else this.#state.zeroed.delete(object);
    }
  }

  #facts(grants: Set<number>): void {
    const kept = new Map<Term, Fact>();
    let composed = 0;
    for (const [term, fact] of this.#state.facts) {
      if (!this.#isReachable(term)) continue;
      kept.set(term, fact);
      if (!ATOMS.has(this.#terms.node(term).op)) composed++;
    }
    for (const term of kept.keys()) {
      if (composed <= MOST_FACTS) break;
      if (ATOMS.has(this.#terms.node(term).op)) continue;
      kept.delete(term);
      composed--;
    }
    this.#state.facts = kept;
    for (const [term, fact] of kept)
      grants.add(this.#numbering.ofPair(`fact ${fact.equals ?? `!${fact.differs.join(',')}`}`, this.#name(term)));
  }

  #marks(grants: Set<number>): void {
    const { before, after } = this.#state;
    for (const name of ALLOWING) {
      const set = this.#state[name];
      for (const term of set) if (!this.#isReachable(term)) set.delete(term);
      for (const term of set) if (set.size > MOST_MARKS) set.delete(term);
      for (const term of set) grants.add(this.#numbering.ofPair(name, this.#name(term)));
    }
    for (const name of FORBIDDING) {
      const set = this.#state[name];
      for (const term of set) if (!this.#isReachable(term)) set.delete(term);
      this.#set(name, set);
    }
    for (const side of [before, after]) this.#set('reborn', side.reborn);
  }

  #set(name: string, set: ReadonlySet<Term>): void {
    this.#out.push(name, ...[...set].map((term) => this.#name(term)).toSorted((a, b) => a - b));
  }

  /** Groups are named by their smallest member that is still alive. */
  #links(): void {
    const groups = new Map<Term, Term[]>();
    for (const [root, group] of this.#state.links) {
      if (!this.#isReachable(root)) continue;
      const members = groups.get(group);
      if (members) members.push(root);
      else groups.set(group, [root]);
    }
    const kept = [...groups.values()].filter((members) => members.length > 1);
    this.#state.links = new Map(kept.flatMap((members) => members.map((root) => [root, Math.min(...members)])));
    const lines = [...this.#state.links].map(([root, group]) => `${this.#name(root)}~${this.#name(group)}`);
    this.#out.push('links', ...lines.toSorted());
  }
}
