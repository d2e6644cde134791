/**
 * How the code around a function is written, so that what is added looks as if its maintainer had written it.
 * Read from the function first, then from its file; what neither shows comes from the project.
 */
import type { Span } from '../base/span.ts';

export interface HouseStyle {
  readonly newline: '\n' | '\r\n';
  /** One level of indentation. */
  readonly indent: string;
  /** Blanks before a label: a fixed column, or `body` for the indentation of the statements around it. */
  readonly labelIndent: string | 'body';
  /** Label names that the file uses for cleanup, the most frequent first. */
  readonly labelNames: readonly string[];
  /** Names of status variables that the file uses, the most frequent first. */
  readonly statusNames: readonly string[];
  /** `return (x);` */
  readonly returnParens: boolean;
  /** `if (x) { one(); }` over several lines; false where single statements stand without braces. */
  readonly bracesForSingle: boolean;
  /** Declarations only at the head of a block. */
  readonly declarations: 'c89' | 'mixed';
  /** Where a blank line stands before a label: behind a return, and behind a statement that falls into it. */
  readonly blankLineBeforeLabel: { readonly afterReturn: boolean; readonly fallingIn: boolean };
  /** A blank line stands before a `return` at the level of the body. */
  readonly blankLineBeforeReturn: boolean;
  /** How a null pointer is written. */
  readonly nullName: string;
}

export const DEFAULT_HOUSE_STYLE: HouseStyle = {
  newline: '\n',
  indent: '    ',
  labelIndent: '',
  labelNames: [],
  statusNames: [],
  returnParens: false,
  bracesForSingle: true,
  declarations: 'mixed',
  blankLineBeforeLabel: { afterReturn: true, fallingIn: true },
  blankLineBeforeReturn: false,
  nullName: 'NULL',
};

const STATUS = /\breturn\s*\(?\s*(ret|rc|err|r|result|error|res|retval|rv|status)\s*\)?\s*;/g;
const LABEL = /(^|\n)([ \t]*)([A-Za-z_]\w*):[ \t]*(?=\r?\n|\/\*|\/\/|[A-Za-z_}])/g;
const CLEANUP_LABEL =
  /^(?:\w+_)?(?:out|cleanup|clean_up|clean|err|error|done|fail|failed|failure|exit|end|finish|bail|unlock|free)(?:_\w+|\d*)$/i;

/**
 * What files of a project have in common. Of its names for labels and status variables only those that are a habit: a
 * file with a name of its own has it from what its functions do.
 */
export function readProjectStyle(sources: readonly string[]): HouseStyle {
  const text = sources.join('\n');
  const style = refineStyle(text, undefined);
  return { ...style, labelNames: habits(readLabels(text).all), statusNames: habits(readStatusNames(text)) };
}

/** Names that make up a third of all, and occur often enough to be chosen on purpose. */
function habits(names: readonly string[]): string[] {
  const times = (name: string): number => names.filter((other) => other === name).length;
  return byFrequency(names).filter((name) => times(name) >= 6 && times(name) * 3 >= names.length);
}

function readStatusNames(text: string): string[] {
  return [...text.matchAll(STATUS)].map((match) => match[1] ?? '');
}

/** The style of a whole file; `project` stands in for what it does not show. Reads the text once. */
export function readFileStyle(source: string, project?: HouseStyle): HouseStyle {
  return refineStyle(source, project);
}

/** The style at one function: what it shows itself, else its file (read here when not given). */
export function readHouseStyle(source: string, span: Span, fileStyle?: HouseStyle): HouseStyle {
  return refineStyle(source.slice(span.start, span.end), fileStyle ?? readFileStyle(source));
}

