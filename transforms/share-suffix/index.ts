/**
 * transforms: what could be rewritten. Takes one parsed function and what is known; returns plans, as data, in the order
 * of preference, or the reason why there is none. May not read files, print, or claim that a plan is right: the verifier
 * decides that, and never sees this folder.
 */
import { refuse } from '../../src/diagnostics/refusal.ts';
import type { Refusal } from '../../src/diagnostics/refusal.ts';
import type { Plan } from '../../src/rewrite/plan.ts';
import type { FunctionTree } from '../../src/syntax/tree.ts';
import { diagnose } from './diagnose.ts';
import { isWorth, trimmed, without } from './draft.ts';
import type { Draft, Join } from './draft.ts';
import { valueHazard } from './early-value.ts';
import { exactDrafts } from './exact.ts';
import { findHazard } from './hazards.ts';
import { nameLabels } from './labels.ts';
import { looseDrafts } from './loose.ts';
import { Names } from './names.ts';
import { findForgottenPart, findUnclearOwnership } from './ownership.ts';
import { preferred } from './ranking.ts';
import { renderDraft } from './render.ts';
import type { Barrier } from './statements.ts';
import { chooseStatus } from './status.ts';
import type { StatusPlan } from './status.ts';
import { repeatsCalls, studyFunction } from './study.ts';
import type { PlanContext, Study } from './study.ts';

export type { PlanContext } from './study.ts';

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
  const forbidden =
    findHazard(tree, context.knowledge, names) ?? findUnclearOwnership(subject) ?? findForgottenPart(subject);
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
      current = trimmed(subject, rest);
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
    current = trimmed(subject, rest);
  }
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
