/**
 * What distinguishes a state from others at the same places, as numbers: values are compared up to a renaming of the
 * fresh ones, and what no live value reaches is forgotten.
 */
import type { Happened } from './event.ts';
import type { Fact } from './facts.ts';
import type { Side, State } from './state.ts';
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
const ALLOWING = ['followed', 'computed'] as const;
const FORBIDDING = ['escaped', 'acquired', 'allocated', 'touched', 'lost', 'local'] as const;

/** As many marks and facts of composed values are kept; the oldest are forgotten first. */
const MOST_MARKS = 64;
const MOST_FACTS = 128;

/** Operations inside each other up to which a term is taken apart. */
const DEEPEST = 40;

/** Values whose facts are kept as long as they are alive; conditions and sums may have to be computed anew. */
const ATOMS: ReadonlySet<string> = new Set(['fresh', 'parameter', 'object', 'global', 'undefined', 'load', 'convert']);

/** Gives equal numbers to equal texts, for all states of one proof. */
export class Numbering {
  readonly #numbers = new Map<string, number>();

  of(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.#numbers.size);
    return this.#numbers.size - 1;
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
  readonly #names = new Map<Term, string>();
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

  /** The name of a value, equal for values that differ only in which fresh values they are made of, met in one order. */
  #name(term: Term): string {
    const fresh = this.#terms.freshIn(term);
    // The same term means the same in every state.
    if (fresh.size === 0) return `=${term}`;
    const known = this.#names.get(term);
    if (known !== undefined) return known;
    const name = `~${this.#numbering.of(this.#describe(term, fresh))}`;
    this.#names.set(term, name);
    return name;
  }

  #describe(term: Term, fresh: ReadonlySet<Term>): string {
    const { op, text, args } = this.#terms.node(term);
    if (op === 'fresh') {
      this.#met.set(term, this.#met.size);
      return `fresh ${this.#met.size} ${text.slice(0, text.lastIndexOf('#'))}`;
    }
    // A deep value is compared by what it is, not by how it came about.
    if (this.#terms.depthOf(term) > DEEPEST) return `@${term} ${[...fresh].map((one) => this.#name(one)).join(' ')}`;
    return `${op}${SEPARATOR}${text}${SEPARATOR}${args.map((arg) => this.#name(arg)).join(' ')}`;
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
        const isUnchanged = value === this.#terms.apply('load', [address, this.#state.base]);
        if (!isUnchanged) this.#out.push('M', this.#name(address), this.#name(value));
        left.delete(address);
        isChanged = true;
      }
    }
    for (const address of left.keys()) this.#state.memory.delete(address);
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
      grants.add(this.#numbering.of(`fact ${this.#name(term)} ${fact.equals ?? `!${fact.differs.join(',')}`}`));
  }

  #marks(grants: Set<number>): void {
    const { before, after } = this.#state;
    for (const name of ALLOWING) {
      const set = this.#state[name];
      for (const term of set) if (!this.#isReachable(term)) set.delete(term);
      for (const term of set) if (set.size > MOST_MARKS) set.delete(term);
      for (const term of set) grants.add(this.#numbering.of(`${name} ${this.#name(term)}`));
    }
    for (const name of FORBIDDING) {
      const set = this.#state[name];
      for (const term of set) if (!this.#isReachable(term)) set.delete(term);
      this.#set(name, set);
    }
    for (const side of [before, after]) this.#set('reborn', side.reborn);
  }

  #set(name: string, set: ReadonlySet<Term>): void {
    this.#out.push(name, ...[...set].map((term) => this.#name(term)).toSorted());
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
