/**
 * Runs the built command in a folder of its own, for the tests of the documents. Needs a build, which `npm test` makes.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const bin = join(root, 'bin/goto-cleanup.js');

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder under the system's temporary one, in which commands run as a user would type them. */
export class Sandbox {
  readonly folder = mkdtempSync(join(tmpdir(), 'goto-cleanup-docs-'));
  readonly #bin = join(this.folder, '.bin');

  constructor() {
    mkdirSync(this.#bin);
    const shim = join(this.#bin, 'goto-cleanup');
    writeFileSync(shim, `#!/bin/sh\nexec "${process.execPath}" "${bin}" "$@"\n`);
    chmodSync(shim, 0o755);
  }

  /** Writes a file below the folder. */
  write(path: string, text: string): void {
    const target = join(this.folder, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text, 'latin1');
  }

  /** Makes the folder a git repository with everything in it committed. */
  commitAll(): void {
    this.write('.gitignore', '.bin/\n');
    const made = this.run('git init -q . && git add . && git commit -qm "Start"');
    if (made.status !== 0) throw new Error(made.stderr);
  }

  /** Runs one line of shell with the command on its PATH. */
  run(line: string): Outcome {
    const person = { GIT_AUTHOR_NAME: 'A', GIT_AUTHOR_EMAIL: 'a@example.org' };
    const committer = { GIT_COMMITTER_NAME: 'A', GIT_COMMITTER_EMAIL: 'a@example.org' };
    const env = { ...process.env, ...person, ...committer, NO_COLOR: '1', PATH: `${this.#bin}:${process.env['PATH']}` };
    const { status, stdout, stderr } = spawnSync('sh', ['-c', line], { cwd: this.folder, env, encoding: 'latin1' });
    return { status, stdout, stderr };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The compilers of this machine among those the tests use. */
export function presentCompilers(): string[] {
  return ['gcc', 'clang'].filter((name) => spawnSync(name, ['--version']).status === 0);
}
