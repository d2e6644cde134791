/** Which private locals may still be read: backward data flow over the operations (Aho et al., section 9.2.5). */
import type { Declaration } from '../syntax/bindings.ts';
import type { Op } from './program.ts';

function reads(op: Op): readonly Declaration[] {
  if (op.op === 'get') return [op.declaration];
  if (op.op === 'text') return [...op.call.mentions, ...op.call.inSight];
  return [];
}

function writes(op: Op): readonly Declaration[] {
  if (op.op === 'set' || op.op === 'undefine') return [op.declaration];
  if (op.op === 'leave') return op.declarations;
  return [];
}

function next(ops: readonly Op[], at: number, hidden: (at: number) => Iterable<number>): number[] {
  const op = ops[at];
  if (!op || op.op === 'exit' || op.op === 'stuck') return [];
  if (op.op === 'jump') return [op.to];
  if (op.op === 'unless' || op.op === 'case') return [at + 1, op.to];
  if (op.op === 'text' && op.call.mayJump) return [at + 1, ...hidden(at)];
  return [at + 1];
}

/** For each operation, the ids of the private locals whose value before it may be read at or after it; `hidden`: where an operation may jump unseen. */
export function liveAt(
  ops: readonly Op[],
  hidden: (at: number) => Iterable<number>,
  isPrivate: (declaration: Declaration) => boolean,
): ReadonlySet<number>[] {
  const live: Set<number>[] = ops.map(() => new Set());
  const before: number[][] = ops.map(() => []);
  const readAt = new Map<number, number[]>();
  const written = ops.map((op) => writes(op).map((one) => one.id));
  for (let at = 0; at < ops.length; at++) {
    const op = ops[at];
    for (const to of next(ops, at, hidden)) before[to]?.push(at);
    for (const one of op ? reads(op) : []) {
      if (!isPrivate(one)) continue;
      const places = readAt.get(one.id);
      if (places) places.push(at);
      else readAt.set(one.id, [at]);
    }
  }
  // One local at a time, from its reads backwards to its writes: cheap, since most are live over a short stretch.
  for (const [id, work] of readAt) {
    for (let at = work.pop(); at !== undefined; at = work.pop()) {
      if (live[at]?.has(id)) continue;
      live[at]?.add(id);
      for (const previous of before[at] ?? []) if (written[previous]?.includes(id) === false) work.push(previous);
    }
  }
  return live;
}
