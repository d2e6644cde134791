/** The version of this package. */
import { existsSync, readFileSync } from 'node:fs';

/** Read from the package.json above this file: two folders up in the sources, three in what is built from them. */
export function readVersion(): string {
  const candidates = ['../../package.json', '../../../package.json'].map((path) => new URL(path, import.meta.url));
  const path = candidates.find((candidate) => existsSync(candidate));
  if (path === undefined) return 'unknown';
  return (JSON.parse(readFileSync(path, 'utf8')) as { readonly version: string }).version;
}
