/**
 * cli: the only layer that talks to the user. Takes argv and the outside world as an `Io`; returns an exit code.
 * May not parse C, decide what to rewrite, or reach for `process` outside process-io.ts.
 */

/** Where output goes. A string is written as UTF-8, bytes as they are. */
export interface Sink {
  readonly isTty: boolean;
  /** Resolves when the chunk has left; a reader that has gone away is no error. */
  write(chunk: string | Uint8Array): Promise<void>;
}

/** Lines as they are typed. */
export interface Lines {
  /** undefined at the end of the input. */
  next(): Promise<string | undefined>;
  /** Lets go of stdin: the process could not end otherwise. */
  close(): void;
}

/** The outside world of one run, so that a test can be one. */
export interface Io {
  readonly cwd: string;
  /** The Node that runs this, absolute. */
  readonly node: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Sink;
  readonly stderr: Sink;
  readStdin(): Promise<Uint8Array>;
  /** Stdin line by line, for a dialogue. */
  openLines(): Promise<Lines>;
  /** Lets a person edit a text (bytes as latin1) under a name; undefined where the editor failed. */
  edit(text: string, name: string): Promise<string | undefined>;
  /** How many threads the machine runs at a time. */
  cores(): number;
  /** Milliseconds on a clock that only goes forward. */
  now(): number;
  /** Calls back on an interrupt instead of ending the process; returns how to stop that. */
  onInterrupt(listener: () => void): () => void;
}

/** The exit codes, the same for every command and format. */
export const EXIT = {
  nothingToReport: 0,
  findings: 1,
  couldNotRun: 2,
  ownBug: 3,
  /** By convention of the shell: 128 and the number of SIGINT. */
  interrupted: 130,
} as const;
