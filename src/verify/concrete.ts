/**
 * What a term is in one run: the numbers it may be, the object it points to. Where C leaves the width or the sign of a
 * type open, a value is one of several numbers, and two values differ only if no number is in both.
 */
import { areOtherErrors, isErrnoName } from '../resources/errno-names.ts';
import { baseOf, origin } from './memory.ts';
import { convertNumber, isBoolean, isPointer, LONG, numberTypeOf, resolveType } from './number-types.ts';
import type { NumberType } from './number-types.ts';
import type { Term, TermTable } from './terms.ts';

export type Concrete =
  /** One of these, depending on the machine. */
  | { readonly kind: 'numbers'; readonly values: readonly number[] }
  | { readonly kind: 'object'; readonly address: Term }
  /** Not zero, and no more is known. */
  | { readonly kind: 'nonzero' }
  | { readonly kind: 'error'; readonly name: string; readonly isNegative: boolean }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'unknown' }
  /** Computed from a variable that was never assigned. */
  | { readonly kind: 'indeterminate'; readonly term: Term };

/** What a run chooses for a value that comes from outside: a number, an object of its own, or something that is not zero. */
export type Candidate = number | 'object' | 'nonzero';

export type Comparison = 'same' | 'different' | 'unclear';

/** Values that come from outside: parameters, answers of callees, contents of memory nobody in the function has written. */
export const OUTSIDE: ReadonlySet<string> = new Set(['parameter', 'answer', 'content']);

const UNKNOWN: Concrete = { kind: 'unknown' };

function exactly(value: number): Concrete {
  return { kind: 'numbers', values: [value] };
}

export interface Reading {
  readonly terms: TermTable;
  /** What is chosen for a value from outside; undefined where nothing is, or nothing can be. */
  readonly chosen: (root: Term) => Candidate | undefined;
  /** The declared type of a value from outside. */
  readonly typeOf: (root: Term) => string | undefined;
  readonly numberType: (name: string) => string | undefined;
}

/** The value of a term. */
export function evaluate(reading: Reading, term: Term): Concrete {
  const { terms } = reading;
  const { op, text, args } = terms.node(term);
  if (OUTSIDE.has(op)) return ofCandidate(reading.chosen(term), term);
  const [first, second] = args.map((arg) => evaluate(reading, arg));
  switch (op) {
    case 'integer':
      return exactly(Number(text));
    case 'null':
      return exactly(0);
    case 'literal':
      return ofLiteral(text);
    case 'object':
    case 'global':
      return { kind: 'object', address: term };
    case 'undefined':
      return { kind: 'indeterminate', term };
    default:
      break;
  }
  const lost = [first, second].find((one) => one?.kind === 'indeterminate');
  if (lost) return lost;
  if (!first) return UNKNOWN;
  if (op === 'convert') return convert(reading, text, first);
  if (op === 'whole') return first;
  if (op === 'field' && first.kind === 'object')
    return { kind: 'object', address: terms.apply('field', [first.address], text) };
  if (op === 'element') return element(terms, first, second);
  if (args.length === 1) return ofUnary(op, first);
  const areSigned = args.every((arg) => isSigned(reading, arg));
  return second ? ofBinary(op, first, second, areSigned) : UNKNOWN;
}

function ofCandidate(candidate: Candidate | undefined, root: Term): Concrete {
  if (candidate === undefined) return UNKNOWN;
  if (candidate === 'object') return { kind: 'object', address: root };
  return candidate === 'nonzero' ? { kind: 'nonzero' } : exactly(candidate);
}

function ofLiteral(text: string): Concrete {
  // Two literals side by side are one text, an escape may stand for the character itself.
  if (/^"(?:[^"\\]|\\[nrt"\\0](?!\d))*" ?$/.test(text)) return { kind: 'text', text };
  if (isErrnoName(text)) return { kind: 'error', name: text, isNegative: false };
  const character = /^'([^'\\])' ?$/.exec(text)?.[1];
  if (character !== undefined && character.charCodeAt(0) < 0x80) return exactly(character.charCodeAt(0));
  const digits = /^(-?\d{1,9})[uUlL]*$/.exec(text)?.[1];
  return digits !== undefined && !/^-?0\d/.test(digits) ? exactly(Number(digits)) : UNKNOWN;
}

function element(terms: TermTable, base: Concrete, index: Concrete | undefined): Concrete {
  const at = index && onlyNumber(index);
  if (base.kind !== 'object' || at === undefined) return UNKNOWN;
  return {
    kind: 'object',
    address: at === 0 ? base.address : terms.apply('element', [base.address, terms.integer(at)]),
  };
}

