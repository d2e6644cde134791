/** A draft: statements that could stand once, and who jumps to them. What it is worth, and how it gets smaller. */
import type { Declaration } from '../../src/syntax/bindings.ts';
import { exitEnd } from './exits.ts';
import type { FunctionExit } from './exits.ts';
import type { Preparation } from './idle.ts';
import { isBesideArea, livesAtEnd } from './reach.ts';
import type { Study } from './study.ts';
import { callsOf } from './statements.ts';
import type { Item } from './statements.ts';

/** One exit that jumps into the block. */
export interface Join {
  readonly exit: FunctionExit;
  /** Index of the block item the jump goes to. */
  readonly entry: number;
  /** Items of the exit that the block takes over, in the exit's order. */
  readonly consumed: readonly Item[];
  /** Where each of them stands in the block. */
  readonly places: ReadonlyMap<Item, Item>;
}

/** A shared block: where it stands, what it holds, who jumps where. */
export interface Draft {
  /** The exit that falls into the block; undefined when the block is added behind the last statement. */
  readonly host: FunctionExit | undefined;
  /** The exit whose text the block is made of. */
  readonly donor: FunctionExit;
  readonly block: readonly Item[];
  readonly joins: readonly Join[];
  readonly score: number;
  /** Handles that must hold their sentinel at the first jump, and what their declarations need for it. */
  readonly preparations: ReadonlyMap<Declaration, Preparation>;
}

/**
 * Takes off the top of an added block what only one exit has and what is no release, or what another exit does there
 * with other arguments: it can as well stay. Also leaves out branches that give no release away, and labels that some
 * `#if` branch would leave unused.
 */
export function tidied(
  study: Study,
  host: FunctionExit | undefined,
  block: readonly Item[],
  joins: readonly Join[],
): [readonly Item[], Join[]] {
  let shared = block;
  const isCarried = new Set([...joins.map((join) => join.exit.valueKey), ...(host ? [host.valueKey] : [])]).size > 1;
  let kept = onePerCompilation(study, host, withoutNested(joins)).filter(
    (join) => join.exit.kind !== 'branch' || isWorthLeaving(join, isCarried),
  );
  for (;;) {
    const first = shared[0];
    const users = kept.filter((join) => join.entry === 0);
    const [only] = users;
    if (!first || kept.length === 0 || users.length > 1) break;
    if (only && (host || (isPlainCleanup(study, first) && !isDoneOtherwise(study, first, kept)))) break;
    shared = shared.slice(1);
    kept = kept.map((join) => (join === only ? lowered(join, first) : { ...join, entry: join.entry - 1 }));
  }
  return [shared, kept.filter((join) => join.consumed.length > 0)];
}

/** A branch gives a release away, and more lines than the goto and the status take that come instead. */
function isWorthLeaving(join: Join, isCarried: boolean): boolean {
  const lines = join.consumed.reduce((sum, item) => sum + item.weight, 0);
  return (
    join.consumed.some((item) => item.isRelease) &&
    lines > (isCarried && join.exit.value?.kind !== 'identifier' ? 2 : 1)
  );
}

/** A call that gives back, maybe under the test whether there is something, or a reset: what a rung is made of. */
function isPlainCleanup(study: Study, item: Item): boolean {
  if (item.isReset) return true;
  const isPlain = item.node.kind === 'expression_statement' || study.statements.isGuard(item.node);
  return item.isRelease && isPlain;
}

/** Another exit calls the same above what it gives away, for something else: of two that look alike one would go. */
function isDoneOtherwise(study: Study, item: Item, joins: readonly Join[]): boolean {
  const callsIn = (node: Item['node']): string => callsOf(study.tree, node).join(' ');
  const calls = callsIn(item.node);
  return joins.some((join) => {
    const above = statementAbove(study, join);
    return above !== undefined && callsIn(above) === calls && study.statements.item(above).key !== item.key;
  });
}

/** The statement before what an exit gives away. */
function statementAbove(study: Study, { exit, consumed }: Join): Item['node'] | undefined {
  const at = exit.list.findIndex((node) => study.statements.item(node) === consumed[0]);
  return exit.list[at - 1];
}

/** Each label needs a goto that is compiled whenever the label is, and an added block no code of one `#if` branch. */
function onePerCompilation(study: Study, host: FunctionExit | undefined, joins: readonly Join[]): Join[] {
  const target = host ? exitEnd(host) : study.tree.body.end - 1;
  const always = new Set(
    joins.filter((join) => study.conditionals.isSame(exitEnd(join.exit), target)).map((join) => join.entry),
  );
  return joins.filter((join) => always.has(join.entry));
}

/** The same exit without its first statement in the block. */
function lowered(join: Join, item: Item): Join {
  return { ...join, consumed: join.consumed.filter((mine) => join.places.get(mine) !== item) };
}

/** Joins without those that stand inside what another one gives away. */
function withoutNested(joins: readonly Join[]): Join[] {
  return joins.filter(({ exit }) => !joins.some((outer) => outer.exit !== exit && isInside(exit, outer)));
}

function isInside(exit: FunctionExit, outer: Join): boolean {
  const start = outer.consumed[0]?.start ?? outer.exit.container.end;
  return exit.container.start >= start && exit.container.end <= exitEnd(outer.exit);
}

/** The draft without one of its exits. */
export function without(draft: Draft, join: Join): Draft {
  return keeping(draft, (other) => other !== join);
}

/** The draft with some of its exits. What the block returns is then what one of these returns. */
export function keeping(draft: Draft, isKept: (join: Join) => boolean): Draft {
  const joins = draft.joins.filter(isKept);
  const isThere = draft.host !== undefined || joins.some((join) => join.exit === draft.donor);
  return { ...draft, joins, donor: isThere ? draft.donor : (joins[0]?.exit ?? draft.donor) };
}

