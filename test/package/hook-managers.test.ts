/**
 * The programs that run hooks for a project, themselves, each set up as the README says, with the packed release in the
 * project's node_modules. A commit that repeats cleanup in a function it touches is stopped, another one is not.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { cascade, CLEAN, HEAD, Newcomer, ROOT } from './installed.ts';

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const newcomer = new Newcomer();
const { project } = newcomer;

beforeAll(() => {
  newcomer.install();
  for (const name of ['husky', 'lefthook', 'lint-staged']) newcomer.giveProgram(name);
  newcomer.put('old.c', HEAD + cascade('old'));
  newcomer.must('git add . && git commit -qm start && git tag start');
});

afterEach(() => {
  newcomer.must('git reset -q --hard start && git clean -qfd && rm -f .git/hooks/pre-commit && git stash clear');
  newcomer.run('git config --unset core.hooksPath');
});

afterAll(() => newcomer.remove());

/** The recipe of the README: it stands there in these words. */
function recipe(words: string): string {
  expect(readme.replace(/\s+/g, ' ')).toContain(words);
  return words;
}

/** Commits all; the exit code and what was said. */
function commit(): { code: number | null; said: string } {
  const { code, out, err } = newcomer.run('git commit -qm change');
  return { code, said: out + err };
}

/** What came of three commits, with the project's own command and nothing of it on the PATH. */
function tryCommits(): object {
  const isOnPath = newcomer.run('command -v goto-cleanup').code === 0;
  newcomer.must('git add .');
  const setup = commit().code;

  newcomer.put('new.c', HEAD + cascade('fresh'));
  newcomer.must('git add .');
  const stopped = commit();
  const isSaid = stopped.said.includes('new.c:3:1 fresh: 4 exits repeat 6 releases -> 1 label');
  const isCommitted = newcomer.must('git log --oneline -- new.c') !== '';

  newcomer.put('new.c', CLEAN);
  newcomer.must('git add .');
  newcomer.put('new.c', HEAD + cascade('fresh'));
  newcomer.put('old.c', HEAD + cascade('old', 16));
  const partly = commit().code;
  const committed = newcomer.must('git show HEAD:new.c');
  const left = newcomer.must('git diff --name-only');
  const texts = ['new.c', 'old.c'].map((name) => readFileSync(join(project, name), 'utf8'));
  return { isOnPath, setup, stopped: { isSaid, isCommitted }, partly, committed, left, texts };
}

/** Old repetition is let through, new is stopped; of what is partly staged, what is staged counts, and the rest stays. */
const GUARDED = {
  isOnPath: false,
  setup: 0,
  stopped: { isSaid: true, isCommitted: false },
  partly: 0,
  committed: CLEAN,
  left: 'new.c\nold.c\n',
  texts: [HEAD + cascade('fresh'), HEAD + cascade('old', 16)],
};

describe('programs that run hooks', () => {
  test('husky', () => {
    newcomer.must('husky');
    newcomer.put(recipe('.husky/pre-commit'), `${recipe('goto-cleanup check --staged')}\n`);
    expect(tryCommits()).toEqual(GUARDED);
  });

  test('husky, set up by init --hook', () => {
    newcomer.must('husky && node_modules/.bin/goto-cleanup init --hook');
    expect(readFileSync(join(project, '.husky/pre-commit'), 'utf8')).toContain('goto-cleanup check --staged');
    expect(tryCommits()).toEqual(GUARDED);
  });

  test('lefthook', () => {
    const run = recipe('run: node_modules/.bin/goto-cleanup check --staged');
    newcomer.put('lefthook.yml', `pre-commit:\n  commands:\n    goto-cleanup:\n      glob: "*.{c,h}"\n      ${run}\n`);
    newcomer.must('lefthook install');
    expect(tryCommits()).toEqual(GUARDED);
  });

  test('lint-staged', () => {
    newcomer.put('.lintstagedrc.json', `{ ${recipe('"*.{c,h}": "goto-cleanup check --staged"')} }\n`);
    newcomer.put('.git/hooks/pre-commit', '#!/bin/sh\nexec lint-staged\n');
    newcomer.must('chmod +x .git/hooks/pre-commit');
    expect(tryCommits()).toEqual(GUARDED);
  });
});

const hasFramework = spawnSync('pre-commit', ['--version']).status === 0;

describe.skipIf(!hasFramework)(
  `the pre-commit framework${hasFramework ? '' : ' (pre-commit is not installed)'}`,
  () => {
    test('installs the packed release by itself, as the README has it', () => {
      const config = /```yaml file=.pre-commit-config.yaml\n([^`]*)```/.exec(readme)?.[1] ?? '';
      const tarball = newcomer.pack();
      newcomer.put('.pre-commit-config.yaml', config.replace(/\/opt\/packed\/[\w.-]+\.tgz/, tarball));
      rmSync(join(project, 'node_modules'), { recursive: true });
      try {
        newcomer.must('pre-commit install');
        expect(tryCommits()).toEqual(GUARDED);
      } finally {
        newcomer.install();
      }
    });

    test('runs the hooks of this repository with the tool of the project', () => {
      const source = join(newcomer.home, 'goto-cleanup');
      newcomer.must(`git init -q '${source}'`);
      newcomer.must(`cp -R .pre-commit-hooks.yaml hooks '${source}'`, ROOT);
      newcomer.must('git add . && git commit -qm hooks && git tag v1', source);
      const hook = '      - id: goto-cleanup\n      - id: goto-cleanup-files\n        stages: [manual]\n';
      newcomer.put('.pre-commit-config.yaml', `repos:\n  - repo: ${source}\n    rev: v1\n    hooks:\n${hook}`);
      newcomer.must('pre-commit install');
      expect(tryCommits()).toEqual(GUARDED);
      const all = newcomer.run('git stash -q && pre-commit run --all-files --hook-stage manual');
      expect(all.code).toBe(1);
      expect(all.out).toContain('old.c:3:1 old: 4 exits');
    });
  },
);
