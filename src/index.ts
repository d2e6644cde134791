/**
 * goto-cleanup as a library, for editors and bots: strings in, values out. No file is read or written, nothing is
 * printed. What a header declares is known only if its text is given.
 *
 * Text is latin1, one character for each byte: `buffer.toString('latin1')`, and back with `Buffer.from(text, 'latin1')`.
 * Offsets and lengths are in bytes, lines and columns count from 1.
 */
import { createDefinitionSource } from './engine/definitions.ts';
import { explainFunction } from './engine/explain.ts';
import type { FileContext } from './engine/pipeline.ts';
import { processFile, type FileOutcome } from './engine/process-file.ts';
import type { VerifyReport } from './engine/verify-report.ts';
import { verifyFiles } from './engine/verify-versions.ts';
import { createKnowledge } from './resources/known-names.ts';
import type { Platform } from './resources/preset.ts';
import { PRESETS } from './resources/presets/index.ts';
import { EMPTY_RESOURCE_CONFIG, parsePair, type ResourceConfig } from './resources/resource-config.ts';
import { createParser, type FunctionParser } from './syntax/parse.ts';

export { compareLedgers, incomparable, type LedgerDifference } from './analysis/compare-ledgers.ts';
export { findLeaks, placeFinding, type LedgerFinding } from './audit/find-leaks.ts';
export { exitLedger, type Ledger } from './analysis/ledger.ts';
export type { Finding, FunctionReport } from './engine/report.ts';
export type { NotJudged, VerifiedFunction, VerifyReport } from './engine/verify-report.ts';
export type { Edit } from './rewrite/plan.ts';
export type { Difference, LedgerView, RestsOn, Use } from './verify/verdict.ts';
export type { FileOutcome, Platform, ResourceConfig };

export interface Options {
  /** Path of the file in its repository; includes are resolved from it. Default `input.c`. */
  readonly path?: string;
  /** Texts of headers by their path in the repository. */
  readonly headers?: ReadonlyMap<string, string>;
  /** Form of the result. Default `auto`. */
  readonly style?: 'auto' | 'single' | 'ladder';
  /** The weakest proof to accept. Default `equivalent`. */
  readonly proof?: 'identical' | 'equivalent';
  /** Name of the label of a single block. */
  readonly label?: string;
  /** Only functions whose name matches. */
  readonly functionPattern?: RegExp;
  /** Whose promises count. Default `posix`. */
  readonly platform?: Platform;
  /** Pairs as on the command line: `ACQUIRE=RELEASE` or `ACQUIRE=RELEASE:noop-on-null`. */
  readonly pairs?: readonly string[];
  /** Diagnostics, noreturn names and the like, as in goto-cleanup.json. */
  readonly resources?: ResourceConfig;
}

/**
 * The rewrites of one file, each of them proved, and the refusals with their codes.
 * @throws UsageError when a pair of the options can't be read
 */
export function plan(text: string, options: Options = {}): FileOutcome {
  return processFile(text, pathOf(options), contextOf(options));
}

/**
 * Proves or refutes, function by function, that two versions of a file do the same. Functions that are equal are not
 * listed; what changed between the functions is in `notJudged`.
 */
export function verify(before: string, after: string, options: Options = {}): VerifyReport {
  const path = pathOf(options);
  return verifyFiles({ path, text: before }, { path, text: after }, contextOf(options));
}

/** What is known of one function as text: exits, plan or refusal, graph. undefined: there is no such function. */
export function explain(text: string, name: string, options: Options = {}): string | undefined {
  return explainFunction({ path: pathOf(options), text }, { name }, 'text', contextOf(options));
}

function pathOf(options: Options): string {
  return options.path ?? 'input.c';
}

function contextOf(options: Options): FileContext {
  const { style = 'auto', proof = 'equivalent', label, functionPattern, platform = 'posix' } = options;
  const resources = options.resources ?? EMPTY_RESOURCE_CONFIG;
  const config = { ...resources, pairs: [...resources.pairs, ...(options.pairs ?? []).map(parsePair)] };
  const headers = options.headers ?? new Map<string, string>();
  const files = [...headers.keys(), pathOf(options)];
  const source = createDefinitionSource({ readFile: (path) => headers.get(path) }, files, platform);
  const parser = once(createParser);
  return {
    options: { style, proof, label, functionPattern },
    parser,
    knowledgeFor: (path, text) =>
      createKnowledge({ ...source.inSightOf(path, text), presets: Object.values(PRESETS), config, parser }),
    inSightOf: source.inSightOf,
    styleAround: () => undefined,
  };
}

function once(make: () => FunctionParser): () => FunctionParser {
  let made: FunctionParser | undefined;
  return () => (made ??= make());
}
