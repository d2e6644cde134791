/**
 * What stands in a file outside of its functions, piece by piece: which names each piece gives a meaning, and which it
 * uses itself. Two versions of a file can so be compared, whatever the order of what they declare. Nothing is parsed;
 * where it can't be told which names a declaration defines, too many are named.
 */
import { ConditionIndex, parseMacro, scanDefinitions } from './definitions.ts';
import type { FileDefinitions, Prototype } from './definitions.ts';
import { scanFunctions } from './functions.ts';
import { lex } from './lex.ts';
import type { Directive, Token } from './lex.ts';
import { withoutComments } from './condition.ts';

/** One directive, declaration or function head. */
export interface TopLevelItem {
  /** `function`: a prototype, or the head of a definition. `pragma`: any line that changes what all others mean. */
  readonly kind: 'macro' | 'undef' | 'include' | 'pragma' | 'function' | 'declaration' | 'rest';
  /** The names it defines or declares; empty for an include, a pragma and what is not understood. */
  readonly names: readonly string[];
  /** Its tokens, one blank between two, comments left out; a function without storage class and names of parameters. */
  readonly text: string;
  /** Formulas of the `#if` lines around it. */
  readonly conditions: readonly string[];
  /** All words of the text and the conditions that may have a meaning of their own. */
  readonly words: ReadonlySet<string>;
  /** Declares an object that other files can't name. */
  readonly isStaticObject: boolean;
  readonly start: number;
}

/** A file as the pieces that stand outside of its functions, in source order. Never throws, whatever the text. */
export function topLevelItems(text: string, definitions: FileDefinitions = scanDefinitions(text)): TopLevelItem[] {
  const directives = new Map<number, Directive>();
  const declarations = new Map<number, { readonly end: number; readonly isStatic: boolean }>();
  scanFunctions(text, {
    directive: (name, start, end) => directives.set(start, { name, start, end }),
    declaration: (start, end, head) => declarations.set(start, { end, isStatic: head.isStatic }),
  });
  const lines = [...directives.values()].toSorted((a, b) => a.start - b.start);
  const conditions = new ConditionIndex(text, lines);
  const prototypes = new Map(definitions.prototypes.map((prototype) => [prototype.start, prototype]));
  const items = lines.flatMap((line) => directiveItem(text, line, conditions));
  for (const [start, { end, isStatic }] of declarations) {
    const prototype = prototypes.get(start);
    items.push(prototype ? prototypeItem(prototype) : declarationItem(text, { start, end }, isStatic, conditions));
  }
  for (const { name, start, bodyStart, conditions: around } of definitions.functions)
    items.push(functionItem(name, text.slice(start, bodyStart), start, around));
  const rest = restItem(text, [
    ...[...declarations].map(([start, { end }]) => ({ start, end })),
    ...definitions.functions,
  ]);
  return [...items, ...rest].toSorted((a, b) => a.start - b.start);
}

