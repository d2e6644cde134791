import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { presentCompilers } from './tool.ts';

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
