/** Which functions a run looks at, and in which version: the index, the work tree, since a branch began, a list, stdin. */
import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { fakeIo } from './fake-io.ts';
import { BIN, cFunction, get, git, makeFolder, makeRepository, put, REPEATS, run } from './project.ts';

const GOTO = 'goto out; /* \xfc */';
const ODD_NAMES = ['a b.c', 'tab\t.c', 'new\nline.c', 'quote".c', 'back\\slash.c', 'ümlaut.c', ' b/-x.c', ':(top)x.c'];
const TWO = `${cFunction('first')}\nint between;\n\n${cFunction('second')}`;

/** `path function` of everything that check reports. */
async function selected(folder: string, ...argv: string[]): Promise<string[]> {
  const { code, out, err } = await run(folder, ['check', '-f', 'json', ...argv]);
  expect(code, err).toBeLessThan(2);
  const report = JSON.parse(Buffer.from(out, 'latin1').toString('utf8')) as {
    files: { path: string; functions: { name: string }[] }[];
  };
  return report.files.flatMap(({ path, functions }) => functions.map(({ name }) => `${path} ${name}`));
}

/** Everything that a run must not touch. */
function snapshot(folder: string): string {
  const tree = git(folder, 'ls-files', '-z', '--cached', '--others').split('\0').filter(Boolean).toSorted();
  const index = readFileSync(join(folder, '.git/index')).toString('latin1');
  return [index, git(folder, 'stash', 'list'), ...tree.map((path) => `${path}\n${get(folder, path)}`)].join('\n');
}

