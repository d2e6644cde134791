/** Between bytes as latin1 strings, in which sources are held, and text for people. */
import { isUtf8 } from 'node:buffer';

/** A latin1 string as text: UTF-8 where the bytes are UTF-8, else one character per byte. */
export function decodeBytes(bytes: string): string {
  if (!/[\x80-\xff]/.test(bytes) || /[^\0-\xff]/.test(bytes)) return bytes;
  const buffer = Buffer.from(bytes, 'latin1');
  return isUtf8(buffer) ? buffer.toString('utf8') : bytes;
}

/** Whether a latin1 string holds bytes that are not UTF-8. */
export function isForeign(bytes: string): boolean {
  return /[\x80-\xff]/.test(bytes) && !isUtf8(Buffer.from(bytes, 'latin1'));
}

/** Decodes every string of a plain value. */
export function decodeAll<T>(value: T): T {
  if (typeof value === 'string') return decodeBytes(value) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => decodeAll(item)) as T;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, decodeAll(item)])) as T;
}

/** A path as its bytes. */
export function pathBytes(path: string): string {
  return Buffer.from(path, 'utf8').toString('latin1');
}

/** Orders paths by their bytes, as git does. */
export function comparePaths(a: string, b: string): number {
  const [left, right] = /[^\0-\x7f]/.test(a + b) ? [pathBytes(a), pathBytes(b)] : [a, b];
  return left < right ? -1 : left > right ? 1 : 0;
}
