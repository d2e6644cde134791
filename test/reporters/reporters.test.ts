import { describe, expect, test } from 'vitest';
import type { FunctionReport, Report } from '../../src/engine/report.ts';
import type { RunResult } from '../../src/engine/run.ts';
import type { VerifyReport } from '../../src/engine/verify-report.ts';
import { REPORTERS } from '../../src/reporters/registry.ts';
import type { RenderOptions } from '../../src/reporters/reporter.ts';
import { formatCount, plural } from '../../src/reporters/counts.ts';
import { describeVerified, VERIFY_REPORTERS } from '../../src/reporters/verify.ts';

const JOIN: FunctionReport = {
  name: 'room_join',
  line: 402,
  endLine: 470,
  status: 'rewritable',
  style: 'ladder',
  successShares: false,
  labels: ['err_a', 'err_b', 'err_c'],
  exits: 6,
  releasesBefore: 17,
  releasesAfter: 6,
  linesAdded: 19,
  linesRemoved: 31,
  proof: { verdict: 'equivalent', uses: ['reorder'], restsOn: [], exits: 7 },
};

const REPORT: Report = {
  schema: 'goto-cleanup/report-1',
  tool: { name: 'goto-cleanup', version: '0.1.0', configHash: 'abc' },
  command: 'check',
  files: [
    {
      path: 'lib/rooms.c',
      functions: [
        { name: 'late', line: 500, endLine: 510, status: 'refused', code: 'alias', reason: 'q is p' },
        JOIN,
        { ...JOIN, line: 450, name: 'tail', exits: 3, releasesBefore: 0, releasesAfter: 0, labels: ['out'] },
      ],
      findings: [
        {
          code: 'leak-on-path',
          function: 'band_create',
          line: 410,
          column: 5,
          message: '`ring` leaks when the second allocation fails',
        },
      ],
      errors: [],
    },
    { path: 'bin.c', functions: [], findings: [], errors: [{ code: 'binary-file', message: 'a binary file' }] },
  ],
  summary: {
    files: 2,
    functions: 12_345,
    attempted: 3,
    parsed: 3,
    candidates: 3,
    rewritable: 2,
    applied: 0,
    refused: { alias: 1 },
    findings: { 'leak-on-path': 1 },
    unusedPairs: [],
  },
};

const RESULT: RunResult = {
  report: REPORT,
  changes: [
    { path: 'a.c', absolute: '/a.c', before: '', after: '', functions: [], patch: 'one\n\xe9\n' },
    { path: 'b.c', absolute: '/b.c', before: '', after: '', functions: [], patch: 'two\n' },
  ],
  namedErrors: [],
  ownBugs: [],
  skipped: [],
  configPaths: [],
  ledgers: new Map(),
};

const PLAIN: RenderOptions = { color: false, showRefusals: false, statistics: false, displayPath: (path) => path };

const reporters = new Map(
  await Promise.all(Object.entries(REPORTERS).map(async ([name, load]) => [name, await load()] as const)),
);

function render(name: string, options: Partial<RenderOptions> = {}): string {
  return reporters.get(name)?.render(RESULT, { ...PLAIN, ...options }) ?? '';
}

test('each goes by its own name', () => {
  for (const [name, reporter] of reporters) expect(reporter.name).toBe(name);
});

