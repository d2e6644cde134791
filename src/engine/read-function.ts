/** From the text of a file to the parsed versions of one function: one per choice of its preprocessor lines. */
import { refuse } from '../diagnostics/refusal.ts';
import type { Refusal } from '../diagnostics/refusal.ts';
import type { Span } from '../base/span.ts';
import type { FunctionRange } from '../scan/functions.ts';
import { functionVariants } from '../scan/variants.ts';
import type { Variant } from '../scan/variants.ts';
import { errorsTouchSkeleton, keywordCensus, unnamedJump } from '../syntax/census.ts';
import { parseFunction } from '../syntax/parse-function.ts';
import type { FunctionParser } from '../syntax/parse.ts';
import type { FunctionTree } from '../syntax/tree.ts';

/** The function under one choice per `#if`. */
export interface FunctionVersion {
  readonly choices: Variant['choices'];
  /** Its source is the file with the branches not taken blanked: offsets are those of the file. */
  readonly tree: FunctionTree;
  /** Preprocessor lines and branches not taken: no edit may touch them. */
  readonly frozen: readonly Span[];
}

export interface ReadFunction {
  readonly kind: 'function';
  readonly range: FunctionRange;
  readonly versions: readonly FunctionVersion[];
  /** Parsed without any error left. */
  readonly isClean: boolean;
}

/** Parses a function under each of its preprocessor choices; refuses what can't be read with certainty. */
export function readFunction(parser: FunctionParser, text: string, range: FunctionRange): ReadFunction | Refusal {
  if (range.problem !== undefined) return refuse('parse-error', range.problem, range);
  const variants = functionVariants(text, range);
  if ('refusal' in variants) return variants.refusal;
  const versions: FunctionVersion[] = [];
  let isClean = true;
  for (const variant of variants.variants) {
    const parsed = parseFunction(parser, variant.text, variant.text, range);
    if (!parsed) return refuse('parse-error', 'the text is not understood as a function definition', range);
    if (parsed.tree.isCut) return refuse('budget-exceeded', 'the function nests too deep', range);
    if (parsed.hasCleanupAttribute)
      return refuse('cleanup-attribute', 'a variable of the function has a cleanup attribute or guard', range);
    const refusal =
      unnamedJump(parsed.tree, variant.text) ??
      errorsTouchSkeleton(parsed.tree) ??
      keywordCensus(parsed.tree, variant.text);
    if (refusal) return refusal;
    isClean &&= parsed.tree.errors.length === 0;
    versions.push({ choices: variant.choices, tree: parsed.tree, frozen: frozenSpans(text, variant.text, range) });
  }
  return { kind: 'function', range, versions, isClean };
}

/** Runs of characters that the variant blanked, stretched over the blanks between them. */
function frozenSpans(text: string, variant: string, range: FunctionRange): Span[] {
  if (text === variant) return [];
  const spans: { start: number; end: number }[] = [];
  for (let at = range.start; at < range.end; at++) {
    if (text.charCodeAt(at) === variant.charCodeAt(at)) continue;
    const last = spans.at(-1);
    if (last && /^\s*$/.test(variant.slice(last.end, at)) && /^\s*$/.test(text.slice(last.end, at))) last.end = at + 1;
    else spans.push({ start: at, end: at + 1 });
  }
  return spans;
}
