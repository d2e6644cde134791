import { createDefinitionSource } from '../../src/engine/definitions.ts';
import { createKnowledge } from '../../src/resources/known-names.ts';
import type { Knowledge, NameFacts } from '../../src/resources/knowledge.ts';
import type { Platform } from '../../src/resources/preset.ts';
import { PRESETS } from '../../src/resources/presets/index.ts';
import { EMPTY_RESOURCE_CONFIG, type ResourceConfig } from '../../src/resources/resource-config.ts';
import { ResourceNames } from '../../src/resources/resource-names.ts';
import { createParser } from '../../src/syntax/parse.ts';

const parser = createParser();

/**
 * What is known in `main.c` of a small repository, which is given as path to text. Each name that is asked for checks as
 * well that what is told of it without reading definitions is no less than what they say.
 */
export function know(
  files: string | Readonly<Record<string, string>>,
  config: Partial<ResourceConfig> = {},
  platform: Platform = 'posix',
  main = 'main.c',
): Knowledge {
  const tree: Readonly<Record<string, string>> = typeof files === 'string' ? { [main]: files } : files;
  const source = createDefinitionSource({ readFile: (path) => tree[path] }, Object.keys(tree), platform);
  const presets = Object.values(PRESETS);
  const settings = { ...EMPTY_RESOURCE_CONFIG, ...config };
  const knowledge = createKnowledge({
    ...source.inSightOf(main, tree[main] ?? ''),
    presets,
    config: settings,
    parser: () => parser,
    resourceNames: new ResourceNames(presets, settings),
  });
  const name = (word: string): NameFacts => {
    const facts = knowledge.name(word);
    if ((facts.acquires ?? facts.releases) !== undefined && knowledge.mayManage?.(word) !== true)
      throw new Error(`the words of its definition do not show that ${word} acquires or releases`);
    return facts;
  };
  return { ...knowledge, name };
}

/** The facts of one name in a single file. */
export function factsOf(name: string, text: string, config: Partial<ResourceConfig> = {}): NameFacts {
  return know(text, config).name(name);
}
