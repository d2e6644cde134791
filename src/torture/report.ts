/** The report of a sweep, and of a comparison of two. Reporters render these; the shapes are part of the contract. */
import type { AcquisitionClass } from './control.ts';
import type { Stack } from './symbolize.ts';

/** What each finding of torture means; the one place for these words. */
export const TORTURE_CODES = {
  'memory-left': 'memory is left that nothing points to any more',
  'memory-reachable': 'memory is left that is given back in a run without failures',
  'mapping-left': 'a mapping is left that nothing points to any more',
  'descriptor-left': 'a descriptor is left open',
  'file-left': 'a FILE is left open',
  'folder-left': 'a DIR is left open',
  'lock-held': 'a lock is still held by a thread that has ended',
  'double-release': 'memory is released twice',
  'use-after-release': 'memory is used after its release',
  'write-after-release': 'memory is written to after its release',
  crash: 'the program crashes',
  abort: 'the program gives up by abort()',
  hang: 'the program does not end within the time limit',
  'process-left': 'a process of the run is still there after the program has ended',
  sanitizer: 'the leak tool of the program complains',
} as const;

export type TortureCode = keyof typeof TORTURE_CODES;

/** Whether one acquisition fails, or that one and all behind it. */
export type FailureMode = 'once' | 'onward';

/** One failure to inject. */
export interface FailurePoint {
  /** Number of the acquisition, from 1. */
  readonly number: number;
  readonly mode: FailureMode;
}

/** A failure that was injected. */
export interface InjectedFailure extends FailurePoint {
  /** The function that failed: `malloc`. */
  readonly acquisition: string;
  readonly stack: Stack;
}

/** What goes wrong at one place, with all the failures that lead there. */
export interface TortureFinding {
  readonly code: TortureCode;
  readonly message: string;
  /** Where it was acquired, crashed, or hangs; may be empty where no stack could be taken. */
  readonly stack: Stack;
  /** Of a second release or a use after it: where the memory was acquired and released. */
  readonly acquired?: Stack;
  readonly released?: Stack;
  /** In the run of the first failure: how many, and their bytes. */
  readonly count: number;
  readonly bytes: number;
  /** The first, with its stack; the others by number. */
  readonly failure: InjectedFailure;
  readonly others: readonly FailurePoint[];
  /** Functions among those of the failure's stack that the last apply has rewritten. */
  readonly rewritten: readonly string[];
  /** The arguments of goto-cleanup that repeat the first failure alone. */
  readonly repeat: readonly string[];
}

export interface TortureSummary {
  /** Acquisitions of a run without failures. */
  readonly acquisitions: number;
  readonly runs: number;
  /** Failures that were meant to be injected, and were not reached: the program takes another way each time. */
  readonly notReached: number;
  /** Faults within one call of the C library, whose own they are; not among the findings. */
  readonly inLibrary: number;
  readonly findings: Readonly<Partial<Record<TortureCode, number>>>;
}

export interface TortureReport {
  readonly schema: 'goto-cleanup/torture-1';
  readonly tool: { readonly name: string; readonly version: string };
  readonly command: readonly string[];
  readonly classes: readonly AcquisitionClass[];
  readonly findings: readonly TortureFinding[];
  readonly summary: TortureSummary;
}

/** One failure after which two builds do not end the same. */
export interface TortureDifference {
  readonly acquisition: string;
  readonly mode: FailureMode;
  /** The functions of the stack, the innermost first, and which of the calls with this stack it is, from 1. */
  readonly functions: readonly string[];
  readonly occurrence: number;
  readonly before: RunSummary;
  readonly after: RunSummary;
  readonly rewritten: readonly string[];
}

/** How one build ended: its number of the failure, and what came of it in words. */
export interface RunSummary {
  readonly number: number;
  readonly outcome: readonly string[];
}

export interface TortureComparison {
  readonly schema: 'goto-cleanup/torture-compare-1';
  readonly tool: { readonly name: string; readonly version: string };
  readonly before: string;
  readonly after: string;
  readonly differences: readonly TortureDifference[];
  readonly summary: {
    /** Failures tried on both builds. */
    readonly compared: number;
    /** Failures at a stack that only one build has. */
    readonly onlyBefore: number;
    readonly onlyAfter: number;
    /** Failures after which one build by itself does not end the same each time. */
    readonly unstable: number;
  };
}
