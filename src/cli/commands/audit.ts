/** `audit`: the leak checker's report: every resource, every exit. */
import type { CommandSpec } from '../command.ts';
import { UsageError } from '../../base/usage-error.ts';
import { addKnowledgeFlags, addOutputFlags, addSelectionFlags, oneOf, type ProjectFlags } from '../flags.ts';
import { EXIT } from '../io.ts';

const FORMATS = ['text', 'json', 'markdown', 'sarif'] as const;
type AuditFormat = (typeof FORMATS)[number];

interface AuditFlags extends Omit<ProjectFlags, 'format' | 'report'> {
  readonly format?: AuditFormat;
  readonly report: readonly { readonly format: AuditFormat; readonly file: string }[];
}

const MORE = `
Formats: text, with -v every exit of every function; markdown, to be committed or pasted into an issue; json; sarif.

Exit codes: 0 nothing is found, 1 findings, 2 it could not run. What apply could rewrite is recommended and is no
finding. goto-cleanup explain CODE tells what a finding means.`;

export const audit: CommandSpec = {
  name: 'audit',
  operands: '[path...]',
  summary: "the leak checker's report: every resource, every exit",
  configure: (command) => {
    addSelectionFlags(command);
    command
      .option('-f, --format <format>', `output: ${FORMATS.join(', ')}`, oneOf('--format', FORMATS))
      .option('--report <format:file>', 'write a report to a file as well (repeatable)', collectReports, []);
    command.option('--no-index', 'what is known of callees ends at the file and its headers');
    addKnowledgeFlags(command);
    addOutputFlags(command);
    command.addHelpText('after', MORE);
  },
  run: async (operands, options, session) => {
    const flags = options as AuditFlags;
    const { io } = session;
    const started = io.now();
    const { runProject } = await import('../project-run.ts');
    const { auditFiles } = await import('../../engine/audit-run.ts');
    const { AUDIT_REPORTERS } = await import('../../reporters/audit.ts');
    const { describeAuditVerdict } = await import('../../reporters/audit-words.ts');
    const { reportOwnBugs, saveReport, writeWarnings } = await import('../output.ts');
    const { createDisplayPath } = await import('../show-path.ts');
    const { wantsColor } = await import('../color.ts');
    const { resolve } = await import('node:path');
    const { format: _, ...rest } = flags;
    const run = await runProject('audit', operands, rest, session);
    const pipeline = await session.pipelines.load();
    const { files, read } = run.selection;
    const contexts = await run.setting.loadContexts();
    const result = auditFiles({ files, read, checked: run.report }, pipeline, contexts);
    const rendering = {
      displayPath: createDisplayPath(io, run.root),
      showRefusals: true,
      statistics: false,
      showLedgers: flags.verbose === true,
      color: wantsColor(flags.color, io.env, io.stdout),
    };
    const all = { audit: result, run };
    await io.stdout.write(AUDIT_REPORTERS[flags.format ?? 'text'](all, rendering));
    for (const { format, file } of flags.report)
      await saveReport(
        resolve(io.cwd, file),
        Buffer.from(AUDIT_REPORTERS[format](all, { ...rendering, color: false })),
      );
    await writeWarnings(io, run);
    await reportOwnBugs(io, run);
    if (flags.quiet !== true)
      await io.stderr.write(`${describeAuditVerdict(result)}.  ${((io.now() - started) / 1000).toFixed(1)} s\n`);
    if (run.ownBugs.length > 0) return EXIT.ownBug;
    if (run.namedErrors.length > 0) return EXIT.couldNotRun;
    const isClean = Object.keys(result.summary.findings).length === 0 || flags.exitZero === true;
    return isClean ? EXIT.nothingToReport : EXIT.findings;
  },
};

function collectReports(value: string, before: AuditFlags['report']): AuditFlags['report'] {
  const [format = '', ...rest] = value.split(':');
  if (rest.join(':') === '') throw new UsageError(`--report "${value}" is not of the form FORMAT:FILE`);
  return [...before, { format: oneOf('--report', FORMATS)(format), file: rest.join(':') }];
}
