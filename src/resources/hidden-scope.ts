/** What a macro declares that no jump may pass: seen by its tokens, for a declaration is half a statement at most. */
import { hasCleanupMark } from '../syntax/cleanup-attribute.ts';
import type { MacroFacts } from './knowledge.ts';
import type { MacroBody } from './macro-body.ts';

/** Words before a name that make no declaration of it. */
const NO_TYPES: ReadonlySet<string> = new Set(
  'else return sizeof case goto do if while for switch default break continue typeof __typeof__ _Alignof'.split(' '),
);

/** By the text of the macro alone; what it uses may hide something, too. */
export function hiddenScope(body: MacroBody): MacroFacts['hides'] {
  if (hasCleanupMark(body.text, body.tokens)) return 'cleanup';
  return statementsOf(body).some(declaresArray) ? 'array' : undefined;
}

/** Words of each statement; what stands in brackets is one word, `[n]`, and what stands in a block is none. */
function statementsOf(body: MacroBody): string[][] {
  const statements: string[][] = [[]];
  let depth = 0;
  let open = 0;
  for (const token of body.tokens) {
    const word = body.text.slice(token.start, token.end);
    if (/^[{([]$/.test(word) && depth++ === 0) open = token.start;
    const isClosing = /^[})\]]$/.test(word) && --depth === 0;
    if (isClosing) statements.at(-1)?.push(body.text.slice(open, token.end));
    else if (depth === 0 && word === ';') statements.push([]);
    else if (depth === 0) statements.at(-1)?.push(word);
  }
  return statements;
}

/** `int rows[n]`, `struct row *rows[N]`: a type and a name, and a length that is no number. */
function declaresArray(words: readonly string[]): boolean {
  const isName = (word: string | undefined): boolean => word !== undefined && /^[A-Za-z_]\w*$/.test(word);
  const bare = words.filter((word) => word !== '*');
  const isDeclaration = bare.some(
    (word, index) => isName(word) && !NO_TYPES.has(word) && isName(bare[index + 1]) && bare[index + 1] !== 'else',
  );
  return isDeclaration && words.some((word) => word.startsWith('[') && !/^\[\s*(\d\w*)?\s*\]$/.test(word));
}
