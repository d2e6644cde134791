/** The formats that other programs read, made from one report with something of everything in it. */
import { describe, expect, test } from 'vitest';
import type { Report } from '../../src/engine/report.ts';
import type { RunResult } from '../../src/engine/run.ts';
import { githubReporter } from '../../src/reporters/github.ts';
import { gitlabReporter } from '../../src/reporters/gitlab.ts';
import { listIssues, RULES } from '../../src/reporters/issues.ts';
import { markdownReporter } from '../../src/reporters/markdown.ts';
import { sarifReporter } from '../../src/reporters/sarif.ts';
import { PLAIN, REPORT, RESULT } from './sample-result.ts';

describe('issues', () => {
  test('what was applied is done, a refusal is none; the rest is in the order of the lines', () => {
    expect(listIssues(REPORT).map(({ rule, line, level }) => [rule, line, level])).toEqual([
      ['repeated-cleanup', 1, 'note'],
      ['leak-on-path', 20, 'warning'],
      ['double-release', 30, 'error'],
    ]);
  });

  test('a fingerprint stays when lines move, and differs for each issue', () => {
    const moved: Report = {
      ...REPORT,
      files: REPORT.files.map((file) => ({
        ...file,
        findings: file.findings.map((finding) => ({ ...finding, line: finding.line + 7 })),
      })),
    };
    const [before, after] = [listIssues(REPORT), listIssues(moved)].map((all) => all.map((one) => one.fingerprint));
    expect(after).toEqual(before);
    const twice: Report = {
      ...REPORT,
      files: REPORT.files.map((file) => ({ ...file, findings: [...file.findings, ...file.findings] })),
    };
    const all = listIssues(twice).map((one) => one.fingerprint);
    expect(new Set(all).size).toBe(5);
  });
});

interface SarifRun {
  readonly tool: { readonly driver: { readonly rules: { id: string }[]; readonly notifications: { id: string }[] } };
  readonly invocations: {
    executionSuccessful: boolean;
    toolExecutionNotifications: { descriptor: { id: string } }[];
  }[];
  readonly results: {
    ruleId: string;
    ruleIndex: number;
    locations: unknown;
    codeFlows?: unknown;
    fixes?: { artifactChanges: { replacements: unknown[] }[] }[];
  }[];
}

function sarif(result: RunResult = RESULT): SarifRun {
  const log = JSON.parse(sarifReporter.render(result, PLAIN)) as { version: string; runs: SarifRun[] };
  expect(log.version).toBe('2.1.0');
  return log.runs[0] as SarifRun;
}

