/** One file of an audit: every function of it that acquires or releases something, and what is found there. */
import { auditFunction, fieldReleases } from '../audit/audit-function.ts';
import type { AuditedVersion, FieldRelease } from '../audit/audit-function.ts';
import { findEveryLeak, placeFinding } from '../audit/find-leaks.ts';
import type { AuditedFunction, UnreadFunction } from '../audit/model.ts';
import { createInsight } from '../audit/callees.ts';
import type { Read } from '../audit/callees.ts';
import type { OpenFile } from './audit-index.ts';
import { findConstants, findUnionMembers } from '../audit/constants.ts';
import type { Insight } from '../analysis/insight.ts';
import { exitLedger } from '../analysis/ledger.ts';
import { LineIndex } from '../base/span.ts';
import { buildGraph } from '../cfg/build.ts';
import type { Refusal } from '../diagnostics/refusal.ts';
import type { Knowledge } from '../resources/knowledge.ts';
import { calledNames } from '../resources/signature.ts';
import type { FunctionRange } from '../scan/functions.ts';
import { resolveNames } from '../syntax/bindings.ts';
import type { FunctionTree } from '../syntax/tree.ts';
import { chooseFunctions } from './choose-functions.ts';
import { findUnderAll } from './findings.ts';
import type { FileContext } from './pipeline.ts';
import { readFunction } from './read-function.ts';
import type { FunctionVersion, ReadFunction } from './read-function.ts';
import type { Finding } from './report.ts';
import { applySuppressions } from './suppressions.ts';
import { scanFunctions } from '../scan/functions.ts';

/** What an audit tells of one file. */
export interface FileAudit {
  readonly functions: readonly AuditedFunction[];
  readonly unread: readonly UnreadFunction[];
  readonly findings: readonly Finding[];
  /** Who releases what is handed over into a field. */
  readonly fieldReleases: readonly FieldRelease[];
  /** Functions that the run asks for. */
  readonly count: number;
}

/** Audits one file, given as bytes in latin1. */
export function auditFile(text: string, path: string, context: FileContext): FileAudit {
  const looked = chooseFunctions(text, context.options);
  const subject = openSubject(text, path, context);
  const lines = new LineIndex(text);
  const functions: AuditedFunction[] = [];
  const unread: UnreadFunction[] = [];
  const findings: Finding[] = [];
  const released: FieldRelease[] = [];
  for (const range of looked.ranges) {
    if (!hasResources(text, range, subject)) continue;
    const audited = auditRange(subject, range, lines);
    if ('reason' in audited) unread.push(describeUnread(audited, range, lines));
    else {
      if (audited.audit) functions.push(audited.audit);
      findings.push(...audited.findings);
      released.push(...audited.released);
    }
  }
  const outcome = { newText: text, functions: [], rewrites: [], findings, counts: NO_COUNTS };
  const all = scanFunctions(text).functions;
  // Which comments are of no use is for check to say, which looks at rewrites too.
  const left = applySuppressions(text, outcome, looked, all).findings.filter(
    ({ code }) => code !== 'unused-suppression',
  );
  return { functions, unread, findings: left, fieldReleases: released, count: looked.ranges.length };
}

/** The file under audit, and what is known in it. */
interface Subject {
  readonly knowledge: Knowledge;
  readonly insight: Insight;
  /** Parses a function once, for itself and for those that call it. */
  read(range: FunctionRange): ReadFunction | Refusal;
}

function openSubject(text: string, path: string, context: FileContext): Subject {
  const base = context.knowledgeFor(path, text);
  const { functions } = scanFunctions(text);
  const done = new Map<number, ReadFunction | Refusal>();
  const read = (range: FunctionRange): ReadFunction | Refusal => {
    const known = done.get(range.start) ?? readFunction(context.parser(), text, range);
    done.set(range.start, known);
    return known;
  };
  const constants = findConstants(text);
  const unions = findUnionMembers(text);
  const { index } = context;
  const knowledge: Knowledge = {
    ...base,
    constant: (name) => {
      const value = constants.get(name);
      if (value !== undefined) return { value };
      return base.constant?.(name) ?? (isOfOthers(name, base) ? index?.global(name) : undefined);
    },
  };
  const open: OpenFile = (other, otherText) => openSubject(otherText, other, context).insight;
  const treesOf = (name: string): readonly FunctionTree[] =>
    functions
      .filter((range) => range.name === name)
      .flatMap((range) => {
        const known = read(range);
        return known.kind === 'function' ? known.versions.map(({ tree }) => tree) : [];
      });
  return {
    knowledge,
    read,
    insight: createInsight({
      knowledge,
      treesOf,
      isUnionMember: (field) => unions.has(field),
      ...(index && { elsewhere: (name: string, at: Read) => index.callee(name, at, path, open) }),
    }),
  };
}

/** An object that is declared in sight, as one of another file may be. */
function isOfOthers(name: string, knowledge: Knowledge): boolean {
  return knowledge.name(name).kind === 'object';
}

const NO_COUNTS = { functions: 0, attempted: 0, parsed: 0, candidates: 0 };

/** Does the function call anything that acquires or releases? Told by its words, so that few functions are parsed. */
function hasResources(text: string, range: FunctionRange, { knowledge, insight }: Subject): boolean {
  for (const name of calledNames(text.slice(range.bodyStart, range.end))) {
    const { acquires, releases } = insight.called(name, () => undefined)?.facts ?? knowledge.name(name);
    if (acquires !== undefined || releases !== undefined) return true;
  }
  return false;
}

function auditRange(
  subject: Subject,
  range: FunctionRange,
  lines: LineIndex,
):
  | Refusal
  | {
      readonly audit: AuditedFunction | undefined;
      readonly findings: readonly Finding[];
      readonly released: readonly FieldRelease[];
    } {
  const { knowledge, insight } = subject;
  const read = subject.read(range);
  if (read.kind === 'refusal') return read;
  const versions: (AuditedVersion & { readonly version: FunctionVersion })[] = [];
  for (const version of read.versions) {
    const { tree } = version;
    const bindings = resolveNames(tree);
    const graph = buildGraph(tree, bindings);
    if ('kind' in graph) return graph;
    const ledger = exitLedger({ tree, bindings, graph, knowledge, insight });
    if (ledger.kind === 'refusal') return ledger;
    versions.push({ version, tree, ledger });
  }
  const found = findUnderAll(
    versions.map(({ version, ledger }) => ({ version, found: findEveryLeak(ledger, { isAudit: true }) })),
  );
  return {
    audit: auditFunction(versions, { name: range.name, range, lines }, knowledge),
    findings: found.map((finding) => placeFinding(finding, range.name, lines)),
    released: fieldReleases(versions, range.name, lines),
  };
}

function describeUnread({ code, reason }: Refusal, range: FunctionRange, lines: LineIndex): UnreadFunction {
  return { name: range.name, line: lines.place(range.start).line, code, reason };
}
