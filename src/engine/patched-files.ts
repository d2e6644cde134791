/** A patch applied to the files of a work tree in memory: nothing is written. */
import { UsageError } from '../base/usage-error.ts';
import { applyOrComplain } from './diff.ts';
import { SYMBOLIC_LINK } from './git-changes.ts';
import { SUBMODULE } from './git-trees.ts';
import { hasCName } from './language.ts';
import { type FilePatch, parsePatch } from './patch-file.ts';
import { quotePath } from './quote-path.ts';
import type { RepositoryFiles } from './repository-files.ts';
import type { NotJudged } from './verify-report.ts';
import type { ChangedPair } from './verify-versions.ts';

export interface PatchedFiles {
  readonly pairs: readonly ChangedPair[];
  readonly notJudged: readonly NotJudged[];
  /** Files of the patch that are not C by their names. */
  readonly others: number;
  /** All texts that the patch leaves behind; undefined: the file is gone. */
  readonly texts: ReadonlyMap<string, string | undefined>;
}

/** A file on its way through a series of patches. */
interface Patched {
  /** Where it came from; undefined where the patch made it. */
  readonly origin: string | undefined;
  readonly text: string | undefined;
}

/**
 * Applies a patch. What is no patch, and a hunk that does not fit, is a UsageError that names it.
 * @param name of the patch, for complaints
 * @param patch bytes as latin1
 */
export function applyPatchFile(name: string, patch: string, files: RepositoryFiles): PatchedFiles {
  const parts = read(name, patch);
  const tree = new PatchedTree(name, files);
  const notJudged: NotJudged[] = [];
  let others = 0;
  for (const part of parts) {
    const { before, after } = tree.pathsOf(part);
    const path = after ?? before ?? '';
    const problem = problemOf(part);
    if (problem !== undefined && (part.modes.includes(SUBMODULE) || hasCName(path)))
      notJudged.push({ path, reason: problem });
    else if ([before, after].some((one) => one !== undefined && hasCName(one))) tree.apply(part, { before, after });
    else others++;
  }
  return { pairs: tree.pairs(), notJudged, others, texts: tree.texts() };
}

function read(name: string, patch: string): FilePatch[] {
  let parts: FilePatch[];
  try {
    parts = parsePatch(patch);
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(`${name}: ${error.message}`);
    throw error;
  }
  if (parts.length === 0) throw new UsageError(`${name}: there is no patch in it`);
  return parts;
}

function problemOf({ modes, isBinary }: FilePatch): string | undefined {
  if (modes.includes(SUBMODULE)) return 'a submodule is not looked into';
  if (modes.includes(SYMBOLIC_LINK)) return 'a symbolic link is not followed';
  return isBinary ? 'a binary patch' : undefined;
}

interface Paths {
  readonly before: string | undefined;
  readonly after: string | undefined;
}

class PatchedTree {
  readonly #name: string;
  readonly #files: RepositoryFiles;
  readonly #patched = new Map<string, Patched>();

  constructor(name: string, files: RepositoryFiles) {
    this.#name = name;
    this.#files = files;
  }

  pairs(): ChangedPair[] {
    const pairs: ChangedPair[] = [];
    const origins = new Set<string>();
    for (const [path, { origin, text }] of this.#patched) {
      if (text === undefined) continue;
      if (origin !== undefined) origins.add(origin);
      pairs.push({ before: this.#original(origin), after: { path, text } });
    }
    for (const [path, { origin, text }] of this.#patched)
      if (text === undefined && origin === path && !origins.has(path))
        pairs.push({ before: this.#original(path), after: undefined });
    return pairs;
  }

  texts(): Map<string, string | undefined> {
    return new Map([...this.#patched].map(([path, { text }]) => [path, text]));
  }

  #original(path: string | undefined): ChangedPair['before'] {
    const text = path === undefined ? undefined : this.#files.readFile(path);
    return path === undefined || text === undefined ? undefined : { path, text };
  }

  /** The text of a file as far as the patch has got. */
  #textOf(path: string): string | undefined {
    const patched = this.#patched.get(path);
    return patched ? patched.text : this.#files.readFile(path);
  }

  /** The paths from the root. Patches of git have a letter before them, unless they were told not to. */
  pathsOf({ before, after, isPlain }: FilePatch): Paths {
    const [first, second] = [before, after].map((path) => (path === undefined || isPlain ? path : withoutPrefix(path)));
    const isThere = (path: string | undefined): boolean => path !== undefined && this.#textOf(path) !== undefined;
    const isStripped = !isThere(before ?? after) || isThere(first ?? second);
    const paths = isStripped ? { before: first, after: second } : { before, after };
    for (const path of [paths.before, paths.after])
      if (path !== undefined && (path.startsWith('/') || path.split('/').includes('..')))
        throw new UsageError(`${this.#name}: ${quotePath(path)} leads out of the repository`);
    return paths;
  }

  apply({ hunks, isCopy }: FilePatch, { before, after }: Paths): void {
    const text = before === undefined ? '' : this.#textOf(before);
    if (text === undefined) this.#fail(before ?? '', 'there is no such file');
    if (before === undefined && after !== undefined && this.#textOf(after) !== undefined)
      this.#fail(after, 'the patch makes it, but it is there already');
    const result = applyOrComplain(text, hunks);
    if (typeof result !== 'string') {
      const hunk = hunks[result.misfit];
      this.#fail(before ?? after ?? '', `hunk ${result.misfit + 1} (line ${hunk?.oldStart ?? 0}) does not apply`);
    }
    const known = before === undefined ? undefined : this.#patched.get(before);
    const origin = known ? known.origin : before;
    if (before !== undefined && before !== after && !isCopy) this.#patched.set(before, { origin, text: undefined });
    if (after !== undefined) this.#patched.set(after, { origin: isCopy ? undefined : origin, text: result });
  }

  #fail(path: string, what: string): never {
    throw new UsageError(`${this.#name}: ${quotePath(path)}: ${what}`);
  }
}

/** `a/lib/x.c`; `i/`, `w/`, `c/` and `o/` with diff.mnemonicPrefix. */
function withoutPrefix(path: string): string {
  return path.replace(/^[abciow]\//, '');
}
