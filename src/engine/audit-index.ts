/**
 * What the files of a repository show each other in an audit: the functions of one that another calls, and globals that
 * nobody changes. Built on demand; what it answers does not depend on which files a run selects.
 */
import type { CalleeFacts, Insight } from '../analysis/insight.ts';
import type { Read } from '../audit/callees.ts';
import { findGlobal } from '../audit/constants.ts';
import { scanFunctions } from '../scan/functions.ts';
import { hashWord, WordFilter } from '../scan/words.ts';
import type { RepositoryFiles } from './repository-files.ts';

/** Opens a file of the repository for the questions of others. */
export type OpenFile = (path: string, text: string) => Insight;

/** Callees of callees in other files. */
const DEEPEST = 6;
/** Files that are kept open. */
const MOST_OPEN = 48;
/** What is compiled for another system is not what is called here. */
const OTHER_PLATFORM = /(^|\/)(windows|win32|win64|win|msvc|mingw|wasm)\//i;

interface IndexedFile {
  readonly path: string;
  readonly words: WordFilter;
}

export class AuditIndex {
  readonly #files: RepositoryFiles;
  readonly #facts = new Map<string, CalleeFacts | undefined>();
  readonly #globals = new Map<string, { readonly value?: number } | undefined>();
  readonly #opened = new Map<string, Insight>();
  readonly #underWay = new Set<string>();
  #definitions: ReadonlyMap<string, readonly string[]> | undefined;
  #sources: readonly IndexedFile[] | undefined;

  constructor(files: RepositoryFiles) {
    this.#files = files;
  }

  /** What the only definition of a function in another file shows; undefined where there is none, or more than one. */
  callee(name: string, read: Read, from: string, open: OpenFile): CalleeFacts | undefined {
    const [path, ...more] = this.#index().get(name) ?? [];
    if (path === undefined || path === from || more.length > 0) return undefined;
    if (this.#facts.has(name)) return this.#facts.get(name);
    if (this.#underWay.has(name) || this.#underWay.size >= DEEPEST) return undefined;
    this.#underWay.add(name);
    const facts = this.#open(path, open)?.called(name, read);
    this.#underWay.delete(name);
    // What was cut short may be known better another time.
    if (this.#underWay.size === 0) this.#facts.set(name, facts);
    return facts;
  }

  /** The value of a global that one file defines and none changes; undefined where it may have others. */
  global(name: string): { readonly value?: number } | undefined {
    if (!this.#globals.has(name)) this.#globals.set(name, this.#findGlobal(name));
    return this.#globals.get(name);
  }

  #findGlobal(name: string): { readonly value?: number } | undefined {
    this.#index();
    const hash = hashWord(name);
    const mentions = (this.#sources ?? [])
      .filter(({ words }) => words.hasHash(hash))
      .map(({ path }) => findGlobal(this.#files.readFile(path) ?? '', name));
    const definitions = mentions.filter(({ isDefined }) => isDefined);
    const [only] = definitions;
    const isFixed = definitions.length === 1 && mentions.every(({ isWritten }) => !isWritten);
    return isFixed && only?.value !== undefined ? { value: only.value } : undefined;
  }

  #open(path: string, open: OpenFile): Insight | undefined {
    const known = this.#opened.get(path);
    const text = known ? '' : this.#files.readFile(path);
    if (text === undefined) return undefined;
    const insight = known ?? open(path, text);
    this.#opened.delete(path);
    this.#opened.set(path, insight);
    const [oldest] = this.#opened.keys();
    if (this.#opened.size > MOST_OPEN && oldest !== undefined) this.#opened.delete(oldest);
    return insight;
  }

  /** For each function that others can call the files that define it. */
  #index(): ReadonlyMap<string, readonly string[]> {
    if (this.#definitions) return this.#definitions;
    const definitions = new Map<string, string[]>();
    const sources: IndexedFile[] = [];
    for (const path of this.#files.list()) {
      if (OTHER_PLATFORM.test(path)) continue;
      const text = this.#files.readFile(path) ?? '';
      sources.push({ path, words: new WordFilter(text) });
      if (!path.endsWith('.c')) continue;
      for (const { name, isStatic } of scanFunctions(text).functions) {
        const paths = definitions.get(name) ?? [];
        if (!isStatic) definitions.set(name, [...paths, path]);
      }
    }
    this.#sources = sources;
    this.#definitions = definitions;
    return definitions;
  }
}
