/** Puts the first difference into words: the decisions that lead there, and what each side does from entry to exit. */
import { LineIndex } from '../base/span.ts';
import type { FunctionTree, SyntaxNode } from '../syntax/tree.ts';
import { stepsOf } from './certain.ts';
import { releasedTerm } from './event.ts';
import { origin } from './memory.ts';
import type { Mismatch } from './simulate.ts';
import type { Trace } from './state.ts';
import type { Term } from './terms.ts';
import type { Difference, LedgerView } from './verdict.ts';

type Which = 'before' | 'after';

interface Version {
  readonly tree: FunctionTree;
  readonly lines: LineIndex;
}

/** Describes where the joint walk stopped, and how each side goes on from there. */
export function describeDifference(before: FunctionTree, after: FunctionTree, mismatch: Mismatch): Difference {
  const versions: Readonly<Record<Which, Version>> = {
    before: { tree: before, lines: new LineIndex(before.source) },
    after: { tree: after, lines: new LineIndex(after.source) },
  };
  const steps = stepsOf(mismatch.state.trace);
  const decisions = steps
    .filter((step) => step.kind === 'decision')
    .map((step) => {
      const { tree, lines } = versions[ownerOf(step)];
      return { text: excerpt(tree.source, step.text), taken: step.taken, line: lines.place(step.offset).line };
    });
  const ledger = (side: Which): LedgerView => view(versions, steps, mismatch, side);
  return { decisions, before: ledger('before'), after: ledger('after') };
}

/** The sentence for a call that only one side makes. */
export function describeExtraCall(before: FunctionTree, after: FunctionTree, mismatch: Mismatch): string | undefined {
  const { extra } = mismatch;
  if (!extra) return undefined;
  const tree = extra.side === 'before' ? before : after;
  const { node, name } = extra.event;
  const text = excerpt(tree.source, `${node.start}-${node.end}`);
  const line = new LineIndex(tree.source).place(node.start).line;
  const other = extra.side === 'before' ? 'after' : 'before';
  const counts = [extra.before, extra.after];
  if (Math.min(...counts) === 0)
    return `the ${extra.side} version calls \`${text}\` (line ${line}), the ${other} version never calls \`${name}\``;
  return `the before version calls \`${name}\` ${times(extra.before)}, the after version ${times(extra.after)}: \`${text}\` (line ${line}) has no counterpart in the ${other} version`;
}

function times(count: number): string {
  return count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`;
}

function ownerOf(step: Trace): Which {
  return step.side === 'after' ? 'after' : 'before';
}

function view(
  versions: Readonly<Record<Which, Version>>,
  steps: readonly Trace[],
  mismatch: Mismatch,
  side: Which,
): LedgerView {
  const { tree, lines } = versions[side];
  const own = effectsOf(steps, side);
  const text = (step: Trace): string => excerpt(versions[ownerOf(step)].tree.source, step.text);
  const effects = own.map(text);
  const { program, at } = mismatch.state[side];
  const exit = mismatch.exits[side];
  const node: SyntaxNode = exit?.node ?? program.nodes[at] ?? tree.body;
  if (!exit) effects.push(excerpt(tree.source, `${node.start}-${node.end}`));
  const value = exit?.node.kind === 'return_statement' ? exit.node.children.find((child) => child.isNamed) : undefined;
  return {
    effects,
    holds: exit ? heldSteps(steps, own, mismatch, exit.value).map(text) : [],
    returns: value ? excerpt(tree.source, `${value.start}-${value.end}`) : '',
    line: lines.place(node.start).line,
  };
}

function effectsOf(steps: readonly Trace[], side: Which): Trace[] {
  return steps.filter((step) => step.kind === 'effect' && (step.side === side || step.side === 'both'));
}

/**
 * Calls of one side whose resource it neither releases nor returns, and which either nobody was given or the other side
 * releases.
 */
function heldSteps(
  steps: readonly Trace[],
  own: readonly Trace[],
  { state, terms }: Mismatch,
  returned: Term | undefined,
): Trace[] {
  const bare = (term: Term | undefined): Term | undefined => (term === undefined ? undefined : origin(terms, term));
  const releases = (list: readonly Trace[]): Set<Term | undefined> =>
    new Set(list.flatMap(({ event }) => (event ? [bare(releasedTerm(event))] : [])));
  const mine = releases(own);
  const anybodys = releases(steps);
  return own.filter(({ event }) => {
    const isAcquired = event?.facts?.acquires?.some((one) => one.handle === 'result') === true;
    if (!event || !isAcquired || mine.has(event.result) || bare(returned) === event.result) return false;
    const isNothing = [...state.facts].some(([term, fact]) => bare(term) === event.result && fact.equals === 0);
    if (isNothing) return false;
    const isHandedOver = own.some(
      (other) => other.event?.kind === 'store' && bare(other.event.args[1]) === event.result,
    );
    if (isHandedOver) return false;
    const isTold = own.some((other) => other.event?.args.some((arg) => bare(arg) === event.result) === true);
    return anybodys.has(event.result) || !isTold;
  });
}

function excerpt(source: string, range: string): string {
  const [start, end] = range.split('-').map(Number);
  const text = source.slice(start, end).replace(/\s+/g, ' ');
  return text.length > 100 ? `${text.slice(0, 97)}...` : text;
}
