/**
 * cfg: basic blocks, edges and exits of one function.
 * Takes a compact tree; returns a graph whose parts point back into the tree. May not know resources, values or edits.
 */
import type { SyntaxNode } from '../syntax/tree.ts';
import type { Declaration } from '../syntax/bindings.ts';

/** What happens inside a block, in order. */
export type Step =
  /** A full expression is evaluated and its value dropped. */
  | { readonly kind: 'evaluate'; readonly node: SyntaxNode }
  /** An object comes to life, with or without an initialiser. */
  | { readonly kind: 'declare'; readonly declaration: Declaration }
  /** The lives of these objects end: a block is left. `statement` is the loop macro whose body is left, if any. */
  | { readonly kind: 'leave'; readonly declarations: readonly Declaration[] }
  /** A body that an unknown iterator macro opened is left. */
  | { readonly kind: 'leave-macro'; readonly node: SyntaxNode };

/** How a block ends. Block numbers index `Graph.blocks`. */
export type Terminator =
  | { readonly kind: 'jump'; readonly to: number }
  /** `condition` holds no `&&`, `||`, `!` or `?:` at its top: those were split into blocks. */
  | { readonly kind: 'branch'; readonly condition: SyntaxNode; readonly whenTrue: number; readonly whenFalse: number }
  /** An iterator macro (`list_for_each_entry(...) {`) decides, in a way of its own, on another round. */
  | { readonly kind: 'iterate'; readonly node: SyntaxNode; readonly whenTrue: number; readonly whenFalse: number }
  | {
      readonly kind: 'switch';
      readonly value: SyntaxNode;
      readonly cases: readonly SwitchCase[];
      readonly otherwise: number;
    }
  | { readonly kind: 'exit'; readonly exit: Exit }
  /** Control never comes here, or never leaves (a loop without exit). */
  | { readonly kind: 'none' };

export interface SwitchCase {
  /** The `case_statement`. Its label is the text between `case` and `:`. */
  readonly node: SyntaxNode;
  readonly to: number;
}

/** A way out of the function. */
export interface Exit {
  /** `return`: a return statement. `end`: the closing brace of a function. */
  readonly kind: 'return' | 'end';
  readonly node: SyntaxNode;
  readonly value: SyntaxNode | undefined;
}

export interface BasicBlock {
  readonly id: number;
  readonly steps: readonly Step[];
  readonly terminator: Terminator;
  readonly predecessors: readonly number[];
  /** Label that opens the block, if one does. */
  readonly label: string | undefined;
}

export interface Graph {
  readonly blocks: readonly BasicBlock[];
  readonly entry: 0;
  readonly exits: readonly { readonly block: number; readonly exit: Exit }[];
  /** Blocks that are the target of a retreating edge of the depth-first search from the entry: each cycle has one. */
  readonly headers: ReadonlySet<number>;
  /** For each loop and switch statement, by node id, where `break` and `continue` go. */
  readonly targets: ReadonlyMap<number, { readonly breakTo: number; readonly continueTo: number | undefined }>;
  /** Label name to block. */
  readonly labels: ReadonlyMap<string, number>;
}

/** Successor blocks in the order true, false; cases, default. */
export function successors(terminator: Terminator): number[] {
  switch (terminator.kind) {
    case 'jump':
      return [terminator.to];
    case 'branch':
    case 'iterate':
      return [terminator.whenTrue, terminator.whenFalse];
    case 'switch':
      return [...terminator.cases.map((one) => one.to), terminator.otherwise];
    default:
      return [];
  }
}
