/** Asks git what changed: between the index or the work tree and a commit, as files and lines. Never writes. */
import { UsageError } from '../base/usage-error.ts';
import type { ChangedLines } from './changed-lines.ts';
import { C_PATTERNS } from './discover.ts';
import { listFiles, nulSeparated, runGit } from './git.ts';
import { unquotePath } from './quote-path.ts';

/** One file that is there after a change. */
export interface ChangedFile {
  /** Relative to the folder that was asked about, with `/`. */
  readonly path: string;
  /** The object with its text after the change; all zeros where git has not stored it, as for the work tree. */
  readonly blob: string;
  readonly changes: readonly ChangedLines[];
}

// Whatever the user's config says, this is the output that is read here.
const DIFF = [
  '-c',
  'core.quotePath=true',
  'diff',
  '--no-ext-diff',
  '--no-textconv',
  '--no-color',
  // From a folder inside the repository: what lies below it, named from there.
  '--relative',
  '--text',
  '--unified=0',
  '--inter-hunk-context=0',
  '--full-index',
  '--find-renames',
  '--diff-filter=d',
  '--ignore-submodules=all',
  '--src-prefix=a/',
  '--dst-prefix=b/',
];

/** What the index holds below a folder and HEAD does not. */
export function stagedChanges(root: string): ChangedFile[] {
  return parseChanges(runGit(root, [...DIFF, '--cached', '--', ...C_PATTERNS], { encoding: 'latin1' }));
}

/** What the work tree holds below a folder and a commit does not; what git does not know yet is new from end to end. */
export function changesSince(root: string, commit: string): ChangedFile[] {
  const tracked = parseChanges(runGit(root, [...DIFF, commit, '--', ...C_PATTERNS], { encoding: 'latin1' }));
  const untracked = (listFiles(root, C_PATTERNS, ['--others']) ?? []).map((path) => ({ path, blob: '', changes: ALL }));
  return [...tracked, ...untracked];
}

const ALL: readonly ChangedLines[] = [{ from: 1, to: Number.MAX_SAFE_INTEGER, isSeam: false }];

/** The commit that HEAD stands on, or the empty tree before the first commit. */
export function headOrNothing(root: string): string {
  const [head] = tryGit(root, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']);
  return head ?? runGit(root, ['hash-object', '-t', 'tree', '--stdin'], { input: '' }).trim();
}

/** The last commit that HEAD and a revision have in common. */
export function mergeBase(root: string, revision: string): string {
  const [commit] = tryGit(root, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`]);
  if (commit === undefined) throw new UsageError(`--since "${revision}": git knows no such commit`);
  const [base] = tryGit(root, ['merge-base', commit, 'HEAD']);
  if (base !== undefined) return base;
  throw new UsageError(
    `--since "${revision}": it has no commit in common with HEAD; a shallow clone needs more of its history ` +
      '(git fetch --unshallow)',
  );
}

/** The lines that git prints, or none where it fails. */
export function tryGit(root: string, arguments_: readonly string[]): string[] {
  try {
    return runGit(root, arguments_)
      .split('\n')
      .filter((line) => line !== '');
  } catch (error) {
    if (error instanceof UsageError) return [];
    throw error;
  }
}

/**
 * Tracked files below a folder whose text in the work tree may not be that of the index, with the object the index has
 * for each. A file of which only the time is new may be among them.
 * @param patterns pathspecs; empty: all files
 */
export function unstagedFiles(root: string, patterns: readonly string[]): Map<string, string> {
  const flags = ['--raw', '-z', '--no-abbrev', '--no-renames', '--relative', '--ignore-submodules=all'];
  const output = runGit(root, ['diff-files', ...flags, '--', ...patterns]);
  const parts = nulSeparated(output);
  const found = new Map<string, string>();
  for (let at = 0; at + 1 < parts.length; at += 2) {
    // `:100644 100644 OLD NEW M`, then the path; without renames there is one path each.
    const blob = parts[at]?.split(' ')[2];
    if (blob !== undefined) found.set(parts[at + 1] ?? '', blob);
  }
  return found;
}

/** Reads objects, in the order in which they will be asked for, some at a time. */
export class BlobReader {
  static readonly #AT_ONCE = 100;
  readonly #root: string;
  readonly #order: readonly string[];
  #loaded = new Map<string, string>();

  constructor(root: string, order: readonly string[]) {
    this.#root = root;
    this.#order = order;
  }

  /** The bytes of an object as latin1. */
  read(blob: string): string {
    const known = this.#loaded.get(blob);
    if (known !== undefined) return known;
    const from = Math.max(0, this.#order.indexOf(blob));
    this.#loaded = readBlobs(this.#root, this.#order.slice(from, from + BlobReader.#AT_ONCE));
    const text = this.#loaded.get(blob);
    if (text === undefined) throw new UsageError(`git has no object ${blob}`);
    return text;
  }
}

function readBlobs(root: string, blobs: readonly string[]): Map<string, string> {
  const input = blobs.map((blob) => `${blob}\n`).join('');
  const output = runGit(root, ['cat-file', '--batch'], { encoding: 'latin1', input });
  const found = new Map<string, string>();
  for (let at = 0; at < output.length;) {
    const lineEnd = output.indexOf('\n', at);
    // `HASH blob SIZE`, its bytes, a newline; or `HASH missing`.
    const [blob = '', , size] = output.slice(at, lineEnd).split(' ');
    const length = size === undefined ? -1 : Number(size);
    if (length >= 0) found.set(blob, output.slice(lineEnd + 1, lineEnd + 1 + length));
    at = lineEnd + 1 + (length >= 0 ? length + 1 : 0);
  }
  return found;
}

const HUNK = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;
/** The mode of a symbolic link. */
export const SYMBOLIC_LINK = '120000';
const NOTHING = '+++ /dev/null';

/** Reads a patch without context (bytes as latin1). Files without a changed line are left out, links too. */
export function parseChanges(patch: string): ChangedFile[] {
  const files: ChangedFile[] = [];
  let file: { path: string; blob: string; changes: ChangedLines[] } | undefined;
  let blob = '';
  let isLink = false;
  const lines = patch.split('\n');
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (line.startsWith('diff --git ')) [file, blob, isLink] = [undefined, '', false];
    else if (line.startsWith('new file mode ')) isLink = line.endsWith(SYMBOLIC_LINK);
    else if (line.startsWith('index ')) {
      const [, hashes = '', mode] = line.split(' ');
      blob = hashes.split('..')[1] ?? '';
      isLink ||= mode === SYMBOLIC_LINK;
    } else if (line.startsWith('+++ ') && line !== NOTHING && !isLink) {
      file = { path: pathOf(line.slice(4)), blob, changes: [] };
      files.push(file);
    }
    const hunk = HUNK.exec(line);
    if (!hunk) continue;
    const [, removed = '1', from, added = '1'] = hunk;
    file?.changes.push(changedLines(Number(from), Number(added)));
    // Past the lines of the hunk: they may look like anything.
    for (let left = Number(removed) + Number(added); left > 0 && at + 1 < lines.length;) {
      at++;
      if (!lines[at]?.startsWith('\\')) left--;
    }
  }
  return files;
}

/** `b/PATH`, quoted where it has odd characters; git sets a tab behind a path with blanks. */
function pathOf(shown: string): string {
  return unquotePath(shown.replace(/\t$/, '')).slice('b/'.length);
}

function changedLines(from: number, count: number): ChangedLines {
  return count === 0 ? { from, to: from + 1, isSeam: true } : { from, to: from + count - 1, isSeam: false };
}
