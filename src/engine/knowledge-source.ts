/** Where the files of one config get their knowledge of names from: config, definitions in sight, presets. */
import { UsageError } from '../base/usage-error.ts';
import { createKnowledge } from '../resources/known-names.ts';
import type { Knowledge } from '../resources/knowledge.ts';
import { PRESETS } from '../resources/presets/index.ts';
import type { Platform } from '../resources/preset.ts';
import { ResourceNames } from '../resources/resource-names.ts';
import type { ResourceConfig } from '../resources/resource-config.ts';
import type { FunctionParser } from '../syntax/parse.ts';
import { createDefinitionSource, type DefinitionsInSight, type DefinitionSource } from './definitions.ts';
import { describeUnknown } from './did-you-mean.ts';
import type { RepositoryFiles } from './repository-files.ts';

export interface KnowledgeSource {
  /** What the file at a path (relative to the root) with this text may assume. */
  knowledgeFor(path: string, text: string): Knowledge;
  inSightOf(path: string, text: string): DefinitionsInSight;
}

/** The definitions of one repository, for each platform that a config asks for. Nothing is read before it is asked. */
export interface RepositoryDefinitions {
  on(platform: Platform): DefinitionSource;
}

/** POSIX is what nearly all of the code to be read is written for; `strict` has to be asked for. */
export const DEFAULT_PLATFORM: Platform = 'posix';

export function createRepositoryDefinitions(
  repository: Pick<RepositoryFiles, 'list' | 'readFile'>,
): RepositoryDefinitions {
  const sources = new Map<Platform, DefinitionSource>();
  let files: readonly string[] | undefined;
  return {
    on: (platform) => {
      files ??= repository.list();
      const source = sources.get(platform) ?? createDefinitionSource(repository, files, platform);
      sources.set(platform, source);
      return source;
    },
  };
}

/** @param config settings of the file and of the command line together */
export function createKnowledgeSource(
  definitions: RepositoryDefinitions,
  config: ResourceConfig,
  platform: Platform,
  parser: () => FunctionParser,
): KnowledgeSource {
  checkPresets(config.extends);
  const presets = Object.values(PRESETS);
  const resourceNames = new ResourceNames(presets, config);
  const inSightOf = (path: string, text: string): DefinitionsInSight => definitions.on(platform).inSightOf(path, text);
  return {
    knowledgeFor: (path, text) => createKnowledge({ ...inSightOf(path, text), presets, config, parser, resourceNames }),
    inSightOf,
  };
}

/** Throws at a name that no preset has. */
export function checkPresets(names: readonly string[]): void {
  for (const name of names)
    if (!Object.hasOwn(PRESETS, name)) throw new UsageError(describeUnknown('preset', name, Object.keys(PRESETS)));
}
