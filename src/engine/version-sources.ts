/** Where `verify` finds the two versions of a repository's files: in two trees, in the index, in a patch. Never writes. */
import type { ChangedPair } from './verify-versions.ts';
import type { FileText } from './pipeline.ts';
import { BlobReader, SYMBOLIC_LINK } from './git-changes.ts';
import { changesBetween, SUBMODULE, type TreeChange } from './git-trees.ts';
import { comparePaths } from './encoding.ts';
import { hasCName, judgeText } from './language.ts';
import type { PatchedFiles } from './patched-files.ts';
import { indexFiles, workTreeFiles, type RepositoryFiles } from './repository-files.ts';
import { overlaidFiles, treeFiles } from './tree-files.ts';
import type { NotJudged } from './verify-report.ts';

/** The changed files, and where each version's headers are. */
export interface VersionSource {
  readonly pairs: readonly ChangedPair[];
  readonly notJudged: readonly NotJudged[];
  /** Changed files that are not C by their names. */
  readonly others: number;
  readonly before: RepositoryFiles;
  readonly after: RepositoryFiles;
}

/** Two trees; without a second one, a tree and the index. */
export function gitVersions(root: string, before: string, after: string | undefined): VersionSource {
  const changes = changesBetween(root, before, after);
  const isC = (change: TreeChange): boolean =>
    change.before?.mode === SUBMODULE || change.after?.mode === SUBMODULE || pathsOf(change).some(hasCName);
  const ofC = changes.filter(isC).toSorted((a, b) => comparePaths(pathsOf(a)[0] ?? '', pathsOf(b)[0] ?? ''));
  const blobs = new BlobReader(
    root,
    ofC.flatMap((change) => (problemOf(change) === undefined ? blobsOf(change) : [])),
  );
  const pairs: ChangedPair[] = [];
  const notJudged: NotJudged[] = [];
  for (const change of ofC) {
    const [path = ''] = pathsOf(change);
    const textOf = (entry: TreeChange['before']): FileText | undefined =>
      entry && { path: entry.path, text: blobs.read(entry.blob) };
    const problem = problemOf(change);
    if (problem !== undefined) notJudged.push({ path, reason: problem });
    else take({ before: textOf(change.before), after: textOf(change.after) }, pairs, notJudged);
  }
  return {
    pairs,
    notJudged,
    others: changes.length - ofC.length,
    before: treeFiles(root, before),
    after: after === undefined ? indexFiles(root) : treeFiles(root, after),
  };
}

/** The path after the change first. */
function pathsOf({ before, after }: TreeChange): string[] {
  return [after?.path, before?.path].filter((path) => path !== undefined);
}

function blobsOf({ before, after }: TreeChange): string[] {
  return [before?.blob, after?.blob].filter((blob) => blob !== undefined);
}

function problemOf({ before, after, isUnmerged }: TreeChange): string | undefined {
  const modes = [before?.mode, after?.mode];
  if (modes.includes(SUBMODULE)) return 'a submodule is not looked into';
  if (isUnmerged) return 'its conflict is not resolved';
  return modes.includes(SYMBOLIC_LINK) ? 'a symbolic link is not followed' : undefined;
}

/** Takes a pair in if both of its texts are C. */
function take(pair: ChangedPair, pairs: ChangedPair[], notJudged: NotJudged[]): void {
  for (const file of [pair.after, pair.before]) {
    const problem = file && (hasCName(file.path) ? judgeText(file.text)?.message : 'it is not called C (.c and .h)');
    if (problem !== undefined) return void notJudged.push({ path: file?.path ?? '', reason: problem });
  }
  pairs.push(pair);
}

/** The work tree, and the work tree with a patch. */
export function patchVersions(root: string, patched: PatchedFiles): VersionSource {
  const pairs: ChangedPair[] = [];
  const notJudged: NotJudged[] = [...patched.notJudged];
  for (const pair of patched.pairs) take(pair, pairs, notJudged);
  const before = workTreeFiles(root);
  return { pairs, notJudged, others: patched.others, before, after: overlaidFiles(before, patched.texts) };
}
