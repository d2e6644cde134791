/** What stands at a path, without an exception for what can't be looked at. */
import { lstatSync, statSync } from 'node:fs';

/** Whatever is there and can't be looked at counts as a file: reading it will say what is wrong. */
export function probe(path: string): 'folder' | 'file' | 'absent' {
  try {
    return statSync(path).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOTDIR') return 'absent';
    if (code !== 'ENOENT') return 'file';
    // A link that leads nowhere is there.
    return lstatSync(path, { throwIfNoEntry: false }) ? 'file' : 'absent';
  }
}

/** The code of an error of the file system; anything else is thrown again. */
export function errorCode(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  throw error;
}

const SENTENCES: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ELOOP: 'too many symbolic links',
  ENOENT: 'no such file',
  ENOTREG: 'not a regular file',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left',
  EFBIG: 'the file would be larger than is allowed',
};

/** An error code of the file system in words. */
export function describeErrorCode(code: string): string {
  return SENTENCES[code] ?? code;
}
