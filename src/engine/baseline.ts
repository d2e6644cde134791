/**
 * The baseline: what is known and accepted today, so that only what is new is reported. Keyed by file, function and rule
 * with a count, no lines: code may move. Pure; the file is read and written elsewhere.
 */
import { UsageError } from '../base/usage-error.ts';
import { comparePaths } from './encoding.ts';
import type { FileReport, Report } from './report.ts';
import { summarize } from './run.ts';

/** How often each rule is accepted: by file, then function, then rule. */
export type Baseline = ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<string, number>>>;

/** One thing that is reported, as far as a baseline tells things apart. */
interface Entry {
  readonly path: string;
  readonly function: string;
  readonly rule: string;
}

function entriesOf({ path, functions, findings }: FileReport): Entry[] {
  return [
    ...functions
      .filter(({ status }) => status === 'rewritable')
      .map(({ name }) => ({ path, function: name, rule: 'repeated-cleanup' })),
    ...findings.map((finding) => ({ path, function: finding.function, rule: finding.code })),
  ];
}

/** All that a report holds. */
export function buildBaseline(report: Report): Baseline {
  return gather(report.files.flatMap(entriesOf));
}

/** What a baseline and a report have in common: the rest of it is no longer needed. */
export function pruneBaseline(baseline: Baseline, report: Report): Baseline {
  const left = new Allowance(baseline);
  return gather(report.files.flatMap(entriesOf).filter((entry) => left.take(entry)));
}

function gather(entries: readonly Entry[]): Baseline {
  const files = new Map<string, Map<string, Map<string, number>>>();
  for (const { path, function: name, rule } of entries) {
    const functions = files.get(path) ?? new Map<string, Map<string, number>>();
    const rules = functions.get(name) ?? new Map<string, number>();
    files.set(path, functions.set(name, rules.set(rule, (rules.get(rule) ?? 0) + 1)));
  }
  return files;
}

/** What is left of a baseline while a report is compared with it. */
class Allowance {
  readonly #left = new Map<string, number>();

  constructor(baseline: Baseline) {
    for (const [path, functions] of baseline)
      for (const [name, rules] of functions)
        for (const [rule, count] of rules) this.#left.set([path, name, rule].join('\0'), count);
  }

  take({ path, function: name, rule }: Entry): boolean {
    const key = [path, name, rule].join('\0');
    const left = this.#left.get(key) ?? 0;
    if (left > 0) this.#left.set(key, left - 1);
    return left > 0;
  }
}

/** The report without what the baseline accepts, and how much that was. */
export function subtractBaseline(
  report: Report,
  baseline: Baseline,
): { readonly report: Report; readonly accepted: number } {
  const left = new Allowance(baseline);
  let accepted = 0;
  const isNew = (entry: Entry): boolean => {
    const isAccepted = left.take(entry);
    if (isAccepted) accepted++;
    return !isAccepted;
  };
  const files = report.files.map((file) => {
    const { path } = file;
    const functions = file.functions.filter(
      ({ status, name }) => status !== 'rewritable' || isNew({ path, function: name, rule: 'repeated-cleanup' }),
    );
    const findings = file.findings.filter((finding) => isNew({ path, function: finding.function, rule: finding.code }));
    return { ...file, functions, findings };
  });
  const kept = files.filter(
    ({ functions, findings, errors }) => functions.length + findings.length + errors.length > 0,
  );
  return { report: { ...report, files: kept, summary: summarize(kept, report.summary) }, accepted };
}

/** The number of things in it. */
export function sizeOf(baseline: Baseline): number {
  const rules = [...baseline.values()].flatMap((functions) => [...functions.values()]);
  return rules.flatMap((counts) => [...counts.values()]).reduce((total, count) => total + count, 0);
}

/** As it stands in the file: everything in order, so that two people who write it write the same. */
export function renderBaseline(baseline: Baseline): string {
  const files = sortedObject(baseline, (functions) =>
    sortedObject(functions, (rules) => sortedObject(rules, (count) => count)),
  );
  return `${JSON.stringify({ version: 1, files }, undefined, 2)}\n`;
}

function sortedObject<T>(map: ReadonlyMap<string, T>, render: (value: T) => unknown): Record<string, unknown> {
  const sorted = [...map].toSorted(([a], [b]) => comparePaths(a, b));
  return Object.fromEntries(sorted.map(([key, value]) => [key, render(value)]));
}

/** Reads what renderBaseline wrote. `shown` opens the complaint. */
export function parseBaseline(text: string, shown: string): Baseline {
  const bad = (why: string): never => {
    throw new UsageError(`${shown}: not a baseline: ${why}; write it anew with goto-cleanup baseline --write`);
  };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return bad(error instanceof Error ? error.message : 'no JSON');
  }
  if (!isRecord(value) || value['version'] !== 1 || !isRecord(value['files'])) return bad('it has no version 1');
  const levelOf = <T>(what: unknown, read: (inner: unknown) => T): Map<string, T> =>
    isRecord(what)
      ? new Map(Object.entries(what).map(([key, inner]) => [key, read(inner)]))
      : bad('a level is missing');
  const count = (inner: unknown): number =>
    typeof inner === 'number' && Number.isInteger(inner) && inner > 0 ? inner : bad('a count is no number');
  return levelOf(value['files'], (functions) => levelOf(functions, (rules) => levelOf(rules, count)));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