describe('--staged', () => {
  test('a change selects the functions that it overlaps', async () => {
    const folder = makeRepository({ 'a.c': TWO, 'b.c': cFunction('b') });
    expect(await selected(folder, '--staged')).toEqual([]);
    put(folder, 'a.c', TWO.replace('second(int x)', 'second(int y)'));
    expect(await selected(folder, '--staged')).toEqual([]);
    git(folder, 'add', '.');
    expect(await selected(folder, '--staged')).toEqual(['a.c second']);
    put(folder, 'a.c', TWO.replaceAll('(int x)', '(int y)'));
    git(folder, 'add', '.');
    expect(await selected(folder, '--staged')).toEqual(['a.c first', 'a.c second']);
  });

  test('a change between functions selects none, lines taken out of one select it', async () => {
    const text = TWO.replace('\treturn 0;', '\tx++;\n\treturn 0;');
    const folder = makeRepository({ 'a.c': text });
    put(folder, 'a.c', text.replace('int between;\n', ''));
    git(folder, 'add', '.');
    expect(await selected(folder, '--staged')).toEqual([]);
    put(folder, 'a.c', TWO);
    git(folder, 'add', '.');
    expect(await selected(folder, '--staged')).toEqual(['a.c first']);
  });

  test('a whole function taken out selects neither of its neighbours', async () => {
    const three = cFunction('a') + cFunction('b') + cFunction('c');
    const folder = makeRepository({ 'a.c': three });
    put(folder, 'a.c', cFunction('a') + cFunction('c'));
    git(folder, 'add', '.');
    expect(await selected(folder, '--staged')).toEqual([]);
  });

  test('lines that look like a patch, and last lines without a newline', async () => {
    const before = `${cFunction('first')}/*\n-- a/x.c\n*/\n${cFunction('second')}`.trimEnd();
    const folder = makeRepository({ 'a.c': before });
    const after = before.replace('-- a/x.c', '++ b/other.c\n@@ -1 +1 @@\ndiff --git a/z.c b/z.c').replace(/\}$/, '\n}');
    put(folder, 'a.c', after);
    git(folder, 'add', '.');
    expect(await selected(folder, '--staged')).toEqual(['a.c second']);
  });

  test('new files, renamed ones, before the first commit', async () => {
    const folder = makeFolder({ 'new.c': cFunction('n') });
    git(folder, 'init', '-q');
    expect(await selected(folder, '--staged')).toEqual([]);
    git(folder, 'add', '.');
    expect(await selected(folder, '--staged')).toEqual(['new.c n']);
    const other = makeRepository({ 'old.c': TWO.repeat(3) });
    renameSync(join(other, 'old.c'), join(other, 'renamed.c'));
    git(other, 'add', '-A');
    expect(await selected(other, '--staged')).toEqual([]);
    put(other, 'renamed.c', TWO.repeat(3).replace('first(int x)', 'first(int y)'));
    git(other, 'add', '-A');
    expect(await selected(other, '--staged')).toEqual(['renamed.c first']);
  });

  test('a link is not C, a deleted file is gone, a C++ header is no error', async () => {
    const folder = makeRepository({ 'gone.c': cFunction('g'), 'x.txt': cFunction('x') });
    rmSync(join(folder, 'gone.c'));
    symlinkSync('x.txt', join(folder, 'link.c'));
    put(folder, 'plus.h', 'namespace a {\nint f();\n}\n');
    git(folder, 'add', '-A');
    expect(await selected(folder, '--staged')).toEqual([]);
    expect(await selected(folder, '--staged', 'plus.h', 'link.c')).toEqual([]);
  });

  test('odd names, from the root and from a folder below', async () => {
    const folder = makeRepository({ 'below/x.c': '' });
    for (const name of ODD_NAMES) put(folder, name, cFunction('f'));
    put(folder, 'below/x.c', cFunction('x'));
    git(folder, 'add', '-A');
    const all = [...ODD_NAMES, 'below/x.c'];
    expect((await selected(folder, '--staged')).toSorted()).toEqual(
      all.map((path) => (path === 'below/x.c' ? `${path} x` : `${path} f`)).toSorted(),
    );
    expect(await selected(join(folder, 'below'), '--staged')).toHaveLength(all.length);
    expect(await selected(join(folder, 'below'), '--staged', '.')).toEqual(['below/x.c x']);
    expect(await selected(folder, '--staged', '--', 'a b.c', ' b/-x.c')).toEqual([' b/-x.c f', 'a b.c f']);
  });

  test('whatever the config of git says', async () => {
    const folder = makeRepository({ 'ä.c': TWO });
    for (const [key, value] of [
      ['diff.noprefix', 'true'],
      ['diff.mnemonicPrefix', 'true'],
      ['diff.interHunkContext', '50'],
      ['diff.external', 'false'],
      ['core.quotePath', 'false'],
      ['color.ui', 'always'],
      ['diff.renames', 'copies'],
    ] as const)
      git(folder, 'config', key, value);
    put(folder, '.gitattributes', '*.c diff=odd -text\n');
    git(folder, 'config', 'diff.odd.textconv', 'false');
    put(folder, 'ä.c', TWO.replace('second(int x)', 'second(int y)'));
    git(folder, 'add', '-A');
    expect(await selected(folder, '--staged')).toEqual(['ä.c second']);
  });

  test('paths narrow it down: files, folders, globs; one that is nowhere is an error', async () => {
    const folder = makeRepository({});
    for (const name of ['a.c', 'lib/b.c', 'lib/deep/c.h', 'src/d.c']) put(folder, name, cFunction('f'));
    git(folder, 'add', '-A');
    const paths = async (...argv: string[]): Promise<string[]> =>
      (await selected(folder, '--staged', ...argv)).map((entry) => entry.replace(/ f$/, ''));
    expect(await paths('lib')).toEqual(['lib/b.c', 'lib/deep/c.h']);
    expect(await paths('lib/b.c', 'a.c')).toEqual(['a.c', 'lib/b.c']);
    expect(await paths('lib/**/*.h')).toEqual(['lib/deep/c.h']);
    expect(await paths('--exclude', 'lib/')).toEqual(['a.c', 'src/d.c']);
    put(folder, 'goto-cleanup.json', '{ "exclude": ["src/"] }');
    expect(await paths()).toEqual(['a.c', 'lib/b.c', 'lib/deep/c.h']);
    rmSync(join(folder, 'lib'), { recursive: true });
    expect(await paths('lib', 'lib/b.c')).toEqual(['lib/b.c', 'lib/deep/c.h']);
    const nowhere = await run(folder, ['check', '--staged', 'nope.c']);
    expect(nowhere).toMatchObject({ code: 2, out: '' });
    expect(nowhere.err).toContain('nope.c');
  });

  test('--root inside the repository', async () => {
    const folder = makeRepository({});
    for (const name of ['a.c', 'lib/b.c']) put(folder, name, cFunction('f'));
    git(folder, 'add', '-A');
    expect(await selected(folder, '--staged', '--root', 'lib')).toEqual(['b.c f']);
  });

  test('outside git, beside another selection, or with stdin: an error', async () => {
    const folder = makeFolder({ 'a.c': cFunction('a') });
    expect((await run(folder, ['check', '--staged'])).code).toBe(2);
    const repository = makeRepository({ 'a.c': cFunction('a') });
    const both = await run(repository, ['check', '--staged', '--changed']);
    expect(both).toMatchObject({ code: 2, err: 'goto-cleanup: --staged and --changed exclude each other\n' });
    expect((await run(repository, ['check', '--staged', '-'])).code).toBe(2);
  });
});

