/** The reports of shards, merged, are the report of the whole. */
import { describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { mergeReports, parseReport } from '../../src/engine/merge-reports.ts';
import { fakeIo } from './fake-io.ts';
import { MANY_FILES } from './many-files.ts';
import { makeFolder, put } from './project.ts';

interface Done {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function run(folder: string, ...argv: string[]): Promise<Done> {
  const io = fakeIo(folder);
  const code = await main(argv, io);
  return { code, out: io.out().toString('utf8'), err: io.err().replace(/\d+\.\d s/, 'TIME') };
}

/** Writes the reports of n shards; returns their names. */
async function makeShards(folder: string, count: number, ...argv: string[]): Promise<string[]> {
  const names = Array.from({ length: count }, (_, index) => `shard-${index + 1}.json`);
  for (const [index, name] of names.entries())
    put(folder, name, (await run(folder, ...argv, '-f', 'json', '--shard', `${index + 1}/${count}`)).out);
  return names;
}

describe('merged shards', () => {
  test.each([1, 2, 3, 4, 5, 6, 7])('%d of them', async (count) => {
    const folder = makeFolder(MANY_FILES);
    const names = await makeShards(folder, count, 'check');
    // In whatever order they come.
    expect((await run(folder, 'merge', '-f', 'json', ...names.toReversed())).out).toBe(
      (await run(folder, 'check', '-f', 'json')).out,
    );
  });

  test('as text, with the summary and the exit code of the whole', async () => {
    const folder = makeFolder(MANY_FILES);
    const names = await makeShards(folder, 3, 'check');
    const shown = ['--show-refusals', '--statistics'];
    expect(await run(folder, 'merge', ...shown, ...names)).toEqual(await run(folder, 'check', ...shown));
    expect((await run(folder, 'merge', '--exit-zero', '-q', ...names)).code).toBe(0);
  });

  test('each file is in one of them', async () => {
    const folder = makeFolder(MANY_FILES);
    const names = await makeShards(folder, 3, 'check');
    expect(await run(folder, 'merge', ...names, 'shard-1.json')).toMatchObject({
      code: 2,
      err: 'goto-cleanup: "a.c" is in two of the reports: they are not parts of one run\n',
    });
  });
});

describe('what can not be merged', () => {
  test('reports of different settings', async () => {
    const folder = makeFolder(MANY_FILES);
    const [one = ''] = await makeShards(folder, 2, 'check');
    put(folder, 'other.json', (await run(folder, 'check', '-f', 'json', '--shard', '2/2', '--style', 'ladder')).out);
    expect(await run(folder, 'merge', one, 'other.json')).toMatchObject({
      code: 2,
      err: 'goto-cleanup: "shard-1.json" and "other.json" come from different versions, commands or settings\n',
    });
  });

  test('something else, or nothing', async () => {
    const folder = makeFolder({ 'a.json': '{}', 'b.json': 'no' });
    for (const name of ['a.json', 'b.json'])
      expect(await run(folder, 'merge', name)).toMatchObject({
        code: 2,
        err: `goto-cleanup: "${name}" is no JSON report of goto-cleanup\n`,
      });
    expect((await run(folder, 'merge', 'c.json')).err).toBe('goto-cleanup: can\'t read the report "c.json"\n');
    expect(() => mergeReports([])).toThrow('merge needs reports');
    expect(() => parseReport('x', 'null')).toThrow('"x" is no JSON report');
  });

  test('into formats that show the files', async () => {
    expect((await run(makeFolder({}), 'merge', '-f', 'patch', 'a.json')).err).toContain('"patch"');
  });
});

test.each(['0/2', '3/2', '1', '1/0', 'a/b'])('--shard %s is not one', async (value) => {
  expect(await run(makeFolder({}), 'check', '--shard', value)).toMatchObject({
    code: 2,
    err: `goto-cleanup: --shard "${value}" is not of the form I/N, with I from 1 to N\n`,
  });
});

test('stdin has no parts', async () => {
  expect((await run(makeFolder({}), 'check', '-', '--shard', '1/2')).err).toContain('"-" has no parts');
});
