/** Files that give nothing to do or cannot be read, with the real pipeline: a clear message, the exit code, no change. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { fakeIo } from './fake-io.ts';
import { get, git, makeRepository, REPEATS, type RunResult } from './project.ts';

async function run(cwd: string, ...argv: string[]): Promise<RunResult> {
  const io = fakeIo(cwd);
  const code = await main(argv, io);
  return { code, out: io.out().toString('latin1'), err: io.err() };
}

/** One function of REPEATS with another text in place of its last return. */
function broken(tail: string): string {
  return REPEATS.replace('\treturn 0;\n}', tail);
}

describe('nothing to do, and no error', () => {
  const quiet: [string, string][] = [
    ['an empty file', ''],
    ['a byte order mark alone', '\xef\xbb\xbf'],
    ['blank lines alone', '\r\n\r\n \t'],
    ['no final newline', 'int f(void)\n{\n\treturn 0;\n}'],
    ['a body that never ends', 'int f(int a)\n{\n\tif (a) {\n\t\treturn 1;\n'],
    ['closed more often than opened', 'int f(void)\n{\n\treturn 0;\n}\n}\n}\n'],
    ['a string that never ends', 'const char *s = "abc;\nint f(void) { return 0; }\n'],
    ['a comment that never ends', 'int f(void) { return 0; }\n/* and so on\n'],
    ['an #if that never ends', '#if X\nint f(void) { return 0; }\n'],
    ['words that are no C', 'Lorem ipsum dolor sit amet.\n'],
  ];

  test.each(quiet)('%s', async (_, text) => {
    const folder = makeRepository({ 'a.c': text });
    for (const command of ['check', 'diff', 'apply']) {
      const { code, out, err } = await run(folder, command, 'a.c');
      expect({ command, code, out }).toEqual({ command, code: 0, out: '' });
      expect(err).not.toContain('goto-cleanup:');
    }
    expect((await run(folder, 'verify', 'a.c', 'a.c')).code).toBe(0);
    expect(get(folder, 'a.c')).toBe(text);
  });
});

describe('a syntax error', () => {
  const errors: [string, string, string][] = [
    ['between the exits', '\tif (n < {\n\t\tput_one(a);\n\t}\n\treturn 0;\n}', 'parse-error'],
    ['in the head of a loop', '\tfor (;; {\n\t\tput_one(a);\n\t}\n\treturn 0;\n}', 'parse-error'],
    ['an else without its if', '\tput_two(a);\n\telse\n\t\tput_one(a);\n\treturn 0;\n}', 'parse-error'],
  ];

  test.each(errors)('%s refuses that function, and no other', async (_, tail, refusal) => {
    const text = `${broken(tail)}\n${REPEATS.replace('int f(', 'int g(')}`;
    const folder = makeRepository({ 'a.c': text });
    const { code, out } = await run(folder, 'check', '--show-refusals', 'a.c');
    expect(code).toBe(1);
    expect(out).toMatch(/^a\.c:\d+:1 g: 3 exits/m);
    expect(out).toMatch(new RegExp(`^a\\.c:\\d+:\\d+ f: .*${refusal}`, 'm'));
    expect((await run(folder, 'apply', 'a.c')).code).toBe(0);
    expect(get(folder, 'a.c').startsWith(broken(tail))).toBe(true);
  });
});

describe('what cannot be read', () => {
  test('a link that leads nowhere, one that leads to itself, a folder called a.c', async () => {
    const folder = makeRepository({ 'good.c': REPEATS });
    symlinkSync('nowhere.c', join(folder, 'dangling.c'));
    symlinkSync('loop.c', join(folder, 'loop.c'));
    mkdirSync(join(folder, 'folder.c'));
    writeFileSync(join(folder, 'folder.c', 'inner.c'), '');
    for (const command of ['check', 'diff', 'apply']) {
      const dangling = await run(folder, command, 'dangling.c', 'good.c');
      expect(dangling.err).toContain("goto-cleanup: dangling.c: can't be read: no such file\n");
      expect(dangling.code).toBe(2);
      expect((await run(folder, command, 'loop.c')).err).toContain("loop.c: can't be read: too many symbolic links\n");
      expect(await run(folder, command, 'folder.c')).toMatchObject({ code: 0, out: '' });
    }
    expect(git(folder, 'diff')).toBe('');
  });

  test('a list of files that is not there, or is a folder', async () => {
    const folder = makeRepository({ 'good.c': REPEATS });
    for (const list of ['missing.txt', '.']) {
      const { code, out, err } = await run(folder, 'apply', '--files-from', list);
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toBe(`goto-cleanup: can't read the list of files "${list}"\n`);
    }
    expect(git(folder, 'diff')).toBe('');
  });

  test('a list that names a file that is gone', async () => {
    const folder = makeRepository({ 'good.c': REPEATS, 'list.txt': 'good.c\ngone.c\n' });
    const { code, err } = await run(folder, 'apply', '--files-from', 'list.txt');
    expect(err).toContain('no such file or folder: "gone.c"');
    expect(code).toBe(2);
    expect(git(folder, 'diff')).toBe('');
  });

  test('verify and explain say it too', async () => {
    const folder = makeRepository({ 'good.c': REPEATS, 'binary.c': 'int\0f' });
    for (const argv of [
      ['verify', 'good.c', 'gone.c'],
      ['verify', 'binary.c', 'good.c'],
      ['explain', 'gone.c:f'],
      ['explain', 'binary.c:f'],
    ]) {
      const { code, out, err } = await run(folder, ...argv);
      expect({ argv, code, out }).toEqual({ argv, code: 2, out: '' });
      expect(err).toMatch(/^goto-cleanup: .*(gone|binary)\.c/);
    }
  });
});
