/** The shape of a preset, and short words for facts that many library functions share. */
import type { MacroFacts, NameFacts, ReleaseFacts } from './knowledge.ts';

/** What the facts of a preset may depend on. `strict`: what the C standard promises everywhere, and no more. */
export const PLATFORMS = ['posix', 'glibc', 'musl', 'windows', 'strict'] as const;
export type Platform = (typeof PLATFORMS)[number];

/** Facts of one library name. What errno does is said once, for the call; a release takes it from there. */
export interface PresetFacts extends Omit<NameFacts, 'kind' | 'from' | 'releases'> {
  readonly releases?: Omit<ReleaseFacts, 'keepsErrno'>;
}

/** Facts that hold on some platforms only, and who promises them. */
export interface PlatformFacts {
  readonly platforms: readonly Platform[];
  readonly because: string;
  readonly facts: PresetFacts;
}

export interface PresetEntry extends PresetFacts {
  /** Absent: `macro` where macro facts are given, else `function`. */
  readonly kind?: 'function' | 'macro';
  readonly on?: readonly PlatformFacts[];
}

/** A catalogue of names of one library: data only. */
export interface Preset {
  readonly name: string;
  readonly title: string;
  /**
   * Headers that bring these names. Absent: names of C or POSIX, in force everywhere. With headers, in force where a
   * file includes one of them, or where the user asks for the preset by name.
   */
  readonly headers?: readonly string[];
  readonly names: Readonly<Record<string, PresetEntry>>;
}

/** The same facts for several names, which are separated by blanks. */
export function each(names: string, entry: PresetEntry): Record<string, PresetEntry> {
  return Object.fromEntries(
    names
      .trim()
      .split(/\s+/)
      .map((name) => [name, entry]),
  );
}

/** All arguments from n on: a variadic call may write through each of them (`%n`, `%d` of scanf). */
export function argumentsFrom(first: number): readonly number[] {
  // C guarantees 127 arguments in a call.
  return Array.from({ length: 127 - first }, (_, index) => first + index);
}

/** Platforms on which nobody sets errno in a function that is not documented to use it, though C would allow it. */
const USUAL: readonly Platform[] = ['posix', 'glibc', 'musl', 'windows'];

/** Returns, keeps no pointer, writes through none of its arguments. It may set errno. */
export const READS: PresetEntry = { neverReturns: false, retains: [], writesThrough: [], readsErrno: false };

/** Adds: it has no effects but those through its arguments. */
export function local(entry: PresetEntry): PresetEntry {
  return { ...entry, isLocal: true };
}

/** Returns, keeps no pointer, writes only through these arguments. It may set errno. */
export function writes(...through: readonly number[]): PresetEntry {
  return { ...READS, writesThrough: through };
}

/** Adds: errno is untouched, except where only the letter of C counts. */
export function quiet(entry: PresetEntry): PresetEntry {
  const because = 'no libc in use sets errno in it';
  return { ...entry, on: [...(entry.on ?? []), { platforms: USUAL, because, facts: { keepsErrno: true } }] };
}

/** No effects, and reads no memory but through its arguments. */
export const PURE: PresetEntry = quiet(local({ ...READS, isPure: true }));

/** Adds: numbers in, a number out. */
export const ARITHMETIC: PresetEntry = { ...PURE, isArithmetic: true };

/** Control never comes back. */
export const NEVER_RETURNS: PresetEntry = { neverReturns: true };

/** A function of which only that much is known: it takes a callback, or changes the world in ways not listed here. */
export const FUNCTION: PresetEntry = {};

/** The result is storage of the library that its next call may overwrite. */
export const OWN_STORAGE: PresetEntry = { ...READS, returnsOwnStorage: true };

/**
 * A printf-like call with variadic arguments behind its format. Until the format is seen it may write through each of
 * them (`%n`) and read errno (`%m`).
 * @param through arguments it writes in any case: the stream, the buffer
 */
export function formats(format: number, ...through: readonly number[]): PresetEntry {
  return { ...mayReadErrno(writes(...through, ...argumentsFrom(format + 1))), format };
}

function mayReadErrno(entry: PresetEntry): PresetEntry {
  return Object.fromEntries(Object.entries(entry).filter(([key]) => key !== 'readsErrno'));
}

/** The same with a va_list, whose arguments are those of the caller's caller: `vfprintf(stderr, format, list)`. */
export function listFormats(format: number, list: number, ...through: readonly number[]): PresetEntry {
  return { ...mayReadErrno(writes(...through, list)), format, formatList: list };
}

const NO_MACRO_EFFECTS: MacroFacts = { hasJump: false, isStateful: false, freeNames: [], writes: [] };

/** A macro of the language or the library that neither jumps nor keeps state; all it does is to write these parameters. */
export function plainMacro(...written: readonly number[]): PresetEntry {
  return { ...quiet(local(writes(...written))), kind: 'macro', macro: { ...NO_MACRO_EFFECTS, writes: written } };
}
