/**
 * The state of a joint walk: where both sides stand, what their private locals hold, the memory they share, what the
 * path has proved. Values are terms, so "equal on both sides" is "the same term".
 */
import type { Declaration } from '../syntax/bindings.ts';
import type { Happened } from './event.ts';
import { commonFact } from './facts.ts';
import type { Fact, Facts } from './facts.ts';
import type { Program } from './program.ts';
import type { Term, TermTable } from './terms.ts';

export interface Side {
  readonly program: Program;
  at: number;
  stack: Term[];
  /** Private locals by declaration id; one that is absent is indeterminate. */
  locals: Map<number, Term>;
  /** Events since the sides last agreed on memory. */
  log: Happened[];
  /** Objects of blocks that were left. */
  ended: Set<Term>;
}

/** What led here, newest first: decisions of the path and effects, for people. */
export interface Trace {
  readonly previous: Trace | undefined;
  readonly kind: 'decision' | 'effect';
  readonly side: 'before' | 'after' | 'both';
  readonly text: string;
  readonly taken: boolean;
  /** Byte offset in the side's own text. */
  readonly offset: number;
}

export interface State {
  before: Side;
  after: Side;
  /** Names the memory both sides agree on. */
  base: Term;
  /** Known contents of that memory: address to value. */
  memory: Map<Term, Term>;
  facts: Facts;
  /** Pointers the before side has followed on this path and not released since: the after side may follow them too. */
  followed: Set<Term>;
  /** Quotients the before side has computed since the last event. */
  computed: Set<Term>;
  /** Objects and allocations whose address may be known to others. */
  escaped: Set<Term>;
  /** Results of acquiring calls on this path that nobody else knew when they were made. */
  acquired: Set<Term>;
  /** What was released on this path. */
  released: Set<Term>;
  /** Events the before side has executed and the after side has not. */
  pending: Happened[];
  /** For each event of the path: what it was given and returned; newest first. */
  given: Given | undefined;
  trace: Trace | undefined;
}

/** One call of the path with what it could link together. */
export interface Given {
  readonly previous: Given | undefined;
  readonly terms: readonly Term[];
}

export function cloneState(state: State): State {
  return {
    ...state,
    before: cloneSide(state.before),
    after: cloneSide(state.after),
    memory: new Map(state.memory),
    followed: new Set(state.followed),
    computed: new Set(state.computed),
    escaped: new Set(state.escaped),
    acquired: new Set(state.acquired),
    released: new Set(state.released),
    pending: [...state.pending],
  };
}

function cloneSide(side: Side): Side {
  return {
    ...side,
    stack: [...side.stack],
    locals: new Map(side.locals),
    log: [...side.log],
    ended: new Set(side.ended),
  };
}

/** The value of a private local. One never assigned has a value of its own, the same on both sides only for the same name. */
export function localValue(terms: TermTable, side: Side, declaration: Declaration): Term {
  return side.locals.get(declaration.id) ?? terms.named('undefined', `${declaration.name}:${declaration.type}`);
}

/** Writes a state down so that equal texts mean states that behave alike; forgets what no live value reaches. */
export class Canonical {
  readonly #terms: TermTable;
  readonly #state: State;
  readonly #number = new Map<Term, number>();
  readonly #out: string[] = [];

  constructor(terms: TermTable, state: State) {
    this.#terms = terms;
    this.#state = state;
  }

  /** The text. Also drops from the state the facts, contents and marks of values that are dead. */
  text(): string {
    const { before, after, pending } = this.#state;
    this.#side(before);
    this.#side(after);
    for (const event of pending)
      this.#out.push('P', event.key, ...event.args.map((arg) => this.#visit(arg)), this.#visit(event.result));
    if (pending.length > 0) {
      for (const event of [...before.log, '/', ...after.log])
        this.#out.push(typeof event === 'string' ? event : this.#visit(event.epoch));
    }
    this.#memory();
    this.#facts();
    this.#marks();
    return this.#out.join(' ');
  }

