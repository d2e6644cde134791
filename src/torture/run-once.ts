/** One run of the program, with one failure or none: starts it, waits or stops it, reads what it left. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, fstatSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../base/usage-error.ts';
import { type ControlSettings, type ControlState, decodeControl, encodeControl } from './control.ts';
import { readLog, type RunLog } from './read-log.ts';

/** How the program is started, the same for all runs. */
export interface Launch {
  /** The program's absolute path, and its arguments. */
  readonly program: string;
  readonly name: string;
  readonly arguments: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The shared object to preload; undefined where the shim is linked in. */
  readonly preload: string | undefined;
  /** Milliseconds until a run counts as hanging. */
  readonly timeLimit: number;
}

export interface RunOutcome {
  /** Exit code, or the name of the signal. */
  readonly exit: number | NodeJS.Signals;
  readonly didHang: boolean;
  readonly log: RunLog;
  readonly control: ControlState;
  /** What it wrote to stderr: the first and the last part of a long one. */
  readonly errors: string;
  /** Processes of the run that were still there after its end, and were stopped. */
  readonly stragglers: number;
}

/** How long a program that hangs has to say where, and its children to end after it, in milliseconds. */
const GRACE = 300;
const ERRORS_LIMIT = 256 * 1024;

/**
 * Runs the program once.
 * @param signal ends the run early when it is aborted; the outcome is then of no use
 * @throws UsageError where it can't be started
 */
export async function runOnce(launch: Launch, settings: ControlSettings, signal: AbortSignal): Promise<RunOutcome> {
  const folder = mkdtempSync(join(tmpdir(), 'goto-cleanup-torture-'));
  const control = join(folder, 'control');
  const errors = join(folder, 'stderr');
  try {
    writeFileSync(control, encodeControl(settings));
    writeFileSync(`${control}.log`, '');
    const descriptor = openSync(errors, 'w+');
    const ended = await watch(start(launch, control, descriptor, folder), launch, control, signal);
    closeSync(descriptor);
    const stragglers = await stopStragglers(control);
    return {
      ...ended,
      stragglers,
      log: readLog(readFileSync(`${control}.log`, 'utf8')),
      control: decodeControl(readFileSync(control)),
      errors: readEnds(errors),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function start(launch: Launch, control: string, errors: number, folder: string): ChildProcess {
  const { env, preload } = launch;
  return spawn(launch.program, launch.arguments, {
    argv0: launch.name,
    cwd: launch.cwd,
    // A group of its own, so that all of it can be stopped.
    detached: true,
    stdio: ['ignore', 'ignore', errors],
    env: {
      ...env,
      // Files that one run leaves behind are not in the way of the next.
      TMPDIR: folder,
      GOTO_CLEANUP_TORTURE: control,
      ...(preload !== undefined && { LD_PRELOAD: [preload, env['LD_PRELOAD']].filter(Boolean).join(':') }),
    },
  });
}

type Ended = Pick<RunOutcome, 'exit' | 'didHang'>;

function watch(child: ChildProcess, launch: Launch, control: string, signal: AbortSignal): Promise<Ended> {
  return new Promise((resolve, reject) => {
    let didHang = false;
    let last: NodeJS.Timeout | undefined;
    const stop = (): void => killGroup(child.pid, 'SIGKILL');
    const limit = setTimeout(() => {
      didHang = true;
      for (const pid of pidsOf(control)) kill(pid, 'SIGQUIT');
      last = setTimeout(stop, GRACE);
    }, launch.timeLimit);
    const settle = (): void => {
      clearTimeout(limit);
      clearTimeout(last);
      signal.removeEventListener('abort', stop);
    };
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    child.on('error', (error) => {
      settle();
      reject(new UsageError(`can't start "${launch.name}": ${error.message}`));
    });
    child.on('exit', (code, killedBy) => {
      settle();
      killGroup(child.pid, 'SIGTERM');
      resolve({ exit: killedBy ?? code ?? 0, didHang });
    });
  });
}

/** Children that went on by themselves, as daemons do, are not left running. */
async function stopStragglers(control: string): Promise<number> {
  const alive = (): number[] => pidsOf(control).filter((pid) => belongsTo(pid, control));
  if (alive().length === 0) return 0;
  await new Promise((resolve) => setTimeout(resolve, GRACE));
  const left = alive();
  for (const pid of left) kill(pid, 'SIGKILL');
  return left.length;
}

function pidsOf(control: string): readonly number[] {
  return decodeControl(readFileSync(control)).pids;
}

/** The number of a process may be another's by now: its environment says whose run it belongs to. */
function belongsTo(pid: number, control: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`GOTO_CLEANUP_TORTURE=${control}\0`);
  } catch {
    return false;
  }
}

function killGroup(pid: number | undefined, name: NodeJS.Signals): void {
  if (pid !== undefined) kill(-pid, name);
}

/** One that is gone already is no error. */
function kill(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function readEnds(path: string): string {
  const descriptor = openSync(path, 'r');
  try {
    const { size } = fstatSync(descriptor);
    const read = (from: number, length: number): string => {
      const bytes = Buffer.alloc(length);
      return bytes.toString('utf8', 0, readSync(descriptor, bytes, 0, length, from));
    };
    if (size <= 2 * ERRORS_LIMIT) return read(0, size);
    return `${read(0, ERRORS_LIMIT)}\n${read(size - ERRORS_LIMIT, ERRORS_LIMIT)}`;
  } finally {
    closeSync(descriptor);
  }
}
