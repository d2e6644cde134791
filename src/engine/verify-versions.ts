/**
 * `verify`: finds the functions in which two versions of some files differ, and gives one verdict each. What changed and
 * has no verdict is named, so that nobody takes silence for a proof.
 */
import { lex } from '../scan/lex.ts';
import { findObscure } from '../scan/plain-text.ts';
import { wordsOf } from '../scan/top-level.ts';
import type { Verdict } from '../verify/verdict.ts';
import { agreedKnowledge } from './agreed-knowledge.ts';
import {
  openVersion,
  pairFunctions,
  type FunctionPair,
  type PlacedFunction,
  type VersionFile,
  type VersionPair,
} from './pair-functions.ts';
import type { FileContext, FileText } from './pipeline.ts';
import { verifyOptions } from './process-file.ts';
import { proveFunction } from './prove.ts';
import { readFunction } from './read-function.ts';
import { compareSurroundings, ItemStore, type ChangedDefinition, type Surroundings } from './surroundings.ts';
import { verifyReport, type NotJudged, type VerifiedFunction, type VerifyReport } from './verify-report.ts';

/** One version of the whole: gives each of its files its context. */
export interface VersionSide {
  contextOf(path: string): FileContext;
}

/** A file in both versions, or in one. */
export interface ChangedPair {
  readonly before: FileText | undefined;
  readonly after: FileText | undefined;
}

export interface Versions {
  readonly pairs: readonly ChangedPair[];
  readonly before: VersionSide;
  readonly after: VersionSide;
  /** What was left out when the files were looked for. */
  readonly notJudged: readonly NotJudged[];
}

/** Compares all files; functions that are the same, in surroundings that are the same, are not listed. */
export function verifyVersions({ pairs, before, after, notJudged }: Versions): VerifyReport {
  const open = (file: FileText | undefined, side: VersionSide): VersionFile | undefined =>
    file && openVersion(file, side.contextOf(file.path));
  return new Comparison(
    pairs.map((pair) => ({ before: open(pair.before, before), after: open(pair.after, after) })),
    notJudged,
  ).report();
}

/** Compares two texts that stand for one file: the includes of both count from where the second stands. */
export function verifyFiles(before: FileText, after: FileText, context: FileContext): VerifyReport {
  const pair = { before: openVersion(before, context, after.path), after: openVersion(after, context) };
  return new Comparison([pair], []).report();
}

/** May the same words, differently laid out, be different words? */
function isObscure({ before, after }: FunctionPair): boolean {
  const texts = [before, after].map(({ file, range }) => file.text.slice(range.start, range.end));
  return texts[0] !== texts[1] && texts.some((text) => findObscure(text) !== undefined);
}

class Comparison {
  readonly #files: readonly VersionPair[];
  readonly #store = new ItemStore();
  readonly #surroundings = new Map<VersionFile, Map<VersionFile, Surroundings>>();
  readonly #notJudged: NotJudged[];
  readonly #untouched = new Map<string, NotJudged & { readonly functions: string[] }>();

  constructor(files: readonly VersionPair[], notJudged: readonly NotJudged[]) {
    this.#files = files;
    this.#notJudged = [...notJudged];
  }

