/** Compiles the shim with the system's compiler, once for each content, into a cache folder of the user. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UsageError } from '../base/usage-error.ts';

/** An acquisition by name, and the value it returns when it is failed: a decimal number, 0 for NULL. */
export interface CustomAcquisition {
  readonly name: string;
  readonly value: string;
}

export interface ShimRequest {
  readonly kind: 'preload' | 'wrap';
  readonly custom: readonly CustomAcquisition[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

// With frame pointers, for the sanitizers walk stacks by them.
const COMMON = ['-std=gnu11', '-O2', '-g', '-fPIC', '-fno-builtin', '-fno-omit-frame-pointer', '-w'];

/**
 * The compiled shim: a shared object to preload, or an object file to link.
 * @returns its absolute path
 * @throws UsageError where it has to be compiled and can't be
 */
export function compileShim(request: ShimRequest): string {
  const source = sourceFolder();
  const flags = flagsOf(request);
  const name = request.kind === 'wrap' ? 'torture.o' : 'torture.so';
  const folder = join(cacheFolder(request.env), 'shim', hashOf(source, flags));
  const path = join(folder, name);
  if (!existsSync(path)) compile(source, flags, folder, name, request.env);
  return path;
}

/** The source: two folders up from here in the project, three in what is built from it. */
function sourceFolder(): string {
  const candidates = ['../../shim/', '../../../shim/'].map((path) => fileURLToPath(new URL(path, import.meta.url)));
  const found = candidates.find((path) => existsSync(join(path, 'shim.c')));
  if (found === undefined) throw new Error('the sources of the shim are not in the package');
  return found;
}

function cacheFolder(env: ShimRequest['env']): string {
  return join(env['XDG_CACHE_HOME'] ?? join(env['HOME'] ?? homedir(), '.cache'), 'goto-cleanup');
}

function flagsOf({ kind, custom }: ShimRequest): string[] {
  const hooks = custom.map(({ name, value }) => `HOOK(${name},${value})`).join(' ');
  return [
    ...COMMON,
    ...(custom.length > 0 ? [`-DTORTURE_CUSTOM(HOOK)=${hooks}`] : []),
    ...(kind === 'wrap' ? ['-DTORTURE_WRAP', '-c'] : ['-shared', '-static-libgcc', '-pthread']),
  ];
}

function hashOf(source: string, flags: readonly string[]): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(source).toSorted()) hash.update(name).update(readFileSync(join(source, name)));
  return hash
    .update(JSON.stringify([flags, process.arch]))
    .digest('hex')
    .slice(0, 32);
}

/** Compiles beside the place and moves it there: another run never sees half a file. */
function compile(
  source: string,
  flags: readonly string[],
  folder: string,
  name: string,
  env: ShimRequest['env'],
): void {
  const compiler = findCompiler(env);
  try {
    mkdirSync(folder, { recursive: true });
    const scratch = mkdtempSync(join(folder, 'new-'));
    try {
      const output = join(scratch, name);
      const libraries = name.endsWith('.so') ? ['-ldl'] : [];
      const [program = '', ...leading] = compiler;
      const arguments_ = [...leading, ...flags, '-o', output, join(source, 'shim.c'), ...libraries];
      const done = spawnSync(program, arguments_, { encoding: 'utf8', env });
      if (done.status !== 0)
        throw new UsageError(`${program} can't compile the shim of torture:\n${(done.stderr ?? '').trim()}`);
      renameSync(output, join(folder, name));
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`can't write the compiled shim to ${folder}: ${(error as Error).message}`);
  }
}

function findCompiler(env: ShimRequest['env']): string[] {
  const named = env['CC']?.trim();
  const candidates = named ? [named.split(/\s+/)] : [['cc'], ['gcc'], ['clang']];
  const found = candidates.find(([program = '', ...leading]) => {
    return spawnSync(program, [...leading, '--version'], { env, stdio: 'ignore' }).status === 0;
  });
  if (found) return found;
  throw new UsageError(
    named
      ? `the compiler "${named}" (CC) can't be run; torture compiles its shim with it once`
      : 'no C compiler found (cc, gcc, clang); torture compiles its shim with one, once: install one or set CC',
  );
}

/** The functions that the linker has to redirect for a program that the shim is linked into. */
export function wrappedNames(custom: readonly CustomAcquisition[]): string[] {
  const source = sourceFolder();
  const text = readdirSync(source)
    .filter((name) => name.endsWith('.c') && name !== 'custom.c')
    .map((name) => readFileSync(join(source, name), 'utf8'))
    .join('\n');
  const plain = [...text.matchAll(/\bHOOK\((\w+)\)\(/g)].map(([, name = '']) => name);
  const generated = [...text.matchAll(/^(?:OPEN|OPENAT|FILE|LOCK)_HOOK\((\w+),/gm)].map(([, name = '']) => name);
  const descriptors = [...text.matchAll(/^DESCRIPTOR_HOOK\(\w+, (\w+),/gm)].map(([, name = '']) => name);
  return [...new Set([...plain, ...generated, ...descriptors, 'main', ...custom.map(({ name }) => name)])]
    .filter((name) => name !== 'name')
    .toSorted();
}
