/**
 * SARIF 2.1.0 (OASIS), for code scanning and editors. Results are what can be done and what was found, each rewrite with
 * its fix and each leak with its path; refusals and files that could not be read are notifications of the run.
 */
import { LineIndex } from '../base/span.ts';
import { REFUSALS } from '../diagnostics/refusal.ts';
import { decodeBytes } from '../engine/encoding.ts';
import { describeVerdict } from '../engine/notes.ts';
import type { Finding, FunctionReport } from '../engine/report.ts';
import type { RunResult } from '../engine/run.ts';
import { type Issue, listIssues, RULES } from './issues.ts';
import type { Reporter } from './reporter.ts';

export const sarifReporter: Reporter = {
  name: 'sarif',
  encoding: 'utf8',
  render: (result) => `${JSON.stringify(logOf(result), undefined, 2)}\n`,
};

type Json = Record<string, unknown>;

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
/** The folder that all paths count from. Where it lies on this machine is nobody's business. */
const BASE = 'SRCROOT';

function logOf(result: RunResult): Json {
  const { report } = result;
  const texts = new Map(result.changes.map(({ path, before }) => [path, before]));
  const run = {
    tool: { driver: driverOf(result) },
    columnKind: 'utf16CodeUnits',
    originalUriBaseIds: { [BASE]: { description: { text: 'The root of the repository.' } } },
    invocations: [
      {
        executionSuccessful: result.namedErrors.length + result.ownBugs.length === 0,
        toolExecutionNotifications: notificationsOf(result),
      },
    ],
    results: listIssues(report).map((issue) => resultOf(issue, texts.get(issue.path))),
  };
  return { $schema: SCHEMA, version: '2.1.0', runs: [run] };
}

function driverOf({ report }: RunResult): Json {
  const { name, version } = report.tool;
  return {
    name,
    semanticVersion: version,
    rules: RULES.map(({ id, level, means, advice }) => ({
      id,
      shortDescription: { text: sentence(means) },
      help: { text: sentence(advice) },
      defaultConfiguration: { level },
    })),
    notifications: [
      ...Object.entries(REFUSALS).map(([id, { means }]) => ({ id, shortDescription: { text: sentence(means) } })),
      { id: UNREADABLE, shortDescription: { text: 'A file could not be looked at.' } },
    ],
  };
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

const UNREADABLE = 'file-error';

/** Why things were left alone: no results, since there is nothing that the reader has to do. */
function notificationsOf({ report }: RunResult): Json[] {
  return report.files.flatMap(({ path, functions, errors }) => [
    ...errors.map(({ message }) => ({
      descriptor: { id: UNREADABLE },
      level: 'error',
      message: { text: `${path}: ${message}` },
      locations: [{ physicalLocation: { artifactLocation: artifact(path) } }],
    })),
    ...functions
      .filter(({ status }) => status === 'refused')
      .map(({ name, line, code = '', reason = '', at }) => ({
        descriptor: { id: code },
        level: 'note',
        message: { text: `${name}: ${reason}` },
        locations: [location(path, { startLine: at?.line ?? line, startColumn: at?.column ?? 1 })],
      })),
  ]);
}

function resultOf(issue: Issue, text: string | undefined): Json {
  const { rule, level, path, line, column, endLine, message, fingerprint, finding, rewrite } = issue;
  const region = { startLine: line, startColumn: column, ...(endLine > line && { endLine }) };
  const name = { name: issue.function, kind: 'function' };
  return {
    ruleId: rule,
    ruleIndex: RULES.findIndex(({ id }) => id === rule),
    level,
    message: { text: message },
    locations: [{ ...location(path, region), logicalLocations: [name] }],
    partialFingerprints: { 'functionAndRule/v1': fingerprint },
    ...(finding?.path && finding.path.length > 0 && { codeFlows: [codeFlowOf(path, finding.path)] }),
    ...(rewrite?.edits &&
      text !== undefined && { fixes: [fixOf(path, rewrite, rewrite.edits, new LineIndex(text), text)] }),
  };
}

function codeFlowOf(path: string, steps: NonNullable<Finding['path']>): Json {
  const locations = steps.map(({ line, what }) => ({
    location: { ...location(path, { startLine: line }), message: { text: what } },
  }));
  return { threadFlows: [{ locations }] };
}

type Edits = NonNullable<FunctionReport['edits']>;

/** The edits of the rewrite, in lines and columns of the text as an editor shows it. */
function fixOf(path: string, rewrite: FunctionReport, edits: Edits, lines: LineIndex, text: string): Json {
  const place = (offset: number): { line: number; column: number } => {
    const { line } = lines.place(offset);
    return { line, column: decodeBytes(text.slice(lines.lineStart(line), offset)).length + 1 };
  };
  const replacements = edits.map(({ byteOffset, byteLength, text: inserted, encoding }) => {
    const [start, end] = [place(byteOffset), place(byteOffset + byteLength)];
    const deletedRegion = {
      startLine: start.line,
      startColumn: start.column,
      endLine: end.line,
      endColumn: end.column,
    };
    const binary = encoding === 'latin1' ? Buffer.from(inserted, 'latin1').toString('base64') : undefined;
    return { deletedRegion, insertedContent: binary === undefined ? { text: inserted } : { binary } };
  });
  return {
    description: { text: `Put the cleanup behind a goto (${describeVerdict(rewrite)}).` },
    artifactChanges: [{ artifactLocation: artifact(path), replacements }],
  };
}

function location(path: string, region: Json): Json {
  return { physicalLocation: { artifactLocation: artifact(path), region } };
}

/** A path as a relative URI. */
function artifact(path: string): Json {
  return { uri: path.split('/').map(encodeURIComponent).join('/'), uriBaseId: BASE };
}
