/** Takes a condition to be true or false on a path, if it can be. */
import type { Atom, AtomTable, Place, Relation, Value } from './atoms.ts';
import { ANY_SIGN, ZERO, assumeRelation, factOf, mirrored, opposite } from './facts.ts';
import type { Fact } from './facts.ts';
import { keyOf } from './memory.ts';
import { settle } from './settle.ts';
import type { Site, State } from './state.ts';

export interface Split {
  readonly yes: State | undefined;
  readonly no: State | undefined;
}

export interface Operand {
  readonly value: Value;
  /** Where it was read from, to remember there which of several values it can still be. */
  readonly place: Place | undefined;
}

export class Assumer {
  readonly #atoms: AtomTable;
  readonly #sites: readonly Site[];
  /** The block under evaluation. */
  block = 0;

  constructor(atoms: AtomTable, sites: readonly Site[]) {
    this.#atoms = atoms;
    this.#sites = sites;
  }

  /** Splits a path on `left relation right`; the state given is used up. */
  split(state: State, relation: Relation, left: Operand, right: Operand): Split {
    const [a, b] = [left.value[0], right.value[0]];
    if (a !== undefined && b !== undefined && left.value.length === 1 && right.value.length === 1)
      return this.#splitAtoms(state, relation, a, b);
    if (b !== undefined && right.value.length === 1 && left.value.length > 1)
      return this.#splitJoined(state, relation, left, b);
    if (a !== undefined && left.value.length === 1 && right.value.length > 1)
      return this.#splitJoined(state, mirrored(relation), right, a);
    return this.#open(state);
  }

