/** Comments that suppress, on the real pipeline. */
import { describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { fakeIo } from '../cli/fake-io.ts';
import { get, git, makeFolder, makeRepository, put, REPEATS } from '../cli/project.ts';

const HEAD = REPEATS.slice(0, REPEATS.indexOf('int f'));
const BODY = REPEATS.slice(REPEATS.indexOf('int f'));
const IDLE = 'int idle(void)\n{\n\treturn 0;\n}\n';

interface Seen {
  readonly functions: { name: string; status: string; code?: string; reason?: string; at?: object }[];
  readonly findings: { code: string; function: string; line: number; column: number; message: string }[];
}

async function check(text: string, ...flags: string[]): Promise<Seen & { code: number }> {
  const folder = makeFolder({ 'a.c': text });
  const io = fakeIo(folder);
  const code = await main(['check', '-f', 'json', ...flags], io);
  const { files } = JSON.parse(io.out().toString()) as { files: Seen[] };
  return { code, functions: files[0]?.functions ?? [], findings: files[0]?.findings ?? [] };
}

describe('a comment that suppresses', () => {
  test.each([
    ['above the function', `${HEAD}// goto-cleanup: ignore[repeated-cleanup] -- as the vendor has it\n${BODY}`],
    [
      'in a block of comments above',
      `${HEAD}/*\n * goto-cleanup: ignore -- as the vendor has it */\n// It is odd.\n${BODY}`,
    ],
    ['inside', REPEATS.replace('\treturn 0;', '\treturn 0; /* goto-cleanup: ignore -- as the vendor has it */')],
    [
      'one of several codes',
      `${HEAD}// goto-cleanup:ignore [leak-on-path, repeated-cleanup] -- as the vendor has it\r\n${BODY}`,
    ],
  ])('%s: the function is left alone, and its reason is reported', async (_where, text) => {
    const { code, functions, findings } = await check(text);
    expect(functions).toMatchObject([{ name: 'f', status: 'refused', code: 'suppressed' }]);
    expect(functions[0]?.reason).toBe('as the vendor has it');
    expect({ code, findings }).toEqual({ code: 0, findings: [] });
  });

  test('the functions beside it are rewritten as ever', async () => {
    const folder = makeRepository({
      'a.c': `${HEAD}${BODY}// goto-cleanup: ignore\n${BODY.replace('int f', 'int g')}\n${BODY.replace('int f', 'int h')}`,
    });
    expect(await main(['apply'], fakeIo(folder))).toBe(0);
    const text = get(folder, 'a.c');
    expect(text).toContain(`// goto-cleanup: ignore\n${BODY.replace('int f', 'int g')}`);
    expect(text.match(/goto cleanup/g)).toHaveLength(6);
    expect(await main(['undo'], fakeIo(folder))).toBe(0);
    expect(git(folder, 'status', '--porcelain')).toBe('');
  });

  test('explain says so', async () => {
    const io = fakeIo(makeFolder({ 'a.c': `${HEAD}// goto-cleanup: ignore -- so be it\n${BODY}` }));
    await main(['explain', 'a.c:f'], io);
    expect(io.out().toString()).toContain('the comment in line 5 suppresses everything: so be it\ncan be rewritten');
  });
});

describe('a comment that suppresses nothing is reported', () => {
  const unused = (findings: Seen['findings']): string[] =>
    findings.map(({ code, function: name, line, column, message }) => `${line}:${column} ${name}: ${message}  ${code}`);

  test.each([
    [
      'in an idle function',
      `${IDLE}// goto-cleanup: ignore\n${IDLE.replace('idle', 'other')}`,
      '5:1 other: there is nothing that the comment suppresses',
    ],
    [
      'for another code',
      REPEATS.replace('\treturn 0;', '\t// goto-cleanup: ignore[leak-on-path]\n\treturn 0;'),
      '25:2 f: there is nothing that the comment suppresses',
    ],
    [
      'outside of all functions',
      `${IDLE}\n// goto-cleanup: ignore\n\nint x;\n`,
      '6:1 (file): the comment stands neither in a function nor right above one',
    ],
    [
      'above a declaration',
      `// goto-cleanup: ignore\nint x;\n${IDLE}`,
      '1:1 (file): the comment stands neither in a function nor right above one',
    ],
  ])('%s', async (_where, text, expected) => {
    const { code, findings } = await check(text);
    expect(unused(findings)).toEqual([`${expected}  unused-suppression`]);
    expect(code).toBe(1);
  });

  test('a code that does not exist, with the one that was meant', async () => {
    const { findings, functions } = await check(`${HEAD}// goto-cleanup: ignore[repeted-cleanup]\n${BODY}`);
    expect(functions).toMatchObject([{ status: 'rewritable' }]);
    expect(findings).toHaveLength(1);
    expect(findings[0]?.message).toMatch(
      /^the comment ignores what there is not: unknown code "repeted-cleanup"; did you mean "repeated-cleanup"/,
    );
  });

  test('not where the function was not looked at, nor where the rule is off', async () => {
    const text = `// goto-cleanup: ignore\n${IDLE}\n${IDLE.replace('idle', 'other')}`;
    expect((await check(text, '--function', 'other')).findings).toEqual([]);
    expect((await check(text, '--function', 'idle')).findings).toHaveLength(1);
    const folder = makeRepository({ 'a.c': text });
    put(folder, 'a.c', text.replace('int other(void)', 'int other( void )'));
    const io = fakeIo(folder);
    expect(await main(['check', '--changed'], io)).toBe(0);
    put(folder, 'goto-cleanup.json', '{ "rules": { "unused-suppression": "off" } }');
    expect(await main(['check'], fakeIo(folder))).toBe(0);
  });

  test('a function that is refused today may keep its comment', async () => {
    const { findings } = await check(`${HEAD}// goto-cleanup: ignore\n${BODY.replace('if (n < 2)', 'if (n < 2 ((')}`);
    expect(findings).toEqual([]);
  });
});
