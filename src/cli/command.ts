/** What a command is. One file in commands/ defines one; its run loads what it needs, so that the others cost nothing. */
import type { Command } from 'commander';
import type { PipelineSource } from '../engine/pipeline.ts';
import type { Io } from './io.ts';

/** What a command is given of the world. */
export interface Session {
  readonly io: Io;
  readonly pipelines: PipelineSource;
}

/** One command. The handler returns the exit code. */
export interface CommandSpec {
  readonly name: string;
  /** Operands as commander writes them: `[path...]`. */
  readonly operands: string;
  readonly summary: string;
  readonly isDefault?: boolean;
  /** Adds the flags. */
  configure(command: Command): void;
  run(operands: readonly string[], flags: unknown, session: Session): Promise<number>;
}
