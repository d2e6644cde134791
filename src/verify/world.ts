/**
 * One world in which both versions run: what the function is given, what callees answer, what others have left in memory.
 * Nothing is chosen before somebody asks. A choice may be any that C and what is known of the names allow, so that a
 * difference found in a world is one that some program shows. (Lazy initialisation of symbolic execution: Khurshid,
 * Pasareanu, Visser, TACAS 2003; here over few values, so that no solver is needed.)
 */
import { candidatesOf } from './number-types.ts';
import { compareValues, evaluate, OUTSIDE, onlyNumber, rootOfAddress, truthOf } from './concrete.ts';
import type { Candidate, Comparison, Concrete } from './concrete.ts';
import { baseOf } from './memory.ts';
import type { Term, TermTable } from './terms.ts';

/** What all worlds of one search share. */
export interface Setting {
  readonly terms: TermTable;
  readonly numberType: (name: string) => string | undefined;
  readonly arePlainMembers: (one: string, other: string) => boolean;
  /** Numbers that stand in the versions: what is compared with one of them may be it, or next to it. */
  readonly near: readonly number[];
  /** Counts what all runs of the search have done. */
  readonly clock: { operations: number };
}

/** Nothing certain can be said of this run. */
export class Unclear extends Error {}

/** Operations that a search carries out, in all its runs. */
const MOST_OPERATIONS = 40_000;
/** Values of two unresolved terms that are tried together. */
const MOST_COMBINATIONS = 400;
/** Values tried for all but one of the terms of a condition. */
const MOST_FIXED = 3;

export class World {
  readonly setting: Setting;
  readonly #script: readonly number[];
  /** For each choice so far, which alternative was taken and how many there were. */
  readonly choices: { readonly taken: number; readonly count: number }[] = [];
  #domains = new Map<Term, readonly Candidate[]>();
  readonly #types = new Map<Term, string>();
  /** Results that are numbers of open descriptors. */
  readonly #descriptors: Term[] = [];
  /** Values from outside that are pointers. */
  readonly #pointers = new Set<Term>();
  readonly #shared = new Set<Term>();
  readonly #sizes: { readonly answer: Term; readonly sizes: readonly Term[] }[] = [];
  readonly #changes = new Map<Term, boolean>();
  #answers = 0;

  /** `script`: which alternative to take at each choice; behind its end the first. */
  constructor(setting: Setting, script: readonly number[]) {
    this.setting = setting;
    this.#script = script;
  }

  /** An operation was carried out. */
  tick(): void {
    if (++this.setting.clock.operations > MOST_OPERATIONS) throw new Unclear();
  }

  /** Are there operations left for another world? */
  isSpent(): boolean {
    return this.setting.clock.operations > MOST_OPERATIONS;
  }

