/**
 * torture: runs a program again and again, failing one acquisition after the other, and says what it left behind.
 * Takes a command line and the settings of a sweep; returns a report. Runs programs and keeps files of its own; may
 * not print, or know how C is rewritten. The other half is the shim, the C sources in shim/.
 *
 * This file: the page by which the tool and the shim talk, as `struct control` of shim/shim.h has it.
 */
import { endianness } from 'node:os';

/** The classes of acquisitions, and their bits. */
export const CLASS_BITS = {
  memory: 1,
  file: 2,
  descriptor: 4,
  socket: 8,
  mapping: 16,
  thread: 32,
  lock: 64,
  custom: 128,
} as const;

export type AcquisitionClass = keyof typeof CLASS_BITS;

/** What one run is told. */
export interface ControlSettings {
  /** The number of the acquisition that fails, from 1, among those of the stack if there is one; 0: none. */
  readonly failAt: number;
  /** The only stack to fail at, as `hashStack` gives it; 0: any. Programs that depend on the time need that. */
  readonly stack: number;
  /** Every acquisition from that number on fails, not that one alone. */
  readonly fromThenOn: boolean;
  readonly classes: readonly AcquisitionClass[];
  /** Record the stack of every acquisition. */
  readonly trace: boolean;
  /** Keep released memory back, filled with a pattern. */
  readonly quarantine: boolean;
  /** Report memory as well that something still points to. */
  readonly reachable: boolean;
  /** Base name of the program to test; others of the same run are left alone. */
  readonly program: string | undefined;
}

/** What the processes of a run have written into the page. */
export interface ControlState {
  /** Acquisitions seen. */
  readonly count: number;
  /** Those that were failed. */
  readonly injected: number;
  /** Process numbers, up to 512. */
  readonly pids: readonly number[];
}

const MAGIC = 0x54524f54;
const VERSION = 1;
const PAGE_BYTES = 4096;
const PROGRAM_AT = 32;
const PROGRAM_BYTES = 224;
const COUNT_AT = 256;
const INJECTED_AT = 264;
const PROCESSES_AT = 268;
const PIDS_AT = 272;
const MAX_PIDS = 512;

const isLittle = endianness() === 'LE';

/** The page for one run. */
export function encodeControl(settings: ControlSettings): Buffer {
  const page = new DataView(new ArrayBuffer(PAGE_BYTES));
  page.setUint32(0, MAGIC, isLittle);
  page.setUint32(4, VERSION, isLittle);
  page.setBigUint64(8, BigInt(settings.failAt), isLittle);
  page.setUint32(16, settings.fromThenOn ? 1 : 0, isLittle);
  page.setUint32(
    20,
    settings.classes.reduce((bits, name) => bits | CLASS_BITS[name], 0),
    isLittle,
  );
  const flags = [settings.trace, settings.quarantine, settings.reachable];
  page.setUint32(
    24,
    flags.reduce((bits, isSet, at) => bits | (isSet ? 1 << at : 0), 0),
    isLittle,
  );
  page.setUint32(28, settings.stack, isLittle);
  const bytes = Buffer.from(page.buffer);
  bytes.write((settings.program ?? '').slice(0, PROGRAM_BYTES - 1), PROGRAM_AT, 'latin1');
  return bytes;
}

/** Reads what a run has left in its page. */
export function decodeControl(bytes: Uint8Array): ControlState {
  const page = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const processes = Math.min(page.getUint32(PROCESSES_AT, isLittle), MAX_PIDS);
  return {
    count: Number(page.getBigUint64(COUNT_AT, isLittle)),
    injected: page.getUint32(INJECTED_AT, isLittle),
    pids: Array.from({ length: processes }, (_, at) => page.getUint32(PIDS_AT + 4 * at, isLittle)),
  };
}

/** What the shim knows a stack by in every run of one build: FNV-1a over the addresses in its files. Never 0. */
export function hashStack(stack: readonly { readonly address: number }[]): number {
  const hash = stack.reduce(
    (sum, { address }) => Math.imul(sum ^ (address % 2 ** 32), 16_777_619) >>> 0,
    2_166_136_261,
  );
  return hash || 1;
}
