/** A count of files, or of runs, on stderr, for a person who has waited half a second. */
import type { Io } from './io.ts';

const DELAY_MS = 500;
const INTERVAL_MS = 100;

export interface Progress {
  show(done: number, total: number): void;
  clear(): void;
}

export function createProgress(io: Io, started: number, noun: 'files' | 'runs' = 'files'): Progress {
  if (!io.stderr.isTty || io.env['TERM'] === 'dumb') return { show: () => undefined, clear: () => undefined };
  let next = started + DELAY_MS;
  let isShown = false;
  return {
    show: (done, total) => {
      const now = io.now();
      if (now < next) return;
      next = now + INTERVAL_MS;
      isShown = true;
      void io.stderr.write(`\r\x1b[K${done}/${total} ${noun}`);
    },
    clear: () => {
      if (isShown) void io.stderr.write('\r\x1b[K');
    },
  };
}