/** The number that a value is on every machine. */
export function onlyNumber(value: Concrete): number | undefined {
  return value.kind === 'numbers' && value.values.length === 1 ? value.values[0] : undefined;
}

/** Is it zero or null (false), is it not (true), or can't that be said? */
export function truthOf(value: Concrete): boolean | undefined {
  if (value.kind === 'unknown' || value.kind === 'indeterminate') return undefined;
  if (value.kind !== 'numbers') return true;
  const truths = new Set(value.values.map((one) => one !== 0));
  return truths.size === 1 ? truths.has(true) : undefined;
}

function truth(value: boolean | undefined): Concrete {
  return value === undefined ? UNKNOWN : exactly(value ? 1 : 0);
}

function ofUnary(op: string, value: Concrete): Concrete {
  if (op === 'not') {
    const known = truthOf(value);
    return truth(known === undefined ? undefined : !known);
  }
  if (op === 'unary-' && value.kind === 'error') return { ...value, isNegative: !value.isNegative };
  const number = onlyNumber(value);
  if (number === undefined || number < 0) return UNKNOWN;
  if (op === 'unary-') return number === 0 ? exactly(0) : exactly(-number);
  return op === 'unary+' ? value : UNKNOWN;
}

const SWAPPED: Readonly<Record<string, string>> = {
  '<': '>',
  '>': '<',
  '<=': '>=',
  '>=': '<=',
  '==': '==',
  '!=': '!=',
};

function ofBinary(op: string, left: Concrete, right: Concrete, areSigned: boolean): Concrete {
  if (op in SWAPPED) return compareBy(op, left, right, areSigned);
  const [a, b] = [onlyNumber(left), onlyNumber(right)];
  if (a === undefined || b === undefined || (!areSigned && (a < 0 || b < 0))) return UNKNOWN;
  const result = arithmetic(op, a, b);
  if (result === undefined || Math.abs(result) > 0x3fff_ffff) return UNKNOWN;
  return result < 0 && !areSigned ? UNKNOWN : exactly(result === 0 ? 0 : result);
}

function arithmetic(op: string, a: number, b: number): number | undefined {
  switch (op) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return b === 0 ? undefined : Math.trunc(a / b);
    case '%':
      return b === 0 ? undefined : a % b;
    default:
      break;
  }
  if (a < 0 || b < 0 || a > 0x3fff_ffff || b > 0x3fff_ffff) return undefined;
  if (op === '&') return a & b;
  if (op === '|') return a | b;
  return op === '^' ? a ^ b : undefined;
}

function compareBy(op: string, left: Concrete, right: Concrete, areSigned: boolean): Concrete {
  if (op === '==' || op === '!=') {
    const isNegative = [left, right].some((one) => one.kind === 'numbers' && one.values.some((value) => value < 0));
    const equality = isNegative && !areSigned ? 'unclear' : compareValues(undefined, left, right);
    return truth(equality === 'unclear' ? undefined : (equality === 'same') === (op === '=='));
  }
  if (left.kind === 'error' && onlyNumber(right) === 0) return truth(left.isNegative === op.startsWith('<'));
  if (right.kind === 'error' && onlyNumber(left) === 0) return truth(right.isNegative === op.startsWith('>'));
  if (left.kind !== 'numbers' || right.kind !== 'numbers') return UNKNOWN;
  if (!areSigned && [...left.values, ...right.values].some((value) => value < 0)) return UNKNOWN;
  const results = new Set(left.values.flatMap((a) => right.values.map((b) => isOrdered(op, a, b))));
  return truth(results.size === 1 ? results.has(true) : undefined);
}

function isOrdered(op: string, a: number, b: number): boolean {
  if (op === '<') return a < b;
  if (op === '>') return a > b;
  return op === '<=' ? a <= b : a >= b;
}

/** Are two values the same? `different` and `same` only where they are on every machine. */
export function compareValues(
  terms: { readonly table: TermTable; readonly arePlainMembers: (one: string, other: string) => boolean } | undefined,
  one: Concrete,
  other: Concrete,
): Comparison {
  const kinds = new Set([one.kind, other.kind]);
  if (kinds.has('unknown') || kinds.has('indeterminate')) return 'unclear';
  if (one.kind === 'numbers' && other.kind === 'numbers') return compareNumbers(one.values, other.values);
  const truths = [one, other].map(truthOf);
  if (truths.includes(false) && truths.includes(true)) return 'different';
  if (one.kind === 'error') return compareErrors(one, other);
  if (other.kind === 'error') return compareErrors(other, one);
  if (one.kind === 'text' && other.kind === 'text') return one.text === other.text ? 'same' : 'different';
  if (kinds.has('text') && kinds.has('object')) return 'different';
  if (one.kind !== 'object' || other.kind !== 'object') return 'unclear';
  if (one.address === other.address) return 'same';
  return terms && areApart(terms.table, one.address, other.address, terms.arePlainMembers) ? 'different' : 'unclear';
}

