/** One file whose definitions count, with its names indexed at the first question about each kind. */
import { LineIndex } from '../base/span.ts';
import { namesDeclaredWith, saysVolatile, scanDefinitions } from '../scan/definitions.ts';
import type { FileDefinitions, FunctionDefinition, MacroDefinition, Prototype } from '../scan/definitions.ts';
import { scanFunctions } from '../scan/functions.ts';
import { lex, type Token } from '../scan/lex.ts';
import { membersOf, typeNamesOf, type Member, type Members } from '../scan/members.ts';
import { plainText } from '../scan/plain-text.ts';
import { hashWord, WordFilter } from '../scan/words.ts';

export class SeenFile {
  /** As proofs name it: relative to the repository. */
  readonly path: string;
  readonly text: string;
  readonly definitions: FileDefinitions;
  #macros: ReadonlyMap<string, readonly MacroDefinition[]> | undefined;
  #functions: ReadonlyMap<string, readonly FunctionDefinition[]> | undefined;
  #prototypes: ReadonlyMap<string, readonly Prototype[]> | undefined;
  #volatileFields: ReadonlySet<string> | undefined;
  #structs: readonly Members[] | undefined;
  #typeNames: ReadonlyMap<string, readonly Member[]> | undefined;
  #lines: LineIndex | undefined;
  #objects: DeclaredObjects | undefined;
  #enumerators: ReadonlyMap<string, number | undefined> | undefined;
  #words: WordFilter | undefined;
  #typedefs: readonly string[] | undefined;
  #volatileWords: readonly string[] | undefined;
  readonly #read = new Map<object, unknown>();

  constructor(path: string, text: string, definitions: FileDefinitions = scanDefinitions(text)) {
    this.path = path;
    this.text = plainText(text);
    this.definitions = definitions;
  }

  /** May the word stand in the file? Told without looking through it again; false is certain. `hash` is the word's. */
  mayMention(hash: number): boolean {
    this.#words ??= new WordFilter(this.text);
    return this.#words.hasHash(hash);
  }

  /** What was read from one of the definitions, which depends on nothing but its text: read once for all who ask. */
  readOnce<T>(definition: object, read: () => T): T {
    if (!this.#read.has(definition)) this.#read.set(definition, read());
    return this.#read.get(definition) as T;
  }

  macros(name: string): readonly MacroDefinition[] {
    this.#macros ??= groupByName(this.definitions.macros);
    return this.#macros.get(name) ?? [];
  }

  functions(name: string): readonly FunctionDefinition[] {
    this.#functions ??= groupByName(this.definitions.functions);
    return this.#functions.get(name) ?? [];
  }

  prototypes(name: string): readonly Prototype[] {
    this.#prototypes ??= groupByName(this.definitions.prototypes);
    return this.#prototypes.get(name) ?? [];
  }

  /** Is there a macro, a function, a prototype or an `#undef` of the name? */
  defines(name: string): boolean {
    const isNamed = this.macros(name).length + this.functions(name).length + this.prototypes(name).length > 0;
    return isNamed || this.definitions.undefinitions.some((one) => one.name === name);
  }

  /** Is the name that of a field which may change by itself, or share its storage with others? */
  isVolatileField(field: string): boolean {
    this.#volatileFields ??= new Set(this.definitions.volatileFields);
    return this.#volatileFields.has(field);
  }

  /** The structs and unions that are declared here and have a member of that name. */
  structsWith(member: string): readonly Members[] {
    if (!this.text.includes(member)) return [];
    return this.#allStructs().filter(({ list }) => list.some(({ name }) => name === member));
  }

  /** Those of that name: `struct s`, or the name of a typedef around it. */
  structsNamed(name: string): readonly Members[] {
    if (!this.text.includes(name.replace(/^.* /, ''))) return [];
    return this.#allStructs().filter(({ names }) => names.includes(name));
  }

  #allStructs(): readonly Members[] {
    this.#structs ??= membersOf(this.text);
    return this.#structs;
  }

  /** What a type name stands for here, wherever it is defined. */
  typeNames(name: string): readonly Member[] {
    if (!this.text.includes(name)) return [];
    this.#typeNames ??= groupByName(typeNamesOf(this.text));
    return this.#typeNames.get(name) ?? [];
  }

  /** Words that say volatile: `typedef volatile int reg;`, `#define __IO volatile`; `words` are those known already. */
  volatileWords(words: ReadonlySet<string>): readonly string[] {
    this.#volatileWords ??= this.#wordsThat(saysVolatile);
    const hashes = [...words].map(hashWord);
    if (!hashes.some((hash) => this.mayMention(hash))) return this.#volatileWords;
    return this.#wordsThat((text) => saysVolatile(text) || text.split(/\W+/).some((word) => words.has(word)));
  }

