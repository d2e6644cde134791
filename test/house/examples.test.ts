import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Outcome, presentCompilers, Sandbox } from './tool.ts';

const examples = join(import.meta.dirname, '../../examples');
const sources = readdirSync(examples).filter((name) => name.endsWith('.c'));
const compilers = presentCompilers();

test('the README of the examples lists each of them, and nothing else', () => {
  const listed = [...readFileSync(join(examples, 'README.md'), 'utf8').matchAll(/^\| `([\w.-]+\.c)` \|/gm)];
  expect(listed.map((match) => match[1]).toSorted()).toEqual(sources.toSorted());
});

describe.each(['gcc', 'clang'])('%s', (compiler) => {
  test.for(sources)('compiles %s without a warning', (source, { skip }) => {
    skip(!compilers.includes(compiler), `no ${compiler} on this machine`);
    const flags = ['-O2', '-Wall', '-Wextra', '-Werror', '-c', '-o', '/dev/null'];
    const { status, stderr } = spawnSync(compiler, [...flags, join(examples, source)], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });
});

/** The labels that each example ends with. */
const LABELS: Readonly<Record<string, number>> = {
  'handover.c': 2,
  'ladder.c': 3,
  'peer_manager.c': 2,
  'status.c': 2,
  'temporaries.c': 1,
  'void_function.c': 1,
};

describe('rewritten', () => {
  const sandbox = new Sandbox();
  const read = (name: string): string => readFileSync(join(sandbox.folder, 'examples', name), 'latin1');
  let diffed: Outcome | undefined;
  let applied: Outcome | undefined;
  let audited: Outcome | undefined;
  beforeAll(() => {
    for (const name of readdirSync(examples))
      sandbox.write(`examples/${name}`, readFileSync(join(examples, name), 'latin1'));
    sandbox.commitAll();
    diffed = sandbox.run('goto-cleanup diff examples > .bin/preview.patch');
    audited = sandbox.run('goto-cleanup audit -q -f markdown examples/peer_manager.c');
    applied = sandbox.run('goto-cleanup apply examples');
  });
  afterAll(() => sandbox.remove());

  test('without a complaint', () => {
    expect(diffed).toMatchObject({ status: 1 });
    expect(applied).toMatchObject({ status: 0 });
  });

  test('and audited as audit.md shows it, whatever the rewrite looks like that it recommends', () => {
    const withoutRewrite = (text = ''): string => text.replace(/^## Would gain[^]*?(?=^## Acquisitions)/m, '');
    const shown = withoutRewrite(readFileSync(join(examples, 'audit.md'), 'latin1'));
    expect(shown).toContain('## Acquisitions');
    expect(withoutRewrite(audited?.stdout)).toBe(shown);
  });

  test('are all of them', () => {
    expect(Object.keys(LABELS).toSorted()).toEqual(sources.toSorted());
  });

  test.for(Object.entries(LABELS))('%s has %i labels', ([name, count]) => {
    expect(read(name).match(/^\w+:$/gm)).toHaveLength(count);
  });

  test('all compile as before', ({ skip }) => {
    skip(compilers.length === 0, 'no compiler on this machine');
    for (const compiler of compilers) {
      const command = `${compiler} -O2 -Wall -Wextra -Wmaybe-uninitialized -Werror -Wno-unknown-warning-option -c`;
      for (const name of sources)
        expect(sandbox.run(`${command} -o /dev/null examples/${name}`)).toMatchObject({ status: 0, stderr: '' });
    }
  });

  test('verify proves every one of them', () => {
    for (const name of Object.keys(LABELS))
      expect(sandbox.run(`goto-cleanup verify ${join(examples, name)} examples/${name}`).status).toBe(0);
  });

  test('a second run finds nothing', () => {
    expect(sandbox.run('goto-cleanup diff examples')).toMatchObject({ status: 0, stdout: '' });
  });

  test('the patch makes byte for byte what apply wrote', () => {
    const written = sources.map(read);
    expect(sandbox.run('git checkout -q . && git apply .bin/preview.patch').status).toBe(0);
    expect(sources.map(read)).toEqual(written);
  });
});
