/** The exit ledgers of functions that can be rewritten, for reports that show them. */
import { exitLedger } from '../analysis/ledger.ts';
import { ledgerRows, type LedgerRow } from '../analysis/ledger-rows.ts';
import type { LineIndex } from '../base/span.ts';
import { buildGraph } from '../cfg/build.ts';
import type { Knowledge } from '../resources/knowledge.ts';
import { resolveNames } from '../syntax/bindings.ts';
import type { FunctionOutcome } from './process-file.ts';

/** What each exit of one function does as it stands, under the first choice of its preprocessor lines. */
export interface FunctionLedger {
  /** Of the function, from 1. */
  readonly line: number;
  readonly rows: readonly LedgerRow[];
}

/** Rows of a function that a page shows. */
const MOST_ROWS = 60;

/** The ledgers of those that can be rewritten, in the order of the file. One that can't be made is left out. */
export function ledgersOf(
  outcomes: readonly FunctionOutcome[],
  knowledge: Knowledge,
  lines: LineIndex,
): FunctionLedger[] {
  return outcomes.flatMap(({ range, read, result }) => {
    const tree = read?.versions[0]?.tree;
    if (result.kind !== 'proved' || !tree) return [];
    const bindings = resolveNames(tree);
    const graph = buildGraph(tree, bindings);
    if ('kind' in graph) return [];
    const ledger = exitLedger({ tree, bindings, graph, knowledge });
    if (ledger.kind === 'refusal') return [];
    return [{ line: lines.place(range.start).line, rows: ledgerRows(ledger, lines, MOST_ROWS) }];
  });
}
