/** The report of an audit. Shapes and names are those of the JSON schema audit-1. */
import type { AuditedFunction, PatternCode, UnreadFunction } from '../audit/model.ts';
import type { Finding, FunctionReport, Report } from './report.ts';

export interface FileAuditReport {
  readonly path: string;
  readonly functions: readonly AuditedFunction[];
  readonly findings: readonly Finding[];
  /** Functions that could not be read, and so are not audited. */
  readonly unread: readonly UnreadFunction[];
  /** Proved rewrites that `apply` would make. */
  readonly rewrites: readonly FunctionReport[];
  readonly errors: readonly { readonly code: string; readonly message: string }[];
}

export interface AuditSummary {
  readonly files: number;
  readonly functions: number;
  /** Functions that acquire or release something. */
  readonly audited: number;
  readonly unread: number;
  readonly acquisitions: number;
  /** Ways out of a function on which an acquisition is: */
  readonly ends: {
    readonly released: number;
    readonly handedOver: number;
    readonly held: number;
    readonly unknown: number;
  };
  readonly findings: Readonly<Record<string, number>>;
  readonly rewritable: number;
  readonly patterns: Readonly<Partial<Record<PatternCode, number>>>;
  /** How often each call releases, most frequent first. */
  readonly releasers: readonly { readonly name: string; readonly calls: number }[];
}

export interface AuditReport {
  readonly schema: 'goto-cleanup/audit-1';
  readonly tool: Report['tool'];
  readonly command: 'audit';
  readonly files: readonly FileAuditReport[];
  readonly summary: AuditSummary;
}

/** The counts of an audit. */
export function summarizeAudit(
  files: readonly FileAuditReport[],
  counts: { files: number; functions: number },
): AuditSummary {
  const functions = files.flatMap((file) => file.functions);
  const acquisitions = functions.flatMap((one) => one.acquisitions);
  const ends = acquisitions.flatMap((one) => one.ends);
  const count = (state: (typeof ends)[number]['state']): number => ends.filter((end) => end.state === state).length;
  return {
    ...counts,
    audited: functions.length,
    unread: files.reduce((sum, { unread }) => sum + unread.length, 0),
    acquisitions: acquisitions.length,
    ends: {
      released: count('released'),
      handedOver: count('handed-over'),
      held: count('held'),
      unknown: count('unknown'),
    },
    findings: tally(files.flatMap((file) => file.findings.map(({ code }) => code))),
    rewritable: files.reduce((sum, { rewrites }) => sum + rewrites.length, 0),
    patterns: tally(functions.flatMap(({ patterns }) => patterns)),
    releasers: releasersOf(files),
  };
}

/** Counts by code, in the order of the alphabet. */
function tally(codes: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const code of codes.toSorted()) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}

/** Each call once, however many ways lead over it. */
function releasersOf(files: readonly FileAuditReport[]): { name: string; calls: number }[] {
  const places = new Map<string, Set<string>>();
  for (const { path, functions } of files)
    for (const { ends } of functions.flatMap((one) => one.acquisitions))
      for (const { releaser, line, call } of ends.flatMap((end) => end.releases ?? []))
        places.set(releaser, (places.get(releaser) ?? new Set()).add(`${path}:${line} ${call}`));
  return [...places]
    .map(([name, calls]) => ({ name, calls: calls.size }))
    .toSorted((a, b) => b.calls - a.calls || (a.name < b.name ? -1 : 1));
}
