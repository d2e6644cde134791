/** The loops of a graph as strongly connected parts, and an order in which each part comes after what leads to it. */
import { successors } from '../cfg/graph.ts';
import type { Graph } from '../cfg/graph.ts';

export interface Cycles {
  /** For each block the number of the cycle it stands in, -1 outside. */
  readonly of: readonly number[];
  /** For each block its rank: lower ranks are evaluated first. */
  readonly rank: readonly number[];
}

/** Tarjan 1972, iterative: a function with thousands of blocks must not exhaust the stack. */
export function findCycles(graph: Graph): Cycles {
  const next = graph.blocks.map((block) => successors(block.terminator));
  const index = Array.from({ length: next.length }, () => -1);
  const low = Array.from({ length: next.length }, () => 0);
  const part = Array.from({ length: next.length }, () => -1);
  const finished: number[] = [];
  const open: number[] = [];
  let count = 0;
  let parts = 0;
  const enter = (block: number): { block: number; at: number } => {
    index[block] = low[block] = count++;
    open.push(block);
    return { block, at: 0 };
  };
  const close = (block: number): void => {
    finished.push(block);
    if (low[block] !== index[block]) return;
    for (let member = open.pop(); member !== undefined; member = open.pop()) {
      part[member] = parts;
      if (member === block) break;
    }
    parts++;
  };
  for (const root of graph.blocks.keys()) {
    if (index[root] !== -1) continue;
    const stack = [enter(root)];
    for (let frame = stack.at(-1); frame; frame = stack.at(-1)) {
      const to = next[frame.block]?.[frame.at++];
      if (to === undefined) {
        stack.pop();
        close(frame.block);
        const up = stack.at(-1);
        if (up) low[up.block] = Math.min(low[up.block] ?? 0, low[frame.block] ?? 0);
      } else if (index[to] === -1) stack.push(enter(to));
      else if (part[to] === -1) low[frame.block] = Math.min(low[frame.block] ?? 0, index[to] ?? 0);
    }
  }
  return { of: cycleNumbers(next, part), rank: ranks(part, finished) };
}

function cycleNumbers(next: readonly (readonly number[])[], part: readonly number[]): number[] {
  const sizes = new Map<number, number>();
  for (const one of part) sizes.set(one, (sizes.get(one) ?? 0) + 1);
  return part.map((one, block) => ((sizes.get(one) ?? 0) > 1 || next[block]?.includes(block) ? one : -1));
}

/** Parts are numbered last first; inside a part the reverse postorder leads. */
function ranks(part: readonly number[], finished: readonly number[]): number[] {
  const order = finished
    .map((block, at) => ({ block, at }))
    .toSorted((a, b) => (part[b.block] ?? 0) - (part[a.block] ?? 0) || b.at - a.at);
  const rank = Array.from({ length: part.length }, () => 0);
  for (const [at, { block }] of order.entries()) rank[block] = at;
  return rank;
}
