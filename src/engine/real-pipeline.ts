/** The pipeline that the command line runs. */
import { explainFunction } from './explain.ts';
import type { Pipeline } from './pipeline.ts';
import { processFile } from './process-file.ts';
import { verifyFiles } from './verify-files.ts';

export const realPipeline: Pipeline = { processFile, verifyFiles, explainFunction };
