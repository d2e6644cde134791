import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, linkSync, lstatSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { fakeIo } from './fake-io.ts';
import { fakePipeline, pipelinesOf } from './fake-pipeline.ts';
import { cFunction, type Files, get, git, makeFolder, makeRepository, put, run } from './project.ts';

const GOTO = 'goto out; /* \xfc */';
const ODD: Files = {
  'plain.c': cFunction('a'),
  'crlf.c': cFunction('a', '\r\n'),
  'mixed.c': `${cFunction('a', '\r\n')}${cFunction('b')}`,
  'bom.c': `\xef\xbb\xbf\n${cFunction('a')}`,
  'latin1.c': `/* caf\xe9 \x80 */\n${cFunction('a')}`,
  'no newline.c': cFunction('a').trimEnd(),
  'last-line.c': 'int a(void) {\n  return 0;\n}\nint b(void) {return 1;\n}',
  'cr\rlone.c': `a\rb\n${cFunction('a')}`,
  'ümlaut "q" \\ tab\t.c': cFunction('a'),
  'two.c': `${cFunction('a')}${'\n'.repeat(20)}${cFunction('b')}`,
  'form\ffeed.c': `\f\n${cFunction('a')}\v\n`,
  'sub/dir/deep.c': cFunction('a'),
};

describe('diff and apply', () => {
  test('diff | git apply gives byte for byte what apply writes', async () => {
    const [one, two] = [makeRepository(ODD), makeRepository(ODD)];
    const { code, out } = await run(one, ['diff']);
    expect(code).toBe(1);
    execFileSync('git', ['apply', '-'], { cwd: one, input: Buffer.from(out, 'latin1') });
    expect((await run(two, ['apply'])).code).toBe(0);
    for (const [path, text] of Object.entries(ODD)) {
      expect(get(two, path)).toBe(text.replaceAll('return 1;', GOTO));
      expect(get(one, path)).toBe(get(two, path));
    }
  });

  test('from a subfolder too, and with apply --dry-run', async () => {
    const folder = makeRepository(ODD);
    const { out } = await run(join(folder, 'sub'), ['apply', '--dry-run', '..']);
    execFileSync('git', ['apply', '-'], { cwd: folder, input: Buffer.from(out, 'latin1') });
    expect(get(folder, 'sub/dir/deep.c')).toContain(GOTO);
    expect(get(folder, 'plain.c')).toContain(GOTO);
  });

  test('patch(1) takes it as well, outside git', async () => {
    const folder = makeFolder({ 'sub/a b.c': cFunction('a') });
    const { out } = await run(folder, ['diff']);
    execFileSync('git', ['apply', '-'], { cwd: folder, input: Buffer.from(out, 'latin1') });
    expect(get(folder, 'sub/a b.c')).toContain(GOTO);
  });

  test('a comment above the hunks says the verdict and what it rests on, and each hunk says it again', async () => {
    const folder = makeRepository({ 'lib/two.c': ODD['two.c'] ?? '' });
    const { out } = await run(folder, ['diff']);
    expect(out).toBe(
      [
        '# lib/two.c:1 a: equivalent: reorder, errno: free',
        '#   rests on: free keeps errno (preset libc)',
        '# lib/two.c:27 b: equivalent: reorder, errno: free',
        '#   rests on: free keeps errno (preset libc)',
        'diff --git a/lib/two.c b/lib/two.c',
        '--- a/lib/two.c',
        '+++ b/lib/two.c',
        '@@ -1,7 +1,7 @@ a: equivalent: reorder, errno: free',
        ' int a(int x)',
        ' {',
        ' \tif (x)',
        '-\t\treturn 1;',
        `+\t\t${GOTO}`,
        ' \treturn 0;',
        ' }',
        ' ',
        '@@ -27,6 +27,6 @@ b: equivalent: reorder, errno: free',
        ' int b(int x)',
        ' {',
        ' \tif (x)',
        '-\t\treturn 1;',
        `+\t\t${GOTO}`,
        ' \treturn 0;',
        ' }',
        '',
      ].join('\n'),
    );
  });

  test('apply reports what it wrote; a second run has nothing to do', async () => {
    const folder = makeRepository({ 'a.c': cFunction('a'), 'b.c': cFunction('b') });
    const first = await run(folder, ['apply', '-f', 'json']);
    const report = JSON.parse(first.out) as { summary: object; files: { functions: { status: string }[] }[] };
    expect(report.summary).toMatchObject({ rewritable: 0, applied: 2 });
    expect(report.files[0]?.functions[0]?.status).toBe('applied');
    expect(first.err).toBe('2 files, 2 functions: 2 rewritten, all proved.  0.0 s\n');
    git(folder, 'commit', '-qam', 'rewritten');
    expect(await run(folder, ['apply'])).toMatchObject({ code: 0, out: '' });
    expect(git(folder, 'status', '--porcelain')).toBe('');
  });

  test('apply - is a filter', async () => {
    const folder = makeRepository({});
    const { code, out } = await run(folder, ['apply', '-'], { stdin: cFunction('a') });
    expect({ code, out }).toEqual({ code: 0, out: cFunction('a').replace('return 1;', GOTO) });
    expect((await run(folder, ['apply', '-'], { stdin: 'int x;\n' })).out).toBe('int x;\n');
  });

  test('--max-functions counts over files', async () => {
    const folder = makeRepository({ 'a.c': ODD['two.c'] ?? '', 'b.c': cFunction('b') });
    const { err } = await run(folder, ['apply', '--max-functions', '2']);
    expect(get(folder, 'a.c').split(GOTO)).toHaveLength(3);
    expect(get(folder, 'b.c')).toBe(cFunction('b'));
    expect(err).toContain('2 rewritten, 1 can be rewritten, all proved');
  });
});