  /** Macros without parameters, and names of types, whose definition says it. */
  #wordsThat(says: (text: string) => boolean): readonly string[] {
    const macros = this.definitions.macros.filter(({ params, body }) => params === undefined && says(body));
    this.#typedefs ??= [...this.text.matchAll(/\btypedef\b[^;{}]*(?:\{[^{}]*\}[^;{}]*)?;/g)].map(([text]) => text);
    // A struct with a volatile member is not volatile itself: its member is, by its own name.
    const types = this.#typedefs.filter((text) => says(text.replace(/\{[^{}]*\}/, ' ')));
    return [...macros.map(({ name }) => name), ...types.flatMap((text) => typeNamesOf(text).map(({ name }) => name))];
  }

  /** Variables and members that are declared here with one of the words. */
  declaredWith(words: ReadonlySet<string>): ReadonlySet<string> {
    return namesDeclaredWith(this.text, words);
  }

  /** Does a declaration of the function, or a macro of the name, say that what it gives is volatile? */
  givesVolatile(name: string, words: ReadonlySet<string>): boolean {
    const heads = [
      ...this.prototypes(name).map(({ text }) => text),
      ...this.functions(name).map(({ start, nameStart }) => this.text.slice(start, nameStart)),
      ...this.macros(name).map(({ body }) => body),
    ];
    return heads.some((text) => saysVolatile(text) || text.split(/\W+/).some((word) => words.has(word)));
  }

  /** The words of the number or enumeration a type name stands for, `null` where it stands for something else. */
  typedef(name: string): string | null | undefined {
    return this.definitions.typedefs.has(name) ? (this.definitions.typedefs.get(name) ?? null) : undefined;
  }

  /** The `#undef`s of the name. */
  undefinitions(name: string): FileDefinitions['undefinitions'] {
    return this.definitions.undefinitions.filter((one) => one.name === name);
  }

  /** Is the name an object of the file, `extern void (*hook)(int);` or a variable with its value? */
  declaresObject(name: string): boolean {
    // Looking for the word is cheaper than listing what a header declares, once.
    if (!this.#objects && !this.text.includes(name)) return false;
    return this.#declared().all.has(name);
  }

  /** Names of the static and thread-local objects of the file. */
  statics(): ReadonlySet<string> {
    return this.#declared().statics;
  }

  /** Objects of the file that are numbers, arrays of numbers, or streams: nothing is reached through them. */
  plainObjects(): ReadonlySet<string> {
    return this.#declared().plain;
  }

  /** Enumerators, with their values where they are plain numbers. */
  enumerators(): ReadonlyMap<string, number | undefined> {
    this.#enumerators ??= findEnumerators(this.text, this.definitions.functions);
    return this.#enumerators;
  }

  /** `path:line` of an offset. */
  place(offset: number): string {
    this.#lines ??= new LineIndex(this.text);
    return `${this.path}:${this.#lines.place(offset).line}`;
  }

  #declared(): DeclaredObjects {
    this.#objects ??= findObjects(this.text);
    return this.#objects;
  }
}

function groupByName<T extends { readonly name: string }>(items: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(item.name);
    if (group) group.push(item);
    else groups.set(item.name, [item]);
  }
  return groups;
}

interface DeclaredObjects {
  readonly all: ReadonlySet<string>;
  readonly statics: ReadonlySet<string>;
  readonly plain: ReadonlySet<string>;
}

/** Specifiers of objects that hold no pointer of the program: numbers, flags, the logger's own streams. */
const PLAIN_DECLARATION =
  /^(?:(?:static|extern|const|volatile|unsigned|signed|short|long|int|char|float|double|_Bool|bool|size_t|ssize_t|time_t|sig_atomic_t|u?int(?:8|16|32|64|ptr|max)_t|_Thread_local|thread_local|__thread|atomic_(?:bool|int|uint|long|ulong))\s+)+\w+\s*(?:\[[^\]]*\]\s*)*(?:[=,][^*]*)?;$|^(?:static\s+)?FILE\s*\*\s*\w+\s*(?:=[^,]*)?;$/;

/** Objects declared at the top level; what looks like a function or a type is left out. */
function findObjects(text: string): DeclaredObjects {
  const all = new Set<string>();
  const statics = new Set<string>();
  const plain = new Set<string>();
  scanFunctions(text, {
    declaration: (start, end, head) => {
      if (head.isTypedef || head.isControl) return;
      const source = text.slice(start, end);
      const isStatic = head.isStatic || /\b(_Thread_local|thread_local|__thread)\b/.test(source);
      for (const name of objectNames(source)) {
        all.add(name);
        if (isStatic) statics.add(name);
        if (PLAIN_DECLARATION.test(source)) plain.add(name);
        else plain.delete(name);
      }
    },
  });
  return { all, statics, plain };
}

