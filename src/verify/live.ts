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
  const ids = new Set<number>();
  for (const op of ops) for (const one of [...reads(op), ...writes(op)]) if (isPrivate(one)) ids.add(one.id);
  const live: Set<number>[] = ops.map(() => new Set());
  const before: number[][] = ops.map(() => []);
  for (let at = 0; at < ops.length; at++) for (const to of next(ops, at, hidden)) before[to]?.push(at);
  // One local at a time, from its reads backwards to its writes: cheap, since most are live over a short stretch.
  for (const id of ids) {
    const work: number[] = [];
    ops.forEach((op, at) => {
      if (reads(op).some((one) => one.id === id)) work.push(at);
    });
    for (let at = work.pop(); at !== undefined; at = work.pop()) {
      if (live[at]?.has(id)) continue;
      live[at]?.add(id);
      for (const previous of before[at] ?? []) {
        const op = ops[previous];
        if (op && !writes(op).some((one) => one.id === id)) work.push(previous);
      }
    }
  }
  return live;
}
