/**
 * Finds the headers that a file includes from its own repository, and keeps what they define. An include is resolved
 * by its path alone, so what is known of a name never depends on which files a run selects (DESIGN §5).
 */
import { posix } from 'node:path';
import { decidedOn, isAlways, isLive } from '../resources/live-conditions.ts';
import type { SeenHeader } from '../resources/known-names.ts';
import type { Platform } from '../resources/preset.ts';
import { SeenFile } from '../resources/seen-file.ts';
import type { Assignment } from '../scan/condition.ts';
import type { Include } from '../scan/definitions.ts';
import { isLibraryHeader } from './library-headers.ts';

export interface DefinitionIo {
  /** The bytes of a file of the repository as latin1; undefined where there is none. Path relative to the root. */
  readFile(path: string): string | undefined;
}

/** A file with all that it includes. */
export interface DefinitionsInSight {
  readonly file: SeenFile;
  /** Nearest first: what it includes itself, then what that includes. */
  readonly headers: readonly SeenHeader[];
  /** Includes that are not files of the repository, as they are written. */
  readonly systemIncludes: ReadonlySet<string>;
  /** What the file is compiled for: a file in a windows folder is not compiled for POSIX. */
  readonly platform: Platform;
}

export interface DefinitionSource {
  /** @param path relative to the root, with `/` */
  inSightOf(path: string, text: string): DefinitionsInSight;
}

/** A file with more headers than this is seen with the nearest ones. */
const MOST_HEADERS = 4000;

/** Headers that are kept in memory between two files, in bytes of text. */
const MOST_BYTES = 96 * 1024 * 1024;

/**
 * @param files the C files of the repository, headers too, relative to its root; all of them, not those of the run
 * @param platform what definitions must be compiled for to count
 */
export function createDefinitionSource(
  io: DefinitionIo,
  files: readonly string[],
  platform: Platform = 'posix',
): DefinitionSource {
  const headers = new HeaderFinder(io, files);
  const cache = new FileCache(io);
  return { inSightOf: (path, text) => new Sight(headers, cache, platform).of(path, text) };
}

const WINDOWS_FOLDER = /(^|\/)(windows|win32|win64|win|msvc|mingw)\//i;

/** Walks the includes of one file, breadth first. */
class Sight {
  readonly #headers: HeaderFinder;
  readonly #cache: FileCache;
  readonly #platform: Platform;
  readonly #systemIncludes = new Set<string>();

  constructor(headers: HeaderFinder, cache: FileCache, platform: Platform) {
    this.#headers = headers;
    this.#cache = cache;
    this.#platform = platform;
  }

  of(path: string, text: string): DefinitionsInSight {
    const file = new SeenFile(path, text);
    const platform = WINDOWS_FOLDER.test(path) ? 'windows' : this.#platform;
    const known = decidedOn(platform);
    const found = new Map<string, SeenHeader>();
    const isForeign = (one: string): boolean => platform !== 'windows' && WINDOWS_FOLDER.test(one);
    let level: readonly SeenHeader[] = [{ file, isConditional: false }];
    while (level.length > 0 && found.size < MOST_HEADERS) {
      const next: SeenHeader[] = [];
      for (const from of level) {
        for (const reached of this.#includes(from, known)) {
          const old = found.get(reached.file.path);
          const isBetter = old === undefined || (old.isConditional && !reached.isConditional);
          if (!isBetter || reached.file.path === path || isForeign(reached.file.path)) continue;
          found.set(reached.file.path, reached);
          next.push(reached);
        }
      }
      level = next;
    }
    return { file, headers: [...found.values()], systemIncludes: this.#systemIncludes, platform };
  }

  #includes({ file, isConditional }: SeenHeader, known: Assignment): SeenHeader[] {
    return file.definitions.includes.flatMap((include) => {
      if (!isLive(include.conditions, known)) return [];
      const paths = this.#headers.resolve(include, file.path);
      const headers = paths.map((path) => this.#cache.get(path)).filter((header) => header !== undefined);
      if (headers.length === 0) this.#systemIncludes.add(include.path);
      const isOpen = isConditional || headers.length > 1 || !isAlways(include.conditions, known);
      return headers.map((header) => ({ file: header, isConditional: isOpen }));
    });
  }
}

/** `<zlib.h>` may well be the system's although the repository brings a copy: only the build knows which. */
function isBundled(path: string): boolean {
  return BUNDLES.test(path);
}

const BUNDLES =
  /(^|\/)(deps|dependencies|vendor(ed)?|third[-_]?party|3rd[-_]?party|extern(al)?s?|contrib|bundled|lib(rarie)?s|sub(modules|projects)|gnulib)\//i;

/** More files than this that an include could mean, and it means none that is known. */
const MOST_CANDIDATES = 6;

/** Which files of the repository an include can mean. */
class HeaderFinder {
  readonly #io: DefinitionIo;
  readonly #files: ReadonlySet<string>;
  readonly #byName = new Map<string, string[]>();
  readonly #resolved = new Map<string, readonly string[]>();

