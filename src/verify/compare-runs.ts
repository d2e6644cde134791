/**
 * What two runs in one world show to others, compared. Only what no rule of DESIGN §8 lets differ counts: a call that one
 * side makes and the other does not, another argument, another value returned or left in memory, two calls in another
 * order that must keep theirs.
 */
import type { SyntaxNode } from '../syntax/tree.ts';
import { mayBeBoolean } from './number-types.ts';
import { isDiagnostic, isMemoryRelease, releasedTerm } from './event.ts';
import type { Effect, Run } from './execute.ts';
import { baseOf } from './memory.ts';
import type { Term } from './terms.ts';
import type { World } from './world.ts';

type Which = 'before' | 'after';

/** The difference that people are told of. */
export type Finding =
  /** Something that C does not define: on the after side alone. */
  | { readonly kind: 'undefined'; readonly reason: string; readonly node: SyntaxNode }
  | {
      readonly kind: 'extra';
      readonly side: Which;
      readonly effect: Effect;
      readonly before: number;
      readonly after: number;
    }
  | { readonly kind: 'arguments'; readonly before: Effect; readonly after: Effect }
  | { readonly kind: 'order'; readonly first: Effect; readonly second: Effect }
  | { readonly kind: 'returned'; readonly before: number | undefined; readonly after: number | undefined }
  /** What stands behind an address that both know: at the end, or when a callee looks at it. */
  | { readonly kind: 'memory'; readonly store: Effect; readonly side: Which; readonly at: Effect | undefined };

/** The first difference; undefined where there is none that is certain. The before run has come to its end. */
export function compareRuns(
  world: World,
  before: Run,
  after: Run,
  returnTypes: Readonly<Record<Which, string>>,
): Finding | undefined {
  return new Comparing(world, before, after).run(returnTypes);
}

class Comparing {
  readonly #world: World;
  readonly #runs: Readonly<Record<Which, Run>>;
  readonly #effects: Readonly<Record<Which, readonly Effect[]>>;
  readonly #pairs: { readonly before: Effect; readonly after: Effect }[] = [];

  constructor(world: World, before: Run, after: Run) {
    this.#world = world;
    this.#runs = { before, after };
    this.#effects = { before: this.#seen(before), after: this.#seen(after) };
  }

  run(returnTypes: Readonly<Record<Which, string>>): Finding | undefined {
    const { before, after } = this.#runs;
    if (before.end.kind !== 'returned') return undefined;
    if (after.end.kind === 'undefined') return after.end;
    const left = this.#match();
    return (
      this.#extra(left) ??
      this.#returned(returnTypes, before.end.value, after.end.value) ??
      (left.before.length === 0 && left.after.length === 0 ? this.#order() : undefined) ??
      this.#memory()
    );
  }

  /** Calls that others see. A release of what is not held does nothing, where that is known. */
  #seen(run: Run): Effect[] {
    return run.effects.filter((effect) => {
      if (effect.kind === 'store') return false;
      const { facts } = effect;
      if (facts?.isPure || (facts?.isLocal && !facts.acquires && !facts.releases)) return false;
      return !isNoop(this.#world, effect);
    });
  }

  /** Pairs of the same call on both sides; what is left over. */
  #match(): Readonly<Record<Which, readonly Effect[]>> {
    const after = [...this.#effects.after];
    const before = this.#effects.before.filter((effect) => {
      const at = after.findIndex((other) => this.#isSame(effect, other));
      const match = after[at];
      if (!match) return true;
      after.splice(at, 1);
      this.#pairs.push({ before: effect, after: match });
      return false;
    });
    return { before, after };
  }

