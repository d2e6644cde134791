/** How paths are printed: as seen from the working folder, on one line. */
import { isAbsolute, relative, resolve } from 'node:path';
import { quotePath } from '../engine/quote-path.ts';
import type { Io } from './io.ts';

/** A path with control characters is quoted as git does: a line of the report stays one line. */
export function showPath(path: string): string {
  return [...path].some((character) => character < ' ' || character === '\x7f') ? quotePath(path) : path;
}

/** Shows paths that are relative to a root. */
export function createDisplayPath(io: Io, root: string): (path: string) => string {
  return (path) => showPath(relative(io.cwd, resolve(root, path)) || path);
}

/** Shows paths that debug information has: below the working folder as seen from there, others as they are. */
export function createFramePath(io: Io): (path: string) => string {
  return (path) => {
    const seen = relative(io.cwd, resolve(io.cwd, path));
    return showPath(seen === '' || seen.startsWith('..') || isAbsolute(seen) ? path : seen);
  };
}
