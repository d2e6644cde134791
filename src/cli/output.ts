/** Sends a result where it belongs: the artifact to stdout, reports to files, summary and warnings to stderr. */
import { resolve } from 'node:path';
import { UsageError } from '../base/usage-error.ts';
import type { Summary } from '../engine/report.ts';
import type { SkippedFile } from '../engine/run.ts';
import type { RenderOptions } from '../reporters/reporter.ts';
import { formatCount, plural } from '../reporters/counts.ts';
import { wantsColor } from './color.ts';
import type { Format, ProjectFlags } from './flags.ts';
import { EXIT, type Io } from './io.ts';
import type { ShownRun } from './project-run.ts';
import { createDisplayPath } from './show-path.ts';

/** Writes all that was asked for. */
export async function writeOutput(io: Io, run: ShownRun, flags: ProjectFlags, format: Format): Promise<void> {
  const displayPath = createDisplayPath(io, run.root);
  const options = { displayPath, showRefusals: flags.showRefusals === true, statistics: flags.statistics === true };
  const color = run.report.files.length > 0 && wantsColor(flags.color, io.env, io.stdout);
  await io.stdout.write(await render(format, run, { ...options, color }));
  for (const report of flags.report)
    await saveReport(resolve(io.cwd, report.file), await render(report.format, run, { ...options, color: false }));
  await writeWarnings(io, run);
  if (flags.verbose === true) await writeDetails(io, run, displayPath);
  await reportOwnBugs(io, run);
}

/** A plan of ours that was wrong is said aloud, and what a report of it needs is kept. */
export async function reportOwnBugs(io: Io, run: ShownRun): Promise<void> {
  if (run.ownBugs.length === 0) return;
  const { saveBundle } = await import('../engine/bug-bundle.ts');
  const { stateFolder } = await import('../engine/state-folder.ts');
  for (const bug of run.ownBugs) {
    const bundle = await saveBundle(stateFolder(run.root, io.env), bug, run.report.tool.version);
    const place = `${createDisplayPath(io, run.root)(bug.path)}:${bug.line}:1 ${bug.name}`;
    await io.stderr.write(
      `goto-cleanup: ${place}: our plan was wrong, and is not written: ${bug.reason}\nPlease report it with ${bundle}\n`,
    );
  }
}

async function render(format: Format, run: ShownRun, options: RenderOptions): Promise<Buffer> {
  // A hook that finds nothing has nothing to load a reporter for.
  if (format === 'text' && run.report.files.length === 0 && !options.statistics) return Buffer.alloc(0);
  const { REPORTERS } = await import('../reporters/registry.ts');
  const load = REPORTERS[format];
  if (!load) throw new Error(`format ${format} has no reporter`);
  const { render: renderReport, encoding } = await load();
  return Buffer.from(renderReport(run, options), encoding);
}

/** Writes a report to a file that the user named. */
export async function saveReport(path: string, content: Uint8Array): Promise<void> {
  const { writeFile } = await import('node:fs/promises');
  try {
    await writeFile(path, content);
  } catch (error) {
    throw new UsageError(`can't write the report: ${error instanceof Error ? error.message : path}`);
  }
}

/** Says which files could not be looked at. */
export async function writeWarnings(io: Io, run: ShownRun): Promise<void> {
  const displayPath = createDisplayPath(io, run.root);
  const lines = run.report.files.flatMap(({ path, errors }) =>
    errors.map(({ message }) => `goto-cleanup: ${displayPath(path)}: ${message}\n`),
  );
  await io.stderr.write(lines.join(''));
}

const SKIPPED: Readonly<Record<SkippedFile['why'], string>> = {
  link: 'a symbolic link; the file behind it is found by itself',
  generated: 'generated; name it to look at it',
  gone: 'git knows it, but it is gone',
  cplusplus: 'C++',
};

/** What `-v` adds: the configs in force, and what was passed over. */
async function writeDetails(io: Io, run: ShownRun, displayPath: (path: string) => string): Promise<void> {
  const { attempted, parsed, candidates } = run.report.summary;
  const lines = [
    `root: ${run.root}\n`,
    ...run.configPaths.map((path) => `config: ${displayPath(path)}\n`),
    ...run.skipped.map(({ path, why }) => `skipped: ${displayPath(path)}: ${SKIPPED[why]}\n`),
    `${plural(attempted, 'function')} parsed, ${parsed} without an error; ${plural(candidates, 'candidate')}\n`,
  ];
  await io.stderr.write(lines.join(''));
}

/** `214 files, 3,982 functions: 41 can be rewritten, all proved; 1 leak; 17 refused (--show-refusals).  1.9 s` */
export function describeSummary(summary: Summary, seconds: number, flags: ProjectFlags, accepted = 0): string {
  const parts = [describeRewrites(summary), ...Object.entries(summary.findings).map(describeFindings)];
  const refused = sum(Object.values(summary.refused));
  if (refused > 0) parts.push(`${formatCount(refused)} refused${flags.showRefusals ? '' : ' (--show-refusals)'}`);
  if (accepted > 0) parts.push(`${formatCount(accepted)} in the baseline`);
  const scope = `${plural(summary.files, 'file')}, ${plural(summary.functions, 'function')}`;
  return `${scope}: ${parts.join('; ')}.  ${seconds.toFixed(1)} s\n`;
}

function describeRewrites({ rewritable, applied }: Summary): string {
  if (applied === 0 && rewritable === 0) return 'nothing to rewrite';
  const parts = [
    ...(applied > 0 ? [`${applied} rewritten`] : []),
    ...(rewritable > 0 ? [`${rewritable} can be rewritten`] : []),
  ];
  return `${parts.join(', ')}, ${applied + rewritable === 1 ? 'proved' : 'all proved'}`;
}

const FINDING_NOUNS: Readonly<Record<string, string>> = {
  'leak-on-path': 'leak',
  'double-release': 'double release',
  'use-after-release': 'use after release',
  'uninitialised-release': 'uninitialised release',
};

function describeFindings([code, count]: [string, number]): string {
  if (code === 'use-after-release' && count > 1) return `${count} uses after release`;
  return plural(count, FINDING_NOUNS[code] ?? code);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Exit code of check and diff, from what was found. */
export function exitCodeOf(run: ShownRun, hasFindings: boolean, flags: ProjectFlags): number {
  if (run.ownBugs.length > 0) return EXIT.ownBug;
  if (run.namedErrors.length > 0) return EXIT.couldNotRun;
  return hasFindings && flags.exitZero !== true ? EXIT.findings : EXIT.nothingToReport;
}
