/**
 * A necessary condition for being worth a parse, told from the characters: at least two exits, and a call that occurs
 * twice with the same arguments. It may say yes too often, never no for a function whose exits repeat a release.
 */
import type { FunctionRange } from './functions.ts';

/** Can exits of this function share something? */
export function canMatter(text: string, range: FunctionRange): boolean {
  return countExits(text, range) >= 2 && repeatsCall(text, range);
}

/** `return` and `goto` words, and one for the end of the body, which may be reached. */
function countExits(text: string, range: FunctionRange): number {
  return 1 + countWord(text, range, 'return', 1) + countWord(text, range, 'goto', 1);
}

function countWord(text: string, range: FunctionRange, word: string, most: number): number {
  let count = 0;
  for (let at = text.indexOf(word, range.bodyStart); at >= 0 && at < range.end && count < most; count++) {
    at = text.indexOf(word, at + word.length);
  }
  return count;
}

function repeatsCall(text: string, range: FunctionRange): boolean {
  const seen = new Set<string>();
  const calls = /[A-Za-z_$\x80-\xff][\w$\x80-\xff]*(?=\s*\()/g;
  const body = text.slice(range.bodyStart, range.end);
  for (const match of body.matchAll(calls)) {
    if (KEYWORDS.has(match[0])) continue;
    if (seen.has(match[0])) return true;
    seen.add(match[0]);
  }
  return false;
}

const KEYWORDS: ReadonlySet<string> = new Set(['if', 'for', 'while', 'switch', 'return', 'sizeof', 'defined']);
