/** Words of the language that a macro gives another meaning: `#define NULL ((char *)8)`, `#define return if (f()) return`. */
import type { Assignment } from '../scan/condition.ts';
import { lex } from '../scan/lex.ts';
import { isAlways, isLive } from './live-conditions.ts';
import type { SeenFile } from './seen-file.ts';

/** Bodies that leave a word what it is, without parentheses and blanks. */
const ORDINARY: ReadonlyMap<string, RegExp> = new Map([
  ['NULL', /^((const)?void\*)?0[uUlL]*$|^__null$|^nullptr$/],
  ['true', /^((_Bool|bool)\+?)?1[uU]?$|^!0$|^0==0$/],
  ['false', /^((_Bool|bool)\+?)?0[uU]?$|^!1$|^0!=0$/],
]);

/**
 * Does a macro of the file itself, under whatever choice, or one that a header defines in every case, mean something
 * else by the word? (A header that profiles every `if` under a configuration of its own does not count.)
 */
export function isRedefined(
  word: string,
  own: SeenFile,
  headers: readonly { readonly file: SeenFile; readonly isConditional: boolean }[],
  platform: Assignment,
): boolean {
  const isOrdinary = ({ body }: { readonly body: string }): boolean => ORDINARY.get(word)?.test(wordsOf(body)) === true;
  const known = new Map([...platform, [`defined(${word})`, false]]);
  if (own.macros(word).some((macro) => isLive(macro.conditions, known) && !isOrdinary(macro))) return true;
  return headers.some(
    ({ file, isConditional }) =>
      !isConditional && file.macros(word).some((macro) => isAlways(macro.conditions, known) && !isOrdinary(macro)),
  );
}

function wordsOf(body: string): string {
  const words = lex(body).tokens.map((token) => body.slice(token.start, token.end));
  return words.filter((word) => word !== '(' && word !== ')').join('');
}
