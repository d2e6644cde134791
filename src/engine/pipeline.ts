/** The parts of the tool that a command runs, behind one interface, so that a test can put others in their place. */
import type { Knowledge } from '../resources/knowledge.ts';
import type { HouseStyle } from '../rewrite/house-style.ts';
import type { FunctionParser } from '../syntax/parse.ts';
import type { FunctionSelection } from './choose-functions.ts';
import type { AuditIndex } from './audit-index.ts';
import type { FileAudit } from './audit-file.ts';
import type { FileOutcome, ProcessOptions } from './process-file.ts';
import type { DefinitionsInSight } from './definitions.ts';
import type { VerifyReport } from './verify-report.ts';
import type { Versions } from './verify-versions.ts';

/** What the pipeline may use while it works on one file. */
export interface FileContext {
  readonly options: ProcessOptions;
  knowledgeFor(path: string, text: string): Knowledge;
  /** The file at a path (relative to the root) with this text, and all that it includes. */
  inSightOf(path: string, text: string): DefinitionsInSight;
  /** The habits of the files around a path, for what a file does not show itself; undefined where there is none. */
  styleAround(path: string): HouseStyle | undefined;
  /** What other files show; absent where only the file and its headers count. */
  readonly index?: AuditIndex;
  /** Makes the parser at the first call: files without a candidate never load the native library. */
  parser(): FunctionParser;
}

/** One file as text. Bytes as latin1. */
export interface FileText {
  readonly path: string;
  readonly text: string;
}

export interface Pipeline {
  processFile(text: string, path: string, context: FileContext): FileOutcome;
  auditFile(text: string, path: string, context: FileContext): FileAudit;
  verifyFiles(before: FileText, after: FileText, context: FileContext): VerifyReport;
  verifyVersions(versions: Versions): VerifyReport;
  /** What is known of one function: ledger, plan or refusal; with `dot` its graph. undefined: no such function. */
  explainFunction(
    file: FileText,
    which: { readonly name: string } | { readonly line: number },
    form: 'text' | 'dot',
    context: FileContext,
  ): string | undefined;
}

/** A pipeline that is loaded when it is needed. */
export interface PipelineSource {
  /** The number of functions where none of them can matter, whatever is known; undefined: look closely. */
  countIfIdle(text: string, selection: FunctionSelection): number | undefined;
  load(): Promise<Pipeline>;
}
