/** Paths as git quotes them. */
import { decodeBytes, pathBytes } from './encoding.ts';

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

const UNESCAPED = new Map(Object.entries(ESCAPES).map(([byte, escape]) => [escape, byte]));

/** The path that git quoted: the other way round. Takes bytes as latin1. */
export function unquotePath(shown: string): string {
  if (!shown.startsWith('"')) return decodeBytes(shown);
  const bytes = shown
    .slice(1, -1)
    .replace(/\\(?:([0-7]{3})|.)/g, (escape, octal?: string) =>
      octal === undefined ? (UNESCAPED.get(escape) ?? escape) : String.fromCharCode(Number.parseInt(octal, 8)),
    );
  return decodeBytes(bytes);
}
