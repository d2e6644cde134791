/** The types of whole numbers, as far as C leaves their width and sign open: what a value becomes, what it can be. */
import type { Candidate } from './concrete.ts';

export interface NumberType {
  readonly isSigned: boolean;
  /** Widths that it may have on some machine, the smallest first. */
  readonly widths: readonly number[];
}

/** 32 bits on some machines, 64 on others. */
export const LONG = [32, 64];
const INTEGERS: readonly (readonly [RegExp, NumberType])[] = [
  [/^(signed char|int8_t)$/, { isSigned: true, widths: [8] }],
  [/^(unsigned char|uint8_t)$/, { isSigned: false, widths: [8] }],
  [/^((signed )?short( int)?|int16_t)$/, { isSigned: true, widths: [16] }],
  [/^(unsigned short( int)?|uint16_t)$/, { isSigned: false, widths: [16] }],
  [/^(int|signed( int)?|int32_t|pid_t)$/, { isSigned: true, widths: [32] }],
  [/^(unsigned( int)?|uint32_t)$/, { isSigned: false, widths: [32] }],
  [/^((signed )?long( int)?|ssize_t|intptr_t|ptrdiff_t|off_t|time_t)$/, { isSigned: true, widths: LONG }],
  [/^(unsigned long( int)?|uintptr_t)$/, { isSigned: false, widths: LONG }],
  [/^((signed )?long long( int)?|int64_t|intmax_t)$/, { isSigned: true, widths: [64] }],
  [/^(unsigned long long( int)?|uint64_t|uintmax_t)$/, { isSigned: false, widths: [64] }],
];

/** Undefined for what is no type of whole numbers, or not known to be one. */
export function numberTypeOf(type: string): NumberType | undefined {
  if (type === 'size_t') return { isSigned: false, widths: LONG };
  return INTEGERS.find(([pattern]) => pattern.test(type))?.[1];
}

/** The words of a type without qualifiers, a type name replaced by what it stands for. */
export function resolveType(numberType: (name: string) => string | undefined, type: string): string {
  const words = type.replace(/\b(const|volatile|register|static) /g, '').trim();
  return /^\w+$/.test(words) && !numberTypeOf(words) ? (numberType(words) ?? words) : words;
}

/** The type whose values are 0 and 1. */
export function isBoolean(type: string): boolean {
  return type === '_Bool' || type === 'bool';
}

/** Pointers, and arrays, which are passed as such. */
export function isPointer(type: string): boolean {
  return type.includes('*') || type.includes('[');
}

/** The numbers that a number may become when it is converted; undefined where that is not known. C11 6.3.1. */
export function convertNumber(
  words: string,
  target: NumberType | undefined,
  value: number,
): readonly number[] | undefined {
  if (/^(float|double|long double)$/.test(words)) return [value];
  if (target) {
    const results = target.widths.map((width) => wrap(value, width, target.isSigned));
    return [...new Set(results)];
  }
  if (words === 'char') return [...new Set([wrap(value, 8, true), wrap(value, 8, false)])];
  // Of the arms of a conditional: promoted, and perhaps unsigned by the other one.
  if (words.startsWith('common type'))
    return value >= 0 ? [value] : [value, wrap(value, 32, false), wrap(value, 64, false)];
  // A type that is not known: any width and sign, or a _Bool.
  if (value === 0 || value === 1) return [value];
  // A member may have any number of bits.
  const widths = words.startsWith('lvalue') ? [1, 2, 3, 4, 5, 6, 7, 8, 16, 32, 64] : [8, 16, 32, 64];
  const wrapped = widths.flatMap((width) => [wrap(value, width, true), wrap(value, width, false)]);
  return [...new Set([1, value, ...wrapped])];
}

function wrap(value: number, width: number, asSigned: boolean): number {
  // Numbers next to 2^64 are none of JavaScript's: they get places of their own above all others.
  if (width === 64) return value >= 0 || asSigned ? value : 2 ** 64 + 4096 * value;
  const modulus = 2 ** width;
  const rest = ((value % modulus) + modulus) % modulus;
  return asSigned && rest >= modulus / 2 ? rest - modulus : rest;
}

/** What a value of the type can be, as far as a run may choose: the likely ones first. `near` are numbers of the text. */
export function candidatesOf(
  numberType: (name: string) => string | undefined,
  type: string | undefined,
  near: readonly number[],
): readonly Candidate[] {
  const words = type === undefined ? undefined : resolveType(numberType, type);
  if (words === undefined) return ['nonzero', 0, 1];
  if (isPointer(words)) return ['object', 0];
  if (isBoolean(words)) return [0, 1];
  if (words === 'enum' || words.startsWith('enum ')) return [0, 1];
  const target = words === 'char' ? { isSigned: false, widths: [7] } : numberTypeOf(words);
  if (!target) return /^(void|float|double|long double|struct\b.*|union\b.*)$/.test(words) ? [] : ['nonzero', 0, 1];
  const most = 2 ** ((target.widths[0] ?? 8) - (target.isSigned ? 1 : 0)) - 1;
  const least = target.isSigned ? -most : 0;
  return [0, 1, -1, 2, ...near].filter(
    (value, at, all) => all.indexOf(value) === at && least <= value && value <= most,
  );
}

/** May the type be one that has only two values, so that 1 and 2 are the same? */
export function mayBeBoolean(numberType: (name: string) => string | undefined, type: string): boolean {
  const words = resolveType(numberType, type);
  if (isPointer(words)) return false;
  return !words.split(' ').some((word) => /^(char|short|int|long|unsigned|signed)$/.test(word) || numberTypeOf(word));
}
