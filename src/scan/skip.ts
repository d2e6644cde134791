/**
 * scan: what can be told from the characters alone.
 * Takes the text of one file, one character per byte; returns offsets into it. May not parse, mask, read files, or print.
 *
 * This file: where a comment, a literal or a preprocessor line ends. Every function takes the offset of its first
 * character and returns the offset behind its last one, never more than `end`. A backslash before the end of a line
 * (also `\` CR LF) joins the lines, as in translation phase 2 of C.
 */
const TAB = 9;
const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;
const QUOTE = 34;
const APOSTROPHE = 39;
const STAR = 42;
const SLASH = 47;
const BACKSLASH = 92;

/** Is the newline at this offset joined to the next line? */
export function isSpliced(text: string, newline: number): boolean {
  const before = text.charCodeAt(newline - 1);
  return before === BACKSLASH || (before === RETURN && text.charCodeAt(newline - 2) === BACKSLASH);
}

/** Length of a line splice (`\` newline, `\` CR LF) at this offset, else 0. */
export function spliceLength(text: string, at: number): number {
  if (text.charCodeAt(at) !== BACKSLASH) return 0;
  if (text.charCodeAt(at + 1) === NEWLINE) return 2;
  return text.charCodeAt(at + 1) === RETURN && text.charCodeAt(at + 2) === NEWLINE ? 3 : 0;
}

/** From `/*` to behind the end of the comment; an open one runs to the end of the text. */
export function skipBlockComment(text: string, at: number, end: number): number {
  const close = text.indexOf('*/', at + 2);
  return close < 0 || close + 2 > end ? end : close + 2;
}

/** From `//` to the newline, which is not part of it. */
export function skipLineComment(text: string, at: number, end: number): number {
  for (let newline = text.indexOf('\n', at); newline >= 0 && newline < end; newline = text.indexOf('\n', newline + 1)) {
    if (!isSpliced(text, newline)) return newline;
  }
  return end;
}

/** From the opening quote (`"` or `'`) to behind the closing one; an open literal ends before its newline. */
export function skipQuoted(text: string, at: number, end: number): number {
  const quote = text.charCodeAt(at);
  for (let i = at + 1; i < end; i++) {
    const c = text.charCodeAt(i);
    if (c === quote) return i + 1;
    if (c === NEWLINE) return i;
    if (c === BACKSLASH) i += Math.max(spliceLength(text, i) - 1, 1);
  }
  return end;
}

/** From `#` to the newline that ends the logical line; comments that run over several lines belong to it. */
export function skipDirective(text: string, at: number, end: number): number {
  let i = at + 1;
  while (i < end) {
    const c = text.charCodeAt(i);
    if (c === NEWLINE) {
      if (!isSpliced(text, i)) return i;
    } else if (c === QUOTE || c === APOSTROPHE) {
      i = skipQuoted(text, i, end);
      continue;
    } else if (c === SLASH) {
      const next = text.charCodeAt(i + 1);
      if (next === STAR) {
        i = skipBlockComment(text, i, end);
        continue;
      }
      if (next === SLASH) return skipLineComment(text, i, end);
    }
    i++;
  }
  return end;
}

/** Only blanks stand before this offset on its line, so a `#` here opens a directive. */
export function isLineStart(text: string, at: number, start: number): boolean {
  let i = at - 1;
  while (i >= start) {
    const c = text.charCodeAt(i);
    if (c === NEWLINE) return !isSpliced(text, i);
    if (c === SLASH && text.charCodeAt(i - 1) === STAR) i = text.lastIndexOf('/*', i - 2) - 1;
    else if (c === SPACE || c === TAB || c === RETURN || c === 11 || c === 12) i--;
    else return false;
  }
  return true;
}

/** The name of a directive (`ifdef`), empty for a bare `#` or a line marker. */
export function directiveName(text: string, at: number, end: number): string {
  let from = at + 1;
  for (;;) {
    while (from < end && isBlankOrSplice(text, from)) from += Math.max(spliceLength(text, from), 1);
    if (text.charCodeAt(from) !== SLASH || text.charCodeAt(from + 1) !== STAR || from >= end) break;
    from = skipBlockComment(text, from, end);
  }
  let to = from;
  while (to < end && isLowerLetter(text.charCodeAt(to))) to++;
  return text.slice(from, to);
}

function isBlankOrSplice(text: string, at: number): boolean {
  const c = text.charCodeAt(at);
  return c === SPACE || c === TAB || spliceLength(text, at) > 0;
}

function isLowerLetter(c: number): boolean {
  return (c >= 97 && c <= 122) || c === 95;
}
