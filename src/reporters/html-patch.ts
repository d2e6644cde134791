/**
 * The patch of some functions of a page. These functions stand in the page as they stand here (`String(patchOf)`), so
 * they use nothing but each other and what every browser has.
 */
import type { PageChange, PageFile, PageSource } from './html-data.ts';

/** The part of one file, as bytes in latin1: what `git apply` takes. Empty where no source is given. */
export function patchOf(file: PageFile, sources: readonly PageSource[]): string {
  const changes = sources.flatMap((source) => source.changes).sort((a, b) => a.line - b.line);
  if (changes.length === 0) return '';
  const notes = sources.flatMap((source) => source.notes).map((note) => `${note}\n`);
  let shift = 0;
  const hunks = groupChanges(changes).map((group) => {
    const text = hunkOf(group, shift, file, sources);
    for (const { added, removed } of group) shift += added.length - removed;
    return text;
  });
  return notes.join('') + file.head + hunks.join('');
}

/** Changes whose context would overlap stand in one hunk. */
function groupChanges(changes: readonly PageChange[]): PageChange[][] {
  const groups: PageChange[][] = [];
  let end = -1;
  for (const change of changes) {
    const group = groups[groups.length - 1];
    if (group && change.line - end <= 6) group.push(change);
    else groups.push([change]);
    end = change.line + change.removed;
  }
  return groups;
}

/** Line of the old text, by its number; undefined beyond the end, and where no source shows it. */
function lineAt(line: number, sources: readonly PageSource[]): string | undefined {
  for (const { from, lines } of sources) if (line >= from && line < from + lines.length) return lines[line - from];
  return undefined;
}

function hunkOf(group: readonly PageChange[], shift: number, file: PageFile, sources: readonly PageSource[]): string {
  const [first] = group;
  const last = group[group.length - 1];
  if (!first || !last) return '';
  let start = first.line;
  while (start > first.line - 3 && lineAt(start - 1, sources) !== undefined) start--;
  let end = last.line + last.removed;
  while (end < last.line + last.removed + 3 && lineAt(end, sources) !== undefined) end++;
  const bare = '\\ No newline at end of file\n';
  const body: string[] = [];
  let added = 0;
  const put = (mark: string, text: string, isLast: boolean): void => {
    body.push(`${mark}${text}\n${isLast ? bare : ''}`);
  };
  let at = start;
  for (const change of group) {
    for (; at < change.line; at++) put(' ', lineAt(at, sources) ?? '', at === file.bareLine);
    const isAtEnd = change.removed > 0 && at + change.removed - 1 === file.bareLine;
    for (let count = 0; count < change.removed; count++, at++)
      put('-', lineAt(at, sources) ?? '', at === file.bareLine);
    change.added.forEach((text, index) => put('+', text, isAtEnd && index === change.added.length - 1));
    added += change.added.length - change.removed;
  }
  for (; at < end; at++) put(' ', lineAt(at, sources) ?? '', at === file.bareLine);
  const range = (from: number, count: number): string => (count === 1 ? `${from}` : `${from},${count}`);
  return `@@ -${range(start, end - start)} +${range(start + shift, end - start + added)} @@\n${body.join('')}`;
}

/** What a page has to hold for `patchOf`. */
export const PATCH_FUNCTIONS: readonly ((...given: never[]) => unknown)[] = [patchOf, groupChanges, lineAt, hunkOf];
