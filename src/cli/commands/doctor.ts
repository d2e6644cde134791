/** `doctor`: whether all that is needed is there, and whether what was declared meets any code. */
import type { Observation } from '../../engine/doctor.ts';
import type { CommandSpec } from '../command.ts';
import { addConfigFlags, type ConfigFlags } from '../flags.ts';
import { EXIT } from '../io.ts';

export const doctor: CommandSpec = {
  name: 'doctor',
  operands: '',
  summary: 'versions, compiler, what is known, which pairs match nothing here',
  configure: (command) => {
    addConfigFlags(command);
    command.addHelpText(
      'after',
      '\nExit codes: 0 all is well, 1 a declared name matches nothing here, 2 something needed is broken.',
    );
  },
  run: async (_operands, options, { io }) => {
    const flags = options as ConfigFlags;
    const { examineProject, examineTools } = await import('../../engine/doctor.ts');
    const { findRoot } = await import('../../engine/discover.ts');
    const { createConfigStore } = await import('../../engine/config.ts');
    const { configPath } = await import('../project-run.ts');
    const { readVersion } = await import('../version.ts');
    const { showPath } = await import('../show-path.ts');
    const { plural } = await import('../../reporters/counts.ts');
    const root = findRoot(io.cwd, [], flags.root);
    const configs = createConfigStore(root, configPath(io, flags));
    const all = [...examineTools(io.env), ...examineProject(root, io.cwd, configs)];
    await io.stdout.write(`goto-cleanup ${readVersion()}\n${all.map((one) => render(one, showPath)).join('')}`);
    const isBroken = all.some(({ state }) => state === 'broken');
    const count = all.filter(({ state }) => state !== 'fine').length;
    await io.stderr.write(
      count === 0 ? 'All is well.\n' : `goto-cleanup: ${plural(count, 'thing')} to mend, marked with !\n`,
    );
    return isBroken ? EXIT.couldNotRun : count > 0 ? EXIT.findings : EXIT.nothingToReport;
  },
};

const WIDEST_TOPIC = 10;

function render({ topic, text, state }: Observation, showPath: (path: string) => string): string {
  return `${state === 'fine' ? ' ' : '!'} ${`${topic}:`.padEnd(WIDEST_TOPIC)} ${showPath(text)}\n`;
}
