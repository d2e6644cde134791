/** What check, diff and apply share: find the files, run them through the pipeline, say what came of it. */
import { dirname, resolve } from 'node:path';
import { UsageError } from '../base/usage-error.ts';
import { type ConfigReader, type ConfigStore, createConfigStore } from '../engine/config.ts';
import type { ContextSource, RunFlags } from '../engine/context.ts';
import { findRoot, type SourceFile } from '../engine/discover.ts';
import { probe } from '../engine/probe.ts';
import { realPipelines } from '../engine/pipeline-source.ts';
import { runFiles, type RunResult } from '../engine/run.ts';
import { createToolSource } from '../engine/tool-source.ts';
import type { Session } from './command.ts';
import type { ConfigFlags, KnowledgeFlags, ProjectFlags } from './flags.ts';
import type { Io } from './io.ts';
import { createProgress } from './progress.ts';
import { type NamedPaths, readNames, type Selection, selectFiles } from './select-files.ts';
import { readVersion } from './version.ts';

/** A result and where its paths begin. */
export interface ShownRun extends RunResult {
  readonly root: string;
}

export interface ProjectRun extends ShownRun {
  /** Text that came in on stdin, as bytes. */
  readonly stdinText: string | undefined;
  /** The files that were looked at. */
  readonly selection: Selection;
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
    ...(run?.index === false && { noIndex: true }),
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
  const whole = await selectFiles(command, names, flags, { io, root, configs });
  const { read, stdinText } = whole;
  const scope = [...new Set(whole.files.map(({ absolute }) => configs.configFor(absolute)))];
  const files = await shardOf(whole.files, flags, names);
  const selection = { ...whole, files };
  const progress = createProgress(io, started);
  const tools = await createToolSource(session.pipelines, setting.flags, setting.loadContexts);
  const version = readVersion();
  // What comes from elsewhere than the work tree, or must be counted in the order of the files, stays on one thread.
  const mayPart = names.changeSet === undefined && !names.usesStdin && flags.maxFunctions === undefined;
  const jobs = mayPart && session.pipelines === realPipelines ? await chooseJobs(io, flags, files) : 1;
  const result =
    jobs > 1
      ? await (
          await import('../engine/workers.ts')
        ).runInWorkers(
          { root, configPath: configPath(io, flags), flags: setting.flags, command, version },
          files,
          jobs,
          { scope, onProgress: progress.show },
        )
      : await runFiles(
          {
            command,
            version,
            files,
            configs,
            flags: setting.flags,
            maxFunctions: flags.maxFunctions,
            scope,
            read,
            onProgress: progress.show,
          },
          tools,
        );
  progress.clear();
  const { report, accepted } =
    command === 'check' ? await withoutAccepted(result, setting) : { report: result.report, accepted: 0 };
  return { ...result, report, accepted, setting, root, stdinText, selection, seconds: (io.now() - started) / 1000 };
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

/** The part of the files that this run is for. */
async function shardOf(
  files: readonly SourceFile[],
  { shard }: ProjectFlags,
  { usesStdin }: NamedPaths,
): Promise<readonly SourceFile[]> {
  if (!shard) return files;
  if (usesStdin) throw new UsageError('"-" has no parts: it can\'t stand with --shard');
  const { filesOfShard } = await import('../engine/shard.ts');
  return filesOfShard(files, shard);
}

/** How many threads: as many as were asked for, else one for each core where that pays. */
async function chooseJobs(io: Io, { jobs }: ProjectFlags, files: readonly SourceFile[]): Promise<number> {
  if (jobs !== undefined) return Math.min(jobs, files.length);
  if (files.length < FEW_FILES) return 1;
  const { isLarge } = await import('../engine/workers.ts');
  return isLarge(files) ? io.cores() : 1;
}

/** Told without loading anything: a hook has hardly ever more. */
const FEW_FILES = 64;
