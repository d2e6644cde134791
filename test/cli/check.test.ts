import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cFunction, get, git, makeFolder, makeRepository, put, run } from './project.ts';

const LINE = '1 exit repeats 6 releases -> 1 label (-1 +1)  equivalent: reorder, errno: free';

describe('check', () => {
  const files = {
    'lib/b.c': cFunction('b'),
    'lib/a.c': `${cFunction('a')}int l(void) {\n  leak_me();\n  refuse_me();\n}\n`,
    'ignored.c': cFunction('x'),
    '.gitignore': 'ignored.c\n',
  };

  test('without command and path: a line for each function and finding of the whole repository', async () => {
    const folder = makeRepository(files);
    put(folder, 'untracked.c', cFunction('u'));
    const { code, out, err } = await run(join(folder, 'lib'), []);
    expect(out.split('\n')).toEqual([
      `a.c:1:1 a: ${LINE}`,
      'a.c:7:5 l: `p` leaks  leak-on-path',
      `b.c:1:1 b: ${LINE}`,
      `../untracked.c:1:1 u: ${LINE}`,
      '',
    ]);
    expect(err).toBe(
      '3 files, 4 functions: 3 can be rewritten, all proved; 1 leak; 1 refused (--show-refusals).  0.0 s\n',
    );
    expect(code).toBe(1);
  });

  test('shows refusals and counts when asked', async () => {
    const folder = makeRepository(files);
    const { out } = await run(folder, ['check', '--show-refusals', '--statistics', 'lib/a.c']);
    expect(out.split('\n')).toEqual([
      `lib/a.c:1:1 a: ${LINE}`,
      'lib/a.c:7:5 l: free before unlock  order-conflict',
      'lib/a.c:7:5 l: `p` leaks  leak-on-path',
      '1  leak-on-path',
      '1  refused: order-conflict',
      '1  repeated-cleanup',
      '',
    ]);
  });

  test('writes nothing, says nothing on a clean tree, and exits 0', async () => {
    const folder = makeRepository({ 'a.c': 'int f(void) {\n  return 0;\n}\n', 'empty.c': '' });
    expect(await run(folder, [])).toEqual({
      code: 0,
      out: '',
      err: '2 files, 1 function: nothing to rewrite.  0.0 s\n',
    });
    expect(git(folder, 'status', '--porcelain')).toBe('');
  });

  test('--exit-zero and -q', async () => {
    const folder = makeRepository(files);
    const { code, out, err } = await run(folder, ['-q', '--exit-zero', 'lib/b.c']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe(`lib/b.c:1:1 b: ${LINE}\n`);
  });

  test('--function, --exclude, --max-functions', async () => {
    const folder = makeRepository(files);
    expect((await run(folder, ['--function', '^b$'])).out).toBe(`lib/b.c:1:1 b: ${LINE}\n`);
    expect((await run(folder, ['--exclude', 'lib/a*'])).out).toBe(`lib/b.c:1:1 b: ${LINE}\n`);
    const patch = (await run(folder, ['diff', '--max-functions', '1'])).out;
    expect(patch.match(/^\+\+\+ .*/gm)).toEqual(['+++ b/lib/a.c']);
  });
});

describe('which files', () => {
  test('a glob, a folder and a file, each file once', async () => {
    const folder = makeRepository({ 'a.c': cFunction('a'), 'x/b.c': cFunction('b'), 'x/y/c.h': cFunction('c') });
    const { out } = await run(folder, ['x/**/*.[ch]', 'x', 'a.c', '{a,b}.c']);
    expect(out.match(/^\S+/gm)).toEqual(['a.c:1:1', 'x/b.c:1:1', 'x/y/c.h:1:1']);
  });

  test('a path with special characters is a file before it is a glob', async () => {
    const folder = makeRepository({ 'a[1].c': cFunction('a'), 'a1.c': cFunction('b') });
    expect((await run(folder, ['a[1].c'])).out.match(/^\S+/gm)).toEqual(['a[1].c:1:1']);
  });

  test('ignored and generated files only when they are named', async () => {
    const folder = makeRepository({
      '.gitignore': 'build/\n',
      'y.tab.c': `/* A Bison parser, made by GNU Bison 3.8.2.  */\n${cFunction('y')}`,
    });
    put(folder, 'build/a.c', cFunction('a'));
    expect((await run(folder, [])).out).toBe('');
    expect((await run(folder, ['y.tab.c', 'build/a.c'])).out.match(/^\S+/gm)).toEqual(['build/a.c:1:1', 'y.tab.c:2:1']);
    expect((await run(folder, ['build'])).out.match(/^\S+/gm)).toEqual(['build/a.c:1:1']);
  });

  test('-v says what was passed over, and which config was in force', async () => {
    const folder = makeRepository({
      'goto-cleanup.json': '{}',
      'lex.c': `#line 3 "lex.yy.c"\n${cFunction('y')}`,
      'cpp.h': 'namespace a {\n}\n',
      'a.c': cFunction('a'),
    });
    symlinkSync('a.c', join(folder, 'link.c'));
    const { err } = await run(join(folder), ['-v']);
    expect(err.split('\n').slice(0, -2)).toEqual([
      `root: ${folder}`,
      'config: goto-cleanup.json',
      'skipped: cpp.h: C++',
      'skipped: lex.c: generated; name it to look at it',
      'skipped: link.c: a symbolic link; the file behind it is found by itself',
      '1 function parsed, 1 without an error; 1 candidate',
    ]);
  });

  test('outside git: a walk that honours .gitignore', async () => {
    const folder = makeFolder({
      'a.c': cFunction('a'),
      'sub/b.c': cFunction('b'),
      'sub/.gitignore': 'no.c\n/deep\n',
      'sub/no.c': cFunction('n'),
      'sub/deep/d.c': cFunction('d'),
      'sub/other/deep/e.c': cFunction('e'),
    });
    const { out } = await run(folder, []);
    expect(out.match(/^\S+/gm)).toEqual(['a.c:1:1', 'sub/b.c:1:1', 'sub/other/deep/e.c:1:1']);
  });

  test("outside git: a .gitignore that hides the whole tree is its packager's", async () => {
    const folder = makeFolder({
      'a.c': cFunction('a'),
      'drivers/b.c': cFunction('b'),
      '.gitignore': '*.o\n/*\n!/debian/\n',
    });
    const { out } = await run(folder, []);
    expect(out.match(/^\S+/gm)).toEqual(['a.c:1:1', 'drivers/b.c:1:1']);
  });

  test('paths with blanks and newlines; control characters are quoted in the text', async () => {
    const folder = makeRepository({ 'my dir/a b.c': cFunction('a'), 'new\nline.c': cFunction('b') });
    const { out } = await run(folder, []);
    expect(out.split('\n').map((line) => line.replace(/: 1 exit.*/, ''))).toEqual([
      'my dir/a b.c:1:1 a',
      '"new\\nline.c":1:1 b',
      '',
    ]);
  });

  test('links in a folder are not followed, a named one is, and no file comes twice', async () => {
    const folder = makeRepository({ 'real.c': cFunction('a') });
    symlinkSync('real.c', join(folder, 'link.c'));
    symlinkSync('.', join(folder, 'loop'));
    expect((await run(folder, [])).out.match(/^\S+/gm)).toEqual(['real.c:1:1']);
    expect((await run(folder, ['link.c', 'real.c'])).out.match(/^\S+/gm)).toEqual(['real.c:1:1']);
  });

  test('--files-from: what is not C is passed over, NUL or newline between', async () => {
    const folder = makeRepository({ 'a b.c': cFunction('a'), 'c.c': cFunction('c'), 'README.md': '' });
    put(folder, 'list', 'a b.c\nREADME.md\n');
    expect((await run(folder, ['--files-from', 'list'])).out.match(/\.c:1/g)).toHaveLength(1);
    const nul = await run(folder, ['--files-from', '-'], { stdin: 'a b.c\0c.c\0' });
    expect(nul.out.match(/\.c:1/g)).toHaveLength(2);
    expect(await run(folder, ['--files-from', '-'], { stdin: '' })).toMatchObject({ code: 0, out: '' });
  });

  test('stdin, with a name for it', async () => {
    const folder = makeRepository({});
    const { out } = await run(folder, ['--stdin-filename', 'lib/x.c', '-'], { stdin: cFunction('a') });
    expect(out).toBe(`lib/x.c:1:1 a: ${LINE}\n`);
  });

  test('the order does not depend on the order of the paths', async () => {
    const folder = makeRepository({ 'B.c': cFunction('b'), 'a.c': cFunction('a'), 'ä.c': cFunction('c') });
    const forward = await run(folder, ['-f', 'json', 'a.c', 'B.c', 'ä.c']);
    const backward = await run(folder, ['-f', 'json', 'ä.c', 'B.c', 'a.c']);
    expect(forward.out).toBe(backward.out);
    expect((await run(folder, ['-f', 'json'])).out).toBe(forward.out);
  });

  test('a file that git knows and that was deleted is no error', async () => {
    const folder = makeRepository({ 'a.c': cFunction('a') });
    git(folder, 'rm', '-q', '--cached', 'a.c');
    git(folder, 'commit', '-q', '-m', 'gone');
    const other = makeRepository({ 'gone.c': cFunction('g'), 'b.c': cFunction('b') });
    const { unlinkSync } = await import('node:fs');
    unlinkSync(join(other, 'gone.c'));
    expect(await run(other, [])).toMatchObject({ out: `b.c:1:1 b: ${LINE}\n` });
  });
});

describe('files that are not C', () => {
  const bad: [string, string, string][] = [
    ['binary.c', 'int\0f', 'a binary file (it holds NUL bytes)'],
    ['utf16.c', '\xff\xfei\0n\0t\0', 'UTF-16 text is not touched; convert it to UTF-8 first'],
    ['cpp.h', '#include <vector>\nnamespace a {\n}\n', 'the text is C++, which is not touched'],
    ['a.cpp', 'class A {};\n', 'a C++ file is not touched'],
    ['README.md', 'hello\n', 'not a C file (C means .c and .h)'],
  ];

  test.each(bad)('%s named by hand: a message, exit 2, nothing changed', async (path, text, message) => {
    const folder = makeRepository({ [path]: text, 'good.c': cFunction('a') });
    for (const command of ['check', 'diff', 'apply']) {
      const { code, err } = await run(folder, [command, path, 'good.c']);
      expect(err).toContain(`goto-cleanup: ${path}: ${message}\n`);
      expect(code).toBe(2);
    }
    expect(get(folder, path)).toBe(text);
    expect(git(folder, 'status', '--porcelain')).toBe('');
  });

  test('in a folder they are counted, and the others go on', async () => {
    const folder = makeRepository({ ...Object.fromEntries(bad), 'good.c': cFunction('a') });
    const { code, out } = await run(folder, ['-f', 'json']);
    const report = JSON.parse(Buffer.from(out, 'latin1').toString()) as {
      files: { path: string; errors: { code: string }[] }[];
    };
    expect(report.files.map(({ path, errors }) => [path, errors.map((error) => error.code)])).toEqual([
      ['binary.c', ['binary-file']],
      ['good.c', []],
      ['utf16.c', ['utf-16']],
    ]);
    expect(code).toBe(1);
  });

  test('a C header with a branch for C++ is C', async () => {
    const header = `#ifdef __cplusplus\nextern "C" {\nclass A;\n#endif\n/*\nclass B {\n*/\n${cFunction('a')}`;
    const folder = makeRepository({ 'a.h': header });
    expect((await run(folder, ['a.h'])).code).toBe(1);
  });

  test('no such file, folder or match', async () => {
    const folder = makeRepository({ 'a.c': '' });
    expect(await run(folder, ['nope.c'])).toEqual({
      code: 2,
      out: '',
      err: 'goto-cleanup: no such file or folder: "nope.c"\n',
    });
    expect((await run(folder, ['*.h'])).err).toBe('goto-cleanup: no C file matches "*.h"\n');
    expect((await run(folder, ['aply'])).err).toContain('did you mean the command "apply"?');
  });

  test('a file that is no regular file is unreadable', async () => {
    const folder = makeRepository({});
    mkdirSync(join(folder, 'real'));
    symlinkSync('loop.c', join(folder, 'loop.c'));
    symlinkSync('/dev/null', join(folder, 'null.c'));
    writeFileSync(join(folder, 'real', 'a.c'), '');
    expect(await run(folder, ['null.c'])).toMatchObject({ code: 2, err: expect.stringContaining('null') as string });
    expect((await run(folder, ['loop.c'])).code).toBe(2);
  });
});
