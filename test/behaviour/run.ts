/** Compiles a fixture with stubs for all it calls, runs it under every outcome, and returns what it did as text. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { definitionsOf, type Signature, withoutComments } from './declarations.ts';
import { RUNTIME_CALLS } from './library-calls.ts';
import { driverOf, type ReleaseFact, stubOf } from './stubs.ts';

const RUNTIME = fileURLToPath(new URL('./runtime.c', import.meta.url));
// A proof makes no claim on line numbers, so they are all the same in a run.
const FLAGS = ['-D__LINE__=0', '-Wno-builtin-macro-redefined', '-std=gnu11', '-O0', '-fno-builtin', '-w'];

export interface RunOptions {
  /** Most runs of one function. */
  readonly budget: number;
  readonly logsApart: boolean;
  /** What the fixture's config promises of its releases. */
  readonly releases: readonly ReleaseFact[];
}

/** A folder for objects, with the compiled runtime; `dispose` removes it. */
export class Workshop {
  readonly folder = mkdtempSync(join(tmpdir(), 'goto-cleanup-behaviour-'));
  readonly #runtime: string;

  constructor() {
    this.#runtime = join(this.folder, 'runtime.o');
    run('gcc', ['-O1', '-c', RUNTIME, '-o', this.#runtime], this.folder);
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true });
  }

  /** What one function of a C text does, under every outcome of its callees. */
  trace(text: string, target: Signature, options: RunOptions): string {
    const stubs = this.#stubsOf(text, options.releases);
    const prologue = 'long rt_call(const char *, const char *, long *); void stub_free(void *);\n';
    this.#write('fixture.c', text);
    this.#write('driver.c', driverOf(target, globalsOf(text)));
    this.#write('stubs.c', prologue + [...stubs.values()].join('\n'));
    const renamed = [...stubs.keys(), ...RUNTIME_CALLS].map((name) => `-D${name}=stub_${name}`);
    run('gcc', [...FLAGS, ...renamed, '-c', 'driver.c'], this.folder);
    run('gcc', [...FLAGS, 'driver.o', 'stubs.c', this.#runtime, '-o', 'driver'], this.folder);
    const mode = options.logsApart ? ['logs-apart'] : [];
    return run('./driver', [String(options.budget), ...mode], this.folder);
  }

  /** Stubs of all names the text may call and does not define. */
  #stubsOf(text: string, releases: readonly ReleaseFact[]): ReadonlyMap<string, string> {
    const defined = new Set(definitionsOf(text).map(({ name }) => name));
    const called = withoutComments(text).matchAll(/\b(\w+)\s*\(/g);
    const names = new Set([...called].map((match) => match[1] ?? '').filter((name) => !defined.has(name)));
    const stubs = [...names].map((name) => [name, stubOf(name, text, releases)] as const);
    return new Map(stubs.flatMap(([name, stub]) => (stub === undefined ? [] : [[name, stub] as const])));
  }

  #write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), Buffer.from(text, 'latin1'));
  }
}

/** The functions of a fixture that a rewrite changed. */
export function changedFunctions(before: string, after: string): Signature[] {
  const old = new Map(definitionsOf(before).map((definition) => [definition.name, definition.source]));
  return definitionsOf(after).filter(({ name, source }) => old.get(name) !== source);
}

/** Objects of file scope that are defined here, so that a run can print what became of them. */
function globalsOf(text: string): string[] {
  const lines = withoutComments(text).matchAll(
    /^(?:static\s+)?(?:int|long|unsigned|char \*|short \*)\s*(\w+)\s*(?:=[^;]*)?;/gm,
  );
  return [...lines].map((match) => match[1] ?? '');
}

function run(command: string, args: readonly string[], cwd: string): string {
  const result = spawnSync(command, args, { cwd, encoding: 'latin1', maxBuffer: 1 << 28 });
  if (result.status !== 0) throw new Error(`${command} ${args.join(' ')}: ${result.stderr || String(result.error)}`);
  return result.stdout;
}
