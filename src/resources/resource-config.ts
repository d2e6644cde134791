/** What the user declares of names, as the resource layer takes it. The config file's settings fit it as they are. */
import { UsageError } from '../base/usage-error.ts';
import type { AcquireFacts, HandlePosition, ResourceKind, Sentinel } from './knowledge.ts';

interface Declared {
  /** Where it is declared: `goto-cleanup.json:12`, `--pair`. */
  readonly from: string;
}

/** An acquire and its release. What is absent comes from definitions and presets, else it is the weaker claim. */
export interface PairDeclaration extends Declared {
  readonly acquire: string;
  readonly release: string;
  readonly kind?: ResourceKind;
  readonly handle?: HandlePosition;
  /** Which argument of the release (from 0); 0 if absent. */
  readonly argument?: number;
  readonly sentinel?: Sentinel;
  readonly failure?: NonNullable<AcquireFacts['failure']>;
  readonly afterFailure?: AcquireFacts['afterFailure'];
  readonly zeroes?: boolean;
  readonly acceptsSentinel?: boolean;
  readonly noopOnSentinel?: boolean;
  readonly resetting?: boolean;
  readonly keepsErrno?: boolean;
}

export interface NameDeclaration extends Declared {
  readonly name: string;
}

export interface ResourceConfig {
  readonly pairs: readonly PairDeclaration[];
  readonly diagnostics: readonly (NameDeclaration & { readonly readsErrno?: boolean })[];
  readonly neverReturns: readonly NameDeclaration[];
  readonly retainsNothing: readonly NameDeclaration[];
  /** Without `arguments`: all of them. */
  readonly transfersOwnership: readonly (NameDeclaration & {
    readonly arguments?: readonly number[];
    readonly when?: 'always' | 'success';
  })[];
  /** Presets in force in every file, whatever it includes. */
  readonly extends: readonly string[];
}

export const EMPTY_RESOURCE_CONFIG: ResourceConfig = {
  pairs: [],
  diagnostics: [],
  neverReturns: [],
  retainsNothing: [],
  transfersOwnership: [],
  extends: [],
};

/** Reads `ACQUIRE=RELEASE` or `ACQUIRE=RELEASE:noop-on-null`, the form of `--pair`. */
export function parsePair(text: string): PairDeclaration {
  const match = /^([A-Za-z_]\w*)=([A-Za-z_]\w*)(?::([\w-]*))?$/.exec(text.trim());
  const [, acquire, release, option] = match ?? [];
  if (acquire === undefined || release === undefined || (option !== undefined && option !== 'noop-on-null')) {
    throw new UsageError(`--pair ${JSON.stringify(text)}: write ACQUIRE=RELEASE or ACQUIRE=RELEASE:noop-on-null`);
  }
  const isNoop = option === 'noop-on-null';
  return { acquire, release, from: '--pair', ...(isNoop && { acceptsSentinel: true, noopOnSentinel: true }) };
}
