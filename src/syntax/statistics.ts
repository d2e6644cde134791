/** How well the functions of a tree can be read: what share parses with no ERROR, and how much was masked for it. */
import { scanFunctions } from '../scan/functions.ts';
import { shareable } from '../scan/prefilter.ts';
import { functionVariants } from '../scan/variants.ts';
import { errorsTouchSkeleton, keywordCensus } from './census.ts';
import { parseFunction } from './parse-function.ts';
import type { FunctionParser } from './parse.ts';

/** Counts over one or more files; add them up with `addStatistics`. */
export interface ReadStatistics {
  readonly functions: number;
  /** Functions whose limits are not certain, or whose preprocessor lines are more than choices. */
  readonly unscanned: number;
  /** Functions given to the parser, under the first choice of their `#if`s. */
  readonly parsed: number;
  /** Without any ERROR or MISSING node. */
  readonly clean: number;
  /** Refused by the census of keywords and braces. */
  readonly censusFailures: number;
  /** Refused for an ERROR that matters, or a doubtful declaration. */
  readonly skeletonFailures: number;
  /** Bytes of the bodies parsed, and of those that were overwritten. */
  readonly bodyBytes: number;
  readonly maskedBytes: number;
}

export const NO_STATISTICS: ReadStatistics = {
  functions: 0,
  unscanned: 0,
  parsed: 0,
  clean: 0,
  censusFailures: 0,
  skeletonFailures: 0,
  bodyBytes: 0,
  maskedBytes: 0,
};

export function addStatistics(a: ReadStatistics, b: ReadStatistics): ReadStatistics {
  const sum = { ...a };
  for (const key of Object.keys(sum) as (keyof ReadStatistics)[]) sum[key] = a[key] + b[key];
  return sum;
}

/** Reads every function of a file, or only those that can matter. */
export function readStatistics(parser: FunctionParser, text: string, onlyCandidates = false): ReadStatistics {
  const { functions } = scanFunctions(text);
  let total: ReadStatistics = { ...NO_STATISTICS, functions: functions.length };
  for (const range of functions) {
    if (onlyCandidates && shareable(text, range) === 'nothing') continue;
    const variants = range.problem === undefined ? functionVariants(text, range) : undefined;
    const variant = variants && 'variants' in variants ? variants.variants[0] : undefined;
    const parsed = variant && parseFunction(parser, variant.text, text, range);
    if (!variant || !parsed) {
      total = addStatistics(total, { ...NO_STATISTICS, [variant ? 'parsed' : 'unscanned']: 1 });
      continue;
    }
    const { tree } = parsed;
    total = addStatistics(total, {
      functions: 0,
      unscanned: 0,
      parsed: 1,
      clean: Number(tree.errors.length === 0),
      censusFailures: Number(keywordCensus(tree, variant.text, parsed.iteratorMacros) !== undefined),
      skeletonFailures: Number(errorsTouchSkeleton(tree) !== undefined),
      bodyBytes: range.end - range.bodyStart,
      maskedBytes: countDifferences(variant.text, tree.masked, range.bodyStart, range.end),
    });
  }
  return total;
}

function countDifferences(a: string, b: string, from: number, to: number): number {
  let count = 0;
  for (let i = from; i < to; i++) if (a.charCodeAt(i) !== b.charCodeAt(i)) count++;
  return count;
}