describe('targets', () => {
  async function expectRefused(folder: string, reason: string, ...flags: string[]): Promise<void> {
    const before = get(folder, 'a.c');
    const { code, err } = await run(folder, ['apply', ...flags]);
    expect(err).toContain(`goto-cleanup: a.c: not written: ${reason}\n`);
    expect(code).toBe(2);
    expect(get(folder, 'a.c')).toBe(before);
    expect(get(folder, 'clean.c')).toBe(cFunction('clean'));
    expect(readdirSync(folder).filter((name) => name.endsWith('.goto-cleanup'))).toEqual([]);
  }
  const files = { 'a.c': cFunction('a'), 'clean.c': cFunction('clean'), 'other.txt': '' };

  test('unstaged changes: refused, and with it the whole run, unless --allow-dirty', async () => {
    const folder = makeRepository(files);
    put(folder, 'a.c', `${cFunction('a')}int x;\n`);
    await expectRefused(folder, 'it has unstaged changes (--allow-dirty)');
    expect((await run(folder, ['apply', '--allow-dirty'])).code).toBe(0);
    expect(get(folder, 'a.c')).toContain(GOTO);
  });

  test('untracked: refused, ignored too', async () => {
    const folder = makeRepository({ 'clean.c': files['clean.c'], '.gitignore': 'i.c\n' });
    put(folder, 'a.c', cFunction('a'));
    await expectRefused(folder, 'untracked (--allow-dirty)');
    put(folder, 'i.c', cFunction('i'));
    expect((await run(folder, ['apply', 'i.c'])).err).toContain('i.c: not written: untracked (--allow-dirty)');
  });

  test('staged changes and dirt elsewhere do not matter', async () => {
    const folder = makeRepository(files);
    put(folder, 'a.c', `${cFunction('a')}int x;\n`);
    git(folder, 'add', 'a.c');
    put(folder, 'other.txt', 'dirt');
    put(folder, 'nothing.c', 'int dirt;\n');
    expect((await run(folder, ['apply'])).code).toBe(0);
    expect(get(folder, 'a.c')).toContain(GOTO);
  });

  test('a new time alone is no change', async () => {
    const folder = makeRepository(files);
    put(folder, 'a.c', files['a.c']);
    expect((await run(folder, ['apply'])).code).toBe(0);
  });

  test('read-only: refused', async () => {
    const folder = makeRepository(files);
    chmodSync(join(folder, 'a.c'), 0o444);
    await expectRefused(folder, 'it is read-only');
    expect(statSync(join(folder, 'a.c')).mode & 0o777).toBe(0o444);
  });

  test('hard links: refused, unless --in-place, which keeps them', async () => {
    const folder = makeRepository(files);
    linkSync(join(folder, 'a.c'), join(folder, 'twin.txt'));
    await expectRefused(folder, 'it has several hard links (--in-place)');
    expect((await run(folder, ['apply', '--in-place'])).code).toBe(0);
    expect(get(folder, 'twin.txt')).toContain(GOTO);
    expect(statSync(join(folder, 'a.c')).nlink).toBe(2);
  });

  test('a symbolic link stays one; the file behind it is written', async () => {
    const folder = makeRepository({ 'real/a.c': cFunction('a') });
    symlinkSync('real/a.c', join(folder, 'link.c'));
    expect((await run(folder, ['apply', 'link.c'])).code).toBe(0);
    expect(lstatSync(join(folder, 'link.c')).isSymbolicLink()).toBe(true);
    expect(get(folder, 'real/a.c')).toContain(GOTO);
  });

  test.skipIf(process.platform === 'win32')('mode and, for the super-user, owner are kept', async () => {
    const folder = makeRepository(files);
    const path = join(folder, 'a.c');
    chmodSync(path, 0o4751);
    if (process.getuid?.() === 0) chownSync(path, 12_345, 54_321);
    const before = statSync(path);
    if (process.getuid?.() === 0) chmodSync(path, 0o4751);
    expect((await run(folder, ['apply', '--allow-dirty'])).code).toBe(0);
    const after = statSync(path);
    expect(after.mode & 0o7777).toBe(0o4751);
    expect([after.uid, after.gid]).toEqual([before.uid, before.gid]);
  });

  test('outside git nothing is dirty', async () => {
    const folder = makeFolder({ 'a.c': cFunction('a') });
    expect((await run(folder, ['apply'])).code).toBe(0);
    expect(get(folder, 'a.c')).toContain(GOTO);
  });

  test('a file that changed after it was read is not written', async () => {
    const folder = makeRepository(files);
    const io = fakeIo(folder);
    const changing = {
      ...fakePipeline,
      processFile: (...parameters: Parameters<typeof fakePipeline.processFile>) => {
        const outcome = fakePipeline.processFile(...parameters);
        writeFileSync(join(folder, 'a.c'), 'int late;\n');
        return outcome;
      },
    };
    expect(await main(['apply', '--allow-dirty', 'a.c'], io, pipelinesOf(changing))).toBe(2);
    expect(io.err()).toContain('a.c: not written: it has changed since it was read');
    expect(get(folder, 'a.c')).toBe('int late;\n');
    expect(readdirSync(folder).filter((name) => name.endsWith('.goto-cleanup'))).toEqual([]);
  });
});

