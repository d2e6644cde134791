/** Parses the masked text of one function with tree-sitter and copies the result into the compact tree. */
import { createRequire } from 'node:module';
import type { FunctionTree, SyntaxNode } from './tree.ts';

interface Cursor {
  readonly nodeType: string;
  /** Number of the node's kind in the grammar; much cheaper to read than the name. */
  readonly nodeTypeId: number;
  readonly nodeIsNamed: boolean;
  readonly nodeIsMissing: boolean;
  readonly currentFieldName: string | null;
  readonly startIndex: number;
  readonly endIndex: number;
  gotoFirstChild(): boolean;
  gotoNextSibling(): boolean;
  gotoParent(): boolean;
}
interface NativeTree {
  readonly rootNode: { readonly hasError: boolean };
  walk(): Cursor;
}
interface NativeParser {
  setLanguage(language: unknown): void;
  parse(input: (index: number) => string | null): NativeTree;
}

/** A parser of one function at a time. The native library is loaded when one is made, so not making one costs nothing. */
export interface FunctionParser {
  /**
   * Parses one function.
   * @param source original text of the file (one character per byte)
   * @param masked the same length, with blanks over what breaks the grammar
   * @param start byte offset of the function's first token
   * @param end byte offset behind its closing brace
   * @returns undefined when the text holds no function definition with a body
   */
  parse(source: string, masked: string, start: number, end: number, name: string): FunctionTree | undefined;
  /** The same, but undefined where an ERROR or MISSING node remains: then nothing is copied, which is half of the cost. */
  parseClean(source: string, masked: string, start: number, end: number, name: string): FunctionTree | undefined;
}

/** What is known of a kind of nodes, by its number in the grammar. */
interface Kind {
  readonly name: string;
  readonly isNamed: boolean;
}

/** Makes a parser for C. */
export function createParser(): FunctionParser {
  const require = createRequire(import.meta.url);
  const Parser = require('tree-sitter') as new () => NativeParser;
  const parser = new Parser();
  parser.setLanguage(require('tree-sitter-c'));
  const kinds: Kind[] = [];
  const read = (masked: string, start: number, end: number): NativeTree => {
    const text = masked.slice(start, end);
    // Input over 32 KB must come in pieces: the binding copies into a fixed buffer.
    return parser.parse((index) => (index < text.length ? text.slice(index, index + 8192) : null));
  };
  const copy = (native: NativeTree, source: string, masked: string, start: number, name: string) => {
    const { root, errors, isCut } = copyTree(native.walk(), start, kinds);
    const definition = findDefinition(root);
    const body = definition?.children.find((child) => child.field === 'body');
    if (!definition || body?.kind !== 'compound_statement') return undefined;
    return { name, root: definition, body, source, masked, errors, isCut };
  };
  return {
    parse: (source, masked, start, end, name) => copy(read(masked, start, end), source, masked, start, name),
    parseClean: (source, masked, start, end, name) => {
      const native = read(masked, start, end);
      return native.rootNode.hasError ? undefined : copy(native, source, masked, start, name);
    },
  };
}

/** The versions of the native parser and its grammar. */
export function parserVersions(): string {
  const require = createRequire(import.meta.url);
  const versions = ['tree-sitter', 'tree-sitter-c'].map((name) => {
    const { version } = require(`${name}/package.json`) as { readonly version: string };
    return `${name} ${version}`;
  });
  return versions.join(', ');
}

/** Nodes inside each other; recursive walks of all layers stand twice as many. Written C has some 300 at most. */
const DEEPEST_TREE = 1600;

interface CopiedTree {
  readonly root: SyntaxNode;
  readonly errors: readonly SyntaxNode[];
  readonly isCut: boolean;
}

type Mutable = { -readonly [K in keyof SyntaxNode]: SyntaxNode[K] } & { children: SyntaxNode[] };

/** One cursor walk: node objects of the binding are four times as slow and keep the native tree alive. */
function copyTree(cursor: Cursor, offset: number, kinds: Kind[]): CopiedTree {
  const errors: SyntaxNode[] = [];
  let nextId = 0;
  const make = (parent: Mutable | undefined): Mutable => {
    const { name, isNamed } = kindOf(cursor, kinds);
    const node: Mutable = {
      kind: name,
      isNamed,
      field: cursor.currentFieldName ?? undefined,
      start: cursor.startIndex + offset,
      end: cursor.endIndex + offset,
      parent,
      children: [],
      id: nextId++,
    };
    if (name === 'ERROR' || (node.end === node.start && cursor.nodeIsMissing)) errors.push(node);
    parent?.children.push(node);
    return node;
  };
  const root = make(undefined);
  let current: Mutable = root;
  for (let depth = 0; ;) {
    // Each step of a cursor that deep is slow, too.
    if (depth === DEEPEST_TREE) return { root, errors: [...errors, current], isCut: true };
    if (current.isNamed && cursor.gotoFirstChild()) {
      current = make(current);
      depth++;
      continue;
    }
    while (!cursor.gotoNextSibling()) {
      if (!cursor.gotoParent() || !current.parent) return { root, errors, isCut: false };
      current = current.parent as Mutable;
      depth--;
    }
    if (!current.parent) return { root, errors, isCut: false };
    current = make(current.parent as Mutable);
  }
}

/** ERROR has the largest number there is; 0 belongs to no node. */
function kindOf(cursor: Cursor, kinds: Kind[]): Kind {
  const id = cursor.nodeTypeId;
  const index = id === 65535 ? 0 : id;
  return (kinds[index] ??= { name: cursor.nodeType, isNamed: cursor.nodeIsNamed });
}

function findDefinition(root: SyntaxNode): SyntaxNode | undefined {
  return root.children.find((child) => child.kind === 'function_definition');
}
