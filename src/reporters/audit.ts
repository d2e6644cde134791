/** The formats of an audit. Each is a pure function from the report to a string. */
import type { RunResult } from '../engine/run.ts';
import type { AuditReport } from '../engine/audit-report.ts';
import { renderAuditMarkdown } from './audit-markdown.ts';
import { renderAuditText } from './audit-text.ts';
import type { RenderOptions } from './reporter.ts';
import { sarifReporter } from './sarif.ts';

/** What a format is made of: the audit, and the check of the same files with the rewrites it found. */
export interface AuditResult {
  readonly audit: AuditReport;
  readonly run: RunResult;
}

type RenderAudit = (result: AuditResult, options: RenderOptions) => string;

/** All formats of `audit`. A new one is an entry here and its name in the command. */
export const AUDIT_REPORTERS = {
  text: ({ audit }, options) => renderAuditText(audit, options),
  json: ({ audit }) => `${JSON.stringify(audit, undefined, 2)}\n`,
  markdown: ({ audit, run }) => renderAuditMarkdown(audit, run.changes),
  sarif: ({ audit, run }, options) => sarifReporter.render({ ...run, report: reportOf(audit, run) }, options),
} as const satisfies Readonly<Record<string, RenderAudit>>;

/** The audit as a report of what was found: places and messages. */
function reportOf({ files }: AuditReport, { report }: RunResult): RunResult['report'] {
  return {
    ...report,
    files: files.map(({ path, findings, unread, rewrites, errors }) => ({
      path,
      findings,
      errors,
      functions: [
        ...rewrites,
        ...unread.map(({ name, line, code, reason }) => ({
          name,
          line,
          endLine: line,
          status: 'refused' as const,
          code,
          reason,
        })),
      ],
    })),
  };
}
