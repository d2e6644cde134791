/**
 * Argument 1 of the proof: a simulation. Both versions are walked together along every path. Equal events advance both
 * sides; branches are open once, when either side first asks, and the answer then holds for both; assignments to private
 * locals and gotos are silent. The relation is explored as a worklist of joint states; a loop is closed when its head is
 * reached in a state that one already explored covers. (Translation validation with a stuttering simulation: Pnueli,
 * Siegel, Singerman, TACAS 1998; Necula, PLDI 2000.)
 */
import { Numbering, outline } from './canonical.ts';
import type { Outline } from './canonical.ts';
import { commute } from './commute.ts';
import type { CommuteContext, Swap } from './commute.ts';
import { happen, isDiagnostic, isMemoryRelease, isSameEvent, isShallowRelease, releasedTerm } from './event.ts';
import type { Event, Happened } from './event.ts';
import { assume, decide } from './facts.ts';
import { isFreshResult, isLinked, linksAfter, mayReach, rootsOf } from './links.ts';
import { baseOf, cellOf, isApart, isInNamedObject, isOfLibrary, load, origin, settle } from './memory.ts';
import { mayBeArray, objectTerm } from './lower.ts';
import type { Declaration } from '../syntax/bindings.ts';
import type { SyntaxNode } from '../syntax/tree.ts';
import { conditionSpan, isAlwaysAlive, mayBeAlive } from './program.ts';
import type { Op, Program } from './program.ts';
import { cloneState, joinStates, localValue } from './state.ts';
import type { Side, State, Trace } from './state.ts';
import { OVERFLOWING } from './terms.ts';
import type { Term, TermTable } from './terms.ts';
import type { RestsOn, Use } from './verdict.ts';
import { Worklist } from './worklist.ts';

/** Why a walk stopped without a match. */
export interface Mismatch {
  readonly reason: string;
  readonly code:
    | 'not-proved'
    | 'budget-exceeded'
    | 'errno-after-release'
    | 'return-reads-resource'
    | 'inner-address'
    | 'order-conflict'
    | 'status-type'
    | 'hidden-control-flow';
  /** Where both sides stand: at their exits, if they could be followed so far. */
  readonly state: State;
  /** The operation at which the before side stood when nothing matched any more. */
  readonly stoppedAt: number;
  /** Where each side ends; undefined where it could not be followed so far. */
  readonly exits: Readonly<Record<'before' | 'after', ReachedExit | undefined>>;
  readonly terms: TermTable;
}

export interface ReachedExit {
  readonly node: SyntaxNode;
  readonly value: Term | undefined;
}

export interface Simulation {
  readonly mismatch: Mismatch | undefined;
  readonly uses: ReadonlySet<Use>;
  readonly restsOn: readonly RestsOn[];
  /** Operations of the before side that are exits and were reached. */
  readonly exits: ReadonlySet<number>;
  /** Joint states explored. */
  readonly states: number;
}

export interface SimulationOptions {
  /** Is the declaration of a struct with both members in sight, and neither volatile nor in a union? */
  readonly arePlainMembers: (one: string, other: string, owner?: string) => boolean;
  readonly acceptLogOrder: boolean;
  /** Joint states after which the proof is given up. */
  readonly budget: number;
}

/**
 * States kept apart at one pair of places before they are joined: fewer, the more of them were explored already, so that
 * long functions are still proved. First those for short ones.
 */
const STATES_PER_PLACE = [6, 4, 2, 1];
const STATES_PER_STEP = 6000;
/** Values computed early that may wait for the before side over a loop: each round adds those of its own. */
const MOST_OWED_IN_LOOP = 4;
/** States explored for each operation of both programs, and for the smallest, before the proof is given up. */
const STATES_PER_OPERATION = 4;
const FEWEST_STATES = 1000;
/** Effects of one side that are followed after a mismatch. */
const MOST_ALONE = 400;
/** Events the before side may run ahead. */
const MOST_PENDING = 24;

/** Walks both programs together. */
export function simulate(before: Program, after: Program, terms: TermTable, options: SimulationOptions): Simulation {
  return new Walk(before, after, terms, options).run();
}

const NO_EXITS = { before: undefined, after: undefined };

/** The walk of one path ended: with a match, or because a covering state was explored already. */
class PathEnded extends Error {}
const PATH_ENDED = new PathEnded();

class Failed extends Error {
  readonly mismatch: Mismatch;
  constructor(mismatch: Mismatch) {
    super(mismatch.reason);
    this.mismatch = mismatch;
  }
}

type Stop =
  | { readonly kind: 'event'; readonly event: Event }
  | { readonly kind: 'exit'; readonly value: Term | undefined }
  | { readonly kind: 'header' }
  | { readonly kind: 'join' }
  | { readonly kind: 'stuck' };

/** An event as far as its kind says more than: no name, no facts, no locals changed, no jump. */
type EventParts = Pick<Event, 'kind' | 'key' | 'args'> & Partial<Event>;

function eventStop(node: SyntaxNode, parts: EventParts): Stop {
  const nothing = {
    name: undefined,
    facts: undefined,
    writes: [],
    mayJump: false,
    onlyReturns: false,
    mayName: false,
    sizedAs: undefined,
  };
  return { kind: 'event', event: { ...nothing, ...parts, node } };
}

/** What was seen at one pair of places. */
class SeenPlace {
  readonly #grants = new Map<string, ReadonlySet<number>[]>();
  count = 0;
  /** The latest state as it was, widened or not. */
  last: State | undefined;
  /** The same, which may have gone on: it has if it has been seen at another place since. */
  latest: State | undefined;

  /** Was a state seen that may do at most what this one may? Then what holds from there on holds from here on. */
  covers({ core, grants }: Outline): boolean {
    return this.#grants.get(core)?.some((seen) => isSubset(seen, grants)) === true;
  }

  add({ core, grants }: Outline, state: State): void {
    const more = (this.#grants.get(core) ?? []).filter((seen) => !isSubset(grants, seen));
    this.#grants.set(core, [...more, grants]);
    this.last = cloneState(state);
    this.latest = state;
    this.count++;
    state.seenAt = this;
  }

  /**
   * The latest state if nothing was said to be covered by what it has shown since. One that has gone on was seen
   * elsewhere, and states that met it there have ended: it has to be explored to its end.
   */
  get waiting(): State | undefined {
    return this.latest?.seenAt === this ? this.latest : undefined;
  }
}

/** Are the same locals assigned? Widened with one that is not, an indeterminate local looks assigned. */
function haveSameLocals(one: State, other: State): boolean {
  const areSame = (a: Side, b: Side): boolean =>
    a.locals.size === b.locals.size && [...a.locals.keys()].every((id) => b.locals.has(id));
  return areSame(one.before, other.before) && areSame(one.after, other.after);
}

function isSubset(part: ReadonlySet<number>, whole: ReadonlySet<number>): boolean {
  if (part.size > whole.size) return false;
  for (const one of part) if (!whole.has(one)) return false;
  return true;
}

class Walk {
  readonly #terms: TermTable;
  readonly #options: SimulationOptions;
  readonly #work = new Worklist();
  readonly #seen = new Map<string, SeenPlace>();
  readonly #numbering = new Numbering();
  readonly #uses = new Set<Use>();
  readonly #restsOn = new Map<string, RestsOn>();
  readonly #exits = new Set<number>();
  readonly #before: Program;
  readonly #after: Program;
  readonly #budget: number;
  /** Objects that end on the after side before the function does. */
  readonly #inner: readonly Term[];
  #states = 0;
  /** One side runs on its own, to see where it ends. */
  #isAlone = false;

