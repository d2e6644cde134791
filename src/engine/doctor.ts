/** What `doctor` looks at: the tools this one needs, and whether what the user declared meets any code. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../base/usage-error.ts';
import { PRESETS } from '../resources/presets/index.ts';
import { createParser, parserVersions } from '../syntax/parse.ts';
import { loadBaseline } from './baseline-file.ts';
import { sizeOf } from './baseline.ts';
import type { Config, ConfigStore } from './config.ts';
import { BASELINE_NAME, readConfigFile } from './config.ts';
import { discoverFiles } from './discover.ts';
import { findRepository } from './git.ts';
import { findHook } from './hook-file.ts';
import { readSource } from './read-source.ts';

/** One line of the answer. */
export interface Observation {
  readonly topic: string;
  readonly text: string;
  /** `broken`: nothing can run like this. */
  readonly state: 'fine' | 'mend' | 'broken';
}

const fine = (topic: string, text: string): Observation => ({ topic, text, state: 'fine' });
const mend = (topic: string, text: string): Observation => ({ topic, text, state: 'mend' });

type Environment = Readonly<Record<string, string | undefined>>;

/** The programs that this one runs, or runs on. */
export function examineTools(env: Environment): Observation[] {
  return [
    fine('node', `${process.version}, ${process.platform} ${process.arch}${libcOf()}`),
    examineParser(),
    examineProgram('git', ['git'], '--staged, --changed and revisions need it', env),
    examineProgram('compiler', compilersOf(env), 'torture needs one', env),
  ];
}

/** The native parser comes prebuilt for glibc alone. */
function libcOf(): string {
  const { header } = process.report.getReport() as { readonly header?: { readonly glibcVersionRuntime?: string } };
  if (process.platform !== 'linux') return '';
  return header?.glibcVersionRuntime === undefined ? ', no glibc' : `, glibc ${header.glibcVersionRuntime}`;
}

function examineParser(): Observation {
  const text = 'int f(void) { return 0; }';
  try {
    const tree = createParser().parse(text, text, 0, text.length, 'f');
    if (tree?.errors.length === 0) return fine('parser', parserVersions());
    return { topic: 'parser', text: `${parserVersions()}: it does not understand \`${text}\``, state: 'broken' };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { topic: 'parser', text: `can't be loaded: ${error.message.split('\n')[0]}`, state: 'broken' };
  }
}

/** CC is the user's choice, and then there is no other. */
function compilersOf(env: Environment): readonly string[] {
  const [named] = env['CC']?.trim().split(/\s+/) ?? [];
  return named ? [named] : ['cc', 'gcc', 'clang'];
}

function examineProgram(topic: string, names: readonly string[], need: string, env: Environment): Observation {
  const found = names.flatMap((name) => versionOf(name, env) ?? []);
  if (found.length > 0) return fine(topic, found.join('; '));
  const missing = `${names.join(', ')}: not found; ${need}`;
  return topic === 'compiler' && env['CC'] === undefined ? fine(topic, missing) : mend(topic, missing);
}

/** The first line of what a program says of itself; undefined where it can't be run. */
function versionOf(name: string, env: Environment): string | undefined {
  try {
    const output = execFileSync(name, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], env });
    const [line = ''] = output.split('\n');
    return line.startsWith(name) ? line : `${name}: ${line}`;
  } catch {
    return undefined;
  }
}

/** The project: its settings, and what they and the presets have to do with its code. */
export function examineProject(root: string, cwd: string, configs: ConfigStore): Observation[] {
  const repository = findRepository(root);
  const where = repository ? 'a git repository' : 'in no git repository';
  const observations = [fine('root', `${root}, ${where}`)];
  try {
    const survey = surveyFiles(root, cwd, configs);
    observations.push(
      fine('files', `${survey.count} C files`),
      ...describeConfigs(root, survey),
      ...describePresets(survey),
      fine('learned', describeLearned(root)),
      examineBaseline(root),
    );
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    observations.push({ topic: 'config', text: error.message, state: 'broken' });
  }
  return repository ? [...observations, fine('hook', findHook(repository.root))] : observations;
}

interface Survey {
  readonly count: number;
  /** Each config with the names that its files mention, of those it declares. */
  readonly configs: ReadonlyMap<Config, Set<string>>;
  /** Preset to the number of files that include one of its headers. */
  readonly presets: ReadonlyMap<string, number>;
}

