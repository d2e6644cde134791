/** The dialogue of review, on the real pipeline; how it looks in a terminal was tried in one. */
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { fakeIo, type FakeIoOptions } from './fake-io.ts';
import { BIN, get, git, makeRepository, put, REPEATS, type RunResult } from './project.ts';

const HEAD = REPEATS.slice(0, REPEATS.indexOf('int f'));
const BODY = REPEATS.slice(REPEATS.indexOf('int f'));
const named = (name: string): string => BODY.replace('int f', `int ${name}`);
const FILES = { 'a.c': `${HEAD}${named('one')}${named('two')}${named('three')}`, 'b.c': `${HEAD}${named('four')}` };

async function review(
  folder: string,
  keys: string,
  options: FakeIoOptions = {},
  ...flags: string[]
): Promise<RunResult> {
  const io = fakeIo(folder, { ...options, stdin: keys });
  const code = await main(['review', ...flags], io);
  return { code, out: io.out().toString('latin1'), err: io.err() };
}

/** The functions that were rewritten. */
function rewritten(folder: string): string[] {
  const text = get(folder, 'a.c') + get(folder, 'b.c');
  const functions = text.split(/^int (?=\w+\(int \*a)/m).slice(1);
  return functions.filter((body) => body.includes('goto ')).map((body) => body.slice(0, body.indexOf('(')));
}

describe('review', () => {
  test.each([
    ['y\ny\ny\ny', ['one', 'two', 'three', 'four']],
    ['\n\nY\nn', ['three']],
    ['n\na\ny', ['two', 'three', 'four']],
    ['y\nd\nyes', ['one', 'four']],
    ['y\nq', ['one']],
    ['n\ny', ['two']],
    ['', []],
    ['?\nx\ny\nq', ['one']],
  ])('keys %j take %j', async (keys, expected) => {
    const folder = makeRepository(FILES);
    const { code, err } = await review(folder, keys);
    expect(code).toBe(0);
    expect(rewritten(folder)).toEqual(expected);
    const files = new Set(expected.map((name) => (name === 'four' ? 'b.c' : 'a.c'))).size;
    expect(err).toContain(`${files} file${files === 1 ? '' : 's'} written`);
    const undone = fakeIo(folder);
    await main(['undo'], undone);
    expect(git(folder, 'status', '--porcelain')).toBe('');
  });

  test('what is shown for each function: its part of the patch, where one is, and the keys', async () => {
    const { out } = await review(makeRepository(FILES), 'n\n?\nv\nn\nq');
    expect(out).toMatch(/^# a\.c:5 one: identical\ndiff --git a\/a\.c b\/a\.c\n/);
    expect(out).toMatch(/\(1\/4\) one: take this rewrite \[y,n,a,d,e,v,q,\?\]\? # a\.c:\d+ two: identical\n/);
    expect(out).toContain('q - stop here and write what was accepted\n');
    expect(out).toContain('can be rewritten: ');
    expect(out).toContain('exit ledger:');
    expect(out).not.toContain('control flow:');
  });

  test('every part that is shown is a patch that git takes', async () => {
    const folder = makeRepository(FILES);
    const { out } = await review(folder, 'n\nn\nn\nn');
    const patches = out.split(/\(\d\/4\) \w+: take this rewrite \[[^\]]*\]\? /).filter((part) => part !== '');
    expect(patches).toHaveLength(4);
    for (const patch of patches) {
      const { status, stderr } = spawnSync('git', ['apply', '--check', '-'], {
        cwd: folder,
        input: patch,
        encoding: 'utf8',
      });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    }
  });

  test('the editor: what comes back is taken if it is proved, byte for byte', async () => {
    const folder = makeRepository({ 'a.c': `/* \xe9 */\n${FILES['a.c']}`, 'b.c': '' });
    const edit = (text: string): string => text.replaceAll('cleanup', 'leave').replace('int result', 'int  result');
    const { out } = await review(folder, 'n\ne\nq', { edit });
    expect(out).toContain('Proved, and taken as you wrote it.\n');
    expect(rewritten(folder)).toEqual(['two']);
    expect(get(folder, 'a.c')).toContain('goto leave;');
    expect(get(folder, 'a.c').startsWith('/* \xe9 */\n')).toBe(true);
  });

  test('the editor: what is not proved is not taken, and asked again; one that fails changes nothing', async () => {
    const folder = makeRepository(FILES);
    const edit = (text: string): string => text.replace('put_two(a);', '');
    const wrong = await review(folder, 'e\nn\nq', { edit });
    expect(wrong.out).toMatch(/one: (different|unproved): .*\nNot taken\.\n\(1\/4\) one: take/);
    expect((await review(folder, 'e\nq')).out).toContain('The editor failed; nothing was taken.\n');
    expect(git(folder, 'status', '--porcelain')).toBe('');
  });

  test('files that may not be written are said before anything is asked', async () => {
    const folder = makeRepository(FILES);
    put(folder, 'a.c', `${FILES['a.c']}int dirt;\n`);
    const { code, out, err } = await review(folder, 'y\n');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('a.c: not written: it has unstaged changes (--allow-dirty)');
    expect((await review(folder, 'a\na\n', {}, '--allow-dirty')).code).toBe(0);
    expect(rewritten(folder)).toHaveLength(4);
  });

  test('selection and colours as everywhere; control characters of a source are not obeyed', async () => {
    const folder = makeRepository({
      'a.c': HEAD + named('one').replace('return 0;', 'return 0; // \x1b[2J') + named('two'),
      'b.c': '',
    });
    const { out } = await review(folder, 'y\n', {}, '--function', 'one', '--color', 'always');
    expect(out).toContain('// ^[[2J');
    expect(out).toContain('\x1b[32m+');
    expect(rewritten(folder)).toEqual(['one']);
    expect((await review(folder, '', {}, '-')).code).toBe(2);
  });

  test('as a process, keys through a pipe, with an editor that has arguments', () => {
    const folder = makeRepository(FILES);
    const env = { ...process.env, GIT_EDITOR: "sed -i 's/cleanup/leave/'" };
    const { status, stderr } = spawnSync(process.execPath, [BIN, 'review'], { cwd: folder, input: 'e\ny\nq\n', env });
    expect(stderr.toString()).toContain('1 file written; goto-cleanup undo takes it back');
    expect(status).toBe(0);
    expect(rewritten(folder)).toEqual(['one', 'two']);
    expect(get(folder, 'a.c')).toContain('goto leave;');
  });
});
