/** Which functions of a file are worth a closer look. Light: a run that finds none never loads the rest. */
import { LineIndex } from '../base/span.ts';
import { type FunctionRange, scanFunctions } from '../scan/functions.ts';
import { canMatter } from '../scan/prefilter.ts';
import { type ChangedLines, isTouched } from './changed-lines.ts';

export interface ChosenFunctions {
  /** What the run asks for. */
  readonly ranges: readonly FunctionRange[];
  /** The run asks for all functions of the file. */
  readonly isWhole: boolean;
  /** Those of them that can matter. */
  readonly chosen: readonly FunctionRange[];
}

/** What a run asks for, within one file. */
export interface FunctionSelection {
  /** Only functions whose name matches. */
  readonly functionPattern: RegExp | undefined;
  /** Only functions that one of these overlaps; absent: all. */
  readonly changes?: readonly ChangedLines[] | undefined;
}

export function chooseFunctions(text: string, { functionPattern, changes }: FunctionSelection): ChosenFunctions {
  // Nothing changed in it: not even to be scanned.
  if (changes?.length === 0) return { ranges: [], isWhole: false, chosen: [] };
  const all = scanFunctions(text).functions;
  const touched = changes === undefined ? all : touchedFunctions(text, all, changes);
  const ranges = functionPattern === undefined ? touched : touched.filter((range) => functionPattern.test(range.name));
  const isWhole = changes === undefined && functionPattern === undefined;
  return { ranges, isWhole, chosen: ranges.filter((range) => canMatter(text, range)) };
}

function touchedFunctions(
  text: string,
  ranges: readonly FunctionRange[],
  changes: readonly ChangedLines[],
): FunctionRange[] {
  const lines = new LineIndex(text);
  return ranges.filter(({ start, end }) => isTouched(changes, lines.place(start).line, lines.place(end - 1).line));
}

/** Whether a text may hold a comment that suppresses something; much faster than to look for one. */
export function mayHoldSuppression(text: string): boolean {
  return text.includes('goto-cleanup:');
}
