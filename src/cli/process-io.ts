/** The real world as an `Io`. */
import { UsageError } from '../base/usage-error.ts';
import { describeErrorCode, errorCode } from '../engine/probe.ts';
import type { Io, Sink } from './io.ts';

/** Wraps the running process. */
export function createProcessIo(process: NodeJS.Process): Io {
  return {
    cwd: process.cwd(),
    node: process.execPath,
    env: process.env,
    stdout: createSink(process.stdout),
    stderr: createSink(process.stderr),
    readStdin: () => readAll(process.stdin),
    openLines: async () => (await import('./terminal.ts')).openLines(process.stdin),
    edit: async (text, name) => (await import('./terminal.ts')).edit(text, name, process.env),
    now: () => performance.now(),
    onInterrupt: (listener) => {
      process.on('SIGINT', listener);
      process.on('SIGTERM', listener);
      return () => {
        process.off('SIGINT', listener);
        process.off('SIGTERM', listener);
      };
    },
  };
}

/** `goto-cleanup | head` closes the pipe early: the rest is dropped without a word. Other write errors are real. */
function createSink(stream: NodeJS.WriteStream): Sink {
  let isClosed = false;
  // The callback of the write gets the error too; without a listener the event would end the process.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    isClosed ||= error.code === 'EPIPE';
  });
  return {
    isTty: stream.isTTY === true,
    write: (chunk) =>
      new Promise((resolve, reject) => {
        if (isClosed || chunk.length === 0) return resolve();
        stream.write(chunk, (error) => {
          if (!error || errorCode(error) === 'EPIPE') resolve();
          else reject(new UsageError(`can't write the output: ${describeErrorCode(errorCode(error))}`));
        });
      }),
  };
}

async function readAll(stream: AsyncIterable<Uint8Array | string>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  return Buffer.concat(chunks);
}