describe('undo', () => {
  test('gives back every byte, once', async () => {
    const folder = makeRepository(ODD);
    await run(folder, ['apply']);
    const { code, out } = await run(folder, ['undo']);
    expect(code).toBe(0);
    expect(out.split('\n')).toContain('plain.c');
    expect(git(folder, 'status', '--porcelain')).toBe('');
    expect(await run(folder, ['undo'])).toEqual({ code: 0, out: '', err: 'goto-cleanup: nothing to undo\n' });
  });

  test('works outside git, and leaves nothing in the project', async () => {
    const folder = makeFolder({ 'p/a.c': cFunction('a') });
    const env = { XDG_STATE_HOME: join(folder, 'state') };
    await run(join(folder, 'p'), ['apply'], { env });
    expect(readdirSync(join(folder, 'p'))).toEqual(['a.c']);
    expect((await run(join(folder, 'p'), ['undo'], { env })).code).toBe(0);
    expect(get(folder, 'p/a.c')).toBe(cFunction('a'));
  });

  test('all or nothing: a file that was changed since stops it, and the patch is named', async () => {
    const folder = makeRepository({ 'a.c': cFunction('a'), 'b.c': cFunction('b') });
    await run(folder, ['apply']);
    const written = get(folder, 'a.c');
    put(folder, 'b.c', 'int mine;\n');
    const { code, err } = await run(folder, ['undo']);
    expect(code).toBe(2);
    expect(err).toContain('b.c: not undone: it has changed since the apply');
    expect(err).toContain(join('.git', 'goto-cleanup', 'undo.patch'));
    expect(get(folder, 'a.c')).toBe(written);
    put(folder, 'b.c', cFunction('b').replace('return 1;', GOTO));
    execFileSync('git', ['apply', '.git/goto-cleanup/undo.patch'], { cwd: folder });
    expect(git(folder, 'status', '--porcelain')).toBe('');
  });
});

describe('an interrupt', () => {
  test('between two files stops there: each is old or new, and undo takes back what was written', async () => {
    const folder = makeRepository({ 'a.c': cFunction('a'), 'b.c': cFunction('b'), 'c.c': cFunction('c') });
    const io = fakeIo(folder);
    const interrupting = {
      ...io,
      onInterrupt: (listener: () => void) => {
        const stop = io.onInterrupt(listener);
        const isWritten = (): boolean => get(folder, 'a.c').includes(GOTO);
        const poll = setInterval(() => isWritten() && io.interrupt(), 0);
        return () => {
          clearInterval(poll);
          stop();
        };
      },
    };
    const code = await main(['apply'], interrupting, pipelinesOf(fakePipeline));
    const states = ['a.c', 'b.c', 'c.c'].map((path) => get(folder, path).includes(GOTO));
    expect(states[0]).toBe(true);
    expect(states[2] && code === 130).toBe(false);
    expect((await run(folder, ['undo'])).code).toBe(0);
    expect(git(folder, 'status', '--porcelain')).toBe('');
  });

  test('before the first file: nothing is written', async () => {
    const folder = makeRepository({ 'a.c': cFunction('a') });
    const io = fakeIo(folder);
    const early = { ...io, onInterrupt: (listener: () => void) => (listener(), () => undefined) };
    expect(await main(['apply'], early, pipelinesOf(fakePipeline))).toBe(130);
    expect(io.err()).toContain('interrupted; 0 of 1 files written');
    expect(git(folder, 'status', '--porcelain')).toBe('');
  });
});