  constructor(io: DefinitionIo, files: readonly string[]) {
    this.#io = io;
    this.#files = new Set(files);
    for (const path of files) {
      const name = posix.basename(path);
      const group = this.#byName.get(name);
      if (group) group.push(path);
      else this.#byName.set(name, [path]);
    }
  }

  /** One path; several where nothing tells which is nearer, and then all of them count; none for the system's. */
  resolve(include: Pick<Include, 'path' | 'isSystem'>, from: string): readonly string[] {
    const folder = posix.dirname(from);
    const key = `${folder}\n${include.isSystem ? '<' : '"'}${include.path}`;
    const known = this.#resolved.get(key) ?? this.#find(include, folder);
    this.#resolved.set(key, known);
    return known;
  }

  #find({ path, isSystem }: Pick<Include, 'path' | 'isSystem'>, folder: string): readonly string[] {
    const beside = posix.normalize(posix.join(folder, path));
    if (this.#exists(beside)) return [beside];
    if (isLibraryHeader(path)) return [];
    const wanted = posix.normalize(path).replace(/^(\.\.\/)+/, '');
    const isTheirs = isSystem && !path.includes('/') ? isBundled : () => false;
    const candidates = (this.#byName.get(posix.basename(wanted)) ?? []).filter(
      (candidate) => (candidate === wanted || candidate.endsWith(`/${wanted}`)) && !isTheirs(candidate),
    );
    return nearest(candidates, wanted, folder);
  }

  /** Headers with unusual endings, `table.inc`, may not be in the list. */
  #exists(path: string): boolean {
    if (path.startsWith('../')) return false;
    return this.#files.has(path) || (!/\.(c|h)$/.test(path) && this.#io.readFile(path) !== undefined);
  }
}

/**
 * The candidates that share the longest way with the including folder; of these the one in a folder right there, as
 * `include/` is, before those further away. What is left undecided counts together.
 */
function nearest(candidates: readonly string[], wanted: string, folder: string): readonly string[] {
  const common = Math.max(...candidates.map((path) => commonFolders(path, folder)));
  const close = candidates.filter((path) => commonFolders(path, folder) === common);
  const steps = (path: string): number => path.split('/').length - wanted.split('/').length - common;
  for (const most of [0, 1]) {
    const chosen = close.filter((path) => steps(path) === most);
    if (chosen.length > 0) return chosen.toSorted();
  }
  return close.length > MOST_CANDIDATES ? [] : close.toSorted();
}

function commonFolders(path: string, folder: string): number {
  const [a, b] = [path.split('/'), folder.split('/')];
  let count = 0;
  while (count < b.length && count < a.length - 1 && a[count] === b[count]) count++;
  return count;
}

/** Files by path; the one that was not asked for longest goes first when memory is short. */
class FileCache {
  readonly #io: DefinitionIo;
  readonly #files = new Map<string, SeenFile | undefined>();
  #bytes = 0;

  constructor(io: DefinitionIo) {
    this.#io = io;
  }

  get(path: string): SeenFile | undefined {
    const isKnown = this.#files.has(path);
    const file = isKnown ? this.#files.get(path) : this.#load(path);
    this.#files.delete(path);
    this.#files.set(path, file);
    if (!isKnown) this.#bytes += file?.text.length ?? 0;
    for (const [oldest, old] of this.#files) {
      if (this.#bytes <= MOST_BYTES) break;
      this.#files.delete(oldest);
      this.#bytes -= old?.text.length ?? 0;
    }
    return file;
  }

  #load(path: string): SeenFile | undefined {
    const text = this.#io.readFile(path);
    return text === undefined ? undefined : new SeenFile(path, text);
  }
}
