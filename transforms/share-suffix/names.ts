/** Which declaration a name means at any byte of the function, bytes that were masked for the parser included. */
import { resolveNames } from '../../src/syntax/bindings.ts';
import type { Bindings, Declaration } from '../../src/syntax/bindings.ts';
import type { FunctionTree } from '../../src/syntax/tree.ts';
import { lexSpan } from './tokens.ts';

export class Names {
  readonly #tree: FunctionTree;
  #bindings: Bindings | undefined;
  #used: ReadonlySet<string> | undefined;
  #byName: ReadonlyMap<string, readonly Declaration[]> | undefined;

  constructor(tree: FunctionTree) {
    this.#tree = tree;
  }

  get bindings(): Bindings {
    return (this.#bindings ??= resolveNames(this.#tree));
  }

  /** Every identifier the function's text holds, comments left out: new names may be none of these. */
  get used(): ReadonlySet<string> {
    return (this.#used ??= usedNames(this.#tree));
  }

  /** The declaration a name means at an offset; undefined when the function declares none that is visible there. */
  resolve(name: string, at: number): Declaration | undefined {
    let best: Declaration | undefined;
    for (const declaration of this.#declarations.get(name) ?? []) {
      const { scope, node } = declaration;
      if (node.start > at || at < scope.start || at >= scope.end) continue;
      if (!best || scope.start >= best.scope.start) best = declaration;
    }
    return best;
  }

  /** True when some declaration of the function has this name, visible or not. */
  declares(name: string): boolean {
    return this.#declarations.has(name);
  }

  get #declarations(): ReadonlyMap<string, readonly Declaration[]> {
    return (this.#byName ??= byName(this.bindings.declarations));
  }
}

function usedNames(tree: FunctionTree): Set<string> {
  const { tokens } = lexSpan(tree.source, tree.root.start, tree.root.end);
  return new Set(tokens.filter((token) => token.kind === 'name').map((token) => token.text));
}

function byName(declarations: readonly Declaration[]): Map<string, Declaration[]> {
  const found = new Map<string, Declaration[]>();
  for (const declaration of declarations) {
    const same = found.get(declaration.name);
    if (same) same.push(declaration);
    else found.set(declaration.name, [declaration]);
  }
  return found;
}
