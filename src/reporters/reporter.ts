/**
 * reporters: one output format is one pure function from a result to a string.
 * Takes the engine's report; returns text. May not print, read files or the clock, or know which terminal there is.
 */
import type { RunResult } from '../engine/run.ts';

export interface RenderOptions {
  readonly color: boolean;
  readonly showRefusals: boolean;
  readonly statistics: boolean;
  /** `audit` lists what every exit does, too. */
  readonly showLedgers?: boolean;
  /** A path of the report as the reader's terminal knows it, on one line. */
  displayPath(path: string): string;
}

export interface Reporter {
  readonly name: string;
  /** How the string becomes bytes. A patch holds bytes of sources, which need not be UTF-8. */
  readonly encoding: 'utf8' | 'latin1';
  render(result: RunResult, options: RenderOptions): string;
}
