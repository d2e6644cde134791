/** Parses one function as well as it can be: as it stands, and where that leaves errors, masked. */
import type { Span } from '../base/span.ts';
import type { FunctionRange } from '../scan/functions.ts';
import { hasCleanupMark } from './cleanup-attribute.ts';
import { collectMasks } from './mask.ts';
import type { Rendering } from './mask-text.ts';
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
 * of errors, then with all of them. The first attempt without errors counts, else the one with fewer.
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
  const mild = text.render('always');
  const rough = text.hasChoice ? text.render('all') : mild;
  const finish = (tree: FunctionTree, { spans }: Rendering): ParsedFunction => ({
    tree,
    hasCleanupAttribute: hasCleanupMark(variantText, text.tokens),
    iteratorMacros: text.iteratorMacros.filter((macro) => spans.some((span) => span.start === macro.start)),
    masks: spans,
  });
  for (const rendering of rough === mild ? [mild] : [mild, rough]) {
    const tree = parser.parseClean(source, rendering.masked, range.start, range.end, range.name);
    if (tree) return finish(tree, rendering);
  }
  const mildTree = parser.parse(source, mild.masked, range.start, range.end, range.name);
  if (mildTree?.isCut === true) return finish(mildTree, mild);
  const roughTree = parser.parse(source, rough.masked, range.start, range.end, range.name);
  if (roughTree && (!mildTree || roughTree.errors.length < mildTree.errors.length)) return finish(roughTree, rough);
  return mildTree && finish(mildTree, mild);
}
