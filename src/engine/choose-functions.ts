/** Which functions of a file are worth a closer look. Light: a run that finds none never loads the rest. */
import { type FunctionRange, scanFunctions } from '../scan/functions.ts';
import { canMatter } from '../scan/prefilter.ts';

export interface ChosenFunctions {
  /** Of the whole file. */
  readonly count: number;
  readonly chosen: readonly FunctionRange[];
}

/** @param pattern only functions whose name matches */
export function chooseFunctions(text: string, pattern: RegExp | undefined): ChosenFunctions {
  const ranges = scanFunctions(text).functions;
  const chosen = ranges.filter(
    (range) => (pattern === undefined || pattern.test(range.name)) && canMatter(text, range),
  );
  return { count: ranges.length, chosen };
}
