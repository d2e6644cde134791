/**
 * Which names may acquire or release something, told from the words of definitions without parsing any. A definition
 * acquires or releases only through what it calls, so what matters is a name that presets or config speak of, or whose
 * definition mentions, outside of field accesses, such a name. Any definition counts, live or not: this may say yes too
 * often, which costs time, and never says no to a name of which facts would tell.
 */
import { isWord } from '../scan/characters.ts';
import { hashWord } from '../scan/words.ts';
import type { Preset } from './preset.ts';
import type { ResourceConfig } from './resource-config.ts';
import type { SeenFile } from './seen-file.ts';

/** Gathers over all files of a run with one config: a header that several of them include is read once. */
export class ResourceNames {
  readonly #named = new Set<string>();
  readonly #words: { readonly word: string; readonly hash: number }[] = [];
  readonly #known = new Set<string>();
  /** How many of the words a file has been searched for. */
  readonly #searched = new WeakMap<SeenFile, number>();
  /** Of the names that a file defines, those of the words that the definitions mention. */
  readonly #mentions = new WeakMap<SeenFile, Map<string, string[]>>();

  constructor(presets: readonly Preset[], config: Pick<ResourceConfig, 'pairs'>) {
    for (const preset of presets) {
      for (const [name, entry] of Object.entries(preset.names)) {
        const says = [entry, ...(entry.on ?? []).map(({ facts }) => facts)];
        if (says.some(({ acquires, releases }) => (acquires ?? releases) !== undefined)) this.#named.add(name);
      }
    }
    for (const { acquire, release } of config.pairs) this.#named.add(acquire).add(release);
    for (const name of this.#named) this.#learn(name);
  }

  /** Takes in what the files define, all that is in sight of one file together. */
  read(files: readonly SeenFile[]): void {
    let isNew = true;
    while (isNew) {
      isNew = false;
      for (const file of files) isNew = this.#search(file) || isNew;
    }
  }

  /**
   * May facts of this name say that it acquires or releases? What other files define has no say.
   * @param filesWith of the files in sight, which were read, those that may mention a name
   */
  has(name: string, filesWith: (name: string) => readonly SeenFile[]): boolean {
    const seen = new Set([name]);
    for (const one of seen) {
      if (this.#named.has(one)) return true;
      for (const file of filesWith(one)) for (const word of this.#mentions.get(file)?.get(one) ?? []) seen.add(word);
    }
    return false;
  }

  /** Searches for the words that came up since this file was searched last; true if a new one came up. */
  #search(file: SeenFile): boolean {
    const from = this.#searched.get(file) ?? 0;
    const { length } = this.#words;
    if (from === length) return false;
    this.#searched.set(file, length);
    for (const { word, hash } of this.#words.slice(from))
      if (file.mayMention(hash)) for (const name of usersOf(file, word)) this.#add(file, name, word);
    return this.#words.length > length;
  }

  #add(file: SeenFile, name: string, word: string): void {
    const mentions = this.#mentions.get(file) ?? new Map<string, string[]>();
    this.#mentions.set(file, mentions.set(name, [...(mentions.get(name) ?? []), word]));
    this.#learn(name);
  }

  #learn(name: string): void {
    if (this.#known.has(name)) return;
    this.#known.add(name);
    this.#words.push({ word: name, hash: hashWord(name) });
  }
}

/** The names whose definitions in the file mention a word. */
function usersOf(file: SeenFile, word: string): Set<string> {
  const { text } = file;
  const users = new Set<string>();
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
    if (isWord(text.charCodeAt(at - 1)) || isWord(text.charCodeAt(at + word.length)) || isField(text, at)) continue;
    for (const name of definitionsAround(file, at)) users.add(name);
  }
  return users;
}

/** Right behind `.` or `->`. */
function isField(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1);
  return before === 46 || (before === 62 && text.charCodeAt(at - 2) === 45);
}

/** A definition; `reach` is the largest `end` up to this one, for a function may have macros in it. */
interface Extent {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly reach: number;
}

const EXTENTS = new WeakMap<SeenFile, readonly Extent[]>();

/** The definitions that an offset lies in, of those that facts are read from. */
function* definitionsAround(file: SeenFile, at: number): Generator<string> {
  const extents = EXTENTS.get(file) ?? extentsOf(file);
  EXTENTS.set(file, extents);
  let low = 0;
  let high = extents.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((extents[middle]?.start ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  for (let index = low - 1; (extents[index]?.reach ?? 0) > at; index--) {
    const extent = extents[index];
    if (extent && extent.end > at) yield extent.name;
  }
}

/** In source order. Of a macro without parameters nothing is read but which other name it stands for. */
function extentsOf({ definitions }: SeenFile): readonly Extent[] {
  const macros = definitions.macros.filter(({ params, body }) => params !== undefined || /^[^\s()]+$/.test(body));
  let reach = 0;
  return [...macros, ...definitions.functions]
    .toSorted((a, b) => a.start - b.start)
    .map(({ name, start, end }) => ({ name, start, end, reach: (reach = Math.max(reach, end)) }));
}
