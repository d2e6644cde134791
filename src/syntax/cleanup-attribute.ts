/** Finds the marks of scope-bound cleanup by their tokens, because such code often parses as something harmless. */
import type { Token } from '../scan/lex.ts';

const NAMES: ReadonlySet<string> = new Set([
  'guard',
  'scoped_guard',
  'scoped_cond_guard',
  '__free',
  '__cleanup',
  'CLASS',
  'g_autofree',
  'g_autoptr',
  'g_autolist',
  'g_autoslist',
  'g_autoqueue',
  'g_auto',
]);

/** Does a variable of this text run code when its scope ends? */
export function hasCleanupMark(text: string, tokens: readonly Token[]): boolean {
  return tokens.some((token, index) => token.kind === 'identifier' && isMark(text, tokens, index));
}

function isMark(text: string, tokens: readonly Token[], index: number): boolean {
  const token = tokens[index];
  if (!token) return false;
  const word = text.slice(token.start, token.end);
  if (word === 'cleanup' || word === '__cleanup__') return isInAttribute(text, tokens, index);
  if (/^_cleanup_(\w+_)?$|(^|_)(LOCK_GUARD|AUTO_?FREE|AUTO_?PTR|AUTO_VFREE)(_|$)/.test(word)) return true;
  if (word === 'defer' || word === '_Defer') return isFollowedBy(text, tokens, index, '{');
  return NAMES.has(word) && (word === 'g_autofree' || isFollowedBy(text, tokens, index, '('));
}

function isFollowedBy(text: string, tokens: readonly Token[], index: number, punctuator: string): boolean {
  const next = tokens[index + 1];
  return next !== undefined && text.slice(next.start, next.end) === punctuator;
}

/** `__attribute__((unused, cleanup(f)))` and `[[gnu::cleanup(f)]]`, but not a label or variable called cleanup. */
function isInAttribute(text: string, tokens: readonly Token[], index: number): boolean {
  if (!isFollowedBy(text, tokens, index, '(')) return false;
  for (let i = index - 1, depth = 0; i >= 0; i--) {
    const token = tokens[i];
    const word = token ? text.slice(token.start, token.end) : '';
    if (word === ')') depth++;
    else if (word === '(' && depth > 0) depth--;
    else if (word.startsWith('__attribute') || word === '::') return depth === 0;
    else if (word === ';' || word === '{' || word === '}') return false;
  }
  return false;
}
