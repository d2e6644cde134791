/** Which C compilers are here, and how the fixtures are compiled with them. */
import { spawnSync } from 'node:child_process';

export interface Compiler {
  readonly name: 'gcc' | 'clang';
  readonly warnings: readonly string[];
}

const KNOWN: readonly Compiler[] = [
  { name: 'gcc', warnings: ['-Wall', '-Wextra', '-Wmaybe-uninitialized'] },
  { name: 'clang', warnings: ['-Wall', '-Wextra'] },
];

/** The compiler, or why the tests that need it are skipped. */
export function findCompiler(name: Compiler['name']): Compiler | { readonly skip: string } {
  const compiler = KNOWN.find((known) => known.name === name);
  const answer = spawnSync(name, ['--version'], { encoding: 'utf8' });
  if (!compiler || answer.status !== 0) return { skip: `no ${name} on this machine` };
  return compiler;
}

/** Compiles C text to nothing; returns the warnings without the places they stand at. */
export function warningsOf(compiler: Compiler, text: string): string[] {
  const flags = ['-std=gnu11', '-O2', ...compiler.warnings, '-c', '-o', '/dev/null', '-x', 'c', '-'];
  const run = spawnSync(compiler.name, flags, { input: Buffer.from(text, 'latin1'), encoding: 'utf8' });
  const lines = run.stderr.split('\n').filter((line) => /(?:warning|error): /.test(line));
  return lines.map((line) => line.replace(/^[^:]*:\d+:\d+: /, '')).toSorted();
}
