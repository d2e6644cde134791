/** Which drafts are tried, and in which order: the verifier costs more than the planner. */
import { isWorth, keeping, labelCount, leavesConflict, trimmed, without } from './draft.ts';
import type { Draft, Join } from './draft.ts';
import { leavesReleases } from './loose.ts';
import { isConstant } from './status.ts';
import type { Study } from './study.ts';

/**
 * By score; at equal score what needs no knowledge comes first. A few of each kind, so that one can stand in for
 * another, and then what is left of the best without the exits that ask most of the proof.
 */
export function preferred(subject: Study, exact: readonly Draft[], loose: readonly Draft[]): Draft[] {
  const whole = subject.context.style === 'single' ? exact.filter((draft) => !leavesReleases(subject, draft)) : exact;
  const singles = loose.filter((draft) => labelCount(draft) === 1).slice(0, 4);
  const ladders = loose.filter((draft) => labelCount(draft) > 1).slice(0, 4);
  const best = byScore([...whole.slice(0, 4), ...singles, ...ladders]);
  const risky = (best[0]?.joins ?? []).filter((join) => isRisky(subject, join)).slice(0, 6);
  const oneLess = best
    .slice(0, risky.length > 1 ? 1 : 0)
    .flatMap((draft) => risky.map((join) => partOf(subject, draft, without(draft, join))));
  const careful = best.slice(0, 4).map((draft) =>
    partOf(
      subject,
      draft,
      keeping(draft, (join) => !isRisky(subject, join)),
    ),
  );
  const partial = [...oneLess, ...careful].filter((draft) => isWorth(subject, draft));
  return inPlaceFirst(byScore([...best, ...partial]).filter((draft) => !leavesConflict(subject, draft)));
}

/**
 * A draft with some of the exits of another one. It stands in where the whole is not proved, and is never preferred to
 * it, whatever its score: a later run would let the exits that were left join the label that is there then.
 */
function partOf(subject: Study, whole: Draft, part: Draft): Draft {
  const cut = trimmed(subject, part);
  return { ...cut, score: Math.min(cut.score, whole.score - 1) };
}

/**
 * An added block leaves room for one in place that shares no exit with it, which a later run would find; the other way
 * round it does not. So the one in place is tried first.
 */
function inPlaceFirst(drafts: readonly Draft[]): Draft[] {
  const result = new Set<Draft>();
  for (const draft of drafts) {
    if (!draft.host) {
      const exits = new Set(draft.joins.map((join) => join.exit));
      const isApart = (other: Draft): boolean =>
        other.host !== undefined && other.joins.length > 1 && !other.joins.some((join) => exits.has(join.exit));
      for (const other of drafts) if (isApart(other)) result.add(other);
    }
    result.add(draft);
  }
  return [...result];
}

function byScore(drafts: readonly Draft[]): Draft[] {
  return drafts.toSorted((a, b) => b.score - a.score);
}

/** The value is computed, or a statement of the exit moves before the release it stood behind. */
function isRisky(subject: Study, join: Join): boolean {
  const { value, list } = join.exit;
  const isPlain = value === undefined || value.kind === 'identifier' || isConstant(subject, value);
  const first = join.consumed[0];
  const start = list.findIndex((node) => subject.statements.item(node) === first);
  return !isPlain || list.length - start > join.consumed.length;
}
