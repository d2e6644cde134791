/**
 * The state of a joint walk: where both sides stand, what their private locals hold, the memory they share, what the
 * path has proved. Values are terms, so "equal on both sides" is "the same term".
 */
import type { Declaration } from '../syntax/bindings.ts';
import type { Happened } from './event.ts';
import { commonFact, factOf } from './facts.ts';
import type { Fact, Facts } from './facts.ts';
import { linkedAll } from './links.ts';
import type { Links } from './links.ts';
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
  /** Objects whose declaration or end this side passed since its last event: what they held is gone. */
  reborn: Set<Term>;
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
  /** What a decision asked; absent where a macro of unknown kind may have jumped. */
  readonly condition?: Term;
  /** What an effect was. */
  readonly event?: Happened;
}

/** An event that the before side is ahead by. */
export interface Pending extends Happened {
  /** Where the before side stood when it executed it. */
  readonly at: number;
  /** Objects of which the after side has lost what the event found in them. */
  readonly lost: ReadonlySet<Term>;
}

export interface State {
  before: Side;
  after: Side;
  /** Names the memory both sides agree on. */
  base: Term;
  /** Known contents of that memory: address to value. */
  memory: Map<Term, Term>;
  facts: Facts;
  /** Places the before side has read or written on this path, and nobody released since: the after side may read them too. */
  followed: Set<Term>;
  /**
   * Places that were followed before a memory release which the after side has not made yet: it may read them as long
   * as what they lie in is still to be released.
   */
  reached: Set<Term>;
  /** Places the before side has stored to on this path: they are no constants. */
  written: Set<Term>;
  /** Values whose computation can trap or overflow, and indeterminate ones, that the before side has computed. */
  computed: Set<Term>;
  /**
   * What the after side has computed, read or passed over before the before side did: the before side must still do so
   * before anything that may not return. `alive(p)`: it must use `p` once more.
   */
  owed: Set<Term>;
  /** Objects and allocations whose address may be known to others. */
  escaped: Set<Term>;
  /** Results of acquiring calls on this path. */
  acquired: Set<Term>;
  /** Those of them that are storage which did not exist before. */
  allocated: Set<Term>;
  /** Allocated objects that were zeros, with the addresses in them that were stored to since. */
  zeroed: Map<Term, readonly Term[]>;
  /** Pointers to allocated objects that are as large as their type, if they are not null. */
  sized: Set<Term>;
  /** Objects of the function that an event was given or has written. */
  touched: Set<Term>;
  /** Objects whose life has ended on the after side, at least once, while they were alive on the before side and still are. */
  lost: Set<Term>;
  /** `in(place, object)`: a followed place that may lie in the object, which was alive then on the before side. */
  local: Set<Term>;
  links: Links;
  /** Is the declaration of a struct with both members in sight, and neither volatile nor in a union? */
  readonly arePlainMembers: (one: string, other: string, owner?: string) => boolean;
  /** Events the before side has executed and the after side has not. */
  pending: Pending[];
  trace: Trace | undefined;
  /** The place where the walk has seen this state last; a copy has been seen where its original was. */
  seenAt?: object;
}

export function cloneState(state: State): State {
  return {
    ...state,
    before: cloneSide(state.before),
    after: cloneSide(state.after),
    memory: new Map(state.memory),
    followed: new Set(state.followed),
    reached: new Set(state.reached),
    written: new Set(state.written),
    computed: new Set(state.computed),
    owed: new Set(state.owed),
    escaped: new Set(state.escaped),
    acquired: new Set(state.acquired),
    allocated: new Set(state.allocated),
    zeroed: new Map(state.zeroed),
    sized: new Set(state.sized),
    touched: new Set(state.touched),
    lost: new Set(state.lost),
    local: new Set(state.local),
    pending: [...state.pending],
  };
}

function cloneSide(side: Side): Side {
  return {
    ...side,
    stack: [...side.stack],
    locals: new Map(side.locals),
    log: [...side.log],
    reborn: new Set(side.reborn),
  };
}

/** The value of a private local. One never assigned has a value of its own, the same on both sides only for the same name. */
export function localValue(terms: TermTable, side: Side, declaration: Declaration): Term {
  return side.locals.get(declaration.id) ?? terms.named('undefined', `${declaration.name}:${declaration.type}`);
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
    const term = terms.convert(commonType(terms, a, b), terms.fresh('joined'));
    pairs.set(key, term);
    return term;
  };
  const joined = cloneState(other);
  for (const side of ['before', 'after'] as const) joinSides(terms, joined[side], one[side], pair);
  forgetDoubtful(joined, one, other);
  joined.base = one.base === other.base ? one.base : terms.fresh('memory');
  joined.memory = new Map();
  for (const [address, value] of other.memory) {
    const first = one.memory.get(address);
    if (first !== undefined) joined.memory.set(address, pair(first, value));
  }
  joinMarks(terms, joined, one, other, pairs);
  return joined;
}

