/** Single situations on the real pipeline. */
import { describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { fakeIo } from './fake-io.ts';
import { get, git, makeFolder, makeRepository, type RunResult } from './project.ts';

function repeats(name: string, extra = ''): string {
  const exit = (condition: string, value: string): string =>
    `  if (${condition}) {\n${extra}    free(b);\n    free(a);\n    return ${value};\n  }\n`;
  return [
    `int ${name}(const char *s) {\n`,
    '  char *a = malloc(8);\n  char *b = malloc(8);\n',
    exit('!a', '-1'),
    exit('!b', '-2'),
    exit('!*s', '-3'),
    '  free(b);\n  free(a);\n  return 0;\n}\n',
  ].join('');
}

async function run(cwd: string, ...argv: string[]): Promise<RunResult> {
  const io = fakeIo(cwd);
  const code = await main(argv, io);
  return { code, out: io.out().toString('latin1'), err: io.err() };
}

const HEAD = '#include <stdlib.h>\n';

describe('the real pipeline', () => {
  test('a syntax error inside one function refuses that function; the others are rewritten', async () => {
    const broken = repeats('broken').replace('if (!b) {', 'if (!b ((} {');
    const folder = makeRepository({ 'a.c': `${HEAD}${repeats('first')}\n${broken}\n${repeats('last')}` });
    const { code, out } = await run(folder, '--show-refusals');
    expect(code).toBe(1);
    expect(out).toMatch(/^a\.c:2:1 first: .*identical$/m);
    expect(out).toMatch(/^a\.c:\d+:\d+ broken: .*(parse-error|keyword-census)$/m);
    expect((await run(folder, 'apply')).code).toBe(0);
    expect(get(folder, 'a.c')).toContain(broken);
    expect(git(folder, 'diff', '--stat')).toContain('1 file changed');
  });

  test('a file that is no C at all but says so has no functions', async () => {
    const folder = makeFolder({ 'a.c': 'Dear reader, this is a letter (with a brace: {).\n'.repeat(20) });
    expect(await run(folder, 'a.c')).toMatchObject({ code: 0, out: '' });
  });

  test('--proof identical, --style and --label reach the planner', async () => {
    const folder = makeFolder({ 'a.c': HEAD + repeats('f') });
    expect((await run(folder, 'diff', '--label', 'done')).out).toContain('+done:');
    expect((await run(folder, 'diff', '--proof', 'identical', '--show-refusals')).err).not.toContain('equivalent');
  });

  test('a function of the same name in each branch of an #if: each gets its own edits', async () => {
    const text = `${HEAD}#ifdef FAST\n${repeats('f')}#else\n${repeats('f').replaceAll('malloc(8)', 'malloc(16)')}#endif\n`;
    const folder = makeRepository({ 'a.c': text });
    const { out } = await run(folder, 'check', '-f', 'json');
    const report = JSON.parse(out) as { files: { functions: { status: string; edits: { byteOffset: number }[] }[] }[] };
    const offsets = report.files[0]?.functions.map((one) => one.edits[0]?.byteOffset ?? 0) ?? [];
    expect(offsets).toHaveLength(2);
    expect(offsets[1]).toBeGreaterThan(offsets[0] ?? 0);
    expect((await run(folder, 'apply')).code).toBe(0);
    expect(get(folder, 'a.c').match(/goto /g)?.length).toBeGreaterThan(3);
  });

  test('explain tells the plan of a function, its ledger or refusal, and draws its graph', async () => {
    const folder = makeFolder({ 'a.c': HEAD + repeats('f') });
    expect((await run(folder, 'explain', 'a.c:f')).out).toMatch(/^a\.c:2:1 f\n\ncan be rewritten: /);
    expect((await run(folder, 'explain', '--dot', 'a.c:5')).out).toMatch(/^digraph/);
  });

  test('a pair of the command line is known to the proof', async () => {
    const folder = makeFolder({ 'a.c': repeats('f').replaceAll('malloc', 'get').replaceAll('free', 'put') });
    const before = (await run(folder, '--show-refusals')).out;
    const after = (await run(folder, '--show-refusals', '--pair', 'get=put:noop-on-null')).out;
    expect(after).not.toBe(before);
    expect(after).toMatch(/(identical|equivalent)/);
  });
});
