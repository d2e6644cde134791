/** `merge`: one report of those that the shards of a run made. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { UsageError } from '../../base/usage-error.ts';
import type { CommandSpec } from '../command.ts';
import { addOutputFlags, addReportFlags, type Format, type ProjectFlags } from '../flags.ts';

/** A report does not hold the texts of files, which the other formats show. */
const MERGEABLE: readonly Format[] = ['text', 'json', 'jsonl', 'github', 'gitlab', 'markdown'];

export const merge: CommandSpec = {
  name: 'merge',
  operands: '<report...>',
  summary: 'merge the JSON reports of shards into the report of the whole run',
  configure: (command) => {
    addReportFlags(command, MERGEABLE);
    addOutputFlags(command);
  },
  run: async (operands, options, { io }) => {
    const flags = options as ProjectFlags;
    const started = io.now();
    const format = flags.format ?? 'text';
    const { mergeReports, parseReport } = await import('../../engine/merge-reports.ts');
    const report = mergeReports(operands.map((name) => parseReport(name, readReport(resolve(io.cwd, name), name))));
    const { findRoot } = await import('../../engine/discover.ts');
    const { describeSummary, exitCodeOf, writeOutput } = await import('../output.ts');
    const nothing = { changes: [], namedErrors: [], ownBugs: [], skipped: [], configPaths: [], ledgers: new Map() };
    const run = { ...nothing, report, root: findRoot(io.cwd, [], undefined) };
    await writeOutput(io, run, flags, format);
    const { summary } = report;
    if (flags.quiet !== true) await io.stderr.write(describeSummary(summary, (io.now() - started) / 1000, flags));
    return exitCodeOf(run, summary.rewritable > 0 || Object.keys(summary.findings).length > 0, flags);
  },
};

function readReport(path: string, name: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new UsageError(`can't read the report "${name}"`);
  }
}
