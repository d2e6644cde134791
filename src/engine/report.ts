/** The one report model; every format is rendered from it. Shapes and names are those of the JSON schema report-1. */
import type { RestsOn, Use } from '../verify/verdict.ts';

export interface FunctionReport {
  readonly name: string;
  readonly line: number;
  readonly endLine: number;
  readonly status: 'rewritable' | 'applied' | 'refused';
  readonly code?: string;
  readonly reason?: string;
  readonly at?: { readonly line: number; readonly column: number };
  readonly style?: 'single' | 'ladder';
  readonly successShares?: boolean;
  readonly labels?: readonly string[];
  readonly exits?: number;
  readonly releasesBefore?: number;
  readonly releasesAfter?: number;
  readonly linesAdded?: number;
  readonly linesRemoved?: number;
  readonly proof?: {
    readonly verdict: 'identical' | 'equivalent';
    readonly uses: readonly Use[];
    readonly restsOn: readonly RestsOn[];
    readonly exits: number;
  };
  readonly edits?: readonly {
    readonly byteOffset: number;
    readonly byteLength: number;
    readonly text: string;
    /** The text is not UTF-8: one character stands for one byte. */
    readonly encoding?: 'latin1';
  }[];
}

export interface Finding {
  readonly code: string;
  readonly function: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly resource?: { readonly name: string; readonly acquire: string; readonly line: number };
  readonly path?: readonly { readonly line: number; readonly what: string }[];
  /** What it takes for granted beside facts: how a name is used elsewhere, what siblings do. Absent: nothing. */
  readonly evidence?: readonly string[];
}

export interface FileReport {
  readonly path: string;
  readonly functions: readonly FunctionReport[];
  readonly findings: readonly Finding[];
  readonly errors: readonly { readonly code: string; readonly message: string }[];
}

export interface Summary {
  readonly files: number;
  readonly functions: number;
  readonly attempted: number;
  readonly parsed: number;
  readonly candidates: number;
  readonly rewritable: number;
  readonly applied: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly findings: Readonly<Record<string, number>>;
  readonly unusedPairs: readonly string[];
}

export interface Report {
  readonly schema: 'goto-cleanup/report-1';
  readonly tool: { readonly name: string; readonly version: string; readonly configHash: string };
  readonly command: string;
  readonly files: readonly FileReport[];
  readonly summary: Summary;
}