  report(): VerifyReport {
    const { pairs, removed, added } = pairFunctions(this.#files);
    for (const { before, after } of this.#files) {
      if (before && after) this.#listOutside(before, after);
      else this.#listFile(before, after);
    }
    const functions = [
      ...pairs.flatMap((pair) => this.#compare(pair) ?? []),
      ...removed.map((one) => this.#alone(one, 'removed')),
      ...added.map((one) => this.#alone(one, 'added')),
    ];
    return verifyReport(inOrder(functions, this.#files), [...this.#notJudged, ...this.#untouched.values()]);
  }

  #alone({ file, range }: PlacedFunction, change: 'added' | 'removed'): VerifiedFunction {
    const place = placeOf(file, range);
    return {
      name: range.name,
      ...(change === 'added' ? { after: place } : { before: place }),
      change,
      verdict: 'unproved',
      uses: [],
      reason: `the function is only in the ${change === 'added' ? 'second' : 'first'} version`,
    };
  }

  #listFile(before: VersionFile | undefined, after: VersionFile | undefined): void {
    const reason = `the file is only in the ${after ? 'second' : 'first'} version`;
    this.#notJudged.push({ path: (after ?? before)?.path ?? '', reason });
  }

  /** What changed between the functions of a file has no verdict. */
  #listOutside(before: VersionFile, after: VersionFile): void {
    for (const { name, how, path, line } of this.#surroundingsOf(before, after).own) {
      // A function that came or went is listed as one.
      if (before.functions.concat(after.functions).some((one) => one.name === name)) continue;
      const isName = /^[A-Za-z_$][\w$]*$/.test(name);
      const isHeader = after.path.endsWith('.h') && how !== 'added';
      this.#notJudged.push({
        path: how === 'removed' ? before.path : path,
        line,
        ...(isName && { name }),
        reason:
          `${isName ? `\`${name}\`` : name} ${how === 'changed' ? 'is defined differently' : `was ${how}`}` +
          (isHeader ? '; what uses it in files that did not change was not looked at' : ''),
      });
    }
  }

  #surroundingsOf(before: VersionFile, after: VersionFile): Surroundings {
    const known = this.#surroundings.get(before) ?? new Map<VersionFile, Surroundings>();
    this.#surroundings.set(before, known);
    const found = known.get(after) ?? compareSurroundings(before.sight, after.sight, this.#store);
    known.set(after, found);
    return found;
  }

  /** undefined: the same, to the letter and in all that the letters mean. */
  #compare(pair: FunctionPair): VerifiedFunction | undefined {
    const { before, after, isMoved } = pair;
    const [first, second] = [before, after].map(({ file, range }) => textOf(file.text, range)) as [string, string];
    const words = {
      before: wordsOf(first, before.range.conditions),
      after: wordsOf(second, after.range.conditions),
    };
    const hindrance = this.#hindrance(
      pair,
      [...words.before].filter((word) => words.after.has(word)),
    );
    const isSame =
      first === second && !isObscure(pair) && String(before.range.conditions) === String(after.range.conditions);
    if (isSame && !isMoved) {
      if (hindrance) this.#listUntouched(after, hindrance);
      return undefined;
    }
    const verdict: Verdict = isSame && !hindrance ? SAME : withHindrance(judge(pair, words), hindrance);
    return {
      name: after.range.name,
      before: placeOf(before.file, before.range),
      after: placeOf(after.file, after.range),
      ...(isMoved && { change: 'moved' as const }),
      verdict: verdict.verdict,
      uses: verdict.uses,
      restsOn: verdict.restsOn,
      ...(verdict.reason === undefined ? {} : { reason: verdict.reason }),
      ...(verdict.difference === undefined ? {} : { difference: verdict.difference }),
    };
  }

  /** Why the same words may mean different things in the two versions. */
  #hindrance({ before, after, isMoved }: FunctionPair, common: readonly string[]): Hindrance | undefined {
    const { changed, obstacle, movedPast } = this.#surroundingsOf(before.file, after.file);
    if (obstacle !== undefined) return { reason: obstacle };
    const find = (names: ReadonlyMap<string, ChangedDefinition>): ChangedDefinition | undefined => {
      const word = common.find((one) => names.has(one) && one !== after.range.name);
      return word === undefined ? undefined : names.get(word);
    };
    const root = find(changed) ?? (isMoved ? undefined : find(movedPast(before.range.start, after.range.start)));
    if (root) return { reason: `\`${root.name}\` is defined differently`, definition: root };
    if (!isMoved) return undefined;
    const word = common.find((one) => one !== after.range.name && this.#isTwoThings(one, before.file, after.file));
    if (word !== undefined) return { reason: `\`${word}\` is local to its file, and each file has its own` };
    return undefined;
  }

  /** Is a name that both files define for themselves another thing in each? One that moved along is the same. */
  #isTwoThings(name: string, before: VersionFile, after: VersionFile): boolean {
    const isLocal = (file: VersionFile | undefined): boolean =>
      file !== undefined &&
      (file.functions.some((one) => one.isStatic && one.name === name) ||
        this.#store.items(file.sight.file).some((item) => item.isStaticObject && item.names.includes(name)));
    if (!isLocal(before) && !isLocal(after)) return false;
    const left = this.#files.find((pair) => pair.before === before)?.after;
    const there = this.#files.find((pair) => pair.after === after)?.before;
    return isLocal(left) || isLocal(there);
  }

  #listUntouched({ file, range }: PlacedFunction, { reason, definition }: Hindrance): void {
    const key = `${file.path}\n${reason}`;
    const where = definition && definition.path !== file.path ? ` (${definition.path}:${definition.line})` : '';
    const known = this.#untouched.get(key);
    if (known) return void known.functions.push(range.name);
    this.#untouched.set(key, {
      path: file.path,
      ...(definition?.path === file.path && { line: definition.line }),
      ...(definition && { name: definition.name }),
      reason: `${reason}${where}`,
      functions: [range.name],
    });
  }
}

