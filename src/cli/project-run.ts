/** What check, diff and apply share: find the files, run them through the pipeline, say what came of it. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { UsageError } from '../base/usage-error.ts';
import { type ConfigStore, createConfigStore } from '../engine/config.ts';
import type { ContextSource, RunFlags } from '../engine/context.ts';
import { discoverFiles, findRoot, type SourceFile, stdinFile } from '../engine/discover.ts';
import { judge, readSource, type ReadResult } from '../engine/read-source.ts';
import type { PipelineSource } from '../engine/pipeline.ts';
import { runFiles, type RunResult, type RunTools, type ToolSource } from '../engine/run.ts';
import type { Session } from './command.ts';
import type { ConfigFlags, KnowledgeFlags, ProjectFlags } from './flags.ts';
import type { Io } from './io.ts';
import { createProgress } from './progress.ts';
import { readVersion } from './version.ts';

export interface ProjectRun extends RunResult {
  readonly root: string;
  /** Text that came in on stdin, as bytes. */
  readonly stdinText: string | undefined;
  readonly seconds: number;
}

/** Where settings come from, for the files below a root. */
export interface Setting {
  readonly root: string;
  readonly configs: ConfigStore;
  readonly flags: RunFlags;
  /** Loads what makes contexts, which is much of the program. */
  loadContexts(): Promise<ContextSource>;
}

/** Root, configs and contexts for some paths. */
export function createSetting(io: Io, paths: readonly string[], flags: KnowledgeFlags, run?: ProjectFlags): Setting {
  const root = findRoot(io.cwd, paths, flags.root);
  const configs = createConfigStore(root, configPath(io, flags));
  const all = runFlags(flags, run);
  return {
    root,
    configs,
    flags: all,
    loadContexts: async () => (await import('../engine/context.ts')).createContextSource(root, configs, all),
  };
}

export function configPath(io: Io, flags: ConfigFlags): string | false | undefined {
  if (flags.config !== undefined && flags.isolated === true)
    throw new UsageError('--config and --isolated exclude each other');
  if (flags.isolated === true) return false;
  return flags.config === undefined ? undefined : resolve(io.cwd, flags.config);
}

function runFlags(flags: KnowledgeFlags, run: ProjectFlags | undefined): RunFlags {
  return {
    ...(run?.style && { style: run.style }),
    ...(run?.proof && { proof: run.proof }),
    ...(run?.label !== undefined && { label: run.label }),
    ...(run?.function && { functionPattern: run.function }),
    ...(flags.platform && { platform: flags.platform }),
    presets: flags.preset,
    pairs: flags.pair,
  };
}

/** Runs the files that the command line names. */
export async function runProject(
  command: string,
  operands: readonly string[],
  flags: ProjectFlags,
  session: Session,
): Promise<ProjectRun> {
  const { io } = session;
  const started = io.now();
  const paths = [...operands, ...(await pathsFromFile(flags.filesFrom, operands, io))];
  const usesStdin = paths.includes('-');
  if (usesStdin && paths.length > 1) throw new UsageError('"-" can\'t stand beside other paths');
  const setting = createSetting(io, usesStdin ? [] : paths, flags, flags);
  const { root, configs } = setting;
  const stdin = usesStdin ? stdinFile(io.cwd, root, flags.stdinFilename ?? 'stdin.c') : undefined;
  const nothingNamed = flags.filesFrom !== undefined && paths.length === 0;
  const request = { cwd: io.cwd, root, paths, excludes: flags.exclude };
  const files = stdin ? [stdin] : nothingNamed ? [] : discoverFiles(request, configs);
  const stdinText = stdin && Buffer.from(await io.readStdin()).toString('latin1');
  const read = stdinText === undefined ? readSource : (file: SourceFile): ReadResult => judge(file, stdinText);
  const progress = createProgress(io, started);
  const result = await runFiles(
    {
      command,
      version: readVersion(),
      files,
      configs,
      flags: setting.flags,
      maxFunctions: flags.maxFunctions,
      read,
      onProgress: progress.show,
    },
    await createToolSource(setting, session.pipelines),
  );
  progress.clear();
  return { ...result, root, stdinText, seconds: (io.now() - started) / 1000 };
}

async function createToolSource(setting: Setting, pipelines: PipelineSource): Promise<ToolSource> {
  const load = async (): Promise<RunTools> => {
    const [pipeline, contexts, changes] = await Promise.all([
      pipelines.load(),
      setting.loadContexts(),
      import('../engine/change.ts'),
    ]);
    return { pipeline, contexts, changes };
  };
  // Flags that name presets or pairs may be wrong, whether or not a file needs them.
  const { presets, pairs } = setting.flags;
  const early = presets.length + pairs.length > 0 ? await load() : undefined;
  return {
    countIfIdle: (text) => pipelines.countIfIdle(text, setting.flags.functionPattern),
    load: async () => early ?? load(),
  };
}

/** Lists of changed files name all kinds: what is not C is passed over. */
async function pathsFromFile(file: string | undefined, operands: readonly string[], io: Io): Promise<string[]> {
  if (file === undefined) return [];
  if (file === '-' && operands.includes('-')) throw new UsageError('stdin can\'t be both "-" and --files-from -');
  const text =
    file === '-' ? Buffer.from(await io.readStdin()).toString('utf8') : readList(resolve(io.cwd, file), file);
  const paths = text.split(text.includes('\0') ? '\0' : /\r?\n/);
  return paths.filter((path) => path.endsWith('.c') || path.endsWith('.h'));
}

function readList(path: string, shown: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new UsageError(`can't read the list of files "${shown}"`);
  }
}
