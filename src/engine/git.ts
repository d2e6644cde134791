/** What the engine asks of git. Folders are found without git; the rest runs the git command. Never writes. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UsageError } from '../base/usage-error.ts';
import { errorCode, probe } from './probe.ts';

/** A work tree and the folder git keeps its own files in. */
export interface GitRepository {
  readonly root: string;
  readonly gitDir: string;
}

/** The repository a folder lies in. Looks for `.git` upwards: starting git would cost more than all the rest. */
export function findRepository(folder: string): GitRepository | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const gitDir = gitDirOf(join(at, '.git'));
    if (gitDir !== undefined) return { root: at, gitDir };
    if (dirname(at) === at) return undefined;
  }
}

/** `.git` is a folder, or in a linked work tree or submodule a file that names one. */
function gitDirOf(path: string): string | undefined {
  const kind = probe(path);
  if (kind === 'folder') return existsSync(join(path, 'HEAD')) ? path : undefined;
  if (kind === 'absent') return undefined;
  const named = /^gitdir: (.*)$/m.exec(readIfPossible(path))?.[1];
  return named === undefined ? undefined : resolve(dirname(path), named.trim());
}

function readIfPossible(path: string, encoding: 'utf8' | 'latin1' = 'utf8'): string {
  try {
    return readFileSync(path, encoding);
  } catch (error) {
    errorCode(error);
    return '';
  }
}

/**
 * Files below a folder that git tracks, or would if it were told to: what it ignores is left out.
 * @param which those in the index, those that are not, or both
 * @returns paths relative to the folder; some may no longer exist. undefined where git is not installed or refuses.
 */
export function listFiles(
  folder: string,
  patterns: readonly string[],
  which: readonly ('--cached' | '--others')[] = ['--cached', '--others'],
): string[] | undefined {
  const arguments_ = ['ls-files', '-z', ...which, '--exclude-standard', '--', ...patterns];
  try {
    return nulSeparated(runGit(folder, arguments_)).filter((path) => !path.endsWith('/'));
  } catch {
    return undefined;
  }
}

/**
 * Whether the index may hold files of these names, in any folder. Told from its bytes, since starting git would cost a
 * hook more than all the rest; true wherever they don't tell.
 */
export function mayBeInIndex(root: string, names: readonly string[]): boolean {
  const path = gitEnvironment(root)['GIT_INDEX_FILE'] ?? join(findRepository(root)?.gitDir ?? root, 'index');
  const bytes = readIfPossible(path, 'latin1');
  // Later versions keep of a path only what differs from the one before; a split or sparse index has not all of them.
  const isPlain = bytes.startsWith('DIRC\0\0\0\x02') || bytes.startsWith('DIRC\0\0\0\x03');
  return !isPlain || ['link', 'sdir', ...names].some((word) => bytes.includes(word));
}

/** Whether git ignores a folder. */
export function isIgnored(folder: string): boolean {
  try {
    runGit(folder, ['check-ignore', '-q', '.']);
    return true;
  } catch {
    return false;
  }
}

/** Why files can't be written without risk to the user's work: path (as given) to `untracked` or `unstaged changes`. */
export function findDirt(root: string, paths: readonly string[]): Map<string, string> {
  const dirt = new Map<string, string>();
  for (let from = 0; from < paths.length; from += 500) {
    const some = paths.slice(from, from + 500);
    const tracked = new Set(nulSeparated(runGit(root, ['--literal-pathspecs', 'ls-files', '-z', '--', ...some])));
    for (const path of some) if (!tracked.has(path)) dirt.set(path, 'untracked');
    // Not diff-files: that one calls a file changed when only its time is, until the index is refreshed.
    const arguments_ = ['--literal-pathspecs', 'status', '--porcelain=v1', '-z', '--no-renames', '-uno', '--', ...some];
    for (const entry of nulSeparated(runGit(root, arguments_)))
      if (entry[1] !== ' ') dirt.set(entry.slice(3), 'it has unstaged changes');
  }
  return dirt;
}

/** Parts of an output in which each ends in NUL. */
export function nulSeparated(output: string): string[] {
  return output.split('\0').filter((part) => part !== '');
}

/** How git is run: the output's encoding, and what it reads on stdin. */
export interface GitOptions {
  /** latin1: one character is one byte. */
  readonly encoding?: 'utf8' | 'latin1';
  readonly input?: string;
}

/** Runs git in a folder and returns what it prints; a failure is a UsageError with git's own words. */
export function runGit(cwd: string, arguments_: readonly string[], options: GitOptions = {}): string {
  try {
    return startGit(cwd, arguments_, options);
  } catch (error) {
    const { stderr, message } = error as Error & { readonly stderr?: string };
    throw new UsageError(
      `git ${arguments_[0] === '--literal-pathspecs' ? arguments_[1] : arguments_[0]} failed: ${(stderr || message).trim()}`,
    );
  }
}

function startGit(cwd: string, arguments_: readonly string[], { encoding = 'utf8', input }: GitOptions): string {
  // A file system monitor is a program that the repository names: not to be run by a tool that only reads.
  return execFileSync('git', ['-c', 'core.fsmonitor=false', ...arguments_], {
    cwd,
    encoding,
    maxBuffer: 1 << 30,
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    ...(input !== undefined && { input }),
    env: { ...gitEnvironment(cwd), GIT_OPTIONAL_LOCKS: '0' },
  });
}

const PATH_VARIABLES = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_COMMON_DIR', 'GIT_INDEX_FILE', 'GIT_OBJECT_DIRECTORY'];
const OTHER_VARIABLES = ['GIT_PREFIX', 'GIT_NAMESPACE', 'GIT_ALTERNATE_OBJECT_DIRECTORIES', 'GIT_IMPLICIT_WORK_TREE'];

/**
 * Git tells a hook which index to look at (`git commit -a` has one of its own), in paths that may count from the
 * hook's folder, and in a linked work tree which repository. That holds for this repository in all of its folders,
 * and not for another one.
 */
function gitEnvironment(cwd: string): NodeJS.ProcessEnv {
  const env = { ...process.env };
  const names = [...PATH_VARIABLES, ...OTHER_VARIABLES].filter((name) => env[name] !== undefined);
  if (names.length === 0) return env;
  const root = findRepository(cwd)?.root;
  const isTheirs = root === undefined || findRepository(process.cwd())?.root !== root;
  for (const name of names) {
    if (isTheirs) delete env[name];
    else if (PATH_VARIABLES.includes(name)) env[name] = resolve(env[name] ?? '');
  }
  if (!isTheirs && env['GIT_DIR'] !== undefined) env['GIT_WORK_TREE'] ??= root;
  return env;
}