  constructor(before: Program, after: Program, terms: TermTable, options: SimulationOptions) {
    this.#terms = terms;
    this.#options = options;
    this.#before = before;
    this.#after = after;
    this.#inner = after.objects.filter((one) => !isAlwaysAlive(after, one)).map((one) => one.term);
    const size = before.ops.length + after.ops.length;
    this.#budget = Math.min(options.budget, FEWEST_STATES + STATES_PER_OPERATION * size);
  }

  run(): Simulation {
    let mismatch: Mismatch | undefined;
    try {
      this.#work.push(this.#start());
      for (let state = this.#work.pop(); state; state = this.#work.pop()) this.#path(state);
    } catch (error) {
      if (!(error instanceof Failed)) throw error;
      mismatch = this.#toExits(error.mismatch);
    }
    return {
      mismatch,
      uses: this.#uses,
      restsOn: [...this.#restsOn.values()],
      exits: this.#exits,
      states: this.#states,
    };
  }

  #start(): State {
    const side = (program: Program): Side => ({
      program,
      at: 0,
      stack: [],
      locals: new Map(
        program.parameters
          .filter((one) => program.isPrivate(one))
          .map((one) => [one.id, this.#terms.named('parameter', `${program.parameters.indexOf(one)}:${one.type}`)]),
      ),
      log: [],
      reborn: new Set(),
    });
    return {
      before: side(this.#before),
      after: side(this.#after),
      base: this.#terms.fresh('memory'),
      memory: new Map(),
      facts: new Map(),
      followed: new Set(),
      reached: new Set(),
      written: new Set(),
      computed: new Set(),
      owed: new Set(),
      escaped: new Set(),
      acquired: new Set(),
      allocated: new Set(),
      zeroed: new Map(),
      sized: new Set(),
      touched: new Set(),
      lost: new Set(),
      local: new Set(),
      links: new Map(),
      arePlainMembers: this.#options.arePlainMembers,
      pending: [],
      trace: undefined,
    };
  }

  #path(state: State): void {
    try {
      do this.#round(state);
      while (!this.#work.hasEarlier(state));
      this.#work.push(state);
    } catch (error) {
      if (!(error instanceof PathEnded)) throw error;
    }
  }

  #fail(state: State, reason: string, code: Mismatch['code'] = 'not-proved'): never {
    const stoppedAt = state.before.at;
    throw new Failed({ reason, code, state, stoppedAt, exits: NO_EXITS, terms: this.#terms });
  }

  /** Both sides run to their next stop; then the stops are compared. */
  #round(state: State): void {
    const first = this.#runTo(state, 'before');
    const second = this.#runTo(state, 'after');
    if (first.kind === 'join' || second.kind === 'join')
      return this.#join(state, first.kind === 'join', second.kind === 'join');
    if (second.kind === 'event' && this.#matchPending(state, second.event)) return;
    if (first.kind === 'event' && second.kind === 'event' && this.#isSame(state, first.event, second.event)) {
      const swaps = this.#passPending(state, first.event);
      if (swaps) return this.#both(state, first.event, second.event, swaps);
    }
    if (first.kind === 'exit' && second.kind === 'exit') return this.#exit(state, first.value, second.value);
    if (first.kind === 'header' && second.kind === 'header') return this.#header(state);
    if (second.kind === 'event' && this.#skipNoop(state, 'after', second.event)) return;
    if (second.kind === 'event' && this.#skipSameStore(state, second.event)) return;
    if (first.kind === 'event' && this.#skipNoop(state, 'before', first.event)) return;
    if (first.kind === 'event' && second.kind === 'event' && this.#runAhead(state, first.event, second.event)) return;
    if (first.kind === 'stuck' && second.kind === 'stuck' && state.pending.length === 0) {
      this.#payUp(state, true);
      throw PATH_ENDED;
    }
    this.#mismatch(state, first, second);
  }

  // ---- one side

  /** Runs one side silently up to an event, an exit or a loop head. */
  #runTo(state: State, name: 'before' | 'after'): Stop {
    for (;;) {
      // Widening at a join puts new sides in the state's place.
      const side = state[name];
      const op = side.program.ops[side.at];
      if (!op) return this.#fail(state, 'the program ran off its end');
      const stop = this.#stopAt(state, side, op);
      if (stop) return stop;
      this.#silent(state, name, side, op);
    }
  }

  #stopAt(state: State, side: Side, op: Op): Stop | undefined {
    const node = side.program.nodes[side.at];
    if (!node) return this.#fail(state, 'an operation has no place');
    const top = (count: number): Term[] => side.stack.slice(side.stack.length - count);
    switch (op.op) {
      case 'exit':
        return { kind: 'exit', value: op.hasValue ? side.stack.at(-1) : undefined };
      case 'header':
      case 'join':
        return { kind: op.op };
      case 'stuck':
        return { kind: 'stuck' };
      case 'call': {
        if (this.#isFunctionOfNumbers(op, top(op.arity))) return undefined;
        const key = `${op.name ?? '(pointer)'} ${op.tag}`;
        const { name, facts, writes, sizedAs } = op;
        return eventStop(node, { kind: 'call', key, args: top(op.arity), name, facts, writes, sizedAs });
      }
      case 'text':
        return eventStop(node, this.#textEvent(side, op));
      case 'store': {
        const [address, value] = top(2);
        if (address === undefined || value === undefined) return this.#fail(state, 'a store has no operands');
        // The store is certain to come: what it follows may be followed.
        if (side === state.before) this.#write(state, address);
        const key = `store${op.isVolatile ? ' volatile' : ''}${op.isInitial ? ' initial' : ''} ${op.tag}`;
        const args = [address, this.#terms.stored(address, value)];
        return eventStop(node, { kind: 'store', key, args, mayJump: op.isVolatile });
      }
      case 'load':
        if (!op.isVolatile) return undefined;
        return eventStop(node, { kind: 'volatile-load', key: 'volatile', args: top(1), mayJump: true });
      case 'leave-macro':
        return eventStop(node, { kind: 'leave-macro', key: op.text, args: [], mayJump: true });
      default:
        return undefined;
    }
  }

  /** Without effects, certain to return, and of numbers only, so that it reads no memory: the call is but its value. */
  #isFunctionOfNumbers({ facts, writes }: Extract<Op, { op: 'call' }>, args: readonly Term[]): boolean {
    if (facts?.isArithmetic !== true || facts.neverReturns !== false || facts.keepsErrno !== true) return false;
    return writes.every((one) => one === undefined) && args.every((arg) => this.#terms.isNumber(arg));
  }

  /** A macro or another text that is not taken apart: it is equal to one with the same words that mean the same. */
  #textEvent(side: Side, op: Extract<Op, { op: 'text' }>): EventParts {
    const { mentions, text, writes, site, tag, globals, mayJump, onlyReturns, mayName } = op.call;
    const names = mentions.map((one) => `${one.name}:${one.type}`).join(',');
    const args = mentions.map((one) =>
      side.program.isPrivate(one) ? localValue(this.#terms, side, one) : objectTerm(this.#terms, one),
    );
    const written = writes.map((one) => one.name).join(',');
    const key = [text, names, written, site ?? '', tag].join('\u0001');
    for (const name of globals) args.push(this.#terms.named('global', name));
    const name = op.facts ? text.split(' ', 1)[0] : undefined;
    return { kind: 'text', key, args, name, facts: op.facts, writes, mayJump, onlyReturns, mayName };
  }

  #silent(state: State, name: 'before' | 'after', side: Side, op: Op): void {
    const pop = (): Term => side.stack.pop() ?? this.#fail(state, 'the operand stack is empty');
    switch (op.op) {
      case 'push':
        side.stack.push(op.term);
        break;
      case 'get':
        this.#get(state, name, side, op.declaration);
        break;
      case 'set': {
        // What a pointer points to may be const; of all else the value has no qualifiers. C11 6.3.2.1p2.
        const { type } = op.declaration;
        const value = this.#convert(state, name, type.endsWith('*') ? type : type.replace(/^const /, ''), pop());
        side.locals.set(op.declaration.id, value);
        side.stack.push(value);
        break;
      }
      case 'undefine':
        this.#undefine(state, name, side, op.declaration);
        break;
      case 'load':
        side.stack.push(this.#load(state, name, side, pop(), op.mayDecay === true));
        break;
      case 'apply':
        this.#apply(state, name, side, op);
        break;
      case 'call': {
        const args = side.stack.splice(side.stack.length - op.arity, op.arity);
        const term = this.#terms.convert(op.returns, this.#terms.apply('call', args, op.name));
        // What C leaves undefined may happen inside.
        this.#compute(state, name, term);
        side.stack.push(term);
        break;
      }
      case 'convert':
        side.stack.push(this.#convert(state, name, op.type, pop()));
        break;
      case 'drop':
        pop();
        break;
      case 'copy': {
        const value = pop();
        side.stack.push(value, value);
        break;
      }
      case 'swap': {
        const upper = pop();
        const lower = pop();
        side.stack.push(upper, lower);
        break;
      }
      case 'leave':
        this.#leave(state, name, side, op);
        break;
      case 'jump':
        side.at = op.to;
        return;
      case 'unless':
        return this.#branch(state, name, side, pop(), op.to);
      case 'case':
        return this.#case(state, name, side, op);
      default:
        this.#fail(state, `an operation is not silent: ${op.op}`);
    }
    side.at++;
  }

  /** What was never assigned may only be read where the before side reads it too. */
  #get(state: State, name: 'before' | 'after', side: Side, declaration: Declaration): void {
    const value = localValue(this.#terms, side, declaration);
    if (!side.locals.has(declaration.id) && !mayBeArray(declaration)) this.#compute(state, name, value);
    side.stack.push(value);
  }

  /** A declaration without initialiser is passed: what the object held is gone. C11 6.2.4p6. */
  #undefine(state: State, name: 'before' | 'after', side: Side, declaration: Declaration): void {
    if (side.program.isPrivate(declaration)) {
      side.locals.delete(declaration.id);
      return;
    }
    const object = objectTerm(this.#terms, declaration);
    if (name === 'before') {
      state.lost.delete(object);
    } else {
      const isKept = state.touched.has(object) && this.#isAliveBefore(state, object);
      if (isKept && !state.before.reborn.has(object))
        this.#fail(
          state,
          `\`${declaration.name}\` loses its value where it keeps it in the before version`,
          'inner-address',
        );
      this.#loseAhead(state, object);
    }
    side.reborn.add(object);
  }

  #leave(state: State, name: 'before' | 'after', side: Side, op: Extract<Op, { op: 'leave' }>): void {
    for (const declaration of op.declarations) {
      if (declaration.isStatic || declaration.isExtern) continue;
      if (side.program.isPrivate(declaration)) side.locals.delete(declaration.id);
      if (side.program.isPrivate(declaration) && !mayBeArray(declaration)) continue;
      const object = objectTerm(this.#terms, declaration);
      if (name === 'before') {
        state.lost.delete(object);
        side.reborn.add(object);
      } else {
        if (this.#isAliveBefore(state, object) && !state.before.reborn.has(object)) state.lost.add(object);
        this.#loseAhead(state, object);
      }
    }
  }

  #isAliveBefore(state: State, object: Term, at = state.before.at): boolean {
    return state.before.program.objects.some((one) => one.term === object && mayBeAlive(state.before.program, at, one));
  }

  /** What the after side loses now, the events that the before side is ahead by have found. */
  #loseAhead(state: State, object: Term): void {
    state.pending = state.pending.map((ahead) =>
      this.#isAliveBefore(state, object, ahead.at) ? { ...ahead, lost: new Set([...ahead.lost, object]) } : ahead,
    );
  }

  #load(state: State, name: 'before' | 'after', side: Side, address: Term, mayDecay: boolean): Term {
    if (name === 'before') this.#follow(state, address);
    else this.#mayFollow(state, address);
    const value = load(this.#terms, state, side, address);
    // Nobody assigns to an array: what was stored there as a whole is the value of something else.
    if (!mayDecay || this.#terms.isStoredAt(address, value)) return value;
    return this.#terms.apply('either', [value, address]);
  }

  #write(state: State, address: Term): void {
    this.#follow(state, address);
    state.written.add(cellOf(this.#terms, address));
  }

  /** The before side reads or writes at the address. */
  #follow(state: State, address: Term): void {
    const cell = cellOf(this.#terms, address);
    state.followed.add(cell);
    for (const object of this.#inner) {
      const mark = this.#terms.apply('in', [cell, object]);
      if (this.#isAliveBefore(state, object) && this.#mayBeIn(state, baseOf(this.#terms, cell), object))
        state.local.add(mark);
      else state.local.delete(mark);
    }
    state.owed.delete(this.#terms.apply('read', [cell]));
    state.owed.delete(this.#terms.apply('alive', [baseOf(this.#terms, cell)]));
  }

  /** The after side may only read where the before side reads or writes on this path: elsewhere it might trap. */
  #mayFollow(state: State, address: Term): void {
    const base = baseOf(this.#terms, address);
    const { program, at } = state.after;
    const cell = cellOf(this.#terms, address);
    for (const object of program.objects) {
      const isAlive = mayBeAlive(program, at, object) && !state.lost.has(object.term);
      if (isAlive || !this.#mayBeIn(state, base, object.term)) continue;
      // What the before side has read, or will read, where the object was not alive lies elsewhere.
      const isElsewhere = state.followed.has(cell)
        ? !state.local.has(this.#terms.apply('in', [cell, object.term]))
        : !this.#isAliveBefore(state, object.term);
      if (isElsewhere && !this.#terms.roots(base).includes(object.term)) continue;
      this.#fail(state, 'the after version reads an object of a block that has ended', 'inner-address');
    }
    // What the before side has followed since its last release is alive: the after side has released nothing more.
    const isAlive = [...state.followed].some((one) => baseOf(this.#terms, one) === base);
    const isHeld = this.#isStillHeld(state, base);
    if (!isAlive && !isHeld && this.#isReleasedAhead(state, base)) {
      const releaser = this.#releaserOf(state, base);
      const words = releaser ? `reads what \`${releaser.name}\` has released` : 'reads what it may have released';
      this.#fail(state, `the after version ${words}`, 'return-reads-resource');
    }
    if (isInNamedObject(this.#terms, address) || state.followed.has(cell)) return;
    if (isHeld && state.reached.has(cell)) return;
    if (state.sized.has(cell) && decide(this.#terms, state.facts, cell) === true) return;
    state.owed.add(this.#terms.apply('read', [cell]));
  }

  /** May an address computed from `base` lie in the object? */
  #mayBeIn(state: State, base: Term, object: Term): boolean {
    const roots = this.#terms.roots(base);
    const isNamed = (root: Term): boolean => /^(object|global)$/.test(this.#terms.node(root).op);
    if (roots.length > 0 && roots.every(isNamed)) return roots.includes(object);
    if (isLinked(this.#terms, state, base, object)) return true;
    return state.escaped.has(object) && !isApart(this.#terms, state, base, object);
  }

  #isReleasedAhead(state: State, base: Term): boolean {
    return state.after.log.some((event) => {
      const released = releasedTerm(event);
      return released !== undefined && this.#isGone(state, base, event, released);
    });
  }

  /**
   * Is this an object that the before side has released and the after side has not? What the after side has released
   * meanwhile, the before side has released too, so that it is something else: one object is not released twice.
   */
  #isStillHeld(state: State, base: Term): boolean {
    return (
      this.#isReleasePending(state, base) &&
      state.after.log.every((event) => releasedTerm(event) === undefined || isShallowRelease(event))
    );
  }

  /** Is the release of the very object one that the before side is ahead by? */
  #isReleasePending(state: State, base: Term): boolean {
    const bare = origin(this.#terms, base);
    return state.pending.some((event) => {
      const released = releasedTerm(event);
      return isShallowRelease(event) && released !== undefined && origin(this.#terms, released) === bare;
    });
  }

  /** The event by which the after side gave back the very pointer. */
  #releaserOf(state: State, base: Term): Event | undefined {
    const bare = origin(this.#terms, base);
    return state.after.log.find((event) => {
      const released = releasedTerm(event);
      return isMemoryRelease(event) && released !== undefined && origin(this.#terms, released) === bare;
    });
  }

  /** May what `base` points to have gone with the release? */
  #isGone(state: State, base: Term, event: Event, released: Term): boolean {
    if (mayReach(this.#terms, state, base, released) || !isApart(this.#terms, state, base, released)) return true;
    return event.facts?.releases?.isShallow !== true && mayReach(this.#terms, state, released, base);
  }

  #apply(state: State, name: 'before' | 'after', side: Side, op: Extract<Op, { op: 'apply' }>): void {
    const args = side.stack.splice(side.stack.length - op.arity, op.arity);
    const term = this.#terms.apply(op.name, args, op.text);
    if (this.#terms.mayTrap(op.name, args)) this.#compute(state, name, term);
    side.stack.push(term);
  }

  #convert(state: State, name: 'before' | 'after', type: string, value: Term): Term {
    const term = this.#terms.convert(type, value);
    if (term !== value && this.#terms.mayOverflow(type, value)) this.#compute(state, name, term);
    return term;
  }

  /** A value whose computation C does not define for all operands: the after side may not be the only one to compute it. */
  #compute(state: State, name: 'before' | 'after', term: Term): void {
    if (name === 'before') {
      state.computed.add(term);
      state.owed.delete(term);
    } else if (!state.computed.has(term)) {
      state.owed.add(term);
    }
  }

  /**
   * Beyond this point the before side need not do any more what the after side has relied on. What overflows does not
   * trap: it is enough that the before side computes it on the way to the exit.
   */
  #payUp(state: State, isExit = false): void {
    const owed = [...state.owed].find((one) => isExit || !OVERFLOWING.has(this.#terms.node(one).op));
    if (owed === undefined) return;
    const { op } = this.#terms.node(owed);
    if (op === 'alive') this.#fail(state, 'a store passes a release that may be of the same object', 'order-conflict');
    if (op === 'read')
      this.#fail(state, 'the after version reads memory that the before version does not read on this path');
    if (op === 'undefined') this.#fail(state, 'the after version reads a variable that was never assigned');
    this.#fail(state, 'the after version computes what may overflow or trap and the before version does not compute');
  }

  // ---- branches

  #branch(state: State, name: 'before' | 'after', side: Side, condition: Term, whenZero: number): void {
    const known = decide(this.#terms, state.facts, condition);
    const offset = side.program.nodes[side.at]?.start ?? 0;
    const no = side.at;
    if (known !== undefined) {
      side.at = known ? side.at + 1 : whenZero;
      return;
    }
    const text = this.#conditionText(side, no);
    if (this.#isAlone) {
      const isTrue = this.#decided(state, condition, true, { name, text, offset });
      if (!isTrue) this.#decided(state, condition, false, { name, text, offset });
      side.at = isTrue ? no + 1 : whenZero;
      return;
    }
    const other = cloneState(state);
    other[name].at = whenZero;
    this.#decided(other, condition, false, { name, text, offset });
    side.at++;
    if (!this.#decided(state, condition, true, { name, text, offset })) throw PATH_ENDED;
  }

  // ---- after a mismatch

  /** Each side goes on alone to its exit, so that people see all of it. */
  #toExits(mismatch: Mismatch): Mismatch {
    const state = cloneState(mismatch.state);
    const exits = { before: this.#complete(state, 'before'), after: this.#complete(state, 'after') };
    return { ...mismatch, state, exits };
  }

  /** Runs one side to its exit, on its own, with the answers that are known; undefined where it is not reached. */
  #complete(state: State, name: 'before' | 'after'): ReachedExit | undefined {
    const headers = new Set<number>();
    this.#isAlone = true;
    try {
      for (let steps = 0; steps < MOST_ALONE; steps++) {
        const stop = this.#runTo(state, name);
        const side = state[name];
        const node = side.program.nodes[side.at];
        if (stop.kind === 'exit') return node && { node, value: stop.value };
        if (stop.kind === 'stuck' || (stop.kind === 'header' && headers.has(side.at))) return undefined;
        if (stop.kind === 'header') headers.add(side.at);
        if (stop.kind !== 'event') side.at++;
        else if (!this.#skipNoop(state, name, stop.event)) {
          const happened = happen(stop.event, this.#terms);
          this.#record(state, happened, name);
          this.#finishEvent(side, stop.event, happened);
        }
      }
      return undefined;
    } catch (error) {
      if (error instanceof Failed || error instanceof PathEnded) return undefined;
      throw error;
    } finally {
      this.#isAlone = false;
    }
  }

  /** Takes the condition as decided; false when the path contradicts itself. Queues nothing. */
  #decided(
    state: State,
    condition: Term,
    taken: boolean,
    place: { name: 'before' | 'after'; text: string; offset: number },
  ): boolean {
    const facts = assume(this.#terms, state.facts, condition, taken);
    if (!facts) return false;
    state.facts = facts;
    state.trace = {
      previous: state.trace,
      kind: 'decision',
      side: place.name,
      text: place.text,
      taken,
      offset: place.offset,
      condition,
    };
    if (!taken && !this.#isAlone) this.#work.push(state);
    return true;
  }

  #conditionText(side: Side, at: number): string {
    const node = side.program.nodes[at];
    const span = node && conditionSpan(node);
    return span ? `${span.start}-${span.end}` : '';
  }

  #case(state: State, name: 'before' | 'after', side: Side, op: Extract<Op, { op: 'case' }>): void {
    const value = side.stack.at(-1) ?? this.#fail(state, 'the operand stack is empty');
    const condition =
      op.label === undefined ? this.#terms.apply('case', [value], op.text) : this.#terms.apply('==', [value, op.label]);
    const known = decide(this.#terms, state.facts, condition);
    if (known === false) {
      side.at++;
      return;
    }
    const offset = side.program.nodes[side.at]?.start ?? 0;
    const text = this.#conditionText(side, side.at);
    if (known === undefined && this.#isAlone) {
      this.#decided(state, condition, false, { name, text, offset });
      side.at++;
      return;
    }
    if (known === undefined) {
      const other = cloneState(state);
      other[name].at++;
      this.#decided(other, condition, false, { name, text, offset });
      if (!this.#decided(state, condition, true, { name, text, offset })) throw PATH_ENDED;
    }
    side.stack.pop();
    side.at = op.to;
  }

  // ---- both sides

  #context(state: State): CommuteContext {
    return { terms: this.#terms, state, acceptLogOrder: this.#options.acceptLogOrder };
  }

  /** Does the after side's event match one the before side executed earlier, past all that stand before that one? */
  #matchPending(state: State, event: Event): boolean {
    const context = this.#context(state);
    const index = state.pending.findIndex((ahead) => isSameEvent(ahead, event));
    const match = state.pending[index];
    if (!match) return false;
    const passed = state.pending.slice(0, index);
    const swaps = passed.map((ahead) => commute(context, ahead, event));
    if (swaps.includes(undefined)) return false;
    this.#checkLifetimes(state, event, match.at, match.lost);
    this.#record(state, { ...match, node: event.node }, 'after');
    this.#finishEvent(state.after, event, match);
    state.pending = state.pending.toSpliced(index, 1);
    for (const [at, ahead] of passed.entries()) this.#use(state, swaps[at], ahead, event);
    if (state.pending.length === 0) settle(this.#terms, state);
    this.#visit(state);
    return true;
  }

  /** May an event of both sides pass everything the before side is ahead by? */
  #passPending(state: State, event: Event): readonly Swap[] | undefined {
    const context = this.#context(state);
    const swaps: Swap[] = [];
    for (const ahead of state.pending) {
      const swap = commute(context, ahead, event);
      if (!swap) return undefined;
      swaps.push(swap);
    }
    return swaps;
  }

  #both(state: State, first: Event, second: Event, swaps: readonly Swap[]): void {
    this.#checkLifetimes(state, second, state.before.at, state.lost);
    // A macro may hold an exit.
    if (first.mayJump || !this.#isCertainToReturn(first)) this.#payUp(state, first.kind === 'text' && first.mayJump);
    const passed = [...state.pending];
    const named = first.mayName ? this.#namedByBoth(state) : [];
    const targets = first.mayJump ? this.#hiddenTargets(state, first) : [];
    const happened = happen(first, this.#terms);
    this.#record(state, happened, 'both');
    this.#finishEvent(state.before, first, happened);
    this.#finishEvent(state.after, second, happened);
    this.#effectsOf(state, happened);
    for (const [at, ahead] of passed.entries()) this.#use(state, swaps[at], ahead, first);
    for (const [one, other] of named) {
      const value = this.#terms.fresh(`after ${first.name ?? 'a macro'}: ${one.name}`);
      state.before.locals.set(one.id, value);
      state.after.locals.set(other.id, value);
    }
    if (state.pending.length === 0) settle(this.#terms, state);
    for (const target of targets) this.#jump(state, first, target);
    this.#visit(state);
  }

  /** The same event for whoever sees it: a macro of unknown kind may see the locals around it too. */
  #isSame(state: State, first: Event, second: Event): boolean {
    if (!isSameEvent(first, second)) return false;
    if (!first.mayName) return true;
    const value = (side: Side, declaration: Declaration): Term =>
      side.program.isPrivate(declaration)
        ? localValue(this.#terms, side, declaration)
        : objectTerm(this.#terms, declaration);
    return this.#inSight(state).every(
      ([one, other]) => other !== undefined && value(state.before, one) === value(state.after, other),
    );
  }

  /** Locals that the before side has in sight, with those of the after side that have their names. */
  #inSight(state: State): (readonly [Declaration, Declaration | undefined])[] {
    const [mine, others] = [state.before, state.after].map((side) => {
      const op = side.program.ops[side.at];
      return op?.op === 'text' ? op.call.inSight : [];
    });
    return (mine ?? []).map((one) => [one, others?.find((other) => other.name === one.name)]);
  }

  /** Private locals that both sides have in sight, by their names. */
  #namedByBoth(state: State): (readonly [Declaration, Declaration])[] {
    const { before, after } = state;
    return this.#inSight(state).flatMap(([one, other]) =>
      other && before.program.isPrivate(one) && after.program.isPrivate(other) ? [[one, other] as const] : [],
    );
  }

  /** After it the before side goes on, whatever it does. */
  #isCertainToReturn(event: Event): boolean {
    if (event.kind === 'store') return !event.mayJump;
    if (event.kind === 'call' && event.facts?.neverReturns === false) return true;
    return isMemoryRelease(event) || isDiagnostic(event);
  }

  /** The before side executes its event alone: the after side's must be able to pass it later. */
  #runAhead(state: State, first: Event, second: Event): boolean {
    if (state.pending.length >= MOST_PENDING || first.mayJump) return false;
    if (!commute(this.#context(state), first, second)) return false;
    if (!this.#isCertainToReturn(first)) this.#payUp(state);
    const happened = happen(first, this.#terms);
    const { at } = state.before;
    this.#record(state, happened, 'before');
    this.#finishEvent(state.before, first, happened);
    state.pending.push({ ...happened, at, lost: new Set(state.lost) });
    this.#effectsOf(state, happened);
    this.#visit(state);
    return true;
  }

  /** Takes the operands from the stack, gives the result and the changed locals. */
  #finishEvent(side: Side, event: Event, happened: Happened): void {
    const op = side.program.ops[side.at];
    if (op?.op === 'call') side.stack.splice(side.stack.length - op.arity, op.arity);
    if (op?.op === 'store') side.stack.splice(side.stack.length - 2, 2);
    if (op?.op === 'load') side.stack.pop();
    if (op?.op === 'call') side.stack.push(this.#terms.convert(op.returns, happened.result));
    else if (op?.op !== 'leave-macro') side.stack.push(happened.result);
    event.writes.forEach((declaration, index) => {
      const value = happened.outputs[index];
      if (declaration && value !== undefined && side.program.isPrivate(declaration))
        side.locals.set(declaration.id, value);
    });
    side.log.push(happened);
    side.reborn.clear();
    side.at++;
  }

  #record(state: State, event: Happened, side: Trace['side']): void {
    state.trace = {
      previous: state.trace,
      kind: 'effect',
      side,
      text: `${event.node.start}-${event.node.end}`,
      taken: true,
      offset: event.node.start,
      event,
    };
    this.#restOn(event);
  }

  /** What the event tells about the values it was given: who knows them now, what is held, what is gone. */
  #effectsOf(state: State, event: Happened): void {
    const released = releasedTerm(event);
    if (event.facts?.acquires?.some((one) => one.handle === 'result')) state.acquired.add(event.result);
    if (isFreshResult(event)) state.allocated.add(event.result);
    if (event.sizedAs !== undefined) state.sized.add(this.#terms.convert(event.sizedAs, event.result));
    state.links = linksAfter(this.#terms, state, event);
    this.#unfollow(state, event, released);
    event.args.forEach((arg, index) => {
      for (const root of this.#terms.roots(arg)) if (this.#terms.node(root).op === 'object') state.touched.add(root);
      if (arg === released || isDiagnostic(event)) return;
      if (event.kind === 'store' && index === 0) return;
      const { retains, consumes } = (event.kind === 'call' ? event.facts : undefined) ?? {};
      if (retains && !retains.includes(index) && !consumes?.includes(index)) return;
      this.#escape(state, arg);
    });
    if (event.kind !== 'call') return;
    event.writes.forEach((declaration, index) => {
      // An array behind a typedef: the callee got its address.
      const isKept = event.facts?.retains?.includes(index) ?? true;
      if (declaration && isKept) state.escaped.add(objectTerm(this.#terms, declaration));
    });
  }

  /**
   * A release, or a callee that may release, ends what is known of pointers: that the before side followed one earlier
   * does not allow the after side to follow it now, unless it certainly points elsewhere.
   */
  #unfollow(state: State, event: Happened, released: Term | undefined): void {
    if (event.kind === 'store' || isDiagnostic(event)) return;
    for (const cell of [...state.followed, ...state.sized, ...state.reached]) {
      const base = baseOf(this.#terms, cell);
      const { op } = this.#terms.node(base);
      if (op === 'object' || op === 'global') continue;
      const isGone =
        released === undefined ? this.#mayEnd(state, event, base) : this.#isGone(state, base, event, released);
      if (!isGone) continue;
      if (isShallowRelease(event) && state.followed.has(cell)) state.reached.add(cell);
      else if (!isShallowRelease(event)) state.reached.delete(cell);
      state.followed.delete(cell);
      state.sized.delete(cell);
    }
  }

  /** May a callee that is no known release give back what `base` points to? */
  #mayEnd(state: State, event: Happened, base: Term): boolean {
    const facts = event.kind === 'call' ? event.facts : undefined;
    const taken = (facts?.consumes ?? []).flatMap((index) => event.args.slice(index, index + 1));
    if (taken.some((arg) => mayReach(this.#terms, state, base, arg) || !isApart(this.#terms, state, base, arg)))
      return true;
    // A mapped file can be made shorter, or protected.
    if (isOfLibrary(this.#terms, base)) return true;
    // Told what it writes, a callee gives back nothing but what it finds there, and only if it is one that allocates.
    if (facts?.writesThrough && facts.retains) {
      if (!facts.acquires?.some((one) => one.handle !== 'result')) return false;
      const written = facts.writesThrough.flatMap((index) => event.args.slice(index, index + 1));
      return written.some((arg) => mayReach(this.#terms, state, arg, base));
    }
    const roots = rootsOf(this.#terms, state, base);
    const isOwn = roots.length > 0 && roots.every((root) => state.allocated.has(root) && !state.escaped.has(root));
    return !isOwn || event.args.some((arg) => isLinked(this.#terms, state, arg, base));
  }

  /** Who gets a value may get at all it is computed from; what was loaded from memory was known there already. */
  #escape(state: State, term: Term): void {
    const work = [term];
    const seen = new Set<Term>();
    for (let next = work.pop(); next !== undefined; next = work.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      const node = this.#terms.node(next);
      if (node.op === 'fresh' || node.op === 'object') state.escaped.add(next);
      if (node.op !== 'load') work.push(...node.args);
    }
  }

  /**
   * What is alive where the before side executes the event, and is not on the after side, must not be reachable for it.
   * Where it has ended on both sides nobody may use it.
   */
  #checkLifetimes(state: State, event: Event, at: number, lost: ReadonlySet<Term>): void {
    const { program } = state.after;
    for (const object of state.before.program.objects) {
      if (!mayBeAlive(state.before.program, at, object)) continue;
      const { term } = object;
      const isKept = program.objects.some((one) => one.term === term && mayBeAlive(program, state.after.at, one));
      if ((isKept && !lost.has(term)) || this.#isHarmless(state, event, term)) continue;
      if (state.escaped.has(term) || event.args.some((arg) => isLinked(this.#terms, state, arg, term))) {
        this.#fail(
          state,
          `\`${nameOf(this.#terms.node(term).text)}\` of an inner block would be used after the block has ended`,
          'inner-address',
        );
      }
    }
  }

  /** Releasing storage without looking into it, or storing something else elsewhere, does not touch the object. */
  #isHarmless(state: State, event: Event, object: Term): boolean {
    const [address, value] = event.args;
    if (event.kind === 'store' && address !== undefined && value !== undefined)
      return isApart(this.#terms, state, address, object) && !isLinked(this.#terms, state, value, object);
    return isShallowRelease(event);
  }

  /** A name of unknown kind may be a macro that jumps: every label must then mean the same on both sides. */
  #hiddenTargets(state: State, event: Event): readonly (readonly [number, number])[] {
    if (event.kind !== 'text') return [];
    if (state.pending.length > 0) this.#fail(state, 'a call of unknown kind stands between reordered effects');
    if (event.onlyReturns) return [];
    const targets = hiddenTargets(state.after);
    return [...hiddenTargets(state.before)].map(([label, at]) => {
      const to = targets.get(label);
      if (to === undefined) {
        this.#fail(
          state,
          `\`${event.name ?? 'a call'}\` may be a macro that jumps to \`${label}\`, which is gone`,
          'hidden-control-flow',
        );
      }
      return [at, to] as const;
    });
  }

  #jump(state: State, event: Event, [before, after]: readonly [number, number]): void {
    const jumped = cloneState(state);
    jumped.before.at = before;
    jumped.after.at = after;
    this.#loseByJump(state, jumped);
    jumped.before.stack = [];
    jumped.after.stack = [];
    jumped.trace = {
      previous: state.trace,
      kind: 'decision',
      side: 'both',
      text: `${event.node.start}-${event.node.end}`,
      taken: true,
      offset: event.node.start,
    };
    this.#queue(jumped);
  }

  /** A hidden jump passes no operation that says which blocks it leaves. */
  #loseByJump(from: State, to: State): void {
    for (const object of to.after.program.objects) {
      if (!this.#isAliveBefore(to, object.term)) to.lost.delete(object.term);
      else if (!mayBeAlive(to.after.program, to.after.at, object)) to.lost.add(object.term);
      else if (!this.#isAliveBefore(from, object.term)) to.lost.delete(object.term);
    }
  }

  #queue(state: State): void {
    try {
      // The head of a loop visits the state itself, and must not find that it has been there.
      const [isBefore, isAfter] = [state.before, state.after].map(
        ({ program, at }) => program.ops[at]?.op === 'header',
      );
      if (!isBefore || !isAfter) this.#visit(state);
      this.#work.push(state);
    } catch (error) {
      if (!(error instanceof PathEnded)) throw error;
    }
  }

  /** A release of a handle that is known to be its sentinel, where that has no effect, is a silent step. */
  #skipNoop(state: State, name: 'before' | 'after', event: Event): boolean {
    const releases = event.kind === 'call' ? event.facts?.releases : undefined;
    const released = releasedTerm(event);
    if (!releases?.noopOnSentinel || releases.sentinel !== 'null' || released === undefined) return false;
    if (decide(this.#terms, state.facts, released) !== false) return false;
    const side = state[name];
    const op = side.program.ops[side.at];
    if (op?.op !== 'call') return false;
    side.stack.splice(side.stack.length - op.arity, op.arity);
    side.stack.push(this.#terms.fresh('nothing'));
    side.at++;
    this.#uses.add('noop-release');
    this.#restsOn.set(`noop ${event.name}`, {
      name: event.name ?? '',
      fact: 'no-op on NULL',
      from: event.facts?.from ?? '',
    });
    return true;
  }

  /**
   * The reset beside a release that did nothing: a null pointer is stored where one is, in a plain member that the before
   * side has written on this path and that is still there.
   */
  #skipSameStore(state: State, event: Event): boolean {
    const [address, value] = event.args;
    if (event.kind !== 'store' || event.mayJump || address === undefined || value === undefined) return false;
    const { op, text, args } = this.#terms.node(address);
    const owner = args[0] === undefined ? undefined : this.#terms.structOf(args[0]);
    const isPlain = op === 'field' && state.arePlainMembers(text, text, owner) && !event.key.includes('initial');
    if (!isPlain || origin(this.#terms, value) !== this.#terms.null()) return false;
    const cell = cellOf(this.#terms, address);
    const isThere =
      state.followed.has(cell) || (state.reached.has(cell) && this.#isStillHeld(state, baseOf(this.#terms, address)));
    if (!state.written.has(cell) || !isThere) return false;
    const held = load(this.#terms, state, state.after, address);
    if ([held, origin(this.#terms, held)].every((one) => decide(this.#terms, state.facts, one) !== false)) return false;
    state.after.stack.splice(-2, 2, value);
    state.after.at++;
    this.#uses.add('noop-release');
    return true;
  }

  #exit(state: State, first: Term | undefined, second: Term | undefined): void {
    if (first !== undefined) this.#convert(state, 'before', this.#before.returnType, first);
    this.#payUp(state, true);
    const pending = state.pending[0];
    if (pending) {
      this.#fail(state, `the after version returns without ${this.#describe(pending)}`);
    }
    const type = this.#before.returnType;
    const one = first === undefined ? undefined : this.#terms.convert(type, first);
    const other = second === undefined ? undefined : this.#terms.convert(this.#after.returnType, second);
    if (one !== other && !this.#isSameNumber(state, one, other)) this.#returnMismatch(state, one, other);
    this.#exits.add(state.before.at);
    throw PATH_ENDED;
  }

  #isSameNumber(state: State, one: Term | undefined, other: Term | undefined): boolean {
    if (one === undefined || other === undefined) return false;
    const [a, b] = [one, other].map((term) => this.#knownNumber(state, term));
    return a !== undefined && a === b;
  }

  /** What the path has shown a whole number or pointer to be: zero, or another number of type int. */
  #knownNumber(state: State, term: Term): number | undefined {
    const number = this.#terms.numberOf(term);
    if (number !== undefined) return number;
    const { op, args } = this.#terms.node(term);
    const inner = op === 'convert' ? args[0] : undefined;
    // Minus zero is equal to zero, and another value.
    const known = this.#terms.isIntegral(term)
      ? (state.facts.get(term)?.equals ?? (inner === undefined ? undefined : state.facts.get(inner)?.equals))
      : undefined;
    return known === 0 || this.#terms.typeOf(term) === 'int' ? known : undefined;
  }

  #returnMismatch(state: State, one: Term | undefined, other: Term | undefined): never {
    const inner = (term: Term): Term => origin(this.#terms, term);
    if (one !== undefined && other !== undefined && inner(one) === inner(other)) {
      this.#fail(state, 'the returned value passes through another type', 'status-type');
    }
    this.#fail(state, 'the returned values could not be shown to be equal');
  }

  /**
   * Paths meet. Both sides wait for each other where they can, so that states are only widened when neither has taken
   * a decision that the other has still to take.
   */
  #join(state: State, isBefore: boolean, isAfter: boolean): void {
    if (isBefore) state.before.at++;
    if (isAfter) state.after.at++;
    this.#visit(state, isBefore && isAfter);
  }

  #header(state: State): void {
    if (state.pending.length > 0) this.#fail(state, 'a loop stands between reordered effects', 'order-conflict');
    this.#payUp(state, state.owed.size > MOST_OWED_IN_LOOP);
    this.#visit(state);
    state.before.reborn.clear();
    state.after.reborn.clear();
    state.before.at++;
    state.after.at++;
  }

  // ---- what was seen

  /**
   * Has a state that covers this one been explored at this pair of places? Then the path ends. At loop heads, and where
   * too many states meet, the state is widened to one that covers both.
   */
  #visit(state: State, canWiden = true): void {
    if (++this.#states > this.#budget) this.#fail(state, 'the proof takes too many steps', 'budget-exceeded');
    const key = `${state.before.at},${state.after.at},${state.before.stack.length},${state.after.stack.length},${state.pending.length}`;
    const place = this.#seen.get(key) ?? new SeenPlace();
    this.#seen.set(key, place);
    const met = this.#outline(state);
    if (place.covers(met)) throw PATH_ENDED;
    const isHeader = this.#before.ops[state.before.at]?.op === 'header';
    const { last } = place;
    if (last && canWiden && state.pending.length === 0 && (isHeader || place.count >= this.#statesPerPlace())) {
      const isCovering = haveSameLocals(last, state);
      Object.assign(state, joinStates(this.#terms, last, state));
      const joined = this.#outline(state);
      if (place.covers(joined)) throw PATH_ENDED;
      // What the last state would show, the one that covers it shows too.
      if (isCovering && place.waiting) this.#work.drop(place.waiting);
      place.add(joined, state);
    } else {
      place.add(met, state);
    }
  }

  #statesPerPlace(): number {
    return STATES_PER_PLACE[Math.floor(this.#states / STATES_PER_STEP)] ?? 1;
  }

  #outline(state: State): Outline {
    return outline(this.#terms, this.#numbering, state);
  }

  // ---- words

  #use(state: State, swap: Swap | undefined, ahead: Event, event: Event): void {
    if (!swap) return;
    const { aliveAfter } = swap;
    if (aliveAfter !== undefined && !this.#isUsedBehind(state, aliveAfter))
      state.owed.add(this.#terms.apply('alive', [aliveAfter]));
    for (const use of swap.uses) this.#uses.add(use === 'reorder' && isReturned(event) ? 'early-value' : use);
    this.#restOn(ahead);
    this.#restOn(event);
    for (const one of [ahead, event]) if (one.facts?.releases?.keepsErrno) this.#uses.add('errno: free');
  }

  /** Has the before side used the object behind the releases that it has made, or given it back by another one? */
  #isUsedBehind(state: State, base: Term): boolean {
    const isFollowed = [...state.followed].some((cell) => baseOf(this.#terms, cell) === base);
    return isFollowed || this.#isReleasePending(state, base);
  }

  #restOn(event: Event): void {
    if (!event.name || !event.facts || event.facts.from === 'nothing') return;
    const facts = event.facts;
    const words = [
      facts.releases?.isMemoryRelease ? 'memory release' : '',
      facts.releases?.resetting ? 'resets its argument' : '',
      facts.diagnostic ? 'diagnostic' : '',
    ].filter(Boolean);
    if (words.length === 0) return;
    const previous = this.#restsOn.get(event.name);
    if (!previous) this.#restsOn.set(event.name, { name: event.name, fact: words.join(', '), from: facts.from });
  }

  #describe(event: Event): string {
    return event.name ? `calling \`${event.name}\`` : event.kind === 'store' ? 'a store' : 'an effect';
  }

  #mismatch(state: State, first: Stop, second: Stop): never {
    if (first.kind === 'event' && second.kind === 'event') this.#eventMismatch(state, first.event, second.event);
    if (first.kind === 'event' && second.kind === 'exit')
      this.#fail(
        state,
        `the after version returns where the before version goes on with ${this.#describe(first.event)}`,
      );
    if (first.kind === 'exit' && second.kind === 'event')
      this.#fail(
        state,
        `the before version returns where the after version goes on with ${this.#describe(second.event)}`,
      );
    this.#fail(state, 'the versions do not loop in the same places');
  }

  #eventMismatch(state: State, first: Event, second: Event): never {
    const both = `${this.#describe(first)} against ${this.#describe(second)}`;
    if (first.name !== undefined && first.name === second.name)
      this.#fail(state, `the same call gets different arguments, or stands elsewhere: ${both}`);
    const isOrder = first.name !== undefined && second.name !== undefined;
    const readsErrno = [first, second].some((event) => event.facts?.diagnostic?.readsErrno === true);
    this.#fail(
      state,
      `the next effects differ: ${both}`,
      readsErrno ? 'errno-after-release' : isOrder ? 'order-conflict' : 'not-proved',
    );
  }
}

/** The name in the text of an object term: `static name:type#ordinal`. */
function nameOf(text: string): string {
  return text.replace(/^static /, '').replace(/:.*$/s, '');
}

/** Where a macro at this place could jump: the labels, and the ends and heads of the loops around it. */
function hiddenTargets(side: Side): ReadonlyMap<string, number> {
  const around = side.program.around.get(side.at);
  return around ? new Map([...side.program.labels, ...around]) : side.program.labels;
}

function isReturned(event: Event): boolean {
  for (let node = event.node.parent; node; node = node.parent) {
    if (node.kind === 'return_statement') return true;
    if (node.kind.endsWith('statement') || node.kind === 'declaration') return false;
  }
  return false;
}
