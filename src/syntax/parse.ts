/** Parses the masked text of one function with tree-sitter and copies the result into the compact tree. */
import { createRequire } from 'node:module';
import type { FunctionTree, SyntaxNode } from './tree.ts';

interface Cursor {
  readonly nodeType: string;
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
}

/** Makes a parser for C. */
export function createParser(): FunctionParser {
  const require = createRequire(import.meta.url);
  const Parser = require('tree-sitter') as new () => NativeParser;
  const parser = new Parser();
  parser.setLanguage(require('tree-sitter-c'));
  return {
    parse: (source, masked, start, end, name) => {
      const text = masked.slice(start, end);
      // Input over 32 KB must come in pieces: the binding copies into a fixed buffer.
      const native = parser.parse((index) => (index < text.length ? text.slice(index, index + 8192) : null));
      const { root, errors } = copyTree(native.walk(), start);
      const definition = findDefinition(root);
      const body = definition?.children.find((child) => child.field === 'body');
      if (!definition || body?.kind !== 'compound_statement') return undefined;
      return { name, root: definition, body, source, masked, errors };
    },
  };
}

type Mutable = { -readonly [K in keyof SyntaxNode]: SyntaxNode[K] } & { children: SyntaxNode[] };

/** One cursor walk: node objects of the binding are four times as slow and keep the native tree alive. */
function copyTree(cursor: Cursor, offset: number): { root: SyntaxNode; errors: SyntaxNode[] } {
  const errors: SyntaxNode[] = [];
  let nextId = 0;
  const make = (parent: Mutable | undefined): Mutable => {
    const node: Mutable = {
      kind: cursor.nodeType,
      isNamed: cursor.nodeIsNamed,
      field: cursor.currentFieldName ?? undefined,
      start: cursor.startIndex + offset,
      end: cursor.endIndex + offset,
      parent,
      children: [],
      id: nextId++,
    };
    if (node.kind === 'ERROR' || cursor.nodeIsMissing) errors.push(node);
    parent?.children.push(node);
    return node;
  };
  const root = make(undefined);
  let current: Mutable = root;
  for (;;) {
    if (cursor.gotoFirstChild()) {
      current = make(current);
      continue;
    }
    while (!cursor.gotoNextSibling()) {
      if (!cursor.gotoParent() || !current.parent) return { root, errors };
      current = current.parent as Mutable;
    }
    if (!current.parent) return { root, errors };
    current = make(current.parent as Mutable);
  }
}

function findDefinition(root: SyntaxNode): SyntaxNode | undefined {
  return root.children.find((child) => child.kind === 'function_definition');
}
