/**
 * syntax: the only folder that knows tree-sitter.
 * Takes the masked text of one function; returns a compact tree of our own whose offsets are those of the original
 * file. May not read files, print, or know about edits.
 */
import type { Span } from '../base/span.ts';

/**
 * One node of the compact tree. Kinds and field names are those of tree-sitter-c
 * (`if_statement`, `call_expression`, field `condition`). Anonymous tokens are kept: their kind is their text.
 */
export interface SyntaxNode extends Span {
  readonly kind: string;
  readonly isNamed: boolean;
  /** The field this node fills in its parent, if any. */
  readonly field: string | undefined;
  readonly parent: SyntaxNode | undefined;
  /** All children in source order, tokens and comments included. */
  readonly children: readonly SyntaxNode[];
  /** Position in a preorder walk of the function; unique in its tree. */
  readonly id: number;
}

/** One parsed function: the tree of its definition and the text the offsets refer to. */
export interface FunctionTree {
  readonly name: string;
  /** The `function_definition` node. */
  readonly root: SyntaxNode;
  /** The `compound_statement` of the body. */
  readonly body: SyntaxNode;
  /** The original text of the whole file; offsets of nodes index it. */
  readonly source: string;
  /** What the parser saw: `source` with blanks over what was masked (same length, same offsets). */
  readonly masked: string;
  /** ERROR and MISSING nodes that remain, and nodes whose children were left out since they nest too deep. */
  readonly errors: readonly SyntaxNode[];
  /** It nests deeper than any walk goes, and was not copied whole. */
  readonly isCut: boolean;
}

/** First child that fills the given field. */
export function fieldOf(node: SyntaxNode, field: string): SyntaxNode | undefined {
  return node.children.find((child) => child.field === field);
}

/** Named children without comments. */
export function namedChildren(node: SyntaxNode): SyntaxNode[] {
  return node.children.filter((child) => child.isNamed && child.kind !== 'comment');
}

/** The original text of a node. */
export function textOf(tree: FunctionTree, node: Span): string {
  return tree.source.slice(node.start, node.end);
}

/** Preorder walk; return `false` from `visit` to skip a node's children. */
export function walk(node: SyntaxNode, visit: (node: SyntaxNode) => boolean | void): void {
  // A stack of our own: generated code nests deeper than calls may.
  const pending = [node];
  for (let next = pending.pop(); next; next = pending.pop()) {
    if (visit(next) === false) continue;
    for (let i = next.children.length - 1; i >= 0; i--) {
      const child = next.children[i];
      if (child) pending.push(child);
    }
  }
}
