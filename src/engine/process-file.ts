/**
 * engine: one file through the whole pipeline. Takes text and knowledge; returns what can be rewritten, proved.
 * May not print, exit, or read the clock.
 */
import type { Edit } from '../rewrite/plan.ts';
import type { Finding, FunctionReport } from './report.ts';

export interface ProcessOptions {
  readonly proof: 'identical' | 'equivalent';
  readonly style: 'auto' | 'single' | 'ladder';
  readonly label: string | undefined;
  readonly functionPattern: RegExp | undefined;
}

/** What came of one file. `newText` differs from the input only where every change is proved. */
export interface FileOutcome {
  readonly newText: string;
  readonly functions: readonly FunctionReport[];
  /** Per rewritten function, the proved edits, in the order of the file. */
  readonly rewrites: readonly { readonly name: string; readonly edits: readonly Edit[] }[];
  readonly findings: readonly Finding[];
  readonly counts: {
    readonly functions: number;
    readonly attempted: number;
    readonly parsed: number;
    readonly candidates: number;
  };
}
