/**
 * A run on several threads: the files are parted in their order, each part goes to the next thread that has nothing to
 * do, and the parts are joined in that order again, so that the result is the same for any number of threads. Threads
 * and not processes: what a part gives back is passed on without being written as text, and an interrupt ends them all.
 */
import { Worker } from 'node:worker_threads';
import { UsageError } from '../base/usage-error.ts';
import type { RunFlags } from './context.ts';
import type { SourceFile } from './discover.ts';
import { joinParts, type RunPart, type RunRequest, type RunResult } from './run.ts';
import { partBySize, sizesOf } from './shard.ts';

/** What every thread is told once. */
export interface WorkerSetting {
  readonly root: string;
  /** As of createConfigStore. */
  readonly configPath: string | false | undefined;
  readonly flags: RunFlags;
  readonly command: string;
  readonly version: string;
}

/** What a thread is asked to do. */
export interface Task {
  readonly files: readonly SourceFile[];
}

/** What a thread has to say: of each file that it is done, of each task one of the others. */
export type Answer =
  | { readonly kind: 'progress' }
  | { readonly kind: 'done'; readonly part: RunPart }
  | { readonly kind: 'usage-error'; readonly message: string }
  | { readonly kind: 'error'; readonly error: unknown };

/** Fewer files, or less text (bytes), are done before threads would have begun. */
const LEAST_FILES = 64;
const LEAST_BYTES = 2_000_000;

/** Tasks for each thread: one that has got the easy files takes more of them. */
const TASKS_PER_WORKER = 8;

/** Are threads worth their start? */
export function isLarge(files: readonly SourceFile[]): boolean {
  return files.length >= LEAST_FILES && sizesOf(files).reduce((sum, size) => sum + size, 0) >= LEAST_BYTES;
}

/** Runs all files on so many threads. */
export async function runInWorkers(
  setting: WorkerSetting,
  files: readonly SourceFile[],
  jobs: number,
  { scope, onProgress }: Pick<RunRequest, 'scope'> & Required<Pick<RunRequest, 'onProgress'>>,
): Promise<RunResult> {
  const tasks = partBySize(files, sizesOf(files), jobs * TASKS_PER_WORKER).filter((task) => task.length > 0);
  let done = 0;
  const crew = new Crew(tasks, setting, () => onProgress(++done, files.length));
  const parts = await crew.run(Math.min(jobs, tasks.length));
  return joinParts({ ...setting, scope }, parts);
}

/** The threads of one run, and what they have done so far. */
class Crew {
  readonly #tasks: readonly (readonly SourceFile[])[];
  readonly #setting: WorkerSetting;
  readonly #onFile: () => void;
  readonly #parts: RunPart[] = [];
  #next = 0;
  /** The error of the first task that has one: it is the one that a single thread would have met. */
  #failed: { readonly task: number; readonly error: unknown } | undefined;

  constructor(tasks: readonly (readonly SourceFile[])[], setting: WorkerSetting, onFile: () => void) {
    this.#tasks = tasks;
    this.#setting = setting;
    this.#onFile = onFile;
  }

  async run(jobs: number): Promise<readonly RunPart[]> {
    await Promise.all(Array.from({ length: jobs }, () => this.#work()));
    if (this.#failed) throw this.#failed.error;
    return this.#parts;
  }

  /** One thread, from its start until no task is left. */
  async #work(): Promise<void> {
    const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: this.#setting });
    try {
      while (this.#next < this.#tasks.length && !this.#failed) await this.#give(worker, this.#next++);
    } finally {
      await worker.terminate();
    }
  }

  async #give(worker: Worker, task: number): Promise<void> {
    try {
      this.#parts[task] = await this.#ask(worker, { files: this.#tasks[task] ?? [] });
    } catch (error) {
      if (!this.#failed || task < this.#failed.task) this.#failed = { task, error };
    }
  }

  #ask(worker: Worker, task: Task): Promise<RunPart> {
    return new Promise((resolve, reject) => {
      const onMessage = (answer: Answer): void => {
        if (answer.kind === 'progress') return this.#onFile();
        stopListening();
        if (answer.kind === 'done') resolve(answer.part);
        else reject(answer.kind === 'usage-error' ? new UsageError(answer.message) : answer.error);
      };
      const onError = (error: unknown): void => {
        stopListening();
        reject(error);
      };
      const onExit = (code: number): void => onError(new Error(`a thread of the run ended with code ${code}`));
      const stopListening = (): void => {
        worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      };
      worker.on('message', onMessage).on('error', onError).on('exit', onExit);
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
      worker.postMessage(task);
    });
  }
}
