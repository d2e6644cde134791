/** `baseline`: accept what there is today, so that check reports only what is new. */
import { UsageError } from '../../base/usage-error.ts';
import type { CommandSpec } from '../command.ts';
import { addExcludeFlag, addKnowledgeFlags, addOutputFlags, type ProjectFlags } from '../flags.ts';
import { EXIT } from '../io.ts';

interface BaselineFlags extends Omit<ProjectFlags, 'report'> {
  readonly write?: boolean;
  readonly prune?: boolean;
}

export const baseline: CommandSpec = {
  name: 'baseline',
  operands: '',
  summary: 'accept what there is today: check then reports only what is new',
  configure: (command) => {
    command.option('--write', 'accept all that check finds now').option('--prune', 'take out what is no longer found');
    addExcludeFlag(command);
    addKnowledgeFlags(command);
    addOutputFlags(command);
  },
  run: async (_operands, options, session) => {
    const flags = options as BaselineFlags;
    if ((flags.write === true) === (flags.prune === true)) throw new UsageError('baseline needs --write or --prune');
    const { runProject } = await import('../project-run.ts');
    const { buildBaseline, pruneBaseline, sizeOf } = await import('../../engine/baseline.ts');
    const { loadBaseline, saveBaseline } = await import('../../engine/baseline-file.ts');
    const { BASELINE_NAME, readConfigFile } = await import('../../engine/config.ts');
    const { plural } = await import('../../reporters/counts.ts');
    const { reportOwnBugs, writeWarnings } = await import('../output.ts');
    const run = await runProject('baseline', [], { ...flags, report: [] }, session);
    await writeWarnings(session.io, run);
    const old = flags.prune === true ? loadBaseline(run.root, readConfigFile) : undefined;
    if (flags.prune === true && !old) throw new UsageError(`there is no ${BASELINE_NAME}; --write makes one`);
    const next = old ? pruneBaseline(old, run.report) : buildBaseline(run.report);
    saveBaseline(run.root, next);
    const size = plural(sizeOf(next), 'report');
    const what = old ? `${sizeOf(old) - sizeOf(next)} taken out, ${size} left` : `${size} accepted`;
    if (flags.quiet !== true) await session.io.stderr.write(`${BASELINE_NAME}: ${what}\n`);
    await reportOwnBugs(session.io, run);
    return run.ownBugs.length > 0 ? EXIT.ownBug : EXIT.nothingToReport;
  },
};
