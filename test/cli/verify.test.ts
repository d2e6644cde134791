/** `verify` on revisions, on what is staged, and on patches, in temporary repositories with the real judge. */
import { execFileSync } from 'node:child_process';
import { renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import type { VerifyReport } from '../../src/engine/verify-report.ts';
import { fakeIo } from './fake-io.ts';
import { get, git, makeFolder, makeRepository, put, type RunResult } from './project.ts';

async function run(cwd: string, argv: readonly string[], stdin = ''): Promise<RunResult> {
  const io = fakeIo(cwd, { stdin: Buffer.from(stdin, 'latin1') });
  const code = await main(['verify', ...argv], io);
  return { code, out: io.out().toString('latin1'), err: io.err() };
}

async function report(cwd: string, ...argv: string[]): Promise<VerifyReport> {
  const { out, err } = await run(cwd, ['-f', 'json', ...argv]);
  expect(err).not.toContain('goto-cleanup:');
  return JSON.parse(Buffer.from(out, 'latin1').toString('utf8')) as VerifyReport;
}

/** Three exits that repeat two releases. */
function cascade(name: string, release = 'free'): string {
  const exit = (condition: string, value: string): string =>
    `  if (${condition}) {\n    ${release}(b);\n    ${release}(a);\n    return ${value};\n  }\n`;
  return (
    `int ${name}(const char *s) {\n  char *a = malloc(8);\n  char *b = malloc(8);\n` +
    `${exit('!a || !b', '-1')}${exit('!*s', '-2')}  ${release}(b);\n  ${release}(a);\n  return 0;\n}\n`
  );
}

/** The same behind one label; `isLeaky`: without the second release. */
function shared(name: string, release = 'free', isLeaky = false): string {
  return (
    `int ${name}(const char *s) {\n  int ret;\n  char *a = malloc(8);\n  char *b = malloc(8);\n` +
    '  if (!a || !b) {\n    ret = -1;\n    goto out;\n  }\n  if (!*s) {\n    ret = -2;\n    goto out;\n  }\n  ret = 0;\n' +
    `out:\n  ${release}(b);\n${isLeaky ? '' : `  ${release}(a);\n`}  return ret;\n}\n`
  );
}

const HEAD = '#include <stdlib.h>\n';
const OLD = `${HEAD}${cascade('f')}\n${cascade('g')}`;
const NEW = `${HEAD}${shared('f')}\n${cascade('g')}`;
const BAD = `${HEAD}${shared('f', 'free', true)}\n${cascade('g')}`;

function commit(folder: string, message: string): void {
  git(folder, 'add', '-A');
  git(folder, 'commit', '-q', '--allow-empty', '-m', message);
}

let folder: string;
beforeEach(() => {
  folder = makeRepository({ 'lib/a.c': OLD, 'lib/b.c': OLD, 'note.txt': 'a' });
});

describe('two revisions', () => {
  test('one verdict for each function that changed, 0 when all are proved', async () => {
    put(folder, 'lib/a.c', NEW);
    commit(folder, 'one label');
    expect(await run(folder, ['HEAD~1', 'HEAD'])).toEqual({
      code: 0,
      out: 'lib/a.c:2:1 f: identical\n',
      err: '1 identical, 0 equivalent, 0 different, 0 unproved\n',
    });
    for (const range of ['HEAD~1..HEAD', 'HEAD~1..', 'HEAD~1...HEAD'])
      expect((await run(folder, [range])).out).toBe('lib/a.c:2:1 f: identical\n');
    expect(await run(folder, ['HEAD', 'HEAD'])).toMatchObject({ code: 0, out: '' });
  });

  test('1 when one is different, and paths narrow it down, from any folder', async () => {
    put(folder, 'lib/a.c', NEW);
    put(folder, 'lib/b.c', BAD);
    put(folder, 'note.txt', 'b');
    commit(folder, 'two labels');
    const all = await run(folder, ['HEAD~1', 'HEAD']);
    expect(all.code).toBe(1);
    expect(all.out).toMatch(/^lib\/a\.c:2:1 f: identical\nlib\/b\.c:2:1 f: different\n/);
    expect(all.err).toBe(
      '1 identical, 0 equivalent, 1 different, 0 unproved; 1 changed file is not C, and not looked at\n',
    );
    expect((await run(folder, ['--exit-zero', 'HEAD~1', 'HEAD'])).code).toBe(0);
    for (const path of ['lib/a.c', 'lib/a*', './lib/../lib/a.c'])
      expect((await run(folder, ['HEAD~1', 'HEAD', '--', path])).out).toBe('lib/a.c:2:1 f: identical\n');
    expect((await run(join(folder, 'lib'), ['HEAD~1..HEAD', 'a.c'])).out).toBe('a.c:2:1 f: identical\n');
    expect((await run(folder, ['HEAD~1', 'HEAD', 'lib'])).code).toBe(1);
    expect(await run(folder, ['HEAD~1', 'HEAD', 'note.txt'])).toMatchObject({
      code: 2,
      err: 'goto-cleanup: neither version has a C file at "note.txt"\n',
    });
  });

  test('A...B begins where the branches parted', async () => {
    git(folder, 'checkout', '-q', '-b', 'topic');
    put(folder, 'lib/a.c', NEW);
    commit(folder, 'topic');
    git(folder, 'checkout', '-q', '-b', 'other', 'HEAD~1');
    put(folder, 'lib/b.c', BAD);
    commit(folder, 'other');
    expect((await run(folder, ['other...topic'])).code).toBe(0);
    expect((await run(folder, ['other..topic'])).code).toBe(1);
    git(folder, 'merge', '-q', 'topic', '-m', 'merge');
    expect((await run(folder, ['HEAD^1', 'HEAD'])).code).toBe(0);
    expect((await run(folder, ['HEAD^2', 'HEAD'])).code).toBe(1);
  });

  test('what git does not know, has not got, or is no repository: exit 2 with a sentence', async () => {
    expect(await run(folder, ['nope', 'HEAD'])).toMatchObject({
      code: 2,
      err: 'goto-cleanup: "nope": git knows no such revision\n',
    });
    commit(folder, 'two');
    const clone = makeFolder({});
    git(clone, 'clone', '-q', '--depth=1', `file://${folder}`, 'c');
    expect(await run(join(clone, 'c'), ['HEAD~1', 'HEAD'])).toMatchObject({
      code: 2,
      err: 'goto-cleanup: "HEAD~1": git knows no such revision; this clone is shallow, it needs more of its history (git fetch --unshallow)\n',
    });
    const outside = makeFolder({ 'a.c': OLD });
    expect((await run(outside, ['HEAD~1', 'HEAD'])).err).toMatch(/"HEAD~1" is no file, .* is in no repository\n$/);
    expect((await run(outside, ['--staged'])).err).toMatch(/^goto-cleanup: --staged asks git, and .* no repository\n$/);
    for (const argv of [[], ['lib/a.c'], ['HEAD']])
      expect((await run(folder, argv)).err).toMatch(/^goto-cleanup: verify wants BEFORE AFTER \(two files or two/);
    expect((await run(folder, ['--staged', '--patch', 'x'])).err).toContain('exclude each other');
    expect((await run(folder, ['lib/a.c', 'nope.c'])).err).toBe("goto-cleanup: nope.c: can't be read: no such file\n");
  });

  test('odd names, links, submodules and binaries', async () => {
    const names = ['with blank.c', 'new\nline.c', 'quote".c', 'gr\u00fc\u00df.c'];
    for (const name of names) put(folder, name, OLD);
    put(folder, 'bin.c', 'int x;\0');
    execFileSync('sh', ['-c', `cp lib/a.c "$(printf 'caf\\351.c')"`], { cwd: folder });
    symlinkSync('lib/a.c', join(folder, 'link.c'));
    commit(folder, 'odd');
    for (const name of names) put(folder, name, NEW);
    put(folder, 'bin.c', 'int y;\0');
    execFileSync('sh', ['-c', `sed s/-2/-3/ lib/a.c > "$(printf 'caf\\351.c')"`], { cwd: folder });
    rmSync(join(folder, 'link.c'));
    symlinkSync('lib/b.c', join(folder, 'link.c'));
    const [head = ''] = git(folder, 'rev-parse', 'HEAD').split('\n');
    git(folder, 'update-index', '--add', '--cacheinfo', `160000,${head},sub`);
    git(folder, 'add', '-A', '--', '*.c');
    git(folder, 'commit', '-q', '-m', 'changed');
    const { functions, notJudged } = await report(folder, 'HEAD~1', 'HEAD');
    expect(functions.map(({ after, verdict }) => [after?.path, verdict])).toEqual([
      ['caf\xe9.c', 'different'],
      ['caf\xe9.c', 'different'],
      ['gr\u00fc\u00df.c', 'identical'],
      ['new\nline.c', 'identical'],
      ['quote".c', 'identical'],
      ['with blank.c', 'identical'],
    ]);
    expect(notJudged).toEqual([
      { path: 'bin.c', reason: 'a binary file (it holds NUL bytes)' },
      { path: 'link.c', reason: 'a symbolic link is not followed' },
      { path: 'sub', reason: 'a submodule is not looked into' },
    ]);
    expect((await run(folder, ['HEAD~1', 'HEAD', '--', 'with blank.c', 'new\nline.c'])).code).toBe(0);
    expect((await run(folder, ['HEAD~1', 'HEAD', '--', 'new\nline.c'])).out).toBe('"new\\nline.c":2:1 f: identical\n');
    expect((await run(folder, ['HEAD~1', 'HEAD', 'bin.c'])).err).toBe(
      'goto-cleanup: bin.c: a binary file (it holds NUL bytes)\n',
    );
  });
});

describe('functions that came, went or moved', () => {
  test('are named and counted, and a renamed file is followed', async () => {
    renameSync(join(folder, 'lib/a.c'), join(folder, 'lib/renamed.c'));
    put(folder, 'lib/renamed.c', NEW);
    put(folder, 'lib/b.c', `${OLD}\nint fresh(void) {\n  return 1;\n}\n`.replace(cascade('g'), ''));
    rmSync(join(folder, 'note.txt'));
    commit(folder, 'moves');
    const { functions, summary } = await report(folder, 'HEAD~1', 'HEAD');
    expect(
      functions.map(({ name, change, verdict, before, after }) => [name, change, verdict, before?.path, after?.path]),
    ).toEqual([
      ['g', 'removed', 'unproved', 'lib/b.c', undefined],
      ['fresh', 'added', 'unproved', undefined, 'lib/b.c'],
      ['f', undefined, 'identical', 'lib/a.c', 'lib/renamed.c'],
    ]);
    expect(summary).toEqual({
      identical: 1,
      equivalent: 0,
      different: 0,
      unproved: 2,
      added: 1,
      removed: 1,
      moved: 0,
      notJudged: 0,
    });
    expect((await run(folder, ['HEAD~1', 'HEAD'])).err).toContain(' 2 unproved, 1 added, 1 removed;');
  });

  test('a function that moved is judged where it stands now', async () => {
    put(folder, 'lib/a.c', OLD.replace(cascade('f'), ''));
    put(folder, 'lib/c.c', HEAD + shared('f'));
    rmSync(join(folder, 'lib/b.c'));
    commit(folder, 'move');
    const { functions, notJudged } = await report(folder, 'HEAD~1', 'HEAD', '--', 'lib/a.c', 'lib/c.c');
    expect(functions).toMatchObject([
      {
        name: 'f',
        change: 'moved',
        verdict: 'identical',
        before: { path: 'lib/a.c', line: 2 },
        after: { path: 'lib/c.c' },
      },
    ]);
    expect(notJudged).toEqual([{ path: 'lib/c.c', reason: 'the file is only in the second version' }]);
    expect((await run(folder, ['HEAD~1', 'HEAD'])).out).toMatch(/lib\/b\.c not judged: the file is only in the first/);
  });

  test('one that moved uses the file-local things of another file', async () => {
    const counts = 'static int count;\nint next(void) {\n  return ++count;\n}\n';
    put(folder, 'lib/a.c', counts);
    put(folder, 'lib/b.c', 'static int count;\nint last(void) {\n  return count;\n}\n');
    commit(folder, 'counts');
    put(folder, 'lib/a.c', 'static int count;\n');
    put(folder, 'lib/b.c', `${get(folder, 'lib/b.c')}int next(void) {\n  return ++count;\n}\n`);
    commit(folder, 'moved');
    const { functions } = await report(folder, 'HEAD~1', 'HEAD');
    expect(functions).toMatchObject([
      { name: 'next', change: 'moved', verdict: 'unproved', reason: expect.stringContaining('`count` is local') },
    ]);
  });
});

describe('definitions', () => {
  const users = `#include "mem.h"\n${HEAD}${cascade('f', 'FREE')}\n${cascade('g', 'FREE')}`;
  const shares = `#include "mem.h"\n${HEAD}${shared('f', 'FREE')}\n${cascade('g', 'FREE')}`;

  test('come from the revision, not from the work tree', async () => {
    put(folder, 'lib/mem.h', '#define FREE(p) free(p)\n');
    put(folder, 'lib/a.c', users);
    commit(folder, 'macro');
    put(folder, 'lib/a.c', shares);
    commit(folder, 'one label');
    put(folder, 'lib/mem.h', '#define FREE(p) if (p) return 7\n');
    put(folder, 'lib/a.c', 'int f(void);\n');
    expect(await run(folder, ['HEAD~1', 'HEAD'])).toMatchObject({ code: 0, out: 'lib/a.c:3:1 f: identical\n' });
    commit(folder, 'another macro');
    put(folder, 'lib/mem.h', '#define FREE(p) free(p)\n');
    expect((await run(folder, ['HEAD~2', 'HEAD~1'])).code).toBe(0);
  });

  test('a macro that a header changed: what uses it has no proof, whether or not it changed itself', async () => {
    put(folder, 'lib/mem.h', '#define RELEASE(p) free(p)\n#define FREE(p) RELEASE(p)\n');
    put(folder, 'lib/a.c', users);
    commit(folder, 'macro');
    put(folder, 'lib/mem.h', '#define RELEASE(p) (void)(p)\n#define FREE(p) RELEASE(p)\n');
    put(folder, 'lib/a.c', shares);
    commit(folder, 'both');
    const { code, out } = await run(folder, ['HEAD~1', 'HEAD']);
    expect(code).toBe(1);
    expect(out).toMatch(/^lib\/a\.c:3:1 f: unproved\n {2}.* and `RELEASE` is defined differently \(lib\/mem\.h:1\)\n/);
    expect(out.slice(out.indexOf('lib/mem.h:1:1'))).toBe(
      'lib/mem.h:1:1 not judged: `RELEASE` is defined differently; what uses it in files that did not change was not looked at\n' +
        'lib/a.c not judged: `RELEASE` is defined differently (lib/mem.h:1)\n' +
        '  it is used, with no change of their own, by g\n',
    );
    const { notJudged } = await report(folder, 'HEAD~1', 'HEAD', 'lib/a.c');
    expect(notJudged).toMatchObject([{ path: 'lib/a.c', name: 'RELEASE', functions: ['g'] }]);
  });

  test('a proof rests only on what both versions know of a callee', async () => {
    const header = (body: string): string => `#include <stdlib.h>\nstatic inline void put(char *p) {\n${body}}\n`;
    const guarded = header('  if (!p)\n    return;\n  free(p);\n');
    const before =
      '#include "put.h"\nint f(const char *s) {\n  char *a = malloc(8);\n  if (!a)\n    return -1;\n' +
      '  if (!*s) {\n    put(a);\n    return -1;\n  }\n  put(a);\n  return 0;\n}\n';
    const after = before
      .replace('    return -1;\n  if', '    goto out;\n  if')
      .replace(
        '    put(a);\n    return -1;\n  }\n  put(a);\n  return 0;\n}',
        '    goto out;\n  }\n  put(a);\n  return 0;\nout:\n  put(a);\n  return -1;\n}',
      );
    put(folder, 'lib/put.h', guarded);
    put(folder, 'lib/a.c', before);
    commit(folder, 'guarded');
    put(folder, 'lib/a.c', after);
    commit(folder, 'shared');
    expect((await run(folder, ['HEAD~1', 'HEAD'])).out).toMatch(/^lib\/a\.c:2:1 f: equivalent: noop-release\n/);
    put(folder, 'lib/put.h', header('  *p = 0;\n  free(p);\n'));
    commit(folder, 'crashes');
    const { functions } = await report(folder, 'HEAD~2', 'HEAD');
    expect(functions.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['f', 'unproved'],
      ['put', 'different'],
    ]);
  });

  test('a global, a macro or a type that changed is listed, with what uses it; nothing else is', async () => {
    const text = (limit: string, type: string, other = ''): string =>
      `static int limit = ${limit};\ntypedef ${type} size;\nenum { ${other}FIRST, LAST };\n${other}\n` +
      'int uses_limit(int n) {\n  return n < limit;\n}\nint plain(int n) {\n  return n;\n}\n' +
      'size uses_type(void) {\n  return 0;\n}\nint uses_enum(void) {\n  return LAST;\n}\n';
    put(folder, 'lib/a.c', text('5', 'int'));
    commit(folder, 'one');
    put(folder, 'lib/a.c', text('6', 'long'));
    commit(folder, 'two');
    const { functions, notJudged } = await report(folder, 'HEAD~1', 'HEAD');
    expect(functions).toEqual([]);
    expect(notJudged.map(({ line, name, functions: usedBy = [] }) => [line, name, ...usedBy])).toEqual([
      [1, 'limit'],
      [2, 'size'],
      [1, 'limit', 'uses_limit'],
      [2, 'size', 'uses_type'],
    ]);
    expect((await run(folder, ['HEAD~1', 'HEAD'])).code).toBe(1);
    put(folder, 'lib/a.c', text('6', 'long', 'NEW, '));
    const { notJudged: more } = await report(folder, '--patch', patchOf());
    expect(more.filter((one) => one.functions)).toMatchObject([{ name: 'LAST', functions: ['uses_enum'] }]);
  });

  test('comments, an order of declarations and a declaration of nobody else prove no less', async () => {
    put(folder, 'lib/a.c', `#include <stdlib.h>\nint one(void);\nint two(int);\n${cascade('f')}`);
    commit(folder, 'one');
    put(folder, 'lib/a.c', `#include <stdlib.h> /* for free */\nint two(int n);\nint one(void);\n${shared('f')}`);
    commit(folder, 'two');
    expect((await run(folder, ['HEAD~1', 'HEAD'])).code).toBe(0);
    put(folder, 'lib/a.c', `#include <stdlib.h>\nint two(int n);\nint one(void);\nint helper(void);\n${cascade('f')}`);
    commit(folder, 'three');
    const { functions, notJudged } = await report(folder, 'HEAD~1', 'HEAD');
    expect(functions.map(({ verdict }) => verdict)).toEqual(['identical']);
    expect(notJudged).toEqual([{ path: 'lib/a.c', line: 4, name: 'helper', reason: '`helper` was added' }]);
  });

  test.each([
    ['an include that is not in the repository', '#include <other.h>\n', /the include of other\.h, which is not in/],
    ['a pragma', '#pragma pack(1)\n', /#pragma or #error differs/],
    ['text that belongs to nothing', 'DECLARE_ALL(x)\n\n', /text outside of functions and declarations differs/],
    ['a word of the language', '#define return if (1) return\n', /`return` is defined differently/],
  ])('%s may change every function', async (_, line, reason) => {
    put(folder, 'lib/a.c', `${line}${NEW}`);
    git(folder, 'add', '-A');
    const { functions, notJudged } = await report(folder, '--staged');
    expect(functions).toMatchObject([{ name: 'f', verdict: 'unproved', reason: expect.stringMatching(reason) }]);
    expect(notJudged.at(-1)).toMatchObject({ functions: ['g'], reason: expect.stringMatching(reason) });
  });

  test('a function that moved past a definition of what it uses', async () => {
    const use = 'int use(void) {\n  return ONE;\n}\n';
    put(folder, 'lib/a.c', `#define ONE 1\n${use}#undef ONE\n#define ONE 2\nint other(void) {\n  return 3;\n}\n`);
    commit(folder, 'one');
    put(folder, 'lib/a.c', `#define ONE 1\n#undef ONE\n#define ONE 2\n${use}int other(void) {\n  return 3;\n}\n`);
    commit(folder, 'two');
    const { functions, notJudged } = await report(folder, 'HEAD~1', 'HEAD');
    expect(functions).toEqual([]);
    expect(notJudged).toMatchObject([{ name: 'ONE', functions: ['use'] }]);
  });

  test('other #if lines around a function', async () => {
    put(folder, 'lib/a.c', `${HEAD}#ifdef A\n${cascade('f')}#endif\n`);
    commit(folder, 'one');
    put(folder, 'lib/a.c', `${HEAD}#ifdef B\n${cascade('f')}#endif\n`);
    commit(folder, 'two');
    const { functions } = await report(folder, 'HEAD~1', 'HEAD');
    expect(functions).toMatchObject([{ verdict: 'unproved', reason: 'the `#if` lines around the function differ' }]);
  });
});

describe('--staged', () => {
  test('compares HEAD with the index, whatever the work tree holds', async () => {
    put(folder, 'lib/a.c', NEW);
    git(folder, 'add', 'lib/a.c');
    put(folder, 'lib/a.c', BAD);
    put(folder, 'lib/b.c', BAD);
    expect(await run(folder, ['--staged'])).toEqual({
      code: 0,
      out: 'lib/a.c:2:1 f: identical\n',
      err: '1 identical, 0 equivalent, 0 different, 0 unproved\n',
    });
    git(folder, 'add', 'lib/a.c');
    expect((await run(folder, ['--staged'])).code).toBe(1);
    expect((await run(folder, ['--staged', 'lib/b.c'])).code).toBe(0);
    expect((await run(folder, ['--staged', 'lib/x.c'])).code).toBe(2);
  });

  test('headers and configs are those of the index', async () => {
    put(folder, 'lib/mem.h', '#define FREE(p) free(p)\n');
    put(folder, 'lib/a.c', `#include "mem.h"\n${HEAD}${cascade('f', 'FREE')}`);
    commit(folder, 'macro');
    put(folder, 'lib/a.c', `#include "mem.h"\n${HEAD}${shared('f', 'FREE')}`);
    put(folder, 'goto-cleanup.json', '{}');
    git(folder, 'add', '-A');
    put(folder, 'lib/mem.h', '#define FREE(p) if (p) return 7\n');
    put(folder, 'goto-cleanup.json', '{');
    expect((await run(folder, ['--staged'])).code).toBe(0);
    git(folder, 'add', 'lib/mem.h');
    expect((await run(folder, ['--staged'])).out).toContain('`FREE` is defined differently (lib/mem.h:1)');
  });

  test('before the first commit all is new, and a conflict is not judged', async () => {
    const empty = makeFolder({ 'a.c': HEAD + cascade('f') });
    git(empty, 'init', '-q');
    expect(await run(empty, ['--staged'])).toMatchObject({ code: 0, out: '' });
    git(empty, 'add', 'a.c');
    const { functions } = await report(empty, '--staged');
    expect(functions).toMatchObject([{ name: 'f', change: 'added', verdict: 'unproved' }]);
    git(folder, 'checkout', '-q', '-b', 'topic');
    put(folder, 'lib/a.c', NEW);
    commit(folder, 'new');
    git(folder, 'checkout', '-q', '-');
    put(folder, 'lib/a.c', BAD);
    commit(folder, 'bad');
    expect(() => git(folder, 'merge', 'topic')).toThrow('Command failed');
    const { notJudged } = await report(folder, '--staged');
    expect(notJudged).toEqual([{ path: 'lib/a.c', reason: 'its conflict is not resolved' }]);
  });
});

/** What the work tree holds and the last commit does not, as a file outside; the work tree is as it was. */
function patchOf(...flags: string[]): string {
  git(folder, 'add', '-A');
  const patch = join(makeFolder({}), 'p.patch');
  writeFileSync(patch, git(folder, 'diff', '--cached', '--binary', ...flags), 'latin1');
  git(folder, 'reset', '-q', '--hard');
  return patch;
}

describe('--patch', () => {
  test('is applied in memory: a verdict for each function, and nothing is written', async () => {
    put(folder, 'lib/a.c', NEW);
    put(folder, 'lib/b.c', BAD);
    put(folder, 'note.txt', 'b');
    const patch = patchOf();
    const { code, out, err } = await run(folder, ['--patch', patch]);
    expect(code).toBe(1);
    expect(out).toMatch(/^lib\/a\.c:2:1 f: identical\nlib\/b\.c:2:1 f: different\n/);
    expect(err).toContain('; 1 changed file is not C, and not looked at\n');
    expect((await run(folder, ['--patch', patch, 'lib/a.c'])).code).toBe(0);
    expect((await run(join(folder, 'lib'), ['--patch', '-'], get(patch, ''))).out).toContain('a.c:2:1 f: identical\n');
    expect(git(folder, 'status', '--porcelain')).toBe('');
  });

  test('a patch of the tool itself is proved', async () => {
    const io = fakeIo(folder);
    expect(await main(['diff'], io)).toBe(1);
    const { code, err } = await run(folder, ['--patch', '-'], io.out().toString('latin1'));
    expect([code, err]).toEqual([0, '4 identical, 0 equivalent, 0 different, 0 unproved\n']);
  });

  test('its hunks may stand some lines away, and must fit', async () => {
    put(folder, 'lib/a.c', NEW);
    const patch = patchOf();
    put(folder, 'lib/a.c', `\n\n\n${OLD}`);
    expect((await run(folder, ['--patch', patch])).code).toBe(0);
    put(folder, 'lib/a.c', OLD.replace('return -2', 'return -5'));
    expect(await run(folder, ['--patch', patch])).toMatchObject({
      code: 2,
      out: '',
      err: `goto-cleanup: ${patch}: lib/a.c: hunk 1 (line 1) does not apply\n`,
    });
    rmSync(join(folder, 'lib/a.c'));
    expect((await run(folder, ['--patch', patch])).err).toContain('lib/a.c: there is no such file\n');
  });

  test('headers count as the patch leaves them', async () => {
    put(folder, 'lib/mem.h', '#define FREE(p) free(p)\n');
    put(folder, 'lib/a.c', `#include "mem.h"\n${HEAD}${cascade('f', 'FREE')}`);
    commit(folder, 'macro');
    put(folder, 'lib/a.c', `#include "mem.h"\n${HEAD}${shared('f', 'FREE')}`);
    const alone = patchOf();
    put(folder, 'lib/a.c', `#include "mem.h"\n${HEAD}${shared('f', 'FREE')}`);
    put(folder, 'lib/mem.h', '#define FREE(p) (void)(p)\n');
    const both = patchOf();
    expect((await run(folder, ['--patch', alone])).code).toBe(0);
    expect((await run(folder, ['--patch', both])).out).toContain('`FREE` is defined differently (lib/mem.h:1)');
  });

  test('new, deleted, renamed and binary files, odd names, CRLF, no newline at the end', async () => {
    const crlf = (text: string): string => text.replaceAll('\n', '\r\n');
    put(folder, 'with blank.c', crlf(OLD));
    put(folder, 'new\nline.c', OLD.trimEnd());
    put(folder, 'gone.c', 'int gone(void) {\n  return 1;\n}\n');
    put(folder, 'bin.c', '\0');
    commit(folder, 'odd');
    put(folder, 'with blank.c', crlf(NEW));
    put(folder, 'new\nline.c', NEW.trimEnd());
    rmSync(join(folder, 'gone.c'));
    put(folder, 'fresh.c', 'void fresh(long count) {\n  while (count-- > 0) continue;\n}\n');
    put(folder, 'bin.c', '\0\0');
    git(folder, 'mv', 'lib/b.c', 'lib/renamed.c');
    put(folder, 'lib/renamed.c', NEW);
    const patch = patchOf('--find-renames=20%');
    expect(get(patch, '')).toContain('rename to lib/renamed.c');
    const { functions, notJudged } = await report(folder, '--patch', patch);
    expect(
      functions
        .map(({ name, change, verdict, after, before }) => [name, change, verdict, (after ?? before)?.path])
        .toSorted(),
    ).toEqual([
      ['f', undefined, 'identical', 'lib/renamed.c'],
      ['f', undefined, 'identical', 'new\nline.c'],
      ['f', undefined, 'identical', 'with blank.c'],
      ['fresh', 'added', 'unproved', 'fresh.c'],
      ['gone', 'removed', 'unproved', 'gone.c'],
    ]);
    expect(notJudged.map(({ path }) => path).toSorted()).toEqual(['bin.c', 'fresh.c', 'gone.c']);
  });

  test('a series of mails, a diff -u, and patches without prefixes', async () => {
    put(folder, 'lib/a.c', NEW);
    commit(folder, 'one');
    put(folder, 'lib/a.c', `${HEAD}${shared('f')}\n${shared('g')}`);
    commit(folder, 'two');
    const mails = git(folder, 'format-patch', '--stdout', 'HEAD~2');
    const plain = git(folder, 'diff', '--no-prefix', 'HEAD~2', 'HEAD');
    const bare = plain
      .replace(/^(diff|index) .*\n/gm, '')
      .replace(/^((?:---|\+\+\+) .*)$/gm, '$1\t2026-01-01 00:00:00');
    git(folder, 'reset', '-q', '--hard', 'HEAD~2');
    for (const patch of [mails, plain, bare, bare.replaceAll('\n--- ', '\nOnly in x: y\n--- ')]) {
      const { code, out } = await run(folder, ['--patch', '-'], patch);
      expect([code, out]).toEqual([0, 'lib/a.c:2:1 f: identical\nlib/a.c:21:1 g: identical\n']);
    }
  });

  test('what is no patch, or not all of one, or leads out: exit 2', async () => {
    const of = async (text: string): Promise<string> => (await run(folder, ['--patch', '-'], text)).err;
    expect(await of('')).toBe('goto-cleanup: stdin: there is no patch in it\n');
    expect(await of('Dear all,\n--- \nthis is a letter\n')).toBe('goto-cleanup: stdin: there is no patch in it\n');
    const head = '--- a/lib/a.c\n+++ b/lib/a.c\n';
    expect(await of(`${head}@@ -1,2 +1,2 @@\n #include <stdlib.h>\n`)).toBe(
      'goto-cleanup: stdin: the hunk in line 3 is broken off\n',
    );
    expect(await of('--- a/../x.c\n+++ b/../x.c\n@@ -1 +1 @@\n-a\n+b\n')).toContain(
      '../x.c leads out of the repository\n',
    );
    expect(await of('--- /dev/null\n+++ b/lib/a.c\n@@ -0,0 +1 @@\n+b\n')).toContain('it is there already\n');
    expect((await run(folder, ['--patch', 'nope'])).err).toBe(
      "goto-cleanup: --patch nope: can't be read: no such file\n",
    );
  });

  test('works outside of git', async () => {
    const plain = makeFolder({ 'a.c': OLD });
    put(folder, 'a.c', OLD);
    commit(folder, 'a');
    put(folder, 'a.c', NEW);
    expect((await run(plain, ['--patch', patchOf()])).code).toBe(0);
  });
});
