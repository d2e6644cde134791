/** Variables of one file that always keep the number they begin with. Told by the tokens; sure, not only likely. */
import { lex } from '../scan/lex.ts';

/** What may stand before the name of such a variable. */
const SPECIFIER = /^(static|const|int|unsigned|signed|long|short|char|bool|_Bool|size_t|u?int(8|16|32|64)_t)$/;

const WRITING = /^([-+*/%&|^]|<<|>>)?=$|^\+\+$|^--$/;

/**
 * Names of statics that are never assigned and whose address is never taken, and of constants, with their values.
 * A name that is defined twice, or is a parameter or a local somewhere, keeps only what its file scope says.
 */
export function findConstants(text: string): ReadonlyMap<string, number> {
  const words = lex(text).tokens.map((token) => text.slice(token.start, token.end));
  const values = new Map<string, number | undefined>();
  let depth = 0;
  for (const [at, word] of words.entries()) {
    if (word === '{') depth++;
    else if (word === '}') depth--;
    else if (depth === 0 && /^[;}]$/.test(words[at - 1] ?? ';')) read(words, at, values);
  }
  for (const [at, word] of words.entries()) {
    if (!values.has(word) || values.get(word) === undefined) continue;
    const [before, after] = [words[at - 1] ?? '', words[at + 1] ?? ''];
    const isDefinition = SPECIFIER.test(before);
    const isWritten = (WRITING.test(after) && !isDefinition) || /^(\+\+|--|&)$/.test(before);
    if (isWritten) values.set(word, undefined);
  }
  return new Map([...values].filter((entry): entry is [string, number] => entry[1] !== undefined));
}

/** `static const int limit = -5;` */
function read(words: readonly string[], start: number, values: Map<string, number | undefined>): void {
  let at = start;
  while (SPECIFIER.test(words[at] ?? '')) at++;
  const specifiers = words.slice(start, at);
  if (!specifiers.includes('static') && !specifiers.includes('const')) return;
  const name = words[at] ?? '';
  if (!/^[A-Za-z_]\w*$/.test(name) || words[at + 1] !== '=') return;
  values.set(name, values.has(name) ? undefined : numberAt(words, at + 2));
}

/** What a file says of a global: the number it begins with, or only that it is there; and whether it may change it. */
export interface GlobalMention {
  /** Absent: not defined here, or not as a number. */
  readonly value?: number;
  readonly isDefined: boolean;
  readonly isWritten: boolean;
}

/** Looks for one global in the text of a file. */
export function findGlobal(text: string, name: string): GlobalMention {
  const words = lex(text).tokens.map((token) => text.slice(token.start, token.end));
  let value: number | undefined;
  let [isDefined, isWritten, depth] = [false, false, 0];
  for (const [at, word] of words.entries()) {
    if (word === '{') depth++;
    else if (word === '}') depth--;
    if (word !== name) continue;
    const [before = '', after = ''] = [words[at - 1], words[at + 1]];
    if (depth === 0 && SPECIFIER.test(before)) {
      if (isExtern(words, at)) continue;
      const number = numberAt(words, at + 2);
      isWritten ||= isDefined;
      isDefined = true;
      value = after === '=' ? number : undefined;
    } else isWritten ||= WRITING.test(after) || /^(\+\+|--|&)$/.test(before);
  }
  return { ...(value !== undefined && { value }), isDefined, isWritten };
}

function isExtern(words: readonly string[], at: number): boolean {
  let start = at;
  while (start > 0 && !/^[;{}]$/.test(words[start - 1] ?? ';')) start--;
  return words.slice(start, at).includes('extern');
}

/** `-5 ;` */
function numberAt(words: readonly string[], at: number): number | undefined {
  const sign = words[at] === '-' ? -1 : 1;
  const [digits = '', end] = words.slice(sign < 0 ? at + 1 : at);
  const isWhole = end === ';' && /^(0|[1-9]\d*|0x[\da-f]+)[ul]*$/i.test(digits);
  return isWhole ? sign * Number(digits.replace(/[ul]+$/i, '')) : undefined;
}

/** The names of all members of the unions of a text. */
export function findUnionMembers(text: string): ReadonlySet<string> {
  const words = lex(text).tokens.map((token) => text.slice(token.start, token.end));
  const found = new Set<string>();
  for (let at = 0; at < words.length; at++) {
    if (words[at] !== 'union') continue;
    const open = words[at + 1] === '{' ? at + 1 : words[at + 2] === '{' ? at + 2 : -1;
    if (open < 0) continue;
    for (at = open + 1; at < words.length && words[at] !== '}' && words[at] !== '{'; at++)
      if (/^[;,[]$/.test(words[at + 1] ?? '') && /^[A-Za-z_]\w*$/.test(words[at] ?? '')) found.add(words[at] ?? '');
  }
  return found;
}
