/** Puts a difference into words: the decisions that lead there, and what each side does from entry to exit. */
import { LineIndex } from '../base/span.ts';
import type { FunctionTree, SyntaxNode } from '../syntax/tree.ts';
import { isNoop } from './compare-runs.ts';
import type { Finding } from './compare-runs.ts';
import type { Counterexample } from './counterexample.ts';
import { releasedTerm } from './event.ts';
import type { Happened } from './event.ts';
import type { Run } from './execute.ts';
import { origin } from './memory.ts';
import { conditionSpan } from './program.ts';
import type { Mismatch } from './simulate.ts';
import type { Trace } from './state.ts';
import type { Term, TermTable } from './terms.ts';
import type { Difference, LedgerView } from './verdict.ts';
import type { World } from './world.ts';

type Which = 'before' | 'after';

/** A sentence, and what it is about. */
export interface Told {
  readonly reason: string;
  readonly difference: Difference;
}

/** What is told of a walk or a run: its steps, and where each side ends. */
interface Story {
  readonly steps: readonly Pick<Trace, 'kind' | 'side' | 'text' | 'taken' | 'offset' | 'condition' | 'event'>[];
  readonly ends: Readonly<Record<Which, End>>;
  readonly terms: TermTable;
  /** Is it known that nothing was acquired: that the value is null? */
  readonly isNull: (value: Term) => boolean;
}

interface End {
  readonly node: SyntaxNode | undefined;
  /** It was followed to this exit. */
  readonly isExit: boolean;
  readonly value: Term | undefined;
}

type Step = Story['steps'][number];

interface Version {
  readonly tree: FunctionTree;
  readonly lines: LineIndex;
}

type Versions = Readonly<Record<Which, Version>>;

/** Describes where the joint walk stopped, and how each side goes on from there. */
export function describeMismatch(before: FunctionTree, after: FunctionTree, mismatch: Mismatch): Told {
  const { state, exits, terms } = mismatch;
  const steps: Step[] = [];
  for (let step = state.trace; step; step = step.previous) steps.push(step);
  const end = (side: Which): End => {
    const { program, at } = state[side];
    const exit = exits[side];
    return { node: exit?.node ?? program.nodes[at], isExit: exit !== undefined, value: exit?.value };
  };
  const isNull = (value: Term): boolean =>
    [...state.facts].some(([term, fact]) => origin(terms, term) === value && fact.equals === 0);
  const story: Story = {
    steps: steps.toReversed(),
    ends: { before: end('before'), after: end('after') },
    terms,
    isNull,
  };
  return { reason: mismatch.reason, difference: describe(versionsOf(before, after), story) };
}

/** Describes two runs that differ. */
export function describeCounterexample(before: FunctionTree, after: FunctionTree, found: Counterexample): Told {
  const versions = versionsOf(before, after);
  const { world } = found;
  const story: Story = {
    steps: [...stepsOf(world, found.before, 'before'), ...stepsOf(world, found.after, 'after')],
    ends: { before: endOf(found.before), after: endOf(found.after) },
    terms: world.setting.terms,
    isNull: (value) => world.numberOf(value) === 0,
  };
  return { reason: sentence(versions, story, found.finding), difference: describe(versions, story) };
}

function versionsOf(before: FunctionTree, after: FunctionTree): Versions {
  return {
    before: { tree: before, lines: new LineIndex(before.source) },
    after: { tree: after, lines: new LineIndex(after.source) },
  };
}

/** Decisions that were none, since earlier ones had settled them, are not told; nor are releases of nothing. */
function stepsOf(world: World, run: Run, side: Which): Step[] {
  return run.steps.flatMap((step): Step[] => {
    if (step.kind === 'effect' && isNoop(world, step.effect)) return [];
    const node = step.kind === 'decision' ? step.decision.node : step.effect.node;
    const span = step.kind === 'decision' ? conditionSpan(node) : node;
    const place = { side, text: `${span.start}-${span.end}`, offset: node.start };
    if (step.kind === 'effect') return [{ ...place, kind: 'effect', taken: true, event: step.effect }];
    const { condition, taken, isOpen } = step.decision;
    return isOpen ? [{ ...place, kind: 'decision', taken, condition }] : [];
  });
}

function endOf({ end }: Run): End {
  const isExit = end.kind === 'returned';
  return { node: end.node, isExit, value: end.kind === 'returned' ? end.value : undefined };
}

function describe(versions: Versions, story: Story): Difference {
  const decisions = story.steps
    .filter((step) => step.kind === 'decision')
    .map((step) => {
      const { tree, lines } = versions[ownerOf(step)];
      return { text: excerpt(tree.source, step.text), taken: step.taken, line: lines.place(step.offset).line };
    });
  return { decisions, before: view(versions, story, 'before'), after: view(versions, story, 'after') };
}

// ---- sentences

