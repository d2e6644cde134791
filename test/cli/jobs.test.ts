/** A run on several threads gives what a run on one gives. Needs a build, which `npm test` makes. */
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { partBySize } from '../../src/engine/shard.ts';
import { MANY_FILES } from './many-files.ts';
import { BIN, get, makeFolder, REPEATS } from './project.ts';

function run(folder: string, ...argv: string[]): { code: number | null; out: string; err: string } {
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder };
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...argv], { cwd: folder, env });
  return { code: status, out: stdout.toString('latin1'), err: stderr.toString().replace(/\d+\.\d s/, 'TIME') };
}

describe('any number of threads', () => {
  test.each([['check', '--show-refusals', '--statistics', '-v'], ['check', '-f', 'json'], ['diff']])(
    '%s %s',
    (...argv) => {
      const folder = makeFolder(MANY_FILES);
      const one = run(folder, ...argv, '-j', '1');
      expect(one.code).toBe(1);
      for (const jobs of ['2', '3']) expect(run(folder, ...argv, '-j', jobs)).toEqual(one);
    },
  );

  test('apply writes the same', () => {
    const [one, three] = [makeFolder(MANY_FILES), makeFolder(MANY_FILES)];
    run(one, 'apply', '-j', '1');
    run(three, 'apply', '-j', '3');
    for (const path of Object.keys(MANY_FILES)) expect(get(three, path)).toBe(get(one, path));
    expect(get(one, 'a.c')).not.toBe(REPEATS);
  });

  test('what is wrong with a config is said once, of the first file that it is in force for', () => {
    const folder = makeFolder({
      ...MANY_FILES,
      'b/goto-cleanup.json': '{ "lable": 1 }',
      'd/goto-cleanup.json': '{ "stile": 1 }',
    });
    const one = run(folder, 'check', '-j', '1');
    expect(one).toMatchObject({ code: 2, out: '' });
    expect(run(folder, 'check', '-j', '3')).toEqual(one);
  });

  test('a number is asked for', () => {
    expect(run(makeFolder(MANY_FILES), 'check', '-j', '0')).toMatchObject({
      code: 2,
      err: 'goto-cleanup: --jobs "0" is not a number from 1 on\n',
    });
  });
});

describe('parts of a list', () => {
  test('keep its order, and are about as large as each other', () => {
    expect(partBySize(['a', 'b', 'c', 'd'], [9, 9, 9, 9], 2)).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    expect(partBySize(['a', 'b', 'c', 'd'], [900, 0, 0, 900], 2)).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    expect(partBySize(['a', 'b', 'c'], [9000, 1, 1], 3).flat()).toEqual(['a', 'b', 'c']);
  });

  test('may be empty where there is little', () => {
    expect(partBySize(['a'], [0], 3)).toEqual([[], ['a'], []]);
    expect(partBySize([], [], 2)).toEqual([[], []]);
  });
});
