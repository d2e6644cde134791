/** `undo`: take the last apply back. */
import type { CommandSpec } from '../command.ts';
import { EXIT } from '../io.ts';

interface UndoFlags {
  readonly root?: string;
  readonly inPlace?: boolean;
}

export const undo: CommandSpec = {
  name: 'undo',
  operands: '',
  summary: 'reverse the last apply',
  configure: (command) => {
    command
      .option('--root <dir>', 'what counts as the repository outside git')
      .option('--in-place', 'write into a file that has several hard links');
  },
  run: async (_operands, options, { io }) => {
    const flags = options as UndoFlags;
    const { findRoot } = await import('../../engine/discover.ts');
    const { stateFolder } = await import('../../engine/state-folder.ts');
    const { createDisplayPath } = await import('../show-path.ts');
    const { undoLast } = await import('../../engine/undo.ts');
    const root = findRoot(io.cwd, [], flags.root);
    const displayPath = createDisplayPath(io, root);
    let isInterrupted = false;
    const stopListening = io.onInterrupt(() => {
      isInterrupted = true;
    });
    const result = await undoLast(stateFolder(root, io.env), root, flags.inPlace === true, () => isInterrupted);
    stopListening();
    if (result.kind === 'nothing') {
      await io.stderr.write('goto-cleanup: nothing to undo\n');
      return EXIT.nothingToReport;
    }
    if (result.kind === 'refused') {
      const lines = result.refusals.map(
        ({ path, reason }) => `goto-cleanup: ${displayPath(path)}: not undone: ${reason}\n`,
      );
      await io.stderr.write(`${lines.join('')}Nothing was written. By hand: git apply ${result.patch}\n`);
      return EXIT.couldNotRun;
    }
    await io.stdout.write(result.written.map((path) => `${displayPath(path)}\n`).join(''));
    if (result.failure)
      await io.stderr.write(
        `goto-cleanup: ${displayPath(result.failure.path)}: not undone: ${result.failure.reason}\n`,
      );
    if (result.failure) return EXIT.couldNotRun;
    return result.wasInterrupted ? EXIT.interrupted : EXIT.nothingToReport;
  },
};
