/** What the HTML page is made of: plain data, from the result of a run. Texts of sources are bytes as latin1. */
import { describeVerdict } from '../engine/notes.ts';
import type { FunctionLedger } from '../engine/function-ledger.ts';
import type { FileReport, FunctionReport } from '../engine/report.ts';
import type { FileChange, RunResult } from '../engine/run.ts';
import { formatCount, plural } from './counts.ts';
import { RULES } from './issues.ts';
import { describeRewrite } from './text.ts';

export interface PageData {
  readonly tool: string;
  readonly command: string;
  readonly scope: string;
  /** `41 can be rewritten, proved` and the like. */
  readonly totals: readonly string[];
  readonly files: readonly PageFile[];
}

export interface PageFile {
  readonly path: string;
  /** The lines of a patch before the first hunk, as bytes; empty where nothing can be rewritten. */
  readonly head: string;
  /** The number of its last line, where that has no newline. */
  readonly bareLine?: number;
  readonly entries: readonly PageEntry[];
  readonly errors: readonly string[];
}

/** A function that can be or was rewritten, or was refused; or a finding. */
export interface PageEntry {
  readonly kind: 'rewritable' | 'applied' | 'refused' | 'finding';
  readonly name: string;
  readonly line: number;
  /** What is filtered by: a rule or a reason for a refusal. */
  readonly code: string;
  readonly form?: string;
  readonly verdict?: string;
  /** In a sentence. */
  readonly what: string;
  /** Facts a proof stands on, or the steps that lead to a finding. */
  readonly details: readonly string[];
  readonly source?: PageSource;
  readonly ledger?: FunctionLedger['rows'];
}

/** The lines of a function and of what is around it, and what becomes of them. */
export interface PageSource {
  /** Number of the first line, from 1. */
  readonly from: number;
  readonly lines: readonly string[];
  /** First and last line of the function itself. */
  readonly own: readonly [first: number, last: number];
  readonly changes: readonly PageChange[];
  /** Comment lines for the patch, as bytes. */
  readonly notes: readonly string[];
}

/** From a line of the old text on so many go, and these come; where none goes, they come before it. Bytes. */
export interface PageChange {
  readonly line: number;
  readonly removed: number;
  readonly added: readonly string[];
}

/** Lines around a change that a patch shows. */
export const CONTEXT = 3;

/** The data of a page. */
export function pageData(result: RunResult): PageData {
  const { report, changes, ledgers } = result;
  const byPath = new Map(changes.map((change) => [change.path, readChange(change)]));
  const { files, functions } = report.summary;
  return {
    tool: `${report.tool.name} ${report.tool.version}`,
    command: report.command,
    scope: `${plural(files, 'file')}, ${plural(functions, 'function')}`,
    totals: totalsOf(result),
    files: report.files.map((file) => fileOf(file, byPath.get(file.path), ledgers.get(file.path) ?? [])),
  };
}

function totalsOf({ report }: RunResult): string[] {
  const { rewritable, applied, refused, findings } = report.summary;
  const counts: [number, string][] = [
    [rewritable, 'can be rewritten, proved'],
    [applied, 'rewritten, proved'],
    ...Object.entries(findings).map(([code, count]): [number, string] => [count, code]),
    [Object.values(refused).reduce((sum, count) => sum + count, 0), 'refused'],
  ];
  return counts.filter(([count]) => count > 0).map(([count, what]) => `${formatCount(count)} ${what}`);
}

function fileOf(file: FileReport, change: ReadChange | undefined, ledgers: readonly FunctionLedger[]): PageFile {
  const entries = [
    ...file.functions.map((entry) => functionOf(entry, change, ledgers)),
    ...file.findings.map(({ code, function: name, line, message, path = [] }): PageEntry => ({
      kind: 'finding',
      name,
      line,
      code,
      what: message,
      details: path.map((step) => `line ${step.line}: ${step.what}`),
    })),
  ];
  return {
    path: file.path,
    head: change?.head ?? '',
    ...(change?.isBare === true && { bareLine: change.lines.length }),
    entries: entries.toSorted((a, b) => a.line - b.line),
    errors: file.errors.map(({ message }) => message),
  };
}

