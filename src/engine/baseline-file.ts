/** Where the baseline lies, and how it is read and replaced. */
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../base/usage-error.ts';
import { type Baseline, parseBaseline, renderBaseline } from './baseline.ts';
import { BASELINE_NAME, type ConfigReader } from './config.ts';
import { describeErrorCode, errorCode } from './probe.ts';

/** The baseline of a repository; undefined where there is none. */
export function loadBaseline(root: string, read: ConfigReader): Baseline | undefined {
  const text = read(join(root, BASELINE_NAME));
  return text === undefined ? undefined : parseBaseline(text, BASELINE_NAME);
}

/** Puts a baseline in the place of the old one, in one step. */
export function saveBaseline(root: string, baseline: Baseline): void {
  const path = join(root, BASELINE_NAME);
  try {
    writeFileSync(`${path}.new`, renderBaseline(baseline));
    renameSync(`${path}.new`, path);
  } catch (error) {
    throw new UsageError(`can't write ${BASELINE_NAME}: ${describeErrorCode(errorCode(error))}`);
  }
}
