/**
 * Loads goto-cleanup.json. The nearest one between a source file and the root of its repository counts, alone.
 * Returns a typed Config; whoever knows resources turns its pairs and names into Knowledge.
 */
import type * as Crypto from 'node:crypto';
import { createRequire } from 'node:module';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { ParseError } from 'jsonc-parser';
import { LineIndex } from '../base/span.ts';
import { UsageError } from '../base/usage-error.ts';
import type { AcquireFacts, HandlePosition, ResourceKind, Sentinel } from '../resources/knowledge.ts';
import type { Platform } from '../resources/preset.ts';
import { CONFIG_SHAPE } from './config-shape.ts';
import { type JsonNode, loadJsonc, valueOf } from './jsonc.ts';
import { describeErrorCode, errorCode } from './probe.ts';
import { checkShape, propertiesOf, type SettingSource } from './setting-shape.ts';

/** How the files are called that a user keeps for this tool. */
export const CONFIG_NAME = 'goto-cleanup.json';
export const BASELINE_NAME = 'goto-cleanup.baseline.json';

/** A setting knows its line, so that a proof can name it: `goto-cleanup.json:12`. */
interface Sourced {
  readonly from: string;
}

/** An acquire and its release as the user declares them. What is absent is for the resource layer to default. */
export interface PairSetting extends Sourced {
  readonly acquire: string;
  readonly release: string;
  readonly kind?: ResourceKind;
  readonly handle?: HandlePosition;
  readonly argument?: number;
  readonly sentinel?: Sentinel;
  readonly failure?: NonNullable<AcquireFacts['failure']>;
  readonly afterFailure?: AcquireFacts['afterFailure'];
  readonly zeroes?: boolean;
  readonly acceptsSentinel?: boolean;
  readonly noopOnSentinel?: boolean;
  readonly resetting?: boolean;
  readonly keepsErrno?: boolean;
}

export interface NameSetting extends Sourced {
  readonly name: string;
}

export interface DiagnosticSetting extends NameSetting {
  readonly readsErrno?: boolean;
}

export interface TransferSetting extends NameSetting {
  /** Arguments (from 0) that pass to the callee; absent: all. */
  readonly arguments?: readonly number[];
  readonly when?: 'always' | 'success';
}

export interface LocalSettings {
  readonly label?: string;
  readonly style?: 'auto' | 'single' | 'ladder';
  readonly proof?: 'identical' | 'equivalent';
  readonly rules?: Readonly<Record<string, 'on' | 'off'>>;
}

export interface OverrideSetting extends LocalSettings {
  readonly files: readonly string[];
}

/** All settings of one config file; lists are empty where the file is silent. */
export interface Config extends LocalSettings {
  /** Absolute path of the file; undefined where there is none. */
  readonly path: string | undefined;
  readonly extends: readonly string[];
  readonly status?: { readonly types?: readonly string[]; readonly variable?: string; readonly success?: string };
  readonly platform?: Platform;
  readonly pairs: readonly PairSetting[];
  readonly diagnostics: readonly DiagnosticSetting[];
  readonly acceptLogOrder: boolean;
  readonly neverReturns: readonly NameSetting[];
  readonly retainsNothing: readonly NameSetting[];
  readonly transfersOwnership: readonly TransferSetting[];
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly overrides: readonly OverrideSetting[];
}

export const EMPTY_CONFIG: Config = {
  path: undefined,
  extends: [],
  pairs: [],
  diagnostics: [],
  acceptLogOrder: false,
  neverReturns: [],
  retainsNothing: [],
  transfersOwnership: [],
  include: [],
  exclude: [],
  overrides: [],
};

/** Finds and keeps the configs of one run. */
export interface ConfigStore {
  /** The config of a source file, or of what stands directly in a folder that ends with a slash. */
  configFor(path: string): Config;
}

/** The text of a config file, undefined where there is none. Takes an absolute path. */
export type ConfigReader = (path: string) => string | undefined;

/** Reads a config in the work tree. One that is there and can't be read is a UsageError. */
export const readConfigFile: ConfigReader = (path) => {
  if (!existsSync(path)) return undefined;
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`can't read the config ${path}: ${describeErrorCode(errorCode(error))}`);
  }
};

/**
 * @param root folder in which the search upwards ends
 * @param fixed a config file that counts for all (`--config`), or false for none at all (`--isolated`)
 */
export function createConfigStore(
  root: string,
  fixed: string | false | undefined,
  read: ConfigReader = readConfigFile,
): ConfigStore {
  if (fixed === false) return { configFor: () => EMPTY_CONFIG };
  const load = (path: string): Config | undefined => {
    const text = read(path);
    return text === undefined ? undefined : parseConfig(text, path, relative(root, path) || path);
  };
  if (fixed !== undefined) {
    const config = load(fixed);
    if (!config) throw new UsageError(`can't read the config ${relative(root, fixed) || fixed}: no such file`);
    return { configFor: () => config };
  }
  const byFolder = new Map<string, Config>();
  const ofFolder = (folder: string): Config => {
    const known = byFolder.get(folder);
    if (known) return known;
    const isTop = folder === root || dirname(folder) === folder;
    const config = load(join(folder, CONFIG_NAME)) ?? (isTop ? EMPTY_CONFIG : ofFolder(dirname(folder)));
    byFolder.set(folder, config);
    return config;
  };
  return { configFor: (path) => ofFolder(dirname(path)) };
}

/** The config of a text. `shownPath` opens the complaints. */
export function parseConfig(text: string, path: string, shownPath: string): Config {
  const source: SettingSource = { shownPath, lines: new LineIndex(text) };
  const errors: ParseError[] = [];
  const { parseTree, printParseErrorCode } = loadJsonc();
  const root = parseTree(text.replace(/^\uFEFF/, ' '), errors, { allowTrailingComma: true });
  const [error] = errors;
  if (error || !root) {
    const { line, column } = source.lines.place(error?.offset ?? 0);
    const what = error ? printParseErrorCode(error.error) : 'the file is empty';
    throw new UsageError(`${shownPath}:${line}:${column}: not JSON: ${what}`);
  }
  checkShape(CONFIG_SHAPE, root, '', source);
  return { ...EMPTY_CONFIG, ...readSettings(root, source), path };
}

const SOURCED_LISTS = new Set(['pairs', 'diagnostics', 'neverReturns', 'retainsNothing', 'transfersOwnership']);

/** The shape is checked, so that values can be taken as they are; those that facts come from get their place. */
function readSettings(root: JsonNode, source: SettingSource): Partial<Config> {
  const settings: Record<string, unknown> = {};
  for (const { key, value } of propertiesOf(root)) {
    if (key === '$schema') continue;
    settings[key] = SOURCED_LISTS.has(key)
      ? (value.children ?? []).map((item) => withPlace(item, source))
      : valueOf(value);
  }
  return settings;
}

function withPlace(item: JsonNode, source: SettingSource): Sourced {
  const value = valueOf(item) as string | Record<string, unknown>;
  const from = `${source.shownPath}:${source.lines.place(item.offset).line}`;
  return typeof value === 'string' ? ({ name: value, from } as Sourced) : { ...value, from };
}

/** Twelve hex digits that change when a setting does. */
export function hashSettings(settings: unknown): string {
  // Loaded when a report wants it: a hook, which prints none, would pay for it each time.
  const { createHash } = createRequire(import.meta.url)('node:crypto') as typeof Crypto;
  return createHash('sha256').update(JSON.stringify(settings, sortKeys)).digest('hex').slice(0, 12);
}

function sortKeys(_key: string, value: unknown): unknown {
  if (value instanceof RegExp) return value.source;
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
