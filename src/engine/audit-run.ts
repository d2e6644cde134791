/** Takes the files of a run through the audit, and puts what `apply` would do beside it. Writes nothing, prints nothing. */
import type { LocalSettings } from './config.ts';
import type { ContextSource } from './context.ts';
import type { SourceFile } from './discover.ts';
import { decodeAll } from './encoding.ts';
import type { AuditReport, FileAuditReport } from './audit-report.ts';
import { summarizeAudit } from './audit-report.ts';
import type { Pipeline } from './pipeline.ts';
import type { ReadResult } from './read-source.ts';
import type { Finding, Report } from './report.ts';

export interface AuditRequest {
  readonly files: readonly SourceFile[];
  read(file: SourceFile): ReadResult;
  /** What a check of the same files gives. */
  readonly checked: Report;
}

/** The audit of all files, in order. */
export function auditFiles(request: AuditRequest, pipeline: Pipeline, contexts: ContextSource): AuditReport {
  const { checked } = request;
  const reports = new Map(checked.files.map((file) => [file.path, file]));
  const files: FileAuditReport[] = [];
  let functions = 0;
  for (const file of request.files) {
    const { path } = file;
    const report = reports.get(path);
    const read = request.read(file);
    if (read.kind !== 'text') {
      if (report) files.push({ path, functions: [], findings: [], unread: [], rewrites: [], errors: report.errors });
      continue;
    }
    const { context, local } = contexts.contextOf(file);
    const audit = pipeline.auditFile(read.text, path, context);
    functions += audit.count;
    const rewrites = (report?.functions ?? []).filter(({ status }) => status === 'rewritable');
    const findings = decodeAll(audit.findings).filter((one) => isOn(one, local));
    const isEmpty = audit.functions.length + audit.unread.length + findings.length + rewrites.length === 0;
    if (isEmpty) continue;
    files.push({
      path,
      functions: decodeAll(audit.functions),
      findings,
      unread: decodeAll(audit.unread),
      rewrites,
      errors: [],
    });
  }
  const summary = summarizeAudit(files, { files: checked.summary.files, functions });
  return { schema: 'goto-cleanup/audit-1', tool: checked.tool, command: 'audit', files, summary };
}

function isOn({ code }: Finding, { rules = {} }: LocalSettings): boolean {
  return rules[code] !== 'off';
}
