/** The reports of a run as one flat list, for the formats that know nothing but places and messages. */
import { createHash } from 'node:crypto';
import { FINDING_CODES } from '../engine/finding-codes.ts';
import { describeVerdict } from '../engine/notes.ts';
import type { Finding, FunctionReport, Report } from '../engine/report.ts';
import { describeRewrite } from './text.ts';

export type Level = 'error' | 'warning' | 'note';

/** One thing to look at: a function that can be rewritten, or a finding. */
export interface Issue {
  readonly rule: string;
  readonly level: Level;
  /** Relative to the root, with `/`. */
  readonly path: string;
  readonly function: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly message: string;
  /** The same as long as file, function, rule and resource are: lines may move. Hex. */
  readonly fingerprint: string;
  /** What it is about, if it can be rewritten. */
  readonly rewrite?: FunctionReport;
  /** What it is about, if it is a finding. */
  readonly finding?: Finding;
}

/** What a rule is about. */
export interface Rule {
  readonly id: string;
  readonly level: Level;
  readonly means: string;
  readonly advice: string;
}

const REWRITE_RULE: Rule = {
  id: 'repeated-cleanup',
  level: 'note',
  means: 'exits of a function repeat the same cleanup, which can stand once behind a goto; the rewrite is proved',
  advice: 'goto-cleanup apply',
};

const ERRORS = new Set(['double-release', 'use-after-release', 'uninitialised-release']);
const NOTES = new Set(['unused-suppression', 'unused-pair']);

/** Every rule that an issue may name, in a fixed order. */
export const RULES: readonly Rule[] = [
  REWRITE_RULE,
  ...Object.entries(FINDING_CODES).map(([id, { means, advice }]): Rule => ({
    id,
    level: ERRORS.has(id) ? 'error' : NOTES.has(id) ? 'note' : 'warning',
    means,
    advice,
  })),
];

const LEVELS: ReadonlyMap<string, Level> = new Map(RULES.map(({ id, level }) => [id, level]));

/** How grave a finding is. What rests on side evidence is no error, for it may be wrong. */
export function levelOf({ code, evidence = [] }: Finding): Level {
  const level = LEVELS.get(code) ?? 'warning';
  return level === 'error' && evidence.length > 0 ? 'warning' : level;
}

/** The issues of a report, by file and line. What was applied is done, and a refusal is none. */
export function listIssues(report: Report): Issue[] {
  const seen = new Map<string, number>();
  return report.files.flatMap(({ path, functions, findings }) => {
    const rewrites = functions
      .filter(({ status }) => status === 'rewritable')
      .map((entry) => ({ entry, line: entry.line, column: 1, rule: REWRITE_RULE.id, about: '' }));
    const found = findings.map((finding) => ({
      finding,
      line: finding.line,
      column: finding.column,
      rule: finding.code,
      about: finding.resource?.name ?? '',
    }));
    const all = [...rewrites, ...found].toSorted((a, b) => a.line - b.line);
    return all.map(({ line, column, rule, about, ...of }): Issue => {
      const name = 'entry' in of ? of.entry.name : of.finding.function;
      const key = [rule, path, name, about].join('\0');
      const before = seen.get(key) ?? 0;
      seen.set(key, before + 1);
      const fingerprint = createHash('sha256').update(`${key}\0${before}`).digest('hex').slice(0, 32);
      const level = 'entry' in of ? REWRITE_RULE.level : levelOf(of.finding);
      const place = { rule, level, path, function: name, line, column, fingerprint };
      return 'entry' in of
        ? { ...place, endLine: of.entry.endLine, message: messageOf(of.entry), rewrite: of.entry }
        : { ...place, endLine: line, message: `${name}: ${of.finding.message}`, finding: of.finding };
    });
  });
}

function messageOf(entry: FunctionReport): string {
  return `${entry.name}: ${describeRewrite(entry)}, proved ${describeVerdict(entry)}`;
}
