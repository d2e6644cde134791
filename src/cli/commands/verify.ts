/** `verify`: prove or refute that two versions do the same: of a file, a repository, with a patch, as staged. */
import type { VerifyReport } from '../../engine/verify-report.ts';
import type { CommandSpec, Session } from '../command.ts';
import { addKnowledgeFlags, addOutputFlags, type KnowledgeFlags, oneOf, type OutputFlags } from '../flags.ts';
import { EXIT } from '../io.ts';

const FORMATS = ['text', 'json'] as const;

export interface VerifyFlags extends KnowledgeFlags, OutputFlags {
  readonly format?: (typeof FORMATS)[number];
  readonly staged?: boolean;
  readonly patch?: string;
}

/** What came of a comparison, whatever it compared. */
export interface VerifyResult {
  readonly report: VerifyReport;
  readonly root: string;
  /** Changed files that are not C by their names. */
  readonly others: number;
}

const EXAMPLES = `
Examples:
  goto-cleanup verify old.c new.c               two versions of a file
  goto-cleanup verify HEAD~1 HEAD -- lib        two revisions, the files below lib
  goto-cleanup verify main...topic              what a branch changed since it left main
  goto-cleanup verify --staged                  what is staged, against the last commit
  git diff | goto-cleanup verify --patch -      a patch against the work tree; nothing is written

Exit codes: 0 all that changed is proved to do the same, 1 something differs, or is not proved or not judged,
2 it could not run.`;

export const verify: CommandSpec = {
  name: 'verify',
  operands: '[before] [after] [path...]',
  summary: 'prove or refute that two versions of files do the same',
  configure: (command) => {
    command
      .option('--staged', 'compare the last commit with what is staged')
      .option('--patch <file>', 'compare the work tree with what a patch makes of it; - is stdin');
    addKnowledgeFlags(command);
    command.option('-f, --format <format>', `output: ${FORMATS.join(', ')}`, oneOf('--format', FORMATS));
    addOutputFlags(command);
    command.addHelpText('after', EXAMPLES);
  },
  run: async (operands, options, session) => {
    const flags = options as VerifyFlags;
    const { io } = session;
    const result = await compare(operands, flags, session);
    const { decodeAll } = await import('../../engine/encoding.ts');
    const { describeVerified, VERIFY_REPORTERS } = await import('../../reporters/verify.ts');
    const { wantsColor } = await import('../color.ts');
    const { createDisplayPath } = await import('../show-path.ts');
    const report = decodeAll(result.report);
    const displayPath = createDisplayPath(io, result.root);
    const rendering = { color: wantsColor(flags.color, io.env, io.stdout), displayPath };
    await io.stdout.write(VERIFY_REPORTERS[flags.format ?? 'text'](report, rendering));
    if (flags.quiet !== true) await io.stderr.write(`${describeVerified(report)}${describeOthers(result.others)}\n`);
    const { isAllProved } = await import('../../engine/verify-report.ts');
    return isAllProved(report) || flags.exitZero === true ? EXIT.nothingToReport : EXIT.findings;
  },
};

async function compare(operands: readonly string[], flags: VerifyFlags, session: Session): Promise<VerifyResult> {
  const { readVersionNames } = await import('../version-operands.ts');
  const { verifyNamedFiles, verifySource } = await import('../verify-run.ts');
  const names = readVersionNames(session.io.cwd, operands, flags);
  return names.kind === 'files' ? verifyNamedFiles(names, flags, session) : verifySource(names, flags, session);
}

function describeOthers(count: number): string {
  if (count === 0) return '';
  return `; ${count} changed ${count === 1 ? 'file is' : 'files are'} not C, and not looked at`;
}
