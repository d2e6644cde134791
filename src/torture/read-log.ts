/** Reads the log of a run, whose records are described in shim/log.c and written by shim/process.c. */

/** One frame as the shim knows it: a file, and an address in it that points behind the call. */
export interface RawFrame {
  readonly module: string;
  readonly address: number;
}

/** A call stack, the innermost frame first. */
export type RawStack = readonly RawFrame[];

/** An acquisition: its number, the function called, and where. */
export interface RawAcquisition {
  readonly number: number;
  readonly name: string;
  readonly stack: RawStack;
}

export type HoldingKind = 'memory' | 'mapping' | 'descriptor' | 'file' | 'folder' | 'lock';

/** What a process held when it ended, added up by the stack it was acquired at. */
export interface RawHolding {
  readonly pid: number;
  readonly kind: HoldingKind;
  /** Nothing points to it; descriptors, FILEs, DIRs and locks count as lost. */
  readonly isLost: boolean;
  readonly count: number;
  /** Bytes. */
  readonly size: number;
  readonly stack: RawStack;
  /** What a descriptor is open on. */
  readonly detail: string;
}

/** A misuse that the shim saw while it happened, or by the pattern in released memory. */
export interface RawFault {
  readonly what: 'double-release' | 'use-after-release' | 'write-after-release';
  /** Bytes of the block; of a write the offset in it. */
  readonly size: number;
  readonly stack: RawStack;
  readonly acquired: RawStack;
  readonly released: RawStack;
}

/** A signal with the stack it found: a crash, an abort, or the answer of a program that hangs. */
export interface RawSignal {
  readonly pid: number;
  readonly number: number;
  readonly stack: RawStack;
}

/** The end of a process that the shim saw: `immediate` is _exit. A signal leaves none. */
export interface RawEnd {
  readonly pid: number;
  readonly how: 'return' | 'exit' | 'immediate';
  /** Where exit was called. */
  readonly stack: RawStack;
}

export interface RunLog {
  readonly programs: readonly { readonly pid: number; readonly path: string }[];
  readonly failures: readonly RawAcquisition[];
  readonly holdings: readonly RawHolding[];
  readonly faults: readonly RawFault[];
  readonly crashes: readonly RawSignal[];
  readonly aborts: readonly RawSignal[];
  readonly hangs: readonly RawSignal[];
  readonly ends: readonly RawEnd[];
  readonly trace: readonly RawAcquisition[];
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };

/** Reads a log. A last line without an end is one that a killed process did not finish, and is left out. */
export function readLog(text: string): RunLog {
  return new LogReader().read(text);
}

class LogReader {
  private readonly modules = new Map<string, string>();
  private readonly stacks = new Map<string, RawStack>();
  private readonly log: Mutable<RunLog> = {
    programs: [],
    failures: [],
    holdings: [],
    faults: [],
    crashes: [],
    aborts: [],
    hangs: [],
    ends: [],
    trace: [],
  };

  read(text: string): RunLog {
    for (const line of text.slice(0, text.lastIndexOf('\n') + 1).split('\n')) {
      const [letter = '', pid = '', ...fields] = line.split(' ');
      this.record(letter, pid, fields);
    }
    this.log.trace.sort((left, right) => left.number - right.number);
    return this.log;
  }

  private record(letter: string, pid: string, fields: readonly string[]): void {
    const [first = '', second = '', third = '', fourth = '', fifth = ''] = fields;
    const process = Number(pid);
    const stack = (field: string): RawStack => this.stack(pid, field);
    const signal = (): RawSignal => ({ pid: process, number: Number(first), stack: stack(third) });
    const { log } = this;
    switch (letter) {
      case 'P':
        log.programs.push({ pid: process, path: fields.slice(1).join(' ') });
        break;
      case 'M':
        this.modules.set(`${pid} ${first}`, fields.slice(1).join(' '));
        break;
      case 'F':
        log.failures.push({ number: Number(first), name: second, stack: stack(third) });
        break;
      case 'S':
        this.stacks.set(`${pid} ${first}`, stack(third));
        break;
      case 'A':
        log.trace.push({ number: Number(first), name: second, stack: this.stacks.get(`${pid} ${third}`) ?? [] });
        break;
      case 'L':
        log.holdings.push({
          pid: process,
          kind: first as HoldingKind,
          isLost: second === 'lost',
          count: Number(third),
          size: Number(fourth),
          stack: stack(fifth),
          detail: fields.slice(5).join(' '),
        });
        break;
      case 'X':
        log.faults.push({
          what: first as RawFault['what'],
          size: Number(second),
          stack: stack(third),
          acquired: stack(fourth),
          released: stack(fifth),
        });
        break;
      case 'C':
        log.crashes.push(signal());
        break;
      case 'B':
        log.aborts.push(signal());
        break;
      case 'H':
        log.hangs.push(signal());
        break;
      case 'E':
        log.ends.push({ pid: process, how: second as RawEnd['how'], stack: stack(third) });
        break;
    }
  }

  private stack(pid: string, field: string): RawStack {
    if (field === '-' || field === '') return [];
    return field.split(',').map((frame) => {
      const [module = '', address = '0'] = frame.split('+');
      return { module: this.modules.get(`${pid} ${module}`) ?? '', address: Number.parseInt(address, 16) };
    });
  }
}
