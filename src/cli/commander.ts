/** The package that reads the command line. Required, not imported: Node would look for names to export in all of it. */
import { createRequire } from 'node:module';
import type * as Commander from 'commander';

export const { Command, CommanderError } = createRequire(import.meta.url)('commander') as typeof Commander;
