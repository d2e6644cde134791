/** A tree full of old repetition starts today, and only what is new fails. */

import { describe, expect, test } from 'vitest';
import { cFunction, get, git, makeFolder, makeRepository, put, run } from './project.ts';

const NAME = 'goto-cleanup.baseline.json';
const LEAK = 'int leaky(int x)\n{\n\tleak_me();\n\treturn 0;\n}\n';
const OLD = {
  'z.c': cFunction('old') + LEAK,
  'lib/ü.c': cFunction('__proto__') + cFunction('twice') + cFunction('twice'),
};

describe('baseline', () => {
  test('what is there is accepted; one new repetition gives one line', async () => {
    const folder = makeRepository(OLD);
    expect((await run(folder, ['check'])).code).toBe(1);
    const written = await run(folder, ['baseline', '--write']);
    expect(written).toEqual({ code: 0, out: '', err: `${NAME}: 5 reports accepted\n` });
    const accepted = await run(folder, ['check']);
    expect(accepted).toMatchObject({ code: 0, out: '' });
    expect(accepted.err).toContain('nothing to rewrite; 5 in the baseline.');
    put(folder, 'z.c', `\n\n${cFunction('fresh')}\n${OLD['z.c']}`);
    const { code, out } = await run(folder, ['check']);
    expect(code).toBe(1);
    expect(out).toMatch(/^z\.c:3:1 fresh: [^\n]*\n$/);
    const json = JSON.parse((await run(folder, ['check', '-f', 'json'])).out) as { summary: object };
    expect(json.summary).toMatchObject({ rewritable: 1, findings: {} });
  });

  test('a third function of the name is one more than was accepted', async () => {
    const folder = makeRepository(OLD);
    await run(folder, ['baseline', '--write']);
    put(folder, 'lib/ü.c', OLD['lib/ü.c'] + cFunction('twice'));
    expect((await run(folder, ['check'])).out.trim().split('\n')).toHaveLength(1);
  });

  test('diff and apply see everything', async () => {
    const folder = makeRepository(OLD);
    await run(folder, ['baseline', '--write']);
    expect((await run(folder, ['diff'])).out.match(/^# .*:\d+ \w+:/gm)).toHaveLength(4);
    expect((await run(folder, ['apply'])).code).toBe(0);
    expect(get(folder, 'z.c')).toContain('goto out');
  });

  test('--prune takes out what is gone and accepts nothing new', async () => {
    const folder = makeRepository(OLD);
    await run(folder, ['baseline', '--write']);
    const before = get(folder, NAME);
    expect((await run(folder, ['baseline', '--prune'])).err).toBe(`${NAME}: 0 taken out, 5 reports left\n`);
    expect(get(folder, NAME)).toBe(before);
    put(folder, 'z.c', cFunction('fresh') + LEAK);
    expect((await run(folder, ['baseline', '--prune'])).err).toBe(`${NAME}: 1 taken out, 4 reports left\n`);
    expect((await run(folder, ['check'])).out).toMatch(/^z\.c:1:1 fresh: [^\n]*\n$/);
  });

  test('the file is keyed by file, function and rule, in order, without lines', async () => {
    const folder = makeRepository(OLD);
    await run(folder, ['baseline', '--write']);
    expect(Buffer.from(get(folder, NAME), 'latin1').toString()).toBe(
      '{\n  "version": 1,\n  "files": {\n' +
        '    "lib/ü.c": {\n      "__proto__": {\n        "repeated-cleanup": 1\n      },\n' +
        '      "twice": {\n        "repeated-cleanup": 2\n      }\n    },\n' +
        '    "z.c": {\n      "leaky": {\n        "leak-on-path": 1\n      },\n' +
        '      "old": {\n        "repeated-cleanup": 1\n      }\n    }\n  }\n}\n',
    );
  });

  test('--staged goes by the baseline that is staged', async () => {
    const folder = makeRepository({ 'a.c': '' });
    put(folder, 'a.c', cFunction('a'));
    await run(folder, ['baseline', '--write']);
    git(folder, 'add', '.');
    expect((await run(folder, ['check', '--staged'])).code).toBe(0);
    put(folder, NAME, '{ "version": 1, "files": {} }');
    expect((await run(folder, ['check', '--staged'])).code).toBe(0);
    expect((await run(folder, ['check'])).code).toBe(1);
    git(folder, 'add', '.');
    expect((await run(folder, ['check', '--staged'])).code).toBe(1);
  });

  test.each([
    ['{', 'goto-cleanup.baseline.json: not a baseline: '],
    ['{ "version": 2, "files": {} }', 'it has no version 1'],
    ['{ "version": 1, "files": { "a.c": { "f": { "repeated-cleanup": "many" } } } }', 'a count is no number'],
    ['{ "version": 1, "files": { "a.c": [] } }', 'a level is missing'],
  ])('%s is none', async (text, message) => {
    const folder = makeRepository({ 'a.c': cFunction('a'), [NAME]: text });
    const { code, out, err } = await run(folder, ['check']);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
  });

  test('used wrong', async () => {
    const folder = makeFolder({});
    for (const flags of [[], ['--write', '--prune']])
      expect(await run(folder, ['baseline', ...flags])).toEqual({
        code: 2,
        out: '',
        err: 'goto-cleanup: baseline needs --write or --prune\n',
      });
    expect((await run(folder, ['baseline', '--prune'])).err).toContain('--write makes one');
  });

  test('a folder that cannot be written', async () => {
    const folder = makeFolder({ 'a.c': cFunction('a'), [`${NAME}.new/x`]: '' });
    const { code, err } = await run(folder, ['baseline', '--write']);
    expect(code).toBe(2);
    expect(err).toContain(`can't write ${NAME}: `);
  });
});
