/** `review`: one function at a time, in the terminal; what was accepted is written at the end. */
import type { FileChange } from '../../engine/run.ts';
import type { FunctionReport } from '../../engine/report.ts';
import type { Edit } from '../../engine/single-rewrite.ts';
import type { CommandSpec, Session } from '../command.ts';
import { addKnowledgeFlags, addOutputFlags, addRunFlags, type ProjectFlags } from '../flags.ts';
import { EXIT, type Lines } from '../io.ts';
import type { ProjectRun } from '../project-run.ts';

/** It asks in place of reporting: there are no formats. */
interface ReviewFlags extends Omit<ProjectFlags, 'report'> {
  readonly allowDirty?: boolean;
  readonly inPlace?: boolean;
}

export const review: CommandSpec = {
  name: 'review',
  operands: '[path...]',
  summary: 'one function at a time, and write what you accept',
  configure: (command) => {
    addRunFlags(command);
    addKnowledgeFlags(command);
    addOutputFlags(command);
    command
      .option('--allow-dirty', 'write to files with unstaged changes, or untracked, too')
      .option('--in-place', 'write into a file that has several hard links');
  },
  run: async (operands, options, session) => {
    const flags = options as ReviewFlags;
    const { io } = session;
    const { UsageError } = await import('../../base/usage-error.ts');
    if (operands.includes('-') || flags.filesFrom === '-')
      throw new UsageError('review asks on stdin, so nothing else can come from there');
    const { runProject } = await import('../project-run.ts');
    const { refuseTargets, writeAccepted } = await import('../write-accepted.ts');
    const { reportOwnBugs, writeWarnings } = await import('../output.ts');
    const run = await runProject('review', operands, { ...flags, report: [] }, session);
    await writeWarnings(io, run);
    await reportOwnBugs(io, run);
    // A file named by hand that could not be looked at: the run that was asked for is not possible.
    if (run.namedErrors.length > 0) return EXIT.couldNotRun;
    const write = { allowDirty: flags.allowDirty === true, inPlace: flags.inPlace === true };
    if (await refuseTargets(io, run.root, run.changes, write)) return EXIT.couldNotRun;
    const accepted = await new Dialogue(session, run, flags, await io.openLines()).ask();
    const code = await writeAccepted(io, run, accepted, write);
    return run.ownBugs.length > 0 ? EXIT.ownBug : code;
  },
};

const KEYS = `y - accept this rewrite
n - leave the function as it is (the default)
a - accept this one and all later ones of the file
d - leave this one and all later ones of the file
e - edit the rewritten function; it is taken if it is proved
v - show the proof, and what each exit releases and holds
q - stop here and write what was accepted
? - this help
`;

/** What the user decided for one function; `undefined`: as it is. */
type Answer = { readonly edits: readonly Edit[] | undefined; readonly forRest: 'ask' | 'file' | 'all' };

class Dialogue {
  readonly #session: Session;
  readonly #run: ProjectRun;
  readonly #flags: ReviewFlags;
  readonly #lines: Lines;

  constructor(session: Session, run: ProjectRun, flags: ReviewFlags, lines: Lines) {
    this.#session = session;
    this.#run = run;
    this.#flags = flags;
    this.#lines = lines;
  }

  /** The accepted edits of each file that has some. */
  async ask(): Promise<Map<FileChange, Edit[]>> {
    const accepted = new Map<FileChange, Edit[]>();
    const total = this.#run.changes.reduce((count, change) => count + change.functions.length, 0);
    let number = 0;
    files: for (const change of this.#run.changes) {
      let rest: 'accept' | 'leave' | undefined;
      for (const report of change.functions) {
        number++;
        const answer = rest === undefined ? await this.#askOne(change, report, `(${number}/${total})`) : undefined;
        const edits = answer ? answer.edits : rest === 'accept' ? await plannedEdits(report) : undefined;
        if (edits) accepted.set(change, [...(accepted.get(change) ?? []), ...edits]);
        if (answer?.forRest === 'all') break files;
        if (answer?.forRest === 'file') rest = answer.edits ? 'accept' : 'leave';
      }
    }
    this.#lines.close();
    return accepted;
  }

