/** The steps of action.yml as a runner starts them; that of the installation is run by .ci/check-package. */
import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BIN, get, git, makeFolder, makeRepository, put, REPEATS } from './project.ts';

const ROOT = join(import.meta.dirname, '../..');
const ACTION = readFileSync(join(ROOT, 'action.yml'), 'utf8');

interface Step {
  readonly name: string;
  readonly run: string;
  /** Variable to the input that it gets. */
  readonly env: readonly (readonly [variable: string, input: string])[];
}

const STEPS: Step[] = ACTION.split(/^ {4}- name: /m)
  .slice(1)
  .map((text) => ({
    name: text.slice(0, text.indexOf('\n')),
    run: /^ {6}run: '(.*)'$/m.exec(text)?.[1] ?? '',
    env: [...text.matchAll(/^ {8}(\w+): \$\{\{ inputs\.(\w+) \}\}$/gm)].map(([, name = '', input = '']) => [
      name,
      input,
    ]),
  }));

/** Runs a step in a repository with some inputs. */
function runStep(
  name: string,
  repository: string,
  inputs: Readonly<Record<string, string>>,
): { code: number | null; out: string; err: string; summary: string } {
  const step = STEPS.find((one) => one.name === name);
  const temp = makeFolder({
    'goto-cleanup/node_modules/.bin/goto-cleanup': `#!/bin/sh\nexec "${process.execPath}" "${BIN}" "$@"\n`,
    summary: '',
  });
  chmodSync(join(temp, 'goto-cleanup/node_modules/.bin/goto-cleanup'), 0o755);
  const env = {
    ...process.env,
    GITHUB_ACTION_PATH: ROOT,
    GITHUB_STEP_SUMMARY: join(temp, 'summary'),
    RUNNER_TEMP: temp,
    ...Object.fromEntries((step?.env ?? []).map(([variable, input]) => [variable, inputs[input] ?? ''])),
  };
  const done = spawnSync('bash', ['-e', '-c', step?.run ?? 'exit 99'], { cwd: repository, env, encoding: 'utf8' });
  return { code: done.status, out: done.stdout, err: done.stderr, summary: get(temp, 'summary') };
}

describe('action.yml', () => {
  test('every input reaches a step, and no input stands in a command', () => {
    const declared = [...ACTION.slice(0, ACTION.indexOf('\nruns:')).matchAll(/^ {2}(\w+):$/gm)].map(([, name]) => name);
    expect(STEPS.flatMap(({ env }) => env.map(([, input]) => input))).toEqual(declared);
    expect(STEPS.map(({ run }) => run)).toEqual([
      '"$GITHUB_ACTION_PATH/hooks/github-action" install',
      '"$GITHUB_ACTION_PATH/hooks/github-action" check',
    ]);
  });

  test('annotations, a summary and SARIF, for what changed since the base', () => {
    const folder = makeRepository({ 'old.c': REPEATS, 'lib/a b.c': '' });
    const base = git(folder, 'rev-parse', 'HEAD').trim();
    put(folder, 'lib/a b.c', REPEATS);
    git(folder, 'commit', '-qam', 'change');
    const { code, out, summary } = runStep('Check', folder, { since: base, sarif: 'out.sarif' });
    expect(code).toBe(1);
    expect(out).toMatch(/^::notice file=lib\/a b\.c,line=5,endLine=26,col=1,title=repeated-cleanup::f: [^\n]*\n$/);
    expect(summary).toContain('| `lib/a b.c:5` | `f` |');
    expect(JSON.parse(get(folder, 'out.sarif'))).toMatchObject({ version: '2.1.0' });
  });

  test('all functions of some paths, odd ones too; nothing to find is a success', () => {
    const folder = makeRepository({ 'old.c': REPEATS, '-x $(touch pwned).c': REPEATS, 'clean.c': 'int x;\n' });
    const found = runStep('Check', folder, { paths: '-x $(touch pwned).c\nclean.c\n' });
    expect(found.code).toBe(1);
    expect(found.out.trim().split('\n')).toHaveLength(1);
    expect(git(folder, 'status', '--porcelain')).toBe('');
    expect(runStep('Check', folder, { paths: 'clean.c' })).toMatchObject({ code: 0, out: '' });
    expect(runStep('Check', folder, { since: 'nope' })).toMatchObject({ code: 2, out: '' });
  });
});
