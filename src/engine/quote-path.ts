/** Paths as git quotes them. */
import { pathBytes } from './encoding.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '"': '\\"',
  '\\': '\\\\',
};

/** Quotes a path as git does with `core.quotePath`: control characters, quotes and bytes above 127. */
export function quotePath(path: string): string {
  const bytes = pathBytes(path);
  const quoted = [...bytes].map(quoteByte).join('');
  return quoted === bytes ? bytes : `"${quoted}"`;
}

function quoteByte(byte: string): string {
  const isPlain = byte >= ' ' && byte <= '~' && byte !== '"' && byte !== '\\';
  return isPlain ? byte : (ESCAPES[byte] ?? `\\${byte.charCodeAt(0).toString(8).padStart(3, '0')}`);
}
