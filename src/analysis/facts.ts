/** What a path has proved of a value: its sign as far as conditions tell it, and which named constant it is. */
import type { Atom, AtomTable, Relation } from './atoms.ts';

/** Sign classes, as bits: below -1, -1, 0, above 0. A pointer is NULL when it is 0 and MAP_FAILED when it is -1. */
export const BELOW = 1;
export const MINUS_ONE = 2;
export const ZERO = 4;
export const ABOVE = 8;
export const ANY_SIGN = 15;

export interface Fact {
  readonly signs: number;
  /** Bounds that conditions have set, both included; absent: none. Integers: `n < 5` is `n <= 4`. */
  readonly from?: number;
  readonly to?: number;
  /** The named constant or other value it equals. */
  readonly is?: Atom;
  /** Values it is known to differ from. */
  readonly isNot?: readonly Atom[];
}

const NOTHING: Fact = { signs: ANY_SIGN };

const RANGES: readonly { readonly bit: number; readonly from: number; readonly to: number }[] = [
  { bit: BELOW, from: -Infinity, to: -2 },
  { bit: MINUS_ONE, from: -1, to: -1 },
  { bit: ZERO, from: 0, to: 0 },
  { bit: ABOVE, from: 1, to: Infinity },
];

export function signOf(value: number): number {
  return RANGES.find((range) => value >= range.from && value <= range.to)?.bit ?? ANY_SIGN;
}

/** The least and the greatest value that the fact allows. */
export function rangeOf(fact: Fact): { readonly from: number; readonly to: number } {
  const parts = RANGES.filter((range) => (fact.signs & range.bit) !== 0);
  const [first, last] = [parts[0], parts.at(-1)];
  return {
    from: Math.max(fact.from ?? -Infinity, first?.from ?? Infinity),
    to: Math.min(fact.to ?? Infinity, last?.to ?? -Infinity),
  };
}

const OPPOSITE: Readonly<Record<Relation, Relation>> = {
  '==': '!=',
  '!=': '==',
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
};

const MIRRORED: Readonly<Record<Relation, Relation>> = {
  '==': '==',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

/** `!(a < b)` is `a >= b`. */
export function opposite(relation: Relation): Relation {
  return OPPOSITE[relation];
}

/** `a < b` is `b > a`. */
export function mirrored(relation: Relation): Relation {
  return MIRRORED[relation];
}

/** What is known of an atom: by what it is, and by what the path has proved. */
export function factOf(atoms: AtomTable, facts: ReadonlyMap<Atom, Fact>, atom: Atom): Fact {
  const info = atoms.info(atom);
  if (info.number !== undefined) return { signs: signOf(info.number), from: info.number, to: info.number };
  const fact = facts.get(atom) ?? NOTHING;
  return info.isNonZero ? { ...fact, signs: fact.signs & ~ZERO } : fact;
}

/**
 * What is known of `left` where `left relation right` holds; `impossible` where it can't.
 * Unsigned values are above or 0: no class of theirs is split by this.
 */
export function assumeRelation(
  atoms: AtomTable,
  facts: ReadonlyMap<Atom, Fact>,
  relation: Relation,
  left: Atom,
  right: Atom,
): Fact | 'impossible' {
  const fact = factOf(atoms, facts, left);
  if (left === right) return relation === '==' || relation === '<=' || relation === '>=' ? fact : 'impossible';
  const number = atoms.info(right).number;
  if (number !== undefined) return compareWithNumber(fact, relation, number, right) ?? 'impossible';
  const other = factOf(atoms, facts, right);
  const signs = relation === '==' ? fact.signs & other.signs : fact.signs;
  if (signs === 0) return 'impossible';
  if (relation === '!=' && fact.signs === other.signs && (fact.signs === ZERO || fact.signs === MINUS_ONE))
    return 'impossible';
  return withName({ ...fact, signs }, relation, right) ?? 'impossible';
}

function compareWithNumber(fact: Fact, relation: Relation, number: number, atom: Atom): Fact | undefined {
  const { from, to } = rangeOf(fact);
  switch (relation) {
    case '==':
      return fact.isNot?.includes(atom) ? undefined : between(fact, number, number);
    case '!=':
      if (from === to && from === number) return undefined;
      if (number === 0 || number === -1) return between({ ...fact, signs: fact.signs & ~signOf(number) }, from, to);
      return withName(fact, relation, atom);
    case '<':
      return between(fact, from, number - 1);
    case '<=':
      return between(fact, from, number);
    case '>':
      return between(fact, number + 1, to);
    case '>=':
      return between(fact, number, to);
    default:
      return relation satisfies never;
  }
}

/** The fact with these bounds, too; undefined if nothing is left. */
function between(fact: Fact, from: number, to: number): Fact | undefined {
  const old = rangeOf(fact);
  const [low, high] = [Math.max(from, old.from), Math.min(to, old.to)];
  if (low > high) return undefined;
  let signs = 0;
  for (const range of RANGES) if (range.from <= high && range.to >= low) signs |= range.bit;
  signs &= fact.signs;
  if (signs === 0) return undefined;
  // Where the signs say it, no bound is kept: facts that mean the same are the same.
  const implied = rangeOf({ signs });
  const { from: _, to: __, ...rest } = fact;
  return { ...rest, signs, ...(low > implied.from && { from: low }), ...(high < implied.to && { to: high }) };
}

function withName(fact: Fact, relation: Relation, name: Atom): Fact | undefined {
  if (relation === '==') return fact.isNot?.includes(name) ? undefined : { ...fact, is: name };
  if (relation !== '!=') return fact;
  if (fact.is === name) return undefined;
  return fact.isNot?.includes(name)
    ? fact
    : { ...fact, isNot: [...(fact.isNot ?? []), name].toSorted((a, b) => a - b) };
}

/** What holds on both paths. */
export function joinFacts(a: Fact, b: Fact): Fact {
  const isNot = a.isNot?.filter((atom) => b.isNot?.includes(atom));
  const signs = a.signs | b.signs;
  const [one, other, implied] = [rangeOf(a), rangeOf(b), rangeOf({ signs })];
  const [from, to] = [Math.min(one.from, other.from), Math.max(one.to, other.to)];
  return {
    signs,
    ...(from > implied.from && { from }),
    ...(to < implied.to && { to }),
    ...(a.is !== undefined && a.is === b.is && { is: a.is }),
    ...(isNot && isNot.length > 0 && { isNot }),
  };
}

export function sameFact(a: Fact, b: Fact): boolean {
  return (
    a.signs === b.signs &&
    a.is === b.is &&
    a.from === b.from &&
    a.to === b.to &&
    (a.isNot ?? []).join() === (b.isNot ?? []).join()
  );
}

export function isNothing(fact: Fact): boolean {
  return (
    fact.signs === ANY_SIGN && fact.is === undefined && !fact.isNot && fact.from === undefined && fact.to === undefined
  );
}
