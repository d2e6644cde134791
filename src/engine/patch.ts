/** One file's part of a patch that `git apply` takes. Latin1 text: bytes in, bytes out. */
import { type Hunk, renderHunk } from './diff.ts';
import { pathBytes } from './encoding.ts';
import { quotePath } from './quote-path.ts';

/** What a reviewer should know of one function's change. Lines are those of the text before, from 1. */
export interface PatchNote {
  readonly name: string;
  readonly line: number;
  readonly endLine: number;
  /** Verdict and uses. */
  readonly summary: string;
  /** Lines that follow the summary in the patch's comment. */
  readonly details: readonly string[];
}

/**
 * Renders the part of one file: comment lines, which git passes over before `diff --git`, then the hunks, each headed
 * by the functions it touches.
 */
export function renderFilePatch(path: string, hunks: readonly Hunk[], notes: readonly PatchNote[]): string {
  if (hunks.length === 0) return '';
  const [before, after] = [quotePath(`a/${path}`), quotePath(`b/${path}`)];
  return [
    ...notes.flatMap((note) => [
      comment(`${pathBytes(path)}:${note.line} ${note.name}: ${note.summary}`),
      ...note.details.map((detail) => comment(`  ${detail}`)),
    ]),
    `diff --git ${before} ${after}\n`,
    `--- ${before}${tabAfter(path)}\n+++ ${after}${tabAfter(path)}\n`,
    ...hunks.map((hunk) => renderHunk(hunk, headingOf(hunk, notes))),
  ].join('');
}

function comment(text: string): string {
  return `# ${text.replace(/[\r\n]+/g, ' ')}\n`;
}

function headingOf(hunk: Hunk, notes: readonly PatchNote[]): string {
  return notes
    .filter((note) => note.line < hunk.oldStart + hunk.oldLines && note.endLine >= hunk.oldStart)
    .map((note) => `${note.name}: ${note.summary}`)
    .join('; ');
}

/** As git does: without it a name with a blank would end at the blank. */
function tabAfter(path: string): string {
  return path.includes(' ') ? '\t' : '';
}