describe('partly staged files: the index is judged, and nothing is touched', () => {
  const index = TWO.replace('first(int x)', 'first(int y)');
  const cases = {
    none: index,
    disjoint: index.replace('second(int x)', 'second(int z)'),
    overlapping: index.replace('first(int y)', 'first(long later)').replace('return 1;', 'return 5;'),
  };
  for (const [name, workTree] of Object.entries(cases))
    test(`unstaged changes: ${name}`, async () => {
      const folder = makeRepository({ 'a.c': TWO });
      put(folder, 'a.c', index);
      git(folder, 'add', '.');
      put(folder, 'a.c', workTree);
      git(folder, 'status');
      const before = snapshot(folder);
      expect(await selected(folder, '--staged')).toEqual(['a.c first']);
      const { code, out } = await run(folder, ['diff', '--staged']);
      expect(code).toBe(1);
      const refused = await run(folder, ['apply', '--staged', '--dry-run']);
      expect(refused.out).toBe(out);
      expect(snapshot(folder)).toBe(before);
      // The patch is one of the index: it says what should have been staged.
      execFileSync('git', ['apply', '--cached', '-'], { cwd: folder, input: Buffer.from(out, 'latin1') });
      expect(git(folder, 'show', ':a.c')).toBe(index.replace('return 1;', GOTO));
      expect(get(folder, 'a.c')).toBe(workTree);
    });

  test('apply --staged writes where the work tree is what was staged, and refuses all otherwise', async () => {
    const folder = makeRepository({ 'a.c': TWO, 'b.c': cFunction('b') });
    put(folder, 'a.c', index);
    put(folder, 'b.c', cFunction('b').replace('int x', 'int y'));
    git(folder, 'add', '.');
    put(folder, 'b.c', `${cFunction('b')}int later;\n`);
    for (const flags of [[], ['--allow-dirty']]) {
      const before = snapshot(folder);
      const { code, err } = await run(folder, ['apply', '--staged', ...flags]);
      expect(code).toBe(2);
      expect(err).toContain('the work tree is not what is staged, and nothing was written: b.c;');
      expect(snapshot(folder)).toBe(before);
    }
    expect((await run(folder, ['apply', '--staged', 'a.c'])).code).toBe(0);
    expect(get(folder, 'a.c')).toBe(index.replace('return 1;', GOTO));
    expect(git(folder, 'show', ':a.c')).toBe(index);
  });

  test('line endings that git converts: the index has one kind, the work tree the other', async () => {
    const crlf = (text: string): string => text.replaceAll('\n', '\r\n');
    const folder = makeRepository({ 'a.c': crlf(TWO), '.gitattributes': '*.c text eol=crlf\n' });
    expect(git(folder, 'show', ':a.c')).toBe(TWO);
    put(folder, 'a.c', crlf(index));
    git(folder, 'add', '.');
    expect(await selected(folder, '--staged')).toEqual(['a.c first']);
    expect((await run(folder, ['apply', '--staged'])).code).toBe(0);
    expect(get(folder, 'a.c')).toBe(crlf(index.replace('return 1;', GOTO)));
  });
});