function refineStyle(text: string, above: HouseStyle | undefined): HouseStyle {
  const base = above ?? DEFAULT_HOUSE_STYLE;
  const labels = readLabels(text);
  // Taking braces away changes two more lines: only where all levels agree.
  const braces = readBraces(text);
  return {
    newline: majority(text, [/\r\n/g, '\r\n'], [/[^\r]\n/g, '\n']) ?? base.newline,
    indent: readIndent(text) ?? base.indent,
    labelIndent: labels.indent ?? base.labelIndent,
    labelNames: merge(byFrequency(labels.all), base.labelNames),
    statusNames: merge(byFrequency(readStatusNames(text)), base.statusNames),
    returnParens:
      majority(text, [/\breturn\s*\([^;()]*\)\s*;/g, true], [/\breturn\b\s*[^\s(;][^;]*;/g, false]) ??
      base.returnParens,
    bracesForSingle: braces === true || (above?.bracesForSingle ?? braces ?? base.bracesForSingle),
    declarations: readDeclarations(text) ?? base.declarations,
    blankLineBeforeLabel: {
      afterReturn: labels.afterReturn ?? base.blankLineBeforeLabel.afterReturn,
      fallingIn: labels.fallingIn ?? base.blankLineBeforeLabel.fallingIn,
    },
    blankLineBeforeReturn: readReturns(text) ?? base.blankLineBeforeReturn,
    nullName: majority(text, [/\bNULL\b/g, 'NULL'], [/\bnullptr\b/g, 'nullptr']) ?? base.nullName,
  };
}

/** The choice with more matches; undefined when neither occurs. */
function majority<T>(text: string, one: [RegExp, T], other: [RegExp, T]): T | undefined {
  const ones = count(text, one[0]);
  const others = count(text, other[0]);
  if (ones + others === 0) return undefined;
  return ones > others ? one[1] : other[1];
}

function count(text: string, pattern: RegExp): number {
  let found = 0;
  for (const match of text.matchAll(pattern)) if (match) found++;
  return found;
}

/** Indentation of the lines that follow a line ending in `{`, less that of the line itself. */
function readIndent(text: string): string | undefined {
  const seen: string[] = [];
  for (const match of text.matchAll(/(?:^|\n)([ \t]*)[^\n]*\{[ \t]*\r?\n([ \t]+)(?=[^\s])/g)) {
    const [, outer = '', inner = ''] = match;
    if (inner.startsWith(outer) && inner.length > outer.length) seen.push(inner.slice(outer.length));
  }
  return byFrequency(seen)[0];
}

/** Returns one level in: is the line above them blank? */
function readReturns(text: string): boolean | undefined {
  const unit = readIndent(text);
  if (unit === undefined) return undefined;
  const lines = text.split(/\r?\n/);
  const apart: boolean[] = [];
  for (const [index, line] of lines.entries()) {
    const above = lines[index - 1] ?? '';
    if (line.startsWith(`${unit}return`) && /^\s*return\b/.test(line) && !/\{\s*$|^\S/.test(above))
      apart.push(above.trim() === '');
  }
  return most(apart);
}

interface LabelStyle {
  /** Names of labels for cleanup, one for each function that has it. */
  readonly all: readonly string[];
  readonly indent: string | undefined;
  readonly afterReturn: boolean | undefined;
  readonly fallingIn: boolean | undefined;
}

function readLabels(text: string): LabelStyle {
  const names: string[] = [];
  const indents: string[] = [];
  const afterReturn: boolean[] = [];
  const fallingIn: boolean[] = [];
  const targets = new Set([...text.matchAll(/\bgoto\s+([A-Za-z_]\w*)\s*;/g)].map((match) => match[1]));
  const unit = readIndent(text);
  let above: number | undefined;
  for (const match of text.matchAll(LABEL)) {
    const [, , indent = '', name = ''] = match;
    if (!targets.has(name)) continue;
    if (CLEANUP_LABEL.test(name)) names.push(name);
    const column = labelColumn(indent, unit, text.slice(match.index + match[0].length));
    if (column !== undefined) indents.push(column);
    const before = text.slice(Math.max(0, match.index - 200), match.index);
    const last = before.trimEnd().slice(before.trimEnd().lastIndexOf('\n') + 1);
    const isBlank = /\n[ \t]*\r?$/.test(before);
    const isRung = above !== undefined && text.slice(above, match.index).split('\n').length <= RUNG;
    above = match.index + match[0].length;
    if (isRung) continue;
    (/^\s*(?:return\b|goto\b|\})/.test(last) ? afterReturn : fallingIn).push(isBlank);
  }
  return {
    all: names,
    indent: byFrequency(indents)[0],
    afterReturn: most(afterReturn),
    fallingIn: most(fallingIn),
  };
}

/** Lines from one label to the next within a ladder, where blank lines follow another habit. */
const RUNG = 4;

/**
 * The habit that a label shows. One at the head of the line, or one blank from it, shows it anywhere; one level in, it
 * does where the statements below stand in the same column. Labels inside loops and branches show nothing.
 */
function labelColumn(indent: string, unit: string | undefined, behind: string): string | undefined {
  if (indent === '' || indent === ' ') return indent;
  const below = /^[^\n]*\n(?:[ \t]*\r?\n)*([ \t]*)\S/.exec(behind)?.[1];
  return indent === unit && indent === below ? 'body' : undefined;
}

function most(values: readonly boolean[]): boolean | undefined {
  return values.length === 0 ? undefined : values.filter(Boolean).length * 2 > values.length;
}

/** Single statements of an `if` on lines of their own. Without braces only where that is clearly the habit. */
function readBraces(text: string): boolean | undefined {
  const braced = count(text, /\b(?:if|while|for)\b[^\n{};]*\)\s*\{[ \t]*\r?\n[^\n{}]*;[ \t]*\r?\n[ \t]*\}(?!\s*else)/g);
  const plain = count(text, /\b(?:if|while|for)\b[^\n{};]*\)[ \t]*\r?\n[ \t]*[^\s{][^\n{}]*;/g);
  if (braced > 0) return plain < braced * 10;
  return plain >= 8 ? false : undefined;
}

const DECLARATION =
  /^[ \t]+(?:const |struct |unsigned |static |enum |signed |volatile )*(?!return\b|goto\b|else\b|case\b|struct\b|delete\b)[A-Za-z_]\w*[ \t]+\**[ \t]*[A-Za-z_]\w*(?:\[[^\]]*\])?[ \t]*(?:=[^=]|;|,)/;

/** Mixed as soon as a declaration follows a statement at the same level; C89 when there are several functions' worth of none. */
function readDeclarations(text: string): 'c89' | 'mixed' | undefined {
  let afterStatement = false;
  let heads = 0;
  for (const line of text.split('\n')) {
    if (/\{\s*$/.test(line)) {
      afterStatement = false;
      continue;
    }
    if (DECLARATION.test(line)) {
      if (afterStatement) return 'mixed';
      heads++;
    } else if (/^[ \t]+[^\s/*#].*;[ \t]*$/.test(line) && !/^[ \t]+\w+:/.test(line)) {
      afterStatement =
        /^[ \t]+(?:[A-Za-z_][\w.>[\]-]*\s*(?:\(|[-+*/|&^]?=)|return\b|goto\b|\*)/.test(line) || afterStatement;
    } else if (/^[ \t]*\}/.test(line)) {
      afterStatement = true;
    }
  }
  return heads >= 6 ? 'c89' : undefined;
}

function byFrequency(values: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts.entries()].sort((a, b) => b[1] - a[1]).map(([value]) => value);
}

function merge(first: readonly string[], then: readonly string[]): string[] {
  return [...new Set([...first, ...then])];
}
