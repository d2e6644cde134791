/**
 * transforms: what could be rewritten. Takes one parsed function and what is known; returns plans, as data, in the order
 * of preference, or the reason why there is none. May not read files, print, or claim that a plan is right: the verifier
 * decides that, and never sees this folder.
 */
import { refuse } from '../../src/diagnostics/refusal.ts';
import type { Refusal } from '../../src/diagnostics/refusal.ts';
import type { Plan } from '../../src/rewrite/plan.ts';
import type { FunctionTree } from '../../src/syntax/tree.ts';
import { exactDrafts, isWorth } from './blocks.ts';
import { diagnose } from './diagnose.ts';
import { valueHazard } from './early-value.ts';
import { leavesReleases, looseDrafts } from './loose.ts';
import type { Draft, Join } from './blocks.ts';
import { repeatsCalls, studyFunction } from './context.ts';
import type { PlanContext, Study } from './context.ts';
import { findHazard } from './hazards.ts';
import { nameLabels } from './labels.ts';
import { Names } from './names.ts';
import { findUnclearOwnership } from './ownership.ts';
import { renderDraft } from './render.ts';
import type { Barrier } from './statements.ts';
import { chooseStatus, isConstant } from './status.ts';
import type { StatusPlan } from './status.ts';

export type { PlanContext } from './context.ts';

export const shareSuffix = {
  name: 'share-suffix',
  title: 'Share repeated cleanup',
  description: 'Exits that end in the same statements jump to one copy of them: a block, or a ladder of labels.',
} as const;

/** Plans tried per function: the verifier costs more than the planner. */
const MOST_PLANS = 16;

/** Candidate rewrites of one function, the preferred first; or why there is none. */
export function planShareSuffix(tree: FunctionTree, context: PlanContext): Plan[] | Refusal {
  const names = new Names(tree);
  const subject = studyFunction(tree, context, names);
  if (!repeatsCalls(subject)) return refuse('nothing-gained', 'no call is repeated before the returns', tree.root);
  const drafts = preferred(subject, exactDrafts(subject), looseDrafts(subject));
  if (drafts.length === 0) {
    const reason = diagnose(subject);
    return reason.code === 'nothing-gained' ? reason : (findHazard(tree, context.knowledge, names) ?? reason);
  }
  const forbidden = findHazard(tree, context.knowledge, names) ?? findUnclearOwnership(subject);
  return forbidden ?? plansOf(subject, drafts);
}

/** Plans of the drafts that can be written down; else why the first of them cannot. */
function plansOf(subject: Study, drafts: readonly Draft[]): Plan[] | Refusal {
  const plans: Plan[] = [];
  let refusal: Refusal | undefined;
  for (const draft of drafts) {
    const plan = finish(subject, draft);
    if (plan.kind === 'refusal') refusal ??= plan;
    else if (!plans.some((other) => sameEdits(other, plan))) plans.push(plan);
    if (plans.length >= MOST_PLANS) break;
  }
  if (plans.length > 0) return plans;
  return refusal ?? diagnose(subject);
}

/**
 * By score; at equal score what needs no knowledge comes first. A few of each kind, so that one can stand in for
 * another, and then what is left of the best without the exits that ask most of the proof.
 */
function preferred(subject: Study, exact: readonly Draft[], loose: readonly Draft[]): Draft[] {
  const labels = (draft: Draft): number => new Set(draft.joins.map((join) => join.entry)).size;
  const whole = subject.context.style === 'single' ? exact.filter((draft) => !leavesReleases(subject, draft)) : exact;
  const singles = loose.filter((draft) => labels(draft) === 1).slice(0, 4);
  const ladders = loose.filter((draft) => labels(draft) > 1).slice(0, 4);
  const best = [...whole.slice(0, 4), ...singles, ...ladders].sort((a, b) => b.score - a.score);
  const risky = (best[0]?.joins ?? []).filter((join) => isRisky(subject, join)).slice(0, 6);
  const oneLess = best.slice(0, 1).flatMap((draft) => risky.map((join) => without(draft, join)));
  const careful = best
    .slice(0, 4)
    .map((draft) => ({ ...draft, joins: draft.joins.filter((join) => !isRisky(subject, join)) }));
  const partial = [...(risky.length > 1 ? oneLess : []), ...careful].filter((draft) => isWorth(subject, draft));
  return [...best, ...partial.map((draft) => trimmed(draft))];
}

