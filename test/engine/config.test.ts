import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/base/usage-error.ts';
import { createConfigStore, EMPTY_CONFIG, hashSettings, parseConfig } from '../../src/engine/config.ts';
import { configSchema } from '../../src/engine/config-shape.ts';
import { localSettings } from '../../src/engine/context.ts';
import { makeFolder } from '../cli/project.ts';

const SCHEMA_PATH = join(import.meta.dirname, '../../schema/goto-cleanup.schema.json');

const FULL = `// comments are allowed
{
  "$schema": "./schema/goto-cleanup.schema.json",
  "extends": ["glib"],
  "label": "out", "style": "ladder", "proof": "identical", "platform": "glibc",
  "status": { "types": ["err_t"], "variable": "result", "success": "OK" },
  "pairs": [
    { "acquire": "conn_open", "release": "conn_close", "kind": "handle", "handle": "out:0",
      "argument": 0, "sentinel": "null", "failure": "nonzero", "afterFailure": "unspecified", "zeroes": false,
      "acceptsSentinel": true, "noopOnSentinel": false, "resetting": false, "keepsErrno": false },
  ],
  "diagnostics": ["log_error", { "name": "SET_ERRNO_SYS", "readsErrno": true }],
  "acceptLogOrder": true,
  "neverReturns": ["die"],
  "retainsNothing": ["hash_bytes"],
  "transfersOwnership": ["queue_push", { "name": "table_add", "arguments": [1], "when": "success" }],
  "include": ["src/"], "exclude": ["vendor/"],
  "rules": { "leak-on-path": "off", "repeated-cleanup": "on" },
  "overrides": [{ "files": ["tests/**"], "style": "single", "rules": { "double-release": "off" } }],
}
`;

function parse(text: string): ReturnType<typeof parseConfig> {
  return parseConfig(text, '/p/goto-cleanup.json', 'goto-cleanup.json');
}

describe('goto-cleanup.json', () => {
  test('every key is read, and what facts come from knows its line', () => {
    const config = parse(FULL);
    expect(config.pairs).toMatchObject([{ acquire: 'conn_open', handle: 'out:0', from: 'goto-cleanup.json:8' }]);
    expect(config.diagnostics).toEqual([
      { name: 'log_error', from: 'goto-cleanup.json:12' },
      { name: 'SET_ERRNO_SYS', readsErrno: true, from: 'goto-cleanup.json:12' },
    ]);
    expect(config.neverReturns).toEqual([{ name: 'die', from: 'goto-cleanup.json:14' }]);
    expect(config.transfersOwnership[1]).toMatchObject({ name: 'table_add', arguments: [1], when: 'success' });
    expect(config).toMatchObject({ extends: ['glib'], label: 'out', acceptLogOrder: true, platform: 'glibc' });
  });

  test('an empty object is the default', () => {
    expect(parse('{}')).toEqual({ ...EMPTY_CONFIG, path: '/p/goto-cleanup.json' });
    expect(parse('\uFEFF{}')).toEqual(parse('{}'));
  });

  test.each([
    ['{ "styel": "auto" }', 'goto-cleanup.json:1:3: unknown setting "styel"; did you mean "style"? (known: '],
    ['{\n  "style": "lader" }', 'goto-cleanup.json:2:12: unknown "style" "lader"; did you mean "ladder"? (known: auto'],
    ['{ "pairs": [{ "acquire": "a" }] }', 'goto-cleanup.json:1:13: "pairs" needs "release"'],
    ['{ "pairs": [{ "acquire": "a", "release": "b", "sentinal": "null" }] }', 'did you mean "sentinel"?'],
    [
      '{ "pairs": [{ "acquire": "a", "release": "b", "handle": "arg" }] }',
      '"pairs.handle" must be a string that matches',
    ],
    ['{ "acceptLogOrder": "yes" }', '"acceptLogOrder" must be true or false, not "yes"'],
    ['{ "neverReturns": "die" }', '"neverReturns" must be a list, not "die"'],
    ['{ "neverReturns": ["die()"] }', '"neverReturns" must be a string that matches'],
    ['{ "rules": { "leak-on-pth": "off" } }', 'did you mean "leak-on-path"?'],
    ['{ "transfersOwnership": [{ "name": "f", "arguments": [-1] }] }', 'must be a whole number from 0, not -1'],
    ['{ "label": "out", "label": "err" }', 'goto-cleanup.json:1:19: "label" stands twice'],
    ['{ "toString": 1 }', 'unknown setting "toString"'],
    ['{ "style": ', 'goto-cleanup.json:1:12: not JSON: '],
    ['', 'goto-cleanup.json:1:1: not JSON: '],
    ['[]', 'the config must be an object, not []'],
  ])('%s is an error with its place', (text, message) => {
    expect(() => parse(text)).toThrow(UsageError);
    expect(() => parse(text)).toThrow(message);
  });

  test('the published schema is the one that is checked against (UPDATE=1 writes it)', () => {
    const text = `${JSON.stringify(configSchema(), undefined, 2)}\n`;
    if (process.env['UPDATE'] === '1') writeFileSync(SCHEMA_PATH, text);
    expect(readFileSync(SCHEMA_PATH, 'utf8')).toBe(text);
  });
});

describe('which config counts', () => {
  const files = { 'goto-cleanup.json': '{ "label": "outer" }', 'sub/goto-cleanup.json': '{ "style": "ladder" }' };

  test('the nearest one, alone, up to the root', () => {
    const folder = makeFolder(files);
    mkdirSync(join(folder, 'sub/deep'));
    const store = createConfigStore(folder, undefined);
    expect(store.configFor(join(folder, 'a.c'))).toMatchObject({ label: 'outer' });
    expect(store.configFor(join(folder, 'sub/deep/a.c'))).toMatchObject({ style: 'ladder' });
    expect(store.configFor(join(folder, 'sub/deep/a.c')).label).toBeUndefined();
    const inner = createConfigStore(join(folder, 'sub/deep'), undefined);
    expect(inner.configFor(join(folder, 'sub/deep/a.c'))).toBe(EMPTY_CONFIG);
  });

  test('--config and --isolated', () => {
    const folder = makeFolder(files);
    const fixed = createConfigStore(folder, join(folder, 'goto-cleanup.json'));
    expect(fixed.configFor(join(folder, 'sub/a.c'))).toMatchObject({ label: 'outer' });
    expect(createConfigStore(folder, false).configFor(join(folder, 'a.c'))).toBe(EMPTY_CONFIG);
    expect(() => createConfigStore(folder, join(folder, 'nope.json'))).toThrow("can't read the config nope.json");
  });

  test('overrides: the later one wins, rules add up', () => {
    const config = parse(
      '{ "style": "auto", "rules": { "leak-on-path": "off" }, "overrides": [' +
        '{ "files": ["*.h"], "style": "single" }, { "files": ["lib/"], "style": "ladder", "rules": { "double-release": "off" } }] }',
    );
    expect(localSettings(config, '/p/x.h').style).toBe('single');
    expect(localSettings(config, '/p/lib/x.h')).toMatchObject({
      style: 'ladder',
      rules: { 'leak-on-path': 'off', 'double-release': 'off' },
    });
    expect(localSettings(config, '/p/x.c').style).toBe('auto');
  });
});

test('the hash of settings does not depend on the order of keys, and tells regular expressions apart', () => {
  expect(hashSettings({ a: 1, b: { c: 2, d: 3 } })).toBe(hashSettings({ b: { d: 3, c: 2 }, a: 1 }));
  expect(hashSettings({ a: /x/ })).not.toBe(hashSettings({ a: /y/ }));
});
