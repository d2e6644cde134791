/** Reads just enough of a fixture's C to call its functions and to stand in for what it calls. */
import { scanFunctions } from '../../src/scan/functions.ts';

export interface Parameter {
  readonly type: string;
}

export interface Signature {
  readonly name: string;
  readonly returns: string;
  readonly parameters: readonly Parameter[];
}

/** The functions a text defines, with what their heads say. */
export function definitionsOf(text: string): (Signature & { readonly source: string })[] {
  const plain = withoutComments(text);
  return scanFunctions(plain).functions.map((range) => {
    const head = plain.slice(range.start, range.bodyStart);
    const open = head.indexOf('(', range.nameStart - range.start);
    const close = closingParen(head, open);
    const names = head.slice(open + 1, close);
    return {
      name: range.name,
      returns: cleanType(head.slice(0, range.nameStart - range.start)),
      parameters: isOldStyle(names) ? oldStyle(names, head.slice(close + 1)) : splitParameters(names),
      source: plain.slice(range.start, range.end),
    };
  });
}

/** The prototype of a name, if the text has one. */
export function prototypeOf(text: string, name: string): Signature | undefined {
  const plain = withoutComments(text);
  const match = new RegExp(`^([A-Za-z_][\\w\\s*]*?)\\b${name}\\s*\\(`, 'm').exec(plain);
  if (!match) return undefined;
  const open = match.index + match[0].length - 1;
  const inner = plain.slice(open + 1, closingParen(plain, open));
  return { name, returns: cleanType(match[1] ?? ''), parameters: splitParameters(inner) };
}

export function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[^]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"/g, (found) =>
    found.startsWith('"') ? found : found.replaceAll(/[^\n]/g, ' '),
  );
}

function cleanType(text: string): string {
  return text.replaceAll(/\b(?:static|extern|inline|const|volatile)\b|__attribute__\s*\(\(.*?\)\)/g, ' ').trim();
}

function closingParen(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text[at] === '(') depth++;
    if (text[at] === ')' && --depth === 0) return at;
  }
  return text.length;
}

function splitParameters(text: string): Parameter[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at <= text.length; at++) {
    if (text[at] === '(') depth++;
    if (text[at] === ')') depth--;
    if (at === text.length || (text[at] === ',' && depth === 0)) {
      parts.push(text.slice(from, at).trim());
      from = at + 1;
    }
  }
  return parts.filter((part) => part !== '' && part !== 'void' && part !== '...').map((type) => ({ type }));
}

function isOldStyle(names: string): boolean {
  return /^\s*\w+(?:\s*,\s*\w+)*\s*$/.test(names) && !/^\s*void\s*$/.test(names);
}

/** `int f(a, b) int a; char *b;` */
function oldStyle(names: string, declarations: string): Parameter[] {
  return names.split(',').map((name) => {
    const declaration = new RegExp(`([^;]*\\b${name.trim()}\\b[^;]*);`).exec(declarations)?.[1];
    return { type: (declaration ?? 'int').trim() };
  });
}
