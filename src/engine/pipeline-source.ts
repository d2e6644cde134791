/** The pipeline that the command line runs, and the quick look that may make it needless. */
import { chooseFunctions } from './choose-functions.ts';
import type { PipelineSource } from './pipeline.ts';

export const realPipelines: PipelineSource = {
  countIfIdle: (text, selection) => {
    const { count, chosen } = chooseFunctions(text, selection);
    return chosen.length === 0 ? count : undefined;
  },
  load: async () => {
    const [{ processFile }, { verifyFiles }, { explainFunction }] = await Promise.all([
      import('./process-file.ts'),
      import('./verify-files.ts'),
      import('./explain.ts'),
    ]);
    return { processFile, verifyFiles, explainFunction };
  },
};
