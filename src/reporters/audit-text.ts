/** An audit for the terminal: each function with its acquisitions, what becomes of them at each exit, and what was found. */
import type { Acquisition, AuditedFunction } from '../audit/model.ts';
import { PATTERNS } from '../audit/model.ts';
import type { PatternCode } from '../audit/model.ts';
import type { AuditReport, FileAuditReport } from '../engine/audit-report.ts';
import { describeVerdict } from '../engine/notes.ts';
import type { Finding } from '../engine/report.ts';
import { describeAuditVerdict, describeEnd, describeLater } from './audit-words.ts';
import { plural } from './counts.ts';
import { levelOf } from './issues.ts';
import { createPaint, type Paint } from './paint.ts';
import type { RenderOptions } from './reporter.ts';
import { describeRewrite } from './text.ts';

/** Renders the audit. */
export function renderAuditText(audit: AuditReport, options: RenderOptions): string {
  const paint = createPaint(options.color);
  const lines = [
    ...audit.files.flatMap((file) => renderFile(file, options, paint)),
    ...renderPatterns(audit),
    ...renderReleasers(audit),
    ...renderGains(audit, options),
    ...(audit.files.length === 0 ? [] : [`Verdict: ${describeAuditVerdict(audit)}.`]),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function renderFile(file: FileAuditReport, options: RenderOptions, paint: Paint): string[] {
  const path = options.displayPath(file.path);
  const blocks = [
    ...file.functions.map((one) => ({ line: one.line, text: renderFunction(path, one, options, paint) })),
    ...file.findings.map((one) => ({ line: one.line, text: renderFinding(path, one, paint) })),
    ...file.unread.map(({ line, name, reason, code }) => ({
      line,
      text: [`${paint('bold', `${path}:${line}:1`)} ${name}: not audited: ${reason}  ${paint('dim', code)}`],
    })),
  ];
  return blocks.toSorted((a, b) => a.line - b.line).flatMap(({ text }) => text);
}

function renderFunction(path: string, one: AuditedFunction, options: RenderOptions, paint: Paint): string[] {
  const many = one.acquisitions.length === 0 ? 'acquires nothing' : plural(one.acquisitions.length, 'acquisition');
  return [
    `${paint('bold', `${path}:${one.line}:1`)} ${one.name}: ${many}`,
    ...one.acquisitions.flatMap((acquisition) => renderAcquisition(acquisition, paint)),
    ...(options.showLedgers === true || one.acquisitions.length === 0 ? renderLedger(one) : []),
  ];
}

function renderAcquisition(one: Acquisition, paint: Paint): string[] {
  const where = `line ${one.line}${one.isInLoop ? ', in a loop' : ''}`;
  const later = describeLater(one);
  return [
    `  ${where}: ${paint('cyan', one.handle)} by ${one.call}`,
    ...one.ends.map((end) => {
      const side = end.side === 'either' ? '' : ` (${end.side})`;
      const text = `    line ${end.line} ${end.exit}${side}: ${describeEnd(end)}`;
      return end.state === 'held' ? paint('yellow', text) : text;
    }),
    ...(later === '' ? [] : [`    ${later}`]),
  ];
}

function renderLedger({ exits, inexactBecause }: AuditedFunction): string[] {
  return [
    ...exits.flatMap(({ line, outcomes }) => outcomes.map((text) => `    exit in line ${line}: ${text}`)),
    ...(inexactBecause === undefined ? [] : [`    (may say more than the function can do: ${inexactBecause})`]),
  ];
}

function renderFinding(path: string, finding: Finding, paint: Paint): string[] {
  const { line, column, message, code, path: steps = [], evidence = [] } = finding;
  const level = levelOf(finding);
  const head = `${paint('bold', `${path}:${line}:${column}`)} ${finding.function}: ${message}`;
  return [
    `${head}  ${paint(level === 'error' ? 'red' : 'yellow', code)}`,
    ...steps.map((step) => `    line ${step.line}: ${step.what}`),
    ...evidence.map((one) => `    taken for granted: ${one}`),
  ];
}

function renderPatterns({ summary }: AuditReport): string[] {
  const rows = (Object.keys(PATTERNS) as PatternCode[]).flatMap((code) => {
    const count = summary.patterns[code] ?? 0;
    return count === 0 ? [] : [`  ${plural(count, 'function')}: ${PATTERNS[code]}`];
  });
  return rows.length === 0 ? [] : ['Patterns observed', ...rows];
}

function renderReleasers({ summary }: AuditReport): string[] {
  if (summary.releasers.length === 0) return [];
  const shown = summary.releasers.slice(0, MOST_RELEASERS).map(({ name, calls }) => `${name} ${calls}`);
  return [`Released by: ${shown.join(', ')}${summary.releasers.length > MOST_RELEASERS ? ', ...' : ''}`];
}

const MOST_RELEASERS = 12;

function renderGains({ files }: AuditReport, options: RenderOptions): string[] {
  const rows = files.flatMap(({ path, rewrites }) =>
    rewrites.map(
      (entry) =>
        `  ${options.displayPath(path)}:${entry.line}:1 ${entry.name}: ${describeRewrite(entry)}  ${describeVerdict(entry)}`,
    ),
  );
  return rows.length === 0 ? [] : ['Would gain from goto-cleanup apply', ...rows];
}