  #side(side: Side): void {
    const live = side.program.live[side.at];
    this.#out.push('|', String(side.at));
    for (const term of side.stack) this.#out.push(this.#visit(term));
    for (const id of [...side.locals.keys()].toSorted((a, b) => a - b)) {
      const value = side.locals.get(id);
      if (!live?.has(id) || value === undefined) side.locals.delete(id);
      else this.#out.push(`${id}:`, this.#visit(value));
    }
  }

  #visit(term: Term): string {
    const known = this.#number.get(term);
    if (known !== undefined) return `#${known}`;
    const number = this.#number.size;
    this.#number.set(term, number);
    const node = this.#terms.node(term);
    if (node.op === 'fresh') return `#${number}=${node.text.slice(0, node.text.lastIndexOf('#'))}`;
    return `#${number}=${node.op}(${node.text};${node.args.map((arg) => this.#visit(arg)).join(',')})`;
  }

  #isReachable(term: Term): boolean {
    for (const part of this.#terms.parts(term)) {
      if (this.#terms.node(part).op === 'fresh' && !this.#number.has(part)) return false;
    }
    return true;
  }

  #memory(): void {
    const left = new Map(this.#state.memory);
    for (let isChanged = true; isChanged;) {
      isChanged = false;
      for (const [address, value] of left) {
        if (!this.#isReachable(address)) continue;
        this.#out.push('M', this.#visit(address), this.#visit(value));
        left.delete(address);
        isChanged = true;
      }
    }
    for (const address of left.keys()) this.#state.memory.delete(address);
  }

  #facts(): void {
    const kept = new Map<Term, Fact>();
    const lines: string[] = [];
    for (const [term, fact] of this.#state.facts) {
      if (!this.#isReachable(term)) continue;
      kept.set(term, fact);
      lines.push(`F${this.#visit(term)}${fact.equals ?? `!${fact.differs.join(',')}`}`);
    }
    this.#state.facts = kept;
    this.#out.push(...lines.toSorted());
  }

  #marks(): void {
    const { before, after } = this.#state;
    for (const term of this.#state.computed) this.#visit(term);
    for (const name of ['followed', 'computed', 'escaped', 'acquired', 'released'] as const) {
      const set = this.#state[name];
      for (const term of set) if (!this.#isReachable(term)) set.delete(term);
      this.#out.push(name, ...[...set].map((term) => this.#visit(term)).toSorted());
    }
    const ended = [...after.ended].filter((term) => !before.ended.has(term));
    this.#out.push('ended', ...ended.map((term) => this.#visit(term)).toSorted());
  }
}

/**
 * The least general state that covers both: values that are the same stay, values that differ become one new value per
 * pair, so that equalities between the sides survive. (The join of the lattice of partitions: Kildall 1973.)
 * Both states stand at the same places with nothing pending.
 */
export function joinStates(terms: TermTable, one: State, other: State): State {
  const pairs = new Map<string, Term>();
  const pair = (a: Term, b: Term): Term => {
    if (a === b) return a;
    const key = `${a},${b}`;
    const known = pairs.get(key);
    if (known !== undefined) return known;
    const term = terms.fresh('joined');
    pairs.set(key, term);
    return term;
  };
  const joined = cloneState(other);
  for (const side of ['before', 'after'] as const) joinSides(joined[side], one[side], pair);
  joined.base = pair(one.base, other.base);
  joined.memory = new Map();
  for (const [address, value] of other.memory) {
    const first = one.memory.get(address);
    if (first !== undefined) joined.memory.set(address, pair(first, value));
  }
  joinMarks(joined, one, other, pairs);
  return joined;
}

function joinSides(joined: Side, one: Side, pair: (a: Term, b: Term) => Term): void {
  joined.stack = joined.stack.map((term, index) => pair(one.stack[index] ?? term, term));
  // A local that holds nothing yet in one of the states: the pair with its (negative) name keeps it apart from all values.
  for (const id of new Set([...one.locals.keys(), ...joined.locals.keys()])) {
    joined.locals.set(id, pair(one.locals.get(id) ?? -1 - id, joined.locals.get(id) ?? -1 - id));
  }
  for (const term of one.ended) joined.ended.add(term);
}

function joinMarks(joined: State, one: State, other: State, pairs: ReadonlyMap<string, Term>): void {
  const facts = new Map<Term, Fact>();
  for (const [term, fact] of other.facts) {
    const common = commonFact(one.facts.get(term), fact);
    if (common) facts.set(term, common);
  }
  joined.followed = new Set([...other.followed].filter((term) => one.followed.has(term)));
  joined.acquired = new Set([...other.acquired].filter((term) => one.acquired.has(term)));
  joined.escaped = new Set([...one.escaped, ...other.escaped]);
  joined.released = new Set([...one.released, ...other.released]);
  for (const [key, term] of pairs) {
    const [a, b] = key.split(',').map(Number);
    if (a === undefined || b === undefined) continue;
    const common = commonFact(one.facts.get(a), other.facts.get(b));
    if (common) facts.set(term, common);
    if (one.followed.has(a) && other.followed.has(b)) joined.followed.add(term);
    // Nothing is known to keep a joined value apart from others.
    joined.escaped.add(term);
    if (one.released.has(a) || other.released.has(b)) joined.released.add(term);
  }
  joined.facts = facts;
}
