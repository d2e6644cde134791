/** The kinds of damage: each makes wrong versions of a rewritten function, one for each place where it applies. */
import { BLOCK_KINDS } from './block-kinds.ts';
import { BODY_KINDS } from './body-kinds.ts';
import { STATUS_KINDS } from './status-kinds.ts';
import type { Subject } from './subject.ts';

export interface DamageKind {
  readonly name: string;
  /** Texts of the whole file, damaged at one place each. */
  readonly apply: (subject: Subject) => string[];
}

export const DAMAGE_KINDS: readonly DamageKind[] = [...BLOCK_KINDS, ...STATUS_KINDS, ...BODY_KINDS];
