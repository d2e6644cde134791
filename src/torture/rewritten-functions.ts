/** Which functions the last apply has rewritten, and which a change has touched: so that a failure names them. */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { LineIndex } from '../base/span.ts';
import { type ChangedLines, isTouched } from '../engine/changed-lines.ts';
import { changesSince, mergeBase } from '../engine/git-changes.ts';
import { stateFolder } from '../engine/state-folder.ts';
import { scanFunctions } from '../scan/functions.ts';
import type { Stack } from './symbolize.ts';

interface ChangedFile {
  readonly path: string;
  readonly changes: readonly ChangedLines[];
}

/** Functions by the file they stand in. */
export class RewrittenFunctions {
  private readonly names: ReadonlySet<string>;

  /** @param functions entries `FILE:FUNCTION`, the name of the file without its folder */
  constructor(functions: Iterable<string>) {
    this.names = new Set(functions);
  }

  /** Those a stack passes through, the innermost first, each once. */
  among(stack: Stack): string[] {
    const found = stack.filter(({ path = '', function: name }) => this.names.has(`${basename(path)}:${name}`));
    return [...new Set(found.map((frame) => frame.function))];
  }
}

/** The functions that the last apply below a root has changed; none where nothing was applied, or it was undone. */
export function loadRewritten(root: string, env: Readonly<Record<string, string | undefined>>): RewrittenFunctions {
  const files = readReversePatch(readOrNothing(join(stateFolder(root, env), 'undo.patch')));
  return new RewrittenFunctions(
    files.flatMap((file) => touchedFunctions(root, file).map((name) => `${basename(file.path)}:${name}`)),
  );
}

/**
 * The functions that a change overlaps, from where a branch began to the work tree.
 * @throws UsageError where git does not know the revision, or there is no repository
 */
export function functionsSince(root: string, revision: string): Set<string> {
  return new Set(changesSince(root, mergeBase(root, revision)).flatMap((file) => touchedFunctions(root, file)));
}

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

/** What a reverse patch takes away is what apply wrote; what it brings back lies at a seam. */
function readReversePatch(patch: string): ChangedFile[] {
  const files: { path: string; changes: ChangedLines[] }[] = [];
  let line = 0;
  for (const text of patch.split('\n')) {
    const path = /^--- (?:a\/)?(.*)$/.exec(text)?.[1];
    const start = /^@@ -(\d+)/.exec(text)?.[1];
    if (path !== undefined) files.push({ path, changes: [] });
    else if (start !== undefined) line = Number(start);
    else if (text.startsWith('-')) files.at(-1)?.changes.push({ from: line, to: line++, isSeam: false });
    else if (text.startsWith('+')) files.at(-1)?.changes.push({ from: line - 1, to: line, isSeam: true });
    else if (text.startsWith(' ')) line++;
  }
  return files;
}

function touchedFunctions(root: string, { path, changes }: ChangedFile): string[] {
  const text = readOrNothing(join(root, path));
  const lines = new LineIndex(text);
  return scanFunctions(text)
    .functions.filter(({ start, end }) => isTouched(changes, lines.place(start).line, lines.place(end - 1).line))
    .map(({ name }) => name);
}
