/** Where what is known of a repository is read: in its work tree, or in the index of git. Every run loads this. */
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { BASELINE_NAME, CONFIG_NAME, readConfigFile } from './config.ts';
import { C_PATTERNS, listRepository, toSlashes } from './discover.ts';
import { comparePaths } from './encoding.ts';
import { listFiles, mayBeInIndex } from './git.ts';
import { BlobReader, unstagedFiles } from './git-changes.ts';
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
      configs ??= mayBeInIndex(root, [CONFIG_NAME, BASELINE_NAME])
        ? unstagedFiles(root, [`*${CONFIG_NAME}`, BASELINE_NAME])
        : new Map<string, string>();
      const blob = configs.get(toSlashes(relative(root, path)));
      return blob === undefined ? readConfigFile(path) : Buffer.from(blobText(blob), 'latin1').toString('utf8');
    },
  };
}

/** The bytes of a file as latin1; undefined where there is none. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    errorCode(error);
    return undefined;
  }
}
