/** What the operands of `verify` name: two files, two revisions, a patch, or what is staged. */
import { resolve } from 'node:path';
import { UsageError } from '../base/usage-error.ts';
import { probe } from '../engine/probe.ts';

export type VersionNames =
  | { readonly kind: 'files'; readonly before: string; readonly after: string }
  | {
      readonly kind: 'revisions';
      readonly before: string;
      readonly after: string;
      /** `A...B`: from the last commit that both have in common. */
      readonly fromFork: boolean;
      readonly paths: readonly string[];
    }
  | { readonly kind: 'patch'; readonly patch: string; readonly paths: readonly string[] }
  | { readonly kind: 'staged'; readonly paths: readonly string[] };

const USAGE = 'verify wants BEFORE AFTER (two files or two revisions), A..B, --patch FILE or --staged';

/** Reads the operands; what makes no sense is a UsageError. */
export function readVersionNames(
  cwd: string,
  operands: readonly string[],
  flags: { readonly staged?: boolean; readonly patch?: string },
): VersionNames {
  const { staged, patch } = flags;
  if (staged === true && patch !== undefined) throw new UsageError('--staged and --patch exclude each other');
  if (staged === true) return { kind: 'staged', paths: operands };
  if (patch !== undefined) return { kind: 'patch', patch, paths: operands };
  const [before, after, ...paths] = operands;
  const isFile = (name: string): boolean => probe(resolve(cwd, name)) === 'file';
  const range = before === undefined || isFile(before) ? undefined : readRange(before);
  if (range) return { kind: 'revisions', ...range, paths: operands.slice(1) };
  if (before === undefined || after === undefined) throw new UsageError(USAGE);
  // A name can be both: the file is what a user sees.
  if (paths.length === 0 && (isFile(before) || isFile(after))) return { kind: 'files', before, after };
  return { kind: 'revisions', before, after, fromFork: false, paths };
}

/** `A..B` and `A...B`; what is left out is HEAD. A path like `../x.c` is no range. */
function readRange(
  operand: string,
): { readonly before: string; readonly after: string; readonly fromFork: boolean } | undefined {
  const match = /^([^/].*?|)(\.\.\.?)([^/.].*|)$/.exec(operand);
  if (!match || operand === '..' || operand === '...') return undefined;
  const [, before = '', dots, after = ''] = match;
  return { before: before || 'HEAD', after: after || 'HEAD', fromFork: dots === '...' };
}
