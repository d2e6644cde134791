/** What `goto-cleanup doctor` tells of a machine and a project, and its exit codes. */
import { expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { fakeIo } from './fake-io.ts';
import { makeFolder, makeRepository, put, type RunResult } from './project.ts';

async function doctor(cwd: string, env: Record<string, string> = {}, ...argv: string[]): Promise<RunResult> {
  const io = fakeIo(cwd, { env: { PATH: process.env['PATH'] ?? '', ...env } });
  const code = await main(['doctor', ...argv], io);
  return { code, out: io.out().toString(), err: io.err() };
}

const USES = '#include <glib.h>\nvoid f(void) {\n  ring_put(ring_get());\n  half_get();\n  report();\n}\n';

test('what is needed, and what is known', async () => {
  const folder = makeRepository({ 'a.c': USES, 'lib/b.h': '#include <glib.h>\n' });
  const { code, out, err } = await doctor(folder);
  expect({ code, err }).toEqual({ code: 0, err: 'All is well.\n' });
  const lines = new Map(out.split('\n').map((line) => [line.slice(2, 13).trim(), line.slice(13)]));
  expect(out).toMatch(/^goto-cleanup \d+\.\d+\.\d+\n/);
  expect(lines.get('node:')).toContain(process.version);
  expect(lines.get('parser:')).toMatch(/^tree-sitter \d.*, tree-sitter-c \d/);
  expect(lines.get('git:')).toMatch(/^git version \d/);
  expect(lines.get('root:')).toBe(`${folder}, a git repository`);
  expect(lines.get('files:')).toBe('2 C files');
  expect(lines.get('config:')).toMatch(/^none/);
  expect(lines.get('presets:')).toMatch(/^\d+ of C and POSIX, glib \(included by 2\)$/);
  expect(lines.get('hook:')).toMatch(/^none before commits/);
});

test('declared names that match nothing here, each with its line', async () => {
  const pairs = [
    '    { "acquire": "ring_get", "release": "ring_put" },',
    '    { "acquire": "half_get", "release": "half_put" },',
    '    { "acquire": "ring_ge", "release": "no_put" }',
  ];
  const folder = makeRepository({
    'lib/a.c': USES,
    'lib/goto-cleanup.json': `{\n  "pairs": [\n${pairs.join('\n')}\n  ],\n  "diagnostics": [{ "name": "report" }, { "name": "rep" }]\n}\n`,
    'goto-cleanup.json': '{ "extends": ["sodium"], "neverReturns": ["die"] }',
    'goto-cleanup.learned.json': '{}',
  });
  const { code, out, err } = await doctor(folder);
  expect({ code, err }).toEqual({ code: 1, err: 'goto-cleanup: 4 things to mend, marked with !\n' });
  expect(out.split('\n').filter((line) => line.startsWith('!'))).toEqual([
    '! names:     goto-cleanup.json:1: die is not used here',
    '! pairs:     lib/goto-cleanup.json:5: neither ring_ge nor no_put is used here',
    '! pairs:     lib/goto-cleanup.json:4: of half_get and half_put, half_put is not used here',
    '! names:     lib/goto-cleanup.json:7: rep is not used here',
  ]);
  expect(out).toContain('sodium (by config)');
  expect(out).toContain('goto-cleanup.learned.json is there, but this version does not read it');
});

test('a config that is none is the end of it, but not of the answer', async () => {
  const folder = makeFolder({ 'a.c': USES, 'goto-cleanup.json': '{ "lable": "x" }' });
  const { code, out } = await doctor(folder);
  expect(code).toBe(2);
  expect(out).toMatch(/^ {2}node: /m);
  expect(out).toMatch(/^! config: {4}goto-cleanup\.json:1:3: .*did you mean "label"/m);
  expect(await doctor(folder, {}, '--isolated')).toMatchObject({ code: 0 });
});

test('no git, no compiler, another hook', async () => {
  const folder = makeRepository({ 'a.c': USES });
  put(folder, '.git/hooks/pre-commit', '#!/bin/sh\ntrue\n');
  expect((await doctor(folder)).out).toContain('does not run this tool');
  put(folder, '.git/hooks/pre-commit', '#!/bin/sh\ngoto-cleanup check --staged\n');
  expect((await doctor(folder)).out).toMatch(/pre-commit runs this tool\n$/);
  const { code, out } = await doctor(folder, { CC: 'no-such-compiler -O2' });
  expect(code).toBe(1);
  expect(out).toContain('! compiler:  no-such-compiler: not found; torture needs one');
});
