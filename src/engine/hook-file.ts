/** Puts the pre-commit hook where git looks for it. What is there already is never changed. */
import { chmodSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { UsageError } from '../base/usage-error.ts';
import { toSlashes } from './discover.ts';
import { findRepository, runGit } from './git.ts';
import { adviceFor, HOOK_COMMAND, renderHook, runsTool } from './hook-script.ts';
import { describeErrorCode, errorCode, probe } from './probe.ts';

export type HookResult =
  | { readonly kind: 'installed' | 'already-there'; readonly path: string }
  /** Another hook stands there, or the folder serves other repositories too. */
  | { readonly kind: 'refused'; readonly path: string; readonly reason: string };

/** The program that is running, and where it was started. */
export interface RunningTool {
  readonly cwd: string;
  readonly node: string;
  readonly script: string;
}

/** Installs the hook for the repository of a folder. */
export function installHook(root: string, tool: RunningTool): HookResult {
  const repository = findRepository(root);
  if (!repository) throw new UsageError(`--hook needs a git repository, and ${root} is in none`);
  const path = hookPath(repository.root);
  const folder = dirname(path);
  const isPrivate = isInside(folder, commonGitFolder(repository.root));
  if (!isPrivate && !isInside(folder, repository.root)) {
    const reason = `core.hooksPath leads out of this repository, to hooks that others share; to have it there, add \`${HOOK_COMMAND}\``;
    return { kind: 'refused', path, reason };
  }
  const there = readIfThere(path);
  if (there !== undefined && runsTool(there)) return { kind: 'already-there', path };
  if (there !== undefined)
    return { kind: 'refused', path, reason: `a hook is there already, and was left as it is; ${adviceFor(there)}` };
  const script = renderHook({
    inProject: findInProject(tool.cwd, repository.root),
    installed: isPrivate ? [tool.node, tool.script] : undefined,
  });
  write(path, script);
  return { kind: 'installed', path };
}

/** Whether a hook before commits runs this tool, in words. */
export function findHook(root: string): string {
  const path = hookPath(root);
  const there = readIfThere(path);
  if (there === undefined) return 'none before commits; goto-cleanup init --hook installs one';
  return `${path} ${runsTool(there) ? 'runs this tool' : 'does not run this tool'}`;
}

/** Where git runs `pre-commit` from. husky keeps generated ones in `.husky/_` that run the user's in `.husky`. */
function hookPath(root: string): string {
  const folder = resolve(root, runGit(root, ['rev-parse', '--git-path', 'hooks']).replace(/\n$/, ''));
  const isHusky = basename(folder) === '_' && basename(dirname(folder)) === '.husky';
  return join(isHusky ? dirname(folder) : folder, 'pre-commit');
}

function commonGitFolder(root: string): string {
  return resolve(root, runGit(root, ['rev-parse', '--git-common-dir']).replace(/\n$/, ''));
}

/** Whether a folder, which need not exist yet, lies in another one, links followed. */
function isInside(folder: string, outer: string): boolean {
  const real = realFolder(folder);
  const realOuter = realFolder(outer);
  return real === realOuter || real.startsWith(realOuter + sep);
}

function realFolder(folder: string): string {
  if (probe(folder) === 'absent' && dirname(folder) !== folder)
    return join(realFolder(dirname(folder)), basename(folder));
  return realpathSync(folder);
}

/** The command that npm put beside the project's packages, in the folder or one above it, up to the root. */
function findInProject(cwd: string, root: string): string | undefined {
  for (let at = realpathSync(cwd); isInside(at, root); at = dirname(at)) {
    const path = join(at, 'node_modules', '.bin', 'goto-cleanup');
    if (probe(path) === 'file') return toSlashes(relative(root, path));
    if (at === dirname(at)) break;
  }
  return undefined;
}

function readIfThere(path: string): string | undefined {
  if (probe(path) === 'absent') return undefined;
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    throw new UsageError(`can't read the hook ${path}: ${describeErrorCode(errorCode(error))}`);
  }
}

function write(path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    // It was not there a moment ago; should it be now, it is not ours to replace.
    writeFileSync(path, text, { flag: 'wx' });
    chmodSync(path, 0o755);
  } catch (error) {
    throw new UsageError(`can't write the hook ${path}: ${describeErrorCode(errorCode(error))}`);
  }
}
