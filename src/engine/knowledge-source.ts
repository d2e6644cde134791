/** Where the files of one config get their knowledge of names from. */
import { type Knowledge, NOTHING_KNOWN } from '../resources/knowledge.ts';
import type { Config } from './config.ts';
import type { RunFlags } from './context.ts';

export interface KnowledgeSource {
  /** What the file at a path (relative to the root) with this text may assume. */
  knowledgeFor(path: string, text: string): Knowledge;
}

/** @param root folder that paths are relative to */
export function createKnowledgeSource(_root: string, _config: Config, _flags: RunFlags): KnowledgeSource {
  return { knowledgeFor: () => NOTHING_KNOWN };
}
