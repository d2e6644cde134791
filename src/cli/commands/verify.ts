/** `verify`: prove or refute that two versions of a file do the same. */
import type { FileText } from '../../engine/pipeline.ts';
import type { CommandSpec } from '../command.ts';
import { addKnowledgeFlags, addOutputFlags, type KnowledgeFlags, oneOf, type OutputFlags } from '../flags.ts';
import { EXIT, type Io } from '../io.ts';

const FORMATS = ['text', 'json'] as const;

interface VerifyFlags extends KnowledgeFlags, OutputFlags {
  readonly format?: (typeof FORMATS)[number];
  readonly function?: RegExp;
}

export const verify: CommandSpec = {
  name: 'verify',
  operands: '<before> <after>',
  summary: 'prove or refute that two versions of a file do the same',
  configure: (command) => {
    addKnowledgeFlags(command);
    command.option('-f, --format <format>', `output: ${FORMATS.join(', ')}`, oneOf('--format', FORMATS));
    addOutputFlags(command);
  },
  run: async ([before = '', after = ''], options, session) => {
    const flags = options as VerifyFlags;
    const { io } = session;
    const { createSetting } = await import('../project-run.ts');
    const { VERIFY_REPORTERS } = await import('../../reporters/verify.ts');
    const { wantsColor } = await import('../color.ts');
    const { loadContexts, root } = await createSetting(io, [after], flags);
    const [beforeText, afterText] = [await readVersion(io, root, before), await readVersion(io, root, after)];
    const { context } = (await loadContexts()).contextOf(afterText.file);
    const { decodeAll } = await import('../../engine/encoding.ts');
    const pipeline = await session.pipelines.load();
    const report = decodeAll(pipeline.verifyFiles(beforeText, afterText, context));
    const { createDisplayPath } = await import('../show-path.ts');
    const rendering = { color: wantsColor(flags.color, io.env, io.stdout), displayPath: createDisplayPath(io, root) };
    await io.stdout.write(VERIFY_REPORTERS[flags.format ?? 'text'](report, rendering));
    const { identical, equivalent, different, unproved } = report.summary;
    if (flags.quiet !== true)
      await io.stderr.write(
        `${identical} identical, ${equivalent} equivalent, ${different} different, ${unproved} unproved\n`,
      );
    return different + unproved > 0 && flags.exitZero !== true ? EXIT.findings : EXIT.nothingToReport;
  },
};

async function readVersion(
  io: Io,
  root: string,
  path: string,
): Promise<FileText & { file: { path: string; absolute: string; isNamed: boolean } }> {
  const { namedFile } = await import('../named-file.ts');
  return namedFile(io, root, path);
}
