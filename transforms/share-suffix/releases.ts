/** A statement read as a release: what is given back, and under which guard. */
import type { Knowledge, ReleaseFacts } from '../../src/resources/knowledge.ts';
import type { Declaration } from '../../src/syntax/bindings.ts';
import { fieldOf, namedChildren, textOf } from '../../src/syntax/tree.ts';
import type { FunctionTree, SyntaxNode } from '../../src/syntax/tree.ts';
import type { Names } from './names.ts';
import type { Item } from './statements.ts';
import { callOf, statementKey } from './statements.ts';

/** `free(p);`, `(void)fclose(f);`, `if (p) free(p);` */
export interface Release {
  readonly releaser: string;
  readonly facts: ReleaseFacts;
  /** The lvalue that is given back, casts and parentheses stripped. */
  readonly handle: SyntaxNode;
  readonly handleKey: string;
  /** The variable the handle is, or starts with: `s` of `s->buf`. */
  readonly root: Declaration | undefined;
  /** The handle is just that variable. */
  readonly isPlain: boolean;
  /** The statement tests the handle itself before. */
  readonly isGuarded: boolean;
}

/** Reads releases of one function. */
export class Releases {
  readonly #tree: FunctionTree;
  readonly #names: Names;
  readonly #knowledge: Knowledge;
  readonly #known = new Map<SyntaxNode, Release | undefined>();

  constructor(tree: FunctionTree, names: Names, knowledge: Knowledge) {
    this.#tree = tree;
    this.#names = names;
    this.#knowledge = knowledge;
  }

  /** The release a statement is, alone or under a guard of its own handle. */
  of(item: Item): Release | undefined {
    const { node } = item;
    if (!this.#known.has(node)) this.#known.set(node, this.#plain(node) ?? this.#guarded(node));
    return this.#known.get(node);
  }

  #plain(node: SyntaxNode): Release | undefined {
    const callee = callOf(node);
    if (!callee) return undefined;
    const releaser = textOf(this.#tree, callee);
    const facts = this.#knowledge.name(releaser).releases;
    const list = callee.parent && fieldOf(callee.parent, 'arguments');
    const argument = facts && list ? namedChildren(list)[facts.argument] : undefined;
    if (!facts || !argument) return undefined;
    const handle = bare(argument);
    const root = this.#root(handle);
    const isPlain = handle.kind === 'identifier' && root !== undefined;
    return { releaser, facts, handle, handleKey: this.key(handle), root, isPlain, isGuarded: false };
  }

  /** The release inside `if (p) ...`, whatever resets stand beside it. */
  #guarded(node: SyntaxNode): Release | undefined {
    if (node.kind !== 'if_statement' || fieldOf(node, 'alternative')) return undefined;
    const consequence = fieldOf(node, 'consequence');
    const condition = fieldOf(node, 'condition');
    if (!consequence || !condition) return undefined;
    const inner = consequence.kind === 'compound_statement' ? namedChildren(consequence) : [consequence];
    for (const statement of inner) {
      const release = this.#plain(statement);
      if (!release) continue;
      return this.#tests(condition, release) ? { ...release, isGuarded: true } : undefined;
    }
    return undefined;
  }

  /** `p`, `p != NULL`, `NULL != p`, `fd >= 0`, `fd != -1`: true exactly when something is held. */
  #tests(condition: SyntaxNode, release: Release): boolean {
    const test = bare(condition);
    if (this.key(test) === release.handleKey) return true;
    if (test.kind !== 'binary_expression') return false;
    const operator = test.children.find((child) => !child.isNamed)?.kind;
    const sides = namedChildren(test);
    if (!sides.some((side) => this.key(bare(side)) === release.handleKey)) return false;
    return operator === '!=' || operator === '>=' || operator === '>';
  }

  #root(handle: SyntaxNode): Declaration | undefined {
    let node: SyntaxNode | undefined = handle;
    while (node && node.kind !== 'identifier') {
      node = ['field_expression', 'subscript_expression', 'pointer_expression'].includes(node.kind)
        ? fieldOf(node, 'argument')
        : bare(node) === node
          ? undefined
          : bare(node);
    }
    return node && this.#names.resolve(textOf(this.#tree, node), node.start);
  }

  /** Comparable text of an lvalue. */
  key(node: SyntaxNode): string {
    return statementKey(this.#tree, bare(node), this.#names);
  }
}

/** Casts and parentheses stripped. */
export function bare(node: SyntaxNode): SyntaxNode {
  let inner = node;
  for (;;) {
    const next: SyntaxNode | undefined =
      inner.kind === 'parenthesized_expression'
        ? namedChildren(inner)[0]
        : inner.kind === 'cast_expression'
          ? fieldOf(inner, 'value')
          : undefined;
    if (!next) return inner;
    inner = next;
  }
}
