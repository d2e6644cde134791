/** Which declaration a name means at any byte of the function, bytes that were masked for the parser included. */
import { resolveNames } from '../../src/syntax/bindings.ts';
import type { Bindings, Declaration } from '../../src/syntax/bindings.ts';
import type { FunctionTree, SyntaxNode } from '../../src/syntax/tree.ts';
import { lexSpan } from './tokens.ts';

export class Names {
  readonly bindings: Bindings;
  /** Every identifier the function's text holds, comments left out: new names may be none of these. */
  readonly used: ReadonlySet<string>;
  readonly #byName = new Map<string, Declaration[]>();

  constructor(tree: FunctionTree) {
    this.bindings = resolveNames(tree);
    for (const declaration of this.bindings.declarations) {
      const same = this.#byName.get(declaration.name);
      if (same) same.push(declaration);
      else this.#byName.set(declaration.name, [declaration]);
    }
    const { tokens } = lexSpan(tree.source, tree.root.start, tree.root.end);
    this.used = new Set(tokens.filter((token) => token.kind === 'name').map((token) => token.text));
  }

  /** The declaration a name means at an offset; undefined when the function declares none that is visible there. */
  resolve(name: string, at: number): Declaration | undefined {
    let best: Declaration | undefined;
    for (const declaration of this.#byName.get(name) ?? []) {
      const { scope, node } = declaration;
      if (node.start > at || at < scope.start || at >= scope.end) continue;
      if (!best || scope.start >= best.scope.start) best = declaration;
    }
    return best;
  }

  /** True when some declaration of the function has this name, visible or not. */
  declares(name: string): boolean {
    return this.#byName.has(name);
  }

  /** The declaration of the innermost scope that contains both: true when the object is still alive at the end of the body. */
  isOuter(declaration: Declaration, body: SyntaxNode): boolean {
    return declaration.scope === body || declaration.isParameter;
  }
}
