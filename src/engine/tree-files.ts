/** The files of a repository as a commit has them, or with some texts of another origin. */
import { createHash } from 'node:crypto';
import { join, posix, relative } from 'node:path';
import { readConfigFile } from './config.ts';
import { toSlashes } from './discover.ts';
import { comparePaths } from './encoding.ts';
import { BlobReader, SYMBOLIC_LINK } from './git-changes.ts';
import { listTree, type TreeEntry } from './git-trees.ts';
import { hasCName } from './language.ts';
import { readIfThere, type RepositoryFiles } from './repository-files.ts';

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
