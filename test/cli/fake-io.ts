/** An `Io` that a test can look into. */
import type { Io } from '../../src/cli/io.ts';

export interface FakeIo extends Io {
  /** What was written, as bytes. */
  out(): Buffer;
  err(): string;
  interrupt(): void;
}

export interface FakeIoOptions {
  readonly stdin?: string | Uint8Array;
  readonly env?: Record<string, string>;
  readonly isTty?: boolean;
  /** What the user's editor makes of a text; absent: it fails. */
  readonly edit?: (text: string) => string;
}

/** An `Io` in a folder, with an empty environment and no terminal. */
export function fakeIo(cwd: string, options: FakeIoOptions = {}): FakeIo {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  const listeners = new Set<() => void>();
  const sink = (chunks: Buffer[]): Io['stdout'] => ({
    isTty: options.isTty ?? false,
    write: async (chunk) => void chunks.push(Buffer.from(chunk as string)),
  });
  return {
    cwd,
    node: process.execPath,
    cores: () => 1,
    env: { XDG_STATE_HOME: `${cwd}/.state`, ...options.env },
    stdout: sink(out),
    stderr: sink(err),
    readStdin: async () => Buffer.from((options.stdin ?? '') as string),
    openLines: async () => {
      const lines = String(options.stdin ?? '')
        .split('\n')
        .values();
      return { next: async () => lines.next().value, close: () => undefined };
    },
    edit: async (text) => options.edit?.(text),
    now: () => 0,
    onInterrupt: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    out: () => Buffer.concat(out),
    err: () => Buffer.concat(err).toString('utf8'),
    interrupt: () => {
      for (const listener of listeners) listener();
    },
  };
}
