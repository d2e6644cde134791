/**
 * What the definitions in sight of two versions of a file have in common. The same words do the same only where their
 * names mean the same: a header that gives a macro another body changes every function that uses the macro.
 */
import type { SeenFile } from '../resources/seen-file.ts';
import { topLevelItems, type TopLevelItem } from '../scan/top-level.ts';
import { hashWord } from '../scan/words.ts';
import type { DefinitionsInSight } from './definitions.ts';

/** A definition that only one version has, or each its own. */
export interface ChangedDefinition {
  readonly name: string;
  readonly how: 'added' | 'removed' | 'changed';
  readonly path: string;
  /** From 1; in the version that has it, the second where both do. */
  readonly line: number;
}

export interface Surroundings {
  /** Names that mean, or may mean, something else, with the change that is to blame. */
  readonly changed: ReadonlyMap<string, ChangedDefinition>;
  /** What differs between the files themselves, outside of their functions, in the order of the second. */
  readonly own: readonly ChangedDefinition[];
  /** Why nothing in the file can be compared: what differs could change any name. */
  readonly obstacle?: string;
  /** Names whose definitions stand on the other side of an offset in the first file than of one in the second. */
  movedPast(before: number, after: number): ReadonlyMap<string, ChangedDefinition>;
}

/** The pieces of files, cut once. */
export class ItemStore {
  readonly #items = new WeakMap<SeenFile, readonly TopLevelItem[]>();
  readonly #byWord = new WeakMap<SeenFile, ReadonlyMap<string, readonly TopLevelItem[]>>();

  items(file: SeenFile): readonly TopLevelItem[] {
    const items = this.#items.get(file) ?? topLevelItems(file.text, file.definitions);
    this.#items.set(file, items);
    return items;
  }

  /** Those that have the word in them. */
  mentioning(file: SeenFile, word: string, hash: number): readonly TopLevelItem[] {
    return file.mayMention(hash) ? (this.#index(file).get(word) ?? []) : [];
  }

  #index(file: SeenFile): ReadonlyMap<string, readonly TopLevelItem[]> {
    const known = this.#byWord.get(file);
    if (known) return known;
    const index = new Map<string, TopLevelItem[]>();
    for (const item of this.items(file)) for (const word of item.words) add(index, word, item);
    this.#byWord.set(file, index);
    return index;
  }
}

/** Compares what two versions of a file see. */
export function compareSurroundings(
  before: DefinitionsInSight,
  after: DefinitionsInSight,
  store: ItemStore,
): Surroundings {
  const common = commonHeaders(before, after);
  const sides = [before, after].map((sight) => new Side(sight, common, store)) as [Side, Side];
  const own = differences(sides[0].ownItems(), sides[1].ownItems());
  const roots = differences(sides[0].differingItems(), sides[1].differingItems());
  const files = [...sides[0].allFiles(), ...sides[1].differingFiles()];
  const changed = spread(roots, files, store);
  const obstacle = findObstacle(sides, changed, store);
  return {
    changed,
    own,
    ...(obstacle !== undefined && { obstacle }),
    movedPast: (first, second) => {
      const moved = sides[0].macrosBefore(first);
      const other = sides[1].macrosBefore(second);
      const names = [...new Set([...moved.keys(), ...other.keys()])].filter(
        (name) => moved.get(name) !== other.get(name),
      );
      if (names.length === 0) return NOTHING;
      const place = { how: 'changed', path: after.file.path } as const;
      return spread(
        names.map((name) => ({ name, line: sides[1].lineOf(name), ...place })),
        files,
        store,
      );
    },
  };
}

const NOTHING: ReadonlyMap<string, ChangedDefinition> = new Map();

interface Located {
  readonly file: SeenFile;
  readonly item: TopLevelItem;
  /** Some `#if` decides whether its file is included. */
  readonly isConditional: boolean;
}

/** The files that one version sees, without those that the other sees just so. */
class Side {
  readonly #sight: DefinitionsInSight;
  readonly #common: ReadonlySet<string>;
  readonly #store: ItemStore;

  constructor(sight: DefinitionsInSight, common: ReadonlySet<string>, store: ItemStore) {
    this.#sight = sight;
    this.#common = common;
    this.#store = store;
  }

