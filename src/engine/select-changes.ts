/** The files of a run that looks only at what changed: which they are, which lines, and where their text is. */
import { resolve, sep } from 'node:path';
import { realpathSync } from 'node:fs';
import { UsageError } from '../base/usage-error.ts';
import type { ConfigStore } from './config.ts';
import { type DiscoverRequest, filterFiles, realPath, type SourceFile, toSlashes } from './discover.ts';
import { findRepository } from './git.ts';
import { BlobReader, type ChangedFile, changesSince, headOrNothing, mergeBase, stagedChanges } from './git-changes.ts';
import { globBase, globToRegExp, isGlob } from './glob.ts';
import { MissingPath } from './missing-path.ts';
import { probe } from './probe.ts';
import { judge, readSource, type ReadResult } from './read-source.ts';

/** What to compare with what: the index with HEAD, the work tree with HEAD, or with where a branch began. */
export type ChangeSet =
  { readonly kind: 'staged' } | { readonly kind: 'changed' } | { readonly kind: 'since'; readonly revision: string };

export interface SelectedFiles {
  readonly files: readonly SourceFile[];
  read(file: SourceFile): ReadResult;
}

/** The changed files; paths of the request narrow them down. */
export function selectChanges(set: ChangeSet, request: DiscoverRequest, configs: ConfigStore): SelectedFiles {
  const { root } = request;
  if (findRepository(root) === undefined)
    throw new UsageError(`--${set.kind} asks git, and ${root} is in no repository`);
  const changed = findChanges(set, root);
  const found = new Map<SourceFile, ChangedFile>(
    changed.map((file) => [
      { path: file.path, absolute: resolve(root, file.path), isNamed: false, changes: file.changes },
      file,
    ]),
  );
  const files = filterFiles(narrow([...found.keys()], request), request, configs);
  if (set.kind !== 'staged') return { files, read: readSource };
  const blobs = new BlobReader(
    root,
    files.map((file) => blobOf(found, file)),
  );
  return { files, read: (file) => judge(file, blobs.read(blobOf(found, file))) };
}

function blobOf(found: ReadonlyMap<SourceFile, ChangedFile>, file: SourceFile): string {
  const known = found.get(file);
  if (!known) throw new Error(`${file.path} was not selected`);
  return known.blob;
}

function findChanges(set: ChangeSet, root: string): ChangedFile[] {
  switch (set.kind) {
    case 'staged':
      return stagedChanges(root);
    case 'changed':
      return changesSince(root, headOrNothing(root));
    case 'since':
      return changesSince(root, mergeBase(root, set.revision));
  }
}

/** Those at or below one of the paths; each path must be there, in the work tree or among the changes. */
function narrow(files: readonly SourceFile[], { cwd, paths, listed }: DiscoverRequest): readonly SourceFile[] {
  if (paths.length === 0 && listed === undefined) return files;
  const kept = new Set<SourceFile>();
  const byPath = new Map(files.map((file) => [file.absolute, file]));
  for (const path of [...paths, ...(listed ?? [])]) {
    const absolute = resolve(cwd, path);
    const kind = probe(absolute);
    const same = byPath.get(absolute) ?? byPath.get(realPath(absolute));
    if (same) kept.add(same);
    else if (kind !== 'file') for (const file of matching(files, cwd, path, kind)) kept.add(file);
  }
  return [...kept];
}

function matching(
  files: readonly SourceFile[],
  cwd: string,
  path: string,
  kind: 'folder' | 'absent',
): readonly SourceFile[] {
  const absolute = resolve(cwd, path);
  const below = kind === 'folder' ? realpathSync(absolute) : absolute;
  const prefix = below.endsWith(sep) ? below : below + sep;
  const inside = files.filter((file) => file.absolute.startsWith(prefix));
  if (kind === 'folder' || inside.length > 0) return inside;
  if (!isGlob(path)) throw new MissingPath(path);
  const base = realPath(resolve(cwd, globBase(path)));
  const pattern = globToRegExp(toSlashes(path).slice(globBase(path).length).replace(/^\.\//, ''));
  return files.filter(
    (file) => file.absolute.startsWith(base) && pattern.test(toSlashes(file.absolute.slice(base.length + 1))),
  );
}
