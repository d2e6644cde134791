/** Reads one file as bytes, and says what is wrong with it. */
import { constants, openSync, closeSync, fstatSync, readFileSync } from 'node:fs';
import type { SourceFile } from './discover.ts';
import { isGenerated, judgeName, judgeText } from './language.ts';
import { describeErrorCode, errorCode } from './probe.ts';
import type { SkippedFile } from './run.ts';

/** What stands in the way of looking at a file. */
export interface FileError {
  readonly code: string;
  readonly message: string;
}

export type ReadResult =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'error'; readonly error: FileError }
  /** Not to be looked at, and nothing is wrong: a link, a generated file, a file that is gone. */
  | { readonly kind: 'skipped'; readonly why: SkippedFile['why'] };

/** Reads a file; links that were found in a folder are not followed, since their targets are found themselves. */
export function readSource(file: SourceFile): ReadResult {
  if (file.isFolder) return { kind: 'error', error: unreadable('EACCES') };
  const misnamed = judgeName(file.path);
  if (misnamed) return { kind: 'error', error: misnamed };
  try {
    return judge(file, readBytes(file));
  } catch (error) {
    return describeFailure(file, error);
  }
}

function readBytes(file: SourceFile): string {
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | (file.isNamed ? 0 : constants.O_NOFOLLOW);
  const descriptor = openSync(file.absolute, flags);
  try {
    // A pipe or a device would be waited for, or read for ever.
    if (!fstatSync(descriptor).isFile()) throw Object.assign(new Error('not a regular file'), { code: 'ENOTREG' });
    return readFileSync(descriptor, 'latin1');
  } finally {
    closeSync(descriptor);
  }
}

/** Judges text that is already at hand. */
export function judge(file: SourceFile, text: string): ReadResult {
  const notC = judgeText(text);
  // Mixed trees have C++ headers named .h: that is no error of the tree.
  if (notC?.code === 'cplusplus' && !file.isNamed) return { kind: 'skipped', why: 'cplusplus' };
  if (notC) return { kind: 'error', error: notC };
  if (!file.isNamed && isGenerated(text)) return { kind: 'skipped', why: 'generated' };
  return { kind: 'text', text };
}

function describeFailure(file: SourceFile, error: unknown): ReadResult {
  const code = errorCode(error);
  // Git lists files that were deleted and not yet committed. A name that is not UTF-8 is not there either.
  if (!file.isNamed && code === 'ENOENT' && !file.path.includes('\uFFFD')) return { kind: 'skipped', why: 'gone' };
  if (!file.isNamed && code === 'ELOOP') return { kind: 'skipped', why: 'link' };
  return { kind: 'error', error: unreadable(code) };
}

function unreadable(code: string): FileError {
  return { code: 'unreadable', message: `can't be read: ${describeErrorCode(code)}` };
}
