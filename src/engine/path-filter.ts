/** Paths of the command line against files that need not be in the work tree. */
import { relative, resolve } from 'node:path';
import { toSlashes } from './discover.ts';
import { globToRegExp, isGlob } from './glob.ts';

export interface PathFilter {
  /** Does the file (relative to the root) stand at one of the paths, or below? */
  has(path: string): boolean;
  /** Is the file itself one of the paths? */
  names(path: string): boolean;
  /** Paths at which no file was that has been asked for, as they were given. */
  unused(): string[];
}

/** @param paths files, folders or globs, relative to the working folder */
export function createPathFilter(cwd: string, root: string, paths: readonly string[]): PathFilter {
  const unused = new Set(paths);
  const tests = paths.map((path) => {
    const wanted = toSlashes(relative(root, resolve(cwd, path)));
    const pattern = isGlob(path) ? globToRegExp(wanted) : undefined;
    const matches = (file: string): boolean =>
      wanted === '' || file === wanted || file.startsWith(`${wanted}/`) || pattern?.test(file) === true;
    return { path, wanted, matches };
  });
  return {
    has: (file) => {
      const found = tests.filter(({ matches }) => matches(file));
      for (const { path } of found) unused.delete(path);
      return found.length > 0;
    },
    names: (file) => tests.some(({ wanted }) => wanted === file),
    unused: () => [...unused],
  };
}
