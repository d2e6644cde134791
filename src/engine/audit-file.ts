/** One file of an audit: every function of it that acquires or releases something, and what is found there. */
import { auditFunction } from '../audit/audit-function.ts';
import type { AuditedVersion } from '../audit/audit-function.ts';
import { findEveryLeak, placeFinding } from '../audit/find-leaks.ts';
import type { AuditedFunction, UnreadFunction } from '../audit/model.ts';
import { exitLedger } from '../analysis/ledger.ts';
import { LineIndex } from '../base/span.ts';
import { buildGraph } from '../cfg/build.ts';
import type { Refusal } from '../diagnostics/refusal.ts';
import type { Knowledge } from '../resources/knowledge.ts';
import { calledNames } from '../resources/signature.ts';
import type { FunctionRange } from '../scan/functions.ts';
import { resolveNames } from '../syntax/bindings.ts';
import { chooseFunctions } from './choose-functions.ts';
import { findUnderAll } from './findings.ts';
import type { FileContext } from './pipeline.ts';
import { readFunction } from './read-function.ts';
import type { FunctionVersion } from './read-function.ts';
import type { Finding } from './report.ts';
import { applySuppressions } from './suppressions.ts';
import { scanFunctions } from '../scan/functions.ts';

/** What an audit tells of one file. */
export interface FileAudit {
  readonly functions: readonly AuditedFunction[];
  readonly unread: readonly UnreadFunction[];
  readonly findings: readonly Finding[];
  /** Functions that the run asks for. */
  readonly count: number;
}

/** Audits one file, given as bytes in latin1. */
export function auditFile(text: string, path: string, context: FileContext): FileAudit {
  const looked = chooseFunctions(text, context.options);
  const knowledge = context.knowledgeFor(path, text);
  const lines = new LineIndex(text);
  const functions: AuditedFunction[] = [];
  const unread: UnreadFunction[] = [];
  const findings: Finding[] = [];
  for (const range of looked.ranges) {
    if (!hasResources(text, range, knowledge)) continue;
    const audited = auditRange(text, range, context, knowledge, lines);
    if ('reason' in audited) unread.push(describeUnread(audited, range, lines));
    else {
      if (audited.audit) functions.push(audited.audit);
      findings.push(...audited.findings);
    }
  }
  const outcome = { newText: text, functions: [], rewrites: [], findings, counts: NO_COUNTS };
  const all = scanFunctions(text).functions;
  // Which comments are of no use is for check to say, which looks at rewrites too.
  const left = applySuppressions(text, outcome, looked, all).findings.filter(
    ({ code }) => code !== 'unused-suppression',
  );
  return { functions, unread, findings: left, count: looked.ranges.length };
}

const NO_COUNTS = { functions: 0, attempted: 0, parsed: 0, candidates: 0 };

/** Does the function call anything that acquires or releases? Told by its words, so that few functions are parsed. */
function hasResources(text: string, range: FunctionRange, knowledge: Knowledge): boolean {
  for (const name of calledNames(text.slice(range.bodyStart, range.end))) {
    const { acquires, releases } = knowledge.name(name);
    if (acquires !== undefined || releases !== undefined) return true;
  }
  return false;
}

function auditRange(
  text: string,
  range: FunctionRange,
  context: FileContext,
  knowledge: Knowledge,
  lines: LineIndex,
): Refusal | { readonly audit: AuditedFunction | undefined; readonly findings: readonly Finding[] } {
  const read = readFunction(context.parser(), text, range);
  if (read.kind === 'refusal') return read;
  const versions: (AuditedVersion & { readonly version: FunctionVersion })[] = [];
  for (const version of read.versions) {
    const { tree } = version;
    const bindings = resolveNames(tree);
    const graph = buildGraph(tree, bindings);
    if ('kind' in graph) return graph;
    const ledger = exitLedger({ tree, bindings, graph, knowledge });
    if (ledger.kind === 'refusal') return ledger;
    versions.push({ version, tree, ledger });
  }
  const found = findUnderAll(versions.map(({ version, ledger }) => ({ version, found: findEveryLeak(ledger) })));
  return {
    audit: auditFunction(versions, { name: range.name, range, lines }, knowledge),
    findings: found.map((finding) => placeFinding(finding, range.name, lines)),
  };
}

function describeUnread({ code, reason }: Refusal, range: FunctionRange, lines: LineIndex): UnreadFunction {
  return { name: range.name, line: lines.place(range.start).line, code, reason };
}
