/** Which functions of a file are worth a closer look. Light: a run that finds none never loads the rest. */
import { LineIndex } from '../base/span.ts';
import { type FunctionRange, scanFunctions } from '../scan/functions.ts';
import { shareable } from '../scan/prefilter.ts';
import { type ChangedLines, isTouched } from './changed-lines.ts';

/** A function whose exits repeat a call. */
export interface ChosenFunction {
  readonly range: FunctionRange;
  /** So much that a rewrite can be worth it; else there can be no more than findings. */
  readonly isWorthIt: boolean;
}

export interface ChosenFunctions {
  /** What the run asks for. */
  readonly ranges: readonly FunctionRange[];
  /** The run asks for all functions of the file. */
  readonly isWhole: boolean;
  /** Those of them whose exits repeat something, in the order of the file. */
  readonly chosen: readonly ChosenFunction[];
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
  const chosen = ranges.flatMap((range) => {
    const repeats = shareable(text, range);
    return repeats === 'nothing' ? [] : [{ range, isWorthIt: repeats === 'worth it' }];
  });
  return { ranges, isWhole, chosen };
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
