/** Keeps the reverse of the last apply, and takes it back. */
import { join, resolve } from 'node:path';
import { mkdir, readFile, rename, rm, writeFile as writeRecord } from 'node:fs/promises';
import { UsageError } from '../base/usage-error.ts';
import { applyHunks, diffTexts, type Hunk } from './diff.ts';
import { renderFilePatch } from './patch.ts';
import { describeErrorCode, errorCode } from './probe.ts';
import { hashBytes } from './state-folder.ts';
import { findRefusals, type TargetRefusal, type WriteResult, type WriteTarget, writeFiles } from './write-files.ts';

interface UndoEntry {
  /** Relative to the root. */
  readonly path: string;
  /** SHA-256 of the bytes that were there, and of those that apply wrote. */
  readonly original: string;
  readonly written: string;
  /** From what was written back to the original. */
  readonly hunks: readonly Hunk[];
}

interface UndoRecord {
  readonly version: 1;
  readonly files: readonly UndoEntry[];
}

/** Keeps the way back, before anything is written: an interrupted apply can be undone too. */
export async function keepUndo(folder: string, targets: readonly WriteTarget[]): Promise<void> {
  const files = targets.map(({ path, before, after }) => ({
    path,
    original: hashBytes(before),
    written: hashBytes(after),
    hunks: diffTexts(after, before),
  }));
  const patch = files.map((file) => renderFilePatch(file.path, file.hunks, [])).join('');
  try {
    await mkdir(folder, { recursive: true });
    await replaceRecord(join(folder, 'undo.patch'), Buffer.from(patch, 'latin1'));
    await replaceRecord(join(folder, 'undo.json'), JSON.stringify({ version: 1, files } satisfies UndoRecord));
  } catch (error) {
    const why = describeErrorCode(errorCode(error));
    throw new UsageError(`can't keep what undo needs in ${folder}: ${why}; nothing was written`);
  }
}

async function replaceRecord(path: string, content: string | Uint8Array): Promise<void> {
  await writeRecord(`${path}.new`, content);
  await rename(`${path}.new`, path);
}

export type UndoResult =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'refused'; readonly refusals: readonly TargetRefusal[]; readonly patch: string }
  | ({ readonly kind: 'undone' } & WriteResult);

/** Takes the last apply back, all of it or nothing. Files that it never reached are left alone. */
export async function undoLast(
  folder: string,
  root: string,
  inPlace: boolean,
  isInterrupted: () => boolean,
): Promise<UndoResult> {
  const record = await loadRecord(folder);
  if (!record) return { kind: 'nothing' };
  const plans = await Promise.all(record.files.map((entry) => planEntry(entry, root)));
  const targets = plans.filter((plan) => plan !== undefined && 'after' in plan) as WriteTarget[];
  const refusals = plans.filter((plan) => plan !== undefined && 'reason' in plan) as TargetRefusal[];
  refusals.push(...(await findRefusals(targets, { allowDirty: true, inPlace })));
  if (refusals.length > 0) return { kind: 'refused', refusals, patch: join(folder, 'undo.patch') };
  const result = await writeFiles(targets, { allowDirty: true, inPlace, isInterrupted });
  if (!result.failure && !result.wasInterrupted)
    for (const name of ['undo.json', 'undo.patch']) await rm(join(folder, name), { force: true });
  return { kind: 'undone', ...result };
}

async function loadRecord(folder: string): Promise<UndoRecord | undefined> {
  const path = join(folder, 'undo.json');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const record = JSON.parse(text) as UndoRecord;
  if (record.version !== 1) throw new UsageError(`${path} was written by another version of goto-cleanup`);
  return record;
}

/** What to write for one file; undefined when it is as it was before. */
async function planEntry(entry: UndoEntry, root: string): Promise<WriteTarget | TargetRefusal | undefined> {
  const absolute = resolve(root, entry.path);
  let text: string;
  try {
    text = await readFile(absolute, 'latin1');
  } catch {
    return { path: entry.path, reason: "it can't be read" };
  }
  const found = hashBytes(text);
  if (found === entry.original) return undefined;
  if (found !== entry.written) return { path: entry.path, reason: 'it has changed since the apply' };
  const after = applyHunks(text, entry.hunks);
  if (after === undefined || hashBytes(after) !== entry.original)
    return { path: entry.path, reason: 'the reverse patch does not give the original' };
  return { path: entry.path, absolute, before: text, after };
}