const INCLUDE = /^[ \t]*#[ \t]*include[ \t]*[<"]([^">\n]+)[">]/gm;

/** Looks at all files once. */
function surveyFiles(root: string, cwd: string, store: ConfigStore): Survey {
  const files = discoverFiles({ cwd, root, paths: [root], excludes: [] }, store);
  const configs = new Map<Config, Set<string>>();
  const presets = new Map<string, number>();
  // The config of the root counts, whether or not a file stands there.
  configs.set(store.configFor(join(root, 'x')), new Set());
  for (const file of files) {
    const config = store.configFor(file.absolute);
    const mentioned = configs.get(config) ?? new Set<string>();
    configs.set(config, mentioned);
    const read = readSource(file);
    if (read.kind !== 'text') continue;
    for (const { name } of namesOf(config)) if (!mentioned.has(name) && mentions(read.text, name)) mentioned.add(name);
    const included = new Set([...read.text.matchAll(INCLUDE)].map((match) => match[1]));
    for (const [name, preset] of Object.entries(PRESETS))
      if (preset.headers?.some((header) => included.has(header))) presets.set(name, (presets.get(name) ?? 0) + 1);
  }
  return { count: files.length, configs, presets };
}

function mentions(text: string, name: string): boolean {
  return text.includes(name) && new RegExp(`(?<![\\w$])${name.replaceAll('$', '\\$')}(?![\\w$])`).test(text);
}

/** All names that a config says something of. */
function namesOf(config: Config): { readonly name: string; readonly from: string }[] {
  const pairs = config.pairs.flatMap(({ acquire, release, from }) =>
    [acquire, release].map((name) => ({ name, from })),
  );
  const { diagnostics, neverReturns, retainsNothing, transfersOwnership } = config;
  return [...pairs, ...diagnostics, ...neverReturns, ...retainsNothing, ...transfersOwnership];
}

function describeConfigs(root: string, { configs }: Survey): Observation[] {
  const named = [...configs].filter(([config]) => config.path !== undefined);
  if (named.length === 0) return [fine('config', 'none: the code and the presets say all that is known')];
  return named.flatMap(([config, mentioned]) => [
    fine('config', relativeTo(root, config.path ?? '')),
    ...config.pairs
      .filter(({ acquire, release }) => !mentioned.has(acquire) && !mentioned.has(release))
      .map(({ acquire, release, from }) => mend('pairs', `${from}: neither ${acquire} nor ${release} is used here`)),
    ...config.pairs
      .filter(({ acquire, release }) => mentioned.has(acquire) !== mentioned.has(release))
      .map(({ acquire, release, from }) => {
        const missing = mentioned.has(acquire) ? release : acquire;
        return mend('pairs', `${from}: of ${acquire} and ${release}, ${missing} is not used here`);
      }),
    ...namesOf({ ...config, pairs: [] })
      .filter(({ name }) => !mentioned.has(name))
      .map(({ name, from }) => mend('names', `${from}: ${name} is not used here`)),
  ]);
}

function relativeTo(root: string, path: string): string {
  return path.startsWith(root) ? path.slice(root.length + 1) : path;
}

function describePresets({ presets, configs }: Survey): Observation[] {
  const always = Object.values(PRESETS).filter(({ headers }) => headers === undefined).length;
  const included = [...presets].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const asked = new Set([...configs.keys()].flatMap((config) => config.extends));
  const words = [
    `${always} of C and POSIX`,
    ...included.map(([name, count]) => `${name} (included by ${count})`),
    ...[...asked].filter((name) => !presets.has(name)).map((name) => `${name} (by config)`),
  ];
  return [fine('presets', words.join(', '))];
}

const LEARNED_NAME = 'goto-cleanup.learned.json';

function describeLearned(root: string): string {
  const rest = 'what a file and its headers define is read in each run';
  return existsSync(join(root, LEARNED_NAME))
    ? `${LEARNED_NAME} is there, but this version does not read it; ${rest}`
    : `nothing is kept; ${rest}`;
}

function examineBaseline(root: string): Observation {
  const baseline = loadBaseline(root, readConfigFile);
  return fine('baseline', baseline ? `${BASELINE_NAME} accepts ${sizeOf(baseline)}` : 'none');
}
