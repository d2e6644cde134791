/** What a reviewer reads above a file's hunks: for each function the verdict and what it rests on. */
import type { PatchNote } from './patch.ts';
import type { FunctionReport } from './report.ts';

/** Notes of rewritten functions, in the order of the file. */
export function notesOf(functions: readonly FunctionReport[]): PatchNote[] {
  return functions.map((report) => ({
    name: report.name,
    line: report.line,
    endLine: report.endLine,
    summary: describeVerdict(report),
    details: (report.proof?.restsOn ?? []).map(({ name, fact, from }) => `rests on: ${name} ${fact} (${from})`),
  }));
}

/** `identical`, or `equivalent: reorder, noop-release`. */
export function describeVerdict(report: FunctionReport): string {
  const { proof } = report;
  if (!proof) return report.status;
  return proof.uses.length === 0 ? proof.verdict : `${proof.verdict}: ${proof.uses.join(', ')}`;
}