/** `#if` and its like are not pieces: they are the conditions of others. */
function directiveItem(
  text: string,
  { name, start, end }: Directive,
  conditions: ConditionIndex,
): readonly TopLevelItem[] {
  if (/^(if|ifdef|ifndef|elif|elifdef|elifndef|else|endif|)$/.test(name)) return [];
  const line = withoutComments(text.slice(start, end)).replace(/\s+/g, ' ').trim();
  const around = conditions.at(start);
  const item = (kind: TopLevelItem['kind'], names: readonly string[]): TopLevelItem => ({
    kind,
    names,
    text: line.replace(/^# /, '#'),
    conditions: around,
    // The path of an include is no word, but `#include HEADER` uses a macro.
    words: wordsOf(line.replace(/^#\s*\w+/, '').replace(kind === 'include' ? /["<].*/ : '', ''), around),
    isStaticObject: false,
    start,
  });
  if (name === 'define') {
    const macro = parseMacro(line);
    return macro ? [item('macro', [macro.name])] : [item('pragma', [])];
  }
  if (name === 'undef') return [item('undef', line.match(/[\w$]+$/) ?? [])];
  return [item(/^(include|include_next|import)$/.test(name) ? 'include' : 'pragma', [])];
}

function prototypeItem({ name, text, start, conditions }: Prototype): TopLevelItem {
  return functionItem(name, text, start, conditions);
}

const STORAGE = /^(static|extern|inline|__inline|__inline__|register)$/;
const QUALIFIER = /^(const|volatile|restrict|__restrict|struct|union|enum)$/;

/** A prototype and the definition it announces say the same, whatever they call the parameters. */
function functionItem(name: string, head: string, start: number, conditions: readonly string[]): TopLevelItem {
  const words = spelled(head, lex(head).tokens).filter((word) => !STORAGE.test(word));
  const types = words.filter((word, index) => {
    const [before = '', after = ''] = [words[index - 1], words[index + 1]];
    const isLast = after === ',' || after === ')' || after === '[';
    const isNamed = isLast && (before === '*' || (/^[A-Za-z_]/.test(before) && !QUALIFIER.test(before)));
    return !isNamed || !/^[A-Za-z_]/.test(word) || word === name || QUALIFIER.test(word) || isTypeWord(word);
  });
  const text = types.join(' ');
  return {
    kind: 'function',
    names: [name],
    text,
    conditions,
    words: wordsOf(text, conditions),
    isStaticObject: false,
    start,
  };
}

function isTypeWord(word: string): boolean {
  return /^(void|char|short|int|long|signed|unsigned|float|double|_Bool|bool)$/.test(word);
}

function declarationItem(
  text: string,
  { start, end }: { readonly start: number; readonly end: number },
  isStatic: boolean,
  conditions: ConditionIndex,
): TopLevelItem {
  const { tokens, directives } = lex(text, start, end);
  const words = spelled(text, tokens);
  const all = [...tokens, ...directives].toSorted((a, b) => a.start - b.start);
  const source = spelled(text, all).join(' ');
  const around = conditions.at(start);
  return {
    kind: 'declaration',
    names: [...new Set(declaredNames(words))],
    text: source,
    conditions: around,
    words: wordsOf(source, around),
    isStaticObject: isStatic,
    start,
  };
}

const TYPE_WORD =
  /^(void|char|short|int|long|float|double|signed|unsigned|_Bool|bool|struct|union|enum|typeof|__typeof__)$/;
const NO_NAME =
  /^(static|extern|typedef|inline|__inline|__inline__|const|volatile|restrict|register|_Thread_local|__thread|thread_local|_Atomic|__extension__|__attribute__|void|char|short|int|long|float|double|signed|unsigned|_Bool|bool|struct|union|enum|sizeof|typeof|__typeof__)$/;

/**
 * Names of the objects, types, tags and enumerators of a declaration, `typedef struct s { enum { A } k; } t, *u;` gives
 * s, A, t and u. Perhaps too many: with a macro among the specifiers the name of a type may be one of them.
 */
function declaredNames(words: readonly string[]): string[] {
  const names: string[] = [];
  const open: string[] = [];
  const outer: string[] = [];
  let isValue = false;
  for (const [index, word] of words.entries()) {
    const before = words[index - 1] ?? '';
    const after = words[index + 1] ?? '';
    if (/^[([{]$/.test(word)) open.push(word === '{' && isEnumBody(words, index) ? 'enum' : word);
    else if (/^[)\]}]$/.test(word)) open.pop();
    else if (open.length === 0 && word === '=') isValue = true;
    else if (open.length === 0 && (word === ',' || word === ';')) isValue = false;
    if (!/^[A-Za-z_$]/.test(word) || NO_NAME.test(word)) continue;
    const isTag = /^(struct|union|enum)$/.test(before);
    if (isTag ? after === '{' : open.at(-1) === 'enum' && /^[{,]$/.test(before)) names.push(word);
    else if (!isTag && !isValue && open.every((one) => one === '(')) outer.push(word);
  }
  const isTyped = words.some((word) => TYPE_WORD.test(word));
  return [...names, ...(isTyped || outer.length < 2 ? outer : outer.slice(1))];
}

/** `enum {`, `enum color {`, `enum __attribute__((packed)) color {`. */
function isEnumBody(words: readonly string[], brace: number): boolean {
  const from = words.slice(0, brace).findLastIndex((word) => /^[;{}=]$/.test(word)) + 1;
  return words.slice(from, brace).includes('enum');
}

/** What belongs to nothing that was found: `MODULE_LICENSE("x")`, `extern "C" {`. One item for all of it. */
function restItem(text: string, spans: readonly { readonly start: number; readonly end: number }[]): TopLevelItem[] {
  const { tokens } = lex(text);
  const sorted = spans.toSorted((a, b) => a.start - b.start);
  let at = 0;
  const left = tokens.filter((token) => {
    while ((sorted[at]?.end ?? Infinity) <= token.start) at++;
    return !(token.start >= (sorted[at]?.start ?? Infinity));
  });
  const [first] = left;
  if (!first) return [];
  const source = spelled(text, left).join(' ');
  const words = wordsOf(source, []);
  return [{ kind: 'rest', names: [], text: source, conditions: [], words, isStaticObject: false, start: first.start }];
}

function spelled(text: string, parts: readonly Pick<Token, 'start' | 'end'>[]): string[] {
  return parts.map(({ start, end }) => text.slice(start, end));
}

/** The words of a text and of conditions. */
export function wordsOf(text: string, conditions: readonly string[]): Set<string> {
  return new Set([text, ...conditions].flatMap((part) => part.match(/[A-Za-z_$][\w$]*/g) ?? []));
}