function compareNumbers(one: readonly number[], other: readonly number[]): Comparison {
  if (one.every((value) => !other.includes(value))) return 'different';
  return one.length === 1 && other.length === 1 ? 'same' : 'unclear';
}

function compareErrors(one: Extract<Concrete, { kind: 'error' }>, other: Concrete): Comparison {
  if (other.kind === 'numbers')
    return other.values.every((value) => value < 0 !== one.isNegative) ? 'different' : 'unclear';
  if (other.kind !== 'error') return 'unclear';
  if (one.isNegative !== other.isNegative || areOtherErrors(one.name, other.name)) return 'different';
  return one.name === other.name ? 'same' : 'unclear';
}

/** Are two addresses certainly of different bytes? Objects of their own each, or members of one struct. */
export function areApart(
  terms: TermTable,
  one: Term,
  other: Term,
  arePlainMembers: (one: string, other: string) => boolean,
): boolean {
  if (baseOf(terms, one) !== baseOf(terms, other)) return true;
  const [a, b] = [pathOf(terms, one), pathOf(terms, other)];
  const at = a.findIndex((step, index) => b[index] !== step);
  const [first, second] = [a[at], b[at]];
  if (first === undefined || second === undefined) return false;
  if (first.startsWith('[') || second.startsWith('[')) return first.startsWith('[') && second.startsWith('[');
  return arePlainMembers(first, second);
}

/** From the base to the address: names of members, and `[3]`. */
export function pathOf(terms: TermTable, address: Term): string[] {
  const { op, text, args } = terms.node(address);
  const [inner, index] = args;
  if ((op !== 'field' && op !== 'element') || inner === undefined) return [];
  return [...pathOf(terms, inner), op === 'field' ? text : `[${index === undefined ? '' : terms.node(index).text}]`];
}

// ---- conversions

/** C11 6.3.1. */
function convert(reading: Reading, type: string, value: Concrete): Concrete {
  const words = resolveType(reading.numberType, type);
  if (value.kind === 'unknown' || isPointer(words)) return value;
  if (isBoolean(words)) return truth(truthOf(value));
  const target = numberTypeOf(words);
  if (value.kind === 'numbers') return merge(value.values.map((one) => convertNumber(words, target, one)));
  if (value.kind === 'error') return convertError(words, target, value);
  if (value.kind === 'nonzero') return value;
  // An address in a number that may be too small for it.
  return target?.widths === LONG || (!target && /^\w+$/.test(words) && !/^(char|float|double|enum)$/.test(words))
    ? value
    : UNKNOWN;
}

function merge(parts: readonly (readonly number[] | undefined)[]): Concrete {
  const values = new Set<number>();
  for (const part of parts) {
    if (!part) return UNKNOWN;
    for (const value of part) values.add(value);
  }
  return { kind: 'numbers', values: [...values] };
}

/** Error numbers survive every conversion to a type that a status has. */
function convertError(
  words: string,
  target: NumberType | undefined,
  value: Extract<Concrete, { kind: 'error' }>,
): Concrete {
  if (target) return target.widths[0] === 8 || (value.isNegative && !target.isSigned) ? UNKNOWN : value;
  return words === 'char' || words.startsWith('common type') || words.startsWith('lvalue') ? UNKNOWN : value;
}

/** Is the arithmetic of the value that of signed numbers? */
function isSigned(reading: Reading, term: Term): boolean {
  const { terms } = reading;
  const { op, text, args } = terms.node(term);
  if (/^(integer|not|==|!=|<|>|<=|>=)$/.test(op)) return true;
  if (op === 'literal') return isErrnoName(text) || text.startsWith("'") || /^\d+[lL]*$/.test(text);
  const type = OUTSIDE.has(op) ? reading.typeOf(term) : terms.typeOf(term);
  if (type !== undefined) {
    const words = resolveType(reading.numberType, type);
    const target = numberTypeOf(words);
    // What is narrower than an int becomes one.
    return target ? target.isSigned || (target.widths[0] ?? 32) < 32 : words === 'char' || isBoolean(words);
  }
  return /^([-+*/%&|^]|unary[-+])$/.test(op) && args.every((arg) => isSigned(reading, arg));
}

/** The pointer that an address starts from, without conversions. */
export function rootOfAddress(terms: TermTable, address: Term): Term {
  const bare = origin(terms, address);
  const { op, args } = terms.node(bare);
  const inner = args[0];
  return (op === 'field' || op === 'element' || op === 'whole') && inner !== undefined
    ? rootOfAddress(terms, inner)
    : bare;
}
