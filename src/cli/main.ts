/** Reads the command line and runs one command. Everything that may go wrong becomes a message and an exit code here. */
import { Command, CommanderError } from 'commander';
import { UsageError } from '../base/usage-error.ts';
import { suggest } from '../engine/did-you-mean.ts';
import { MissingPath } from '../engine/missing-path.ts';
import type { PipelineSource } from '../engine/pipeline.ts';
import { realPipelines } from '../engine/pipeline-source.ts';
import type { CommandSpec, Session } from './command.ts';
import { EXIT, type Io } from './io.ts';
import { COMMANDS } from './registry.ts';
import { readVersion } from './version.ts';

/**
 * Runs the command line.
 * @param argv arguments without node and the script
 * @returns the exit code
 */
export async function main(
  argv: readonly string[],
  io: Io,
  pipelines: PipelineSource = realPipelines,
): Promise<number> {
  const output: { text: string; isError: boolean }[] = [];
  let code: number = EXIT.nothingToReport;
  const program = createProgram({ io, pipelines }, output, (result) => {
    code = result;
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    code = handle(error, output);
  }
  for (const { text, isError } of output) await (isError ? io.stderr : io.stdout).write(text);
  return code;
}

type Output = { text: string; isError: boolean }[];

function createProgram(session: Session, output: Output, finish: (code: number) => void): Command {
  const program = new Command('goto-cleanup')
    .description('Puts the repeated cleanup of a C function behind one goto, and proves that nothing else changes.')
    .version(readVersion(), '-V, --version')
    .configureOutput({
      writeOut: (text) => void output.push({ text, isError: false }),
      writeErr: (text) => void output.push({ text, isError: true }),
    })
    .exitOverride()
    .addHelpText('after', '\nWithout a command: check. The flags of a command: goto-cleanup COMMAND --help');
  for (const spec of COMMANDS) addCommand(program, spec, session, finish);
  return program;
}

function addCommand(program: Command, spec: CommandSpec, session: Session, finish: (code: number) => void): void {
  const command = program
    .command(`${spec.name} ${spec.operands}`.trim(), { isDefault: spec.isDefault ?? false })
    .description(spec.summary)
    .copyInheritedSettings(program)
    .allowExcessArguments(false)
    .action(async () => finish(await spec.run(command.args, command.opts(), session)));
  spec.configure(command);
}

function handle(error: unknown, output: Output): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.nothingToReport : EXIT.couldNotRun;
  if (!(error instanceof UsageError)) throw error;
  output.push({ text: `goto-cleanup: ${error.message}${hintAt(error)}\n`, isError: true });
  return EXIT.couldNotRun;
}

/** `goto-cleanup aply` is read as a path, since check is the default. */
function hintAt(error: UsageError): string {
  if (!(error instanceof MissingPath)) return '';
  const guess = suggest(
    error.path,
    COMMANDS.map((spec) => spec.name),
  );
  return guess === undefined ? '' : `; did you mean the command "${guess}"?`;
}
