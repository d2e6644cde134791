/** `check`: list what could be rewritten and what leaks. */
import type { CommandSpec } from '../command.ts';
import { addProjectFlags, type ProjectFlags } from '../flags.ts';

export const check: CommandSpec = {
  name: 'check',
  operands: '[path...]',
  summary: 'list what could be rewritten and what leaks; writes nothing (the default)',
  isDefault: true,
  configure: addProjectFlags,
  run: async (operands, options, session) => {
    const flags = options as ProjectFlags;
    const { runProject } = await import('../project-run.ts');
    const { describeSummary, exitCodeOf, writeOutput } = await import('../output.ts');
    const run = await runProject('check', operands, flags, session);
    await writeOutput(session.io, run, flags, flags.format ?? 'text');
    const { summary } = run.report;
    if (flags.quiet !== true) {
      await session.io.stderr.write(describeSummary(summary, run.seconds, flags, run.accepted));
      if (summary.rewritable > 0 && session.io.stderr.isTty) await session.io.stderr.write(nextSteps(operands, flags));
    }
    return exitCodeOf(run, summary.rewritable > 0 || Object.keys(summary.findings).length > 0, flags);
  },
};

/** The commands that go on from here, for the same functions. A list of files, or stdin, can't be read again. */
function nextSteps(operands: readonly string[], { staged, changed, since, filesFrom }: ProjectFlags): string {
  if (filesFrom === '-' || operands.includes('-')) return '';
  const words = [
    ...(staged === true ? ['--staged'] : []),
    ...(changed === true ? ['--changed'] : []),
    ...(since === undefined ? [] : ['--since', since]),
    ...(filesFrom === undefined ? [] : ['--files-from', filesFrom]),
    ...operands,
  ];
  const rest = words
    .map((word) => ` ${/^[\w./+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`}`)
    .join('');
  return `Next: goto-cleanup diff${rest} | less     goto-cleanup apply${rest}\n`;
}