  /** Both ways are possible as far as we know, and a join may have hidden that one is not. */
  #open(state: State): Split {
    state.inexact ??= 'a condition reads a value of which several paths were joined';
    const no = state.fork();
    return { yes: state, no };
  }

  #splitJoined(state: State, relation: Relation, left: Operand, right: Atom): Split {
    const can = (which: Relation): Value =>
      left.value.filter((atom) => this.#decide(state, which, atom, right) !== 'impossible');
    const [yesValue, noValue] = [can(relation), can(opposite(relation))];
    if (yesValue.length === 0) return { yes: undefined, no: state };
    if (noValue.length === 0) return { yes: state, no: undefined };
    if (left.place === undefined || state.blurred.has(keyOf(left.place)))
      state.inexact ??= 'a condition reads a value of which several paths were joined';
    const no = state.fork();
    this.#narrow(state, left.place, yesValue, relation, right);
    this.#narrow(no, left.place, noValue, opposite(relation), right);
    return { yes: state, no };
  }

  #narrow(state: State, place: Place | undefined, value: Value, relation: Relation, right: Atom): void {
    if (place) state.cells.set(keyOf(place), { place, value });
    const only = value[0];
    if (only === undefined || value.length > 1) return;
    const fact = this.#decide(state, relation, only, right);
    if (fact !== 'impossible') this.#learn(state, only, fact);
  }

  #splitAtoms(state: State, relation: Relation, left: Atom, right: Atom): Split {
    const compared = this.#comparison(relation, left, right);
    if (compared) return this.#splitAtoms(state, compared.relation, compared.left, compared.right);
    if (this.#isConstant(left) && !this.#isConstant(right))
      return this.#splitAtoms(state, mirrored(relation), right, left);
    const yes = this.#decide(state, relation, left, right);
    const no = this.#decide(state, opposite(relation), left, right);
    if (yes === 'impossible' && no === 'impossible') return { yes: undefined, no: undefined };
    if (yes === 'impossible') return { yes: undefined, no: state };
    if (no === 'impossible') return { yes: state, no: undefined };
    this.#doubt(state, relation, left, right);
    const other = state.fork();
    this.#doubtText(state, relation, left, right);
    this.#doubtText(other, opposite(relation), left, right);
    this.#remember(state, relation, left, right, yes);
    this.#remember(other, opposite(relation), left, right, no);
    return { yes: state, no: other };
  }

  /** `ok != 0` where ok is `p != NULL`. */
  #comparison(
    relation: Relation,
    left: Atom,
    right: Atom,
  ): { relation: Relation; left: Atom; right: Atom } | undefined {
    const info = this.#atoms.info(left);
    if (info.kind !== 'compare' || !info.operands || !info.relation) return undefined;
    if (this.#atoms.info(right).number !== 0 || (relation !== '==' && relation !== '!=')) return undefined;
    const [a, b] = info.operands;
    return { relation: relation === '!=' ? info.relation : opposite(info.relation), left: a, right: b };
  }

  #isConstant(atom: Atom): boolean {
    const { kind } = this.#atoms.info(atom);
    return kind === 'number' || kind === 'named';
  }

  #decide(state: State, relation: Relation, left: Atom, right: Atom): Fact | 'impossible' {
    const { atom, holds } = this.#canonical(relation, left, right);
    const known = state.facts.get(atom);
    if (known && known.signs === ZERO) return holds ? 'impossible' : factOf(this.#atoms, state.facts, left);
    if (known && (known.signs & ZERO) === 0) return holds ? factOf(this.#atoms, state.facts, left) : 'impossible';
    return assumeRelation(this.#atoms, state.facts, relation, left, right);
  }

  /** One atom for a comparison, its mirror image and its opposite. */
  #canonical(relation: Relation, left: Atom, right: Atom): { atom: Atom; holds: boolean } {
    let [which, a, b] = [relation, left, right];
    if (a > b) [which, a, b] = [mirrored(which), b, a];
    const isNegated = which === '!=' || which === '>=' || which === '<=';
    return { atom: this.#atoms.compare(isNegated ? opposite(which) : which, a, b), holds: !isNegated };
  }

  #remember(state: State, relation: Relation, left: Atom, right: Atom, fact: Fact): void {
    if (this.#atoms.info(right).number === undefined) {
      const { atom, holds } = this.#canonical(relation, left, right);
      state.facts.set(atom, { signs: holds ? ANY_SIGN & ~ZERO : ZERO });
    }
    this.#learn(state, left, fact);
  }

  #learn(state: State, atom: Atom, fact: Fact): void {
    if (this.#isConstant(atom) && this.#atoms.info(atom).number !== undefined) return;
    state.facts.set(atom, fact);
    settle(state, this.#atoms, this.#sites, atom);
    this.#learnOddly(state, atom);
  }

  /** `IS_ERR(p)`, `(long)p > -4096`: a condition on what was computed from a handle may tell that there is none. */
  #learnOddly(state: State, atom: Atom): void {
    const bases = this.#atoms.askedBy(atom);
    for (const [id, site] of state.sites) {
      if (site.pending === undefined || site.handle === undefined || site.handle === atom) continue;
      if (bases.includes(`s${site.handle}`)) state.update(id, { isTestedOddly: true });
    }
  }

  /** Both ways look possible. Could what we know of the operands be too coarse for that to be true? */
  #doubt(state: State, relation: Relation, left: Atom, right: Atom): void {
    for (const atom of [left, right])
      if (state.blurred.has(atom))
        state.inexact ??= `\`${this.#atoms.text(atom)}\` is compared after paths were joined`;
    const { is } = factOf(this.#atoms, state.facts, left);
    // Two names for one value? They hardly are, and what follows hardly is a path.
    if (is !== undefined && is !== right && this.#isConstant(right))
      state.inexact ??= `\`${this.#atoms.text(left)}\` is compared with two constants`;
    const isEquality = relation === '==' || relation === '!=';
    if (this.#atoms.info(right).number !== undefined || (isEquality && this.#isConstant(right))) return;
    const { atom } = this.#canonical(relation, left, right);
    for (const operand of [left, right]) {
      if (this.#isConstant(operand)) continue;
      const before = state.compared.get(operand);
      // `n > a` and later `n > b`: not every combination is possible.
      if (before !== undefined && before !== atom)
        state.inexact ??= `\`${this.#atoms.text(operand)}\` is compared in two ways`;
      state.compared.set(operand, atom);
    }
  }

  /**
   * The same condition for the second time, with another outcome, on values that need not be the same but may well be.
   * `left relation right` holds.
   */
  #doubtText(state: State, relation: Relation, left: Atom, right: Atom): void {
    // Two acquire calls that read the same are two.
    if (this.#isFresh(state, left) || this.#isFresh(state, right)) return;
    const { atom } = this.#canonical(relation, left, right);
    const { text, holds } = this.#conditionText(relation, left, right);
    const before = state.tested.get(text);
    if (before && before.atom !== atom && before.holds !== holds) state.doubt ??= `\`${text}\` is tested twice`;
    state.tested.set(text, { atom, block: this.block, holds: before && before.holds !== holds ? undefined : holds });
  }

  #isFresh(state: State, atom: Atom): boolean {
    for (const site of state.sites.values()) if (site.handle === atom || site.pending === atom) return true;
    return false;
  }

  /** One text for a condition, its mirror image and its opposite. */
  #conditionText(relation: Relation, left: Atom, right: Atom): { text: string; holds: boolean } {
    const [a, b] = [this.#atoms.text(left), this.#atoms.text(right)];
    if (relation === '==' || relation === '!=')
      return { text: [a, b].toSorted().join(' == '), holds: relation === '==' };
    const isForward = relation === '<' || relation === '>=';
    return { text: isForward ? `${a} < ${b}` : `${b} < ${a}`, holds: relation === '<' || relation === '>' };
  }
}
