/**
 * An apply over a whole repository that ends at any moment, or that the disk does not let end. Each file is old or new,
 * and undo gives back every byte. INTERRUPTS=200 tries more moments, SEED=7 others. Needs a build, which `npm test` makes.
 */
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BIN, get, git, makeRepository, put, REPEATS } from './project.ts';

const MOMENTS = Number(process.env['INTERRUPTS'] ?? 20);
const SEED = Number(process.env['SEED'] ?? 1);
/** Most are what a person does; nobody can clean up behind the last one. */
const SIGNALS = ['SIGINT', 'SIGINT', 'SIGINT', 'SIGTERM', 'SIGKILL'] as const;
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

/** Numbers from 0 to 1, the same for one seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function temporaries(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => !name.startsWith('.git') && name.endsWith('.goto-cleanup'));
}

const FIRST = PATHS.toSorted()[0] ?? '';

/** Calls back when the first file is written. */
function whenWriting(folder: string, act: () => void): void {
  const poll = setInterval(() => {
    if (get(folder, FIRST) === textOf(FIRST)) return;
    clearInterval(poll);
    act();
  }, 0);
}

describe('an apply over a whole repository that is ended', () => {
  test(
    `at ${MOMENTS} random moments (seed ${SEED}): each file is old or new, and undo gives back every byte`,
    { timeout: 60_000 * (MOMENTS + 2) },
    async () => {
      const folder = makeTree();
      const started = performance.now();
      let writing = started;
      expect(await apply(folder, () => whenWriting(folder, () => (writing = performance.now())))).toBe('0');
      const [whole, ofWriting] = [performance.now() - started, performance.now() - writing];
      const after = new Map(PATHS.map((path) => [path, get(folder, path)]));
      expect(tool(folder, 'undo').code).toBe(0);
      expect(git(folder, 'status', '--porcelain')).toBe('');
      const random = randomNumbers(SEED);
      const endings: string[] = [];
      const seen = { untouched: 0, part: 0, whole: 0 };
      for (let moment = 0; moment < MOMENTS; moment++) {
        const signal = SIGNALS[moment % SIGNALS.length] ?? 'SIGINT';
        // Every second one while files are written, which takes a small part of the time.
        const isEarly = moment % 2 === 0;
        const delay = (isEarly ? whole : ofWriting) * random();
        endings.push(
          await apply(folder, (kill) => {
            const wait = (): void => void setTimeout(() => kill(signal), delay);
            if (isEarly) wait();
            else whenWriting(folder, wait);
          }),
        );
        for (const path of PATHS) expect([textOf(path), after.get(path)], path).toContain(get(folder, path));
        const count = PATHS.filter((path) => get(folder, path) === after.get(path)).length;
        seen[count === 0 ? 'untouched' : count < PATHS.length ? 'part' : 'whole']++;
        if (signal !== 'SIGKILL') expect(temporaries(folder)).toEqual([]);
        expect(tool(folder, 'undo').code).toBe(0);
        for (const name of temporaries(folder)) rmSync(join(folder, name));
        expect(git(folder, 'status', '--porcelain')).toBe('');
      }
      for (const ending of endings) expect(['0', '130', ...SIGNALS]).toContain(ending);
      console.log(
        `${MOMENTS} interrupts: ${seen.untouched} before, ${seen.part} within, ${seen.whole} after the writing`,
      );
    },
  );

  test('as soon as a file is written: the rest is not, and it says how many', async () => {
    const folder = makeTree();
    const ending = await apply(folder, (kill) => whenWriting(folder, () => kill('SIGINT')));
    const written = PATHS.filter((path) => get(folder, path) !== textOf(path));
    expect(written).toContain(FIRST);
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
