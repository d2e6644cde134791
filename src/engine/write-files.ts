/**
 * Writes what was proved. Each file is old or new at every moment, never half, and nobody's work is lost:
 * all targets are checked before the first is written.
 */
import { constants } from 'node:fs';
import { access, type FileHandle, lstat, open, readFile, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { randomBytes } from 'node:crypto';
import { findDirt, findRepository } from './git.ts';
import { describeErrorCode, errorCode } from './probe.ts';

/** One file to write. Texts are bytes as latin1. */
export interface WriteTarget {
  readonly path: string;
  /** Absolute, links resolved. */
  readonly absolute: string;
  readonly before: string;
  readonly after: string;
}

export interface WriteOptions {
  readonly allowDirty: boolean;
  /** Write into the file itself where it has several names. */
  readonly inPlace: boolean;
  /** Asked between files: an interrupt ends the run there. */
  isInterrupted(): boolean;
}

export interface TargetRefusal {
  readonly path: string;
  readonly reason: string;
}

/** What was written. `failure` is the file at which writing stopped. */
export interface WriteResult {
  readonly written: readonly string[];
  readonly failure?: TargetRefusal;
  readonly wasInterrupted: boolean;
}

/** Why targets may not be written; when empty, all may. */
export async function findRefusals(
  targets: readonly WriteTarget[],
  options: Pick<WriteOptions, 'allowDirty' | 'inPlace'>,
): Promise<TargetRefusal[]> {
  const dirt = options.allowDirty ? new Map<string, string>() : findDirtyTargets(targets);
  const refusals: TargetRefusal[] = [];
  for (const target of targets) {
    const reason = (await refuseTarget(target, options.inPlace)) ?? dirt.get(target.absolute);
    if (reason !== undefined) refusals.push({ path: target.path, reason });
  }
  return refusals;
}

/** Absolute path to reason; each file is asked of its own repository. */
function findDirtyTargets(targets: readonly WriteTarget[]): Map<string, string> {
  const byRoot = new Map<string, string[]>();
  for (const { absolute } of targets) {
    const root = findRepository(dirname(absolute))?.root;
    if (root === undefined) continue;
    const paths = byRoot.get(root) ?? [];
    byRoot.set(root, [...paths, relative(root, absolute).replaceAll(sep, '/')]);
  }
  const dirt = new Map<string, string>();
  for (const [root, paths] of byRoot)
    for (const [path, reason] of findDirt(root, paths)) dirt.set(join(root, path), `${reason} (--allow-dirty)`);
  return dirt;
}

async function refuseTarget(target: WriteTarget, inPlace: boolean): Promise<string | undefined> {
  try {
    const stats = await lstat(target.absolute);
    if (!stats.isFile()) return 'it is no longer a regular file';
    // The super-user may write anything, but whoever took the right away meant it.
    if ((stats.mode & 0o222) === 0) return 'it is read-only';
    await access(target.absolute, constants.W_OK);
    if (stats.nlink > 1 && !inPlace) return 'it has several hard links (--in-place)';
    if (!(stats.nlink > 1)) await access(dirname(target.absolute), constants.W_OK);
    return undefined;
  } catch (error) {
    return `it can't be written: ${describeErrorCode(errorCode(error))}`;
  }
}

/** Writes the targets in order, up to the first that fails or an interrupt. */
export async function writeFiles(targets: readonly WriteTarget[], options: WriteOptions): Promise<WriteResult> {
  const written: string[] = [];
  for (const target of targets) {
    if (options.isInterrupted()) return { written, wasInterrupted: true };
    const reason = await writeFile(target, options.inPlace);
    if (reason !== undefined) return { written, failure: { path: target.path, reason }, wasInterrupted: false };
    written.push(target.path);
  }
  return { written, wasInterrupted: false };
}

/** Writes one file; returns why it could not be. */
export async function writeFile(target: WriteTarget, inPlace: boolean): Promise<string | undefined> {
  try {
    const stats = await lstat(target.absolute);
    const shared = stats.nlink > 1;
    if (shared && !inPlace) return 'it has several hard links (--in-place)';
    return shared ? await overwrite(target) : await replace(target, stats);
  } catch (error) {
    return `it can't be written: ${describeErrorCode(errorCode(error))}`;
  }
}

const CHANGED = 'it has changed since it was read';

/** A new file takes the place of the old one in one step. */
async function replace(
  target: WriteTarget,
  { mode, uid, gid }: { readonly mode: number; readonly uid: number; readonly gid: number },
): Promise<string | undefined> {
  const folder = dirname(target.absolute);
  const suffix = randomBytes(6).toString('hex');
  const temporary = join(folder, `.${basename(target.absolute)}.${suffix}.goto-cleanup`);
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(target.after, 'latin1');
      await keepOwner(handle, uid, gid);
      // After the owner: changing that clears the set-user-id bits.
      await handle.chmod(mode & 0o7777);
      await handle.sync();
    } finally {
      await handle.close();
    }
    if ((await readFile(target.absolute, 'latin1')) !== target.before) return CHANGED;
    await rename(temporary, target.absolute);
  } finally {
    // Gone after a rename; anything else leaves it behind.
    await unlink(temporary).catch(() => undefined);
  }
  await syncFolder(folder);
  return undefined;
}

async function keepOwner(handle: FileHandle, uid: number, gid: number): Promise<void> {
  const own = await handle.stat();
  if (own.uid === uid && own.gid === gid) return;
  try {
    await handle.chown(uid, gid);
  } catch (error) {
    if (errorCode(error) !== 'EPERM') throw error;
  }
}

/** Keeps the file itself, and so all its names; an interrupt is not looked at in between. */
async function overwrite(target: WriteTarget): Promise<string | undefined> {
  const handle = await open(target.absolute, 'r+');
  try {
    if ((await handle.readFile('latin1')) !== target.before) return CHANGED;
    const bytes = Buffer.from(target.after, 'latin1');
    await handle.write(bytes, 0, bytes.length, 0);
    await handle.truncate(bytes.length);
    await handle.sync();
    return undefined;
  } finally {
    await handle.close();
  }
}

/** Makes the rename last through a power cut, where folders can be synced. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
