/** The ledger as a table: a row for each exit and outcome, in words. */
import type { LineIndex } from '../base/span.ts';
import type { Ledger } from './ledger.ts';
import { describeExit, describeFate } from './render-ledger.ts';

/** One outcome of one exit. Texts are of the source: bytes as latin1. */
export interface LedgerRow {
  /** Of the exit, from 1. */
  readonly line: number;
  /** `returns -1`, `ends`. */
  readonly exit: string;
  /** Calls in the order of the path. */
  readonly releases: readonly string[];
  /** Calls in a loop, any number of times. */
  readonly repeated: readonly string[];
  /** What became of the rest: `text is stored in *receipt`, `still held: p`, `nothing held`. */
  readonly fate: readonly string[];
}

/** Rows that read the same are one; what is beyond `most` is left out, for nobody reads it. */
export function ledgerRows(ledger: Ledger, lines: LineIndex, most: number): LedgerRow[] {
  const rows = ledger.outcomes.map((outcome): LedgerRow => ({
    line: lines.place(outcome.exit.at.start).line,
    exit: describeExit(outcome),
    releases: outcome.releases.map(({ text }) => text),
    repeated: outcome.repeated.map(({ text }) => text),
    fate: describeFate(ledger, outcome),
  }));
  const distinct = new Map(rows.map((row) => [JSON.stringify(row), row]));
  return [...distinct.values()].slice(0, most);
}
