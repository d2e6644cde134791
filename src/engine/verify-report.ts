/** What `verify` answers for two versions of a file: the shape of `verify --format json`. */
import type { Difference, RestsOn, Use } from '../verify/verdict.ts';

export interface VersionPlace {
  readonly path: string;
  /** Line of the function, from 1. */
  readonly line: number;
}

export interface VerifiedFunction {
  readonly name: string;
  /** Absent where only the other version has the function. */
  readonly before?: VersionPlace;
  readonly after?: VersionPlace;
  readonly verdict: 'identical' | 'equivalent' | 'different' | 'unproved';
  readonly uses: readonly Use[];
  readonly restsOn?: readonly RestsOn[];
  /** For different and unproved: a sentence. */
  readonly reason?: string;
  readonly difference?: Difference;
}

export interface VerifyReport {
  readonly schema: 'goto-cleanup/verify-1';
  readonly functions: readonly VerifiedFunction[];
  readonly summary: Readonly<Record<VerifiedFunction['verdict'], number>>;
}
