/** `verify` on two versions of a file: finds the functions that changed and gives one verdict each. */
import { LineIndex } from '../base/span.ts';
import type { Knowledge } from '../resources/knowledge.ts';
import { scanFunctions } from '../scan/functions.ts';
import type { FunctionRange } from '../scan/functions.ts';
import { lex } from '../scan/lex.ts';
import type { Verdict } from '../verify/verdict.ts';
import type { FileContext, FileText } from './pipeline.ts';
import { verifyOptions } from './process-file.ts';
import { proveFunction } from './prove.ts';
import { readFunction } from './read-function.ts';
import type { VerifiedFunction, VerifyReport } from './verify-report.ts';

interface Version {
  readonly file: FileText;
  readonly lines: LineIndex;
  /** Name and ordinal to function: a name may be defined once per `#if` branch. */
  readonly functions: ReadonlyMap<string, FunctionRange>;
}

/** Compares two versions; functions whose tokens are the same are not listed. */
export function verifyFiles(before: FileText, after: FileText, context: FileContext): VerifyReport {
  const first = open(before);
  const second = open(after);
  const knowledge = context.knowledgeFor(after.path, after.text);
  const isSameAround = directivesOutside(before.text, first) === directivesOutside(after.text, second);
  const functions: VerifiedFunction[] = [];
  for (const key of new Set([...first.functions.keys(), ...second.functions.keys()])) {
    const one = verifyOne(first, second, key, knowledge, context, isSameAround);
    if (one) functions.push(one);
  }
  const summary = { identical: 0, equivalent: 0, different: 0, unproved: 0 };
  for (const one of functions) summary[one.verdict]++;
  return { schema: 'goto-cleanup/verify-1', functions, summary };
}

function open(file: FileText): Version {
  const functions = new Map<string, FunctionRange>();
  for (const range of scanFunctions(file.text).functions) {
    let ordinal = 0;
    while (functions.has(`${range.name}#${ordinal}`)) ordinal++;
    functions.set(`${range.name}#${ordinal}`, range);
  }
  return { file, lines: new LineIndex(file.text), functions };
}

function verifyOne(
  first: Version,
  second: Version,
  key: string,
  knowledge: Knowledge,
  context: FileContext,
  isSameAround: boolean,
): VerifiedFunction | undefined {
  const before = first.functions.get(key);
  const after = second.functions.get(key);
  const name = before?.name ?? after?.name ?? key;
  if (!before || !after) {
    const where = before ? { before: placeOf(first, before) } : after ? { after: placeOf(second, after) } : {};
    return {
      name,
      ...where,
      verdict: 'unproved',
      uses: [],
      reason: `the function is only in the ${before ? 'first' : 'second'} version`,
    };
  }
  if (tokensOf(first.file.text, before) === tokensOf(second.file.text, after) && isSameAround) return undefined;
  const verdict = judge(first, second, before, after, knowledge, context);
  const places = { before: placeOf(first, before), after: placeOf(second, after) };
  const isProved = verdict.verdict === 'identical' || verdict.verdict === 'equivalent';
  if (isProved && !isSameAround) {
    return {
      name,
      ...places,
      verdict: 'unproved',
      uses: [],
      reason: 'the function does the same, but preprocessor lines outside of the functions differ',
    };
  }
  return {
    name,
    ...places,
    verdict: verdict.verdict,
    uses: verdict.uses,
    restsOn: verdict.restsOn,
    ...(verdict.reason === undefined ? {} : { reason: verdict.reason }),
    ...(verdict.difference === undefined ? {} : { difference: verdict.difference }),
  };
}

function judge(
  first: Version,
  second: Version,
  before: FunctionRange,
  after: FunctionRange,
  knowledge: Knowledge,
  context: FileContext,
): Verdict {
  const parser = context.parser();
  const one = readFunction(parser, first.file.text, before);
  const other = readFunction(parser, second.file.text, after);
  for (const [read, which] of [
    [one, 'first'],
    [other, 'second'],
  ] as const) {
    if (read.kind === 'refusal') {
      return {
        verdict: 'unproved',
        uses: [],
        restsOn: [],
        exits: 0,
        reason: `the ${which} version: ${read.reason} (${read.code})`,
        code: read.code,
      };
    }
  }
  if (one.kind === 'refusal' || other.kind === 'refusal') throw new Error('unreachable: refusals were returned');
  return proveFunction(one, other, knowledge, verifyOptions(context.options));
}

function placeOf(version: Version, range: FunctionRange): { path: string; line: number } {
  return { path: version.file.path, line: version.lines.place(range.start).line };
}

/** Tokens and preprocessor lines of a function, comments and white space left out. */
function tokensOf(text: string, range: FunctionRange): string {
  const { tokens, directives } = lex(text, range.start, range.end);
  return [...tokens, ...directives]
    .toSorted((a, b) => a.start - b.start)
    .map((part) => text.slice(part.start, part.end))
    .join(' ');
}

/** The preprocessor lines outside of all functions: a changed macro can change any of them. */
function directivesOutside(text: string, version: Version): string {
  const ranges = [...version.functions.values()];
  return lex(text)
    .directives.filter((one) => !ranges.some((range) => one.start >= range.start && one.end <= range.end))
    .map((one) => text.slice(one.start, one.end).replace(/\s+/g, ' '))
    .join('\n');
}
