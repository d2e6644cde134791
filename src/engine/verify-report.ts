/** What `verify` answers for two versions of files: the shape of `verify --format json`. */
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
  /** Absent where both versions have the function in the same file, or in one that git takes for its new name. */
  readonly change?: 'added' | 'removed' | 'moved';
  readonly verdict: 'identical' | 'equivalent' | 'different' | 'unproved';
  readonly uses: readonly Use[];
  readonly restsOn?: readonly RestsOn[];
  /** For different and unproved: a sentence. */
  readonly reason?: string;
  readonly difference?: Difference;
}

/** A change that no verdict covers. */
export interface NotJudged {
  readonly path: string;
  /** From 1; absent where the whole file is meant. */
  readonly line?: number;
  /** The name whose definition changed. */
  readonly name?: string;
  readonly reason: string;
  /** Functions that are the same to the letter, and may do something else for this reason. */
  readonly functions?: readonly string[];
}

export interface VerifyReport {
  readonly schema: 'goto-cleanup/verify-1';
  readonly functions: readonly VerifiedFunction[];
  readonly notJudged: readonly NotJudged[];
  readonly summary: Readonly<
    Record<VerifiedFunction['verdict'] | NonNullable<VerifiedFunction['change']> | 'notJudged', number>
  >;
}

/** The report with its counts. */
export function verifyReport(functions: readonly VerifiedFunction[], notJudged: readonly NotJudged[]): VerifyReport {
  const summary = { identical: 0, equivalent: 0, different: 0, unproved: 0, added: 0, removed: 0, moved: 0 };
  for (const { verdict, change } of functions) {
    summary[verdict]++;
    if (change) summary[change]++;
  }
  return {
    schema: 'goto-cleanup/verify-1',
    functions,
    notJudged,
    summary: { ...summary, notJudged: notJudged.length },
  };
}

/** Whether all that changed was proved to do the same. */
export function isAllProved({ summary }: VerifyReport): boolean {
  return summary.different + summary.unproved + summary.notJudged === 0;
}