describe('text', () => {
  test('one line each, in the order of the file', () => {
    expect(render('text')).toBe(
      'lib/rooms.c:402:1 room_join: 6 exits repeat 11 releases -> 3 labels (-31 +19)  equivalent: reorder\n' +
        'lib/rooms.c:410:5 band_create: `ring` leaks when the second allocation fails  leak-on-path\n' +
        'lib/rooms.c:450:1 tail: 3 exits end in the same statements -> 1 label (-31 +19)  equivalent: reorder\n',
    );
  });

  test('refusals, statistics and paths as asked', () => {
    const text = render('text', { showRefusals: true, statistics: true, displayPath: (path) => `../${path}` });
    expect(text.split('\n').slice(3)).toEqual([
      '../lib/rooms.c:500:1 late: q is p  alias',
      '2  repeated-cleanup',
      '1  leak-on-path',
      '1  refused: alias',
      '',
    ]);
  });

  test('colours change nothing but colours', () => {
    // eslint-disable-next-line no-control-regex -- that is what is looked for
    const stripped = render('text', { color: true }).replaceAll(/\u001B\[\d+m/g, '');
    expect(stripped).toBe(render('text'));
    expect(render('text', { color: true })).not.toBe(stripped);
  });

  test('counts', () => {
    expect([formatCount(999), formatCount(3982), formatCount(1_234_567)]).toEqual(['999', '3,982', '1,234,567']);
    expect([plural(1, 'label'), plural(0, 'label')]).toEqual(['1 label', '0 labels']);
  });
});

describe('machine formats', () => {
  test('JSON is the report itself', () => {
    expect(JSON.parse(render('json'))).toEqual(REPORT);
  });

  test('JSON lines', () => {
    const records = render('jsonl')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { record: string; path?: string });
    expect(records.map(({ record, path }) => `${record} ${path ?? ''}`.trim())).toEqual([
      'function lib/rooms.c',
      'function lib/rooms.c',
      'function lib/rooms.c',
      'finding lib/rooms.c',
      'error bin.c',
      'summary',
    ]);
    expect(records.at(-1)).toMatchObject({ schema: 'goto-cleanup/report-1', summary: REPORT.summary });
  });

  test('the patch is bytes', () => {
    expect(render('patch')).toBe('one\n\xe9\ntwo\n');
    expect(reporters.get('patch')?.encoding).toBe('latin1');
  });
});

describe('verify', () => {
  const report: VerifyReport = {
    schema: 'goto-cleanup/verify-1',
    functions: [
      {
        name: 'f',
        before: { path: 'old.c', line: 3 },
        after: { path: 'new.c', line: 4 },
        change: 'moved',
        verdict: 'equivalent',
        uses: ['reorder', 'errno: free'],
        restsOn: [{ name: 'free', fact: 'keeps errno', from: 'preset libc-memory' }],
      },
      {
        name: 'g',
        before: { path: 'old.c', line: 30 },
        after: { path: 'new.c', line: 40 },
        verdict: 'different',
        uses: [],
        reason: 'one version releases `b`, the other does not',
        difference: {
          decisions: [
            { text: 'a ==\n  NULL', taken: true, line: 31 },
            { text: 'b', taken: false, line: 33 },
          ],
          before: { effects: ['free(b)', 'free(a)'], holds: [], returns: '-1', line: 35 },
          after: { effects: [], holds: ['malloc(3)'], returns: '', line: 48 },
        },
      },
      { name: 'h', before: { path: 'old.c', line: 60 }, verdict: 'unproved', uses: [], reason: 'only before' },
    ],
    notJudged: [
      { path: 'm.h', line: 7, name: 'FREE', reason: '`FREE` is defined differently' },
      { path: 'a.c', reason: 'a header differs', functions: ['a', 'b', 'c', 'd', 'e', 'g', 'i'] },
    ],
    summary: { identical: 0, equivalent: 1, different: 1, unproved: 1, added: 0, removed: 0, moved: 1, notJudged: 2 },
  };

  test('text shows the path to the first difference and both ledgers', () => {
    expect(VERIFY_REPORTERS.text(report, PLAIN).split('\n')).toEqual([
      'new.c:4:1 f: equivalent: reorder, errno: free  (moved from old.c:3)',
      '  rests on: free keeps errno (preset libc-memory)',
      'new.c:40:1 g: different',
      '  one version releases `b`, the other does not',
      '  on the path',
      '    when a == NULL  (line 31)',
      '    when not b  (line 33)',
      '  before (old.c:35)',
      '    free(b)',
      '    free(a)',
      '    returns -1',
      '  after (new.c:48)',
      '    (nothing)',
      '    still holds malloc(3)',
      'old.c:60:1 h: unproved',
      '  only before',
      'm.h:7:1 not judged: `FREE` is defined differently',
      'a.c not judged: a header differs',
      '  it is used, with no change of their own, by a, b, c, d, e and 2 more',
      '',
    ]);
    expect(describeVerified(report)).toBe('0 identical, 1 equivalent, 1 different, 1 unproved, 1 moved, 2 not judged');
  });

  test('JSON is the report itself', () => {
    expect(JSON.parse(VERIFY_REPORTERS.json(report, PLAIN))).toEqual(report);
  });
});
