/** The graph in the DOT language, for people: `explain --dot | dot -Tsvg`. */
import type { FunctionTree } from '../syntax/tree.ts';
import type { Graph, Terminator } from './graph.ts';
import { renderStep, renderTerminator } from './text.ts';

/** Renders one digraph; edges are labelled true, false and by case. */
export function renderDot(tree: FunctionTree, graph: Graph): string {
  const lines = [`digraph ${quote(tree.name)} {`, '  node [shape=box, fontname="monospace"];'];
  for (const block of graph.blocks) {
    const last = block.terminator.kind === 'jump' ? [] : [renderTerminator(tree, block.terminator)];
    const head = `B${block.id}${block.label === undefined ? '' : ` ${block.label}:`}`;
    const text = [head, ...block.steps.map((step) => renderStep(tree, step)), ...last]
      .map((line) => `${escape(line)}\\l`)
      .join('');
    lines.push(`  B${block.id} [label="${text}"];`);
    for (const [to, label] of edges(block.terminator))
      lines.push(`  B${block.id} -> B${to}${label ? ` [label="${label}"]` : ''};`);
  }
  return `${[...lines, '}'].join('\n')}\n`;
}

function edges(terminator: Terminator): [number, string][] {
  switch (terminator.kind) {
    case 'jump':
      return [[terminator.to, '']];
    case 'branch':
    case 'iterate':
      return [
        [terminator.whenTrue, 'true'],
        [terminator.whenFalse, 'false'],
      ];
    case 'switch':
      return [
        ...terminator.cases.map((one, index): [number, string] => [one.to, `case ${index + 1}`]),
        [terminator.otherwise, 'default'],
      ];
    default:
      return [];
  }
}

function quote(text: string): string {
  return `"${escape(text)}"`;
}

function escape(text: string): string {
  return text.replace(/\\/g, '\\\\').replace(/"/g, '\\"');
}
