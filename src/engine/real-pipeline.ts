/** The pipeline that the command line runs. */
import { UsageError } from '../base/usage-error.ts';
import type { Pipeline } from './pipeline.ts';

function absent(): never {
  throw new UsageError('this build has no pipeline yet');
}

export const realPipeline: Pipeline = { processFile: absent, verifyFiles: absent, explainFunction: absent };
