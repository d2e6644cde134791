/** Reads a unified diff, of git or of diff -u, alone or in a mail. Bytes as latin1. */
import { UsageError } from '../base/usage-error.ts';
import type { Hunk } from './diff.ts';
import { unquotePath } from './quote-path.ts';

/** What a patch does to one file. */
export interface FilePatch {
  /** As the patch has them, prefixes like `a/` included; undefined: `/dev/null`. */
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** The paths stand without a prefix: those of a rename or copy do. */
  readonly isPlain: boolean;
  readonly isCopy: boolean;
  readonly hunks: readonly Hunk[];
  /** Six octal digits, where the patch names them: `100644`, `120000` for a link, `160000` for a submodule. */
  readonly modes: readonly string[];
  readonly isBinary: boolean;
}

const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

/** The parts of a patch in order; text around them is passed over. A hunk that breaks off is a UsageError. */
export function parsePatch(text: string): FilePatch[] {
  return new PatchReader(text).read();
}

interface OpenPatch {
  before: string | undefined;
  after: string | undefined;
  isPlain: boolean;
  isCopy: boolean;
  hunks: Hunk[];
  modes: string[];
  isBinary: boolean;
  /** It has its `---` and `+++` lines. */
  hasNames: boolean;
}

class PatchReader {
  readonly #lines: readonly string[];
  readonly #found: OpenPatch[] = [];
  #at = 0;
  #isHeader = false;

  constructor(text: string) {
    this.#lines = (text.endsWith('\n') ? text : `${text}\n`).split('\n');
  }

  read(): FilePatch[] {
    while (this.#at < this.#lines.length) {
      const line = this.#line(0);
      const last = this.#found.at(-1);
      if (line.startsWith('diff --git ')) this.#openGit(line);
      else if (this.#startsNames()) this.#names();
      else if (last?.hasNames === true && HUNK.test(line)) {
        last.hunks.push(this.#hunk());
        continue;
      } else if (last && this.#isHeader) readHeader(last, withoutReturn(line));
      this.#at++;
    }
    return this.#found;
  }

  #line(offset: number): string {
    return this.#lines[this.#at + offset] ?? '';
  }

  #open(): OpenPatch {
    const names = { before: undefined, after: undefined, isPlain: false, isCopy: false };
    const patch = { ...names, hunks: [], modes: [], isBinary: false, hasNames: false };
    this.#found.push(patch);
    return patch;
  }

  #openGit(line: string): void {
    const patch = this.#open();
    this.#isHeader = true;
    // Both halves are one path but for renames, whose names stand below.
    const rest = withoutReturn(line).slice('diff --git '.length);
    const quoted = /^"(?:\\.|[^"\\])*"/.exec(rest)?.[0];
    const half = quoted ?? rest.slice(0, (rest.length - 1) / 2);
    patch.before = unquotePath(half);
    patch.after = unquotePath(rest.slice(half.length + 1));
  }

  /** Three lines together: in a mail a line of dashes means something else. */
  #startsNames(): boolean {
    return this.#line(0).startsWith('--- ') && this.#line(1).startsWith('+++ ') && HUNK.test(this.#line(2));
  }

  #names(): void {
    const last = this.#found.at(-1);
    const patch = this.#isHeader && last && !last.hasNames ? last : this.#open();
    patch.hasNames = true;
    this.#isHeader = false;
    const [before, after] = [nameOf(this.#line(0)), nameOf(this.#line(1))];
    // The names of a rename are known without their prefixes.
    if (!patch.isPlain) [patch.before, patch.after] = [before, after];
    this.#at++;
  }

  #hunk(): Hunk {
    const first = this.#at + 1;
    const [, oldStart, oldCount = '1', newStart, newCount = '1'] = HUNK.exec(this.#line(0)) ?? [];
    const [oldLines, newLines] = [Number(oldCount), Number(newCount)];
    const lines: string[] = [];
    let [oldLeft, newLeft] = [oldLines, newLines];
    this.#at++;
    while (oldLeft > 0 || newLeft > 0 || this.#line(0).startsWith('\\')) {
      // Editors take the blank off an empty line of context.
      const line = this.#line(0) === '' ? ' ' : this.#line(0);
      const mark = line[0] ?? '';
      // Behind the last newline there is no line.
      const isBroken = this.#at >= this.#lines.length - 1 || !' +-\\'.includes(mark);
      if (mark === ' ' || mark === '-') oldLeft--;
      if (mark === ' ' || mark === '+') newLeft--;
      if (isBroken || oldLeft < 0 || newLeft < 0) throw new UsageError(`the hunk in line ${first} is broken off`);
      lines.push(line);
      this.#at++;
    }
    // An empty range is counted from the line before it.
    const from = (start: string | undefined, count: number): number => Number(start) + (count === 0 ? 1 : 0);
    return { oldStart: from(oldStart, oldLines), oldLines, newStart: from(newStart, newLines), newLines, lines };
  }
}

function readHeader(patch: OpenPatch, line: string): void {
  const [, what, value = ''] =
    /^(rename from|rename to|copy from|copy to|new file mode|deleted file mode|old mode|new mode|index \S+) ?(.*)$/.exec(
      line,
    ) ?? [];
  if (/^(GIT binary patch|Binary files .* differ)$/.test(line)) patch.isBinary = true;
  if (what === undefined) return;
  if (what.endsWith(' from')) patch.before = unquotePath(value);
  else if (what.endsWith(' to')) patch.after = unquotePath(value);
  else if (value !== '') patch.modes.push(value);
  if (/^(rename|copy)/.test(what)) patch.isPlain = true;
  if (what.startsWith('copy')) patch.isCopy = true;
  if (what === 'new file mode') patch.before = undefined;
  if (what === 'deleted file mode') patch.after = undefined;
}

/** The name of a `---` or `+++` line: quoted, or up to the tab with which the time begins. */
function nameOf(line: string): string | undefined {
  const shown = withoutReturn(line).slice(4);
  const name = shown.startsWith('"') ? shown.replace(/"[^"]*$/, '"') : (shown.split('\t')[0] ?? '');
  return name === '/dev/null' ? undefined : unquotePath(name);
}

function withoutReturn(line: string): string {
  return line.replace(/\r$/, '');
}
