/**
 * The members of the structs and unions of a file, located by the lexer alone: which stand in one struct, and what shape
 * their declarators have.
 */
import { lex, type Token } from './lex.ts';

export interface Member {
  readonly name: string;
  /** The words before the declarator: `struct s`, `unsigned int`. Not understood (a macro): empty. */
  readonly base: string;
  readonly stars: number;
  /** Brackets behind the name. */
  readonly dimensions: number;
}

/** One struct or union, with the members of the unnamed ones in it. */
export interface Members {
  /** What it is called: `struct s`, and the names of a typedef around it. */
  readonly names: readonly string[];
  readonly list: readonly Member[];
}

/** Stands for the braces of an inner struct, union or enum. */
const BODY = '{}';

/** The type names of the text, wherever it defines them: each a `Member` without a struct. */
export function typeNamesOf(text: string): Member[] {
  const words = lex(text).tokens.map((token) => text.slice(token.start, token.end));
  const found: Member[] = [];
  for (let at = 0; at < words.length; at++) {
    if (words[at] !== 'typedef') continue;
    const declaration: string[] = [];
    for (at++; at < words.length && words[at] !== ';'; at++) {
      declaration.push(words[at] === '{' ? BODY : (words[at] ?? ''));
      if (words[at] === '{') at = closing(words, at);
    }
    found.push(...declaratorsOf(declaration));
  }
  return found;
}

/** Lists the members of every struct and union of the text, in the order in which they end. */
export function membersOf(text: string): readonly Members[] {
  const found: Members[] = [];
  const { tokens } = lex(text);
  const spelled = (token: Token | undefined): string => (token ? text.slice(token.start, token.end) : '');
  const words = tokens.map(spelled);
  for (let at = 0; at < words.length; at++) {
    const open = /^(struct|union)$/.test(words[at] ?? '') ? bodyAfter(words, at + 1) : undefined;
    if (open === undefined) continue;
    const tag = WORD.test(words[open - 1] ?? '') && open > at + 1 ? [`${words[at]} ${words[open - 1]}`] : [];
    const { end } = readBody(words, open, found, tag);
    const isTypedef = words[at - 1] === 'typedef' || (words[at - 1] === 'const' && words[at - 2] === 'typedef');
    if (isTypedef) addNames(found, words, end);
    at = end;
  }
  return found;
}

/** The names behind the body of a typedef belong to the struct that was read last. */
function addNames(found: Members[], words: readonly string[], end: number): void {
  const last = found.pop();
  const behind = words.indexOf(';', end);
  if (!last || behind < 0) return;
  const names = declaratorsOf(['struct', BODY, ...words.slice(end + 1, behind)]).filter(
    ({ stars, dimensions }) => stars === 0 && dimensions === 0,
  );
  found.push({ ...last, names: [...last.names, ...names.map(({ name }) => name)] });
}

/** The index of the `{` behind a tag and attributes; undefined where no body follows. */
function bodyAfter(words: readonly string[], from: number): number | undefined {
  let depth = 0;
  for (let at = from; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === '(') depth++;
    else if (word === ')') depth--;
    else if (depth === 0 && word === '{') return at;
    else if (depth === 0 && !/^[\w$]+$/.test(word)) return undefined;
    if (depth < 0) return undefined;
  }
  return undefined;
}

/** Reads from a `{` to its `}`; inner bodies are listed, too. */
function readBody(
  words: readonly string[],
  open: number,
  found: Members[],
  names: readonly string[] = [],
): { readonly members: Member[]; readonly end: number } {
  const members: Member[] = [];
  let declaration: string[] = [];
  let inner: readonly Member[] | undefined;
  let at = open + 1;
  for (; at < words.length && words[at] !== '}'; at++) {
    const word = words[at] ?? '';
    if (word === '{') {
      const isEnum = declaration.includes('enum');
      const body = isEnum ? { members: [], end: closing(words, at) } : readBody(words, at, found, tagOf(declaration));
      inner = isEnum ? inner : body.members;
      declaration.push(BODY);
      at = body.end;
    } else if (word === ';') {
      const named = declaratorsOf(declaration);
      members.push(...named);
      // `struct { int a; };`: its members are members of this one.
      if (inner && named.length === 0) members.push(...inner);
      declaration = [];
      inner = undefined;
    } else declaration.push(word);
  }
  found.push({ names, list: members });
  return { members, end: at };
}

/** `struct s` of a declaration whose body comes next. */
function tagOf(declaration: readonly string[]): string[] {
  const at = declaration.findLastIndex((word) => word === 'struct' || word === 'union');
  const tag = declaration[at + 1];
  return at >= 0 && tag !== undefined ? [`${declaration[at]} ${tag}`] : [];
}

function closing(words: readonly string[], open: number): number {
  let depth = 0;
  for (let at = open; at < words.length; at++) {
    if (words[at] === '{') depth++;
    if (words[at] === '}' && --depth === 0) return at;
  }
  return words.length;
}

/** `int a, *b[3], (*c)(void), d : 1` of a declaration without its `;` and without the bodies in it. */
function declaratorsOf(declaration: readonly string[]): Member[] {
  const parts: string[][] = [[]];
  let depth = 0;
  for (const word of declaration) {
    if (/^[([]$/.test(word)) depth++;
    if (/^[)\]]$/.test(word)) depth--;
    if (word === ',' && depth === 0) parts.push([]);
    else parts.at(-1)?.push(word);
  }
  const first = declaratorOf(parts[0] ?? []);
  const rest = parts.slice(1).map((part) => declaratorOf(part));
  return [first, ...rest].flatMap((one) => (one === undefined ? [] : [{ ...one, base: first?.base ?? '' }]));
}

const WORD = /^[A-Za-z_$][\w$]*$/;
/** Words that are no part of a type's name. */
const QUALIFIER = /^(const|volatile|restrict|__restrict|_Atomic|register|__volatile__|__const)$/;
const SPECIFIER =
  /^(struct|union|enum|unsigned|signed|char|short|int|long|float|double|void|_Bool|bool|__signed__|__extension__)$/;

function declaratorOf(part: readonly string[]): Member | undefined {
  const pointer = part.findIndex((word, index) => word === '(' && part[index + 1] === '*');
  if (pointer >= 0) {
    // A pointer to a function or to an array: what stands behind belongs to what it points to.
    const name = part.slice(pointer).find((word) => WORD.test(word) && !QUALIFIER.test(word));
    return name === undefined ? undefined : { name, base: '', stars: 1, dimensions: 0 };
  }
  const bracket = part.findIndex((word) => word === '[' || word === ':');
  const head = bracket < 0 ? part : part.slice(0, bracket);
  const last = head.at(-1);
  // What ends in parentheses is a macro or has an attribute: its shape is not told.
  if (last === undefined || !WORD.test(last) || SPECIFIER.test(last)) return undefined;
  const before = head.slice(0, -1).filter((word) => !QUALIFIER.test(word));
  const isTagAlone = before.length === 1 && /^(struct|union|enum)$/.test(before[0] ?? '');
  if (isTagAlone) return undefined;
  const base = before.includes('(') ? '' : before.filter((word) => word !== '*').join(' ');
  return {
    name: last,
    base,
    stars: before.filter((word) => word === '*').length,
    dimensions: part.filter((word) => word === '[').length,
  };
}
