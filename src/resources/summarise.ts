/** Reads one definition of a name, macro or function, under every choice of the preprocessor inside it. */
import type { FunctionDefinition, MacroDefinition } from '../scan/definitions.ts';
import { functionVariants } from '../scan/variants.ts';
import { parseFunction } from '../syntax/parse-function.ts';
import type { FunctionParser } from '../syntax/parse.ts';
import type { FunctionTree } from '../syntax/tree.ts';
import { agree, nothingDerived, type Derived } from './derived.ts';
import type { NameFacts } from './knowledge.ts';
import { parseMacroBody, readMacroBody, type MacroBody, type WrittenMacro } from './macro-body.ts';
import { callForm, deriveMacroFacts } from './macro-facts.ts';
import type { SeenFile } from './seen-file.ts';
import { findAcquire } from './summary/acquire.ts';
import { findConduct } from './summary/conduct.ts';
import { walkPaths } from './summary/paths.ts';
import { listEffects, type Effect } from './summary/effects.ts';
import { findRelease } from './summary/release.ts';
import { findRoots } from './summary/roots.ts';
import { MOST_ARGUMENTS, subjectOf, variadicPosition, type Subject } from './summary/subject.ts';

export interface Reader {
  readonly parser: FunctionParser;
  /** Facts of the names a definition uses. */
  readonly lookup: (name: string) => NameFacts;
  /** Only kind and macro facts: what can be told without reading the body of a function. */
  readonly shapeOf: (name: string) => NameFacts;
  readonly isConstant: (name: string) => boolean;
  readonly isVolatileField: (field: string) => boolean;
}

/** Definitions above this size are not summarised: a wrapper is short. Bytes. */
const LONGEST_SUMMARISED = 4000;

/** A function definition: nothing but that it is one, where it can't be parsed or its variants disagree. */
export function summariseFunction(reader: Reader, file: SeenFile, definition: FunctionDefinition): Derived {
  const from = file.place(definition.start);
  if (definition.problem !== undefined || definition.end - definition.start > LONGEST_SUMMARISED) {
    return nothingDerived(from);
  }
  const variants = functionVariants(file.text, definition);
  if ('refusal' in variants) return nothingDerived(from);
  const readings = variants.variants.map((variant) => {
    const parsed = parseFunction(reader.parser, variant.text, file.text, definition);
    if (!parsed || parsed.tree.errors.length > 0 || parsed.hasCleanupAttribute || parsed.iteratorMacros.length > 0) {
      return nothingDerived(from);
    }
    const variadic = variadicPosition(parsed.tree);
    const context = { ...surroundings(reader, file), isMacro: false, variadic, fileStatics: file.statics() };
    const derived = readTree(subjectOf(parsed.tree, context), from);
    return { ...derived, facts: spreadVariadic(derived.facts, variadic) };
  });
  return agree(readings) ?? nothingDerived(from);
}

/** A macro definition. Its facts as a macro are always known; a body that is no statement gives no others. */
export function summariseMacro(reader: Reader, file: SeenFile, definition: MacroDefinition): Derived {
  const from = file.place(definition.start);
  const { body, tree } = openMacro(reader, file, definition);
  const alias = aliasOf(body, definition);
  if (alias !== undefined) return readAlias(alias, reader.lookup(alias), from);
  const shape = readShape(reader, body, tree, definition, from);
  // The value of `#define git_free table.free` is not what a call of it does.
  if (definition.params === undefined || !tree || body.pastes || shape.facts.macro?.hasJump) return shape;
  const variadic = definition.isVariadic ? body.params.length - 1 : undefined;
  const context = { ...surroundings(reader, file), isMacro: true, variadic, fileStatics: new Set<string>() };
  const derived = readTree(subjectOf(tree, context), from);
  const facts = { ...spreadVariadic(derived.facts, variadic), ...shape.facts };
  return { ...shape, facts, doubtful: derived.doubtful, keeps: derived.keeps, from: derived.from };
}

type Surroundings = Pick<Subject, 'plainObjects' | 'isConstant' | 'isVolatileField' | 'lookup'>;

function surroundings({ lookup, isConstant, isVolatileField }: Reader, file: SeenFile): Surroundings {
  return { plainObjects: file.plainObjects(), isConstant, isVolatileField, lookup };
}

/** What can be told of a macro definition without reading the functions it calls. */
export function macroShape(reader: Reader, file: SeenFile, definition: MacroDefinition): Derived {
  const from = file.place(definition.start);
  const { body, tree } = openMacro(reader, file, definition);
  const alias = aliasOf(body, definition);
  return alias === undefined
    ? readShape(reader, body, tree, definition, from)
    : readAlias(alias, reader.shapeOf(alias), from);
}

function openMacro(reader: Reader, file: SeenFile, definition: MacroDefinition): OpenMacro {
  return file.readOnce(definition, () => {
    const body = readMacroBody(written(file.text, definition));
    return { body, tree: parseMacroBody(reader.parser, body) };
  });
}