/** Block items that no jump reaches any more are taken off the top, and the score follows. */
export function trimmed(study: Study, draft: Draft): Draft {
  const lowest = Math.min(...draft.joins.map((join) => join.entry));
  const block = draft.block.slice(lowest);
  const joins = draft.joins.map((join) => ({ ...join, entry: join.entry - lowest }));
  return { ...draft, block, joins, score: scoreOf(study, draft.host, block, joins) - draft.preparations.size };
}

/** Labels that a draft needs. */
export function labelCount(draft: Draft): number {
  return new Set(draft.joins.map((join) => join.entry)).size;
}

/** Statements that disappear, less what comes in; one label is preferred unless the project writes ladders. */
export function scoreOf(
  study: Study,
  host: FunctionExit | undefined,
  block: readonly Item[],
  joins: readonly Join[],
): number {
  const weigh = (items: readonly Item[]): number => items.reduce((sum, item) => sum + item.weight, 0);
  // The return behind a branch stays: the goto is a line more.
  const lines = (join: Join): number => weigh(join.consumed) - (join.exit.kind === 'branch' ? 1 : 0);
  const removed = joins.reduce((sum, join) => sum + lines(join), 0) - (host ? 0 : weigh(block));
  const values = new Set([...joins.map((join) => join.exit.valueKey), ...(host ? [host.valueKey] : [])]);
  const leftOver = new Set(joins.map((join) => cleanupLeft(study, join)).filter((key) => key !== undefined)).size;
  return (
    removed * 4 + (host ? 3 : 0) - labelCost(study, block, joins) - 4 * leftOver - (values.size > 2 ? joins.length : 0)
  );
}

/** A label that stands before a release says what it is for; another one only tells apart two tails. */
function labelCost(study: Study, block: readonly Item[], joins: readonly Join[]): number {
  if (study.context.style === 'ladder' || writesLadders(study)) return 0;
  const entries = [...new Set(joins.map((join) => join.entry))].map((entry) => block[entry]);
  return entries.reduce((sum, item) => sum + (item?.isRelease || item?.isReset ? 3 : 6), 0);
}

/** A release or reset that stays at the exit, before or between what is given away. */
function cleanupLeft(study: Study, join: Join): string | undefined {
  const { list } = join.exit;
  const taken = new Set(join.consumed);
  const at = list.findIndex((node) => study.statements.item(node) === join.consumed[0]);
  const left = list
    .slice(Math.max(0, at - 1))
    .map((node) => study.statements.item(node))
    .find(
      (item, index) =>
        !taken.has(item) && !item.barrier && (item.isRelease || (index > 0 && item.isReset)) && livesAtEnd(study, item),
    );
  return left?.key;
}

/**
 * Two exits go on repeating a call that no diagnostic may pass, and that stands right before what they give away: a
 * block with the other half of the cleanup would only hide the conflict.
 */
export function leavesConflict(study: Study, draft: Draft): boolean {
  const left = draft.joins
    .filter((join) => join.exit.value?.kind === 'call_expression')
    .flatMap((join) => leftBefore(study, join));
  return new Set(left).size < left.length;
}

/** The call of which nothing is known that stands before what the exit gives away. */
function leftBefore(study: Study, join: Join): string[] {
  const before = statementAbove(study, join);
  const item = before && study.statements.item(before);
  if (!before || !item?.isCleanup || item.barrier || study.releases.of(item) || !livesAtEnd(study, item)) return [];
  const isLocal = callsOf(study.tree, before).every((name) => study.context.knowledge.name(name).isLocal === true);
  return isLocal ? [] : [item.key];
}

/** Most of the file's labels say what they release. */
function writesLadders(study: Study): boolean {
  const names = study.context.houseStyle.labelNames;
  return (
    names.length >= 4 &&
    names.filter((name) => /^(?:err|out|fail|free|cleanup)_\w+/.test(name)).length * 2 > names.length
  );
}

/** Releases and resets that disappear. */
function removedReleases(draft: Draft): number {
  const count = (items: readonly Item[]): number => items.filter((item) => item.isCleanup || item.isReset).length;
  return draft.joins.reduce((sum, join) => sum + count(join.consumed), 0) - (draft.host ? 0 : count(draft.block));
}

/** A call on something that a call of this function made. */
function usesAcquired(study: Study, item: Item): boolean {
  return [...item.mentions].some((declaration) => study.acquired.has(declaration));
}

/** Three exits share, or two repeated releases or resets disappear; and something is cleaned up at all. */
export function isWorth(study: Study, draft: Draft): boolean {
  if (!draft.joins.some((join) => join.exit.kind === 'return')) return false;
  // Tails that give nothing back, as far as one can tell, have to be long to be worth a label.
  if (!draft.block.some((item) => item.isRelease || (item.isCleanup && usesAcquired(study, item)))) {
    if (draft.block.length < 3 || !draft.block.some((item) => item.isCleanup)) return false;
  }
  const there = draft.block
    .flatMap((item) => item.labels)
    .reduce((sum, label) => sum + (study.gotos.get(label)?.length ?? 0), 0);
  const sharing = draft.joins.length + (draft.host ? 1 : 0) + there;
  const removed = removedReleases(draft);
  // The return behind a branch stays where it is: the label, its return and a blank line come on top.
  if (sharing < 3 && removed < 3 && draft.joins.some((join) => join.exit.kind === 'branch')) return false;
  if (draft.host && draft.joins.length < 2 && isBesideArea(study, draft.host)) return false;
  return removed >= 2 || (sharing >= 3 && removed >= 1);
}
