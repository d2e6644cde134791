/** What one thread of a run does: it takes files in a row, and gives back what came of them. Loaded by workers.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import { UsageError } from '../base/usage-error.ts';
import { createConfigStore } from './config.ts';
import { realPipelines } from './pipeline-source.ts';
import { readSource } from './read-source.ts';
import { workTreeFiles } from './repository-files.ts';
import { runPart } from './run.ts';
import { createToolSource } from './tool-source.ts';
import type { Answer, Task, WorkerSetting } from './workers.ts';

const { root, configPath, flags, command, version } = workerData as WorkerSetting;
const repository = workTreeFiles(root);
const configs = createConfigStore(root, configPath, repository.readConfig);
const tools = createToolSource(realPipelines, flags, async () =>
  (await import('./context.ts')).createContextSource(repository, configs, flags),
);

// It is told with the first task.
tools.catch(() => undefined);

function answer(message: Answer): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
  parentPort?.postMessage(message);
}

/** Errors lose their class on the way to another thread. */
function describeError(error: unknown): Answer {
  if (error instanceof UsageError) return { kind: 'usage-error', message: error.message };
  return { kind: 'error', error };
}

parentPort?.on('message', ({ files }: Task) => {
  const onProgress = (): void => answer({ kind: 'progress' });
  const common = { command, version, configs, flags, scope: [] };
  const request = { ...common, files, maxFunctions: undefined, read: readSource, onProgress };
  void tools
    .then((source) => runPart(request, source))
    .then(
      (part) => answer({ kind: 'done', part }),
      (error: unknown) => answer(describeError(error)),
    );
});