  #isSame(one: Effect, other: Effect): boolean {
    if (one.kind !== other.kind || one.key !== other.key || one.args.length !== other.args.length) return false;
    return one.args.every((arg, index) => {
      const match = other.args[index];
      return match !== undefined && this.#world.compare(arg, match) === 'same';
    });
  }

  // ---- calls

  #extra(left: Readonly<Record<Which, readonly Effect[]>>): Finding | undefined {
    for (const side of ['before', 'after'] as const) {
      const others = left[side === 'before' ? 'after' : 'before'];
      for (const effect of left[side]) {
        let found: Finding | undefined;
        const isCertain = this.#world.attempt(() => {
          found = this.#certainlyExtra(side, effect, others);
          return found !== undefined;
        });
        if (isCertain) return found;
      }
    }
    return undefined;
  }

  /** Does nothing that the other side does besides come to the same? */
  #certainlyExtra(side: Which, effect: Effect, others: readonly Effect[]): Finding | undefined {
    if (!this.#hasEffect(effect, others)) return undefined;
    if (others.some((other) => mayBeSameByName(effect, other))) return undefined;
    const namesakes = others.filter((other) => other.kind === effect.kind && other.name === effect.name);
    for (const other of namesakes) if (!this.#haveOtherArguments(effect, other)) return undefined;
    const [namesake] = namesakes;
    if (namesake && namesakes.length >= this.#count(side, effect)) {
      const [before, after] = side === 'before' ? [effect, namesake] : [namesake, effect];
      return { kind: 'arguments', before, after };
    }
    const count = (which: Which): number => this.#effects[which].filter((one) => one.name === effect.name).length;
    const counts = { before: count('before'), after: count('after') };
    if (counts.before === counts.after && namesake) {
      const [before, after] = side === 'before' ? [effect, namesake] : [namesake, effect];
      return { kind: 'arguments', before, after };
    }
    return { kind: 'extra', side, effect, ...counts };
  }

  #count(side: Which, effect: Effect): number {
    return this.#effects[side].filter((one) => one.name === effect.name).length;
  }

  #haveOtherArguments(one: Effect, other: Effect): boolean {
    if (one.args.length !== other.args.length) return false;
    return one.args.some((arg, index) => {
      const match = other.args[index];
      if (match === undefined) return false;
      const type = one.signature?.parameters?.[index];
      return this.#makeDifferent(arg, match, type);
    });
  }

  /** Different also where a _Bool is made of both. */
  #makeDifferent(one: Term, other: Term, type: string | undefined): boolean {
    const { terms, numberType } = this.#world.setting;
    const isBoolean = type !== undefined && mayBeBoolean(numberType, type);
    if (!isBoolean) return this.#world.makeDifferent(one, other);
    const truth = (term: Term): Term => terms.convert('_Bool', term);
    return this.#world.makeDifferent(truth(one), truth(other));
  }

  /** Does the call certainly do something? Given null it may do nothing; a body that is in sight is not looked into. */
  #hasEffect(effect: Effect, others: readonly Effect[]): boolean {
    const { facts, signature, kind, args } = effect;
    const isPreset = facts?.from.startsWith('preset') === true;
    if (kind !== 'call') return false;
    if (isDiagnostic(effect)) return !others.some(isDiagnostic);
    // In another shape it may come to the same: `puts` and `printf`, `calloc` and `malloc`.
    const isOtherPreset = (other: Effect): boolean =>
      other.name !== effect.name && other.facts?.from.startsWith('preset') === true;
    if (isPreset && !facts?.releases && others.some(isOtherPreset)) return false;
    if (signature?.isSeen && (!(facts?.releases || facts?.acquires) || others.length > 0)) return false;
    const handle = args[facts?.releases?.argument ?? (effect.name === undefined ? 1 : 0)];
    if (handle === undefined || facts?.acquires) return true;
    if (isPreset && facts?.releases && !facts.releases.noopOnSentinel) return true;
    // What stands in memory may be null by an agreement that nobody sees here.
    return !this.#world.isOpenContent(handle) && this.#world.makeNonzero(handle);
  }

  // ---- order

  #order(): Finding | undefined {
    const ordered = this.#pairs.filter(({ before, after }) => this.#keepsOrder(before) && this.#keepsOrder(after));
    for (const [index, one] of ordered.entries()) {
      for (const other of ordered.slice(index + 1)) {
        const isTurned =
          this.#effects.after.indexOf(other.after) < this.#effects.after.indexOf(one.after) &&
          this.#effects.before.indexOf(one.before) < this.#effects.before.indexOf(other.before);
        if (isTurned) return { kind: 'order', first: one.before, second: other.before };
      }
    }
    return undefined;
  }

  /** May the call not pass another one of the kind? */
  #keepsOrder(effect: Effect): boolean {
    const { facts, signature } = effect;
    if (effect.kind !== 'call' || effect.isUnordered || signature?.isSeen || isDiagnostic(effect)) return false;
    if (isMemoryRelease(effect)) return false;
    return !facts?.from.startsWith('preset') || isLock(effect) || facts.releases !== undefined;
  }

  // ---- values

  #returned(
    types: Readonly<Record<Which, string>>,
    one: Term | undefined,
    other: Term | undefined,
  ): Finding | undefined {
    if (one === undefined || other === undefined) return undefined;
    const { terms } = this.#world.setting;
    const [a, b] = [terms.convert(types.before, one), terms.convert(types.after, other)];
    if (a === b || !this.#world.attempt(() => this.#world.makeDifferent(a, b))) return undefined;
    return { kind: 'returned', before: this.#world.numberOf(a), after: this.#world.numberOf(b) };
  }

  /** What callees find that are given the object, and what is left at the end. */
  #memory(): Finding | undefined {
    for (const pair of this.#pairs) {
      if (!this.#keepsOrder(pair.before)) continue;
      const given = pair.before.args.flatMap((arg) => this.#world.addressIn(arg) ?? []);
      const store = this.#otherContent(pair.before.moment, pair.after.moment, (address) =>
        given.some((place) => this.#isLookedAt(pair.before, place, address)),
      );
      if (store) return { kind: 'memory', ...store, at: pair.before };
    }
    const [before, after] = [this.#runs.before.memory, this.#runs.after.memory];
    const store = this.#otherContent(before.now, after.now, () => true);
    return store && { kind: 'memory', ...store, at: undefined };
  }

  /** A lock guards what it stands in; any other callee looks at what it is given. */
  #isLookedAt(effect: Effect, place: Term, address: Term): boolean {
    const { terms } = this.#world.setting;
    if (isLock(effect)) return baseOf(terms, place) === baseOf(terms, address);
    const { op, args } = terms.node(address);
    if (place === address) return true;
    return (op === 'field' || op === 'element') && args[0] !== undefined && this.#isLookedAt(effect, place, args[0]);
  }

  #otherContent(
    one: number,
    other: number,
    isLookedAt: (address: Term) => boolean,
  ): { readonly store: Effect; readonly side: Which } | undefined {
    const { terms } = this.#world.setting;
    const [before, after] = [this.#runs.before.memory, this.#runs.after.memory];
    for (const address of new Set([...before.storedUntil(one), ...after.storedUntil(other)])) {
      const base = baseOf(terms, address);
      const isOutside = /^(parameter|content|answer)$/.test(terms.node(base).op);
      const isGone = [before, after].some((memory) => memory.isReleased(base) || memory.isAllocated(base));
      if (!isOutside || isGone || !isLookedAt(address)) continue;
      const [a, b] = [before.at(address, one), after.at(address, other)];
      if (a === b || !this.#world.attempt(() => this.#world.makeDifferent(a, b))) continue;
      for (const side of ['before', 'after'] as const) {
        const stores = this.#runs[side].effects.filter((effect) => effect.kind === 'store');
        const store = stores.findLast((effect) => effect.args[0] === address);
        if (store) return { store, side };
      }
    }
    return undefined;
  }
}

function isLock({ facts }: Effect): boolean {
  return [facts?.releases?.kind, ...(facts?.acquires ?? []).map(({ kind }) => kind)].includes('lock');
}

/** A release of what is certainly not held, where that has no effect. */
export function isNoop(world: World, effect: Effect): boolean {
  const releases = effect.facts?.releases;
  const released = releases?.noopOnSentinel ? releasedTerm(effect) : undefined;
  return released !== undefined && world.numberOf(released) === (releases?.sentinel === '-1' ? -1 : 0);
}

/** May the two be one call in other words: by a function pointer, a macro, a function whose body is in sight? */
function mayBeSameByName(one: Effect, other: Effect): boolean {
  if (other.kind === 'text' || other.kind === 'store') return isDiagnostic(one) && one.name !== other.name;
  if (one.name === other.name) return false;
  return (
    one.name === undefined ||
    other.name === undefined ||
    one.signature?.isSeen === true ||
    other.signature?.isSeen === true
  );
}
