/**
 * An apply over a whole repository that ends at any moment, or that the disk does not let end. Each file is old or new,
 * and undo gives back every byte. INTERRUPTS=200 tries more moments. Needs a build, which `npm test` makes.
 */
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BIN, get, git, makeRepository, put, REPEATS } from './project.ts';

const MOMENTS = Number(process.env['INTERRUPTS'] ?? 6);
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGKILL'] as const;
const PATHS = Array.from({ length: 40 }, (_, index) => `lib/${index % 5}/file ${index}.c`);

const textOf = (path: string): string => `/* ${path} \xe9 */\r\n${REPEATS}`;
const makeTree = (): string => makeRepository(Object.fromEntries(PATHS.map((path) => [path, textOf(path)])));

function tool(cwd: string, ...argv: string[]): { code: number | null; err: string } {
  const { status, stderr } = spawnSync(process.execPath, [BIN, ...argv], { cwd, encoding: 'utf8' });
  return { code: status, err: stderr };
}

/** Starts an apply; `act` is told of the process. Resolves to how it ended. */
function apply(cwd: string, act: (kill: (signal: NodeJS.Signals) => void) => void): Promise<string> {
  const child = spawn(process.execPath, [BIN, 'apply'], { cwd, stdio: 'ignore' });
  act((signal) => child.kill(signal));
  return new Promise((resolve) => child.on('exit', (code, signal) => resolve(String(signal ?? code))));
}

function temporaries(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => !name.startsWith('.git') && name.endsWith('.goto-cleanup'));
}

describe('an apply over a whole repository that is ended', () => {
  test(
    `at ${MOMENTS} moments: each file is old or new, and undo gives back every byte`,
    { timeout: 60_000 * (MOMENTS + 2) },
    async () => {
      const folder = makeTree();
      const started = performance.now();
      expect(await apply(folder, () => undefined)).toBe('0');
      const whole = performance.now() - started;
      const after = new Map(PATHS.map((path) => [path, get(folder, path)]));
      expect(tool(folder, 'undo').code).toBe(0);
      expect(git(folder, 'status', '--porcelain')).toBe('');
      const endings: string[] = [];
      for (let moment = 0; moment < MOMENTS; moment++) {
        const signal = SIGNALS[moment % SIGNALS.length] ?? 'SIGINT';
        const delay = (whole * (moment + 1)) / (MOMENTS + 1);
        endings.push(await apply(folder, (kill) => void setTimeout(() => kill(signal), delay)));
        for (const path of PATHS) expect([textOf(path), after.get(path)], path).toContain(get(folder, path));
        if (signal !== 'SIGKILL') expect(temporaries(folder)).toEqual([]);
        expect(tool(folder, 'undo').code).toBe(0);
        for (const name of temporaries(folder)) rmSync(join(folder, name));
        expect(git(folder, 'status', '--porcelain')).toBe('');
      }
      for (const ending of endings) expect(['0', '130', ...SIGNALS]).toContain(ending);
    },
  );

  test('as soon as a file is written: the rest is not, and it says how many', async () => {
    const folder = makeTree();
    const first = PATHS.toSorted()[0] ?? '';
    const ending = await apply(folder, (kill) => {
      const poll = setInterval(() => {
        if (get(folder, first) === textOf(first)) return;
        clearInterval(poll);
        kill('SIGINT');
      }, 0);
    });
    const written = PATHS.filter((path) => get(folder, path) !== textOf(path));
    expect(written).toContain(first);
    expect(ending).toBe(written.length < PATHS.length ? '130' : '0');
    expect(tool(folder, 'undo').code).toBe(0);
    expect(git(folder, 'status', '--porcelain')).toBe('');
  });
});

describe('a disk that takes no more', () => {
  /** The limit of the shell is in blocks of 512 bytes: no file may grow larger. */
  function applyWithin(folder: string, blocks: number): { code: number | null; err: string } {
    const line = `ulimit -f ${blocks}; exec "${process.execPath}" "${BIN}" apply`;
    const { status, stderr } = spawnSync('sh', ['-c', line], { cwd: folder, encoding: 'utf8' });
    return { code: status, err: stderr };
  }

  test('a file that does not fit: said, it and the rest stay as they were, undo takes back the others', () => {
    const folder = makeRepository({ 'a.c': REPEATS, 'z.c': REPEATS });
    put(folder, 'm.c', `${REPEATS}${'int x;\n'.repeat(10_000)}`);
    git(folder, 'add', '.');
    git(folder, 'commit', '-qm', 'large');
    const { code, err } = applyWithin(folder, 64);
    expect(code).toBe(2);
    expect(err).toContain("m.c: not written: it can't be written:");
    expect(git(folder, 'status', '--porcelain')).toBe(' M a.c\n');
    expect(temporaries(folder)).toEqual([]);
    expect(tool(folder, 'undo').code).toBe(0);
    expect(git(folder, 'status', '--porcelain')).toBe('');
  });

  test('no room for the way back: nothing is written at all', () => {
    const folder = makeRepository({ 'a.c': REPEATS });
    const { code, err } = applyWithin(folder, 0);
    expect({ code, err }).toMatchObject({
      code: 2,
      err: expect.stringContaining("can't keep what undo needs") as string,
    });
    expect(git(folder, 'status', '--porcelain')).toBe('');
  });
});
