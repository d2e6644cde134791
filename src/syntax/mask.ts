/**
 * Overwrites what breaks the grammar and carries no control flow; length, line ends and offsets stay. The masks are a
 * function of the text alone. What each kind is, and why it is harmless, stands at the top of the mask-*.ts files:
 * mask-head, mask-declaration, mask-expression, mask-statements.
 */
import type { Span } from '../base/span.ts';
import type { FunctionRange } from '../scan/functions.ts';
import { hasCleanupMark } from './cleanup-attribute.ts';
import { maskHead } from './mask-head.ts';
import { maskStatements } from './mask-statements.ts';
import { MaskText } from './mask-text.ts';

export interface MaskedFunction {
  /** The whole file; only the function's text differs from the input. */
  readonly masked: string;
  /** What was overwritten. */
  readonly spans: readonly Span[];
  readonly hasCleanupAttribute: boolean;
  /** Name and arguments of the macros that now look like `while (...)`. */
  readonly iteratorMacros: readonly Span[];
}

/** All masks of a function. */
export function maskFunction(text: string, range: FunctionRange): MaskedFunction {
  const masks = collectMasks(text, range);
  return {
    ...masks.render('all'),
    hasCleanupAttribute: hasCleanupMark(text, masks.tokens),
    iteratorMacros: masks.iteratorMacros,
  };
}

/** The masks, not yet laid, so that the mildest can be tried first. */
export function collectMasks(text: string, range: FunctionRange): MaskText {
  const masks = new MaskText(text, range);
  maskHead(masks, range.nameStart);
  const body = masks.bodyIndex;
  if (body >= 0) maskStatements(masks, body + 1, masks.behind(body) - 1);
  return masks;
}
