/** `diff`: the dry run, one patch on stdout. */
import type { CommandSpec, Session } from '../command.ts';
import { addProjectFlags, type ProjectFlags } from '../flags.ts';

export const diff: CommandSpec = {
  name: 'diff',
  operands: '[path...]',
  summary: 'the dry run: one patch on stdout that `git apply` takes',
  configure: addProjectFlags,
  run: (operands, options, session) => runDiff(operands, options as ProjectFlags, session),
};

/** Also what `apply --dry-run` does. */
export async function runDiff(operands: readonly string[], flags: ProjectFlags, session: Session): Promise<number> {
  const { runProject } = await import('../project-run.ts');
  const { describeSummary, exitCodeOf, writeOutput } = await import('../output.ts');
  const run = await runProject('diff', operands, flags, session);
  await writeOutput(session.io, run, flags, flags.format ?? 'patch');
  if (flags.quiet !== true) await session.io.stderr.write(describeSummary(run.report.summary, run.seconds, flags));
  return exitCodeOf(run, run.changes.length > 0, flags);
}
