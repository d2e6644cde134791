/** Which locals are read again: what is known of the others keeps no paths apart. */
import { successors } from '../cfg/graph.ts';
import type { BasicBlock, Graph } from '../cfg/graph.ts';
import type { Bindings } from '../syntax/bindings.ts';
import { fieldOf, walk } from '../syntax/tree.ts';
import type { SyntaxNode } from '../syntax/tree.ts';

interface Use {
  readonly read: Set<number>;
  /** Assigned before any read. */
  readonly killed: Set<number>;
}

/** For each block the declarations (by id) that are live where it begins. Objects whose address is taken always are. */
export function liveLocals(graph: Graph, bindings: Bindings): ReadonlySet<number>[] {
  const uses = graph.blocks.map((block) => usesOf(block, bindings));
  const live = graph.blocks.map(() => new Set<number>());
  const pending = new Set([...graph.blocks.keys()].toReversed());
  for (const block of pending) {
    pending.delete(block);
    const node = graph.blocks[block];
    const use = uses[block];
    const into = live[block];
    if (!node || !use || !into) continue;
    const before = into.size;
    for (const id of use.read) into.add(id);
    for (const next of successors(node.terminator))
      for (const id of live[next] ?? []) if (!use.killed.has(id)) into.add(id);
    if (into.size > before) for (const up of node.predecessors) pending.add(up);
  }
  return live;
}

function usesOf(block: BasicBlock, bindings: Bindings): Use {
  const use: Use = { read: new Set(), killed: new Set() };
  for (const step of block.steps) {
    if (step.kind === 'evaluate' || step.kind === 'leave-macro') collect(step.node, bindings, use);
    if (step.kind !== 'declare') continue;
    if (step.declaration.initializer) collect(step.declaration.initializer, bindings, use);
    if (!use.read.has(step.declaration.id)) use.killed.add(step.declaration.id);
  }
  const { terminator } = block;
  if (terminator.kind === 'branch') collect(terminator.condition, bindings, use);
  if (terminator.kind === 'switch') collect(terminator.value, bindings, use);
  if (terminator.kind === 'iterate') collect(terminator.node.children[1] ?? terminator.node, bindings, use);
  if (terminator.kind === 'exit' && terminator.exit.value) collect(terminator.exit.value, bindings, use);
  return use;
}

function collect(node: SyntaxNode, bindings: Bindings, use: Use): void {
  const left = node.kind === 'assignment_expression' ? fieldOf(node, 'left') : undefined;
  const isPlain = left?.kind === 'identifier' && fieldOf(node, 'operator')?.kind === '=';
  walk(node, (part) => {
    if (part.kind !== 'identifier' || (isPlain && part === left)) return;
    const declaration = bindings.of(part);
    if (declaration && !use.killed.has(declaration.id)) use.read.add(declaration.id);
  });
  const target = isPlain && left ? bindings.of(left) : undefined;
  if (target && !use.read.has(target.id)) use.killed.add(target.id);
}