  /** Takes one of several alternatives, the likeliest being 0. */
  choose(count: number): number {
    if (count < 2) return 0;
    const taken = Math.min(this.#script[this.choices.length] ?? 0, count - 1);
    this.choices.push({ taken, count });
    return taken;
  }

  /** A value that a callee returns: something new, that may be any of these. */
  answer(name: string, candidates: readonly Candidate[], type: string | undefined): Term {
    const term = this.setting.terms.apply('answer', [], `${name}#${this.#answers++}`);
    this.#domains.set(term, candidates);
    if (candidates.includes('object')) this.#pointers.add(term);
    if (type !== undefined) this.#types.set(term, type);
    return term;
  }

  /** Both runs have made the call that gave this. */
  share(answer: Term): void {
    this.#shared.add(answer);
  }

  /** Storage of so many bytes, which are never fewer than none. */
  storage(answer: Term, sizes: readonly Term[]): void {
    this.#sizes.push({ answer, sizes });
  }

  /** A new descriptor, a number that no other open one has, or -1. */
  descriptor(name: string, canFail: boolean): Term {
    const own = 20 + this.#descriptors.length;
    const term = this.answer(name, canFail ? [own, -1, 0] : [own, 0], 'int');
    this.#descriptors.push(term);
    return term;
  }

  /** What others have left at an address. */
  content(address: Term, type: string | undefined, isFree: boolean): Term {
    const term = this.setting.terms.apply('content', [address]);
    if (type !== undefined) this.#types.set(term, type);
    if (!isFree && !this.#domains.has(term)) this.#domains.set(term, []);
    return term;
  }

  /** What is found there is not free to be chosen. */
  bar(content: Term): void {
    if (this.setting.terms.node(content).op === 'content') this.#domains.set(content, []);
  }

  /** Has a callee left something new at an address it was given? */
  isChanged(address: Term): boolean {
    const known = this.#changes.get(address) ?? this.choose(2) === 1;
    this.#changes.set(address, known);
    return known;
  }

  /** Nothing is known of it, and nothing can be chosen. */
  unknown(): Term {
    return this.setting.terms.fresh('unknown');
  }

  candidates(root: Term): readonly Candidate[] {
    const known = this.#domains.get(root);
    if (known) return known;
    const found = this.candidatesOfType(this.#typeOf(root));
    if (found.includes('object')) this.#pointers.add(root);
    this.#domains.set(root, found);
    return found;
  }

  candidatesOfType(type: string | undefined): readonly Candidate[] {
    return candidatesOf(this.setting.numberType, type, this.setting.near);
  }

  /** Is it a pointer from outside, cast or not? */
  isPointer(term: Term): boolean {
    const root = rootOfAddress(this.setting.terms, term);
    return (
      OUTSIDE.has(this.setting.terms.node(root).op) && this.candidates(root).length > 0 && this.#pointers.has(root)
    );
  }

  #typeOf(root: Term): string | undefined {
    return this.#types.get(root) ?? this.setting.terms.typeOf(root);
  }

  valueOf(term: Term, fixed: ReadonlyMap<Term, Candidate> = new Map()): Concrete {
    const chosen = (root: Term): Candidate | undefined => {
      const own = fixed.get(root);
      if (own !== undefined) return own;
      const candidates = this.candidates(root);
      return candidates.length === 1 ? candidates[0] : undefined;
    };
    const { terms, numberType } = this.setting;
    return evaluate({ terms, numberType, chosen, typeOf: (root) => this.#typeOf(root) }, term);
  }

  /** Values from outside that the term depends on and that may still be one thing or another. */
  #open(...list: readonly Term[]): Term[] {
    const found = new Set<Term>();
    const seen = new Set(list);
    for (const term of seen) {
      const { op, args } = this.setting.terms.node(term);
      if (!OUTSIDE.has(op)) for (const arg of args) seen.add(arg);
      else if (this.candidates(term).length > 1) found.add(term);
    }
    return [...found];
  }

  /** Is the condition true here, and was there a choice? Settles it; `isLikely` is tried first. */
  decide(condition: Term, isLikely: boolean): { readonly taken: boolean; readonly isOpen: boolean } {
    const open = this.#open(condition);
    for (const root of open.slice(1)) {
      const candidates = this.candidates(root).slice(0, MOST_FIXED);
      this.#restrict(root, [candidates[this.choose(candidates.length)] ?? 0]);
    }
    const [root] = open;
    if (root === undefined) {
      const known = truthOf(this.valueOf(condition));
      if (known === undefined) throw new Unclear();
      return { taken: known, isOpen: open.length > 0 };
    }
    const sides = new Map<boolean | undefined, Candidate[]>();
    for (const candidate of this.candidates(root)) {
      const known = truthOf(this.valueOf(condition, new Map([[root, candidate]])));
      sides.set(known, [...(sides.get(known) ?? []), candidate]);
    }
    const possible = [isLikely, !isLikely].filter((side) => sides.has(side));
    const taken = possible[this.choose(possible.length)];
    if (taken === undefined) throw new Unclear();
    this.#restrict(root, sides.get(taken) ?? []);
    return { taken, isOpen: possible.length > 1 };
  }

  #restrict(root: Term, candidates: readonly Candidate[]): void {
    this.#domains.set(root, candidates);
  }

  /** Is the pointer that an address starts from null, as the run has shown? If that is open, from now on it is not. */
  isNull(address: Term): boolean {
    const root = rootOfAddress(this.setting.terms, address);
    if (!OUTSIDE.has(this.setting.terms.node(root).op)) return truthOf(this.valueOf(root)) === false;
    const candidates = this.candidates(root);
    if (candidates.includes('object')) this.#restrict(root, ['object']);
    else if (candidates.includes('nonzero')) this.#restrict(root, ['object']);
    else if (candidates.length > 0 && candidates.every((one) => one === 0)) return true;
    return false;
  }

  /** The address that a value is, if it is one and not null; that may be open. */
  addressIn(term: Term): Term | undefined {
    const root = rootOfAddress(this.setting.terms, term);
    const isOutside = OUTSIDE.has(this.setting.terms.node(root).op);
    const canPoint = isOutside && this.candidates(root).some((one) => one === 'object' || one === 'nonzero');
    const value = this.valueOf(term, canPoint ? new Map([[root, 'object']]) : undefined);
    return value.kind === 'object' ? value.address : undefined;
  }

  /** Makes the value something that is not zero, if it can be. */
  makeNonzero(term: Term): boolean {
    const open = this.#open(term);
    const [root] = open;
    if (open.length > 1) return false;
    if (root === undefined) return truthOf(this.valueOf(term)) === true;
    const left = this.candidates(root).filter(
      (candidate) => truthOf(this.valueOf(term, new Map([[root, candidate]]))) === true,
    );
    if (left.length > 0) this.#restrict(root, left);
    return left.length > 0;
  }

  /** Does the value depend on what stands in memory, and may be null or not? */
  isOpenContent(term: Term): boolean {
    const [root] = this.#open(term);
    if (root === undefined || this.setting.terms.node(root).op !== 'content') return false;
    const truths = this.candidates(root).map((one) => truthOf(this.valueOf(term, new Map([[root, one]]))));
    return !truths.every((truth) => truth === true);
  }

  /** Compares two values of the two versions, whatever is chosen for what is still open. Settles nothing. */
  compare(one: Term, other: Term): Comparison {
    const results = new Set<Comparison>();
    this.#combinations(one, other, (comparison) => {
      results.add(comparison);
      return results.size > 1;
    });
    const [only] = results;
    return results.size === 1 && only !== undefined ? only : 'unclear';
  }

