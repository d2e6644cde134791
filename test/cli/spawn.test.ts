/** The built command as a process: streams, exit codes, permissions. Needs a build, which `npm test` makes. */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { BIN, get, makeFolder, makeRepository, put, REPEATS } from './project.ts';

const ROOT = join(import.meta.dirname, '../..');

beforeAll(() => {
  if (!existsSync(join(ROOT, 'dist/src/cli/main.js'))) throw new Error('no build here: npm test makes one');
});

interface Done {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

interface Extras {
  readonly input?: string;
  readonly env?: Record<string, string>;
  readonly uid?: number;
}

function goto(cwd: string, argv: readonly string[], extras: Extras = {}): Done {
  const { input, env, uid } = extras;
  const done = spawnSync(process.execPath, [BIN, ...argv], {
    cwd,
    ...(input !== undefined && { input: Buffer.from(input, 'latin1') }),
    ...(uid !== undefined && { uid }),
    env: { PATH: process.env['PATH'] ?? '', HOME: cwd, ...env },
    maxBuffer: 1 << 28,
  });
  return { code: done.status, out: done.stdout.toString('latin1'), err: done.stderr.toString() };
}

describe('the process', () => {
  test('exit codes, and the artifact alone on stdout', () => {
    const folder = makeFolder({ 'a.c': 'int x;\n', 'b.c': '\0' });
    expect(goto(folder, ['a.c'])).toMatchObject({ code: 0, out: '' });
    expect(goto(folder, ['b.c'])).toMatchObject({ code: 2, out: '' });
    expect(goto(folder, ['--nope'])).toMatchObject({ code: 2, out: '' });
    expect(goto(folder, ['explain', 'proof']).out).toContain('What a proof rests on');
  });

  test('a large output goes into a pipe whole, to a reader that is slow', async () => {
    const folder = makeFolder({});
    const text = '/* 0123456789 \xe9 */\n'.repeat(400_000);
    const child = spawn(process.execPath, [BIN, 'apply', '-'], { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin.end(Buffer.from(text, 'latin1'));
    await new Promise((resolve) => setTimeout(resolve, 500));
    const chunks: Buffer[] = [];
    for await (const chunk of child.stdout) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).toString('latin1') === text).toBe(true);
  });

  test('a reader that leaves ends it quietly', () => {
    const folder = makeFolder({});
    put(folder, 'big.c', '/* 0123456789 */\n'.repeat(400_000));
    const script = `"${process.execPath}" "${BIN}" apply - < big.c | head -c 10; echo "codes \${PIPESTATUS[0]}"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', script], { cwd: folder, encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(stdout).toBe('/* 0123456codes 0\n');
  });

  test.skipIf(!existsSync('/dev/full'))('a full disk is said in words', () => {
    const folder = makeFolder({});
    const script = `"${process.execPath}" "${BIN}" explain proof > /dev/full`;
    const { status, stderr } = spawnSync('bash', ['-c', script], { cwd: folder, encoding: 'utf8' });
    expect(stderr).toBe("goto-cleanup: can't write the output: no space left\n");
    expect(status).toBe(2);
  });

  test('where git does not trust the repository, apply says so and needs --allow-dirty', () => {
    const folder = makeRepository({ 'a.c': REPEATS });
    const env = { GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' };
    const { code, err } = goto(folder, ['apply'], { env });
    expect(err).toContain('goto-cleanup: git ls-files failed: fatal: detected dubious ownership');
    expect(code).toBe(2);
    expect(get(folder, 'a.c')).toBe(REPEATS);
    expect(goto(folder, ['apply', '--allow-dirty'], { env }).code).toBe(0);
    expect(get(folder, 'a.c')).toContain('goto ');
  });

  test('a native parser that cannot be loaded is said in words', () => {
    const folder = makeFolder({ 'a.c': REPEATS });
    const hook = join(folder, 'hook.cjs');
    writeFileSync(
      hook,
      `const Module = require('node:module');
       const resolve = Module._resolveFilename;
       Module._resolveFilename = function (name, ...rest) {
         if (name === 'tree-sitter') throw new Error('No native build was found for libc=musl');
         return resolve.call(this, name, ...rest);
       };`,
    );
    const { code, out, err } = goto(folder, ['a.c'], { env: { NODE_OPTIONS: `--require ${hook}` } });
    expect(err).toContain("goto-cleanup: the native parser can't be loaded on this system");
    expect(err).toContain('No native build was found for libc=musl');
    expect(err).toContain('on Alpine (musl) use an image with glibc');
    expect(err).not.toContain('    at ');
    expect({ code, out }).toEqual({ code: 2, out: '' });
  });
});

/** Somebody without special rights: the super-user may read and write everything. */
const NOBODY = 65_534;

/** Runs as somebody without special rights, in a folder that this user owns. */
function asOrdinaryUser(folder: string, argv: readonly string[]): Done {
  if (process.getuid?.() !== 0) return goto(folder, argv);
  for (const path of ['.', ...readdirSync(folder, { recursive: true, encoding: 'utf8' })])
    chownSync(join(folder, path), NOBODY, NOBODY);
  return goto(folder, argv, { uid: NOBODY });
}

describe.skipIf(process.platform === 'win32')('permissions', () => {
  test('an unreadable file: named, exit 2; in a folder the others go on', () => {
    const folder = makeFolder({ 'a.c': REPEATS, 'b.c': 'int x;\n' });
    chmodSync(join(folder, 'a.c'), 0);
    expect(asOrdinaryUser(folder, ['a.c'])).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining("goto-cleanup: a.c: can't be read: permission denied\n") as string,
    });
    const { code, err } = asOrdinaryUser(folder, ['.']);
    expect(err).toContain("goto-cleanup: a.c: can't be read: permission denied\n2 files, ");
    expect(code).toBe(0);
  });

  test('a folder that cannot be searched', () => {
    const folder = makeFolder({ 'sub/a.c': REPEATS });
    chmodSync(join(folder, 'sub'), 0);
    const { code, err } = asOrdinaryUser(folder, ['sub/a.c']);
    expect(err).toContain("sub/a.c: can't be read: permission denied");
    expect(code).toBe(2);
  });

  test('a folder that cannot be listed is reported, and the others go on', () => {
    const folder = makeFolder({ 'sub/a.c': REPEATS, 'b.c': 'int x;\n' });
    chmodSync(join(folder, 'sub'), 0);
    const { code, err } = asOrdinaryUser(folder, []);
    expect(err).toContain("goto-cleanup: sub: can't be read: permission denied\n2 files, ");
    expect(code).toBe(0);
  });

  test('a folder that cannot be written: apply refuses and changes nothing', () => {
    const folder = makeFolder({ 'sub/a.c': REPEATS });
    chmodSync(join(folder, 'sub'), 0o555);
    const { code, err } = asOrdinaryUser(folder, ['apply']);
    expect(err).toContain("goto-cleanup: sub/a.c: not written: it can't be written: permission denied\n");
    expect(code).toBe(2);
    expect(get(folder, 'sub/a.c')).toBe(REPEATS);
  });

  test('a read-only file: apply refuses and changes nothing', () => {
    const folder = makeFolder({ 'a.c': REPEATS });
    chmodSync(join(folder, 'a.c'), 0o444);
    const { code, err } = asOrdinaryUser(folder, ['apply']);
    expect(err).toContain('goto-cleanup: a.c: not written: it is read-only\n');
    expect(code).toBe(2);
    expect(get(folder, 'a.c')).toBe(REPEATS);
    expect(statSync(join(folder, 'a.c')).mode & 0o777).toBe(0o444);
  });
});
