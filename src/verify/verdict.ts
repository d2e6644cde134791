/** The verifier's answer, as data. */
import type { Span } from '../base/span.ts';
import type { RefusalCode } from '../diagnostics/refusal.ts';

export type Use = 'reorder' | 'noop-release' | 'early-value' | 'distinct-by-use' | 'log-order' | 'errno: free';

/** A fact about a name that a proof stands on. */
export interface RestsOn {
  readonly name: string;
  readonly fact: string;
  readonly from: string;
}

/** One line of an exit ledger as people read it. */
export interface LedgerView {
  /** Calls, stores and macros from the entry on, in order, as source text. */
  readonly effects: readonly string[];
  /** Calls whose resource is still held at the exit: neither released nor returned. */
  readonly holds: readonly string[];
  /** The returned expression; empty where there is none, or where the exit was not reached. */
  readonly returns: string;
  /** Line of the exit, or of where this version was followed to, from 1, in its own file. */
  readonly line: number;
}

/** The first difference found: the decisions that lead there and what each side did. */
export interface Difference {
  readonly decisions: readonly { readonly text: string; readonly taken: boolean; readonly line: number }[];
  readonly before: LedgerView;
  readonly after: LedgerView;
}

export interface Verdict {
  readonly verdict: 'identical' | 'equivalent' | 'different' | 'unproved';
  readonly uses: readonly Use[];
  readonly restsOn: readonly RestsOn[];
  /** Exits of the before version that were matched. */
  readonly exits: number;
  /** For different and unproved: a sentence. */
  readonly reason?: string;
  /** For different and unproved: the refusal code that fits. */
  readonly code?: RefusalCode;
  readonly difference?: Difference;
  /** For a proof: the exit ledgers of both versions agree too, or why they can't be compared. */
  readonly ledgers?: 'equal' | { readonly unknown: string };
  readonly at?: Span;
  /** Byte offset in the before version of what it was about to do when the walk stopped. */
  readonly stoppedAt?: number;
}
