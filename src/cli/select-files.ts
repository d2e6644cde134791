/** Which files a command line means, and where their text comes from: operands, lists, stdin, or what git says changed. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { UsageError } from '../base/usage-error.ts';
import type { ConfigStore } from '../engine/config.ts';
import { type DiscoverRequest, discoverFiles, type SourceFile, stdinFile } from '../engine/discover.ts';
import { judge, readSource, type ReadResult } from '../engine/read-source.ts';
import type { ChangeSet } from '../engine/select-changes.ts';
import type { ProjectFlags } from './flags.ts';
import type { Io } from './io.ts';

/** What the command line names, before anything is looked for. */
export interface NamedPaths {
  readonly operands: readonly string[];
  /** From --files-from. */
  readonly listed: readonly string[] | undefined;
  readonly usesStdin: boolean;
  readonly changeSet: ChangeSet | undefined;
}

export interface Selection {
  readonly files: readonly SourceFile[];
  read(file: SourceFile): ReadResult;
  /** Text that came in on stdin, as bytes. */
  readonly stdinText: string | undefined;
}

/** Reads what names the files; combinations without a meaning are UsageErrors. */
export async function readNames(operands: readonly string[], flags: ProjectFlags, io: Io): Promise<NamedPaths> {
  const listed = flags.filesFrom === undefined ? undefined : await readList(flags.filesFrom, operands, io);
  const changeSet = changeSetOf(flags);
  const usesStdin = operands.includes('-');
  if (usesStdin && operands.length + (listed?.length ?? 0) > 1)
    throw new UsageError('"-" can\'t stand beside other paths');
  if (usesStdin && changeSet)
    throw new UsageError(`"-" has no changes to select: it can't stand with --${changeSet.kind}`);
  return { operands, listed, usesStdin, changeSet };
}

function changeSetOf({ staged, changed, since }: ProjectFlags): ChangeSet | undefined {
  const sets: ChangeSet[] = [
    ...(staged === true ? [{ kind: 'staged' } as const] : []),
    ...(changed === true ? [{ kind: 'changed' } as const] : []),
    ...(since === undefined ? [] : [{ kind: 'since', revision: since } as const]),
  ];
  if (sets.length > 1) throw new UsageError(`${sets.map(({ kind }) => `--${kind}`).join(' and ')} exclude each other`);
  return sets[0];
}

/** Lists of changed files name all kinds: what is not C is passed over. */
async function readList(file: string, operands: readonly string[], io: Io): Promise<string[]> {
  if (file === '-' && operands.includes('-')) throw new UsageError('stdin can\'t be both "-" and --files-from -');
  const text =
    file === '-' ? Buffer.from(await io.readStdin()).toString('utf8') : readListFile(resolve(io.cwd, file), file);
  const paths = text.split(text.includes('\0') ? '\0' : /\r?\n/);
  return paths.filter((path) => path.endsWith('.c') || path.endsWith('.h'));
}

function readListFile(path: string, shown: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new UsageError(`can't read the list of files "${shown}"`);
  }
}

const WRITERS = new Set(['apply', 'review']);

/** Finds the files. */
export async function selectFiles(
  command: string,
  { operands, listed, usesStdin, changeSet }: NamedPaths,
  flags: ProjectFlags,
  { io, root, configs }: { readonly io: Io; readonly root: string; readonly configs: ConfigStore },
): Promise<Selection> {
  if (usesStdin) {
    const stdinText = Buffer.from(await io.readStdin()).toString('latin1');
    const files = [stdinFile(io.cwd, root, flags.stdinFilename ?? 'stdin.c')];
    return { files, read: (file) => judge(file, stdinText), stdinText };
  }
  const request: DiscoverRequest = {
    cwd: io.cwd,
    root,
    paths: operands,
    excludes: flags.exclude,
    ...(listed && { listed }),
  };
  if (!changeSet) return { files: discoverFiles(request, configs), read: readSource, stdinText: undefined };
  const { selectChanges } = await import('../engine/select-changes.ts');
  const selected = selectChanges(changeSet, request, configs);
  if (!WRITERS.has(command) || changeSet.kind !== 'staged') return { ...selected, stdinText: undefined };
  await expectStagedWhole(root, selected.files);
  return { files: selected.files, read: readSource, stdinText: undefined };
}

/** What is staged is written into the work tree, which therefore has to be what was staged. */
async function expectStagedWhole(root: string, files: readonly SourceFile[]): Promise<void> {
  const { findDirt } = await import('../engine/git.ts');
  const { showPath } = await import('./show-path.ts');
  const dirty = [
    ...findDirt(
      root,
      files.map(({ path }) => path),
    ).keys(),
  ];
  if (dirty.length > 0)
    throw new UsageError(
      `--staged: the work tree is not what is staged, and nothing was written: ${dirty.map(showPath).join(', ')}; ` +
        'stage the rest first, or look at the rewrites with diff --staged',
    );
}
