/** What a run needs as soon as one function may matter, loaded then. */
import type { ContextSource, RunFlags } from './context.ts';
import type { PipelineSource } from './pipeline.ts';
import type { RunTools, ToolSource } from './run.ts';

/** @param loadContexts loads what makes contexts, which is much of the program */
export async function createToolSource(
  pipelines: PipelineSource,
  flags: RunFlags,
  loadContexts: () => Promise<ContextSource>,
): Promise<ToolSource> {
  const load = async (): Promise<RunTools> => {
    const [pipeline, contexts, changes] = await Promise.all([pipelines.load(), loadContexts(), import('./change.ts')]);
    return { pipeline, contexts, changes };
  };
  // Flags that name presets or pairs may be wrong, whether or not a file needs them.
  const early = flags.presets.length + flags.pairs.length > 0 ? await load() : undefined;
  return {
    countIfIdle: (text, { changes }) =>
      pipelines.countIfIdle(text, { functionPattern: flags.functionPattern, changes }),
    load: async () => early ?? load(),
  };
}