/** The type of a value that is one of two; the name of an indeterminate local is negative. */
function commonType(terms: TermTable, a: Term, b: Term): string {
  const [one, other] = [a, b].map((term) => (term < 0 || term === terms.null() ? undefined : terms.typeOf(term)));
  if (a < 0 || a === terms.null()) return other ?? '';
  if (b < 0 || b === terms.null()) return one ?? '';
  return one !== undefined && one === other ? one : '';
}

function joinSides(terms: TermTable, joined: Side, one: Side, pair: (a: Term, b: Term) => Term): void {
  joined.stack = joined.stack.map((term, index) => pair(one.stack[index] ?? term, term));
  const locals = localsOf(joined.program);
  // A local that holds nothing yet in one of the states: the pair with its (negative) name keeps it apart from all values.
  // The name is that of `localValue`, so that locals of both sides that go by one name stay equal.
  for (const id of new Set([...one.locals.keys(), ...joined.locals.keys()])) {
    const declaration = locals.get(id);
    const text = declaration ? `${declaration.name}:${declaration.type}` : `parameter ${id}`;
    const nothing = -1 - terms.named('undefined', text);
    joined.locals.set(id, pair(one.locals.get(id) ?? nothing, joined.locals.get(id) ?? nothing));
  }
}

const LOCALS = new WeakMap<Program, ReadonlyMap<number, Declaration>>();

/** The locals that a program reads or assigns, by their ids. */
function localsOf(program: Program): ReadonlyMap<number, Declaration> {
  const known = LOCALS.get(program);
  if (known) return known;
  const locals = new Map<number, Declaration>();
  for (const op of program.ops) {
    if (op.op === 'get' || op.op === 'set' || op.op === 'undefine') locals.set(op.declaration.id, op.declaration);
    if (op.op === 'call') for (const one of op.writes) if (one) locals.set(one.id, one);
    if (op.op === 'text')
      for (const one of [...op.call.mentions, ...op.call.writes, ...op.call.inSight]) locals.set(one.id, one);
  }
  LOCALS.set(program, locals);
  return locals;
}

/**
 * A local of the after side that one of the states has never assigned may only be read where the before side has one
 * that holds the same in both.
 */
function forgetDoubtful(joined: State, one: State, other: State): void {
  const known = new Set(joined.before.locals.values());
  for (const [id, value] of joined.after.locals) {
    const isAssigned = one.after.locals.has(id) && other.after.locals.has(id);
    if (!isAssigned && !known.has(value)) joined.after.locals.delete(id);
  }
}

/** What allows something must hold in both states, what forbids something in one of them. */
function joinMarks(terms: TermTable, joined: State, one: State, other: State, pairs: ReadonlyMap<string, Term>): void {
  joined.followed = both(one.followed, other.followed);
  joined.written = both(one.written, other.written);
  joined.computed = both(one.computed, other.computed);
  joined.acquired = both(one.acquired, other.acquired);
  joined.allocated = both(one.allocated, other.allocated);
  joined.sized = both(one.sized, other.sized);
  joined.zeroed = new Map();
  for (const [object, stored] of other.zeroed) {
    const first = one.zeroed.get(object);
    if (first) joined.zeroed.set(object, [...new Set([...first, ...stored])]);
  }
  joined.owed = either(one.owed, other.owed);
  joined.escaped = either(one.escaped, other.escaped);
  joined.touched = either(one.touched, other.touched);
  joined.lost = either(one.lost, other.lost);
  joined.local = either(one.local, other.local);
  joined.before.reborn = both(one.before.reborn, other.before.reborn);
  const facts = new Map<Term, Fact>();
  for (const [term, fact] of other.facts) {
    const common = commonFact(one.facts.get(term), fact);
    if (common) facts.set(term, common);
  }
  const groups: (readonly Term[])[] = [...one.links];
  for (const [key, term] of pairs) {
    const [a, b] = key.split(',').map(Number);
    if (a === undefined || b === undefined) continue;
    const [first, second] = [factAt(terms, one, a), factAt(terms, other, b)];
    const common = commonFact(first, second);
    if (common) facts.set(term, common);
    if (one.followed.has(a) && other.followed.has(b)) joined.followed.add(term);
    // Nothing is known to keep a joined value apart from others. A small number points nowhere.
    const roots = [term, ...[a, b].filter((part) => part >= 0)]
      .flatMap((part) => terms.roots(part))
      .filter((root) => !terms.isSmall(root));
    for (const root of roots) joined.escaped.add(root);
    groups.push(roots);
  }
  joined.links = linkedAll(joined.links, groups);
  joined.facts = facts;
}

/** What is known of one half of a pair; of a local that holds nothing yet, nothing. */
function factAt(terms: TermTable, state: State, term: Term): Fact | undefined {
  return term < 0 ? undefined : factOf(terms, state.facts, term);
}

function both(one: ReadonlySet<Term>, other: ReadonlySet<Term>): Set<Term> {
  return new Set([...other].filter((term) => one.has(term)));
}

function either(one: ReadonlySet<Term>, other: ReadonlySet<Term>): Set<Term> {
  return new Set([...one, ...other]);
}
