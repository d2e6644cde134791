/** Puts the first difference into words: the decisions that lead there, and what each side did from the entry on. */
import { LineIndex } from '../base/span.ts';
import type { FunctionTree } from '../syntax/tree.ts';
import type { State, Trace } from './state.ts';
import type { Difference, LedgerView } from './verdict.ts';

/** Describes where the joint walk stopped. */
export function describeDifference(before: FunctionTree, after: FunctionTree, state: State): Difference {
  const steps: Trace[] = [];
  for (let trace = state.trace; trace; trace = trace.previous) steps.unshift(trace);
  const lines = { before: new LineIndex(before.source), after: new LineIndex(after.source) };
  const source = (step: Trace): string => (step.side === 'after' ? after : before).source;
  const decisions = steps
    .filter((step) => step.kind === 'decision')
    .map((step) => ({
      text: excerpt(source(step), step.text),
      taken: step.taken,
      line: lines[step.side === 'after' ? 'after' : 'before'].place(step.offset).line,
    }));
  const effects = (side: 'before' | 'after'): string[] =>
    steps
      .filter((step) => step.kind === 'effect' && (step.side === side || step.side === 'both'))
      .map((step) => excerpt(before.source, step.text));
  return {
    decisions,
    before: view(before, state, 'before', effects('before'), lines.before),
    after: view(after, state, 'after', effects('after'), lines.after),
  };
}

function view(
  tree: FunctionTree,
  state: State,
  side: 'before' | 'after',
  effects: string[],
  lines: LineIndex,
): LedgerView {
  const { program, at } = state[side];
  const node = program.nodes[at] ?? tree.body;
  const text = excerpt(tree.source, `${node.start}-${node.end}`);
  const isExit = program.ops[at]?.op === 'exit';
  return {
    effects: isExit ? effects : [...effects, text],
    returns: isExit ? text.replace(/^return\b\s*/, '').replace(/;$/, '') : '',
    line: lines.place(node.start).line,
  };
}

function excerpt(source: string, range: string): string {
  const [start, end] = range.split('-').map(Number);
  const text = source.slice(start, end).replace(/\s+/g, ' ');
  return text.length > 100 ? `${text.slice(0, 97)}...` : text;
}
