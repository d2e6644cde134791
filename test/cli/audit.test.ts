/** `audit` on the real pipeline: what a user reads, what programs read, and the exit codes. */
import { describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import type { AuditReport } from '../../src/engine/audit-report.ts';
import { fakeIo } from './fake-io.ts';
import { get, makeFolder, makeRepository, put, type RunResult } from './project.ts';

async function run(cwd: string, ...argv: string[]): Promise<RunResult> {
  const io = fakeIo(cwd);
  const code = await main(argv, io);
  return { code, out: io.out().toString('latin1'), err: io.err() };
}

const CLEAN = `#include <stdlib.h>
#include <stdio.h>

struct deck {
  char *title;
};

int deck_fill(struct deck *deck, const char *path)
{
  FILE *in = fopen(path, "r");
  if (!in)
    return -1;
  deck->title = malloc(80);
  if (!deck->title) {
    fclose(in);
    return -1;
  }
  if (!fgets(deck->title, 80, in)) {
    free(deck->title);
    deck->title = NULL;
    fclose(in);
    return -1;
  }
  fclose(in);
  return 0;
}

int deck_size(const struct deck *deck)
{
  return deck->title ? 1 : 0;
}
`;

const LEAKS = CLEAN.replace('  if (!deck->title) {\n    fclose(in);\n', '  if (!deck->title) {\n');

describe('as text', () => {
  test('each acquisition with what becomes of it at each exit, patterns and a verdict; 0 where nothing is found', async () => {
    const folder = makeFolder({ 'deck.c': CLEAN });
    const { code, out, err } = await run(folder, 'audit');
    expect(code).toBe(0);
    expect(out.split('\n')).toEqual([
      'deck.c:8:1 deck_fill: 2 acquisitions',
      '  line 10: in by fopen(path, "r")',
      '    line 16 returns -1 (error): released in line 15 by fclose(in)',
      '    line 22 returns -1 (error): released in line 21 by fclose(in)',
      '    line 25 returns 0 (success): released in line 24 by fclose(in)',
      '  line 13: deck->title by malloc(80)',
      '    line 22 returns -1 (error): released in line 19 by free(deck->title)',
      '    line 25 returns 0 (success): kept in deck->title',
      'Patterns observed',
      '  1 function: cascade cleanup: a later exit repeats the releases of an earlier one, and adds its own',
      '  1 function: cleanup after use: released on success too',
      '  1 function: released on error only, since success hands it over',
      '  1 function: releases that do nothing on the sentinel',
      'Released by: fclose 3, free 1',
      'Would gain from goto-cleanup apply',
      '  deck.c:8:1 deck_fill: 3 exits repeat 2 releases -> 1 label (-5 +7)  identical',
      'Verdict: 2 acquisitions: nothing is found to leak or to be released wrongly.',
      '',
    ]);
    expect(err).toMatch(/^2 acquisitions: nothing is found to leak or to be released wrongly\. {2}\d+\.\d s\n$/);
  });

  test('a leak is shown with the way to it, and the code is 1', async () => {
    const folder = makeFolder({ 'deck.c': LEAKS });
    const { code, out } = await run(folder, 'audit', 'deck.c');
    expect(code).toBe(1);
    expect(out).toContain('    line 15 returns -1 (error): still held\n');
    expect(out).toContain('deck.c:10:14 deck_fill: `in` leaks when the function returns in line 15  leak-on-path\n');
    expect(out).toContain('    line 14: `deck->title` is false\n');
    expect((await run(folder, 'audit', '--exit-zero', 'deck.c')).code).toBe(0);
  });

  test('with -v every exit stands there, too', async () => {
    const folder = makeFolder({ 'deck.c': CLEAN });
    const { out } = await run(folder, 'audit', '-v');
    expect(out).toContain('    exit in line 16: returns -1; releases fclose(in); nothing held\n');
  });

  test('the functions that apply would rewrite are recommended, and are no finding', async () => {
    const exit = '  if (!*s) {\n    free(a);\n    free(b);\n    return -1;\n  }\n';
    const text = `#include <stdlib.h>\nint f(const char *s) {\n  char *a = malloc(8), *b = malloc(8);\n${exit}${exit}  free(a);\n  free(b);\n  return 0;\n}\n`;
    const { code, out } = await run(makeFolder({ 'a.c': text }), 'audit');
    expect(out).toMatch(/\nWould gain from goto-cleanup apply\n {2}a\.c:2:1 f: 3 exits repeat 4 releases/);
    expect(code).toBe(0);
  });

  test('a comment suppresses a finding, a rule turns it off, and nothing else changes', async () => {
    const commented = LEAKS.replace('int deck_fill', '// goto-cleanup: ignore[leak-on-path] -- known\nint deck_fill');
    const { code, out } = await run(makeFolder({ 'deck.c': commented }), 'audit');
    expect([code, out.includes('leaks')]).toEqual([0, false]);
    expect(out).toContain('still held');
    const config = { 'goto-cleanup.json': '{ "rules": { "leak-on-path": "off" } }', 'deck.c': LEAKS };
    expect(await run(makeFolder(config), 'audit')).toMatchObject({ code: 0 });
  });

  test('a function that can not be read is named with the reason; the others are audited', async () => {
    const broken = CLEAN.replaceAll('deck_fill', 'broken').replace('if (!in)', 'if (!in ((} {');
    const { code, out } = await run(makeFolder({ 'a.c': CLEAN, 'b.c': broken }), 'audit');
    expect(code).toBe(0);
    expect(out).toMatch(/^b\.c:8:1 broken: not audited: .* {2}(parse-error|keyword-census)$/m);
    expect(out).toContain('a.c:8:1 deck_fill: 2 acquisitions');
    expect(out).toContain('; 1 function could not be read.');
  });

  test('only what is asked for: by name, by what is staged', async () => {
    const folder = makeRepository({ 'a.c': CLEAN, 'b.c': CLEAN });
    expect((await run(folder, 'audit', '--function', 'size')).out).toBe('');
    put(folder, 'b.c', LEAKS);
    const { code, out } = await run(folder, 'audit', '--changed');
    expect(code).toBe(1);
    expect(out).not.toContain('a.c');
  });

  test('a field that a callee could have changed is released by its name, and later by another function', async () => {
    const text = `#include <stdlib.h>
struct s { char *rows; };
int fill(struct s *s);
int f(struct s *s)
{
  s->rows = malloc(80);
  if (!s->rows)
    return -1;
  if (fill(s) < 0) {
    free(s->rows);
    s->rows = NULL;
    return -1;
  }
  return 0;
}
`;
    const drop = '#include <stdlib.h>\nstruct s { char *rows; };\nvoid s_drop(struct s *s) { free(s->rows); }\n';
    const { out } = await run(makeFolder({ 'a.c': text, 'b.c': drop }), 'audit');
    expect(out).toContain(
      '  line 6: s->rows by malloc(80)\n' +
        '    line 12 returns -1 (error): released in line 10 by free(s->rows)\n' +
        '    line 14 returns 0 (success): kept in s->rows\n' +
        '    later released by s_drop (b.c:3)\n',
    );
  });

  test('nothing at all is no report', async () => {
    expect(await run(makeFolder({ 'a.c': 'int f(void) { return 1; }\n' }), 'audit')).toMatchObject({
      code: 0,
      out: '',
    });
  });
});

describe('for programs', () => {
  test('JSON has the acquisitions, the ledger, the findings and the counts', async () => {
    const { out } = await run(makeFolder({ 'deck.c': LEAKS }), 'audit', '-f', 'json');
    const report = JSON.parse(out) as AuditReport;
    expect(report).toMatchObject({ schema: 'goto-cleanup/audit-1', command: 'audit' });
    expect(report.files[0]?.functions[0]).toMatchObject({ name: 'deck_fill', line: 8, endLine: 25 });
    expect(report.files[0]?.functions[0]?.acquisitions[0]).toEqual({
      line: 10,
      column: 14,
      handle: 'in',
      call: 'fopen(path, "r")',
      acquirer: 'fopen',
      kind: 'handle',
      from: 'preset stdio',
      ends: [
        { line: 15, side: 'error', exit: 'returns -1', state: 'held' },
        {
          line: 21,
          side: 'error',
          exit: 'returns -1',
          state: 'released',
          releases: [{ line: 20, releaser: 'fclose', call: 'fclose(in)' }],
        },
        {
          line: 24,
          side: 'success',
          exit: 'returns 0',
          state: 'released',
          releases: [{ line: 23, releaser: 'fclose', call: 'fclose(in)' }],
        },
      ],
    });
    expect(report.files[0]?.functions[0]?.exits[1]).toEqual({
      line: 15,
      outcomes: ['returns -1; still held: in'],
    });
    expect(report.summary).toMatchObject({
      files: 1,
      functions: 2,
      audited: 1,
      unread: 0,
      acquisitions: 2,
      ends: { released: 3, handedOver: 1, held: 1, unknown: 0 },
      findings: { 'leak-on-path': 1 },
      rewritable: 0,
      releasers: [
        { name: 'fclose', calls: 2 },
        { name: 'free', calls: 1 },
      ],
    });
  });

  test('SARIF has each finding with the flow that leads to it', async () => {
    const { code, out } = await run(makeFolder({ 'deck.c': LEAKS }), 'audit', '-f', 'sarif');
    expect(code).toBe(1);
    const log = JSON.parse(out) as {
      version: string;
      runs: { results: { ruleId: string; codeFlows: { threadFlows: { locations: unknown[] }[] }[] }[] }[];
    };
    expect(log.version).toBe('2.1.0');
    const [result] = log.runs[0]?.results ?? [];
    expect(result?.ruleId).toBe('leak-on-path');
    expect(result?.codeFlows[0]?.threadFlows[0]?.locations).toHaveLength(5);
  });

  test('Markdown can be committed: findings, patterns, and a table for each function', async () => {
    const folder = makeFolder({ 'deck.c': LEAKS });
    const { out } = await run(folder, 'audit', '-q', '--report', 'markdown:audit.md');
    expect(out).toContain('Verdict: ');
    const markdown = get(folder, 'audit.md');
    expect(markdown).toMatch(/^# Resource audit\n/);
    expect(markdown).toContain('**Verdict.** 2 acquisitions: 1 warning found.\n');
    expect(markdown).toContain(
      '`deck.c:10` `deck_fill`: `in` leaks when the function returns in line 15 (leak-on-path)\n',
    );
    expect(markdown).toContain(
      '| `in` | 10 | `fopen(path, "r")` | line 21: released in line 20 by fclose(in) | line 24: released in line 23 by fclose(in) | line 15 |\n',
    );
    expect(markdown).not.toMatch(/[ \t]$/m);
  });

  test('the same input gives the same bytes', async () => {
    const folder = makeFolder({ 'deck.c': LEAKS, 'b.c': CLEAN });
    for (const format of ['text', 'json', 'markdown', 'sarif'])
      expect((await run(folder, 'audit', '-f', format)).out).toBe((await run(folder, 'audit', '-f', format)).out);
  });
});

describe('used wrongly', () => {
  test('an unknown format, and one that only check has', async () => {
    const folder = makeFolder({});
    expect(await run(folder, 'audit', '-f', 'gitlab')).toMatchObject({ code: 2 });
    expect((await run(folder, 'audit', '--report', 'markdwon:x')).err).toContain('markdown');
    expect((await run(folder, 'audit', '--report', 'markdown')).err).toContain('FORMAT:FILE');
  });

  test('a file that is no C, named by hand', async () => {
    const folder = makeFolder({ 'a.c': '\0\0\0', 'b.c': CLEAN });
    const { code, err, out } = await run(folder, 'audit', 'a.c', 'b.c');
    expect(code).toBe(2);
    expect(err).toContain('a.c: ');
    expect(out).toContain('b.c:8:1 deck_fill');
  });

  test('a report that can not be written is known before anything is looked at', async () => {
    const { code, err } = await run(makeFolder({ 'a.c': CLEAN }), 'audit', '--report', 'json:gone/x.json');
    expect(code).toBe(2);
    expect(err).toContain('no such folder');
  });
});
