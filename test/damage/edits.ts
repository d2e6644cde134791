/** Changes to the lines of a subject; each returns the text of the whole file. */
import { type LineNumber, range, type Subject } from './subject.ts';

/** A statement that is a call and nothing else. */
const CALL = /^\s*\w+\(.*\);\s*(?:\/\/.*|\/\*.*\*\/)?\s*$/;

export function replaceLine(subject: Subject, line: LineNumber, ...by: readonly string[]): string {
  const lines = [...subject.lines];
  lines.splice(line, 1, ...by);
  return lines.join('\n');
}

export function moveLine(subject: Subject, from: LineNumber, to: LineNumber): string {
  const lines = [...subject.lines];
  const [moved = ''] = lines.splice(from, 1);
  lines.splice(to, 0, moved);
  return lines.join('\n');
}

export function lineAt(subject: Subject, line: LineNumber): string {
  return subject.lines[line] ?? '';
}

export function indentOf(line: string): string {
  return /^\s*/.exec(line)?.[0] ?? '';
}

/** Calls of the cleanup block that stand as statements, guarded ones included. */
export function releases(subject: Subject): LineNumber[] {
  return range(subject.block.from, subject.block.to - 1).filter((line) => CALL.test(lineAt(subject, line)));
}

/** Calls in front of the block that stand as statements. */
export function bodyCalls(subject: Subject): LineNumber[] {
  return range(subject.first + 1, subject.block.from - 2).filter((line) => CALL.test(lineAt(subject, line)));
}

/** Assignments to the status in front of the block: line, indentation and value. */
export function statusStores(subject: Subject): { line: LineNumber; indent: string; value: string }[] {
  if (subject.status === undefined) return [];
  const pattern = new RegExp(`^(\\s*)${subject.status} = ([^;]*);`);
  return range(subject.first, subject.block.from - 1).flatMap((line) => {
    const match = pattern.exec(lineAt(subject, line));
    return match ? [{ line, indent: match[1] ?? '', value: match[2] ?? '' }] : [];
  });
}

/** The declaration of the status, if it stands on a line of its own. */
export function statusDeclaration(subject: Subject): { line: LineNumber; type: string; rest: string } | undefined {
  if (subject.status === undefined) return undefined;
  const pattern = new RegExp(`^\\s*((?:const )?[\\w ]+?[ *]+)${subject.status}( = [^;,]*)?;`);
  for (const line of range(subject.first, subject.block.from - 1)) {
    const match = pattern.exec(lineAt(subject, line));
    if (match && !/^\s*(?:return|goto)\b/.test(lineAt(subject, line)))
      return { line, type: (match[1] ?? '').trim(), rest: match[2] ?? '' };
  }
  return undefined;
}
