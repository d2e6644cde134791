/** All commands. A new one is a file in commands/ and a line here. */
import type { CommandSpec } from './command.ts';
import { apply } from './commands/apply.ts';
import { baseline } from './commands/baseline.ts';
import { check } from './commands/check.ts';
import { config } from './commands/config.ts';
import { diff } from './commands/diff.ts';
import { doctor } from './commands/doctor.ts';
import { explain } from './commands/explain.ts';
import { init } from './commands/init.ts';
import { review } from './commands/review.ts';
import { torture } from './commands/torture.ts';
import { undo } from './commands/undo.ts';
import { verify } from './commands/verify.ts';

export const COMMANDS: readonly CommandSpec[] = [
  check,
  diff,
  apply,
  review,
  verify,
  explain,
  undo,
  init,
  config,
  baseline,
  doctor,
  torture,
];
