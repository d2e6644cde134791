/**
 * A rewritten function as lines, with the places where it can be damaged. Reads the layout that fixtures have: one
 * statement a line, labels on lines of their own.
 */
import { definitionsOf } from '../behaviour/declarations.ts';
import { scanFunctions } from '../../src/scan/functions.ts';

/** A line of the function: its number in the file's lines. */
export type LineNumber = number;

export interface Subject {
  /** All lines of the file. */
  readonly lines: readonly string[];
  /** First and last line of the function. */
  readonly first: LineNumber;
  readonly last: LineNumber;
  readonly returns: string;
  readonly name: string;
  /** Labels that a goto names, in order. */
  readonly labels: readonly { readonly name: string; readonly line: LineNumber }[];
  /** Lines that hold `goto x;` and nothing else. */
  readonly jumps: readonly { readonly label: string; readonly line: LineNumber }[];
  /** First line behind the first label, and the line of the last return (or closing brace). */
  readonly block: { readonly from: LineNumber; readonly to: LineNumber };
  /** What the last line of the block returns, if that is a variable. */
  readonly status: string | undefined;
}

/** The functions of a text that have a cleanup block. */
export function subjectsOf(text: string): Subject[] {
  const lines = text.split('\n');
  const heads = new Map(definitionsOf(text).map((definition) => [definition.name, definition]));
  return scanFunctions(text).functions.flatMap((one) => {
    const first = lineOf(text, one.start);
    const last = lineOf(text, one.end - 1);
    const subject = readSubject(lines, first, last, one.name, heads.get(one.name)?.returns ?? 'int');
    return subject ? [subject] : [];
  });
}

function readSubject(
  lines: readonly string[],
  first: LineNumber,
  last: LineNumber,
  name: string,
  returns: string,
): Subject | undefined {
  const numbers = range(first, last);
  const jumps = numbers.flatMap((line) => {
    const label = /^\s*goto (\w+);\s*$/.exec(lines[line] ?? '')?.[1];
    return label === undefined ? [] : [{ label, line }];
  });
  const labels = numbers.flatMap((line) => {
    const label = /^\s*(\w+):\s*$/.exec(lines[line] ?? '')?.[1];
    return label !== undefined && jumps.some((jump) => jump.label === label) ? [{ name: label, line }] : [];
  });
  const [start] = labels.filter(({ line }) => isCleanup(lines, line, last));
  if (!start) return undefined;
  const end = numbers.findLast((line) => /^\s*return\b/.test(lines[line] ?? '')) ?? last;
  const to = end > start.line ? end : last;
  const status = /^\s*return \(?(\w+)\)?;/.exec(lines[to] ?? '')?.[1];
  return {
    lines,
    first,
    last,
    returns,
    name,
    labels: labels.filter(({ line }) => line >= start.line && line <= to),
    jumps: jumps.filter(({ label }) => labels.some((one) => one.name === label && one.line >= start.line)),
    block: { from: start.line + 1, to },
    status: status !== undefined && /^[a-z]/.test(status) ? status : undefined,
  };
}

/** Everything behind the label is cleanup: no further jumps, and an end. */
function isCleanup(lines: readonly string[], label: LineNumber, last: LineNumber): boolean {
  const behind = lines.slice(label + 1, last);
  return (
    !behind.some((line) => /^\s*goto /.test(line)) && behind.filter((line) => /^\s*return\b/.test(line)).length <= 1
  );
}

export function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
}

function lineOf(text: string, offset: number): LineNumber {
  return text.slice(0, offset).split('\n').length - 1;
}