describe('what is known comes from the index too', () => {
  const HEADER = '#define PUT(p) free(p)\n';
  const SOURCE = [
    '#include <stdlib.h>\n#include "put.h"\nint f(int n) {\n  char *a = malloc(8);\n  char *b = malloc(8);\n',
    ...['1', '2', '3'].map((value) => `  if (n == ${value}) {\n    PUT(a);\n    free(b);\n    return ${value};\n  }\n`),
    '  free(b);\n  PUT(a);\n  return 0;\n}\n',
  ].join('');

  async function real(folder: string, ...argv: string[]): Promise<string> {
    const io = fakeIo(folder);
    const code = await main(['check', ...argv], io);
    expect(code, io.err()).toBeLessThan(2);
    return io.out().toString('latin1');
  }

  test('a header that is not staged does not count, nor one that git does not know', async () => {
    const folder = makeRepository({ 'put.h': HEADER });
    put(folder, 'a.c', SOURCE);
    git(folder, 'add', '.');
    const known = await real(folder, '--staged', '-f', 'json');
    expect(known).toContain('"rewritable": 1');
    put(folder, 'put.h', '#define PUT(p) unseen(p)\n');
    expect(await real(folder, '--staged', '-f', 'json')).toBe(known);
    expect(await real(folder, '-f', 'json')).not.toBe(known);
    rmSync(join(folder, 'put.h'));
    expect(await real(folder, '--staged', '-f', 'json')).toBe(known);
    git(folder, 'rm', '-q', '--cached', 'put.h');
    put(folder, 'put.h', HEADER);
    expect(await real(folder, '--staged', '-f', 'json')).not.toBe(known);
  });

  test('a config that is not staged does not count; one that git does not know does', async () => {
    const folder = makeRepository({ 'goto-cleanup.json': '{ "label": "staged" }' });
    put(folder, 'a.c', cFunction('a'));
    git(folder, 'add', '.');
    put(folder, 'goto-cleanup.json', '{ "exclude": ["a.c"] }');
    expect(await selected(folder, '--staged')).toEqual(['a.c a']);
    expect(await selected(folder)).toEqual([]);
    git(folder, 'rm', '-q', '--cached', 'goto-cleanup.json');
    expect(await selected(folder, '--staged')).toEqual([]);
  });
});