function functionOf(
  entry: FunctionReport,
  change: ReadChange | undefined,
  ledgers: readonly FunctionLedger[],
): PageEntry {
  const { name, line, status } = entry;
  if (status === 'refused')
    return { kind: status, name, line, code: entry.code ?? '', what: entry.reason ?? '', details: placeOf(entry) };
  const ledger = ledgers.find((one) => one.line === line);
  const source = change && sourceOf(entry, change);
  return {
    kind: status,
    name,
    line,
    code: RULES[0]?.id ?? '',
    form: entry.style ?? 'single',
    verdict: describeVerdict(entry),
    what: describeRewrite(entry),
    details: (entry.proof?.restsOn ?? []).map((one) => `rests on: ${one.name} ${one.fact} (${one.from})`),
    ...(source && { source }),
    ...(ledger && { ledger: ledger.rows }),
  };
}

function placeOf({ at, line }: FunctionReport): string[] {
  return at && at.line !== line ? [`at line ${at.line}, column ${at.column}`] : [];
}

/** The change of a file, read from its part of the patch. */
interface ReadChange {
  readonly head: string;
  readonly lines: readonly string[];
  /** The last line has no newline. */
  readonly isBare: boolean;
  readonly changes: readonly PageChange[];
  readonly notes: readonly string[];
}

function readChange({ before, patch }: FileChange): ReadChange {
  const start = patch.startsWith('diff --git ') ? 0 : patch.indexOf('\ndiff --git ') + 1;
  const body = patch.indexOf('\n@@ ', start) + 1;
  const isBare = !before.endsWith('\n');
  const lines = before.split('\n');
  if (!isBare) lines.pop();
  return {
    head: patch.slice(start, body),
    lines,
    isBare,
    changes: readHunks(patch.slice(body).split('\n')),
    notes: patch.slice(0, start).split('\n').filter(Boolean),
  };
}

/** Runs of removed and added lines, with the numbers they have in the old text. */
function readHunks(lines: readonly string[]): PageChange[] {
  const changes: { line: number; removed: number; added: string[] }[] = [];
  let at = 0;
  let open: (typeof changes)[number] | undefined;
  for (const line of lines) {
    const mark = line.charAt(0);
    const head = /^@@ -(\d+)(?:,(\d+))? /.exec(line);
    if (head) at = Number(head[1]) + (head[2] === '0' ? 1 : 0);
    if (mark !== '-' && mark !== '+') {
      if (mark === ' ') at++;
      if (mark !== '\\') open = undefined;
      continue;
    }
    if (!open) changes.push((open = { line: at, removed: 0, added: [] }));
    if (mark === '+') open.added.push(line.slice(1));
    else {
      open.removed++;
      at++;
    }
  }
  return changes;
}

function sourceOf(entry: FunctionReport, change: ReadChange): PageSource | undefined {
  const own = [entry.line, entry.endLine] as const;
  const changes = change.changes.filter(({ line }) => line >= own[0] && line <= own[1]);
  // One beyond the limit of functions is no part of the patch.
  if (changes.length === 0) return undefined;
  const from = Math.max(1, entry.line - CONTEXT);
  return {
    from,
    lines: change.lines.slice(from - 1, entry.endLine + CONTEXT),
    own,
    changes,
    notes: notesAt(change.notes, entry),
  };
}

/** The comment of the patch that speaks of this function: a head, and what is indented behind it. */
function notesAt(notes: readonly string[], { line, name }: FunctionReport): string[] {
  const isHead = (note: string): boolean => !note.startsWith('#   ');
  const start = notes.findIndex((note) => isHead(note) && note.includes(`:${line} ${name}: `));
  if (start === -1) return [];
  const end = notes.findIndex((note, at) => at > start && isHead(note));
  return notes.slice(start, end === -1 ? notes.length : end);
}
