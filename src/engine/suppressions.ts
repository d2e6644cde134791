/**
 * Comments that ask to leave a function alone: `goto-cleanup: ignore[CODE, CODE] -- reason`, in a comment of the function
 * or right above it; without codes, all that is said of it. One that has nothing to suppress is a finding itself.
 */
import { LineIndex, type Place } from '../base/span.ts';
import { applyEdits } from '../rewrite/apply-edits.ts';
import type { FunctionRange } from '../scan/functions.ts';
import { mayHoldSuppression } from './choose-functions.ts';
import { describeUnknown } from './did-you-mean.ts';
import { FINDING_CODES } from './finding-codes.ts';
import type { FileOutcome } from './process-file.ts';
import type { Finding, FunctionReport } from './report.ts';

/** What can be suppressed: `unused-suppression` could not be meant. */
const CODES = ['repeated-cleanup', ...Object.keys(FINDING_CODES).filter((code) => !code.startsWith('unused-'))];

/** One comment. */
export interface Suppression {
  readonly place: Place;
  /** undefined: all. */
  readonly codes: readonly string[] | undefined;
  readonly reason: string | undefined;
  /** The function that it stands in or right above; undefined: it stands nowhere. */
  readonly range: FunctionRange | undefined;
}

const COMMENT =
  /(?:\/[/*]|^[ \t]*\*)[ \t*]*goto-cleanup:[ \t]*ignore\b(?:[ \t]*\[([^\]\n]*)\])?(?:[ \t]*--[ \t]*([^\n]*))?/gm;

/** All of them, in order. Ranges are those of all functions of the text. */
export function readSuppressions(text: string, ranges: readonly FunctionRange[]): Suppression[] {
  if (!mayHoldSuppression(text)) return [];
  const lines = new LineIndex(text);
  return [...text.matchAll(COMMENT)].map(({ index, 1: codes, 2: reason }) => {
    const words = reason?.replace(/\*\/.*$|\r$/, '').trim();
    return {
      place: lines.place(index),
      codes: codes?.split(',').map((code) => code.trim()),
      reason: words === '' ? undefined : words,
      range: rangeOf(text, index, ranges),
    };
  });
}

function rangeOf(text: string, at: number, ranges: readonly FunctionRange[]): FunctionRange | undefined {
  const next = ranges.find((range) => range.end > at);
  if (!next || next.start <= at) return next;
  // Right above: no blank line, and nothing else, lies between.
  const lineEnd = text.indexOf('\n', at);
  const between = text.slice(lineEnd, next.start);
  return /\n[ \t\r]*\n/.test(between) || /[;}]\s*\n/.test(between) ? undefined : next;
}

/** What of a file was looked at. */
export interface LookedAt {
  readonly ranges: readonly FunctionRange[];
  /** All of its functions: a comment that belongs to none of them is of no use. */
  readonly isWhole: boolean;
}

/** Takes out what is suppressed, and adds what its comments deserve. */
export function applySuppressions(
  text: string,
  outcome: FileOutcome,
  looked: LookedAt,
  all: readonly FunctionRange[],
): FileOutcome {
  const suppressions = readSuppressions(text, all);
  if (suppressions.length === 0) return outcome;
  const lines = new LineIndex(text);
  const starts = new Set(looked.ranges.map(({ start }) => start));
  const ours = suppressions.filter(({ range }) => (range ? starts.has(range.start) : looked.isWhole));
  const used = new Set<Suppression>();
  const find = (code: string, line: number): Suppression | undefined => {
    const found = ours.filter(({ codes, range }) => {
      if (!range || !(codes?.includes(code) ?? true)) return false;
      return lines.place(range.start).line <= line && line <= lines.place(range.end - 1).line;
    });
    for (const one of found) used.add(one);
    return found[0];
  };
  const findings = outcome.findings.filter((finding) => !find(finding.code, finding.line));
  const functions = outcome.functions.map((report) => {
    const suppression = find('repeated-cleanup', report.line);
    return suppression && report.status === 'rewritable' ? suppress(report, suppression) : report;
  });
  const unused = ours.flatMap((one) => complaintOf(one, used.has(one)));
  return { ...withoutRewrites(text, outcome, functions), functions, findings: [...findings, ...unused] };
}

function suppress({ name, line, endLine }: FunctionReport, { reason, place }: Suppression): FunctionReport {
  const words = reason ?? 'a comment says `goto-cleanup: ignore`';
  return { name, line, endLine, status: 'refused', code: 'suppressed', reason: words, at: place };
}

/** Rewrites and reports stand in the same order. */
function withoutRewrites(text: string, outcome: FileOutcome, functions: readonly FunctionReport[]): FileOutcome {
  const isKept = outcome.functions.flatMap((before, index) =>
    before.status === 'rewritable' ? [functions[index]?.status === 'rewritable'] : [],
  );
  if (!isKept.includes(false)) return outcome;
  const rewrites = outcome.rewrites.filter((_, index) => isKept[index]);
  const newText = applyEdits(
    text,
    rewrites.flatMap((one) => one.edits),
  );
  return { ...outcome, rewrites, newText };
}

function complaintOf({ place, codes = [], range }: Suppression, isUsed: boolean): Finding[] {
  const unknown = codes.filter((code) => !CODES.includes(code));
  const messages = unknown.map(
    (code) => `the comment ignores what there is not: ${describeUnknown('code', code, CODES)}`,
  );
  if (!isUsed && unknown.length === 0)
    messages.push(
      range
        ? 'there is nothing that the comment suppresses'
        : 'the comment stands neither in a function nor right above one',
    );
  return messages.map((message) => ({
    code: 'unused-suppression',
    function: range?.name ?? '(file)',
    ...place,
    message,
  }));
}
