/** The packed release in a fresh project, as its users have it: their folder, their home, npm's own command. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');

/** Registries are asked for what no earlier installation has left behind only. */
const NPM = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];

export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A function whose exits repeat two releases. */
export function cascade(name: string, size = 8): string {
  const exit = (condition: string, value: number): string =>
    `\tif (${condition}) {\n\t\tfree(b);\n\t\tfree(a);\n\t\treturn ${value};\n\t}\n`;
  return (
    `int ${name}(const char *s)\n{\n\tchar *a = malloc(${size});\n\tchar *b = malloc(${size});\n` +
    `${exit('!a || !b', -1)}${exit('!*s', -2)}${exit("*s == '#'", -3)}\tfree(b);\n\tfree(a);\n\treturn 0;\n}\n`
  );
}

export const HEAD = '#include <stdlib.h>\n\n';
export const CLEAN = 'int clean(int n)\n{\n\treturn n;\n}\n';

/** Folders of one newcomer, below one temporary one. */
export class Newcomer {
  readonly #base = realpathSync(mkdtempSync(join(tmpdir(), 'goto-cleanup-newcomer-')));
  /** A git repository without a commit, in which node_modules/ is ignored. */
  readonly project = join(this.#base, 'a project');
  readonly home = join(this.#base, 'home');
  readonly #programs = join(this.#base, 'programs');
  readonly env: NodeJS.ProcessEnv;

  constructor() {
    for (const folder of [this.project, this.home, this.#programs]) mkdirSync(folder);
    const person = { GIT_AUTHOR_NAME: 'A', GIT_AUTHOR_EMAIL: 'a@example.org' };
    const committer = { GIT_COMMITTER_NAME: 'A', GIT_COMMITTER_EMAIL: 'a@example.org' };
    const kept = Object.entries(process.env).filter(([name]) => !/^(npm_|GIT_|VITEST|CI$|FORCE_COLOR)/.test(name));
    // npm puts the commands of this repository on the PATH of its scripts: a newcomer has none of them.
    const path = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => !/node_modules/.test(folder));
    this.env = {
      ...Object.fromEntries(kept),
      ...person,
      ...committer,
      HOME: this.home,
      XDG_STATE_HOME: join(this.home, 'state'),
      XDG_CACHE_HOME: join(this.home, 'cache'),
      // What is fetched once is kept for the next one.
      npm_config_cache: process.env['npm_config_cache'] ?? join(process.env['HOME'] ?? this.home, '.npm'),
      NO_COLOR: '1',
      PATH: [this.#programs, ...path].join(delimiter),
    };
    this.must('git init -q . && git config core.autocrlf false');
    this.put('.gitignore', 'node_modules/\n');
    this.put('package.json', '{ "private": true }\n');
  }

  /** Runs a line of shell in the project. */
  run(line: string, options: { readonly cwd?: string; readonly input?: string } = {}): Outcome {
    const { cwd = this.project, input } = options;
    const { status, stdout, stderr } = spawnSync('sh', ['-c', line], {
      cwd,
      env: this.env,
      encoding: 'latin1',
      maxBuffer: 1 << 28,
      ...(input !== undefined && { input }),
    });
    return { code: status, out: stdout, err: stderr };
  }

  /** Runs a line that has to end well; its output. */
  must(line: string, cwd = this.project): string {
    const { code, out, err } = this.run(line, { cwd });
    if (code !== 0) throw new Error(`${line}\nended with ${code}\n${out}${err}`);
    return out;
  }

  put(path: string, text: string): void {
    mkdirSync(dirname(join(this.project, path)), { recursive: true });
    writeFileSync(join(this.project, path), text, 'latin1');
  }

  /** Packs this repository into the newcomer's home; the tarball. */
  pack(): string {
    const name = this.must(`npm pack --silent --ignore-scripts --pack-destination '${this.home}'`, ROOT).trim();
    return join(this.home, name);
  }

  /** The tool in the project's node_modules, from the packed release. */
  install(): void {
    this.must(`npm install --save-dev ${NPM.join(' ')} '${this.pack()}'`);
  }

  /** A program of this repository's node_modules as one that the newcomer has installed for all projects. */
  giveProgram(name: string): void {
    symlinkSync(realpathSync(join(ROOT, 'node_modules/.bin', name)), join(this.#programs, name));
    chmodSync(realpathSync(join(ROOT, 'node_modules/.bin', name)), 0o755);
  }

  remove(): void {
    rmSync(this.#base, { recursive: true, force: true });
  }
}
