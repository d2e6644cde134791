/** What a dialogue needs of the terminal: lines and an editor. Loaded when one begins. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Io, Lines } from './io.ts';

/** The lines of a stream. */
export function openLines(stdin: NodeJS.ReadableStream): Lines {
  const reader = createInterface({ input: stdin, terminal: false });
  const lines = reader[Symbol.asyncIterator]();
  return {
    next: async () => {
      const { done, value } = await lines.next();
      return done === true ? undefined : value;
    },
    close: () => reader.close(),
  };
}

/** The editor that git would take, started as git starts it: the variable may hold arguments. */
export function edit(text: string, name: string, env: Io['env']): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'goto-cleanup-'));
  const path = join(folder, name);
  try {
    writeFileSync(path, text, 'latin1');
    const editor = env['GIT_EDITOR'] ?? env['VISUAL'] ?? env['EDITOR'] ?? 'vi';
    // This process waits, so that nobody else reads what is typed.
    const { status } = spawnSync('sh', ['-c', `${editor} "$@"`, editor, path], { stdio: 'inherit', env });
    return status === 0 ? readFileSync(path, 'latin1') : undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
