/**
 * Puts together what is known of a name: config first, then the definitions in sight, then presets (DESIGN §5).
 * A fact of config or preset stands unless a definition shows the contrary; every fact says where it comes from.
 */
import type { Assignment } from '../scan/condition.ts';
import type { FunctionDefinition } from '../scan/definitions.ts';
import { lex } from '../scan/lex.ts';
import { hashWord } from '../scan/words.ts';
import type { FunctionParser } from '../syntax/parse.ts';
import { ComponentReader } from './components.ts';
import { indexDeclarations, withDeclaration, type Declaration } from './declared-facts.ts';
import { agree, nothingDerived, type Derived } from './derived.ts';
import type { Knowledge, MacroFacts, NameFacts } from './knowledge.ts';
import { isLibraryConstant } from './library-constants.ts';
import { coverAll, decidedOn, isLive } from './live-conditions.ts';
import type { Platform, Preset, PresetEntry } from './preset.ts';
import type { ResourceConfig } from './resource-config.ts';
import { isRedefined } from './redefined-words.ts';
import type { ResourceNames } from './resource-names.ts';
import { Shapes } from './shapes.ts';
import { plainNumber, type SeenFile } from './seen-file.ts';
import { calledNames, declaredTypes, type Signature } from './signature.ts';
import { macroShape, summariseFunction, summariseMacro, type Reader } from './summarise.ts';

/** A header in sight of a file. */
export interface SeenHeader {
  readonly file: SeenFile;
  /** Some `#if` decides whether it is included at all. */
  readonly isConditional: boolean;
}

export interface KnowledgeInput {
  readonly file: SeenFile;
  /** What it includes, directly or not. */
  readonly headers: readonly SeenHeader[];
  /** Includes that are not in the repository: `stdio.h`, `glib.h`. */
  readonly systemIncludes: ReadonlySet<string>;
  readonly presets: readonly Preset[];
  readonly config: ResourceConfig;
  readonly platform: Platform;
  /** Asked for at the first definition that has to be read. */
  readonly parser: () => FunctionParser;
  /** Shared by the files of a run with this config. */
  readonly resourceNames?: ResourceNames;
}

/** Everything that is known in one file. Names are looked into when they are asked for, and once. */
export function createKnowledge(input: KnowledgeInput): Knowledge {
  const names = new KnownNames(input);
  return {
    name: (name) => names.facts(name),
    mayManage: (name) => names.mayManage(name),
    isVolatileField: (field) => names.isVolatileField(field),
    arePlainMembers: (one, other, owner) => names.arePlainMembers(one, other, owner),
    members: (name, owner) => names.shapes.members(name, owner),
    mayBeArrayType: (base) => names.shapes.mayBeArray(base),
    constant: (name) => names.constant(name),
    numberType: (name) => names.numberType(name),
    redefines: (word) => names.redefines(word),
    signature: (name) => names.signature(name),
    hiddenScope: (word) => names.hiddenScope(word),
  };
}

/** How much of a definition is read: all of it, or what can be told without the functions it calls. */
type Depth = 'full' | 'shape';

/** What a preset says on the platform of the run. */
interface LibraryFacts {
  readonly facts: Omit<NameFacts, 'kind'>;
  readonly kind: NameFacts['kind'];
}

const NORETURN = /^(_Noreturn|__noreturn__|noreturn)$/;

/** Does a word mean noreturn under every choice of the preprocessor, or under some? */
interface Noreturn {
  readonly always: boolean;
  readonly sometimes: boolean;
}

/** Type names that stand for another one, one behind the other. */
const LONGEST_CHAIN = 8;

const NOT_KNOWN: NameFacts = { kind: 'unknown', from: 'nothing' };

class KnownNames {
  readonly #input: KnowledgeInput;
  readonly #declarations: ReadonlyMap<string, Declaration>;
  readonly #presets: readonly Preset[];
  readonly #platform: Assignment;
  readonly #facts: ComponentReader<NameFacts>;
  readonly #shapes: ComponentReader<NameFacts>;
  readonly #constants = new Map<string, { readonly value?: number } | undefined>();
  readonly #all: readonly SeenHeader[];
  readonly shapes: Shapes;
  readonly #mentioning = new Map<string, readonly SeenHeader[]>();
  #reader: Reader | undefined;
  readonly #managed = new Map<string, boolean>();
  readonly #defining = new Map<string, readonly SeenHeader[]>();
  readonly #macroFiles = new Map<string, readonly SeenHeader[]>();
  readonly #noreturnWords = new Map<string, Noreturn>();
  readonly #prototypes = new Map<string, Derived | undefined>();
  readonly #objects = new Map<string, Derived | undefined>();

