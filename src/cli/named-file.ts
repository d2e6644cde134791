/** One file that the user named and that has to be C. */
import { relative, resolve, sep } from 'node:path';
import { UsageError } from '../base/usage-error.ts';
import type { SourceFile } from '../engine/discover.ts';
import type { FileText } from '../engine/pipeline.ts';
import { readSource } from '../engine/read-source.ts';
import type { Io } from './io.ts';

/** Reads the file; anything in the way is a UsageError that names it. */
export function namedFile(io: Io, root: string, path: string): FileText & { readonly file: SourceFile } {
  const absolute = resolve(io.cwd, path);
  const file = { path: relative(root, absolute).replaceAll(sep, '/'), absolute, isNamed: true };
  const read = readSource(file);
  if (read.kind === 'error') throw new UsageError(`${path}: ${read.error.message}`);
  if (read.kind === 'skipped') throw new UsageError(`${path}: ${read.why}`);
  return { path: file.path, text: read.text, file };
}
