/** Takes the files of a run through the audit, and puts what `apply` would do beside it. Writes nothing, prints nothing. */
import type { LocalSettings } from './config.ts';
import type { ContextSource } from './context.ts';
import type { SourceFile } from './discover.ts';
import { decodeAll } from './encoding.ts';
import type { AuditedFunction, LaterRelease } from '../audit/model.ts';
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
  const later: Later[] = [];
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
    later.push(...decodeAll(audit.fieldReleases).map((one) => ({ path, ...one })));
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
  const linked = files.map((file) => ({ ...file, functions: file.functions.map((one) => link(one, later)) }));
  const summary = summarizeAudit(linked, { files: checked.summary.files, functions });
  return { schema: 'goto-cleanup/audit-1', tool: checked.tool, command: 'audit', files: linked, summary };
}

type Later = LaterRelease & { readonly field: string };

/** Functions of more places than this release a field of that name: it is too common a name to tell whose. */
const MOST_LATER = 8;

/** Says of what is handed over into a field who releases that field, among the functions of the run. */
function link(audited: AuditedFunction, later: readonly Later[]): AuditedFunction {
  const acquisitions = audited.acquisitions.map((one) => {
    const fields = one.ends.flatMap(({ how, to }) => (how === 'stored' ? (/->(\w+)$/.exec(to ?? '')?.[1] ?? []) : []));
    const found = later.filter(({ field, function: name }) => fields.includes(field) && name !== audited.name);
    if (found.length === 0 || found.length > MOST_LATER) return one;
    return {
      ...one,
      later: found.map(({ path, line, function: name, call }) => ({ path, line, function: name, call })),
    };
  });
  return { ...audited, acquisitions };
}

function isOn({ code }: Finding, { rules = {} }: LocalSettings): boolean {
  return rules[code] !== 'off';
}
