/** What is known of one call beyond what is known of its name: a literal format, a standard stream. */
import type { NameFacts } from './knowledge.ts';

/** A conversion of a printf format: flags, width, precision, length, letter. `%%` prints a percent sign. */
const CONVERSION =
  /%[-+ #0'I]*(?:\d+\$)?(?:\*(?:\d+\$)?|\d+)?(?:\.(?:\*(?:\d+\$)?|\d*))?(?:hh|h|ll|l|q|L|j|z|Z|t)?(.|$)/gs;

/** Letters that only print. Anything else, a macro of <inttypes.h> between literals too, is not understood. */
const PRINTING = 'diouxXeEfFgGaAcsCSp%';

/**
 * Narrows what is known of a name to one call of it.
 * @param facts of the called name
 * @param args source text of the arguments, without comments
 * @returns with a literal format that has no `%n`, writes through the variadic arguments are gone, and without `%m` it
 *   does not read errno; if its only effect is text to a log, stderr or stdout, it is a diagnostic
 */
export function refineCall(facts: NameFacts, args: readonly string[]): NameFacts {
  if (facts.format === undefined) return withOutput(facts, args);
  const letters = lettersOf(args[facts.format]);
  if (letters === undefined || !onlyPrints(letters)) return facts;
  const { format, formatList: list, writesThrough } = facts;
  const narrowed: NameFacts = {
    ...facts,
    readsErrno: facts.readsErrno === true || letters.includes('m'),
    ...(writesThrough && {
      writesThrough: writesThrough.filter((argument) => argument <= format || argument === list),
    }),
  };
  return withOutput(narrowed, args);
}

/** The conversion letters of a format that is one or several string literals; undefined for anything else. */
function lettersOf(format: string | undefined): string | undefined {
  const literals = format?.match(/^\s*(?:"(?:[^"\\]|\\.)*"\s*)+$/s);
  if (!format || !literals) return undefined;
  const text = [...format.matchAll(/"((?:[^"\\]|\\.)*)"/gs)].map((match) => match[1]).join('');
  // `\x25` is a percent sign, and so is `\045`.
  if (/\\[0-7xuU]/.test(text.replaceAll('\\\\', ''))) return undefined;
  return [...text.matchAll(CONVERSION)].map((match) => match[1] || '?').join('');
}

function onlyPrints(letters: string): boolean {
  return [...letters].every((letter) => letter === 'm' || PRINTING.includes(letter));
}

const STANDARD_STREAMS: ReadonlySet<string> = new Set(['stderr', 'stdout', 'STDERR_FILENO', 'STDOUT_FILENO', '2', '1']);

function withOutput(facts: NameFacts, args: readonly string[]): NameFacts {
  if (facts.diagnostic || !writesToLog(facts, args)) return facts;
  return { ...facts, diagnostic: { readsErrno: facts.readsErrno !== false } };
}

/** Is the only effect of the call text to a log or a standard stream, as far as its format goes along? */
export function writesToLog({ output }: NameFacts, args: readonly string[]): boolean {
  if (output === undefined) return false;
  if (output === 'log') return true;
  const stream = args[output.stream]?.trim();
  return stream !== undefined && STANDARD_STREAMS.has(stream);
}
