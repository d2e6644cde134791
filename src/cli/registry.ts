/** All commands, loaded when they are asked for. A new one is a file in commands/ and a line here. */
import type { CommandSpec } from './command.ts';

export const COMMANDS: Readonly<Record<string, () => Promise<CommandSpec>>> = {
  check: async () => (await import('./commands/check.ts')).check,
  diff: async () => (await import('./commands/diff.ts')).diff,
  apply: async () => (await import('./commands/apply.ts')).apply,
  review: async () => (await import('./commands/review.ts')).review,
  audit: async () => (await import('./commands/audit.ts')).audit,
  verify: async () => (await import('./commands/verify.ts')).verify,
  explain: async () => (await import('./commands/explain.ts')).explain,
  undo: async () => (await import('./commands/undo.ts')).undo,
  init: async () => (await import('./commands/init.ts')).init,
  config: async () => (await import('./commands/config.ts')).config,
  baseline: async () => (await import('./commands/baseline.ts')).baseline,
  doctor: async () => (await import('./commands/doctor.ts')).doctor,
  merge: async () => (await import('./commands/merge.ts')).merge,
  torture: async () => (await import('./commands/torture.ts')).torture,
};
