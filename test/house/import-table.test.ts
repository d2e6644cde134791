import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findLayerBreaks, importsOf, layerOf } from './layers.ts';
import type { SourceFile } from './layers.ts';

const root = join(import.meta.dirname, '../..');

function sourcesUnder(folder: string): SourceFile[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.[cm]?[jt]s$/.test(name))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

describe('the import table', () => {
  const files = [...sourcesUnder('src'), ...sourcesUnder('transforms')];

  test('reads the sources', () => {
    expect(files.length).toBeGreaterThan(10);
    expect(files.flatMap((file) => importsOf(file.text)).length).toBeGreaterThan(10);
  });

  test('is kept by every file of src and transforms', () => {
    expect(findLayerBreaks(files)).toEqual([]);
  });
});

/** A file with one line of code, and what must be said of it. */
const BAD: readonly (readonly [path: string, text: string, said: RegExp])[] = [
  ['src/verify/a.ts', `import { plan } from '../rewrite/plan.ts';`, /verify may not import rewrite/],
  [
    'src/verify/a.ts',
    `import type { Plan } from '../../transforms/share/plan.ts';`,
    /verify may not import transforms/,
  ],
  ['src/verify/a.ts', `const x = await import('../rewrite/plan.ts');`, /verify may not import rewrite/],
  ['src/scan/a.ts', `export * from '../syntax/tree.ts';`, /scan may not import syntax/],
  ['src/scan/a.ts', `export {\n  walk,\n  type Tree,\n} from '../syntax/tree.ts';`, /scan may not import syntax/],
  ['src/syntax/a.ts', `import '../cfg/build.ts';`, /syntax may not import cfg/],
  ['src/rewrite/a.ts', `import { x } from '../cfg/build.ts';`, /rewrite may not import cfg/],
  ['src/engine/a.ts', `import { x } from '../cli/main.ts';`, /engine may not import cli/],
  ['src/engine/a.ts', `const w = new Worker(new URL('../cli/main.js', import.meta.url));`, /engine may not import cli/],
  ['src/cli/a.ts', `import { x } from '../verify/verify.ts';`, /cli may not import verify/],
  ['src/reporters/a.ts', `import { x } from '../engine/process-file.ts';`, /reporters may not import engine/],
  ['transforms/t/a.ts', `import { x } from '../../src/rewrite/render.ts';`, /transforms may not import rewrite/],
  ['transforms/t/a.ts', `import { x } from '../../src/verify/verify.ts';`, /transforms may not import verify/],
  ['transforms/t/a.ts', `import { type Plan } from '../../src/rewrite/plan.ts';`, /transforms may not import rewrite/],
  ['src/base/a.ts', `import { x } from '../scan/lex.ts';`, /base may not import scan/],
  ['src/cfg/a.ts', `import Parser from 'tree-sitter';`, /cfg may not import tree-sitter/],
  ['src/cfg/a.ts', `const p = require("tree-sitter-c");`, /cfg may not import tree-sitter-c/],
  ['src/engine/a.ts', `import MagicString from 'magic-string';`, /engine may not import magic-string/],
  ['src/analysis/a.ts', `import { readFileSync } from 'node:fs';`, /analysis may not import node:fs/],
  ['src/reporters/a.ts', `console.log(1);`, /only cli may use console\.log/],
  ['src/engine/a.ts', `process.exit(1);`, /only cli may use process\.exit/],
  ['src/engine/a.ts', `process.stdout.write('x');`, /only cli may use process\.stdout/],
  ['src/misc/a.ts', `export const x = 1;`, /stands in no folder/],
  ['src/cfg/a.ts', `import { x } from '../misc/a.ts';`, /in no folder of the import table/],
  ['src/cfg/a.ts', `import { x } from '../../test/house/layers.ts';`, /from outside src and transforms/],
];

describe('a break is reported', () => {
  test.each(BAD)('%s: %s', (path, text, said) => {
    const found = findLayerBreaks([{ path, text }]);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(said);
  });

  test('when two files import what belongs to one', () => {
    const text = `import MagicString from 'magic-string';`;
    const files = [
      { path: 'src/rewrite/a.ts', text },
      { path: 'src/rewrite/b.ts', text },
    ];
    expect(findLayerBreaks(files)).toEqual([
      'src/rewrite/a.ts, src/rewrite/b.ts: only one file may import magic-string',
    ]);
    expect(findLayerBreaks(files.slice(1))).toEqual([]);
  });
});

describe('what is allowed is not reported', () => {
  test.each([
    ['src/cfg/a.ts', `import type { Span } from '../base/span.ts';\nimport { walk } from '../syntax/tree.ts';`],
    ['src/cfg/a.ts', `// import { x } from '../rewrite/plan.ts';\n/* console.log */ export const x = 1;`],
    ['transforms/t/a.ts', `import type { Plan } from '../../src/rewrite/plan.ts';`],
    ['transforms/t/a.ts', `export type { Plan } from '../../src/rewrite/plan.ts';`],
    ['src/reporters/a.ts', `import type { Verdict } from '../verify/verdict.ts';`],
    ['src/reporters/a.ts', `import type { Report } from '../engine/report.ts';`],
    ['src/cli/a.ts', `console.log(process.stdout.isTTY); process.exit(1);`],
  ])('%s: %s', (path, text) => {
    expect(findLayerBreaks([{ path, text }])).toEqual([]);
  });

  test('layers are named by their folders', () => {
    expect(layerOf('src/cfg/build.ts')).toBe('cfg');
    expect(layerOf('transforms/share/plan.ts')).toBe('transforms');
    expect(layerOf('src/index/x.ts')).toBeUndefined();
    expect(layerOf('src/stray.ts')).toBeUndefined();
  });
});