describe('SARIF', () => {
  test('each result names a rule of the list', () => {
    const { tool, results } = sarif();
    expect(results).toHaveLength(3);
    for (const { ruleId, ruleIndex } of results) expect(tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
    expect(tool.driver.rules.map(({ id }) => id)).toEqual(RULES.map(({ id }) => id));
  });

  test('refusals and errors are notifications with a descriptor of the list', () => {
    const { tool, invocations } = sarif();
    const ids = invocations[0]?.toolExecutionNotifications.map(({ descriptor }) => descriptor.id);
    expect(ids).toEqual(['alias', 'file-error']);
    for (const id of ids ?? []) expect(tool.driver.notifications.map((one) => one.id)).toContain(id);
    expect(invocations[0]?.executionSuccessful).toBe(true);
    const failed = sarif({ ...RESULT, namedErrors: [{ path: 'bin.c', message: 'a binary file' }] });
    expect(failed.invocations[0]?.executionSuccessful).toBe(false);
  });

  test('paths are relative URIs, columns count characters, foreign bytes are binary', () => {
    const [rewrite] = sarif().results;
    expect(rewrite?.locations).toMatchObject([
      { physicalLocation: { artifactLocation: { uri: 'lib/a%20b%2C%25.c', uriBaseId: 'SRCROOT' } } },
    ]);
    expect(rewrite?.fixes?.[0]?.artifactChanges[0]?.replacements).toEqual([
      {
        deletedRegion: { startLine: 1, startColumn: 10, endLine: 1, endColumn: 13 },
        insertedContent: { text: 'long' },
      },
      {
        deletedRegion: { startLine: 2, startColumn: 3, endLine: 2, endColumn: 12 },
        insertedContent: { text: 'goto out;\n' },
      },
      {
        deletedRegion: { startLine: 2, startColumn: 12, endLine: 2, endColumn: 12 },
        insertedContent: { binary: '6Q==' },
      },
    ]);
  });

  test('a leak has its path', () => {
    const flow = sarif().results[1]?.codeFlows;
    expect(flow).toMatchObject([
      {
        threadFlows: [
          {
            locations: [
              { location: { physicalLocation: { region: { startLine: 18 } }, message: { text: 'ring_new succeeds' } } },
              { location: { physicalLocation: { region: { startLine: 20 } }, message: { text: 'returns' } } },
            ],
          },
        ],
      },
    ]);
    expect(sarif().results[2]).not.toHaveProperty('codeFlows');
  });
});

describe('GitHub', () => {
  test('one command a line, with what the runner would misread escaped', () => {
    expect(githubReporter.render(RESULT, PLAIN).trimEnd().split('\n')).toEqual([
      '::error file=bin.c,title=binary-file::a binary file',
      '::notice file=lib/a b%2C%25.c,line=1,endLine=3,col=1,title=repeated-cleanup::f: 3 exits repeat 4 releases -> 1 label (-1 +1), proved equivalent: reorder',
      '::warning file=lib/a b%2C%25.c,line=20,endLine=20,col=5,title=leak-on-path::h: `ring` leaks%0Awhen it fails',
      '::error file=lib/a b%2C%25.c,line=30,endLine=30,col=5,title=double-release::h: `p` is released twice',
    ]);
  });
});

describe('GitLab', () => {
  test('a list of what its widget reads', () => {
    const issues = JSON.parse(gitlabReporter.render(RESULT, PLAIN)) as { check_name: string; severity: string }[];
    expect(issues.map(({ check_name: name, severity }) => [name, severity])).toEqual([
      ['repeated-cleanup', 'minor'],
      ['leak-on-path', 'major'],
      ['double-release', 'critical'],
    ]);
    expect(issues[0]).toMatchObject({ location: { path: 'lib/a b,%.c', lines: { begin: 1, end: 3 } } });
  });
});

describe('Markdown', () => {
  test('tables in which a bar is no border and a line no row', () => {
    expect(markdownReporter.render(RESULT, { ...PLAIN, showRefusals: true })).toBe(
      [
        '# goto-cleanup',
        '',
        '2 files, 1,234 functions:',
        '',
        '- can be rewritten, proved: 1',
        '- rewritten, proved: 1',
        '- double-release: 1',
        '- leak-on-path: 1',
        '- refused: 1',
        '',
        '## Repeated cleanup',
        '',
        '| place | function | rewrite | proof |',
        '| --- | --- | --- | --- |',
        '| `lib/a b,%.c:1` | `f` | 3 exits repeat 4 releases -> 1 label (-1 +1) | equivalent: reorder; rests on `PUT` releases memory (put.h:3) |',
        '| `lib/a b,%.c:1` | `done` | 3 exits repeat 4 releases -> 1 label (-1 +1) | applied, equivalent: reorder; rests on `PUT` releases memory (put.h:3) |',
        '',
        '## Findings',
        '',
        '| place | function | what | code |',
        '| --- | --- | --- | --- |',
        '| `lib/a b,%.c:20` | `h` | `ring` leaks when it fails | leak-on-path |',
        '| `lib/a b,%.c:30` | `h` | `p` is released twice | double-release |',
        '',
        '## Not looked at',
        '',
        '| file | why |',
        '| --- | --- |',
        '| `bin.c` | a binary file |',
        '',
        '## Refused',
        '',
        '| place | function | why | code |',
        '| --- | --- | --- | --- |',
        '| `lib/a b,%.c:10` | `g` | p \\| q | alias |',
        '',
      ].join('\n'),
    );
  });

  test('refusals are counted unless they are asked for; nothing at all is one sentence', () => {
    expect(markdownReporter.render(RESULT, PLAIN)).toContain('| code | functions |\n| --- | --- |\n| alias | 1 |\n');
    const summary = { ...REPORT.summary, rewritable: 0, applied: 0, refused: {}, findings: {} };
    const empty = { ...RESULT, report: { ...REPORT, files: [], summary } };
    expect(markdownReporter.render(empty, PLAIN)).toBe(
      '# goto-cleanup\n\n2 files, 1,234 functions: nothing to report.\n',
    );
  });
});
