/** Temporary projects for tests of the command line. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { main } from '../../src/cli/main.ts';
import { fakeIo, type FakeIoOptions } from './fake-io.ts';
import { fakePipeline, pipelinesOf } from './fake-pipeline.ts';

export type Files = Readonly<Record<string, string>>;

/** A function that the fake pipeline rewrites. Text is bytes as latin1. */
export function cFunction(name: string, newline = '\n'): string {
  return ['int ' + name + '(int x)', '{', '\tif (x)', '\t\treturn 1;', '\treturn 0;', '}', ''].join(newline);
}

/** The built command. Needs a build, which `npm test` makes. */
export const BIN = join(import.meta.dirname, '../../bin/goto-cleanup.js');

/** A function whose tails repeat, so that a change is proposed for it without any knowledge. */
export const REPEATS = `void put_one(int *);
void put_two(int *);
void put_three(int *);

int f(int *a, int n)
{
	if (n < 1) {
		put_one(a);
		put_two(a);
		put_three(a);
		return -1;
	}
	if (n < 2) {
		put_one(a);
		put_two(a);
		put_three(a);
		return -1;
	}
	if (n < 3) {
		put_one(a);
		put_two(a);
		put_three(a);
		return -1;
	}
	return 0;
}
`;

/** A folder outside git with these files. */
export function makeFolder(files: Files): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'goto-cleanup-')));
  for (const [path, text] of Object.entries(files)) put(folder, path, text);
  return folder;
}

export function put(folder: string, path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text, 'latin1');
}

export function get(folder: string, path: string): string {
  return readFileSync(join(folder, path), 'latin1');
}

/** A git repository in which these files are committed. */
export function makeRepository(files: Files): string {
  const folder = makeFolder(files);
  git(folder, 'init', '-q');
  git(folder, 'config', 'core.autocrlf', 'false');
  git(folder, 'config', 'user.name', 'A Tester');
  git(folder, 'config', 'user.email', 'tester@example.org');
  git(folder, 'add', '-A');
  git(folder, 'commit', '-q', '--allow-empty', '-m', 'start');
  return folder;
}

export function git(folder: string, ...arguments_: string[]): string {
  return execFileSync('git', arguments_, { cwd: folder, encoding: 'latin1', stdio: ['ignore', 'pipe', 'pipe'] });
}

export interface RunResult {
  readonly code: number;
  /** Standard output as bytes (latin1). */
  readonly out: string;
  readonly err: string;
}

/** Runs the command line in a folder with the fake pipeline. */
export async function run(cwd: string, argv: readonly string[], options: FakeIoOptions = {}): Promise<RunResult> {
  const io = fakeIo(cwd, options);
  const code = await main(argv, io, pipelinesOf(fakePipeline));
  return { code, out: io.out().toString('latin1'), err: io.err() };
}
