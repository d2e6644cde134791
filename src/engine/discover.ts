/** Finds the files of a run. Paths come out relative to the root, with `/`, in byte order, each file once. */
import { type Dirent, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { UsageError } from '../base/usage-error.ts';
import type { ChangedLines } from './changed-lines.ts';
import type { Config, ConfigStore } from './config.ts';
import { comparePaths } from './encoding.ts';
import { findRepository, isIgnored, listFiles } from './git.ts';
import { globBase, globToRegExp, isGlob } from './glob.ts';
import { hasCName } from './language.ts';
import { MissingPath } from './missing-path.ts';
import { createPatterns, type Patterns } from './patterns.ts';
import { errorCode, probe } from './probe.ts';

/** One file to look at. */
export interface SourceFile {
  /** Relative to the root, with `/`: as reports and patches show it. */
  readonly path: string;
  readonly absolute: string;
  /** A folder that can't be read; it is here to be reported. */
  readonly isFolder?: true;
  /** Named by hand: then it is looked at though it is ignored or generated, and what is wrong with it is an error. */
  readonly isNamed: boolean;
  /** Only functions that one of these overlaps are meant; absent: all. */
  readonly changes?: readonly ChangedLines[];
}

export interface DiscoverRequest {
  /** The folder that PATHs are relative to. */
  readonly cwd: string;
  readonly root: string;
  /** Named by hand. Empty, and nothing listed: the root. */
  readonly paths: readonly string[];
  /** Files from a list that a program made: they must be there, and count as found. absent: there is no list. */
  readonly listed?: readonly string[];
  /** Patterns as in .gitignore, from the root. */
  readonly excludes: readonly string[];
}

/**
 * What counts as the repository: the flag, else the repository of the first path, else the folder that holds all paths.
 */
export function findRoot(cwd: string, paths: readonly string[], flag: string | undefined): string {
  if (flag !== undefined) {
    const root = resolve(cwd, flag);
    if (probe(root) !== 'folder') throw new UsageError(`no such folder: "${flag}"`);
    return realpathSync(root);
  }
  const folders = paths.map((path) => folderOf(resolve(cwd, isGlob(path) ? globBase(path) : path)));
  const repository = findRepository(folders[0] ?? realpathSync(cwd));
  if (repository) return repository.root;
  return [realpathSync(cwd), ...folders].reduce(commonFolder);
}

/** The nearest existing folder at or above a path, with links resolved. */
function folderOf(path: string): string {
  if (probe(path) === 'folder') return realpathSync(path);
  return dirname(path) === path ? path : folderOf(dirname(path));
}

function commonFolder(a: string, b: string): string {
  return a === b || b.startsWith(a.endsWith(sep) ? a : a + sep) ? a : commonFolder(dirname(a), b);
}

/** All C files that the request asks for. */
export function discoverFiles(request: DiscoverRequest, configs: ConfigStore): SourceFile[] {
  const { cwd, root } = request;
  const found = new Map<string, SourceFile>();
  const add = (absolute: string, isNamed: boolean): void => {
    const known = found.get(absolute);
    if (known?.isNamed || (known && !isNamed)) return;
    const path = toSlashes(relative(root, absolute));
    found.set(absolute, { path, absolute, isNamed, ...(absolute.endsWith(sep) && { isFolder: true }) });
  };
  const takesAll = request.paths.length === 0 && request.listed === undefined;
  for (const path of takesAll ? [root] : request.paths) {
    const absolute = resolve(cwd, path);
    const kind = probe(absolute);
    if (kind === 'folder') for (const file of listFolder(realpathSync(absolute))) add(file, false);
    else if (kind === 'file') add(realPath(absolute), true);
    else if (isGlob(path)) for (const file of expandGlob(cwd, path)) add(realPath(file), true);
    else throw new MissingPath(path);
  }
  for (const path of request.listed ?? []) {
    const absolute = resolve(cwd, path);
    if (probe(absolute) !== 'file') throw new MissingPath(path);
    add(realPath(absolute), false);
  }
  return filterFiles([...found.values()], request, configs);
}

/** Leaves out what flags and configs exclude; the rest in byte order. */
export function filterFiles(
  files: readonly SourceFile[],
  request: Pick<DiscoverRequest, 'excludes'>,
  configs: ConfigStore,
): SourceFile[] {
  const isExcluded = createFilter(request.excludes, configs);
  return files.filter((file) => !isExcluded(file)).toSorted((a, b) => comparePaths(a.path, b.path));
}

/** The real path of a file's folder and the file behind a link, so that no file comes twice. */
export function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // It exists, but its folder can't be searched: reading it will say so.
    return path;
  }
}

