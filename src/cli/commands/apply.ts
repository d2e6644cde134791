/** `apply`: write the proved rewrites. */
import type { RunResult } from '../../engine/run.ts';
import type { CommandSpec } from '../command.ts';
import { addProjectFlags, type ProjectFlags } from '../flags.ts';
import { EXIT, type Io } from '../io.ts';
import type { ProjectRun } from '../project-run.ts';
import { runDiff } from './diff.ts';

interface ApplyFlags extends ProjectFlags {
  readonly dryRun?: boolean;
  readonly allowDirty?: boolean;
  readonly inPlace?: boolean;
}

export const apply: CommandSpec = {
  name: 'apply',
  operands: '[path...]',
  summary: 'write the proved rewrites',
  configure: (command) => {
    addProjectFlags(command);
    command
      .option('--dry-run', 'the same as diff')
      .option('--allow-dirty', 'write to files with unstaged changes, or untracked, too')
      .option('--in-place', 'write into a file that has several hard links');
  },
  run: async (operands, options, session) => {
    const flags = options as ApplyFlags;
    if (flags.dryRun === true) return runDiff(operands, flags, session);
    const { runProject } = await import('../project-run.ts');
    const run = await runProject('apply', operands, flags, session);
    // A file named by hand that could not be looked at: the run that was asked for is not possible.
    if (run.namedErrors.length > 0) return reportNothingWritten(session.io, run, flags);
    return run.stdinText === undefined
      ? writeChanges(session.io, run, flags)
      : writeToStdout(session.io, run, run.changes[0]?.after ?? run.stdinText);
  },
};

async function reportNothingWritten(io: Io, run: ProjectRun, flags: ApplyFlags): Promise<number> {
  const { writeOutput } = await import('../output.ts');
  await writeOutput(io, run, flags, flags.format ?? 'text');
  await io.stderr.write('goto-cleanup: nothing was written\n');
  return EXIT.couldNotRun;
}

/** `-` is a filter: the text comes out, rewritten or as it was. */
async function writeToStdout(io: Io, run: ProjectRun, text: string): Promise<number> {
  const { reportOwnBugs } = await import('../output.ts');
  await io.stdout.write(Buffer.from(text, 'latin1'));
  await reportOwnBugs(io, run);
  return run.ownBugs.length > 0 ? EXIT.ownBug : EXIT.nothingToReport;
}

async function writeChanges(io: Io, run: ProjectRun, flags: ApplyFlags): Promise<number> {
  const { writeFiles } = await import('../../engine/write-files.ts');
  const { refuseTargets, sayRefusals } = await import('../write-accepted.ts');
  const { keepUndo } = await import('../../engine/undo.ts');
  const { stateFolder } = await import('../../engine/state-folder.ts');
  const options = { allowDirty: flags.allowDirty === true, inPlace: flags.inPlace === true };
  if (await refuseTargets(io, run.root, run.changes, options)) return EXIT.couldNotRun;
  if (run.changes.length > 0) await keepUndo(stateFolder(run.root, io.env), run.changes);
  let isInterrupted = false;
  const stopListening = io.onInterrupt(() => {
    isInterrupted = true;
  });
  const result = await writeFiles(run.changes, { ...options, isInterrupted: () => isInterrupted });
  stopListening();
  await reportWritten({ io, run, flags }, new Set(result.written));
  if (result.failure) await sayRefusals(io, run.root, [result.failure]);
  if (result.wasInterrupted)
    await io.stderr.write(
      `goto-cleanup: interrupted; ${result.written.length} of ${run.changes.length} files written\n`,
    );
  if (run.ownBugs.length > 0) return EXIT.ownBug;
  return result.failure ? EXIT.couldNotRun : result.wasInterrupted ? EXIT.interrupted : EXIT.nothingToReport;
}

interface Applied {
  readonly io: Io;
  readonly run: ProjectRun;
  readonly flags: ApplyFlags;
}

async function reportWritten({ io, run, flags }: Applied, written: ReadonlySet<string>): Promise<void> {
  const { markApplied } = await import('../../engine/run.ts');
  const { describeSummary, writeOutput } = await import('../output.ts');
  const changes = run.changes.filter((change) => written.has(change.path));
  const done: RunResult & ProjectRun = { ...run, changes, report: markApplied(run.report, changes) };
  await writeOutput(io, done, flags, flags.format ?? 'text');
  if (flags.quiet === true) return;
  await io.stderr.write(describeSummary(done.report.summary, run.seconds, flags));
  if (changes.length > 0 && io.stderr.isTty) await io.stderr.write('Next: git diff     goto-cleanup undo\n');
}