  allFiles(): SeenFile[] {
    return [this.#sight.file, ...this.#sight.headers.map(({ file }) => file)];
  }

  differingFiles(): SeenFile[] {
    return this.allFiles().filter((file) => file === this.#sight.file || !this.#common.has(file.path));
  }

  ownItems(): Located[] {
    return this.#located(this.#sight.file, false);
  }

  differingItems(): Located[] {
    const headers = this.#sight.headers.filter(({ file }) => !this.#common.has(file.path));
    return [...this.ownItems(), ...headers.flatMap(({ file, isConditional }) => this.#located(file, isConditional))];
  }

  get systemIncludes(): ReadonlySet<string> {
    return this.#sight.systemIncludes;
  }

  /** How many definitions of each macro of the file itself stand before an offset. */
  macrosBefore(offset: number): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { kind, names, start } of this.#store.items(this.#sight.file))
      if ((kind === 'macro' || kind === 'undef') && start < offset)
        for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
    return counts;
  }

  /** The line of the first definition of a name in the file itself, 1 where there is none. */
  lineOf(name: string): number {
    const item = this.#store.items(this.#sight.file).find(({ names }) => names.includes(name));
    return item ? lineAt(this.#sight.file, item.start) : 1;
  }

  /** The includes of each file that is not the same in both, the file itself first, others by path. */
  includeLines(): string[] {
    const own = this.ownItems().flatMap(({ item }) => (item.kind === 'include' ? [`\n${item.text}`] : []));
    const others = this.differingFiles()
      .filter((file) => file !== this.#sight.file)
      .toSorted((a, b) => (a.path < b.path ? -1 : 1))
      .flatMap((file) =>
        this.#store.items(file).flatMap((item) => (item.kind === 'include' ? [`${file.path}\n${item.text}`] : [])),
      );
    return [...own, ...others];
  }

  #located(file: SeenFile, isConditional: boolean): Located[] {
    return this.#store.items(file).map((item) => ({ file, item, isConditional }));
  }
}

/** Headers that both see with the same text. */
function commonHeaders(before: DefinitionsInSight, after: DefinitionsInSight): Set<string> {
  const first = new Map(before.headers.map((header) => [header.file.path, header]));
  const same = after.headers.filter(({ file, isConditional }) => {
    const other = first.get(file.path);
    return other?.isConditional === isConditional && other.file.text === file.text;
  });
  return new Set(same.map(({ file }) => file.path));
}

/** Names without the same definitions in both, with where they are now. */
function differences(before: readonly Located[], after: readonly Located[]): ChangedDefinition[] {
  const [first, second] = [byName(before), byName(after)];
  const found: ChangedDefinition[] = [];
  for (const name of new Set([...second.keys(), ...first.keys()])) {
    const [old, now] = [first.get(name) ?? [], second.get(name) ?? []];
    if (meaningOf(old) === meaningOf(now)) continue;
    const place = now.find((one) => !old.some((other) => isSame(one, other))) ?? now[0] ?? old[0];
    if (!place) continue;
    const how = old.length === 0 ? 'added' : now.length === 0 ? 'removed' : 'changed';
    found.push({ name, how, path: place.file.path, line: lineAt(place.file, place.item.start) });
  }
  return found;
}

/** What is no definition of a name goes by what it is: `#include`, `#pragma`, or text between the functions. */
function byName(all: readonly Located[]): ReadonlyMap<string, readonly Located[]> {
  const groups = new Map<string, Located[]>();
  for (const located of all) {
    const { names, kind, text } = located.item;
    const keys = kind === 'include' ? [text] : kind === 'pragma' ? [PRAGMA] : kind === 'rest' ? [REST] : names;
    for (const key of keys) add(groups, key, located);
  }
  return groups;
}

/** How lines go that are no definition and may change all others. */
const PRAGMA = '#pragma or #error';

/** How text that belongs to no declaration is called. */
const REST = 'text outside of functions and declarations';

/** The definitions of a name as one string. A function may be declared as often as one likes. */
function meaningOf(all: readonly Located[]): string {
  const texts = all.map((one) => keyOf(one));
  return (all.every(({ item }) => item.kind === 'function') ? [...new Set(texts)].toSorted() : texts).join('\n');
}

function keyOf({ item, isConditional }: Located): string {
  return JSON.stringify([item.kind, item.text, item.conditions, isConditional, item.isStaticObject]);
}

function isSame(one: Located, other: Located): boolean {
  return keyOf(one) === keyOf(other);
}

/** The changed names, and those that are defined with their help, through any number of definitions. */
function spread(
  roots: readonly ChangedDefinition[],
  files: readonly SeenFile[],
  store: ItemStore,
): ReadonlyMap<string, ChangedDefinition> {
  const changed = new Map(roots.map((root) => [root.name, root]));
  for (const [name, root] of changed) {
    const hash = hashWord(name);
    for (const file of files)
      for (const item of store.mentioning(file, name, hash))
        for (const defined of item.names) if (!changed.has(defined)) changed.set(defined, root);
  }
  return changed;
}

/** What could give any name another meaning. */
function findObstacle(
  [before, after]: readonly [Side, Side],
  changed: ReadonlyMap<string, ChangedDefinition>,
  store: ItemStore,
): string | undefined {
  for (const one of changed.values()) {
    const isUnclear = one.name.startsWith('#include') && (one.how === 'changed' || !/["<]/.test(one.name));
    if (one.name === PRAGMA || one.name === REST || isUnclear) return `${one.name} differs (${one.path}:${one.line})`;
  }
  for (const [one, other, how] of [
    [before, after, 'removed'],
    [after, before, 'added'],
  ] as const)
    for (const path of one.systemIncludes)
      if (!other.systemIncludes.has(path)) return `the include of ${path}, which is not in the repository, was ${how}`;
  if (orderOfIncludes(before, after) !== orderOfIncludes(after, before)) return 'headers are included in another order';
  return dependentText([...before.allFiles(), ...after.differingFiles()], changed, store);
}

/** The includes of each file that both versions have, as the first one orders them. */
function orderOfIncludes(one: Side, other: Side): string {
  const [lines, known] = [one.includeLines(), other.includeLines()];
  return lines.filter((line) => known.includes(line)).join('\n');
}

/** Whether a header is included at all may depend on a name that changed, and so may what nobody understands. */
function dependentText(
  files: readonly SeenFile[],
  changed: ReadonlyMap<string, ChangedDefinition>,
  store: ItemStore,
): string | undefined {
  if (changed.size === 0) return undefined;
  for (const file of files) {
    for (const item of store.items(file)) {
      const isOfAll = item.kind === 'include' || item.kind === 'rest' || item.kind === 'pragma';
      const name = isOfAll ? [...item.words].find((word) => changed.has(word)) : undefined;
      if (name !== undefined)
        return `${item.kind === 'include' ? item.text : REST} (${file.path}) depends on \`${name}\`, which is defined differently`;
    }
  }
  return undefined;
}

function lineAt(file: SeenFile, offset: number): number {
  return Number(file.place(offset).split(':').at(-1));
}

function add<T>(groups: Map<string, T[]>, key: string, value: T): void {
  const group = groups.get(key);
  if (group) group.push(value);
  else groups.set(key, [value]);
}
