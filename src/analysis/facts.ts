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
  /** The named constant it equals. */
  readonly is?: Atom;
  /** Atoms it is known to differ from. */
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

/** The classes in which some value is related so to the constant. */
export function signsWhere(relation: Relation, constant: number): number {
  let signs = 0;
  for (const { bit, from, to } of RANGES) if (canHold(relation, constant, from, to)) signs |= bit;
  return signs;
}

function canHold(relation: Relation, constant: number, from: number, to: number): boolean {
  switch (relation) {
    case '==':
      return constant >= from && constant <= to;
    case '!=':
      return from !== to || constant !== from;
    case '<':
      return from < constant;
    case '<=':
      return from <= constant;
    case '>':
      return to > constant;
    case '>=':
      return to >= constant;
    default:
      return relation satisfies never;
  }
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
  if (info.number !== undefined) return { signs: signOf(info.number) };
  const fact = facts.get(atom) ?? NOTHING;
  return info.isNonZero ? { ...fact, signs: fact.signs & ~ZERO } : fact;
}

/**
 * Is `left relation right` true, false, or open? And if open, what is known of `left` when it holds?
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
  const info = atoms.info(right);
  if (left === right) return relation === '==' || relation === '<=' || relation === '>=' ? fact : 'impossible';
  if (info.number !== undefined) {
    const own = atoms.info(left).number;
    if (own !== undefined) return holds(relation, own, info.number) ? fact : 'impossible';
    const signs = fact.signs & signsWhere(relation, info.number);
    if (signs === 0) return 'impossible';
    // `ret == 5` is more than a sign: remember the constant, so that a second `ret == 5` is decided.
    const isSplit = signsWhere(relation, info.number) & signsWhere(opposite(relation), info.number);
    return isSplit ? (withName(atoms, { ...fact, signs }, relation, right) ?? 'impossible') : { ...fact, signs };
  }
  const other = factOf(atoms, facts, right);
  const signs = relation === '==' ? fact.signs & other.signs : fact.signs;
  if (signs === 0) return 'impossible';
  if (relation === '!=' && fact.signs === other.signs && (fact.signs === ZERO || fact.signs === MINUS_ONE))
    return 'impossible';
  return withName(atoms, { ...fact, signs }, relation, right) ?? 'impossible';
}

function withName(atoms: AtomTable, fact: Fact, relation: Relation, name: Atom): Fact | undefined {
  const isOther = fact.is !== undefined && fact.is !== name && areNumbers(atoms, fact.is, name);
  if (relation === '==') {
    if (isOther || fact.isNot?.includes(name)) return undefined;
    return { ...fact, is: name };
  }
  if (relation === '!=') {
    if (fact.is === name) return undefined;
    if (isOther) return fact;
    return fact.isNot?.includes(name)
      ? fact
      : { ...fact, isNot: [...(fact.isNot ?? []), name].toSorted((a, b) => a - b) };
  }
  return fact;
}

function areNumbers(atoms: AtomTable, a: Atom, b: Atom): boolean {
  return atoms.info(a).number !== undefined && atoms.info(b).number !== undefined;
}

function holds(relation: Relation, a: number, b: number): boolean {
  switch (relation) {
    case '==':
      return a === b;
    case '!=':
      return a !== b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    default:
      return relation satisfies never;
  }
}

/** What holds on both paths. */
export function joinFacts(a: Fact, b: Fact): Fact {
  const isNot = a.isNot?.filter((atom) => b.isNot?.includes(atom));
  return {
    signs: a.signs | b.signs,
    ...(a.is !== undefined && a.is === b.is && { is: a.is }),
    ...(isNot && isNot.length > 0 && { isNot }),
  };
}

export function sameFact(a: Fact, b: Fact): boolean {
  return a.signs === b.signs && a.is === b.is && (a.isNot ?? []).join() === (b.isNot ?? []).join();
}

export function isNothing(fact: Fact): boolean {
  return fact.signs === ANY_SIGN && fact.is === undefined && !fact.isNot;
}
