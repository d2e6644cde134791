/** What an audit says of functions: the shapes of the JSON schema audit-1. Lines and columns count from 1. */

/** What becomes of one acquisition on some way out of the function. */
export interface AcquisitionEnd {
  /** Line of the exit. */
  readonly line: number;
  /** Where the function says whether it succeeded: a look at what it returns, and no proof of anything. */
  readonly side: 'success' | 'error' | 'either';
  /** `returns -1`. */
  readonly exit: string;
  /** `unknown`: the paths disagree, or it went through hands that are not seen. */
  readonly state: 'released' | 'handed-over' | 'held' | 'unknown';
  /** The calls that release it there. */
  readonly releases?: readonly ReleaseCall[];
  /** Who has it then: `returned`, `stored` in a place, `consumed` by a call, perhaps (`escaped`) kept by one. */
  readonly how?: 'returned' | 'stored' | 'consumed' | 'escaped';
  readonly to?: string;
  /** It is held only if it was acquired, which is not tested on this way. */
  readonly isUntested?: boolean;
}

export interface ReleaseCall {
  readonly line: number;
  readonly releaser: string;
  /** The whole call as source. */
  readonly call: string;
  /** In a loop, any number of times. */
  readonly isRepeated?: boolean;
}

/** Another function that gives back what this one stores in a field. */
export interface LaterRelease {
  readonly path: string;
  readonly line: number;
  readonly function: string;
  readonly call: string;
}

/** One acquire call, and one of its handles. */
export interface Acquisition {
  readonly line: number;
  readonly column: number;
  /** The lvalue that first names it. */
  readonly handle: string;
  /** The call as source. */
  readonly call: string;
  readonly acquirer: string;
  readonly kind: string;
  readonly isInLoop?: boolean;
  /** What says that the call acquires: a preset, a definition, config. */
  readonly from: string;
  /** In the order of the exits. */
  readonly ends: readonly AcquisitionEnd[];
  /** Functions of the repository that release what was handed over into a field. */
  readonly later?: readonly LaterRelease[];
}

export interface AuditedExit {
  readonly line: number;
  /** What may have happened when the function is left there: `returns -1; releases free(b), free(a); nothing held`. */
  readonly outcomes: readonly string[];
}

/** One function that acquires or releases something. */
export interface AuditedFunction {
  readonly name: string;
  readonly line: number;
  readonly endLine: number;
  readonly acquisitions: readonly Acquisition[];
  /** The exit ledger. */
  readonly exits: readonly AuditedExit[];
  readonly patterns: readonly PatternCode[];
  /** Why the ledger may say more than the function can do. */
  readonly inexactBecause?: string;
}

/** A function that could not be read. */
export interface UnreadFunction {
  readonly name: string;
  readonly line: number;
  readonly code: string;
  readonly reason: string;
}

export type PatternCode =
  | 'cascade'
  | 'cleanup-after-use'
  | 'handed-over-on-success'
  | 'null-safe-release'
  | 'guarded-release'
  | 'resetting-release'
  | 'goto-cleanup';

/** What each pattern is. The one place for these words. */
export const PATTERNS: Readonly<Record<PatternCode, string>> = {
  cascade: 'cascade cleanup: a later exit repeats the releases of an earlier one, and adds its own',
  'cleanup-after-use': 'cleanup after use: released on success too',
  'handed-over-on-success': 'released on error only, since success hands it over',
  'null-safe-release': 'releases that do nothing on the sentinel',
  'guarded-release': 'releases behind a test of the handle',
  'resetting-release': 'releases that leave the sentinel in the handle',
  'goto-cleanup': 'cleanup behind a label',
};
