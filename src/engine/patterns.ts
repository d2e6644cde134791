/** Patterns as in .gitignore; the one file that knows the `ignore` package, which is loaded for the first pattern. */
import { createRequire } from 'node:module';
import type * as Ignore from 'ignore';

export interface Patterns {
  /** @param path relative to the folder of the patterns, with `/`; a folder ends with a slash */
  match(path: string): boolean;
}

const NONE: Patterns = { match: () => false };

/** @param source lines of a .gitignore, or its text */
export function createPatterns(source: string | readonly string[]): Patterns {
  if (source.length === 0) return NONE;
  const { default: ignore } = createRequire(import.meta.url)('ignore') as typeof Ignore;
  const rules = ignore().add(typeof source === 'string' ? source : [...source]);
  // The package throws at paths that lead out of the folder; no pattern speaks of those.
  return { match: (path) => path !== '' && !path.startsWith('../') && rules.ignores(path) };
}
