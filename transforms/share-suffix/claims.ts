/** Which comment goes to which statement of the block: two that differ cannot both have the place. */
import type { Draft, Join } from './draft.ts';
import type { Study } from './study.ts';
import type { Layout } from './layout.ts';
import type { Misfit } from './render.ts';
import type { Item } from './statements.ts';

interface Claim {
  /** The comment behind the statement, with the blanks before it. */
  readonly trailing: string | undefined;
  /** Stands there in the host already. */
  readonly isThere: boolean;
  /** Comments on lines of their own above the statement. */
  readonly leading: readonly string[];
  readonly isLeadingThere: boolean;
}

export interface Claims {
  readonly kind: 'claims';
  of(item: Item): Claim;
  /** Offsets of comments between releases that went to the block. */
  readonly moved: ReadonlySet<number>;
  /** Where what an exit gives away begins: above its first statement when the block has the comment there already. */
  startOf(join: Join): number | undefined;
}

const NO_CLAIM: Claim = { trailing: undefined, isThere: false, leading: [], isLeadingThere: false };

/** Collects the comments of all joining exits; a misfit is the exit whose comment finds its place taken. */
export function claimComments(study: Study, layout: Layout, draft: Draft): Claims | Misfit {
  const claims = new Map<Item, Claim>();
  const moved = new Set<number>();
  if (draft.host)
    for (const [index, item] of draft.block.entries()) claims.set(item, hostClaim(layout, draft, item, index));
  const inOrder = [...draft.joins].sort((a, b) => Number(b.exit === draft.donor) - Number(a.exit === draft.donor));
  for (const join of inOrder) {
    for (const [index, mine] of join.consumed.entries()) {
      const place = join.places.get(mine);
      if (!place) continue;
      const own = exitClaim(study, layout, join, mine, index);
      const merged = merge(claims.get(place) ?? NO_CLAIM, own.claim);
      if (!merged || commentText(mine) !== commentText(place)) return misfit(join);
      claims.set(place, merged);
      for (const offset of own.offsets) moved.add(offset);
    }
  }
  const of = (item: Item): Claim => claims.get(item) ?? NO_CLAIM;
  return { kind: 'claims', of, moved, startOf: (join) => startOf(study, layout, join, of) };
}

/** The comment above the first statement goes along when it is the one that stands in the block. */
function startOf(study: Study, layout: Layout, join: Join, of: (item: Item) => Claim): number | undefined {
  const [first] = join.consumed;
  const place = first && join.places.get(first);
  if (!first || !place) return first?.start;
  const position = join.exit.list.findIndex((node) => study.statements.item(node) === first);
  const start = join.exit.list[position - 1]?.end ?? join.exit.container.start;
  const comments = layout.ownLineComments({ start, end: first.start });
  const { leading } = of(place);
  const isSame = leading.length > 0 && comments.map((comment) => comment.text).join('\n') === leading.join('\n');
  return isSame ? (comments[0]?.start ?? first.start) : first.start;
}

function commentText(item: Item): string {
  return item.comments.map((comment) => comment.text).join('\n');
}

function misfit(join: Join): Misfit {
  return {
    kind: 'misfit',
    join,
    code: 'nothing-gained',
    reason: 'two different comments claim one place in the shared block',
  };
}

function hostClaim(layout: Layout, draft: Draft, item: Item, index: number): Claim {
  const trailing = trailingOf(layout, item);
  const start = draft.block[index - 1]?.end ?? item.labelStart;
  const leading = layout.ownLineComments({ start, end: item.start }).map((comment) => comment.text);
  return { trailing, isThere: trailing !== undefined, leading, isLeadingThere: leading.length > 0 };
}

function trailingOf(layout: Layout, item: Item): string | undefined {
  const text = layout.tail(item.end);
  return text === '' ? undefined : text;
}

function exitClaim(
  study: Study,
  layout: Layout,
  join: Join,
  item: Item,
  index: number,
): { claim: Claim; offsets: number[] } {
  const trailing = trailingOf(layout, item);
  if (index === 0) return { claim: { ...NO_CLAIM, trailing }, offsets: [] };
  const position = join.exit.list.findIndex((node) => study.statements.item(node) === item);
  const before = join.exit.list[position - 1];
  const comments = before ? layout.ownLineComments({ start: before.end, end: item.start }) : [];
  return {
    claim: { ...NO_CLAIM, trailing, leading: comments.map((comment) => comment.text) },
    offsets: comments.map((comment) => comment.start),
  };
}

/** Both comments if they agree or only one is there. */
function merge(there: Claim, mine: Claim): Claim | undefined {
  if (there.trailing !== undefined && mine.trailing !== undefined && there.trailing.trim() !== mine.trailing.trim())
    return undefined;
  if (there.leading.length > 0 && mine.leading.length > 0 && there.leading.join('\n') !== mine.leading.join('\n'))
    return undefined;
  return {
    trailing: there.trailing ?? mine.trailing,
    isThere: there.isThere,
    leading: there.leading.length > 0 ? there.leading : mine.leading,
    isLeadingThere: there.isLeadingThere,
  };
}
