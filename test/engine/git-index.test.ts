/** What the bytes of an index tell without git. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { mayBeInIndex } from '../../src/engine/git.ts';
import { indexFiles } from '../../src/engine/repository-files.ts';
import { git, makeFolder, makeRepository, put } from '../cli/project.ts';

const NAMES = ['goto-cleanup.json'];
const FILES = { 'a.c': '', 'goto-cleanup.jsoa': '', 'lib/b.c': '' };

describe('a name in the index', () => {
  test.each([
    ['plain', [], false],
    ['paths that are not whole', ['update-index', '--index-version', '4'], true],
    ['split', ['update-index', '--split-index'], true],
  ])('%s', (_, change, expected) => {
    const folder = makeRepository(FILES);
    if (change.length > 0) git(folder, ...change);
    expect(mayBeInIndex(folder, NAMES)).toBe(expected);
    put(folder, 'lib/goto-cleanup.json', '{}');
    git(folder, 'add', '-A');
    expect(mayBeInIndex(folder, NAMES)).toBe(true);
  });

  test('no index: nothing is told', () => {
    expect(mayBeInIndex(makeFolder({ 'a.c': '' }), NAMES)).toBe(true);
  });
});

test.each(['2', '4'])('a config that only an index of version %s has is read from there', (version) => {
  const folder = makeRepository({ ...FILES, 'goto-cleanup.json': '{ "label": "out" }' });
  git(folder, 'update-index', '--index-version', version);
  rmSync(join(folder, 'goto-cleanup.json'));
  expect(indexFiles(folder).readConfig(join(folder, 'goto-cleanup.json'))).toBe('{ "label": "out" }');
  put(folder, 'lib/goto-cleanup.json', '{}');
  // The user's own, which git does not track.
  expect(indexFiles(folder).readConfig(join(folder, 'lib/goto-cleanup.json'))).toBe('{}');
});
