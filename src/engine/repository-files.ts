/** Where what is known of a repository is read: in its work tree, in the index of git, in a commit. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, posix, relative } from 'node:path';
import { BASELINE_NAME } from './baseline-file.ts';
import { CONFIG_NAME, readConfigFile } from './config.ts';
import { C_PATTERNS, listRepository, toSlashes } from './discover.ts';
import { comparePaths } from './encoding.ts';
import { listFiles } from './git.ts';
import { BlobReader, SYMBOLIC_LINK, unstagedFiles } from './git-changes.ts';
import { listTree, type TreeEntry } from './git-trees.ts';
import { hasCName } from './language.ts';
import { errorCode } from './probe.ts';

/** The files of a repository, whatever a run selects. Paths are relative to its root, with `/`. */
export interface RepositoryFiles {
  /** All C files, headers too, in byte order. */
  list(): readonly string[];
  /** The bytes of a file as latin1; undefined where there is none. */
  readFile(path: string): string | undefined;
  /** The text of a config file or a baseline; undefined where there is none. Takes an absolute path. */
  readConfig(path: string): string | undefined;
}

/** As the user sees them. */
export function workTreeFiles(root: string): RepositoryFiles {
  return {
    list: () => listRepository(root),
    readFile: (path) => readIfThere(join(root, path)),
    readConfig: readConfigFile,
  };
}

/**
 * As a commit would record them: what is not staged does not count, and neither does a file that git does not track,
 * but for a config, which may well be the user's own.
 */
export function indexFiles(root: string): RepositoryFiles {
  let all: Map<string, string> | undefined;
  let configs: Map<string, string> | undefined;
  const blobText = (blob: string): string => new BlobReader(root, [blob]).read(blob);
  return {
    list: () => (listFiles(root, C_PATTERNS, ['--cached']) ?? []).toSorted(comparePaths),
    readFile: (path) => {
      all ??= unstagedFiles(root, []);
      const blob = all.get(path);
      return blob === undefined ? readIfThere(join(root, path)) : blobText(blob);
    },
    readConfig: (path) => {
      configs ??= unstagedFiles(root, [`*${CONFIG_NAME}`, BASELINE_NAME]);
      const blob = configs.get(toSlashes(relative(root, path)));
      return blob === undefined ? readConfigFile(path) : Buffer.from(blobText(blob), 'latin1').toString('utf8');
    },
  };
}

/** As a commit or another tree has them. A config that it does not have is the one of the work tree. */
export function treeFiles(root: string, tree: string): RepositoryFiles {
  let entries: ReadonlyMap<string, TreeEntry> | undefined;
  let headers: BlobReader | undefined;
  const all = (): ReadonlyMap<string, TreeEntry> => (entries ??= listTree(root, tree));
  const paths = (): string[] => [...all().keys()].filter(hasCName).toSorted(comparePaths);
  const readBlob = (blob: string): string => {
    headers ??= new BlobReader(
      root,
      paths()
        .filter((path) => path.endsWith('.h'))
        .map((path) => all().get(path)?.blob ?? ''),
    );
    return headers.read(blob);
  };
  const read = (path: string, links: number): string | undefined => {
    const entry = all().get(path);
    if (!entry) return undefined;
    if (entry.mode === SYMBOLIC_LINK)
      return links === 0 ? undefined : read(posix.join(posix.dirname(path), readBlob(entry.blob)), links - 1);
    // Starting git for each header would cost more than all the rest: most are in the work tree, too.
    const text = readIfThere(join(root, path));
    return text !== undefined && blobName(text, entry.blob.length) === entry.blob ? text : readBlob(entry.blob);
  };
  return {
    list: paths,
    readFile: (path) => read(path, MOST_LINKS),
    readConfig: (path) => {
      const entry = all().get(toSlashes(relative(root, path)));
      return entry ? Buffer.from(readBlob(entry.blob), 'latin1').toString('utf8') : readConfigFile(path);
    },
  };
}

const MOST_LINKS = 8;

/** The name that git would give to the text (bytes as latin1), in a repository whose names are so long. */
function blobName(text: string, length: number): string {
  const hash = createHash(length === 64 ? 'sha256' : 'sha1');
  return hash.update(`blob ${text.length}\0`).update(text, 'latin1').digest('hex');
}

/** Others, with some texts in place of theirs; undefined: the file is gone. */
export function overlaidFiles(below: RepositoryFiles, texts: ReadonlyMap<string, string | undefined>): RepositoryFiles {
  return {
    list: () => {
      const kept = below.list().filter((path) => !texts.has(path));
      const own = [...texts].flatMap(([path, text]) => (text !== undefined && hasCName(path) ? [path] : []));
      return [...kept, ...own].toSorted(comparePaths);
    },
    readFile: (path) => (texts.has(path) ? texts.get(path) : below.readFile(path)),
    readConfig: below.readConfig,
  };
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    errorCode(error);
    return undefined;
  }
}
