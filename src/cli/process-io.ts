/** The real world as an `Io`. */
import { fstatSync, writeSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { UsageError } from '../base/usage-error.ts';
import { describeErrorCode, errorCode } from '../engine/probe.ts';
import type { Io, Sink } from './io.ts';

/** Wraps the running process. */
export function createProcessIo(process: NodeJS.Process): Io {
  return {
    cwd: process.cwd(),
    node: process.execPath,
    env: process.env,
    stdout: createSink(1, () => process.stdout),
    stderr: createSink(2, () => process.stderr),
    readStdin: () => readAll(process.stdin),
    openLines: async () => (await import('./terminal.ts')).openLines(process.stdin),
    edit: async (text, name) => (await import('./terminal.ts')).edit(text, name, process.env),
    cores: availableParallelism,
    now: () => Number(process.hrtime.bigint()) / 1e6,
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

/**
 * `goto-cleanup | head` closes the pipe early: the rest is dropped without a word. Other write errors are real.
 * @param open makes Node's stream, which costs more than all that a hook has to say: what fits goes out without
 */
function createSink(descriptor: number, open: () => NodeJS.WriteStream): Sink {
  let stream: NodeJS.WriteStream | undefined;
  let isClosed = false;
  const openOnce = (): NodeJS.WriteStream => {
    if (stream) return stream;
    stream = open();
    // The callback of the write gets the error too; without a listener the event would end the process.
    stream.on('error', (error: NodeJS.ErrnoException) => {
      isClosed ||= error.code === 'EPIPE';
    });
    return stream;
  };
  return {
    get isTty() {
      return mayBeTty(descriptor) && openOnce().isTTY === true;
    },
    write: (chunk) =>
      new Promise((resolve, reject) => {
        const bytes = Buffer.from(chunk as string);
        const rest = isClosed || stream ? bytes : bytes.subarray(writeAtOnce(descriptor, bytes));
        if (isClosed || rest.length === 0) return resolve();
        openOnce().write(rest, (error) => {
          if (!error || errorCode(error) === 'EPIPE') resolve();
          else reject(new UsageError(`can't write the output: ${describeErrorCode(errorCode(error))}`));
        });
      }),
  };
}

/** A file or a pipe is no terminal. */
function mayBeTty(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isCharacterDevice();
  } catch {
    return false;
  }
}

/** Longer output is left to the stream, which waits for a slow reader. */
const MOST_AT_ONCE = 4096;

/** Writes a short text; the number of bytes that left. Whatever is wrong, the stream will say. */
function writeAtOnce(descriptor: number, bytes: Uint8Array): number {
  if (bytes.length > MOST_AT_ONCE) return 0;
  try {
    return writeSync(descriptor, bytes);
  } catch (error) {
    errorCode(error);
    return 0;
  }
}

async function readAll(stream: AsyncIterable<Uint8Array | string>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  return Buffer.concat(chunks);
}
