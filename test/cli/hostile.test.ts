/** Trees made to do harm, with the built command: no crash, nothing written outside, nothing run. Needs a build. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BIN, get, git, makeFolder, makeRepository, put, REPEATS } from './project.ts';

interface Done {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function tool(cwd: string, ...argv: string[]): Done {
  const env = { ...process.env, XDG_STATE_HOME: join(cwd, '.state'), NO_COLOR: '1' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...argv], {
    cwd,
    env,
    encoding: 'latin1',
    maxBuffer: 1 << 28,
  });
  return { code: status, out: stdout, err: stderr };
}

describe('what nests 100,000 deep', () => {
  const DEEP = 100_000;
  const nested: Record<string, (depth: number) => string> = {
    blocks: (depth) => '{'.repeat(depth) + '}'.repeat(depth),
    conditions: (depth) => `${'if (x) {'.repeat(depth)}free(p); return 2;${'}'.repeat(depth)}`,
    'else if': (depth) => `${'if (x) y(); else '.repeat(depth)};`,
    parentheses: (depth) => `y = ${'('.repeat(depth)}x${')'.repeat(depth)};`,
    calls: (depth) => `${'f('.repeat(depth)}${')'.repeat(depth)};`,
    operators: (depth) => `y = ${'!'.repeat(depth)}x;`,
    sums: (depth) => `y = x${'+x'.repeat(depth)};`,
    declarators: (depth) => `int (${'*('.repeat(depth)}q${')'.repeat(depth)})(void);`,
  };
  const exits = '\tif (x) {\n\t\tput(p);\n\t\tfree(p);\n\t\treturn 1;\n\t}\n'.repeat(3);
  const within = (inner: string): string =>
    `#include <stdlib.h>\n\nint deep(int x)\n{\n${exits}${inner}\n\tfree(p);\n\treturn 0;\n}\n\n${REPEATS}`;

  test.each(Object.entries(nested))('%s: that function is refused, the others go on', (_, nest) => {
    const folder = makeFolder({ 'a.c': within(nest(DEEP)) });
    const { code, out, err } = tool(folder, 'check', '--show-refusals', '--root', '.', 'a.c');
    expect({ code, err: err.replace(/ {2}[\d.]+ s\n/, '') }).toEqual({
      code: 1,
      err: '1 file, 2 functions: 1 can be rewritten, proved; 1 refused.',
    });
    expect(out).toContain('deep: the function nests too deep  budget-exceeded');
    expect(out).toContain(' f: 3 exits repeat');
  });

  test('some hundred levels are nothing', () => {
    for (const nest of Object.values(nested)) {
      const folder = makeFolder({ 'a.c': within(nest(100)) });
      expect(tool(folder, 'check', '--show-refusals', '--root', '.', 'a.c').out).not.toContain('nests too deep');
    }
  });

  test('outside of functions: braces, brackets, #if, comments', () => {
    const texts = {
      'braces.c': '{'.repeat(DEEP),
      'brackets.c': `int a${'['.repeat(DEEP)}${']'.repeat(DEEP)};\n${REPEATS}`,
      'choices.c': `${'#if A\n'.repeat(DEEP)}int x;\n${'#endif\n'.repeat(DEEP)}${REPEATS}`,
      'comments.c': `${'/*'.repeat(DEEP)}\n${REPEATS}`,
      'includes.c': `#include "includes.c"\n${'#include "includes.h"\n'.repeat(1000)}${REPEATS}`,
      'includes.h': '#include "includes.h"\n#include "includes.c"\n',
      'macros.c': `#define A0 1\n${Array.from({ length: 99 }, (_, at) => `#define A${at + 1} A${at} A${at}\n`).join('')}${REPEATS.replace('n < 2', 'A99')}`,
    };
    const { code, out, err } = tool(makeFolder(texts), 'check', '--root', '.');
    expect(code, err).toBe(1);
    expect(out.match(/^[\w.]+/gm)).toEqual(['brackets.c', 'choices.c', 'includes.c', 'macros.c']);
  });
});

describe('size', () => {
  test('a file of 50 MB', () => {
    const row = `${'0x00, '.repeat(16)}\n`;
    const table = `static const unsigned char table[] = {\n${row.repeat(Math.ceil(50e6 / row.length))}};\n`;
    const folder = makeFolder({ 'big.c': table + REPEATS });
    expect(statSync(join(folder, 'big.c')).size).toBeGreaterThan(50e6);
    const { code, out, err } = tool(folder, 'apply', '--root', '.', 'big.c');
    expect(code, err).toBe(0);
    expect(out).toContain(' f: 3 exits repeat');
    expect(get(folder, 'big.c').startsWith(table)).toBe(true);
    expect(get(folder, 'big.c')).toContain('goto ');
  });

  test('100,000 files', () => {
    const folder = makeFolder({});
    for (let at = 0; at < 1000; at++) {
      mkdirSync(join(folder, `d${at}`));
      for (let file = 0; file < 100; file++) writeFileSync(join(folder, `d${at}/f${file}.c`), 'int x;\n');
    }
    put(folder, 'd500/f50.c', REPEATS);
    const { code, out, err } = tool(folder, 'check', '--root', '.');
    expect(code, err).toBe(1);
    expect(out).toMatch(/^d500\/f50\.c:5:1 f: .*\n$/);
    expect(err).toMatch(/^100,000 files, /);
  });
});

describe('links', () => {
  test('in a circle, to themselves, and upwards: each file once', () => {
    const folder = makeFolder({ 'lib/a.c': REPEATS });
    symlinkSync('..', join(folder, 'lib/up'));
    symlinkSync('lib', join(folder, 'again'));
    symlinkSync('self', join(folder, 'self'));
    symlinkSync('two', join(folder, 'one'));
    symlinkSync('one', join(folder, 'two'));
    symlinkSync('one.c', join(folder, 'one.c'));
    for (const argv of [
      ['--root', '.'],
      ['lib', 'again', 'lib/up', '--root', '.'],
    ]) {
      const { code, out } = tool(folder, 'check', ...argv);
      expect(code).toBe(1);
      expect(out.split('\n')).toHaveLength(2);
    }
  });

  test.each([
    ['in git', makeRepository],
    ['outside git', makeFolder],
  ])('out of the tree, %s: what lies there is not looked at, nor written', (_, make) => {
    const outside = makeFolder({ 'secret.c': REPEATS, 'secret.h': '#define OTHER 7\n' });
    const folder = make({ 'a.c': `#include "secret.h"\n#include "far/secret.h"\n${REPEATS}` });
    symlinkSync(outside, join(folder, 'far'));
    symlinkSync(join(outside, 'secret.c'), join(folder, 'file.c'));
    symlinkSync(join(outside, 'secret.h'), join(folder, 'secret.h'));
    symlinkSync('/dev/zero', join(folder, 'zero.c'));
    const { code, out, err } = tool(folder, 'apply', '--allow-dirty', '--root', '.');
    expect(code, err).toBe(0);
    expect(out).toMatch(/^a\.c:7:1 f: .*\n$/);
    expect(get(outside, 'secret.c')).toBe(REPEATS);
    expect(readdirSync(outside)).toEqual(['secret.c', 'secret.h']);
  });
});

describe('names', () => {
  const NAMES = [
    'a\nb.c',
    'a\x1b]0;title\x07.c',
    '-f.c',
    '--exit-zero.c',
    '$(touch run).c',
    ';touch run;.c',
    '"quo\'te".c',
    '*.c',
    ':(top).c',
  ];

  test('newlines, escapes, flags, shell: found, applied, undone; nothing of it is run or obeyed', () => {
    const folder = makeRepository(Object.fromEntries(NAMES.map((name) => [name, REPEATS])));
    const found = tool(folder, 'check');
    expect(found.code).toBe(1);
    expect(found.out.trimEnd().split('\n')).toHaveLength(NAMES.length);
    // eslint-disable-next-line no-control-regex -- that is what is looked for
    expect(found.out + found.err).not.toMatch(/[\x00-\x09\x0b-\x1f]/);
    const { out: patch } = tool(folder, 'diff');
    put(folder, '.git/all.patch', patch);
    git(folder, 'apply', '--check', '.git/all.patch');
    expect(tool(folder, 'apply').code).toBe(0);
    for (const name of NAMES) expect(get(folder, name)).toContain('goto ');
    expect(tool(folder, 'undo').code).toBe(0);
    for (const name of NAMES) expect(get(folder, name)).toBe(REPEATS);
    expect(existsSync(join(folder, 'run'))).toBe(false);
    expect(readdirSync(folder).filter((name) => name !== '.git' && name !== '.state')).toHaveLength(NAMES.length);
  });
});

describe('a config in a folder of the tree', () => {
  test('that asks for files outside gets none, and none of it is written there', () => {
    const base = makeFolder({ 'outside/o.c': REPEATS, 'outside/goto-cleanup.json': '{ "label": "wrong" }' });
    const patterns = ['../../outside', '../../outside/**', '/**', '**', join(base, 'outside')];
    put(
      base,
      'tree/lib/goto-cleanup.json',
      JSON.stringify({ include: patterns, overrides: [{ files: ['../../**', '**'], label: 'mine' }] }),
    );
    put(base, 'tree/lib/a.c', REPEATS);
    put(base, 'tree/b.c', REPEATS);
    symlinkSync('../outside/goto-cleanup.json', join(base, 'tree/goto-cleanup.json'));
    const folder = join(base, 'tree');
    const { code, out, err } = tool(folder, 'apply', '--root', '.', '--exclude', 'goto-cleanup.json');
    expect(code, err).toBe(0);
    expect(out.split('\n').map((line) => line.replace(/:.*/, ''))).toEqual(['b.c', 'lib/a.c', '']);
    expect(get(folder, 'lib/a.c')).toContain('goto mine;');
    expect(get(base, 'outside/o.c')).toBe(REPEATS);
    expect(readdirSync(join(base, 'outside'))).toEqual(['goto-cleanup.json', 'o.c']);
  });

  test('that names programs, presets or patterns of its own liking: an error with its place', () => {
    for (const [config, said] of [
      ['{ "extends": ["../../../etc/passwd"] }', 'unknown preset'],
      ['{ "command": "touch run" }', 'unknown setting "command"'],
      ['{ "__proto__": { "style": "single" } }', 'unknown setting "__proto__"'],
    ] as const) {
      const folder = makeFolder({ 'lib/goto-cleanup.json': config, 'lib/a.c': REPEATS });
      const { code, err } = tool(folder, 'check', '--root', '.');
      expect({ code, isSaid: err.includes(said) }, err).toEqual({ code: 2, isSaid: true });
      expect(existsSync(join(folder, 'run'))).toBe(false);
    }
  });
});