const SAME: Verdict = { verdict: 'identical', uses: [], restsOn: [], exits: 0 };

interface Hindrance {
  readonly reason: string;
  readonly definition?: ChangedDefinition;
}

/** Where the words mean different things neither sameness nor a difference is certain. */
function withHindrance(verdict: Verdict, hindrance: Hindrance | undefined): Verdict {
  if (!hindrance) return verdict;
  const { reason, definition } = hindrance;
  const where = definition ? ` (${definition.path}:${definition.line})` : '';
  const isProved = verdict.verdict === 'identical' || verdict.verdict === 'equivalent';
  const rest = isProved ? 'the function does the same, but' : `${verdict.reason ?? 'the function differs'}; and`;
  return { ...verdict, verdict: 'unproved', uses: [], restsOn: [], reason: `${rest} ${reason}${where}` };
}

function judge({ before, after }: FunctionPair, words: Parameters<typeof agreedKnowledge>[2]): Verdict {
  if (String(before.range.conditions) !== String(after.range.conditions))
    return unproved('the `#if` lines around the function differ');
  const { context } = after.file;
  const parser = context.parser();
  const one = readFunction(parser, before.file.text, before.range);
  const other = readFunction(parser, after.file.text, after.range);
  if (one.kind === 'refusal') return unproved(`the first version: ${one.reason} (${one.code})`);
  if (other.kind === 'refusal') return unproved(`the second version: ${other.reason} (${other.code})`);
  const knowledge = agreedKnowledge(before.file.knowledge(), after.file.knowledge(), words);
  return proveFunction(one, other, knowledge, verifyOptions(context.options));
}

function unproved(reason: string): Verdict {
  return { verdict: 'unproved', uses: [], restsOn: [], exits: 0, reason };
}

function placeOf(file: VersionFile, range: PlacedFunction['range']): { path: string; line: number } {
  return { path: file.path, line: file.lines.place(range.start).line };
}

/** Tokens and preprocessor lines of a function, comments and white space left out. */
function textOf(text: string, range: PlacedFunction['range']): string {
  const { tokens, directives } = lex(text, range.start, range.end);
  return [...tokens, ...directives]
    .toSorted((a, b) => a.start - b.start)
    .map((part) => text.slice(part.start, part.end))
    .join(' ');
}

/** By file, then by line; what is gone stands where it was. */
function inOrder(functions: readonly VerifiedFunction[], files: readonly VersionPair[]): VerifiedFunction[] {
  const order = new Map<string, number>();
  for (const [index, { before, after }] of files.entries())
    for (const path of [after?.path, before?.path]) if (path !== undefined && !order.has(path)) order.set(path, index);
  const key = ({ before, after }: VerifiedFunction): [number, number] => {
    const place = after ?? before;
    return [order.get(place?.path ?? '') ?? 0, place?.line ?? 0];
  };
  return functions.toSorted((a, b) => key(a)[0] - key(b)[0] || key(a)[1] - key(b)[1]);
}
