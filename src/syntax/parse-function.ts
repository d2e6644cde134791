/** Parses one function as well as it can be: as it stands, and where that leaves errors, masked. */
import type { Span } from '../base/span.ts';
import type { FunctionRange } from '../scan/functions.ts';
import { hasCleanupMark } from './cleanup-attribute.ts';
import { collectMasks } from './mask.ts';
import type { FunctionParser } from './parse.ts';
import type { FunctionTree } from './tree.ts';

/** A parsed function, and what was seen while its text was made fit for the parser. */
export interface ParsedFunction {
  readonly tree: FunctionTree;
  /** A variable of it runs code when its scope ends. */
  readonly hasCleanupAttribute: boolean;
  /** Name and arguments of the macros that stand as loop headers; the tree shows a `while_statement` there. */
  readonly iteratorMacros: readonly Span[];
  /** What was overwritten before parsing. */
  readonly masks: readonly Span[];
}

/**
 * Parses the function of a variant's text: first with only those masks without which the tree would be wrong though free
 * of errors, then with all of them; the attempt with fewer errors counts.
 * @param variantText the file with the branches not taken blanked
 * @param source the original text, which the tree refers to
 */
export function parseFunction(
  parser: FunctionParser,
  variantText: string,
  source: string,
  range: FunctionRange,
): ParsedFunction | undefined {
  const text = collectMasks(variantText, range);
  const attempt = (which: 'all' | 'always'): ParsedFunction | undefined => {
    const { masked, spans } = text.render(which);
    const tree = parser.parse(source, masked, range.start, range.end, range.name);
    const isMasked = (macro: Span): boolean => spans.some((span) => span.start === macro.start);
    return (
      tree && {
        tree,
        hasCleanupAttribute: hasCleanupMark(variantText, text.tokens),
        iteratorMacros: text.iteratorMacros.filter(isMasked),
        masks: spans,
      }
    );
  };
  const mild = attempt('always');
  if (mild?.tree.errors.length === 0 || !text.hasChoice) return mild;
  const rough = attempt('all');
  if (!mild || !rough) return rough ?? mild;
  return rough.tree.errors.length < mild.tree.errors.length ? rough : mild;
}
