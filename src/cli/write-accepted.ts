/** Writes what a person accepted, by the rules of apply: nobody's work is lost, and undo takes it back. */
import type { FileChange } from '../engine/run.ts';
import type { Edit } from '../engine/single-rewrite.ts';
import type { TargetRefusal } from '../engine/write-files.ts';
import { EXIT, type Io } from './io.ts';
import type { ProjectRun } from './project-run.ts';
import { createDisplayPath } from './show-path.ts';

interface WriteFlags {
  readonly allowDirty: boolean;
  readonly inPlace: boolean;
}

/** Says which targets may not be written; true where there is one. */
export async function refuseTargets(
  io: Io,
  root: string,
  changes: readonly FileChange[],
  flags: WriteFlags,
): Promise<boolean> {
  const { findRefusals } = await import('../engine/write-files.ts');
  const refusals = await findRefusals(changes, flags);
  await sayRefusals(io, root, refusals);
  return refusals.length > 0;
}

/** Says why files were not written. */
export async function sayRefusals(io: Io, root: string, refusals: readonly TargetRefusal[]): Promise<void> {
  const displayPath = createDisplayPath(io, root);
  const lines = refusals.map(({ path, reason }) => `goto-cleanup: ${displayPath(path)}: not written: ${reason}\n`);
  await io.stderr.write(lines.join(''));
}

/** Writes the accepted edits; returns the exit code. */
export async function writeAccepted(
  io: Io,
  run: ProjectRun,
  accepted: ReadonlyMap<FileChange, readonly Edit[]>,
  flags: WriteFlags,
): Promise<number> {
  const { writeFiles } = await import('../engine/write-files.ts');
  const { keepUndo } = await import('../engine/undo.ts');
  const { stateFolder } = await import('../engine/state-folder.ts');
  const { applyAlone } = await import('../engine/single-rewrite.ts');
  const { plural } = await import('../reporters/counts.ts');
  const targets = [...accepted].map(([change, edits]) => ({ ...change, after: applyAlone(change, edits) }));
  if (targets.length > 0) await keepUndo(stateFolder(run.root, io.env), targets);
  let isInterrupted = false;
  const stopListening = io.onInterrupt(() => {
    isInterrupted = true;
  });
  const result = await writeFiles(targets, { ...flags, isInterrupted: () => isInterrupted });
  stopListening();
  if (result.failure) await sayRefusals(io, run.root, [result.failure]);
  const back = result.written.length > 0 ? '; goto-cleanup undo takes it back' : '';
  await io.stderr.write(`${plural(result.written.length, 'file')} written${back}\n`);
  if (result.failure) return EXIT.couldNotRun;
  return result.wasInterrupted ? EXIT.interrupted : EXIT.nothingToReport;
}
