/** Reads the command line and runs one command. Everything that may go wrong becomes a message and an exit code here. */
import type { Command as CommandType } from 'commander';
import { UsageError } from '../base/usage-error.ts';
import { MissingPath } from '../engine/missing-path.ts';
import type { PipelineSource } from '../engine/pipeline.ts';
import { realPipelines } from '../engine/pipeline-source.ts';
import type { CommandSpec, Session } from './command.ts';
import { Command, CommanderError } from './commander.ts';
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
  const program = createProgram(output);
  try {
    for (const spec of await loadCommands(argv))
      addCommand(program, spec, { io, pipelines }, (result) => {
        code = result;
      });
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    code = await handle(error, output);
  }
  for (const { text, isError } of output) await (isError ? io.stderr : io.stdout).write(text);
  return code;
}

type Output = { text: string; isError: boolean }[];

/** The one that is named, else the default; all of them where a list may be asked for. */
async function loadCommands(argv: readonly string[]): Promise<CommandSpec[]> {
  const [first = ''] = argv;
  const named = Object.hasOwn(COMMANDS, first) ? COMMANDS[first] : undefined;
  if (named) return [await named()];
  const asksForAll = first === 'help' || argv.some((word) => /^(-h|--help|-V|--version)$/.test(word));
  const wanted = asksForAll ? Object.values(COMMANDS) : [COMMANDS['check']];
  return Promise.all(wanted.flatMap((load) => load?.() ?? []));
}

function createProgram(output: Output): CommandType {
  return new Command('goto-cleanup')
    .description('Puts the repeated cleanup of a C function behind one goto, and proves that nothing else changes.')
    .version(readVersion(), '-V, --version')
    .configureOutput({
      writeOut: (text) => void output.push({ text, isError: false }),
      writeErr: (text) => void output.push({ text, isError: true }),
    })
    .exitOverride()
    .addHelpText('after', '\nWithout a command: check. The flags of a command: goto-cleanup COMMAND --help');
}

function addCommand(program: CommandType, spec: CommandSpec, session: Session, finish: (code: number) => void): void {
  const command = program
    .command(`${spec.name} ${spec.operands}`.trim(), { isDefault: spec.isDefault ?? false })
    .description(spec.summary)
    .copyInheritedSettings(program)
    .allowExcessArguments(false)
    .action(async () => finish(await spec.run(command.args, command.opts(), session)));
  spec.configure(command);
}

async function handle(error: unknown, output: Output): Promise<number> {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.nothingToReport : EXIT.couldNotRun;
  if (!(error instanceof UsageError)) throw error;
  output.push({ text: `goto-cleanup: ${error.message}${await hintAt(error)}\n`, isError: true });
  return EXIT.couldNotRun;
}

/** `goto-cleanup aply` is read as a path, since check is the default. */
async function hintAt(error: UsageError): Promise<string> {
  if (!(error instanceof MissingPath)) return '';
  const { suggest } = await import('../engine/did-you-mean.ts');
  const guess = suggest(error.path, Object.keys(COMMANDS));
  return guess === undefined ? '' : `; did you mean the command "${guess}"?`;
}
