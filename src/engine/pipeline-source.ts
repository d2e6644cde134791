/** The pipeline that the command line runs, and the quick look that may make it needless. */
import { chooseFunctions, mayHoldSuppression } from './choose-functions.ts';
import type { PipelineSource } from './pipeline.ts';

export const realPipelines: PipelineSource = {
  countIfIdle: (text, selection) => {
    const { ranges, chosen } = chooseFunctions(text, selection);
    // A comment that suppresses nothing is to be reported.
    return chosen.length === 0 && !mayHoldSuppression(text) ? ranges.length : undefined;
  },
  load: async () => {
    const [{ processFile }, { verifyFiles, verifyVersions }, { explainFunction }, { auditFile }] = await Promise.all([
      import('./process-file.ts'),
      import('./verify-versions.ts'),
      import('./explain.ts'),
      import('./audit-file.ts'),
    ]);
    return { auditFile, processFile, verifyFiles, verifyVersions, explainFunction };
  },
};
