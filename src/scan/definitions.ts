/**
 * What a file defines and declares, located by the lexer alone: macros, includes, prototypes, functions, and the field
 * names that may never be cached. Nothing is parsed, so this is cheap enough for every header of a repository.
 */
import type { Span } from '../base/span.ts';
import { negate, parseCondition, renderCondition, withoutComments, type Condition } from './condition.ts';
import { scanFunctions, type FunctionRange } from './functions.ts';
import { looksLikeAttribute, nameOf, type Group, type Head } from './head.ts';
import { lex, type Directive, type Token } from './lex.ts';
import { plainText } from './plain-text.ts';

export interface MacroDefinition {
  readonly name: string;
  /** Parameter names without the `...`; undefined for an object-like macro. */
  readonly params: readonly string[] | undefined;
  readonly isVariadic: boolean;
  /** Replacement text, splices and comments replaced by blanks. */
  readonly body: string;
  /** The whole logical line, from `#`. */
  readonly start: number;
  readonly end: number;
  /** Formulas that all hold here, outermost first; `#else` gives the contrary of its `#if`. No include guards. */
  readonly conditions: readonly string[];
}

export interface Include {
  readonly path: string;
  /** Written with `<>`. */
  readonly isSystem: boolean;
  readonly start: number;
  readonly conditions: readonly string[];
}

/** A declaration of a function at the top level. */
export interface Prototype {
  readonly name: string;
  readonly start: number;
  /** Offset behind `;`. */
  readonly end: number;
  /** Without the `;`. */
  readonly text: string;
  /** Words and calls around the declarator that are no part of the type: `__attribute__((noreturn))`, `NORETURN`. */
  readonly attributes: readonly string[];
  readonly conditions: readonly string[];
}

export interface FunctionDefinition extends FunctionRange {
  readonly conditions: readonly string[];
}

export interface FileDefinitions {
  readonly macros: readonly MacroDefinition[];
  readonly includes: readonly Include[];
  /** Each `#undef`, but those whose next line defines the name again. */
  readonly undefinitions: readonly { readonly name: string; readonly conditions: readonly string[] }[];
  readonly prototypes: readonly Prototype[];
  readonly functions: readonly FunctionDefinition[];
  /** Names of types. Those of an enumeration or of numbers have the words of that type: `enum`, `unsigned int`. */
  readonly typedefs: ReadonlyMap<string, string | undefined>;
  /** Fields declared volatile or _Atomic, and members of unions, wherever they are in the file. */
  readonly volatileFields: readonly string[];
}

/** Lists what a file defines. Never throws, whatever the text. */
export function scanDefinitions(written: string): FileDefinitions {
  const text = plainText(written);
  const directives = new Map<number, Directive>();
  const prototypes = new Map<number, Omit<Prototype, 'conditions'>>();
  const types = new Map<number, TypeName>();
  // A scan that recovers from an unbalanced function passes some lines twice: what is found is kept by its offset.
  const { functions } = scanFunctions(text, {
    directive: (name, start, end) => directives.set(start, { name, start, end }),
    declaration: (start, end, head) => {
      const prototype = prototypeOf(text, start, end, head);
      if (prototype) prototypes.set(start, prototype);
      const type = head.isTypedef && !prototype ? readTypedef(text.slice(start, end)) : undefined;
      if (type) types.set(start, type);
    },
  });
  const lines = [...directives.values()].toSorted((a, b) => a.start - b.start);
  const conditions = new ConditionIndex(text, lines);
  const byStart = [...prototypes.values()].toSorted((a, b) => a.start - b.start);
  return {
    ...preprocessorDefinitions(text, lines, conditions),
    prototypes: byStart.map((prototype) => ({ ...prototype, conditions: conditions.at(prototype.start) })),
    functions: functions.map((range) => ({ ...range, conditions: conditions.at(range.nameStart) })),
    typedefs: typedefsOf(types, conditions),
    volatileFields: volatileFields(text),
  };
}

