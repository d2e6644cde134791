/** Parts of a selection: for threads, and for machines that each take one of them. */
import { statSync } from 'node:fs';
import type { SourceFile } from './discover.ts';

/** One of `count` parts; `index` counts from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** Bytes of each file; 0 where that can't be told. */
export function sizesOf(files: readonly SourceFile[]): number[] {
  return files.map(({ absolute }) => statSync(absolute, { throwIfNoEntry: false })?.size ?? 0);
}

/** The files of one part, which the tree alone decides: every machine parts them alike. */
export function filesOfShard(files: readonly SourceFile[], { index, count }: Shard): readonly SourceFile[] {
  return partBySize(files, sizesOf(files), count)[index - 1] ?? [];
}

/** Parts a list in its order into `count` lists of about the same size; some may be empty. */
export function partBySize<T>(items: readonly T[], sizes: readonly number[], count: number): T[][] {
  // A file without a byte is work too: it has to be opened.
  const weights = sizes.map((size) => size + 1);
  const share = weights.reduce((sum, weight) => sum + weight, 0) / count;
  const parts = Array.from({ length: count }, (): T[] => []);
  let taken = 0;
  for (const [index, item] of items.entries()) {
    const weight = weights[index] ?? 1;
    parts[Math.min(count - 1, Math.floor((taken + weight / 2) / share))]?.push(item);
    taken += weight;
  }
  return parts;
}