describe('--changed and --since', () => {
  test('--changed: staged or not, and files that are new to git', async () => {
    const folder = makeRepository({
      'a.c': TWO,
      'b.c': cFunction('b'),
      'gone.c': cFunction('g'),
      '.gitignore': 'i.c\n',
    });
    expect(await selected(folder, '--changed')).toEqual([]);
    put(folder, 'a.c', TWO.replace('first(int x)', 'first(int y)'));
    put(folder, 'b.c', cFunction('b').replace('int x', 'int y'));
    git(folder, 'add', 'b.c');
    put(folder, 'new.c', cFunction('n'));
    put(folder, 'i.c', cFunction('i'));
    rmSync(join(folder, 'gone.c'));
    expect(await selected(folder, '--changed')).toEqual(['a.c first', 'b.c b', 'new.c n']);
    expect(await selected(folder, '--changed', 'a.c')).toEqual(['a.c first']);
    expect((await run(folder, ['apply', '--changed', '--allow-dirty', '--exclude', 'new.c'])).code).toBe(0);
    expect(get(folder, 'a.c').split(GOTO)).toHaveLength(2);
  });

  test('--changed before the first commit', async () => {
    const folder = makeFolder({ 'a.c': cFunction('a'), 'b.c': cFunction('b') });
    git(folder, 'init', '-q');
    git(folder, 'add', 'a.c');
    expect(await selected(folder, '--changed')).toEqual(['a.c a', 'b.c b']);
  });

  test('--since: from where the branch began, not from where the other one is now', async () => {
    const folder = makeRepository({ 'a.c': TWO, 'b.c': cFunction('b') });
    git(folder, 'branch', '-m', 'trunk');
    git(folder, 'checkout', '-q', '-b', 'topic');
    put(folder, 'a.c', TWO.replace('first(int x)', 'first(int y)'));
    git(folder, 'commit', '-qam', 'topic');
    git(folder, 'checkout', '-q', 'trunk');
    put(folder, 'b.c', cFunction('b').replace('int x', 'int y'));
    git(folder, 'commit', '-qam', 'trunk');
    git(folder, 'checkout', '-q', 'topic');
    put(folder, 'new.c', cFunction('n'));
    expect(await selected(folder, '--since', 'trunk')).toEqual(['a.c first', 'new.c n']);
    expect(await selected(folder, '--since', 'HEAD')).toEqual(['new.c n']);
  });

  test('--since a revision that is none, or has nothing in common', async () => {
    const folder = makeRepository({ 'a.c': TWO });
    for (const revision of ['nope', '--output=x', 'HEAD:a.c']) {
      const { code, err } = await run(folder, ['check', `--since=${revision}`]);
      expect({ code, err }).toEqual({
        code: 2,
        err: `goto-cleanup: --since "${revision}": git knows no such commit\n`,
      });
    }
    const head = git(folder, 'rev-parse', 'HEAD').trim();
    git(folder, 'checkout', '-q', '--orphan', 'other');
    git(folder, 'commit', '-q', '-m', 'other');
    expect((await run(folder, ['check', '--since', head])).err).toContain('no commit in common with HEAD');
  });
});

describe('work trees and submodules', () => {
  test('a linked work tree has its own index', async () => {
    const folder = makeRepository({ 'a.c': TWO });
    const linked = `${folder}-linked`;
    git(folder, 'worktree', 'add', '-q', linked);
    put(linked, 'a.c', TWO.replace('first(int x)', 'first(int y)'));
    git(linked, 'add', '.');
    expect(await selected(linked, '--staged')).toEqual(['a.c first']);
    expect(await selected(folder, '--staged')).toEqual([]);
  });

  test('a submodule is a repository of its own, and no file of the outer one', async () => {
    const inner = makeRepository({ 'a.c': TWO });
    const folder = makeRepository({ 'b.c': cFunction('b') });
    git(folder, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner, 'sub');
    git(folder, 'commit', '-qm', 'sub');
    put(folder, 'sub/a.c', TWO.replace('first(int x)', 'first(int y)'));
    git(join(folder, 'sub'), 'add', '.');
    expect(await selected(folder)).toEqual(['b.c b']);
    for (const flag of ['--staged', '--changed']) {
      expect(await selected(folder, flag)).toEqual([]);
      expect(await selected(folder, flag, 'sub')).toEqual(['a.c first']);
      expect(await selected(join(folder, 'sub'), flag)).toEqual(['a.c first']);
    }
  });

  test('inside a hook: what git says of its repository holds in its folders, and for no other repository', () => {
    const other = makeRepository({ 'o.c': REPEATS });
    put(other, 'o.c', REPEATS.replace('int n)', 'int n )'));
    git(other, 'add', '.');
    const folder = makeRepository({ 'lib/a.c': REPEATS, 'empty/x.txt': '' });
    put(folder, 'lib/a.c', REPEATS.replace('int n)', 'int n )'));
    const commands = ['lib', '.', 'empty', other].map(
      (path) => `"${process.execPath}" "${BIN}" check --staged "${path}"`,
    );
    put(folder, '.git/hooks/pre-commit', `#!/bin/sh\n{\n${commands.join('\n')}\n} > "$OUT"\ntrue\n`);
    chmodSync(join(folder, '.git/hooks/pre-commit'), 0o755);
    const out = join(folder, '.git/out');
    execFileSync('git', ['commit', '-qam', 'change'], {
      cwd: folder,
      env: { ...process.env, OUT: out },
      stdio: 'pipe',
    });
    const places = get(folder, '.git/out')
      .split('\n')
      .map((line) => line.split(' ')[0]);
    expect(places).toEqual(['lib/a.c:5:1', 'lib/a.c:5:1', expect.stringMatching(/o\.c:5:1$/), '']);
  });
});

