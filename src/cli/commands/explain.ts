/** `explain`: what a code means, what a proof rests on, or what is known of one function. */
import { resolve } from 'node:path';
import { UsageError } from '../../base/usage-error.ts';
import { probe } from '../../engine/probe.ts';
import type { CommandSpec, Session } from '../command.ts';
import { addKnowledgeFlags, type KnowledgeFlags } from '../flags.ts';
import { EXIT } from '../io.ts';

interface ExplainFlags extends KnowledgeFlags {
  readonly dot?: boolean;
}

export const explain: CommandSpec = {
  name: 'explain',
  operands: '<code|file:function|file:line|proof>',
  summary: 'what a code means, what proofs rest on, or what is known of one function',
  configure: (command) => {
    command.option('--dot', 'the control-flow graph of the function, for graphviz');
    addKnowledgeFlags(command);
  },
  run: async ([subject = ''], options, session) => {
    const flags = options as ExplainFlags;
    const text = (await explainWord(subject)) ?? (await explainFunction(subject, flags, session));
    await session.io.stdout.write(text);
    return EXIT.nothingToReport;
  },
};

/** A code or `proof`; undefined for what looks like a place. */
async function explainWord(subject: string): Promise<string | undefined> {
  const { explainCode, PROOF_TEXT } = await import('../../engine/explain-code.ts');
  if (subject === 'proof') return PROOF_TEXT;
  if (!subject.includes(':')) return explainCode(subject);
  return undefined;
}

async function explainFunction(subject: string, flags: ExplainFlags, session: Session): Promise<string> {
  const { path, which } = splitPlace(subject, session.io.cwd);
  const { createSetting } = await import('../project-run.ts');
  const { namedFile } = await import('../named-file.ts');
  const { loadContexts, root } = await createSetting(session.io, [path], flags);
  const version = namedFile(session.io, root, path);
  const pipeline = await session.pipelines.load();
  const { context } = (await loadContexts()).contextOf(version.file);
  const text = pipeline.explainFunction(version, which, flags.dot === true ? 'dot' : 'text', context);
  if (text === undefined) throw new UsageError(`no function at "${subject}"`);
  const { decodeBytes } = await import('../../engine/encoding.ts');
  return decodeBytes(text);
}

function splitPlace(subject: string, cwd: string): { path: string; which: { name: string } | { line: number } } {
  const match = /^(.*?):(\d+)(?::\d+)?:?$/.exec(subject) ?? /^(.*):([A-Za-z_]\w*)$/.exec(subject);
  const [, path = subject, where] = match ?? [];
  if (where === undefined) throw new UsageError(`"${subject}" is not of the form FILE:FUNCTION or FILE:LINE`);
  if (probe(resolve(cwd, path)) === 'absent') throw new UsageError(`no such file: "${path}"`);
  return { path, which: /^\d+$/.test(where) ? { line: Number(where) } : { name: where } };
}
