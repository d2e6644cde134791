/**
 * Where a handle probably holds nothing, so that its release would do nothing. A guess that decides which plans are
 * worth proving; the verifier does not see it.
 */
import { fieldOf, namedChildren, textOf, walk } from '../../src/syntax/tree.ts';
import type { SyntaxNode } from '../../src/syntax/tree.ts';
import type { Declaration } from '../../src/syntax/bindings.ts';
import type { Study } from './study.ts';
import { exitEnd } from './exits.ts';
import type { FunctionExit } from './exits.ts';
import { bare } from './releases.ts';
import type { Release } from './releases.ts';
import { canHoist, canInitialise } from './status.ts';

/** What has to be done to a handle's declaration so that it holds its sentinel at the jumps before its acquisition. */
export interface Preparation {
  readonly kind: 'initialise' | 'hoist';
  /** The sentinel as it is written. */
  readonly value: string;
}

export type Idle =
  | { readonly isIdle: true; readonly preparation?: Preparation; readonly declaration?: Declaration }
  /** `code` where the declaration, not the path, is in the way. */
  | { readonly isIdle: false; readonly reason: () => string; readonly isUnnameable: boolean };

/** One place where a handle gets a value. */
interface Store {
  readonly at: number;
  readonly node: SyntaxNode;
  readonly kind: 'sentinel' | 'acquire' | 'reset' | 'address' | 'other';
  /** The called name for `acquire` and `address`. */
  readonly callee: string | undefined;
}

/** Stores to handles, found once per handle. */
export class Handles {
  readonly #study: Study;
  readonly #stores = new Map<string, readonly Store[]>();

  constructor(study: Study) {
    this.#study = study;
  }