function preprocessorDefinitions(
  text: string,
  lines: readonly Directive[],
  conditions: ConditionIndex,
): Pick<FileDefinitions, 'macros' | 'includes' | 'undefinitions'> {
  const macros: MacroDefinition[] = [];
  const includes: Include[] = [];
  const undefinitions: { name: string; conditions: readonly string[] }[] = [];
  for (const [index, { name, start, end }] of lines.entries()) {
    const line = text.slice(start, end);
    if (name === 'define') {
      const macro = parseMacro(line);
      if (!macro) continue;
      const { params, isVariadic, body } = macro;
      macros.push({ name: macro.name, params, isVariadic, body, start, end, conditions: conditions.at(start) });
    } else if (name === 'undef') {
      const gone = /^#\s*undef\s+([\w$]+)/.exec(line)?.[1];
      const next = lines[index + 1];
      const isReplaced = next?.name === 'define' && parseMacro(text.slice(next.start, next.end))?.name === gone;
      if (gone !== undefined && !isReplaced) undefinitions.push({ name: gone, conditions: conditions.at(start) });
    } else if (name === 'include' || name === 'include_next' || name === 'import') {
      const match = /^#\s*\w+\s*(?:"([^"\n]*)"|<([^>\n]*)>)/.exec(line);
      const path = match?.[1] ?? match?.[2];
      if (path !== undefined) {
        includes.push({ path, isSystem: match?.[1] === undefined, start, conditions: conditions.at(start) });
      }
    }
  }
  return { macros, includes, undefinitions };
}

/** Reads `#define NAME(a, b...) body`. */
export function parseMacro(line: string): Omit<MacroDefinition, 'start' | 'end' | 'conditions'> | undefined {
  // Headers of registers have a hundred thousand of these: most need no cleaning.
  const text = /\/[*/]|\\\r?\n/.test(line) ? withoutComments(line) : line;
  const match = /^#\s*define\s+([\w$]+)(?:\(([^)]*)\))?(.*)$/s.exec(text);
  if (match?.[1] === undefined) return undefined;
  const names = match[2]?.split(',').map((name) => name.trim());
  const params = names?.map((name) => name.replace(/\s*\.\.\.$/, '')).filter((name) => name !== '');
  const body = (match[3] ?? '').trim();
  return {
    name: match[1],
    params,
    isVariadic: names?.some((name) => name.endsWith('...')) ?? false,
    body: /\s\s|[\t\r]/.test(body) ? withoutComments(body) : body,
  };
}

/** Which conditions enclose an offset, formulas that all hold there, outermost first; include guards left out. */
export class ConditionIndex {
  readonly #starts: number[] = [0];
  readonly #branches: (Branch | undefined)[] = [undefined];

  constructor(text: string, lines: readonly Directive[]) {
    const guard = includeGuard(text, lines);
    const open: { passed: Condition[]; current: Condition; branch: Branch | undefined }[] = [];
    for (const { name, start, end } of lines) {
      const top = open.at(-1);
      if (name.startsWith('if'))
        open.push({ passed: [], current: parseCondition(text.slice(start, end)), branch: undefined });
      else if (name === 'endif') open.pop();
      else if (top && (name === 'else' || name.startsWith('elif'))) {
        top.passed.push(top.current);
        top.current = name === 'else' ? { kind: 'constant', value: true } : parseCondition(text.slice(start, end));
      } else continue;
      this.#starts.push(end);
      const changed = open.at(-1);
      if (changed && name !== 'endif') {
        const own = renderGroup(changed).filter((condition) => condition !== guard);
        changed.branch = { outer: open.at(-2)?.branch, own };
      }
      this.#branches.push(changed?.branch);
    }
  }

  at(offset: number): readonly string[] {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return conditionsOf(this.#branches[low]);
  }
}

/** One branch of an `#if`: what holds there alone, and the branch around it. Lists in full would grow with the square. */
interface Branch {
  readonly outer: Branch | undefined;
  readonly own: readonly string[];
}

function conditionsOf(branch: Branch | undefined): readonly string[] {
  const inwards: (readonly string[])[] = [];
  for (let at = branch; at; at = at.outer) inwards.push(at.own);
  return inwards.toReversed().flat();
}

function renderGroup({ passed, current }: { passed: readonly Condition[]; current: Condition }): string[] {
  const all = [...passed.map(negate), current];
  return all.filter((condition) => condition.kind !== 'constant' || !condition.value).map(renderCondition);
}

/** `#ifndef X_H`, `#define X_H` at the top of a header says nothing about what is in it. */
function includeGuard(text: string, [first, ...next]: readonly Directive[]): string | undefined {
  if (!first?.name.startsWith('if')) return undefined;
  const condition = parseCondition(text.slice(first.start, first.end));
  if (condition.kind !== 'not') return undefined;
  const guarded = renderCondition(condition.operand);
  const isDefined = next.slice(0, 5).some(({ name, start, end }) => {
    const macro = name === 'define' ? parseMacro(text.slice(start, end)) : undefined;
    return macro !== undefined && macro.params === undefined && guarded === `defined(${macro.name})`;
  });
  return isDefined && /_H_*\)$|_H_|INCLUDED|HEADER/i.test(guarded) ? renderCondition(condition) : undefined;
}

