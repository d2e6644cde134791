/**
 * The loops of a graph, nested, and an order in which every block comes after what leads to it but for the way back of
 * loops: the weak topological order of Bourdoncle (Efficient chaotic iteration strategies with widenings, 1993).
 */
import { successors } from '../cfg/graph.ts';
import type { Graph } from '../cfg/graph.ts';
import type { SyntaxNode } from '../syntax/tree.ts';

/** A part of the graph in which every block can be reached from every other. */
export interface Loop {
  readonly id: number;
  /** The block that is reached first. */
  readonly head: number;
  /** The loop around it. */
  readonly parent: Loop | undefined;
  readonly blocks: ReadonlySet<number>;
  /** What follows the head, in order. */
  readonly body: readonly Element[];
  /** Where it goes on behind it, if its body is known to run exactly once: `for (i = 0; i < 1; i++)`. */
  readonly leavesTo: number | undefined;
}

export type Element = number | Loop;

/**
 * The blocks and loops of a function in evaluation order.
 * @param isOnce does the loop with this condition run exactly once, wherever it is entered from above?
 */
export function orderBlocks(graph: Graph, isOnce: (condition: SyntaxNode) => boolean = () => false): Element[] {
  return new Ordering(graph, isOnce).order([...graph.blocks.keys()], undefined);
}

/** Does the loop stand inside the other, or is it the same? */
export function isWithin(loop: Loop | undefined, outer: Loop): boolean {
  for (let up = loop; up; up = up.parent) if (up.id === outer.id) return true;
  return false;
}

class Ordering {
  readonly #next: readonly (readonly number[])[];
  readonly #graph: Graph;
  readonly #isOnce: (condition: SyntaxNode) => boolean;
  #count = 0;

  constructor(graph: Graph, isOnce: (condition: SyntaxNode) => boolean) {
    this.#graph = graph;
    this.#isOnce = isOnce;
    this.#next = graph.blocks.map((block) => successors(block.terminator));
  }

  order(blocks: readonly number[], parent: Loop | undefined): Element[] {
    const inside = new Set(blocks);
    return this.#parts(blocks, inside).map((part) => {
      const [only] = part;
      const isLoop = part.length > 1 || (only !== undefined && this.#next[only]?.includes(only) === true);
      return isLoop || only === undefined ? this.#loop(part, parent) : only;
    });
  }

  #leavesTo(head: number): number | undefined {
    const terminator = this.#graph.blocks[head]?.terminator;
    return terminator?.kind === 'branch' && this.#isOnce(terminator.condition) ? terminator.whenFalse : undefined;
  }

  #loop(part: readonly number[], parent: Loop | undefined): Loop {
    // Blocks are numbered in depth-first order: the lowest is the one reached first.
    const head = Math.min(...part);
    const body: Element[] = [];
    const loop: Loop = { id: this.#count++, head, parent, blocks: new Set(part), body, leavesTo: this.#leavesTo(head) };
    body.push(
      ...this.order(
        part.filter((block) => block !== head),
        loop,
      ),
    );
    return loop;
  }

  /** Strongly connected parts, what leads to others first. Tarjan 1972, iterative: functions can be very long. */
  #parts(blocks: readonly number[], inside: ReadonlySet<number>): number[][] {
    const index = new Map<number, number>();
    const low = new Map<number, number>();
    const open: number[] = [];
    const isOpen = new Set<number>();
    const parts: number[][] = [];
    const enter = (block: number): { block: number; at: number } => {
      low.set(block, index.size);
      index.set(block, index.size);
      open.push(block);
      isOpen.add(block);
      return { block, at: 0 };
    };
    const lower = (block: number, to: number): void => void low.set(block, Math.min(low.get(block) ?? 0, to));
    const close = (block: number): void => {
      if (low.get(block) !== index.get(block)) return;
      const part = open.splice(open.lastIndexOf(block));
      for (const member of part) isOpen.delete(member);
      parts.push(part);
    };
    for (const root of blocks) {
      if (index.has(root)) continue;
      const stack = [enter(root)];
      for (let frame = stack.at(-1); frame; frame = stack.at(-1)) {
        const to = this.#next[frame.block]?.[frame.at++];
        if (to === undefined) {
          stack.pop();
          close(frame.block);
          const up = stack.at(-1);
          if (up) lower(up.block, low.get(frame.block) ?? 0);
        } else if (!inside.has(to)) continue;
        else if (!index.has(to)) stack.push(enter(to));
        else if (isOpen.has(to)) lower(frame.block, index.get(to) ?? 0);
      }
    }
    return parts.toReversed();
  }
}