  /** Does the handle hold its sentinel when control leaves at this exit? */
  idleAt(release: Release, exit: FunctionExit): Idle {
    if (!release.facts.noopOnSentinel && !release.isGuarded)
      return this.#busy(release, exit, 'its release is no no-op');
    const unset = release.isGuarded ? undefined : this.#unsetArgument(release, exit);
    if (unset !== undefined)
      return this.#busy(release, exit, `its release reads \`${unset}\`, which has no value there`);
    const stores = this.#storesOf(release);
    const before = stores.filter((store) => store.at < exitEnd(exit) && reaches(store.node, exit.container));
    const last = before.at(-1);
    if (isInLoopWith(exit.container, stores, exit))
      return this.#busy(release, exit, 'another round of the loop may have set it');
    if (!last) return this.#untouched(release, exit);
    if (last.kind === 'sentinel' || last.kind === 'reset') return IDLE;
    if (last.kind === 'acquire' && this.#failsAt(last, release, exit)) return IDLE;
    if (last.kind === 'address' && this.#leavesSentinel(last) && this.#isFailureBranch(last, exit)) {
      return before.length > 1 || this.#isInitialised(release) ? IDLE : this.#untouched(release, exit);
    }
    return this.#busy(release, exit, 'it may hold something there');
  }

  #busy(release: Release, exit: FunctionExit, why: string, isUnnameable = false): Idle {
    const reason = (): string => {
      const name = textOf(this.#study.tree, release.handle);
      return `\`${name}\` at line ${lineOf(this.#study, exitEnd(exit))}: ${why}`;
    };
    return { isIdle: false, reason, isUnnameable };
  }

  /** Nothing was stored yet: the declaration decides, or whether the object it lies in was zeroed. */
  #untouched(release: Release, exit: FunctionExit): Idle {
    const { root } = release;
    if (!root || root.isStatic || root.isExtern) return this.#busy(release, exit, 'nothing is known of its value');
    if (!release.isPlain) {
      return this.#isZeroed(root, exit) ? IDLE : this.#busy(release, exit, 'the object it lies in was not zeroed');
    }
    if (root.isParameter) return this.#busy(release, exit, 'it is a parameter');
    if (root.statement.end > exit.container.start && root.statement.end > exitEnd(exit)) {
      if (!canHoist(this.#study, root)) return this.#busy(release, exit, 'its declaration cannot be moved up', true);
      return { isIdle: true, preparation: { kind: 'hoist', value: this.#sentinel(release) }, declaration: root };
    }
    if (root.initializer) return IDLE;
    if (!canInitialise(this.#study, root)) return this.#busy(release, exit, 'its declaration cannot get a value', true);
    return { isIdle: true, preparation: { kind: 'initialise', value: this.#sentinel(release) }, declaration: root };
  }

  /** A local beside the handle that the release reads and nothing has set yet: `n` of `pool_free(p, n)`. */
  #unsetArgument(release: Release, exit: FunctionExit): string | undefined {
    const { tree, names } = this.#study;
    for (let node = release.handle.parent; node; node = node.parent) {
      if (node.kind !== 'argument_list') continue;
      const beside = namedChildren(node).filter(
        (one) => bare(one).kind === 'identifier' && bare(one) !== release.handle,
      );
      return beside
        .map((one) => names.resolve(textOf(tree, bare(one)), one.start))
        .find((one) => one !== undefined && !this.#isSetBefore(one, exit))?.name;
    }
    return undefined;
  }

  #isSetBefore(
    { isParameter, isStatic, isExtern, initializer, statement, name }: Declaration,
    exit: FunctionExit,
  ): boolean {
    if (isParameter || isStatic || isExtern) return true;
    const end = exitEnd(exit);
    if (initializer) return statement.end <= end;
    const between = this.#study.tree.source.slice(statement.end, end);
    return new RegExp(`\\b${name}\\s*[-+*/|&]?=[^=]|&\\s*${name}\\b`).test(between);
  }

  #sentinel(release: Release): string {
    const { sentinel } = release.facts;
    if (sentinel === '-1') return '-1';
    return sentinel === 'map-failed' ? 'MAP_FAILED' : this.#study.context.houseStyle.nullName;
  }

  #isInitialised(release: Release): boolean {
    return release.isPlain && release.root?.initializer !== undefined;
  }

  /** calloc, memset 0 or `= {0}` before the exit. */
  #isZeroed(root: Declaration, exit: FunctionExit): boolean {
    const { tree, context } = this.#study;
    const text = tree.source.slice(root.statement.start, exitEnd(exit));
    if (new RegExp(`\\bmemset\\s*\\(\\s*&?\\s*${root.name}\\s*,\\s*0`).test(text)) return true;
    if (root.initializer?.kind === 'initializer_list') return true;
    let zeroed = false;
    walk(tree.body, (node) => {
      if (node.kind !== 'call_expression') return;
      const callee = fieldOf(node, 'function');
      if (callee?.kind !== 'identifier') return;
      const acquires = context.knowledge.name(textOf(tree, callee)).acquires;
      if (acquires?.some((one) => one.zeroes) && assignedName(tree.source, node) === root.name) zeroed = true;
    });
    return zeroed;
  }

  /** The exit stands in the branch that is taken when the acquisition failed. */
  #failsAt(store: Store, release: Release, exit: FunctionExit): boolean {
    const source = this.#study.tree.source;
    const name = escape(textOf(this.#study.tree, release.handle).replace(/\s+/g, ' ')).replaceAll(' ', '\\s*');
    const handle = `\\(?\\s*${name}\\s*(?:=[^=][^]*)?\\)?`;
    const failure = new RegExp(
      `^\\s*(?:!\\s*${handle}|${handle}\\s*==\\s*(?:NULL|nullptr|0|-1|INVALID_\\w+)|(?:NULL|0|nullptr)\\s*==\\s*${handle}|${handle}\\s*<\\s*0)\\s*$`,
    );
    return enclosingConditions(exit.container, store.at).some((condition) =>
      conjuncts(condition).some((part) => failure.test(source.slice(part.start, part.end))),
    );
  }

  #isFailureBranch(store: Store, exit: FunctionExit): boolean {
    return enclosingConditions(exit.container, store.at - 1).length > 0 || store.at > exit.container.start;
  }

  #leavesSentinel(store: Store): boolean {
    const acquires = store.callee === undefined ? undefined : this.#study.context.knowledge.name(store.callee).acquires;
    return (
      acquires?.some((one) => one.handle.startsWith('out:') && ['sentinel', 'unchanged'].includes(one.afterFailure)) ??
      false
    );
  }

  #storesOf(release: Release): readonly Store[] {
    const known = this.#stores.get(release.handleKey);
    if (known) return known;
    const stores = findStores(this.#study, release).sort((a, b) => a.at - b.at);
    this.#stores.set(release.handleKey, stores);
    return stores;
  }
}

const IDLE: Idle = { isIdle: true };

function findStores(study: Study, release: Release): Store[] {
  const { tree, releases } = study;
  const stores: Store[] = [];
  const same = (node: SyntaxNode): boolean => releases.key(node) === release.handleKey;
  const initializer = release.isPlain ? release.root?.initializer : undefined;
  if (initializer && release.root) stores.push(storeOf(study, release.root.statement, initializer));
  walk(tree.body, (node) => {
    if (node.kind === 'assignment_expression') {
      const left = fieldOf(node, 'left');
      const right = fieldOf(node, 'right');
      if (left && right && same(left)) stores.push(storeOf(study, node, right));
    } else if (node.kind === 'pointer_expression' && node.children[0]?.kind === '&') {
      const target = fieldOf(node, 'argument');
      if (target && same(target))
        stores.push({ at: node.start, node, kind: 'address', callee: calleeAround(study, node) });
    } else if (node.kind === 'call_expression') {
      const callee = fieldOf(node, 'function');
      const facts =
        callee?.kind === 'identifier' ? study.context.knowledge.name(textOf(tree, callee)).releases : undefined;
      const list = fieldOf(node, 'arguments');
      const argument = facts?.resetting && list ? namedChildren(list)[facts.argument] : undefined;
      if (argument && same(argument)) stores.push({ at: node.start, node, kind: 'reset', callee: undefined });
    }
  });
  return stores;
}

function storeOf(study: Study, node: SyntaxNode, value: SyntaxNode): Store {
  const inner = bare(value);
  const text = textOf(study.tree, inner).replace(/[()\s]/g, '');
  const base = { at: node.start, node };
  if (/^(?:NULL|nullptr|0|-1|MAP_FAILED|INVALID_\w+)$/.test(text))
    return { ...base, kind: 'sentinel', callee: undefined };
  if (inner.kind === 'call_expression') {
    const callee = fieldOf(inner, 'function');
    return { ...base, kind: 'acquire', callee: callee && textOf(study.tree, callee) };
  }
  return { ...base, kind: 'other', callee: undefined };
}

function calleeAround(study: Study, node: SyntaxNode): string | undefined {
  for (let at = node.parent; at && !at.kind.endsWith('statement'); at = at.parent) {
    if (at.kind !== 'call_expression') continue;
    const callee = fieldOf(at, 'function');
    return callee && textOf(study.tree, callee);
  }
  return undefined;
}

/** May control go from the store to the exit without another branch of the same `if` in between? */
function reaches(store: SyntaxNode, exit: SyntaxNode): boolean {
  for (let at: SyntaxNode | undefined = store; at; at = at.parent) {
    if (at.kind !== 'compound_statement' && at.kind !== 'else_clause' && at.field !== 'consequence') continue;
    if (exit.start >= at.start && exit.end <= at.end) return true;
    if (leaves(at)) return false;
    // The other branch of the same `if`.
    const owner = at.parent;
    if (owner?.kind === 'if_statement' && exit.start >= owner.start && exit.end <= owner.end) return false;
  }
  return true;
}

/** A block whose last statement jumps away: what it stores is not seen behind it. */
function leaves(block: SyntaxNode): boolean {
  const last = block.kind === 'compound_statement' ? namedChildren(block).at(-1) : block;
  return last !== undefined && ['return_statement', 'goto_statement'].includes(last.kind);
}

function isInLoopWith(exit: SyntaxNode, stores: readonly Store[], from: FunctionExit): boolean {
  for (let at: SyntaxNode | undefined = exit; at; at = at.parent) {
    if (!['for_statement', 'while_statement', 'do_statement'].includes(at.kind)) continue;
    const { start, end } = at;
    if (
      stores.some(
        (store) => store.at > exitEnd(from) && store.at < end && store.kind !== 'sentinel' && store.at > start,
      )
    )
      return true;
  }
  return false;
}

/** Conditions of the `if`s around a node whose true branch it stands in, those in front of `from` left out. */
function enclosingConditions(node: SyntaxNode, from: number): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let at: SyntaxNode | undefined = node; at?.parent; at = at.parent) {
    const condition =
      at.field === 'consequence' && at.parent.kind === 'if_statement' ? fieldOf(at.parent, 'condition') : undefined;
    if (condition && condition.end > from) found.push(bare(condition));
  }
  return found;
}

/** The operands of `&&`. */
function conjuncts(condition: SyntaxNode): SyntaxNode[] {
  const inner = condition.kind === 'parenthesized_expression' ? bare(condition) : condition;
  if (inner.kind !== 'binary_expression' || !inner.children.some((child) => child.kind === '&&')) return [inner];
  return namedChildren(inner).flatMap(conjuncts);
}

/** The variable that a call's result is assigned to. */
function assignedName(source: string, call: SyntaxNode): string | undefined {
  let at: SyntaxNode | undefined = call.parent;
  while (at && (at.kind === 'cast_expression' || at.kind === 'parenthesized_expression')) at = at.parent;
  const target = at && (fieldOf(at, 'left') ?? fieldOf(at, 'declarator'));
  return target && /(\w+)\s*$/.exec(source.slice(target.start, target.end))?.[1];
}

function lineOf(study: Study, offset: number): number {
  return study.tree.source.slice(0, offset).split('\n').length;
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
