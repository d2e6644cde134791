/** The exit ledger of a function (DESIGN §6). */
import type { Span } from '../base/span.ts';
import { refuse } from '../diagnostics/refusal.ts';
import type { Refusal } from '../diagnostics/refusal.ts';
import type { ResourceKind, Sentinel } from '../resources/knowledge.ts';
import { performCall } from './calls.ts';
import { Flow } from './flow.ts';
import type { Outcome } from './outcome.ts';
import { Run, Unanalysable } from './run.ts';
import type { FaultKind, FunctionParts } from './run.ts';
import type { Site } from './state.ts';

export type { FunctionParts } from './run.ts';

/** One acquire call of the function, and one of its handles. */
export interface LedgerResource {
  /** What the outcomes refer to. */
  readonly id: number;
  /** The lvalue that first names it: `p`, `s->buf`, `*out`. */
  readonly name: string;
  /** The acquire call as source. */
  readonly call: string;
  readonly acquirer: string;
  readonly kind: ResourceKind;
  readonly sentinel: Sentinel;
  readonly releasers: readonly string[];
  readonly at: Span;
  /** It is acquired in a loop: one site stands for one resource a round. */
  readonly isInLoop: boolean;
  /** Named by its address, as locks and initialised objects are. */
  readonly isByAddress: boolean;
}

/** On some path one thing is released twice, used after its release, released before it was set, or lost. */
export interface LedgerFault {
  readonly kind: FaultKind;
  readonly name: string;
  readonly resource: number | undefined;
  readonly first: Span;
  readonly second: Span;
  readonly text: string;
  readonly path: Outcome['path'];
  /** The path is one the function can take, as far as conditions are understood. */
  readonly isExact: boolean;
}

export interface Ledger {
  readonly kind: 'ledger';
  readonly name: string;
  /** In source order. */
  readonly resources: readonly LedgerResource[];
  /** In source order of the exits; two of one exit differ in what was done, held, handed over or returned. */
  readonly outcomes: readonly Outcome[];
  readonly faults: readonly LedgerFault[];
  /** No outcome stands for more than the program can do, as far as conditions are understood. */
  readonly isExact: boolean;
  readonly inexactBecause: string | undefined;
  /** Evaluations of one block in one state. */
  readonly steps: number;
}

/** Steps after which a function is given up. */
const MOST_STEPS = 20_000;

/**
 * The ledger of one function.
 * @returns a refusal for a macro that is known to jump, a statement expression, or a function beyond the budget
 */
export function exitLedger(parts: FunctionParts, budget: number = MOST_STEPS): Ledger | Refusal {
  const run = new Run(parts, performCall);
  const flow = new Flow(run, budget);
  try {
    if (!flow.complete())
      return refuse('budget-exceeded', `the ledger took more than ${budget} steps`, parts.tree.root);
  } catch (error) {
    if (error instanceof Unanalysable) return error.refusal;
    throw error;
  }
  const outcomes = distinct(flow.outcomes);
  const inexact = flow.outcomes.find((one) => one.inexact !== undefined)?.inexact;
  return {
    kind: 'ledger',
    name: parts.tree.name,
    resources: run.sites.map(resourceOf).toSorted((a, b) => a.at.start - b.at.start || a.id - b.id),
    outcomes,
    faults: faultsOf(run),
    isExact: inexact === undefined,
    inexactBecause: inexact,
    steps: flow.steps,
  };
}

function resourceOf(site: Site): LedgerResource {
  return {
    id: site.id,
    name: site.handle,
    call: site.call,
    acquirer: site.acquirer,
    kind: site.facts.kind,
    sentinel: site.facts.sentinel,
    releasers: site.facts.releasers,
    at: { start: site.node.start, end: site.node.end },
    isInLoop: site.loop !== undefined,
    isByAddress: site.facts.handle.startsWith('arg:'),
  };
}

/** Outcomes of one exit that differ in nothing but the value returned are one, which may return either. */
function distinct(outcomes: readonly Outcome[]): Outcome[] {
  const byKey = new Map<string, Outcome>();
  for (const outcome of outcomes) {
    const held = outcome.held.map((one) => one.resource);
    const key = JSON.stringify({
      ...outcome,
      held,
      path: [],
      returns: [],
      isOrdered: true,
      inexact: '',
      doubt: '',
      untested: [],
    });
    const before = byKey.get(key);
    byKey.set(key, before ? eitherOf(before, outcome) : outcome);
  }
  return [...byKey.values()].toSorted((a, b) => a.exit.at.start - b.exit.at.start);
}

function eitherOf(a: Outcome, b: Outcome): Outcome {
  const returns = new Map([...(a.returns ?? []), ...(b.returns ?? [])].map((one) => [JSON.stringify(one), one]));
  // The path on which more is certain is the one to show.
  const shown = doubtsIn(b) < doubtsIn(a) ? b : a;
  return {
    ...shown,
    returns: a.returns && b.returns ? [...returns.values()] : undefined,
    isOrdered: a.isOrdered && b.isOrdered,
    untested: [...new Set([...a.untested, ...b.untested])].toSorted((x, y) => x - y),
  };
}

function doubtsIn({ held, doubt, inexact }: Outcome): number {
  const doubts = held.flatMap((one) => [one.isDoubtful, one.isUnsure, one.isTouched, one.isUntested]);
  return doubts.filter((isDoubt) => isDoubt).length + (doubt === undefined ? 0 : 9) + (inexact === undefined ? 0 : 9);
}

function faultsOf(run: Run): LedgerFault[] {
  const found = new Map<string, LedgerFault>();
  for (const { kind, what, site, first, second, text, trail, isExact } of run.faults) {
    const path: LedgerFault['path'][number][] = [];
    for (let step = trail; step; step = step.previous)
      path.push({ at: { start: step.at.start, end: step.at.end }, what: step.what, resource: step.site });
    const key = `${kind} ${what} ${second.start}`;
    if (found.get(key)?.isExact === true || (found.has(key) && !isExact)) continue;
    found.set(key, {
      kind,
      name: what,
      resource: site?.id,
      first: { start: first.start, end: first.end },
      second: { start: second.start, end: second.end },
      text,
      isExact,
      path: path.toReversed(),
    });
  }
  return [...found.values()].toSorted((a, b) => a.second.start - b.second.start);
}
