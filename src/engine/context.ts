/** Makes the context in which one file is processed: config and flags brought together, knowledge, the parser. */
import { dirname, relative, sep } from 'node:path';
import { UsageError } from '../base/usage-error.ts';
import type { Platform } from '../resources/preset.ts';
import { parsePair } from '../resources/resource-config.ts';
import { createParser, type FunctionParser } from '../syntax/parse.ts';
import { AuditIndex } from './audit-index.ts';
import { type Config, type ConfigStore, type LocalSettings } from './config.ts';
import type { SourceFile } from './discover.ts';
import {
  checkPresets,
  createKnowledgeSource,
  createRepositoryDefinitions,
  DEFAULT_PLATFORM,
  type KnowledgeSource,
} from './knowledge-source.ts';
import { createNeighbours } from './neighbours.ts';
import { createPatterns } from './patterns.ts';
import type { FileContext } from './pipeline.ts';
import type { RepositoryFiles } from './repository-files.ts';

/** Settings of the command line; each wins over the config. */
export interface RunFlags {
  readonly style?: 'auto' | 'single' | 'ladder';
  readonly proof?: 'identical' | 'equivalent';
  readonly label?: string;
  readonly functionPattern?: RegExp;
  readonly platform?: Platform;
  readonly presets: readonly string[];
  /** `ACQUIRE=RELEASE` or `ACQUIRE=RELEASE:noop-on-null`. */
  readonly pairs: readonly string[];
  /** Reports want the exit ledgers of what can be rewritten. */
  readonly ledgers?: boolean;
  /** For an audit: what is known of callees ends at the file and its headers. */
  readonly noIndex?: boolean;
}

export interface FileSettings {
  readonly context: FileContext;
  readonly local: LocalSettings;
}

/** Gives each file its context. */
export interface ContextSource {
  contextOf(file: SourceFile): FileSettings;
}

/** @param files of the whole repository: what is known of a name never depends on which files a run selects */
export function createContextSource(files: RepositoryFiles, configs: ConfigStore, flags: RunFlags): ContextSource {
  const parser = lazyParser();
  const definitions = createRepositoryDefinitions(files);
  const { styleAround } = createNeighbours(files);
  const pairs = flags.pairs.map(parsePair);
  checkPresets(flags.presets);
  const knowledge = new Map<Config, KnowledgeSource>();
  const index = flags.noIndex === true ? undefined : new AuditIndex(files);
  const createSource = (config: Config): KnowledgeSource => {
    const settings = {
      ...config,
      pairs: [...config.pairs, ...pairs],
      extends: [...config.extends, ...flags.presets],
    };
    return createKnowledgeSource(definitions, settings, flags.platform ?? config.platform ?? DEFAULT_PLATFORM, parser);
  };
  return {
    contextOf: (file) => {
      const config = configs.configFor(file.absolute);
      const source = knowledge.get(config) ?? createSource(config);
      knowledge.set(config, source);
      const local = localSettings(config, file.absolute);
      const options = {
        ...optionsOf(local, flags),
        acceptLogOrder: config.acceptLogOrder,
        ...(file.changes && { changes: file.changes }),
      };
      return { context: { options, parser, styleAround, ...(index && { index }), ...source }, local };
    },
  };
}

function optionsOf(local: LocalSettings, flags: RunFlags): FileContext['options'] {
  return {
    proof: flags.proof ?? local.proof ?? 'equivalent',
    style: flags.style ?? local.style ?? 'auto',
    label: flags.label ?? local.label,
    functionPattern: flags.functionPattern,
    ledgers: flags.ledgers ?? false,
  };
}

/** The settings of a config for one file: its overrides in order, the later one winning. */
export function localSettings(config: Config, absolute: string): LocalSettings {
  if (config.path === undefined || config.overrides.length === 0) return config;
  const local = relative(dirname(config.path), absolute).replaceAll(sep, '/');
  return config.overrides
    .filter((override) => createPatterns(override.files).match(local))
    .reduce<LocalSettings>(
      (settings, override) => ({ ...settings, ...override, rules: { ...settings.rules, ...override.rules } }),
      config,
    );
}

function lazyParser(): () => FunctionParser {
  let parser: FunctionParser | undefined;
  return () => {
    parser ??= loadParser();
    return parser;
  };
}

/** The native parser comes prebuilt for some systems only: a stack trace would not say so. */
function loadParser(): FunctionParser {
  try {
    return createParser();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const system = `${process.platform}-${process.arch}`;
    throw new UsageError(
      `the native parser can't be loaded on this system (${system}): ${error.message.split('\n')[0]}\n` +
        'It comes prebuilt for Linux with glibc, macOS and Windows; on Alpine (musl) use an image with glibc, ' +
        'for instance node:22-slim.',
    );
  }
}
