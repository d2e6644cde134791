/** Joins the reports of shards into the one that a single run would have made. */
import { UsageError } from '../base/usage-error.ts';
import { comparePaths } from './encoding.ts';
import type { FileReport, Report } from './report.ts';
import { addCounts, summarize } from './run.ts';

/** A report and where it was read, for what is wrong with it. */
export interface NamedReport {
  readonly name: string;
  readonly report: Report;
}

/** Reads a report as JSON; a UsageError where it is none. */
export function parseReport(name: string, text: string): NamedReport {
  const report = parseJson(text) as Partial<Report> | undefined;
  if (report?.schema !== 'goto-cleanup/report-1' || !Array.isArray(report.files) || !report.summary || !report.tool)
    throw new UsageError(`"${name}" is no JSON report of goto-cleanup`);
  return { name, report: report as Report };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The report of all files. The reports must come from one version, one command and the same settings. */
export function mergeReports([first, ...rest]: readonly NamedReport[]): Report {
  if (!first) throw new UsageError('merge needs reports');
  const identity = ({ tool, command }: Report): string => JSON.stringify([tool, command]);
  for (const { name, report } of rest)
    if (identity(report) !== identity(first.report))
      throw new UsageError(`"${first.name}" and "${name}" come from different versions, commands or settings`);
  const reports = [first, ...rest].map(({ report }) => report);
  const files = reports.flatMap((report) => report.files).toSorted((a, b) => comparePaths(a.path, b.path));
  expectOnce(files);
  const summary = summarize(files, addCounts(reports.map((report) => report.summary)));
  const { schema, tool, command } = first.report;
  return { schema, tool, command, files, summary };
}

function expectOnce(files: readonly FileReport[]): void {
  const twice = files.find(({ path }, index) => files[index + 1]?.path === path);
  if (twice) throw new UsageError(`"${twice.path}" is in two of the reports: they are not parts of one run`);
}
