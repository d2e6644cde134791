/** What one analysis has at hand, wherever it is: the function, the facts, the tables it fills. */
import type { Span } from '../base/span.ts';
import type { Graph } from '../cfg/graph.ts';
import type { Knowledge } from '../resources/knowledge.ts';
import type { Bindings } from '../syntax/bindings.ts';
import type { Refusal } from '../diagnostics/refusal.ts';
import { fieldOf, textOf, walk } from '../syntax/tree.ts';
import type { FunctionTree, SyntaxNode } from '../syntax/tree.ts';
import { Assumer } from './assume.ts';
import { AtomTable } from './atoms.ts';
import type { Value, Place } from './atoms.ts';
import type { Insight } from './insight.ts';
import { orderBlocks } from './loops.ts';
import type { Element, Loop } from './loops.ts';
import type { Site, State, TrailStep } from './state.ts';

export interface FunctionParts {
  readonly tree: FunctionTree;
  readonly bindings: Bindings;
  readonly graph: Graph;
  readonly knowledge: Knowledge;
  /** Given by an audit only: a proof has none. */
  readonly insight?: Insight;
}

/** `for (i = 0; i < 1; i++)`, where nothing in the body mentions the counter or goes on early. */
function runsOnce({ tree, bindings }: FunctionParts, condition: SyntaxNode): boolean {
  let loop: SyntaxNode | undefined = condition.parent;
  while (loop?.kind === 'parenthesized_expression') loop = loop.parent;
  const body = loop?.kind === 'for_statement' ? fieldOf(loop, 'body') : undefined;
  const counter = condition.children[0];
  if (!loop || !body || counter?.kind !== 'identifier') return false;
  const head = tree.source.slice(loop.start, body.start).replace(/\s+/g, '');
  const match = /^for\((?:int)?(\w+)=(\d+);(\w+)<(\d+);(?:(\w+)\+\+|\+\+(\w+))\)$/.exec(head);
  const [, name, from, tested, to, one, other] = match ?? [];
  if (name === undefined || tested !== name || (one ?? other) !== name || Number(to) - Number(from) !== 1) return false;
  const declaration = bindings.of(counter);
  let isPlain = declaration !== undefined && !declaration.isAddressed;
  walk(body, (node) => {
    if (node.kind === 'continue_statement' || (node.kind === 'identifier' && bindings.of(node) === declaration))
      isPlain = false;
  });
  return isPlain;
}

/** The tree holds something that has no meaning here: an expected outcome inside the analysis only. */
export class Unanalysable extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.reason);
    this.refusal = refusal;
  }
}

/** A value on a path, and the place it was read from. */
export interface Evaluated {
  readonly state: State;
  readonly value: Value;
  readonly place: Place | undefined;
}

/** Performs a call whose arguments have been evaluated. `callee` is undefined for a call through a pointer. */
export type PerformCall = (
  run: Run,
  node: SyntaxNode,
  callee: string | undefined,
  values: readonly Value[],
  state: State,
) => Evaluated[];

/** What is wrong with a release, or behind one, whatever follows. */
export type FaultKind = 'double-release' | 'use-after-release' | 'uninitialised-release' | 'realloc-loses-old';

/** Something wrong that is done on one path. */
export interface Fault {
  readonly kind: FaultKind;
  readonly what: string;
  readonly site: Site | undefined;
  /** The release before it; of an uninitialised handle its declaration. */
  readonly first: Span;
  /** Where it is done. */
  readonly second: Span;
  readonly text: string;
  readonly trail: TrailStep | undefined;
  readonly isExact: boolean;
}

/** A call that never comes back, on one path. */
export interface NoReturn {
  readonly state: State;
  readonly at: Span;
  readonly text: string;
}

export class Run {
  readonly tree: FunctionTree;
  readonly bindings: Bindings;
  readonly graph: Graph;
  readonly knowledge: Knowledge;
  readonly atoms = new AtomTable();
  readonly sites: Site[] = [];
  readonly faults: Fault[] = [];
  readonly insight: Insight | undefined;
  readonly noReturns: NoReturn[] = [];
  readonly assumer: Assumer;
  readonly performCall: PerformCall;
  /** Blocks and loops in evaluation order. */
  readonly order: readonly Element[];
  /** The block under evaluation. */
  block = 0;
  /** The innermost loop around the block under evaluation. */
  loop: Loop | undefined;
  readonly #loops = new Map<number, Loop>();
  readonly #siteIds = new Map<string, number>();
  readonly #texts = new Map<number, string>();

  constructor(parts: FunctionParts, performCall: PerformCall) {
    this.performCall = performCall;
    this.tree = parts.tree;
    this.bindings = parts.bindings;
    this.graph = parts.graph;
    this.knowledge = parts.knowledge;
    this.insight = parts.insight;
    this.order = parts.insight ? orderBlocks(parts.graph, (node) => runsOnce(parts, node)) : orderBlocks(parts.graph);
    this.#placeLoops(this.order);
    this.assumer = new Assumer(this.atoms, this.sites);
  }

  /** Source text with white space and comments folded. */
  text(node: Span & { readonly id: number }): string {
    const known = this.#texts.get(node.id);
    if (known !== undefined) return known;
    const text = textOf(this.tree, node)
      .replace(/("(?:[^"\\]|\\.)*")|\/\*.*?\*\/|\/\/[^\n]*/gs, (_, literal?: string) => literal ?? ' ')
      .replace(/\s+/g, ' ')
      .trim();
    this.#texts.set(node.id, text);
    return text;
  }

  /** The innermost loop around a block. */
  loopOf(block: number): Loop | undefined {
    return this.#loops.get(block);
  }

  /** The innermost one of those that may run more than once. */
  repeatedLoopOf(block: number): Loop | undefined {
    let loop = this.loopOf(block);
    while (loop && loop.leavesTo !== undefined) loop = loop.parent;
    return loop;
  }

  #placeLoops(elements: readonly Element[]): void {
    for (const element of elements) {
      if (typeof element === 'number') continue;
      for (const block of element.blocks) this.#loops.set(block, element);
      this.#placeLoops(element.body);
    }
  }

  /** The site of an acquire call: one for each of its handles. */
  site(node: Site['node'], index: number, make: () => Omit<Site, 'id' | 'node' | 'loop'>): Site {
    const key = `${node.id}:${index}`;
    const known = this.#siteIds.get(key);
    const old = known === undefined ? undefined : this.sites[known];
    if (old) return old;
    const site: Site = { ...make(), id: this.sites.length, node, loop: this.loop };
    this.#siteIds.set(key, site.id);
    this.sites.push(site);
    return site;
  }
}
