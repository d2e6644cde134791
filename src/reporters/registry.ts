/** All output formats of check, diff and apply. A new one is a file and a line here. */
import { jsonReporter } from './json.ts';
import { jsonlReporter } from './jsonl.ts';
import { patchReporter } from './patch.ts';
import type { Reporter } from './reporter.ts';
import { textReporter } from './text.ts';

export const REPORTERS: readonly Reporter[] = [textReporter, jsonReporter, jsonlReporter, patchReporter];