interface OpenMacro {
  readonly body: MacroBody;
  readonly tree: FunctionTree | undefined;
}

function readShape(
  reader: Reader,
  body: MacroBody,
  tree: FunctionTree | undefined,
  definition: MacroDefinition,
  from: string,
): Derived {
  const { facts: macro, callsUnknown } = deriveMacroFacts(body, tree, reader.shapeOf);
  const form = tree !== undefined && definition.params !== undefined ? callForm(body, tree) : 'other';
  return { ...nothingDerived(from), facts: { macro }, isOpen: callsUnknown, form };
}

/**
 * The definition as it stands in the file: what the scan gives has lost `//` inside string literals, and which
 * parameter `args...` is.
 */
function written(text: string, { name, params, isVariadic, start, end }: MacroDefinition): WrittenMacro {
  const line = text.slice(start, end);
  const head = /^#(?:[ \t]|\\\r?\n)*define(?:[ \t]|\\\r?\n)+[\w$]+(?:\(([^)]*)\))?/.exec(line);
  const list = head?.[1]?.replaceAll(/\\\r?\n/g, ' ').replaceAll(/\/\*.*?\*\//gs, ' ');
  const names = list?.split(',').map((one) => one.trim());
  return {
    name,
    params: params && (names?.filter((one) => one !== '' && one !== '...') ?? params),
    isVariadic,
    body: head ? line.slice(head[0].length) : line,
  };
}

/** `#define s_free zfree`: whatever the other name is. */
function aliasOf(body: MacroBody, definition: MacroDefinition): string | undefined {
  const [only] = body.tokens;
  if (definition.params !== undefined || body.tokens.length !== 1 || only?.kind !== 'identifier') return undefined;
  return body.text.slice(only.start, only.end);
}

function readAlias(target: string, known: NameFacts, from: string): Derived {
  const { kind, from: evidence, ...facts } = known;
  const macro = facts.macro ?? { hasJump: false, isStateful: false, freeNames: [], writes: [] };
  const freeNames = [...new Set([...macro.freeNames, target])].toSorted();
  return {
    ...nothingDerived(from),
    facts: { ...facts, macro: { ...macro, freeNames } },
    isOpen: kind === 'unknown',
    form: kind === 'function' ? 'call' : 'other',
    from: evidence === 'nothing' ? [from] : [from, evidence],
  };
}

function readTree(subject: Subject, from: string): Derived {
  const roots = findRoots(subject);
  const effects = listEffects(subject, roots);
  const conduct = findConduct(subject, roots, effects);
  const release = canRelease(effects) ? findRelease(subject, roots) : undefined;
  const paths = release || !canAcquireOrEnd(effects) ? undefined : walkPaths(subject, roots, undefined);
  const acquire = paths && findAcquire(subject, paths);
  const endsAll = paths !== undefined && paths.length > 0 && paths.every((path) => path.end === 'never-returns');
  return {
    facts: {
      ...conduct.facts,
      ...(release && { releases: release.facts }),
      ...(release?.facts.keepsErrno && { keepsErrno: true }),
      ...(acquire && { acquires: [acquire] }),
      ...(endsAll && { neverReturns: true }),
    },
    isOpen: false,
    form: 'call',
    doubtful: release?.doubtful ?? new Set(),
    keeps: conduct.keeps,
    from: [from, ...evidenceOf(effects, release !== undefined || acquire !== undefined)],
  };
}

/** Where the facts of the callees come from that a release or an acquisition rests on. */
function evidenceOf(effects: readonly Effect[], isUsed: boolean): string[] {
  if (!isUsed) return [];
  const used = effects.flatMap((effect) => {
    const isResource = effect.kind === 'call' && (effect.facts.releases ?? effect.facts.acquires) !== undefined;
    return isResource ? effect.facts.from.split('; ') : [];
  });
  return [...new Set(used)];
}

/** Paths are walked only where a call on them can be what is looked for. */
function canRelease(effects: readonly Effect[]): boolean {
  return effects.some((effect) => effect.kind === 'call' && effect.facts.releases !== undefined);
}

function canAcquireOrEnd(effects: readonly Effect[]): boolean {
  return effects.some(
    (effect) =>
      effect.kind === 'call' &&
      (effect.facts.neverReturns === true || effect.facts.acquires?.some((one) => one.handle === 'result')),
  );
}

/** What holds for `__VA_ARGS__` holds for every argument from there on. */
function spreadVariadic(facts: Derived['facts'], last: number | undefined): Derived['facts'] {
  if (last === undefined) return facts;
  const spread = (list: readonly number[] | undefined): readonly number[] | undefined =>
    list?.includes(last) ? [...list.filter((index) => index < last), ...allFrom(last)] : list;
  const retains = spread(facts.retains);
  const writesThrough = spread(facts.writesThrough);
  return { ...facts, ...(retains && { retains }), ...(writesThrough && { writesThrough }) };
}

function allFrom(first: number): number[] {
  return Array.from({ length: MOST_ARGUMENTS - first }, (_, index) => first + index);
}
