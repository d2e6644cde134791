/** Which function of one version is which of the other: by name within a file, and then over the borders of files. */
import { LineIndex } from '../base/span.ts';
import type { DefinitionsInSight } from './definitions.ts';
import type { Knowledge } from '../resources/knowledge.ts';
import type { FunctionDefinition } from '../scan/definitions.ts';
import type { FileContext, FileText } from './pipeline.ts';

/** One file of one version. */
export interface VersionFile extends FileText {
  readonly context: FileContext;
  readonly sight: DefinitionsInSight;
  readonly lines: LineIndex;
  readonly functions: readonly FunctionDefinition[];
  /** What the file may assume; made at the first call, which is the dear one. */
  knowledge(): Knowledge;
}

/** A file as both versions have it; one of the two may be missing. */
export interface VersionPair {
  readonly before: VersionFile | undefined;
  readonly after: VersionFile | undefined;
}

export interface PlacedFunction {
  readonly file: VersionFile;
  readonly range: FunctionDefinition;
}

export interface FunctionPair {
  readonly before: PlacedFunction;
  readonly after: PlacedFunction;
  readonly isMoved: boolean;
}

export interface PairedFunctions {
  /** In the order of the second version. */
  readonly pairs: readonly FunctionPair[];
  readonly removed: readonly PlacedFunction[];
  readonly added: readonly PlacedFunction[];
}

/** Opens a file. `seenAt`: the path from which its includes count, where that is another. */
export function openVersion(file: FileText, context: FileContext, seenAt = file.path): VersionFile {
  const sight = context.inSightOf(seenAt, file.text);
  let knowledge: Knowledge | undefined;
  return {
    ...file,
    context,
    sight,
    lines: new LineIndex(file.text),
    functions: sight.file.definitions.functions,
    knowledge: () => (knowledge ??= context.knowledgeFor(seenAt, file.text)),
  };
}

/** Pairs all functions of some files. */
export function pairFunctions(files: readonly VersionPair[]): PairedFunctions {
  const pairs: FunctionPair[] = [];
  const removed: PlacedFunction[] = [];
  const added: PlacedFunction[] = [];
  for (const { before, after } of files) {
    const old = before?.functions.map((range) => ({ file: before, range })) ?? [];
    const now = after?.functions.map((range) => ({ file: after, range })) ?? [];
    const left = takePairs(old, now, pairs);
    removed.push(...left.old);
    added.push(...left.now);
  }
  const moved = takeMoved(removed, added);
  const isLeft = (one: PlacedFunction): boolean => !moved.some(({ before, after }) => before === one || after === one);
  return { pairs: [...pairs, ...moved], removed: removed.filter(isLeft), added: added.filter(isLeft) };
}

/** A name may be defined once per `#if` branch: first those under the same conditions, then the others in order. */
function takePairs(
  old: readonly PlacedFunction[],
  now: readonly PlacedFunction[],
  pairs: FunctionPair[],
): { readonly old: readonly PlacedFunction[]; readonly now: readonly PlacedFunction[] } {
  const partner = new Map<PlacedFunction, PlacedFunction>();
  for (const keyOf of [nameAndConditions, nameAlone]) {
    const waiting = new Map<string, PlacedFunction[]>();
    const taken = new Set(partner.values());
    for (const one of old) if (!taken.has(one)) waiting.set(keyOf(one), [...(waiting.get(keyOf(one)) ?? []), one]);
    for (const one of now) {
      const first = partner.has(one) ? undefined : waiting.get(keyOf(one))?.shift();
      if (first) partner.set(one, first);
    }
  }
  for (const after of now) {
    const before = partner.get(after);
    if (before) pairs.push({ before, after, isMoved: false });
  }
  const taken = new Set(partner.values());
  return { old: old.filter((one) => !taken.has(one)), now: now.filter((one) => !partner.has(one)) };
}

function nameAlone({ range }: PlacedFunction): string {
  return range.name;
}

function nameAndConditions({ range }: PlacedFunction): string {
  return JSON.stringify([range.name, range.conditions]);
}

/** A function that is gone in one file and new in another has moved, if the name tells which. */
function takeMoved(removed: readonly PlacedFunction[], added: readonly PlacedFunction[]): FunctionPair[] {
  return added.flatMap((after) => {
    const isNamed = (one: PlacedFunction): boolean => one.range.name === after.range.name;
    const [before, ...others] = removed.filter(isNamed);
    const isClear = before && others.length === 0 && added.filter(isNamed).length === 1;
    return isClear ? [{ before, after, isMoved: true }] : [];
  });
}
