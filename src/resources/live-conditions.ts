/** Which `#if` branches count on a platform, and whether some branches together leave no gap. */
import { evaluate, parseCondition, type Assignment, type Condition } from '../scan/condition.ts';
import type { Platform } from './preset.ts';

/** Macros that a compiler predefines, by what they say of the platform. */
const WINDOWS_WORDS = ['_WIN32', '_WIN64', 'WIN32', 'WIN64', '__WIN32__', '_MSC_VER', '__MINGW32__', '__MINGW64__'];
const NEVER_WORDS = ['__cplusplus'];
const OTHER_LIBC_WORDS = ['__APPLE__', '__MACH__', '__FreeBSD__', '__NetBSD__', '__OpenBSD__'];

/** What is decided of `#if` atoms on a platform. `strict` decides only that this is C. */
export function decidedOn(platform: Platform): Assignment {
  const known = new Map<string, boolean>();
  const decide = (words: readonly string[], value: boolean): void => {
    for (const word of words) {
      known.set(`defined(${word})`, value);
      if (!value) known.set(word, false);
    }
  };
  decide(NEVER_WORDS, false);
  if (platform === 'posix' || platform === 'glibc' || platform === 'musl') decide(WINDOWS_WORDS, false);
  if (platform === 'glibc' || platform === 'musl') decide(OTHER_LIBC_WORDS, false);
  if (platform === 'windows') decide(['_WIN32'], true);
  return known;
}

/** Can text under these conditions be compiled at all? */
export function isLive(conditions: readonly string[], known: Assignment): boolean {
  return parsed(conditions).every((condition) => evaluate(condition, known) !== false);
}

/** Is text under these conditions compiled in every case? */
export function isAlways(conditions: readonly string[], known: Assignment): boolean {
  return parsed(conditions).every((condition) => evaluate(condition, known) === true);
}

/** With more choices than this nobody can tell. */
const MOST_ATOMS = 12;

/** Does one of the texts, each under all of its conditions, stand whatever the open choices are? */
export function coverAll(texts: readonly (readonly string[])[], known: Assignment): boolean {
  const formulas = texts.map(parsed);
  return holdsAlways(formulas, known, MOST_ATOMS);
}

function holdsAlways(formulas: readonly (readonly Condition[])[], known: Assignment, depth: number): boolean {
  let open: string | undefined;
  for (const conditions of formulas) {
    const values = conditions.map((condition) => evaluate(condition, known));
    if (values.every((value) => value === true)) return true;
    if (values.includes(false)) continue;
    const undecided = values.find((value) => typeof value !== 'boolean');
    if (typeof undecided === 'object') open ??= undecided.undecided;
  }
  if (open === undefined || depth === 0) return false;
  const atom = open;
  return [true, false].every((value) => holdsAlways(formulas, new Map([...known, [atom, value]]), depth - 1));
}

/** All that stands under the same conditions has the same list of them, and is asked about again and again. */
const PARSED = new WeakMap<readonly string[], readonly Condition[]>();

function parsed(conditions: readonly string[]): readonly Condition[] {
  const known = PARSED.get(conditions) ?? conditions.map((text) => parseCondition(`#if ${text}`));
  PARSED.set(conditions, known);
  return known;
}