/** A function's declaration; undefined for variables, types and macro invocations. */
function prototypeOf(text: string, start: number, end: number, head: Head): Omit<Prototype, 'conditions'> | undefined {
  if (head.groups.length === 0 || head.isTypedef || head.hasAssignment || head.isControl) return undefined;
  const name = nameOf(text, head.groups);
  if (!name || name.start === start || text.slice(start, name.start).includes('[')) return undefined;
  const group = head.groups.find((candidate) => candidate.nameStart === name.start);
  if (group ? !isParameterList(text, group, head.groups) : isPointerVariable(text, name, head)) return undefined;
  const behind = group?.close ?? head.groups.at(-1)?.close ?? name.end;
  const isTyped = group === undefined || group.wordsBefore > 0 || group !== head.groups[0];
  if (!isTyped) return undefined;
  return {
    name: text.slice(name.start, name.end),
    start,
    end,
    text: text.slice(start, end - 1),
    attributes: [...leadingAttributes(text, start, name.start), ...trailingAttributes(text, behind + 1, end - 1)],
  };
}

/** `int x ATTR(8);` declares a variable: a name that looks like an attribute must have something like parameters. */
function isParameterList(text: string, group: Group, groups: readonly Group[]): boolean {
  const name = text.slice(group.nameStart, group.nameEnd);
  if (!looksLikeAttribute(name) || groups.length > 1) return true;
  return /^\s*(void)?\s*$|[\w$]\s+[\w$]|\*/.test(text.slice(group.open + 1, group.close));
}

/** `int (*hook)(int);` but not `int (*find(int a))(void);`. */
function isPointerVariable(text: string, name: Span, head: Head): boolean {
  const outer = head.groups.find((group) => group.open < name.start && group.close > name.start);
  return outer !== undefined && text.slice(outer.open + 1, name.start).includes('*') && text[name.end] !== '(';
}

function leadingAttributes(text: string, from: number, to: number): string[] {
  return attributeTexts(text, from, to).filter(
    (word) => looksLikeAttribute(word.split('(')[0] ?? '') || word === '_Noreturn',
  );
}

function trailingAttributes(text: string, from: number, to: number): string[] {
  return attributeTexts(text, from, to);
}

/** Words of a stretch of text, each with its parentheses. */
function attributeTexts(text: string, from: number, to: number): string[] {
  const { tokens } = lex(text, from, Math.max(from, to));
  const words: string[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (token?.kind !== 'identifier') continue;
    const last = closingParenthesis(text, tokens, i + 1);
    words.push(text.slice(token.start, tokens[last]?.end ?? token.end));
    i = last;
  }
  return words;
}

/** Index of the `)` that closes the `(` at this index; the index before it when there is none. */
function closingParenthesis(text: string, tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let i = open; i < tokens.length; i++) {
    const c = text[tokens[i]?.start ?? 0];
    if (c === '(') depth++;
    else if (c === ')') depth--;
    if (depth === 0) return i === open ? open - 1 : i;
  }
  return open - 1;
}

/** The words are those of a number type or `enum`, and absent for all else. */
interface TypeName {
  readonly name: string;
  readonly words: string | undefined;
}

/** `typedef struct { ... } name;`, `typedef int (*name)(void), other;` (only the first of several pointers). */
function readTypedef(declaration: string): TypeName | undefined {
  const tail = declaration.slice(declaration.lastIndexOf('}') + 1);
  const pointer = /\(\s*\*\s*(?:\w+\s+)?([A-Za-z_]\w*)\s*\)\s*\(/.exec(tail);
  const plain = /([A-Za-z_]\w*)\s*(?:\([^()]*\)|\[[^\]]*\])*\s*(?:__attribute__.*)?;$/s.exec(tail);
  const name = pointer?.[1] ?? plain?.[1];
  return name === undefined ? undefined : { name, words: plainType(declaration, name) };
}

