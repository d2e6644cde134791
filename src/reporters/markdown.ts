/** Markdown for the summary of a CI job, or for an audit to commit: the same input gives the same bytes. */
import { describeVerdict } from '../engine/notes.ts';
import type { FunctionReport, Report } from '../engine/report.ts';
import { listIssues } from './issues.ts';
import type { RenderOptions, Reporter } from './reporter.ts';
import { formatCount, plural } from './counts.ts';
import { code, place, row, section } from './markdown-words.ts';
import { describeRewrite } from './text.ts';

export const markdownReporter: Reporter = {
  name: 'markdown',
  encoding: 'utf8',
  render: ({ report }, options) =>
    [
      '# goto-cleanup\n',
      ...renderTotals(report),
      ...renderRewrites(report),
      ...renderFindings(report),
      ...renderErrors(report),
      ...renderRefusals(report, options),
    ].join('\n'),
};

function renderTotals({ summary }: Report): string[] {
  const { files, functions, rewritable, applied, refused, findings } = summary;
  const rows: [string, number][] = [
    ['can be rewritten, proved', rewritable],
    ['rewritten, proved', applied],
    ...Object.entries(findings),
    ['refused', Object.values(refused).reduce((total, count) => total + count, 0)],
  ];
  const shown = rows.filter(([, count]) => count > 0).map(([what, count]) => `- ${what}: ${formatCount(count)}\n`);
  const scope = `${plural(files, 'file')}, ${plural(functions, 'function')}`;
  return [shown.length === 0 ? `${scope}: nothing to report.\n` : `${scope}:\n\n${shown.join('')}`];
}

function renderRewrites({ files }: Report): string[] {
  const rows = files.flatMap((file) =>
    file.functions
      .filter(({ status }) => status !== 'refused')
      .map((entry) => row([place(file.path, entry.line), code(entry.name), describeRewrite(entry), proofOf(entry)])),
  );
  return section('Repeated cleanup', ['place', 'function', 'rewrite', 'proof'], rows);
}

function proofOf(entry: FunctionReport): string {
  const restsOn = (entry.proof?.restsOn ?? []).map(({ name, fact, from }) => `${code(name)} ${fact} (${from})`);
  const verdict = `${entry.status === 'applied' ? 'applied, ' : ''}${describeVerdict(entry)}`;
  return restsOn.length === 0 ? verdict : `${verdict}; rests on ${restsOn.join(', ')}`;
}

function renderFindings(report: Report): string[] {
  const rows = listIssues(report).flatMap(({ finding, path, line, rule }) =>
    finding ? [row([place(path, line), code(finding.function), finding.message, rule])] : [],
  );
  return section('Findings', ['place', 'function', 'what', 'code'], rows);
}

function renderErrors({ files }: Report): string[] {
  const rows = files.flatMap(({ path, errors }) => errors.map(({ message }) => row([code(path), message])));
  return section('Not looked at', ['file', 'why'], rows);
}

function renderRefusals({ files, summary }: Report, { showRefusals }: RenderOptions): string[] {
  const counts = Object.entries(summary.refused).map(([why, count]) => row([why, formatCount(count)]));
  if (!showRefusals) return section('Refused', ['code', 'functions'], counts);
  const rows = files.flatMap((file) =>
    file.functions
      .filter(({ status }) => status === 'refused')
      .map(({ name, line, at, reason = '', code: why = '' }) =>
        row([place(file.path, at?.line ?? line), code(name), reason, why]),
      ),
  );
  return section('Refused', ['place', 'function', 'why', 'code'], rows);
}
