import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

const root = join(import.meta.dirname, '../..');

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(join(root, path), 'utf8'));
}

interface LockEntry {
  readonly resolved?: string;
  readonly integrity?: string;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly optionalDependencies?: Record<string, string>;
}

describe('package-lock.json', () => {
  const lock = readJson('package-lock.json') as {
    packages: Record<string, LockEntry>;
  };
  const entries = Object.entries(lock.packages).filter(([path]) => path !== '');

  test('names no registry, so that it installs from any', () => {
    expect(entries.length).toBeGreaterThan(10);
    expect(entries.filter(([, entry]) => entry.resolved !== undefined).map(([path]) => path)).toEqual([]);
  });

  test('pins the content of every package but bindings for other systems', () => {
    const isElsewhere = (entry: LockEntry): boolean => entry.optional === true && entry.os !== undefined;
    const loose = entries.filter(([, entry]) => entry.integrity === undefined && !isElsewhere(entry));
    expect(loose.map(([path]) => path)).toEqual([]);
  });

  test('has the bindings of all systems, or npm ci refuses it: node .ci/complete-lock.js enters them', () => {
    const paths = entries.map(([path]) => path);
    const bindings = entries.flatMap(([, entry]) => Object.keys(entry.optionalDependencies ?? {}));
    expect(bindings.length).toBeGreaterThan(10);
    expect(bindings.filter((name) => !paths.some((path) => path.endsWith(`node_modules/${name}`)))).toEqual([]);
  });
});

describe('package.json', () => {
  const manifest = readJson('package.json') as {
    dependencies: Record<string, string>;
    devDependencies: Record<string, string>;
    scripts: Record<string, string>;
  };

  test('pins every version exactly', () => {
    const loose = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
      .filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))
      .map(([name, version]) => `${name}@${version}`);
    // There is no other release of it, and only a data file is read: the schema of SARIF.
    expect(loose).toEqual(['@microsoft/jest-sarif@1.0.0-beta.0']);
  });

  test('runs nothing when it is installed', () => {
    const hooks = ['preinstall', 'install', 'postinstall', 'prepare'];
    expect(hooks.filter((hook) => hook in manifest.scripts)).toEqual([]);
  });
});

/** What may stand in the tarball: the command, the build, the documents, the examples. */
const PACKED = [
  /^package\.json$/,
  /^(README|ARCHITECTURE|CHANGELOG)\.md$/,
  /^LICENSE$/,
  /^bin\/goto-cleanup\.js$/,
  /^dist\/(src|transforms)\/.+(\.js|\.d\.ts)$/,
  /^schema\/[\w-]+\.schema\.json$/,
  /^shim\/[\w-]+\.[ch]$/,
  /^examples\/[\w-]+\.(c|md|json)$/,
];

describe('the tarball', () => {
  const folder = mkdtempSync(join(tmpdir(), 'goto-cleanup-pack-'));
  let files: string[] = [];
  let tarball = '';

  beforeAll(async () => {
    if (!existsSync(join(root, 'dist/src'))) throw new Error('no build here: npm test makes one');
    const { stdout } = await promisify(execFile)(
      'npm',
      ['pack', '--json', '--ignore-scripts', '--pack-destination', folder],
      { cwd: root },
    );
    const [packed] = JSON.parse(stdout) as { filename: string; files: { path: string }[] }[];
    files = packed?.files.map((file) => file.path) ?? [];
    tarball = join(folder, packed?.filename ?? '');
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('holds only what it should', () => {
    expect(files.filter((path) => !PACKED.some((allowed) => allowed.test(path)))).toEqual([]);
  });

  test.each([
    'package.json',
    'README.md',
    'LICENSE',
    'bin/goto-cleanup.js',
    'dist/src/cli/main.js',
    'dist/src/index.d.ts',
  ])('holds %s', (path) => {
    expect(files).toContain(path);
  });

  test('holds a source for every built file, so nothing stale is shipped', () => {
    const sources = files
      .filter((path) => path.startsWith('dist/'))
      .map((path) => path.replace(/^dist\//, '').replace(/(\.d\.ts|\.js)$/, '.ts'));
    expect(sources.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  test('is clean for publint', async () => {
    // A copy: the buffer behind a small read may be shared and longer than the file.
    const bytes = Uint8Array.from(readFileSync(tarball)).buffer;
    const { messages } = await publint({ pack: { tarball: bytes }, strict: true });
    const manifest = readJson('package.json') as Record<string, unknown>;
    expect(messages.map((message) => formatMessage(message, manifest))).toEqual([]);
  });
});
