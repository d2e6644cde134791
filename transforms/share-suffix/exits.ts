/** The exits of a function: each a straight list of statements that ends in a `return`, or in the end of the body. */
import { fieldOf, namedChildren, textOf, walk } from '../../src/syntax/tree.ts';
import type { FunctionTree, SyntaxNode } from '../../src/syntax/tree.ts';
import type { Item, Statements } from './statements.ts';
import { withoutLabels } from './statements.ts';

export interface FunctionExit {
  /**
   * `return`: a return statement. `end`: the closing brace of a void function.
   * `branch`: the end of an `if` branch that the `return` right behind the `if` follows.
   */
  readonly kind: 'return' | 'end' | 'branch';
  /** The `return` statement that is replaced; none for `end` and `branch`. */
  readonly statement: SyntaxNode | undefined;
  readonly value: SyntaxNode | undefined;
  /** Empty for no value. */
  readonly valueKey: string;
  /** The block or case the list stands in. */
  readonly container: SyntaxNode;
  /** Directly in the body of the function. */
  readonly isTop: boolean;
  /** Statement nodes before the return, in order; labels not stripped. */
  readonly list: readonly SyntaxNode[];
  readonly items: ItemTail;
}

/** Items of a list, counted from its end and made when asked for: most are never looked at. */
export interface ItemTail {
  readonly length: number;
  /** The item `index` statements before the return: 0 is the last. */
  fromEnd(index: number): Item | undefined;
}

/** All exits in source order. */
export function findExits(tree: FunctionTree, statements: Statements): FunctionExit[] {
  const exits: FunctionExit[] = [];
  const add = (
    kind: FunctionExit['kind'],
    container: SyntaxNode,
    list: readonly SyntaxNode[],
    statement: SyntaxNode | undefined,
    value: SyntaxNode | undefined,
  ): void => {
    const items: ItemTail = {
      length: list.length,
      fromEnd: (index) => {
        const node = list[list.length - 1 - index];
        return node && statements.item(node);
      },
    };
    const isTop = container === tree.body;
    exits.push({
      kind,
      statement,
      value,
      container,
      isTop,
      list,
      items,
      get valueKey() {
        return value ? statements.key(value) : '';
      },
    });
  };
  walk(tree.body, (node) => {
    if (node.kind !== 'return_statement') return;
    const value = returnValue(node);
    const { container, list } = listBefore(node);
    add('return', container, list, node, value);
    addBranches(tree, statements, list.at(-1), (branch, before) => add('branch', branch, before, undefined, value));
  });
  if (isVoid(tree)) {
    const list = statementsOf(tree.body);
    const last = list.at(-1);
    if (!last || completesNormally(tree, last)) {
      add('end', tree.body, list, undefined, undefined);
    }
  }
  return exits.sort((a, b) => exitEnd(a) - exitEnd(b) || a.container.start - b.container.start);
}

/** The last byte of an exit: the end of its return, of its last statement, or of the body. */
export function exitEnd(exit: FunctionExit): number {
  return exit.statement?.end ?? exit.list.at(-1)?.end ?? exit.container.end;
}

/** Branches of an `if` right before a return: their ends are exits in disguise. */
function addBranches(
  tree: FunctionTree,
  statements: Statements,
  last: SyntaxNode | undefined,
  add: (branch: SyntaxNode, list: readonly SyntaxNode[]) => void,
): void {
  const { node } = last ? withoutLabels(tree, last) : { node: undefined };
  // `if (p) free(p);` is a guarded release, not a way out.
  if (node?.kind !== 'if_statement' || (last && statements.isGuard(last))) return;
  const consequence = fieldOf(node, 'consequence');
  const alternative = namedChildren(fieldOf(node, 'alternative') ?? node).at(-1);
  for (const branch of [consequence, fieldOf(node, 'alternative') ? alternative : undefined]) {
    if (branch?.kind === 'if_statement') addBranches(tree, statements, branch, add);
    if (branch?.kind !== 'compound_statement') continue;
    const list = statementsOf(branch);
    const end = list.at(-1);
    if (end && completesNormally(tree, end)) add(branch, list);
  }
}

/** The expression of a return, parentheses around all of it stripped. */
function returnValue(node: SyntaxNode): SyntaxNode | undefined {
  let value = namedChildren(node)[0];
  while (value?.kind === 'parenthesized_expression') value = namedChildren(value)[0];
  return value;
}

/** Statements of a block or case, in order, without comments. */
export function statementsOf(container: SyntaxNode): SyntaxNode[] {
  if (container.kind !== 'case_statement') return namedChildren(container);
  const colon = container.children.findIndex((child) => child.kind === ':');
  return container.children.slice(colon + 1).filter((child) => child.isNamed && child.kind !== 'comment');
}

/** The block a return stands in and the statements before it; none when it is an unbraced branch. */
function listBefore(node: SyntaxNode): { container: SyntaxNode; list: SyntaxNode[] } {
  let statement = node;
  while (statement.parent?.kind === 'labeled_statement') statement = statement.parent;
  const container = statement.parent ?? statement;
  if (container.kind !== 'compound_statement' && container.kind !== 'case_statement') return { container, list: [] };
  const all = statementsOf(container);
  return { container, list: statement === node ? all.slice(0, all.indexOf(statement)) : [] };
}

/** True for `void f(...)`. */
export function isVoid(tree: FunctionTree): boolean {
  const type = fieldOf(tree.root, 'type');
  return (
    type !== undefined &&
    textOf(tree, type) === 'void' &&
    fieldOf(tree.root, 'declarator')?.kind !== 'pointer_declarator'
  );
}

/** May control pass the end of a statement? Errs on the side of yes. */
export function completesNormally(tree: FunctionTree, statement: SyntaxNode): boolean {
  const { node } = withoutLabels(tree, statement);
  switch (node.kind) {
    case 'return_statement':
    case 'goto_statement':
    case 'break_statement':
    case 'continue_statement':
      return false;
    case 'compound_statement': {
      const last = statementsOf(node).at(-1);
      return !last || completesNormally(tree, last);
    }
    case 'if_statement': {
      const consequence = fieldOf(node, 'consequence');
      const alternative = fieldOf(node, 'alternative');
      const otherwise = alternative && namedChildren(alternative).at(-1);
      if (!consequence || !otherwise) return true;
      return completesNormally(tree, consequence) || completesNormally(tree, otherwise);
    }
    case 'while_statement':
    case 'for_statement':
      return !isEndless(tree, node);
    default:
      return true;
  }
}

function isEndless(tree: FunctionTree, loop: SyntaxNode): boolean {
  const condition = fieldOf(loop, 'condition');
  const text = condition ? textOf(tree, condition).replace(/[()\s]/g, '') : '';
  const endless = loop.kind === 'for_statement' ? text === '' || text === '1' : text === '1' || text === 'true';
  const body = fieldOf(loop, 'body');
  return endless && body !== undefined && !hasBreak(body);
}

function hasBreak(node: SyntaxNode): boolean {
  if (node.kind === 'break_statement') return true;
  if (['for_statement', 'while_statement', 'do_statement', 'switch_statement'].includes(node.kind)) return false;
  return node.children.some(hasBreak);
}
