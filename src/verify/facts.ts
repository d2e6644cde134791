/** What a path has proved about values by the branches it took. Takes conditions as terms; returns new facts or a contradiction. */
import type { Term, TermTable } from './terms.ts';

/** For one term: the number it is known to equal, or the numbers it is known not to equal. */
export interface Fact {
  readonly equals: number | undefined;
  readonly differs: readonly number[];
}

export type Facts = ReadonlyMap<Term, Fact>;

/** A condition brought to `subject == number`, `subject != number`. */
interface Atom {
  readonly subject: Term;
  readonly number: number;
  readonly isEqual: boolean;
}

/**
 * `p`, `!p`, `p != NULL`, `NULL == p` are one atom. Comparisons by order are atoms of their own: their truth is a value
 * that is 0 or not.
 */
function atomOf(terms: TermTable, condition: Term): Atom {
  const node = terms.node(condition);
  const [left, right] = node.args;
  if (node.op === 'not' && left !== undefined) {
    const inner = atomOf(terms, left);
    return { ...inner, isEqual: !inner.isEqual };
  }
  if ((node.op === '==' || node.op === '!=') && left !== undefined && right !== undefined) {
    const isEqual = node.op === '==';
    const rightNumber = terms.numberOf(right);
    if (rightNumber !== undefined) return compared(terms, left, rightNumber, isEqual);
    const leftNumber = terms.numberOf(left);
    if (leftNumber !== undefined) return compared(terms, right, leftNumber, isEqual);
    const [low, high] = left < right ? [left, right] : [right, left];
    return { subject: terms.apply('==', [low, high]), number: 0, isEqual: !isEqual };
  }
  if ((node.op === '>' || node.op === '>=' || node.op === '<=') && left !== undefined && right !== undefined) {
    // a > b is b < a; a <= b is not (b < a), unless one of them may be NaN.
    if (node.op === '>') return { subject: terms.apply('<', [right, left]), number: 0, isEqual: false };
    const [low, high] = node.op === '>=' ? [left, right] : [right, left];
    if (terms.isIntegral(left) && terms.isIntegral(right))
      return { subject: terms.apply('<', [low, high]), number: 0, isEqual: true };
  }
  return { subject: condition, number: 0, isEqual: false };
}

const TRUTHS: ReadonlySet<string> = new Set(['==', '!=', 'not', '<', '>', '<=', '>=']);

/** `(a == b) == 0` and `!x == 0` look inside; everything else is compared as it stands. */
function compared(terms: TermTable, subject: Term, number: number, isEqual: boolean): Atom {
  const inner = terms.node(subject).op;
  if (number === 0 && TRUTHS.has(inner)) {
    const atom = atomOf(terms, subject);
    return isEqual ? { ...atom, isEqual: !atom.isEqual } : atom;
  }
  return { subject, number, isEqual };
}

/** Is the condition known to hold (true), known not to hold (false), or open? */
export function decide(terms: TermTable, facts: Facts, condition: Term): boolean | undefined {
  const atom = atomOf(terms, condition);
  const known = isEqualKnown(terms, facts, atom);
  return known === undefined ? undefined : known === atom.isEqual;
}

function isEqualKnown(terms: TermTable, facts: Facts, atom: Atom): boolean | undefined {
  const number = terms.numberOf(atom.subject);
  if (number !== undefined) return number === atom.number;
  const node = terms.node(atom.subject);
  // The address of an object is not null.
  if (atom.number === 0 && (node.op === 'object' || (node.op === 'literal' && node.text.startsWith('"')))) return false;
  const fact = facts.get(atom.subject);
  if (fact?.equals === atom.number) return true;
  if (fact?.differs.includes(atom.number)) return false;
  if (fact?.equals !== undefined && areApart(terms, atom.subject, fact.equals, atom.number)) return false;
  const [left, right] = node.args;
  if (node.op === '<' && left !== undefined && right !== undefined)
    return isTruthKnown(terms, facts, left, right, atom.number);
  // `x == x`: not where x may be NaN, nor for string literals, which need not be one object.
  if (node.op === '==' && left !== undefined && left === right && terms.isIntegral(left) && !isLiteral(terms, left))
    return atom.number === 0 ? false : undefined;
  return undefined;
}