/** What is a number under one choice of `#if` may be anything under another, or in a header that is not seen. */
function typedefsOf(
  types: ReadonlyMap<number, TypeName>,
  conditions: ConditionIndex,
): ReadonlyMap<string, string | undefined> {
  const found = new Map<string, string | undefined>();
  for (const [start, type] of types) {
    const words = conditions.at(start).length > 0 ? undefined : type.words;
    found.set(type.name, found.has(type.name) && found.get(type.name) !== words ? undefined : words);
  }
  return found;
}

/** `enum` for `typedef enum { ... } name;`, the words for `typedef unsigned int name;`; undefined for all else. */
function plainType(declaration: string, name: string): string | undefined {
  const text = withoutComments(declaration).replace(/\s+/g, ' ').trim();
  if (/^typedef enum( \w+)? ?\{[^{}]*\} ?\w+ ?;$/.test(text)) return 'enum';
  const words = /^typedef ([\w ]+?) \w+ ?;$/.exec(text)?.[1];
  if (words === undefined || /\b(struct|union|void|const|volatile)\b/.test(words)) return undefined;
  return words.startsWith('enum ') ? 'enum' : words === name ? undefined : words;
}

const VOLATILE =
  /\b(?:volatile\b|__volatile__\b|_Atomic\b(?:\s*\([^()]*\))?|atomic_(?:u?(?:char|short|int|long|llong)|bool|[a-z0-9]+_t)\b)/g;

const SAYS_VOLATILE = new RegExp(VOLATILE.source);

/** Does the text say volatile or atomic? */
export function saysVolatile(text: string): boolean {
  return SAYS_VOLATILE.test(text);
}

/** Names declared with one of the words, which stand for a volatile type: as `volatileFields`. */
export function namesDeclaredWith(text: string, words: Iterable<string>): ReadonlySet<string> {
  const fields = new Set<string>();
  const pattern = new RegExp(
    `(?<![\\w$])(?:${[...words].map((word) => word.replaceAll('$', '\\$')).join('|')})(?![\\w$])`,
    'g',
  );
  for (const match of text.matchAll(pattern)) addDeclared(text, match.index + match[0].length, fields);
  return fields;
}

/** Over-approximates: variables of these names are listed too, and a pointer to volatile counts as volatile itself. */
function volatileFields(text: string): string[] {
  const fields = new Set<string>();
  for (const match of text.matchAll(VOLATILE)) addDeclared(text, match.index + match[0].length, fields);
  let behind = 0;
  for (const match of text.matchAll(/\bunion\b[^;{}()]*\{/g)) {
    // An inner union was read with its outer one.
    if (match.index >= behind) behind = addMembers(text, match.index + match[0].length - 1, fields);
  }
  return [...fields].toSorted();
}

/** The names declared from here to the `;` that ends the declaration. */
function addDeclared(text: string, from: number, fields: Set<string>): void {
  const end = text.slice(from, from + 400).search(/[;{})]/);
  if (end < 0 || text[from + end] === ')') return;
  const { tokens } = lex(text, from, from + end + 1);
  collectNames(text, tokens, fields);
}

/** All members of the block that opens here, those of inner structs included. Returns the offset behind it. */
function addMembers(text: string, open: number, fields: Set<string>): number {
  let depth = 0;
  let at = open;
  do {
    if (text[at] === '{') depth++;
    else if (text[at] === '}') depth--;
    at++;
  } while (depth > 0 && at < text.length);
  collectNames(text, lex(text, open, at).tokens, fields);
  return at;
}

/** Identifiers right before `;`, `,`, `[`, `:`, `=`, or the `)` of `(*name)`. */
function collectNames(text: string, tokens: readonly Token[], fields: Set<string>): void {
  for (const [index, token] of tokens.entries()) {
    const next = tokens[index + 1];
    if (token.kind !== 'identifier' || !next) continue;
    if (/^[;,[:=)]$/.test(text.slice(next.start, next.end))) fields.add(text.slice(token.start, token.end));
  }
}
