/** What a user sees: one line for each function that can be rewritten and each finding, in the order of the file. */
import { describeVerdict } from '../engine/notes.ts';
import type { FileReport, Finding, FunctionReport, Summary } from '../engine/report.ts';
import { formatCount, plural } from './counts.ts';
import { createPaint, type Paint } from './paint.ts';
import type { RenderOptions, Reporter } from './reporter.ts';

export const textReporter: Reporter = {
  name: 'text',
  encoding: 'utf8',
  render: ({ report }, options) => {
    const paint = createPaint(options.color);
    const lines = report.files.flatMap((file) => renderFile(file, options, paint));
    if (options.statistics) lines.push(...renderStatistics(report.summary));
    return lines.map((line) => `${line}\n`).join('');
  },
};

interface PlacedLine {
  readonly line: number;
  readonly text: string;
}

function renderFile(file: FileReport, options: RenderOptions, paint: Paint): string[] {
  const path = options.displayPath(file.path);
  const functions = file.functions.filter((entry) => options.showRefusals || entry.status !== 'refused');
  const placed: PlacedLine[] = [
    ...functions.map((entry) => renderFunction(path, entry, paint)),
    ...file.findings.map((finding) => renderFinding(path, finding, paint)),
  ];
  return placed.toSorted((a, b) => a.line - b.line).map(({ text }) => text);
}

function renderFunction(path: string, entry: FunctionReport, paint: Paint): PlacedLine {
  if (entry.status !== 'refused') {
    const place = paint('bold', `${path}:${entry.line}:1`);
    const verdict = paint('green', describeVerdict(entry));
    return { line: entry.line, text: `${place} ${entry.name}: ${describeRewrite(entry)}  ${verdict}` };
  }
  const { line, column } = entry.at ?? { line: entry.line, column: 1 };
  const place = paint('bold', `${path}:${line}:${column}`);
  return { line, text: `${place} ${entry.name}: ${entry.reason ?? ''}  ${paint('dim', entry.code ?? 'refused')}` };
}

/** `6 exits repeat 11 releases -> 3 labels (-31 +19)` */
export function describeRewrite(entry: FunctionReport): string {
  const repeated = (entry.releasesBefore ?? 0) - (entry.releasesAfter ?? 0);
  const ending = entry.exits === 1 ? 's' : '';
  const what = repeated > 0 ? `repeat${ending} ${plural(repeated, 'release')}` : `end${ending} in the same statements`;
  const labels = plural(entry.labels?.length ?? 0, 'label');
  return `${plural(entry.exits ?? 0, 'exit')} ${what} -> ${labels} (-${entry.linesRemoved ?? 0} +${entry.linesAdded ?? 0})`;
}

function renderFinding(path: string, finding: Finding, paint: Paint): PlacedLine {
  const place = paint('bold', `${path}:${finding.line}:${finding.column}`);
  const code = paint('yellow', finding.code);
  return { line: finding.line, text: `${place} ${finding.function}: ${finding.message}  ${code}` };
}

function renderStatistics(summary: Summary): string[] {
  const counts: [string, number][] = [
    ['repeated-cleanup', summary.rewritable + summary.applied],
    ...Object.entries(summary.findings),
    ...Object.entries(summary.refused).map(([code, count]): [string, number] => [`refused: ${code}`, count]),
  ];
  const shown = counts.filter(([, count]) => count > 0).toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const width = Math.max(0, ...shown.map(([, count]) => formatCount(count).length));
  return shown.map(([code, count]) => `${formatCount(count).padStart(width)}  ${code}`);
}