  constructor(input: KnowledgeInput) {
    this.#input = input;
    this.#all = [{ file: input.file, isConditional: false }, ...input.headers];
    this.shapes = new Shapes(
      this.#all.map(({ file }) => file),
      (name) => this.#files(name),
    );
    this.#declarations = indexDeclarations(input.config);
    this.#presets = input.presets.filter((preset) => isInForce(preset, input));
    this.#platform = decidedOn(input.platform);
    this.#shapes = new ComponentReader(
      (name) => this.#join(name, this.#derive(name, 'shape')),
      (name) => this.#join(name, this.#function(name, 'shape')),
    );
    this.#facts = new ComponentReader(
      (name) => this.#join(name, this.#derive(name, 'full')),
      (name) => this.#join(name, this.#derive(name, 'shape')),
    );
  }

  facts(name: string): NameFacts {
    return this.#facts.get(name);
  }

  mayManage(name: string): boolean {
    const { resourceNames } = this.#input;
    if (!resourceNames) return true;
    if (this.#managed.size === 0) resourceNames.read(this.#all.map(({ file }) => file));
    const known = this.#managed.get(name) ?? resourceNames.has(name, (one) => this.#files(one));
    this.#managed.set(name, known);
    return known;
  }

  isVolatileField(field: string): boolean {
    return this.#files(field).some((file) => file.isVolatileField(field)) || this.shapes.isVolatile(field);
  }

  arePlainMembers(one: string, other: string, owner?: string): boolean {
    if (this.isVolatileField(one) || this.isVolatileField(other)) return false;
    return this.shapes.areTogether(one, other, owner);
  }

  hiddenScope(word: string): MacroFacts['hides'] {
    return this.#withMacro(word).length > 0 ? this.facts(word).macro?.hides : undefined;
  }

  redefines(word: string): boolean {
    return isRedefined(word, this.#input.file, this.#input.headers, this.#platform);
  }

  /** The words of the number type that the type name stands for, in every definition in sight. */
  numberType(name: string, depth = 0): string | undefined {
    const found = new Set<string | null>();
    for (const { file, isConditional } of this.#inOrder(name)) {
      const words = file.typedef(name);
      if (words !== undefined) found.add(isConditional ? null : words);
      if (file.macros(name).length > 0) found.add(null);
    }
    const [words] = found;
    if (found.size !== 1 || words === null || words === undefined || depth > LONGEST_CHAIN) return undefined;
    return /^\w+$/.test(words) && words !== 'enum' ? (this.numberType(words, depth + 1) ?? words) : words;
  }

  signature(name: string): Signature {
    const files = this.#files(name);
    const bodies = files.flatMap((file) =>
      file.functions(name).map((one) => file.text.slice(one.start, one.bodyStart)),
    );
    const prototypes = files.flatMap((file) => file.prototypes(name).map((one) => one.text));
    const types = [...bodies, ...prototypes].map((text) => declaredTypes(text, name));
    const [first] = types;
    const isSeen = bodies.length > 0 || this.#withMacro(name).length > 0;
    return {
      isSeen,
      mayEnd: isSeen && this.#mayEnd(name, new Set()),
      returns: types.every((one) => one?.returns === first?.returns) ? first?.returns : undefined,
      parameters: types.every((one) => one?.parameters.length === first?.parameters.length)
        ? first?.parameters
        : undefined,
    };
  }

  /** Is there a call behind which control may not come back, in a body in sight or those that it calls? */
  #mayEnd(name: string, seen: Set<string>): boolean {
    if (seen.has(name)) return false;
    seen.add(name);
    const { kind, neverReturns, mayNeverReturn, macro } = this.facts(name);
    if (neverReturns === false) return false;
    if (neverReturns || mayNeverReturn || macro?.hasJump || kind === 'unknown') return true;
    return this.#files(name).some((file) =>
      [
        ...file.functions(name).map((one) => file.text.slice(one.bodyStart, one.end)),
        ...file.macros(name).map((one) => one.body),
      ].some((text) => [...calledNames(text)].some((called) => this.#mayEnd(called, seen))),
    );
  }

  #join(name: string, derived: Derived | undefined): NameFacts {
    const declaration = this.#declarations.get(name);
    const known = joinPreset(derived && kindFromDefinition(derived), this.#preset(name), derived);
    return declaration ? withDeclaration(known, derived, declaration) : known;
  }

  /** The files in sight that may mention a name, the file itself first: of hundreds mostly a few. */
  #inOrder(name: string): readonly SeenHeader[] {
    const known = this.#mentioning.get(name);
    if (known) return known;
    const hash = hashWord(name);
    const found = this.#all.filter(({ file }) => file.mayMention(hash));
    this.#mentioning.set(name, found);
    return found;
  }

  #files(name: string): SeenFile[] {
    return this.#inOrder(name).map(({ file }) => file);
  }

  /** Those of them that define or declare it, but for variables. */
  #definers(name: string): readonly SeenHeader[] {
    const known = this.#defining.get(name) ?? this.#inOrder(name).filter(({ file }) => file.defines(name));
    this.#defining.set(name, known);
    return known;
  }

  /** Those of them that have a macro of the name. */
  #withMacro(name: string): readonly SeenHeader[] {
    const known = this.#macroFiles.get(name) ?? this.#definers(name).filter(({ file }) => file.macros(name).length > 0);
    this.#macroFiles.set(name, known);
    return known;
  }

  #read(): Reader {
    this.#reader ??= {
      parser: this.#input.parser(),
      lookup: (name) => this.#facts.get(name),
      shapeOf: (name) => this.#shapes.get(name),
      isConstant: (name) => this.constant(name) !== undefined,
      isVolatileField: (field) => this.isVolatileField(field),
    };
    return this.#reader;
  }

  /** What the definitions in sight show; undefined where there is none. */
  #derive(name: string, depth: Depth): Derived | undefined {
    const { definitions: all, isComplete } = this.#macros(name, depth);
    const definitions = all.length > 0 && this.#isDoubtful(name) ? all.map(asDoubtful) : all;
    if (isComplete) return agree(definitions);
    const other = this.#function(name, depth) ?? this.#object(name);
    if (definitions.length === 0) return other;
    const library = other ?? this.#presetAsDefinition(name);
    return agree(library ? [...definitions, library] : definitions);
  }

  /** May the name stand for a variable where it is used? */
  #isDoubtful(name: string): boolean {
    if (this.#object(name) !== undefined) return true;
    return this.#withMacro(name).length > 0 && this.#definers(name).some(({ file }) => this.#undefines(file, name));
  }

  #undefines(file: SeenFile, name: string): boolean {
    return file.undefinitions(name).some(({ conditions }) => isLive(conditions, this.#platform));
  }

  /** The live macros of the name; complete where one of them stands whatever the choices are. */
  #macros(name: string, depth: Depth): { readonly definitions: readonly Derived[]; readonly isComplete: boolean } {
    const known = new Map([...this.#platform, [`defined(${name})`, false]]);
    const definitions: Derived[] = [];
    const coverage: (readonly string[])[] = [];
    let isUndefined = false;
    for (const { file, isConditional } of this.#definers(name)) {
      const live = file.macros(name).filter((macro) => isLive(macro.conditions, known));
      const read = depth === 'full' ? summariseMacro : macroShape;
      for (const macro of live) definitions.push(read(this.#inside(name, depth), file, macro));
      if (!isConditional) coverage.push(...live.map((macro) => macro.conditions));
      isUndefined ||= this.#undefines(file, name);
      // The file's own definition is the one that is meant, if it stands in any case.
      if (file === this.#input.file && live.length > 0 && coverAll(coverage, known)) break;
    }
    return { definitions, isComplete: definitions.length > 0 && !isUndefined && coverAll(coverage, known) };
  }

  /** In its own body a macro's name is not expanded: there it is the function, `#define f(x) f((x), 1)`. */
  #inside(macro: string, depth: Depth): Reader {
    const reader = this.#read();
    const itself = (): NameFacts => this.#join(macro, this.#function(macro, depth) ?? this.#object(macro));
    return {
      ...reader,
      lookup: (name) => (name === macro ? itself() : reader.lookup(name)),
      shapeOf: (name) => (name === macro ? itself() : reader.shapeOf(name)),
    };
  }

  /** The function of the name: its body where it is in sight, else its prototypes. */
  #function(name: string, depth: Depth): Derived | undefined {
    const mentioning = this.#definers(name).map(({ file }) => file);
    const { file: own } = this.#input;
    for (const files of [mentioning.filter((file) => file === own), mentioning.filter((file) => file !== own)]) {
      const bodies = files.flatMap((file) =>
        file
          .functions(name)
          .filter((definition) => isLive(definition.conditions, this.#platform))
          .map((definition) => this.#body(file, definition, depth)),
      );
      const found = agree(bodies);
      if (found) return withPrototype(found, this.#prototype(name));
    }
    return this.#prototype(name);
  }

  #body(file: SeenFile, definition: FunctionDefinition, depth: Depth): Derived {
    const derived =
      depth === 'full'
        ? summariseFunction(this.#read(), file, definition)
        : nothingDerived(file.place(definition.start));
    const head = file.text.slice(definition.start, definition.bodyStart);
    return {
      ...derived,
      facts: {
        ...derived.facts,
        ...(this.#isNoreturn([head], 'always') && { neverReturns: true }),
        ...(this.#isNoreturn([head], 'sometimes') && { mayNeverReturn: true }),
      },
    };
  }

  #prototype(name: string): Derived | undefined {
    if (!this.#prototypes.has(name)) this.#prototypes.set(name, this.#readPrototypes(name));
    return this.#prototypes.get(name);
  }

  #readPrototypes(name: string): Derived | undefined {
    const found: Derived[] = [];
    for (const { file } of this.#definers(name)) {
      for (const prototype of file.prototypes(name)) {
        if (!isLive(prototype.conditions, this.#platform)) continue;
        const derived = nothingDerived(file.place(prototype.start));
        const neverReturns = this.#isNoreturn(prototype.attributes, 'always');
        const mayNeverReturn = this.#isNoreturn(prototype.attributes, 'sometimes');
        found.push({
          ...derived,
          facts: {
            ...(neverReturns && { neverReturns }),
            ...(mayNeverReturn && { mayNeverReturn }),
            ...(/\breturns_twice\b|\b__returns_twice__\b/.test(prototype.attributes.join(' ')) && {
              returnsTwice: true,
            }),
          },
        });
      }
    }
    // One attribute speaks for all declarations of the function.
    return (
      found.find((one) => one.facts.returnsTwice) ??
      found.find((one) => one.facts.neverReturns) ??
      found.find((one) => one.facts.mayNeverReturn) ??
      found[0]
    );
  }

  /** `__attribute__((noreturn))`, `_Noreturn`, or a macro that is one of these: in every case, or in some. */
  #isNoreturn(attributes: readonly string[], when: keyof Noreturn): boolean {
    const words = attributes.flatMap((text) => text.match(/[A-Za-z_]\w*/g) ?? []);
    return words.some((word) => NORETURN.test(word) || this.#meansNoreturn(word, when));
  }

  #meansNoreturn(word: string, when: keyof Noreturn): boolean {
    const known = this.#noreturnWords.get(word) ?? this.#readNoreturn(word);
    this.#noreturnWords.set(word, known);
    return known[when];
  }

  #readNoreturn(word: string): Noreturn {
    const macros = this.#withMacro(word)
      .flatMap(({ file }) => file.macros(word))
      .filter((macro) => isLive(macro.conditions, this.#platform));
    const says = macros.map((macro) => macro.body.split(/\W+/).some((part) => NORETURN.test(part)));
    return { always: says.length > 0 && !says.includes(false), sometimes: says.includes(true) };
  }

  #object(name: string): Derived | undefined {
    if (!this.#objects.has(name)) this.#objects.set(name, this.#readObject(name));
    return this.#objects.get(name);
  }

  #readObject(name: string): Derived | undefined {
    const file = this.#files(name).find((candidate) => candidate.declaresObject(name));
    return file && { ...nothingDerived(`${file.path} (a variable)`), form: 'other' };
  }

  #preset(name: string): LibraryFacts | undefined {
    // A function of this name with its body in sight is another one than the library's.
    if (
      this.#definers(name).some(({ file }) =>
        file.functions(name).some((one) => isLive(one.conditions, this.#platform)),
      )
    ) {
      return undefined;
    }
    for (const preset of this.#presets) {
      const entry = Object.hasOwn(preset.names, name) ? preset.names[name] : undefined;
      if (entry) return resolveEntry(entry, preset.name, this.#input.platform);
    }
    return undefined;
  }

  #presetAsDefinition(name: string): Derived | undefined {
    const preset = this.#preset(name);
    if (!preset) return undefined;
    const { from, ...facts } = preset.facts;
    return { ...nothingDerived(from), facts };
  }

  /** Enumerators, and macros without parameters that are a literal under every choice. */
  constant(name: string): { readonly value?: number } | undefined {
    if (!this.#constants.has(name)) this.#constants.set(name, this.#findConstant(name));
    return this.#constants.get(name);
  }

  /** What a header of the library defines, which is hardly ever in the repository. */
  #isOfLibrary(name: string): boolean {
    return isLibraryConstant(name) && this.#object(name) === undefined && this.#function(name, 'shape') === undefined;
  }

  #findConstant(name: string): { readonly value?: number } | undefined {
    // Behind an `#undef`, or under another choice, it may be that variable.
    if (this.#isDoubtful(name)) return undefined;
    const values: (number | undefined)[] = [];
    const coverage: (readonly string[])[] = [];
    for (const { file, isConditional } of this.#inOrder(name)) {
      for (const macro of file.macros(name)) {
        if (!isLive(macro.conditions, this.#platform)) continue;
        const words = wordsOf(macro.body);
        if (macro.params !== undefined || !isLiteral(words)) return undefined;
        values.push(plainInt(words));
        if (!isConditional) coverage.push(macro.conditions);
      }
      const enumerators = file.text.includes(name) ? file.enumerators() : undefined;
      if (enumerators?.has(name)) values.push(enumerators.get(name));
      if (enumerators?.has(name)) coverage.push([]);
    }
    if (values.length === 0) return this.#isOfLibrary(name) ? {} : undefined;
    const [value] = values;
    // Where it is defined under some choices only, the others have a value of their own: `#ifndef N`.
    if (!coverAll(coverage, this.#platform)) return {};
    return value !== undefined && values.every((other) => other === value) ? { value } : {};
  }
}

/** The value of a literal of type int. `1U` is 1 too, and makes `n < 1U` another comparison than `n < 1`. C11 6.4.4.1. */
function plainInt(words: readonly string[]): number | undefined {
  const value = words.some((word) => /^\d.*[uUlL]$/.test(word)) ? undefined : plainNumber(words);
  return value !== undefined && Math.abs(value) <= 0x7fff_ffff ? value : undefined;
}

function isInForce(preset: Preset, { systemIncludes, config }: KnowledgeInput): boolean {
  if (!preset.headers || config.extends.includes(preset.name)) return true;
  return preset.headers.some((header) => systemIncludes.has(header));
}

function resolveEntry({ on = [], kind, ...base }: PresetEntry, name: string, platform: Platform): LibraryFacts {
  const extra = on.filter((more) => more.platforms.includes(platform));
  const { releases, ...facts } = extra.reduce((sum, more) => ({ ...sum, ...more.facts }), base);
  const where = extra.length > 0 ? `preset ${name} (${platform})` : `preset ${name}`;
  return {
    kind: kind ?? 'function',
    facts: {
      ...facts,
      ...(releases && { releases: { ...releases, keepsErrno: facts.keepsErrno === true } }),
      from: where,
    },
  };
}

function asDoubtful(macro: Derived): Derived {
  const facts = macro.facts.macro;
  return facts ? { ...macro, facts: { ...macro.facts, macro: { ...facts, isDoubtful: true } } } : macro;
}

function withPrototype(body: Derived, prototype: Derived | undefined): Derived {
  const { neverReturns, mayNeverReturn, returnsTwice } = prototype?.facts ?? {};
  return {
    ...body,
    facts: {
      ...body.facts,
      ...(neverReturns && { neverReturns }),
      ...(mayNeverReturn && { mayNeverReturn }),
      ...(returnsTwice && { returnsTwice }),
    },
  };
}

function kindFromDefinition(derived: Derived): NameFacts {
  const from = joined(derived.from);
  const kind = derived.isOpen
    ? 'unknown'
    : derived.facts.macro
      ? 'macro'
      : derived.form === 'call'
        ? 'function'
        : 'object';
  return { ...derived.facts, kind: kind === 'macro' && derived.form === 'call' ? 'function' : kind, from };
}

/**
 * A preset speaks of the library's function. It fills in what a prototype in sight leaves open. A macro of the name is
 * something else, even if all it does is to forward to another name: that one need not accept NULL.
 */
function joinPreset(
  known: NameFacts | undefined,
  preset: LibraryFacts | undefined,
  derived: Derived | undefined,
): NameFacts {
  if (!preset) return known ?? NOT_KNOWN;
  if (!known || !derived) return { ...preset.facts, kind: preset.kind };
  if (derived.form === 'other' || derived.facts.macro) return known;
  // An unseen callee may keep anything, but nothing shows that it does.
  const retains = preset.facts.retains && [...new Set([...preset.facts.retains, ...derived.keeps])];
  return {
    ...preset.facts,
    ...known,
    ...(retains && { retains }),
    from: joined([preset.facts.from, ...known.from.split('; ')]),
  };
}

function joined(evidence: readonly string[]): string {
  return [...new Set(evidence)].join('; ');
}

function wordsOf(body: string): string[] {
  return lex(body).tokens.map((token) => body.slice(token.start, token.end));
}

/** One literal, with its sign and parentheses, or a cast of one. */
function isLiteral(words: readonly string[]): boolean {
  const text = words.join('').replace(/^\((.*)\)$/, '$1');
  return /^[-+~]?(\d[\w.]*|'(?:[^'\\]|\\.)+'|"(?:[^"\\]|\\.)*")$/.test(text);
}