  /** Makes the two values different, if they can be. */
  makeDifferent(one: Term, other: Term): boolean {
    return this.#combinations(one, other, (comparison, fixed) => {
      if (comparison !== 'different') return false;
      for (const [root, candidate] of fixed) this.#restrict(root, [candidate]);
      return true;
    });
  }

  /** True when `visit` says that it is enough. */
  #combinations(
    one: Term,
    other: Term,
    visit: (comparison: Comparison, fixed: ReadonlyMap<Term, Candidate>) => boolean,
  ): boolean {
    const { terms: table, arePlainMembers } = this.setting;
    const open = this.#open(one, other);
    let left: Map<Term, Candidate>[] = [new Map()];
    for (const root of open) {
      const candidates = this.candidates(root);
      if (left.length * candidates.length > MOST_COMBINATIONS) return visit('unclear', new Map());
      left = left.flatMap((fixed) => candidates.map((candidate) => new Map([...fixed, [root, candidate]])));
    }
    for (const fixed of left) {
      const [a, b] = [this.valueOf(one, fixed), this.valueOf(other, fixed)];
      const isSame = one === other && a.kind !== 'indeterminate';
      const areOwn = !isSame && this.#isOwn(a) && this.#isOwn(b);
      const unlike = areOwn ? 'same' : compareValues({ table, arePlainMembers }, a, b);
      if (visit(isSame ? 'same' : unlike, fixed)) return true;
    }
    return false;
  }

  /**
   * An object of one version. Which of the other version's it corresponds to, nobody says: in a world where callees make
   * no difference between them, none can be shown.
   */
  #isOwn(value: Concrete): boolean {
    if (value.kind !== 'object') return false;
    const base = baseOf(this.setting.terms, value.address);
    const { op } = this.setting.terms.node(base);
    return op === 'object' || (op === 'answer' && !this.#shared.has(base));
  }

  /** Tries something that settles values; what it has settled is open again where it fails. */
  attempt(settle: () => boolean): boolean {
    const domains = new Map(this.#domains);
    if (settle()) return true;
    this.#domains = domains;
    return false;
  }

  /**
   * Can all that was chosen one by one be so together? Two open descriptors are two numbers, and nobody has as many bytes
   * as a negative number says.
   */
  isPossible(): boolean {
    const zeros = this.#descriptors.filter((term) => this.candidates(term).every((one) => one === 0));
    const isHeld = (answer: Term): boolean => this.candidates(answer).every((one) => one !== 0);
    const isHuge = this.#sizes.some(
      ({ answer, sizes }) => isHeld(answer) && sizes.some((one) => this.#isNegative(one)),
    );
    return zeros.length < 2 && !isHuge;
  }

  #isNegative(term: Term): boolean {
    const [root, ...others] = this.#open(term);
    const values =
      root === undefined
        ? [this.valueOf(term)]
        : this.candidates(root).map((candidate) => this.valueOf(term, new Map([[root, candidate]])));
    return others.length === 0 && values.every((value) => (onlyNumber(value) ?? 0) < 0);
  }

  /** The number that a value has here, for people. */
  numberOf(term: Term): number | undefined {
    return onlyNumber(this.valueOf(term));
  }
}
