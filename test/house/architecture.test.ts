import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const text = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');
/** What stands between backticks, commands and placeholders (`fixtures/SITUATION/`) left out. */
const named = [...text.matchAll(/`([\w./-]+)`/g)]
  .map((match) => match[1] ?? '')
  .filter((name) => !/[A-Z]{4}/.test(name));

test('every layer has its row, and every row its folder', () => {
  const folders = readdirSync(join(root, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const rows = [...text.matchAll(/^\| `src\/(\w+)` /gm)].map((match) => match[1]);
  expect(rows.toSorted()).toEqual(folders.map((entry) => entry.name).toSorted());
});

test('every file and folder it names exists', () => {
  const paths = named.filter((name) => name.includes('/') || /\.(ts|js|md|json)$/.test(name));
  expect(paths.length).toBeGreaterThan(15);
  const places = ['', 'src', 'src/cli'].map((folder) => join(root, folder));
  expect(paths.filter((path) => !places.some((place) => existsSync(join(place, path))))).toEqual([]);
});

test('every function and constant it names exists', () => {
  const names = named.filter((name) => /^[a-z]+[A-Z]\w*$|^[A-Z]+$/.test(name));
  expect(names.length).toBeGreaterThan(3);
  const sources = ['src', 'transforms'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(root, folder, name), 'utf8')),
  );
  const isThere = (name: string): boolean => sources.some((source) => new RegExp(`\\b${name}\\b`).test(source));
  expect(names.filter((name) => !isThere(name))).toEqual([]);
});
