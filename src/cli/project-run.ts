/** What check, diff and apply share: find the files, run them through the pipeline, say what came of it. */
import { dirname, resolve } from 'node:path';
import { UsageError } from '../base/usage-error.ts';
import { type ConfigReader, type ConfigStore, createConfigStore } from '../engine/config.ts';
import type { ContextSource, RunFlags } from '../engine/context.ts';
import { findRoot } from '../engine/discover.ts';
import type { PipelineSource } from '../engine/pipeline.ts';
import { probe } from '../engine/probe.ts';
import { runFiles, type RunResult, type RunTools, type ToolSource } from '../engine/run.ts';
import type { Session } from './command.ts';
import type { ConfigFlags, KnowledgeFlags, ProjectFlags } from './flags.ts';
import type { Io } from './io.ts';
import { createProgress } from './progress.ts';
import { readNames, selectFiles } from './select-files.ts';
import { readVersion } from './version.ts';

export interface ProjectRun extends RunResult {
  readonly root: string;
  /** Text that came in on stdin, as bytes. */
  readonly stdinText: string | undefined;
  readonly seconds: number;
  readonly setting: Setting;
  /** Reports that the baseline accepts, and that are left out. */
  readonly accepted: number;
}

/** Where settings come from, for the files below a root. */
export interface Setting {
  readonly root: string;
  readonly configs: ConfigStore;
  readonly flags: RunFlags;
  /** Reads a config or a baseline, from where this run reads. */
  readonly readConfig: ConfigReader;
  /** Loads what makes contexts, which is much of the program. */
  loadContexts(): Promise<ContextSource>;
}

/** Root, configs and contexts for some paths. */
export async function createSetting(
  io: Io,
  paths: readonly string[],
  flags: KnowledgeFlags,
  run?: ProjectFlags,
): Promise<Setting> {
  const root = findRoot(io.cwd, paths, flags.root);
  const { indexFiles, workTreeFiles } = await import('../engine/repository-files.ts');
  const files = run?.staged === true ? indexFiles(root) : workTreeFiles(root);
  const configs = createConfigStore(root, configPath(io, flags), files.readConfig);
  const all = runFlags(flags, run);
  return {
    root,
    configs,
    flags: all,
    readConfig: files.readConfig,
    loadContexts: async () => (await import('../engine/context.ts')).createContextSource(files, configs, all),
  };
}

export function configPath(io: Io, flags: ConfigFlags): string | false | undefined {
  if (flags.config !== undefined && flags.isolated === true)
    throw new UsageError('--config and --isolated exclude each other');
  if (flags.isolated === true) return false;
  return flags.config === undefined ? undefined : resolve(io.cwd, flags.config);
}

/** Settings of the command line as contexts take them. */
export function runFlags(flags: KnowledgeFlags, run: ProjectFlags | undefined): RunFlags {
  return {
    ...(run?.style && { style: run.style }),
    ...(run?.proof && { proof: run.proof }),
    ...(run?.label !== undefined && { label: run.label }),
    ...(run?.function && { functionPattern: run.function }),
    ...(flags.platform && { platform: flags.platform }),
    presets: flags.preset,
    pairs: flags.pair,
    ...(run && wantsLedgers(run) && { ledgers: true }),
  };
}

/** The one format that shows them. */
function wantsLedgers({ format, report = [] }: Partial<ProjectFlags>): boolean {
  return format === 'html' || report.some((one) => one.format === 'html');
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
  expectReportFolders(io, flags);
  const names = await readNames(operands, flags, io);
  const paths = names.usesStdin ? [] : [...operands, ...(names.listed ?? [])];
  const setting = await createSetting(io, paths, flags, flags);
  const { root, configs } = setting;
  const { files, read, stdinText } = await selectFiles(command, names, flags, { io, root, configs });
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
  const { report, accepted } =
    command === 'check' ? await withoutAccepted(result, setting) : { report: result.report, accepted: 0 };
  return { ...result, report, accepted, setting, root, stdinText, seconds: (io.now() - started) / 1000 };
}

/** The report without what the baseline accepts. */
async function withoutAccepted(
  { report }: RunResult,
  { root, readConfig }: Setting,
): Promise<{ readonly report: RunResult['report']; readonly accepted: number }> {
  if (report.files.length === 0) return { report, accepted: 0 };
  const [{ subtractBaseline }, { loadBaseline }] = await Promise.all([
    import('../engine/baseline.ts'),
    import('../engine/baseline-file.ts'),
  ]);
  const baseline = loadBaseline(root, readConfig);
  return baseline ? subtractBaseline(report, baseline) : { report, accepted: 0 };
}

/** A report that can't be written is better known before anything is. */
function expectReportFolders(io: Io, flags: ProjectFlags): void {
  for (const { file } of flags.report)
    if (probe(dirname(resolve(io.cwd, file))) !== 'folder')
      throw new UsageError(`can't write the report: no such folder for "${file}"`);
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
    countIfIdle: (text, { changes }) =>
      pipelines.countIfIdle(text, { functionPattern: setting.flags.functionPattern, changes }),
    load: async () => early ?? load(),
  };
}