/** C by name, as git is asked for it: these match in every folder. */
export const C_PATTERNS = ['*.c', '*.h'];

/** All C files of a repository, whatever a run selects, in byte order: relative to the root, with `/`. */
export function listRepository(root: string): string[] {
  return listFolder(root)
    .map((file) => toSlashes(relative(root, file)))
    .toSorted(comparePaths);
}

/** C files below a folder that git does not ignore; outside git, that no .gitignore names. Links are not followed. */
function listFolder(folder: string): string[] {
  const listed = findRepository(folder) === undefined ? undefined : listWithGit(folder);
  return (listed ?? walkUnignored(folder)).map((path) => join(folder, path));
}

/** The .gitignore of a packaged source tree may say `/*`: there it speaks of the packager's repository, not of the files. */
function walkUnignored(folder: string): string[] {
  const files = [...walkFolder(folder, 'heeds .gitignore')];
  return files.length > 0 ? files : [...walkFolder(folder, 'takes all')];
}

function listWithGit(folder: string): string[] | undefined {
  const listed = listFiles(folder, C_PATTERNS);
  // An ignored folder that is named is walked: its owner asked for it.
  if (listed === undefined || (listed.length === 0 && isIgnored(folder))) return undefined;
  return [...new Set(listed)];
}

interface IgnoreFile {
  /** Folder of the .gitignore, relative to the walk's start, ending with a slash unless empty. */
  readonly base: string;
  readonly rules: Patterns;
}

const FOLDERS_OF_TOOLS = new Set(['.git', '.hg', '.svn', '.jj', 'CVS']);

function* walkFolder(
  start: string,
  how: 'heeds .gitignore' | 'takes all',
  folder = '',
  outer: readonly IgnoreFile[] = [],
): Generator<string> {
  const entries = readFolder(join(start, folder));
  // Its files can't be listed: the folder stands for them in the report.
  if (!entries) return yield folder;
  const own = how === 'heeds .gitignore' && entries.find((entry) => entry.isFile() && entry.name === '.gitignore');
  const rules = own && { base: folder, rules: createPatterns(readFileSync(join(start, folder, own.name), 'utf8')) };
  const ignores = rules ? [...outer, rules] : outer;
  for (const entry of entries) {
    const path = folder + entry.name + (entry.isDirectory() ? '/' : '');
    if (ignores.some(({ base, rules: patterns }) => patterns.match(path.slice(base.length)))) continue;
    if (entry.isDirectory() && !FOLDERS_OF_TOOLS.has(entry.name)) yield* walkFolder(start, how, path, ignores);
    else if (entry.isFile() && hasCName(entry.name)) yield path;
  }
}

function readFolder(path: string): Dirent[] | undefined {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    errorCode(error);
    return undefined;
  }
}

function expandGlob(cwd: string, glob: string): string[] {
  const base = resolve(cwd, globBase(glob));
  const pattern = globToRegExp(toSlashes(glob).slice(globBase(glob).length).replace(/^\.\//, ''));
  const files = probe(base) === 'folder' ? listFolder(realpathSync(base)) : [];
  const matching = files.filter((file) => pattern.test(toSlashes(relative(realPath(base), file))));
  if (matching.length === 0) throw new UsageError(`no C file matches "${glob}"`);
  return matching;
}

/** Patterns of the command line count from the root, those of a config from its own folder. */
function createFilter(excludes: readonly string[], configs: ConfigStore): (file: SourceFile) => boolean {
  const flags = createPatterns(excludes);
  const byConfig = new Map<Config, { include: Patterns | undefined; exclude: Patterns }>();
  return ({ path, absolute }) => {
    if (flags.match(path)) return true;
    const config = configs.configFor(absolute);
    if (config.path === undefined || config.include.length + config.exclude.length === 0) return false;
    const rules = byConfig.get(config) ?? {
      include: config.include.length > 0 ? createPatterns(config.include) : undefined,
      exclude: createPatterns(config.exclude),
    };
    byConfig.set(config, rules);
    const local = toSlashes(relative(dirname(config.path), absolute));
    // With --config a file may lie outside of the config's folder.
    if (local.startsWith('../')) return false;
    return rules.exclude.match(local) || (rules.include !== undefined && !rules.include.match(local));
  };
}

/** A path of this system as reports show it. */
export function toSlashes(path: string): string {
  return sep === '/' ? path : path.replaceAll(sep, '/');
}

/** The path of standard input in reports. */
export function stdinFile(cwd: string, root: string, name: string): SourceFile {
  const absolute = resolve(cwd, name);
  return { path: toSlashes(relative(root, absolute)) || basename(name), absolute, isNamed: true };
}
