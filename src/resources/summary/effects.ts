/** What a body may do beyond its own locals: every effect of the text, whatever path it stands on. */
import { fieldOf, textOf, walk, type SyntaxNode } from '../../syntax/tree.ts';
import type { NameFacts } from '../knowledge.ts';
import type { Root, RootTable, Roots } from './roots.ts';
import { calledName, factsOfCall, perArgument, type Subject } from './subject.ts';

export interface Store {
  readonly kind: 'store';
  readonly node: SyntaxNode;
  /** What may be changed; own locals are left out. */
  readonly targets: Roots;
  /** Where the stored value may point; undefined for `++` and `+=`. */
  readonly value: Roots | undefined;
}

export interface Call {
  readonly kind: 'call';
  readonly node: SyntaxNode;
  readonly name: string | undefined;
  readonly facts: NameFacts;
  readonly given: readonly Roots[];
}

/** Something that is not understood: inline assembler, a goto out of the text. */
export interface Opaque {
  readonly kind: 'opaque';
  readonly node: SyntaxNode;
}

export type Effect = Store | Call | Opaque;

/** Lists the effects in source order. Stores to the body's own locals are no effect. */
export function listEffects(subject: Subject, roots: RootTable): readonly Effect[] {
  const effects: Effect[] = [];
  walk(subject.tree.body, (node) => {
    const effect = effectOf(subject, roots, node);
    if (effect) effects.push(effect);
    return !isUnevaluated(node);
  });
  return effects;
}

/** The operand of sizeof and of typeof is not evaluated. */
function isUnevaluated(node: SyntaxNode): boolean {
  return node.kind === 'sizeof_expression' || node.kind === 'alignof_expression' || node.kind === 'type_descriptor';
}

/** The effect of this node itself, without its parts. */
export function effectOf(subject: Subject, roots: RootTable, node: SyntaxNode): Effect | undefined {
  if (node.kind === 'assignment_expression') return assignment(subject, roots, node);
  if (node.kind === 'update_expression') {
    const argument = fieldOf(node, 'argument');
    return argument && store(node, roots.written(argument), undefined);
  }
  if (node.kind === 'call_expression') {
    return {
      kind: 'call',
      node,
      name: calledName(subject, node),
      facts: factsOfCall(subject, node),
      given: perArgument(subject, node, (argument) => roots.of(argument)),
    };
  }
  const isOpaque = node.kind === 'gnu_asm_expression' || node.kind === 'ERROR' || node.kind.startsWith('seh_');
  return isOpaque ? { kind: 'opaque', node } : undefined;
}

function assignment(subject: Subject, roots: RootTable, node: SyntaxNode): Effect | undefined {
  const left = fieldOf(node, 'left');
  const right = fieldOf(node, 'right');
  if (!left || !right) return { kind: 'opaque', node };
  const operator = fieldOf(node, 'operator');
  const isPlain = operator === undefined || textOf(subject.tree, operator) === '=';
  return store(node, roots.written(left), isPlain ? roots.of(right) : undefined);
}

function store(node: SyntaxNode, written: Roots, value: Roots | undefined): Effect | undefined {
  const targets = new Set([...written].filter((root) => !root.startsWith('local:')));
  return targets.size === 0 ? undefined : { kind: 'store', node, targets, value };
}

/** Roots that a call may write through; undefined: anything at all. */
export function writtenByCall(call: Call): Roots | undefined {
  const through = call.facts.writesThrough;
  if (!through) return undefined;
  const written = new Set<Root>();
  for (const argument of through) for (const root of call.given[argument] ?? []) written.add(root);
  return written;
}
