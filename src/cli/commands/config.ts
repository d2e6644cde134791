/** `config --show`: the settings in force for a path, and where each came from. */
import type { Config } from '../../engine/config.ts';
import type { CommandSpec } from '../command.ts';
import { addConfigFlags, type ConfigFlags } from '../flags.ts';
import { EXIT } from '../io.ts';

interface ShowFlags extends ConfigFlags {
  readonly show?: boolean;
}

export const config: CommandSpec = {
  name: 'config',
  operands: '[path]',
  summary: 'the settings in force for a path, and where they came from',
  configure: (command) => {
    command.option('--show', 'show them (the default)');
    addConfigFlags(command);
  },
  run: async ([path = '.'], options, { io }) => {
    const flags = options as ShowFlags;
    const { join, relative, resolve } = await import('node:path');
    const { probe } = await import('../../engine/probe.ts');
    const { findRoot } = await import('../../engine/discover.ts');
    const { createConfigStore } = await import('../../engine/config.ts');
    const { localSettings } = await import('../../engine/context.ts');
    const { configPath } = await import('../project-run.ts');
    const root = findRoot(io.cwd, [path], flags.root);
    const absolute = resolve(io.cwd, path);
    const isFolder = probe(absolute) === 'folder';
    const source = isFolder ? join(absolute, 'x') : absolute;
    const found = createConfigStore(root, configPath(io, flags)).configFor(source);
    const settings = isFolder ? found : { ...found, ...localSettings(found, source) };
    await io.stdout.write(renderConfig(settings, found.path === undefined ? undefined : relative(io.cwd, found.path)));
    return EXIT.nothingToReport;
  },
};

const DEFAULTS = { style: 'auto', proof: 'equivalent', platform: 'posix' };

function renderConfig(settings: Partial<Config>, shownPath: string | undefined): string {
  const { path: _path, overrides: _overrides, ...shown } = { ...DEFAULTS, ...settings };
  const lines = Object.entries(shown).map(([key, value]) => {
    const isDefault = !(key in settings) || (Array.isArray(value) && value.length === 0) || value === false;
    return `${key}: ${JSON.stringify(value)}  (${isDefault ? 'default' : (shownPath ?? 'default')})\n`;
  });
  return `config file: ${shownPath ?? 'none'}\n${lines.join('')}`;
}
