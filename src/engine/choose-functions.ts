/** Which functions of a file are worth a closer look. Light: a run that finds none never loads the rest. */
import { LineIndex } from '../base/span.ts';
import { type FunctionRange, scanFunctions } from '../scan/functions.ts';
import { canMatter } from '../scan/prefilter.ts';
import { type ChangedLines, isTouched } from './changed-lines.ts';

export interface ChosenFunctions {
  /** Of the whole file; with changes, those that they touch. */
  readonly count: number;
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
  if (changes?.length === 0) return { count: 0, chosen: [] };
  const all = scanFunctions(text).functions;
  const ranges = changes === undefined ? all : touchedFunctions(text, all, changes);
  const chosen = ranges.filter(
    (range) => (functionPattern === undefined || functionPattern.test(range.name)) && canMatter(text, range),
  );
  return { count: ranges.length, chosen };
}

function touchedFunctions(
  text: string,
  ranges: readonly FunctionRange[],
  changes: readonly ChangedLines[],
): FunctionRange[] {
  const lines = new LineIndex(text);
  return ranges.filter(({ start, end }) => isTouched(changes, lines.place(start).line, lines.place(end - 1).line));
}
