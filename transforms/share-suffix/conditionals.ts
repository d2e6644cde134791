/** Which `#if` branches a place stands in: code may only move to where it is compiled in the same cases. */
import type { FunctionTree } from '../../src/syntax/tree.ts';

interface Branch {
  /** First byte behind the directive line that opens the branch. */
  readonly start: number;
  readonly end: number;
}

export class Conditionals {
  readonly #branches: readonly Branch[];

  /** `source` is the file as it is written: the tree's own may have its preprocessor lines blanked. */
  constructor(tree: FunctionTree, source: string) {
    this.#branches = findBranches(tree, source);
  }

  /** Branches around an offset, outermost first. */
  pathAt(offset: number): readonly Branch[] {
    return this.#branches.filter((branch) => branch.start <= offset && offset < branch.end);
  }

  /** Code at `inner` is compiled only where code at `outer` is compiled too. */
  isWithin(inner: number, outer: number): boolean {
    const around = new Set(this.pathAt(inner));
    return this.pathAt(outer).every((branch) => around.has(branch));
  }

  /** Both are compiled in the same cases. */
  isSame(one: number, other: number): boolean {
    return this.isWithin(one, other) && this.isWithin(other, one);
  }
}

function findBranches(tree: FunctionTree, source: string): Branch[] {
  const { start, end } = tree.root;
  const text = source.slice(start, end);
  const branches: Branch[] = [];
  const open: number[] = [];
  for (const match of text.matchAll(
    /^[ \t]*#[ \t]*(if|ifdef|ifndef|elif|elifdef|elifndef|else|endif)\b[^\n]*(?:\\\r?\n[^\n]*)*\n?/gm,
  )) {
    const [line, word = ''] = match;
    const at = start + match.index;
    const begins = word.startsWith('if');
    const opened = begins ? undefined : open.pop();
    if (opened !== undefined) branches.push({ start: opened, end: at });
    if (word !== 'endif') open.push(at + line.length);
  }
  return branches.sort((a, b) => a.start - b.start || b.end - a.end);
}