/** Two string literals with one text need not be one object, whatever they are converted to. */
function isLiteral(terms: TermTable, term: Term): boolean {
  const { op, args } = terms.node(term);
  return (
    op === 'literal' || (/^(convert|element|[-+])$/.test(op) && args[0] !== undefined && isLiteral(terms, args[0]))
  );
}

/** Of whole numbers up to this, no two are the same in any type of numbers: a `float` of 16777216 equals 16777217 too. */
const EXACT_IN_ANY = 2048;

/** Can a value not be equal to both numbers? */
function areApart(terms: TermTable, subject: Term, one: number, other: number): boolean {
  const areSmall = Math.abs(one) <= EXACT_IN_ANY && Math.abs(other) <= EXACT_IN_ANY;
  return areSmall || terms.isIntegral(subject);
}

/** `left < right` compared with 0, where both are int constants, or where one is known to be 0 against 0. */
function isTruthKnown(terms: TermTable, facts: Facts, left: Term, right: Term, number: number): boolean | undefined {
  if (number !== 0) return undefined;
  const a = knownNumber(terms, facts, left);
  const b = knownNumber(terms, facts, right);
  if (a === undefined || b === undefined) return undefined;
  const areInts = terms.node(left).op === 'integer' && terms.node(right).op === 'integer';
  if (areInts || (a === 0 && b === 0)) return !(a < b);
  return undefined;
}

function knownNumber(terms: TermTable, facts: Facts, term: Term): number | undefined {
  return terms.numberOf(term) ?? facts.get(term)?.equals;
}

/** The facts with the condition taken as true or false; undefined when that contradicts them. */
export function assume(terms: TermTable, facts: Facts, condition: Term, isTrue: boolean): Facts | undefined {
  const known = decide(terms, facts, condition);
  if (known !== undefined) return known === isTrue ? facts : undefined;
  const atom = atomOf(terms, condition);
  const next = new Map(facts);
  learn(next, atom.subject, atom.number, atom.isEqual === isTrue);
  // `x < 0` or `0 < x` holds: x is not zero, whatever its type.
  const node = terms.node(atom.subject);
  const [left, right] = node.args;
  if (node.op === '<' && left !== undefined && right !== undefined && atom.number === 0 && atom.isEqual !== isTrue) {
    if (terms.numberOf(right) === 0) learn(next, left, 0, false);
    if (terms.numberOf(left) === 0) learn(next, right, 0, false);
  }
  return next;
}

function learn(facts: Map<Term, Fact>, subject: Term, number: number, isEqual: boolean): void {
  const old = facts.get(subject);
  if (isEqual) facts.set(subject, { equals: number, differs: [] });
  else if (old?.equals === undefined)
    facts.set(subject, { equals: undefined, differs: [...(old?.differs ?? []), number].toSorted((a, b) => a - b) });
}

/** What is known of a value: by the path, or because it is a number or the address of an object. */
export function factOf(terms: TermTable, facts: Facts, term: Term): Fact | undefined {
  const number = terms.numberOf(term);
  if (number !== undefined) return { equals: number, differs: [] };
  const known = facts.get(term);
  if (known) return known;
  return decide(terms, facts, term) === true ? { equals: undefined, differs: [0] } : undefined;
}

/** What two facts have in common; that both numbers are not zero, too. */
export function commonFact(one: Fact | undefined, other: Fact | undefined): Fact | undefined {
  if (!one || !other) return undefined;
  if (one.equals !== undefined && one.equals === other.equals) return one;
  const excludes = (fact: Fact, number: number): boolean =>
    fact.equals === undefined ? fact.differs.includes(number) : fact.equals !== number;
  const candidates = new Set([0, ...one.differs, ...other.differs]);
  const differs = [...candidates].filter((number) => excludes(one, number) && excludes(other, number));
  return differs.length > 0 ? { equals: undefined, differs: differs.toSorted((a, b) => a - b) } : undefined;
}