/** The names that one declaration declares as objects: `int a, *b[3] = { 0 }, (*c)(void);` gives a, b and c. */
function objectNames(declaration: string): string[] {
  const { tokens } = lex(declaration);
  const names: string[] = [];
  let from = 0;
  let depth = 0;
  for (const [index, token] of tokens.entries()) {
    const c = declaration[token.start] ?? '';
    if ('([{'.includes(c)) depth++;
    else if (')]}'.includes(c)) depth--;
    else if (depth === 0 && (c === ',' || c === ';')) {
      const name = objectName(declaration, tokens.slice(from, index));
      if (name !== undefined) names.push(name);
      from = index + 1;
    }
  }
  return names;
}

/** The declared name of one declarator with its specifiers; undefined for a function or a type alone. */
function objectName(text: string, tokens: readonly Token[]): string | undefined {
  const pointer = tokens.findIndex(
    (token, index) => text[token.start] === '(' && text[tokens[index + 1]?.start ?? -1] === '*',
  );
  const spelled = (token: Token): string => text.slice(token.start, token.end);
  if (pointer >= 0) {
    const inside = tokens
      .slice(pointer + 1)
      .findIndex((token) => text[token.start] === ')' || text[token.start] === '[');
    const named = inside < 0 ? [] : tokens.slice(pointer + 1, pointer + 1 + inside);
    const last = named.findLast((token) => token.kind === 'identifier');
    return last && spelled(last);
  }
  let name: string | undefined;
  let depth = 0;
  for (const token of tokens) {
    const c = text[token.start] ?? '';
    // The members of a struct and the names of an enumeration are no objects.
    if (c === '{') depth++;
    if (c === '}') depth--;
    if (c === '{' || c === '}') name = undefined;
    if (depth > 0) continue;
    if (c === '=' || c === '[' || c === ':') return name;
    if (c === '(') return undefined;
    if (token.kind === 'identifier') name = spelled(token);
  }
  return name;
}

/** Enumerators of all `enum { ... }` of the file, in structs too: what a function defines for itself, nobody else sees. */
function findEnumerators(
  text: string,
  functions: readonly FunctionDefinition[],
): ReadonlyMap<string, number | undefined> {
  const found = new Map<string, number | undefined>();
  // Told without looking through the words: most files have none.
  if (!/\benum\b/.test(text)) return found;
  const { tokens } = lex(text);
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== 'identifier' || text.slice(token.start, token.end) !== 'enum') continue;
    if (functions.some(({ start, end }) => start <= token.start && token.start < end)) continue;
    const next = tokens.slice(index + 1, index + MOST_BEFORE_BRACE).find(({ kind }) => kind === 'punctuator');
    if (!next || text[next.start] !== '{') continue;
    const close = text.indexOf('}', next.end);
    if (close > next.end) readEnumerators(text.slice(next.end, close), found);
  }
  return found;
}

/** Words between `enum` and its brace: a tag and attributes without parentheses. */
const MOST_BEFORE_BRACE = 6;

function readEnumerators(body: string, found: Map<string, number | undefined>): void {
  const { tokens, directives } = lex(body);
  const spelled = tokens.map((token) => body.slice(token.start, token.end));
  // With #if between them the counting is off.
  let value: number | undefined = directives.length === 0 ? 0 : undefined;
  let depth = 0;
  for (const [index, word] of spelled.entries()) {
    if (word === '(' || word === '{') depth++;
    else if (word === ')' || word === '}') depth--;
    const isFirst = index === 0 || (depth === 0 && spelled[index - 1] === ',');
    if (!isFirst || tokens[index]?.kind !== 'identifier') continue;
    if (spelled[index + 1] === '=') value = plainNumber(spelled.slice(index + 2, endOfItem(spelled, index)));
    // Two different enumerations of one name: it is a constant, but not known which.
    found.set(word, found.has(word) && found.get(word) !== value ? undefined : value);
    if (value !== undefined) value++;
  }
}

function endOfItem(words: readonly string[], from: number): number {
  let depth = 0;
  for (let index = from; index < words.length; index++) {
    if (words[index] === '(') depth++;
    else if (words[index] === ')') depth--;
    else if (words[index] === ',' && depth === 0) return index;
  }
  return words.length;
}

/** `3`, `-1`, `(0x10)`; undefined for anything that has to be computed. */
export function plainNumber(words: readonly string[]): number | undefined {
  const text = words.join('').replace(/^\((.*)\)$/, '$1');
  const match = /^(-?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)[uUlL]*$/.exec(text);
  if (!match?.[2]) return undefined;
  const digits = match[2];
  const size = /^0[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
  if (!Number.isSafeInteger(size)) return undefined;
  return match[1] === '-' ? -size : size;
}