describe('lists and stdin', () => {
  test('--files-from: lines or NUL, a file or stdin; what is no C or generated is passed over', async () => {
    const names = ['a b.c', 'new\nline.c', 'README.md', 'gen.c'];
    const folder = makeRepository(Object.fromEntries(names.map((name) => [name, cFunction('f')])));
    put(folder, 'gen.c', `/* A Bison parser, made by GNU Bison 3.8. */\n${cFunction('f')}`);
    put(folder, 'plus.h', 'class A {\n};\n');
    put(folder, 'list', 'a b.c\r\nREADME.md\ngen.c\nplus.h\n');
    expect(await selected(folder, '--files-from', 'list')).toEqual(['a b.c f']);
    put(folder, 'list', [...names, 'a b.c', ''].join('\0'));
    expect(await selected(folder, '--files-from', 'list')).toEqual(['a b.c f', 'new\nline.c f']);
    const piped = await run(folder, ['check', '--files-from', '-'], { stdin: 'a b.c\0' });
    expect(piped.out).toContain('a b.c:1:1 f:');
    const missing = await run(folder, ['check', '--files-from', '-'], { stdin: 'gone.c\0' });
    expect(missing).toMatchObject({ code: 2, out: '' });
  });

  test('an empty list selects nothing, and narrows a change set to nothing', async () => {
    const folder = makeRepository({ 'a.c': cFunction('a') });
    put(folder, 'b.c', cFunction('b'));
    put(folder, 'list', '');
    expect(await selected(folder, '--files-from', 'list')).toEqual([]);
    expect(await selected(folder, '--changed', '--files-from', 'list')).toEqual([]);
  });

  test('thousands of arguments', async () => {
    const names = Array.from({ length: 5000 }, (_, index) => `folder/number ${index}.c`);
    const folder = makeRepository(Object.fromEntries(names.map((name) => [name, 'int x;\n'])));
    put(folder, names[4321] ?? '', cFunction('f'));
    expect(await selected(folder, ...names)).toEqual(['folder/number 4321.c f']);
    expect(await selected(folder, '--changed', ...names)).toEqual(['folder/number 4321.c f']);
    git(folder, 'add', '.');
    expect(await selected(folder, '--staged', ...names)).toEqual(['folder/number 4321.c f']);
  });

  test('--function narrows every selection', async () => {
    const folder = makeRepository({ 'a.c': TWO });
    put(folder, 'a.c', TWO.replaceAll('int x', 'int y'));
    git(folder, 'add', '.');
    for (const flags of [['--staged'], ['--changed'], ['--since', 'HEAD'], []])
      expect(await selected(folder, '--function', '^sec', ...flags)).toEqual(['a.c second']);
    const { out } = await run(folder, ['diff', '-', '--stdin-filename', 'lib/x.c', '--function', '^sec'], {
      stdin: TWO,
    });
    expect(out).toContain('# lib/x.c:10 second:');
    expect(out).not.toContain('first:');
  });
});
