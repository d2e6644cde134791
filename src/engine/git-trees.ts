/** Trees of git: what a revision is, what stands in it, and in which files two of them differ. Never writes. */
import { UsageError } from '../base/usage-error.ts';
import { decodeBytes } from './encoding.ts';
import { nulSeparated, runGit } from './git.ts';
import { headOrNothing, tryGit } from './git-changes.ts';

/** A file of a tree. */
export interface TreeEntry {
  /** Six octal digits: `100644`, `120000` for a link, `160000` for a submodule. */
  readonly mode: string;
  readonly blob: string;
}

export interface TreeChange {
  readonly before: (TreeEntry & { readonly path: string }) | undefined;
  readonly after: (TreeEntry & { readonly path: string }) | undefined;
  /** A conflict that is not resolved: there is no one text. */
  readonly isUnmerged: boolean;
}

export const SUBMODULE = '160000';

/** The tree of a revision; one that git does not know is a UsageError. */
export function resolveTree(root: string, revision: string): string {
  const [tree] = tryGit(root, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{tree}`]);
  if (tree === undefined) throw new UsageError(`"${revision}": git knows no such revision${hintAtDepth(root)}`);
  return tree;
}

/** The tree of HEAD; before the first commit the empty one. */
export function headTree(root: string): string {
  return headOrNothing(root);
}

/** The last commit that two revisions have in common, as the tree with which `A...B` begins. */
export function forkTree(root: string, one: string, other: string): string {
  const commits = [one, other].map((revision) => {
    resolveTree(root, revision);
    return `${revision}^{commit}`;
  });
  const [base] = tryGit(root, ['merge-base', '--end-of-options', ...commits]);
  if (base !== undefined) return resolveTree(root, base);
  throw new UsageError(`"${one}...${other}": they have no commit in common${hintAtDepth(root)}`);
}

function hintAtDepth(root: string): string {
  const [isShallow] = tryGit(root, ['rev-parse', '--is-shallow-repository']);
  return isShallow === 'true' ? '; this clone is shallow, it needs more of its history (git fetch --unshallow)' : '';
}

/** All files of a tree below a folder, by their path from there. */
export function listTree(root: string, tree: string): ReadonlyMap<string, TreeEntry> {
  const output = runGit(root, ['ls-tree', '-r', '-z', tree], { encoding: 'latin1' });
  return new Map(
    nulSeparated(output).map((line) => {
      const [head = '', path = ''] = split(line, '\t');
      const [mode = '', , blob = ''] = head.split(' ');
      return [decodeBytes(path), { mode, blob }];
    }),
  );
}

function split(text: string, at: string): [string, string] {
  const index = text.indexOf(at);
  return [text.slice(0, index), text.slice(index + at.length)];
}

const RAW = ['--raw', '-r', '-z', '--no-abbrev', '--find-renames', '--relative', '--ignore-submodules=none'];

/** In which files below a folder two trees differ; without a second one, a tree and the index. Renames are followed. */
export function changesBetween(root: string, before: string, after: string | undefined): TreeChange[] {
  const command =
    after === undefined ? ['diff-index', '--cached', ...RAW, before] : ['diff-tree', ...RAW, before, after];
  const parts = nulSeparated(runGit(root, command, { encoding: 'latin1' }));
  const changes: TreeChange[] = [];
  for (let at = 0; at < parts.length;) {
    // `:100644 100644 OLD NEW M`, then the path; for a rename or copy two paths.
    const [oldMode = '', mode = '', old = '', blob = '', status = ''] = (parts[at] ?? '').slice(1).split(' ');
    const isPair = /^[RC]/.test(status);
    const path = decodeBytes(parts[at + 1] ?? '');
    const other = isPair ? decodeBytes(parts[at + 2] ?? '') : path;
    at += isPair ? 3 : 2;
    changes.push({
      before: status === 'A' ? undefined : { path, mode: oldMode, blob: old },
      after: status === 'D' ? undefined : { path: other, mode, blob },
      isUnmerged: status === 'U',
    });
  }
  return changes;
}