  async #askOne(change: FileChange, report: FunctionReport, position: string): Promise<Answer> {
    await this.#show(change, report, await plannedEdits(report));
    for (;;) {
      await this.#say(`${position} ${report.name}: take this rewrite [y,n,a,d,e,v,q,?]? `, 'bold');
      const line = await this.#lines.next();
      // The end of the input is an end of the review.
      if (line === undefined) await this.#say('\n');
      const key = line === undefined ? 'q' : line.trim().slice(0, 1).toLowerCase();
      const answer = await this.#act(key, change, report);
      if (answer) return answer;
    }
  }

  /** What a key means; undefined: ask again. */
  async #act(key: string, change: FileChange, report: FunctionReport): Promise<Answer | undefined> {
    switch (key) {
      case 'y':
        return { edits: await plannedEdits(report), forRest: 'ask' };
      case '':
      case 'n':
        return { edits: undefined, forRest: 'ask' };
      case 'a':
        return { edits: await plannedEdits(report), forRest: 'file' };
      case 'd':
        return { edits: undefined, forRest: 'file' };
      case 'q':
        return { edits: undefined, forRest: 'all' };
      case 'e': {
        const edits = await this.#edit(change, report);
        return edits && { edits, forRest: 'ask' };
      }
      case 'v':
        await this.#explain(change, report);
        return undefined;
      default:
        await this.#say(KEYS);
        return undefined;
    }
  }

  async #show(change: FileChange, report: FunctionReport, edits: readonly Edit[]): Promise<void> {
    const { patchAlone } = await import('../../engine/single-rewrite.ts');
    const { paintPatch } = await import('../../reporters/paint.ts');
    const patch = visible(patchAlone(change, report, edits));
    await this.#session.io.stdout.write(Buffer.from(paintPatch(patch, await this.#hasColor()), 'latin1'));
  }

  /** Opens the editor on the rewritten function; what comes back is asked of the judge. */
  async #edit(change: FileChange, report: FunctionReport): Promise<readonly Edit[] | undefined> {
    const { applyAlone, linesOf, rewrittenLines } = await import('../../engine/single-rewrite.ts');
    const edited = await this.#session.io.edit(rewrittenLines(change, report), `${report.name}.c`);
    if (edited === undefined) return void (await this.#say('The editor failed; nothing was taken.\n', 'red'));
    const edits = [{ ...linesOf(change.before, report), text: edited }];
    const pipeline = await this.#session.pipelines.load();
    const after = applyAlone(change, edits);
    const verified = pipeline.verifyFiles(
      { path: change.path, text: change.before },
      { path: change.path, text: after },
      (await this.#run.setting.loadContexts()).contextOf({ ...change, isNamed: false }).context,
    );
    const bad = verified.functions.find(({ verdict }) => verdict === 'different' || verdict === 'unproved');
    if (bad) return void (await this.#say(`${bad.name}: ${bad.verdict}: ${bad.reason ?? ''}\nNot taken.\n`, 'red'));
    const [outside] = verified.notJudged;
    if (outside) return void (await this.#say(`${outside.reason}\nNot taken.\n`, 'red'));
    await this.#say('Proved, and taken as you wrote it.\n', 'green');
    return edits;
  }

  async #explain(change: FileChange, report: FunctionReport): Promise<void> {
    const { decodeBytes } = await import('../../engine/encoding.ts');
    const pipeline = await this.#session.pipelines.load();
    const { context } = (await this.#run.setting.loadContexts()).contextOf({ ...change, isNamed: false });
    const file = { path: change.path, text: change.before };
    const text = pipeline.explainFunction(file, { line: report.line }, 'text', context) ?? '';
    await this.#say(decodeBytes(text.replace(/\ncontrol flow:\n[\s\S]*$/, '\n')));
  }

  async #say(text: string, ink?: 'bold' | 'red' | 'green'): Promise<void> {
    const { createPaint } = await import('../../reporters/paint.ts');
    const painted = ink === undefined ? text : createPaint(await this.#hasColor())(ink, text);
    await this.#session.io.stdout.write(painted);
  }

  async #hasColor(): Promise<boolean> {
    const { wantsColor } = await import('../color.ts');
    const { env, stdout } = this.#session.io;
    return wantsColor(this.#flags.color, env, stdout);
  }
}

/** Control characters of a source would be obeyed by the terminal: they are shown as `^[`, as editors do. */
function visible(bytes: string): string {
  return bytes.replace(/\p{Cc}/gu, (byte) => {
    const code = byte.charCodeAt(0);
    return code >= 0x80 || '\t\n\r'.includes(byte) ? byte : `^${String.fromCharCode(code ^ 64)}`;
  });
}

async function plannedEdits(report: FunctionReport): Promise<readonly Edit[]> {
  const { editsOf } = await import('../../engine/single-rewrite.ts');
  return editsOf(report);
}
