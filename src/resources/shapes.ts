/** What the declarations in sight say of the shape of members and types, and which words of them say volatile. */
import { hashWord } from '../scan/words.ts';
import type { Member, Members } from '../scan/members.ts';
import type { SeenFile } from './seen-file.ts';

/** Type names that stand for another one, one behind the other. */
const LONGEST_CHAIN = 8;

/** Words that make the type one that is no array, and names of types that are none on any system. */
const NO_ARRAY =
  /\b(struct|union|enum|unsigned|signed|char|short|int|long|float|double|void|_Bool|bool|FILE|DIR|s?size_t|u?int(8|16|32|64|ptr|max)_t|ptrdiff_t|(off|time|pid|uid|gid|mode|dev|ino|socklen)_t)\b/;

export class Shapes {
  readonly #all: readonly SeenFile[];
  readonly #inSight: (name: string) => readonly SeenFile[];
  #words: ReadonlySet<string> | undefined;
  #declared: ReadonlySet<string> | undefined;

  /** `inSight`: of all files those that may mention a name. */
  constructor(all: readonly SeenFile[], inSight: (name: string) => readonly SeenFile[]) {
    this.#all = all;
    this.#inSight = inSight;
  }

  /** The declarations of a member: of that struct, if it is named and in sight, else of every one that has such a member. */
  members(name: string, owner?: string): readonly Member[] {
    const structs = (owner === undefined ? undefined : this.#structs(owner)) ?? this.#structsWith(name);
    return structs.flatMap(({ list }) => list.filter((member) => member.name === name));
  }

  /**
   * Is there a struct with both members, the named one if one is named, and is neither name one that a macro replaces?
   */
  areTogether(one: string, other: string, owner?: string): boolean {
    const isMacro = (name: string): boolean => this.#inSight(name).some((file) => file.macros(name).length > 0);
    if (isMacro(one) || isMacro(other)) return false;
    const structs = owner === undefined ? this.#structsWith(one) : (this.#structs(owner) ?? []);
    const has = (members: Members, name: string): boolean => members.list.some((member) => member.name === name);
    return structs.some((members) => has(members, one) && has(members, other));
  }

  #structsWith(member: string): readonly Members[] {
    return this.#inSight(member).flatMap((file) => file.structsWith(member));
  }

  /** The struct of that name, under every choice; undefined where it is not in sight. */
  #structs(name: string, depth = 0): readonly Members[] | undefined {
    const word = name.replace(/^.* /, '');
    const files = this.#inSight(word);
    const found = files.flatMap((file) => file.structsNamed(name));
    if (found.length > 0) return found;
    const others = /^\w+$/.test(name) && depth < LONGEST_CHAIN ? files.flatMap((file) => file.typeNames(name)) : [];
    const [first] = others;
    const isPlain = others.every(({ base, stars, dimensions }) => stars + dimensions === 0 && base === first?.base);
    return first && isPlain ? this.#structs(first.base, depth + 1) : undefined;
  }

  /** May the type, named by its words without stars, be that of an array? So it may where nothing is known of it. */
  mayBeArray(base: string, depth = 0): boolean {
    if (NO_ARRAY.test(base)) return false;
    const shapes = /^\w+$/.test(base) ? this.#inSight(base).flatMap((file) => file.typeNames(base)) : [];
    if (shapes.length === 0 || depth > LONGEST_CHAIN) return true;
    return shapes.some(
      (shape) => shape.dimensions > 0 || (shape.stars === 0 && this.mayBeArray(shape.base, depth + 1)),
    );
  }

  /** Is it a type or macro that says volatile, a name that is declared with one, or a function that gives such a thing? */
  isVolatile(name: string): boolean {
    const words = this.#volatileWords();
    if (words.has(name)) return true;
    if (words.size > 0) {
      this.#declared ??= new Set(this.#mentioning(words).flatMap((file) => [...file.declaredWith(words)]));
      if (this.#declared.has(name)) return true;
    }
    return this.#inSight(name).some((file) => file.givesVolatile(name, words));
  }

  #mentioning(words: ReadonlySet<string>): SeenFile[] {
    const hashes = [...words].map(hashWord);
    return this.#all.filter((file) => hashes.some((hash) => file.mayMention(hash)));
  }

  /** A name for a name for a volatile type says it as well. */
  #volatileWords(): ReadonlySet<string> {
    let words: ReadonlySet<string> = new Set();
    for (let depth = 0; this.#words === undefined; depth++) {
      const more = new Set(this.#all.flatMap((file) => file.volatileWords(words)));
      if (more.size === words.size || depth > LONGEST_CHAIN) this.#words = more;
      words = more;
    }
    return this.#words;
  }
}
