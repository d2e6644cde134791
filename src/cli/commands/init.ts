/** `init`: a config to start from; with `--hook` the git hook instead. */
import type { CommandSpec } from '../command.ts';
import { EXIT, type Io } from '../io.ts';

interface InitFlags {
  readonly hook?: boolean;
  readonly root?: string;
}

export const init: CommandSpec = {
  name: 'init',
  operands: '',
  summary: 'write goto-cleanup.json; with --hook, install the git pre-commit hook',
  configure: (command) => {
    command
      .option('--hook', 'install the hook that checks what is staged')
      .option('--root <dir>', 'what counts as the repository outside git');
  },
  run: async (_operands, options, { io }) => {
    const flags = options as InitFlags;
    const { findRoot } = await import('../../engine/discover.ts');
    const root = findRoot(io.cwd, [], flags.root);
    return flags.hook === true ? installHook(io, root) : writeConfig(io, root);
  },
};

async function installHook(io: Io, root: string): Promise<number> {
  const { relative } = await import('node:path');
  const { installHook: install } = await import('../../engine/hook-file.ts');
  const { showPath } = await import('../show-path.ts');
  const { ownScript } = await import('../version.ts');
  const result = install(root, { cwd: io.cwd, node: io.node, script: ownScript() });
  const path = showPath(relative(io.cwd, result.path));
  if (result.kind === 'refused') {
    await io.stderr.write(`goto-cleanup: ${path}: not written: ${result.reason}\n`);
    return EXIT.couldNotRun;
  }
  const isNew = result.kind === 'installed';
  await io.stderr.write(
    isNew ? `${path}: written; it checks what is staged before each commit\n` : `${path}: there already\n`,
  );
  return EXIT.nothingToReport;
}

const STARTER = `{
  // What the code can't show, and how results should look. Every setting: goto-cleanup.schema.json in the package.
  //
  // "label": "out",
  // "pairs": [{ "acquire": "ring_new", "release": "ring_free", "noopOnSentinel": true }],
  // "diagnostics": [{ "name": "log_error", "readsErrno": false }],
  // "exclude": ["third_party/"]
}
`;

async function writeConfig(io: Io, root: string): Promise<number> {
  const { writeFile } = await import('node:fs/promises');
  const { join, relative } = await import('node:path');
  const { UsageError } = await import('../../base/usage-error.ts');
  const { CONFIG_NAME } = await import('../../engine/config.ts');
  const { describeErrorCode, errorCode } = await import('../../engine/probe.ts');
  const { showPath } = await import('../show-path.ts');
  const path = join(root, CONFIG_NAME);
  const shown = showPath(relative(io.cwd, path));
  try {
    await writeFile(path, STARTER, { flag: 'wx' });
  } catch (error) {
    const code = errorCode(error);
    const why = code === 'EEXIST' ? 'it is there already' : describeErrorCode(code);
    throw new UsageError(`${shown}: not written: ${why}`);
  }
  await io.stderr.write(`${shown}: written\n`);
  return EXIT.nothingToReport;
}