/** The value is computed, or a statement of the exit moves before the release it stood behind. */
function isRisky(subject: Study, join: Join): boolean {
  const { value, list } = join.exit;
  const isPlain = value === undefined || value.kind === 'identifier' || isConstant(subject, value);
  const first = join.consumed[0];
  const start = list.findIndex((node) => subject.statements.item(node) === first);
  return !isPlain || list.length - start > join.consumed.length;
}

/** Names, status and text for a draft; exits that do not fit are left out while what remains is worth it. */
function finish(subject: Study, draft: Draft): Plan | Refusal {
  let current = draft;
  for (;;) {
    const status = chooseStatus(subject, current);
    if ('kind' in status) return status;
    const hazard = firstHazard(subject, current, status);
    if (hazard?.join) {
      const rest = without(current, hazard.join);
      if (!isWorth(subject, rest)) return refuse(hazard.code, hazard.reason, hazard.at);
      current = trimmed(rest);
      continue;
    }
    if (hazard) return refuse(hazard.code, hazard.reason, hazard.at);
    const labels = nameLabels(subject, current);
    const edits = renderDraft(subject, current, status, labels);
    if (Array.isArray(edits)) {
      return makePlan(
        current,
        [...labels.values()].map((label) => label.name),
        edits,
      );
    }
    if (edits.kind === 'refusal') return edits;
    const rest = without(current, edits.join);
    if (!isWorth(subject, rest)) return refuse(edits.code, edits.reason, edits.join.exit.container);
    current = trimmed(rest);
  }
}

function without(draft: Draft, join: Join): Draft {
  return { ...draft, joins: draft.joins.filter((other) => other !== join) };
}

/** An exit whose value may not be computed before its releases; no join: the one that falls in. */
function firstHazard(
  subject: Study,
  draft: Draft,
  status: StatusPlan,
): (Barrier & { join: Join | undefined }) | undefined {
  for (const [exit, value] of status.assignments) {
    const join = draft.joins.find((one) => one.exit === exit);
    const hazard = valueHazard(subject, value, join ? join.consumed : draft.block);
    if (hazard) return { ...hazard, join };
  }
  return undefined;
}

/** Block items that no jump reaches any more are taken off a block that is added. */
function trimmed(draft: Draft): Draft {
  const lowest = Math.min(...draft.joins.map((join) => join.entry));
  if (lowest === 0) return draft;
  return {
    ...draft,
    block: draft.block.slice(lowest),
    joins: draft.joins.map((join) => ({ ...join, entry: join.entry - lowest })),
  };
}

function makePlan(draft: Draft, labels: readonly string[], edits: Plan['edits']): Plan {
  const count = (items: readonly { isCleanup: boolean }[]): number => items.filter((item) => item.isCleanup).length;
  const before =
    draft.joins.reduce((sum, join) => sum + count(join.consumed), 0) + (draft.host ? count(draft.block) : 0);
  return {
    kind: 'plan',
    transform: shareSuffix.name,
    style: labels.length > 1 ? 'ladder' : 'single',
    labels,
    successShares: draft.host !== undefined,
    exits: draft.joins.length + (draft.host ? 1 : 0),
    releasesBefore: before,
    releasesAfter: count(draft.block),
    edits,
  };
}

function sameEdits(a: Plan, b: Plan): boolean {
  return JSON.stringify(a.edits) === JSON.stringify(b.edits);
}
