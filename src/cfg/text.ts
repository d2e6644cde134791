/** The graph as lines of text: one block a paragraph, for golden tests and for `explain`. */
import { textOf } from '../syntax/tree.ts';
import type { FunctionTree, SyntaxNode } from '../syntax/tree.ts';
import type { BasicBlock, Graph, Step, Terminator } from './graph.ts';

/** Renders the graph; deterministic, offsets left out so that a changed comment changes nothing. */
export function renderGraph(tree: FunctionTree, graph: Graph): string {
  return graph.blocks.map((block) => renderBlock(tree, graph, block)).join('');
}

function renderBlock(tree: FunctionTree, graph: Graph, block: BasicBlock): string {
  const marks = [
    block.label === undefined ? '' : ` ${block.label}:`,
    graph.headers.has(block.id) ? ' (loop head)' : '',
  ].join('');
  const lines = [
    `B${block.id}${marks}`,
    ...block.steps.map((step) => `  ${renderStep(tree, step)}`),
    `  ${renderTerminator(tree, block.terminator)}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** One step as a line. */
export function renderStep(tree: FunctionTree, step: Step): string {
  switch (step.kind) {
    case 'evaluate':
      return fold(tree, step.node);
    case 'declare': {
      const { name, initializer } = step.declaration;
      return initializer ? `declare ${name} = ${fold(tree, initializer)}` : `declare ${name}`;
    }
    case 'leave':
      return `leave ${step.declarations.map((one) => one.name).join(', ')}`;
    case 'leave-macro':
      return `leave the body of ${fold(tree, { ...step.node, end: step.node.children[1]?.end ?? step.node.end })}`;
    default:
      return step satisfies never;
  }
}

/** How a block ends, as a line. */
export function renderTerminator(tree: FunctionTree, terminator: Terminator): string {
  switch (terminator.kind) {
    case 'jump':
      return `-> B${terminator.to}`;
    case 'branch':
      return `if ${fold(tree, terminator.condition)} -> B${terminator.whenTrue} else B${terminator.whenFalse}`;
    case 'iterate':
      return `iterate ${fold(tree, terminator.node.children[1] ?? terminator.node)} -> B${terminator.whenTrue} else B${terminator.whenFalse}`;
    case 'switch': {
      const cases = terminator.cases.map((one) => `${caseText(tree, one.node)} -> B${one.to}`);
      return `switch ${fold(tree, terminator.value)}: ${[...cases, `default -> B${terminator.otherwise}`].join(', ')}`;
    }
    case 'exit':
      return terminator.exit.kind === 'end' ? 'end' : fold(tree, terminator.exit.node).replace(/;$/, '');
    default:
      return 'no way out';
  }
}

function caseText(tree: FunctionTree, node: SyntaxNode): string {
  const colon = node.children.find((child) => child.kind === ':');
  return fold(tree, { ...node, end: colon?.start ?? node.end });
}

function fold(tree: FunctionTree, node: SyntaxNode): string {
  return textOf(tree, node).replace(/\s+/g, ' ').trim();
}
