/**
 * How the project writes C, for what neither a function nor its file shows: read from files of the same folder, then
 * of the folders around it. Which files a run selects makes no difference.
 */
import type { HouseStyle } from '../rewrite/house-style.ts';
import { readProjectStyle } from '../rewrite/house-style.ts';
import type { RepositoryFiles } from './repository-files.ts';

/** Files that are read: enough to tell a habit, few enough for a hook. */
const MOST = 24;
/** Fewer show no habit of a project. */
const FEWEST = 4;
/** Bytes of all of them. */
const MOST_BYTES = 1_000_000;

/** The habits around a file. */
export interface Neighbours {
  /** undefined where the file stands alone. @param path relative to the root, with `/` */
  styleAround(path: string): HouseStyle | undefined;
}

/** Reads nothing before it is asked, and each neighbourhood once. */
export function createNeighbours(files: Pick<RepositoryFiles, 'list' | 'readFile'>): Neighbours {
  let sources: readonly string[] | undefined;
  const styles = new Map<string, HouseStyle | undefined>();
  return {
    styleAround: (path) => {
      sources ??= files.list().filter((one) => one.endsWith('.c'));
      const near = nearest(sources, path);
      const key = near.join('\n');
      if (near.length >= FEWEST && !styles.has(key)) styles.set(key, readProjectStyle(textsOf(files, near)));
      return styles.get(key);
    },
  };
}

/** Files below the innermost folder around the path that has enough of them, evenly drawn from it. */
function nearest(sources: readonly string[], path: string): readonly string[] {
  let folder = path;
  let near: readonly string[] = [];
  while (folder !== '' && near.length < MOST) {
    folder = folder.slice(0, folder.lastIndexOf('/', folder.length - 2) + 1);
    near = sources.filter((one) => one.startsWith(folder) && one !== path);
  }
  if (near.length <= MOST) return near;
  return Array.from({ length: MOST }, (_, index) => near[Math.floor((index * near.length) / MOST)] ?? '');
}

function textsOf(files: Pick<RepositoryFiles, 'readFile'>, paths: readonly string[]): string[] {
  const texts: string[] = [];
  let left = MOST_BYTES;
  for (const path of paths) {
    const text = files.readFile(path) ?? '';
    if (text.length > left) continue;
    left -= text.length;
    texts.push(text);
  }
  return texts;
}