function sentence(versions: Versions, story: Story, finding: Finding): string {
  const text = (side: Which, { start, end }: SyntaxNode): string => {
    const { tree, lines } = versions[side];
    return `\`${excerpt(tree.source, `${start}-${end}`)}\` (line ${lines.place(start).line})`;
  };
  switch (finding.kind) {
    case 'undefined':
      return `the after version ${finding.reason}: ${text('after', finding.node)}`;
    case 'extra':
      return extraCall(versions, story, finding, text(finding.side, finding.effect.node));
    case 'arguments':
      return `the before version calls ${text('before', finding.before.node)}, the after version ${text('after', finding.after.node)}`;
    case 'order':
      return `the before version calls ${text('before', finding.first.node)} and then ${text('before', finding.second.node)}, the after version the other way round`;
    case 'returned':
      return otherReturn(versions, story, finding);
    case 'memory': {
      const { store, side, at } = finding;
      const place = store.node.children[0] ?? store.node;
      const name = excerpt(versions[side].tree.source, `${place.start}-${place.end}`);
      const when = at ? `when ${text('before', at.node)} is called` : 'at the end';
      return `\`${name}\` is not the same ${when}: see ${text(side, store.node)} of the ${side} version`;
    }
  }
}

function otherReturn(versions: Versions, story: Story, finding: Extract<Finding, { kind: 'returned' }>): string {
  const [before, after] = (['before', 'after'] as const).map((side) => {
    const { node } = story.ends[side];
    const value = node?.kind === 'return_statement' ? node.children.find((child) => child.isNamed) : undefined;
    const text = value ? excerpt(versions[side].tree.source, `${value.start}-${value.end}`) : '';
    const number = finding[side];
    return number === undefined || text === String(number) ? `\`${text}\`` : `\`${text}\`, which is ${number}`;
  });
  return `the before version returns ${before}; the after version ${after}`;
}

function extraCall(
  versions: Versions,
  story: Story,
  { side, effect, ...counts }: Extract<Finding, { kind: 'extra' }>,
  call: string,
): string {
  const other = side === 'before' ? 'after' : 'before';
  const name = effect.name ?? 'a function pointer';
  const released = releasedTerm(effect);
  const leak = released === undefined ? undefined : leaked(story, other, origin(story.terms, released));
  if (leak) {
    const what = excerpt(versions[other].tree.source, leak.text);
    return `the ${side} version releases what \`${what}\` has acquired, by ${call}; the ${other} version leaks it`;
  }
  if (Math.min(counts.before, counts.after) === 0)
    return `the ${side} version calls ${call}, the ${other} version never calls \`${name}\``;
  return `the before version calls \`${name}\` ${times(counts.before)}, the after version ${times(counts.after)}: ${call} has no counterpart in the ${other} version`;
}

/** The step of a side that acquired the value, if the side still holds it at its exit. */
function leaked(story: Story, side: Which, value: Term): Step | undefined {
  const own = story.steps.filter((step) => step.kind === 'effect' && step.side === side);
  return heldSteps(story, own, story.ends[side].value).find(({ event }) => event?.result === value);
}

function times(count: number): string {
  return count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`;
}

// ---- ledgers

function ownerOf(step: Step): Which {
  return step.side === 'after' ? 'after' : 'before';
}

function view(versions: Versions, story: Story, side: Which): LedgerView {
  const { tree, lines } = versions[side];
  const own = story.steps.filter((step) => step.kind === 'effect' && (step.side === side || step.side === 'both'));
  const text = (step: Step): string => excerpt(versions[ownerOf(step)].tree.source, step.text);
  const effects = own.map(text);
  const end = story.ends[side];
  const node = end.node ?? tree.body;
  if (!end.isExit) effects.push(excerpt(tree.source, `${node.start}-${node.end}`));
  const isReturn = end.isExit && node.kind === 'return_statement';
  const value = isReturn ? node.children.find((child) => child.isNamed) : undefined;
  return {
    effects,
    holds: end.isExit ? heldSteps(story, own, end.value).map(text) : [],
    returns: value ? excerpt(tree.source, `${value.start}-${value.end}`) : '',
    line: lines.place(node.start).line,
  };
}

/**
 * Calls of one side whose resource it neither releases nor returns, and which either nobody was given or the other side
 * releases.
 */
function heldSteps({ steps, terms, isNull }: Story, own: readonly Step[], returned: Term | undefined): Step[] {
  const bare = (term: Term | undefined): Term | undefined => (term === undefined ? undefined : origin(terms, term));
  const releases = (list: readonly Step[]): Set<Term | undefined> =>
    new Set(list.flatMap(({ event }) => (event ? [bare(releasedTerm(event))] : [])));
  const mine = releases(own);
  const anybodys = releases(steps);
  const isGiven = (event: Happened, value: Term): boolean => event.args.some((arg) => bare(arg) === value);
  return own.filter(({ event }) => {
    const isAcquired = event?.facts?.acquires?.some((one) => one.handle === 'result') === true;
    if (!event || !isAcquired || mine.has(event.result) || bare(returned) === event.result) return false;
    if (isNull(event.result)) return false;
    const stores = own.filter((other) => other.event?.kind === 'store');
    if (stores.some((other) => bare(other.event?.args[1]) === event.result)) return false;
    const isTold = own.some((other) => other.event !== undefined && isGiven(other.event, event.result));
    return anybodys.has(event.result) || !isTold;
  });
}

function excerpt(source: string, range: string): string {
  const [start, end] = range.split('-').map(Number);
  const text = source.slice(start, end).replace(/\s+/g, ' ');
  return text.length > 100 ? `${text.slice(0, 97)}...` : text;
}
