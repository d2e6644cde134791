/** Runs `verify`: finds both versions and their settings, and asks the judge. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { UsageError } from '../base/usage-error.ts';
import { createConfigStore } from '../engine/config.ts';
import { createContextSource } from '../engine/context.ts';
import { findRoot, toSlashes } from '../engine/discover.ts';
import { findRepository } from '../engine/git.ts';
import { forkTree, headTree, resolveTree } from '../engine/git-trees.ts';
import { applyPatchFile } from '../engine/patched-files.ts';
import { createPathFilter } from '../engine/path-filter.ts';
import { describeErrorCode, errorCode } from '../engine/probe.ts';
import { type RepositoryFiles, workTreeFiles } from '../engine/repository-files.ts';
import { gitVersions, patchVersions, type VersionSource } from '../engine/version-sources.ts';
import type { VersionSide } from '../engine/verify-versions.ts';
import type { Session } from './command.ts';
import type { VerifyFlags, VerifyResult } from './commands/verify.ts';
import type { Io } from './io.ts';
import { namedFile } from './named-file.ts';
import { configPath, createSetting, runFlags } from './project-run.ts';
import type { VersionNames } from './version-operands.ts';

type NamesOf<K extends VersionNames['kind']> = Extract<VersionNames, { readonly kind: K }>;

/** Two files that stand for one: what they include counts from where the second stands, in the work tree. */
export async function verifyNamedFiles(
  { before, after }: NamesOf<'files'>,
  flags: VerifyFlags,
  session: Session,
): Promise<VerifyResult> {
  const { io } = session;
  const { loadContexts, root } = await createSetting(io, [after], flags);
  const [first, second] = [namedFile(io, root, before), namedFile(io, root, after)];
  const { context } = (await loadContexts()).contextOf(second.file);
  const pipeline = await session.pipelines.load();
  return { report: pipeline.verifyFiles(first, second, context), root, others: 0 };
}

/** Two versions of a repository, or of what stands at some paths of it. */
export async function verifySource(
  names: NamesOf<'revisions' | 'patch' | 'staged'>,
  flags: VerifyFlags,
  session: Session,
): Promise<VerifyResult> {
  const { io } = session;
  const root = findRoot(io.cwd, names.paths, flags.root);
  const source = narrow(await openSource(names, root, io), io, root, names.paths);
  const { before, after } = sidesOf(source, io, root, flags);
  const { pairs, notJudged, others } = source;
  const pipeline = await session.pipelines.load();
  return { report: pipeline.verifyVersions({ pairs, notJudged, before, after }), root, others };
}

async function openSource(
  names: NamesOf<'revisions' | 'patch' | 'staged'>,
  root: string,
  io: Io,
): Promise<VersionSource> {
  if (names.kind === 'patch') {
    const name = names.patch === '-' ? 'stdin' : names.patch;
    const text = names.patch === '-' ? Buffer.from(await io.readStdin()).toString('latin1') : readPatch(io, name);
    return patchVersions(root, applyPatchFile(name, text, workTreeFiles(root)));
  }
  const isRepository = findRepository(root) !== undefined;
  if (names.kind === 'staged') {
    if (!isRepository) throw new UsageError(`--staged asks git, and ${root} is in no repository`);
    return gitVersions(root, headTree(root), undefined);
  }
  const { before, after, fromFork } = names;
  if (!isRepository)
    throw new UsageError(`"${before}" is no file, and for revisions git is asked: ${root} is in no repository`);
  return gitVersions(
    root,
    fromFork ? forkTree(root, before, after) : resolveTree(root, before),
    resolveTree(root, after),
  );
}

function readPatch(io: Io, path: string): string {
  try {
    return readFileSync(resolve(io.cwd, path), 'latin1');
  } catch (error) {
    throw new UsageError(`--patch ${path}: can't be read: ${describeErrorCode(errorCode(error))}`);
  }
}

/** Only what stands at the paths. A path that neither version has, or that can't be judged, is an error. */
function narrow(source: VersionSource, io: Io, root: string, paths: readonly string[]): VersionSource {
  if (paths.length === 0) return source;
  const filter = createPathFilter(io.cwd, root, paths);
  const pairs = source.pairs.filter(({ before, after }) =>
    [after, before].some((file) => file && filter.has(file.path)),
  );
  const notJudged = source.notJudged.filter(({ path }) => filter.has(path));
  for (const { path, reason } of notJudged) if (filter.names(path)) throw new UsageError(`${path}: ${reason}`);
  for (const { list } of [source.after, source.before]) for (const path of list()) filter.has(path);
  const [missing] = filter.unused();
  if (missing !== undefined) throw new UsageError(`neither version has a C file at "${missing}"`);
  return { ...source, pairs, notJudged, others: 0 };
}

/** Each version with the headers it has; the settings are those of the second. */
function sidesOf(
  { before, after }: VersionSource,
  io: Io,
  root: string,
  flags: VerifyFlags,
): { readonly before: VersionSide; readonly after: VersionSide } {
  const configs = createConfigStore(root, configPath(io, flags), after.readConfig);
  const sideOf = (files: RepositoryFiles): VersionSide => {
    const contexts = createContextSource(files, configs, runFlags(flags, undefined));
    return {
      contextOf: (path) =>
        contexts.contextOf({ path: toSlashes(path), absolute: resolve(root, path), isNamed: true }).context,
    };
  };
  return { before: sideOf(before), after: sideOf(after) };
}
