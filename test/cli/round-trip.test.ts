/** The real pipeline over all fixtures and examples at once, as one repository: what diff says is what apply does. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import type { Report } from '../../src/engine/report.ts';
import { fakeIo } from './fake-io.ts';
import { get, git, makeRepository, put, type RunResult } from './project.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Each fixture in a folder of its own, its options as the config. */
function makeTree(): string {
  const files: Record<string, string> = {};
  for (const name of readdirSync(join(ROOT, 'fixtures'))) {
    const folder = join(ROOT, 'fixtures', name);
    if (!existsSync(join(folder, 'input.c'))) continue;
    files[`fixtures/${name}/input.c`] = readFileSync(join(folder, 'input.c'), 'latin1');
    const options = join(folder, 'options.json');
    files[`fixtures/${name}/goto-cleanup.json`] = existsSync(options) ? readFileSync(options, 'latin1') : '{}';
  }
  const tree = makeRepository(files);
  cpSync(join(ROOT, 'examples'), join(tree, 'examples'), { recursive: true });
  git(tree, 'add', '-A');
  git(tree, 'commit', '-q', '-m', 'examples');
  return tree;
}

async function run(cwd: string, ...argv: string[]): Promise<RunResult> {
  const io = fakeIo(cwd);
  const code = await main(argv, io);
  return { code, out: io.out().toString('latin1'), err: io.err() };
}

describe('all fixtures and examples', () => {
  let tree: string;
  let patch: string;
  let report: Report;

  beforeAll(async () => {
    tree = makeTree();
    patch = (await run(tree, 'diff', '--report', `json:${tree}/.git/report.json`)).out;
    report = JSON.parse(get(tree, '.git/report.json')) as Report;
  });

  test('many functions are rewritten, each with a proof', () => {
    const rewritten = report.files.flatMap((file) => file.functions).filter((one) => one.status === 'rewritable');
    expect(rewritten.length).toBeGreaterThan(60);
    for (const one of rewritten) expect(one.proof?.exits).toBeGreaterThan(0);
  });

  test('diff | git apply writes byte for byte what apply writes', async () => {
    execFileSync('git', ['apply', '--whitespace=nowarn', '-'], { cwd: tree, input: Buffer.from(patch, 'latin1') });
    const byGit = git(tree, 'diff');
    git(tree, 'checkout', '-q', '.');
    expect((await run(tree, 'apply')).code).toBe(0);
    expect(git(tree, 'diff')).toBe(byGit);
    expect((await run(tree, 'undo')).code).toBe(0);
    expect(git(tree, 'status', '--porcelain')).toBe('');
  });

  test('the edits of the report give the same bytes', () => {
    execFileSync('git', ['apply', '--whitespace=nowarn', '-'], { cwd: tree, input: Buffer.from(patch, 'latin1') });
    const after = new Map(report.files.map(({ path }) => [path, get(tree, path)]));
    git(tree, 'checkout', '-q', '.');
    for (const { path, functions } of report.files) {
      const edits = functions.filter((one) => one.status === 'rewritable').flatMap((one) => one.edits ?? []);
      let text = get(tree, path);
      for (const { byteOffset, byteLength, text: inserted, encoding = 'utf8' } of edits.toReversed())
        text =
          text.slice(0, byteOffset) +
          Buffer.from(inserted, encoding).toString('latin1') +
          text.slice(byteOffset + byteLength);
      expect(text, path).toBe(after.get(path));
    }
  });

  test('a second run changes nothing', async () => {
    await run(tree, 'apply');
    git(tree, 'commit', '-qam', 'rewritten');
    const { out } = await run(tree, 'diff');
    expect(out).toBe('');
    git(tree, 'reset', '-q', '--hard', 'HEAD~1');
  });

  test('two runs give the same bytes, and so does a run of some files alone', async () => {
    expect((await run(tree, 'diff')).out).toBe(patch);
    for (const { path } of report.files.filter((_, index) => index % 8 === 0)) {
      const { out } = await run(tree, 'diff', path);
      expect(patch).toContain(out);
      expect(out === '').toBe(!patch.includes(`+++ b/${path}\n`));
    }
  });

  test('verify proves what apply wrote', async () => {
    execFileSync('git', ['apply', '--whitespace=nowarn', '-'], { cwd: tree, input: Buffer.from(patch, 'latin1') });
    for (const { path, functions } of report.files) {
      if (!functions.some((one) => one.status === 'rewritable')) continue;
      const folder = join(path, '..');
      put(tree, join(folder, 'before.c'), git(tree, 'show', `HEAD:${path}`));
      const { code, out } = await run(tree, 'verify', join(folder, 'before.c'), path);
      expect(`${code} ${out}`, path).toMatch(/^0 /);
    }
    git(tree, 'clean', '-fdq');
    git(tree, 'checkout', '-q', '.');
  });
});
