/** Compiles the sample programs, our own C, and runs `torture` on them as a user does. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../src/cli/main.ts';
import type { TortureReport } from '../../src/torture/report.ts';
import { fakeIo } from '../cli/fake-io.ts';

/** By way of a constant: knip takes a literal for a program that package.json ought to list. */
export const GCC = 'gcc';

const PROGRAMS = join(import.meta.dirname, 'programs');

/** What the first line of a program promises: `CODE in FUNCTION, when ACQUISITION fails: ...`. */
interface Planted {
  readonly name: string;
  readonly code: string;
  readonly function: string;
  readonly acquisition: string;
}

export function plantedFaults(): Planted[] {
  return readdirSync(PROGRAMS).map((file) => {
    const [first = ''] = readFileSync(join(PROGRAMS, file), 'utf8').split('\n');
    const [, code = '', name = '', acquisition = ''] = /^\/\* ([\w-]+) in (\w+), when (\w+) fails: /.exec(first) ?? [];
    if (acquisition === '') throw new Error(`${file}: its first line does not say what is planted`);
    return { name: file.replace(/\.c$/, ''), code, function: name, acquisition };
  });
}

interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A folder with compiled programs, and a cache for the shim. */
export class Workbench {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'goto-cleanup-torture-test-')));

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Compiles a program of the folder programs/, or a text. Returns its path. */
  compile(source: string, output: string, flags: readonly string[] = []): string {
    const path = join(this.folder, output);
    const isText = source.includes('\n');
    const input = isText ? ['-x', 'c', '-'] : [join(PROGRAMS, `${source}.c`)];
    const arguments_ = ['-std=gnu11', '-g', '-O0', '-pthread', '-w', '-o', path, ...input, '-x', 'none', ...flags];
    const done = spawnSync(GCC, arguments_, { ...(isText && { input: source }), encoding: 'utf8' });
    if (done.status !== 0) throw new Error(done.stderr);
    return path;
  }

  async torture(argv: readonly string[], env: Record<string, string> = {}): Promise<Answer> {
    mkdirSync(join(this.folder, 'cache'), { recursive: true });
    const io = fakeIo(this.folder, {
      env: { PATH: process.env['PATH'] ?? '', XDG_CACHE_HOME: join(this.folder, 'cache'), ...env },
    });
    const code = await main(['torture', ...argv], io);
    return { code, out: io.out().toString(), err: io.err() };
  }

  /** The report, with `--format json`. Throws what went wrong where there is none. */
  async report(argv: readonly string[]): Promise<TortureReport> {
    const { out, err } = await this.torture(['--format', 'json', ...argv]);
    if (out === '') throw new Error(err);
    return JSON.parse(out) as TortureReport;
  }
}
