/** Parses one function as well as it can be: as it stands, and where that leaves errors, masked. */
import type { Span } from '../base/span.ts';
import type { FunctionRange } from '../scan/functions.ts';
import { maskFunction } from './mask.ts';
import type { FunctionParser } from './parse.ts';
import type { FunctionTree } from './tree.ts';

/** A parsed function, and what was seen while its text was made fit for the parser. */
export interface ParsedFunction {
  readonly tree: FunctionTree;
  /** A variable of it runs code when its scope ends. */
  readonly hasCleanupAttribute: boolean;
  /** Name and arguments of the macros that stand as loop headers; the tree shows a `while_statement` there. */
  readonly iteratorMacros: readonly Span[];
}

/**
 * Parses the function of a variant's text.
 * @param variantText the file with the branches not taken blanked
 * @param source the original text, which the tree refers to
 */
export function parseFunction(
  parser: FunctionParser,
  variantText: string,
  source: string,
  range: FunctionRange,
): ParsedFunction | undefined {
  const { masked, hasCleanupAttribute, iteratorMacros } = maskFunction(variantText, range);
  const tree = parser.parse(source, masked, range.start, range.end, range.name);
  return tree && { tree, hasCleanupAttribute, iteratorMacros };
}
