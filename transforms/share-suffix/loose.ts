/**
 * Drafts that rest on what is known of releases: some change places, some do nothing at some exits. Optimistic: the
 * verifier decides. What an exit keeps moves before what it gives away.
 */
import type { Draft, Join } from './draft.ts';
import { LONGEST, lastItems } from './exact.ts';
import { canAppend, livesAtEnd, mayHost, mayJoin, variableLengthBetween } from './reach.ts';
import { isWorth, labelCount, scoreOf, tidied } from './draft.ts';
import type { Study } from './study.ts';
import { exitEnd } from './exits.ts';
import type { FunctionExit } from './exits.ts';
import { Handles } from './idle.ts';
import type { Idle, Preparation } from './idle.ts';
import type { Declaration } from '../../src/syntax/bindings.ts';
import type { Barrier, Item } from './statements.ts';
import { maySwap } from './swap.ts';

/** How one exit can enter a block at one place. */
interface Entry {
  readonly index: number;
  readonly consumed: readonly Item[];
  readonly places: ReadonlyMap<Item, Item>;
  readonly preparations: ReadonlyMap<Declaration, Preparation>;
}

interface Candidate {
  readonly exit: FunctionExit;
  readonly entries: readonly Entry[];
}

/** What stands in the way of a longer block. */
type Obstacles = Barrier[];

/** Drafts by reordering and no-op releases, the best first. */
export function looseDrafts(study: Study): Draft[] {
  return findLoose(study, undefined);
}

/** What keeps apart releases that would be worth sharing otherwise. */
export function findLooseObstacle(study: Study): Barrier | undefined {
  const obstacles: Barrier[] = [];
  if (findLoose(study, obstacles).length === 0) return undefined;
  const rank = ['stateful-macro', 'unnameable-type', 'order-conflict', 'not-proved'];
  return obstacles.sort((a, b) => rank.indexOf(a.code) - rank.indexOf(b.code))[0];
}

/** With `obstacles` given, what forbids sharing is written down there and then ignored. */
function findLoose(study: Study, obstacles: Obstacles | undefined): Draft[] {
  const handles = new Handles(study);
  const drafts: Draft[] = [];
  for (const { host, donor, block } of blocksOf(study, obstacles !== undefined)) {
    const own = host && conflictOf(study, windowOf(study, host), block);
    if (own) obstacles?.push(own);
    if (own && !obstacles) continue;
    const candidates: Candidate[] = [];
    for (const exit of study.exits) {
      if (exit === host || !mayJoin(study, exit, host) || variableLengthBetween(study, exit, host)) continue;
      const entries = entriesOf(study, handles, block, exit, host, obstacles);
      if (entries.length > 0) candidates.push({ exit, entries });
    }
    drafts.push(...assemble(study, host, donor, block, candidates));
  }
  return drafts.filter((draft) => isWorth(study, draft)).sort((a, b) => b.score - a.score);
}

interface BlockChoice {
  readonly host: FunctionExit | undefined;
  readonly donor: FunctionExit;
  readonly block: readonly Item[];
}

/** Orders of releases worth trying: each exit's own, and that with the rarest first. */
function blocksOf(study: Study, isRelaxed: boolean): BlockChoice[] {
  const choices: BlockChoice[] = [];
  const seen = new Set<string>();
  const add = (host: FunctionExit | undefined, donor: FunctionExit, block: readonly Item[]): void => {
    const key = `${host ? exitEnd(host) : -1} ${block.map((item) => item.key).join(' ; ')}`;
    if (block.length === 0 || block.length > LONGEST_BLOCK || seen.has(key)) return;
    seen.add(key);
    choices.push({ host, donor, block });
  };
  const counts = countItems(study);
  const isShared = (item: Item): boolean => (counts.get(item.key) ?? 0) > 1;
  for (const host of study.exits) {
    if (!mayHost(study, host)) continue;
    const block = windowOf(study, host).filter((item) => isShareable(item, isRelaxed));
    add(
      host,
      host,
      block.filter((item) => isShared(item) || study.releases.of(item) !== undefined),
    );
    add(host, host, block.filter(isShared));
    add(host, host, rarestFirst(block.filter(isShared), counts));
  }
  if (canAppend(study)) {
    for (const donor of study.exits.toReversed()) {
      if (donor.isTop) continue;
      const block = windowOf(study, donor)
        .filter((item) => isShareable(item, isRelaxed) && livesAtEnd(study, item))
        .filter((item) => isShared(item) || item.isRelease || item.isReset)
        .map((item) => plainest(study, item));
      add(undefined, donor, block);
      add(undefined, donor, rarestFirst(block, counts));
      add(
        undefined,
        donor,
        block.filter((item) => isShared(item) || study.releases.of(item) !== undefined),
      );
      add(undefined, donor, block.filter(isShared));
    }
  }
  return choices.slice(0, MOST_BLOCKS);
}

/** A guard that changes nothing is left out where another exit does without. */
function plainest(study: Study, item: Item): Item {
  if (!study.releases.of(item)?.isGuarded) return item;
  for (const exit of study.exits) {
    const plain = windowOf(study, exit).find((other) => sameRelease(study, item, other));
    if (plain) return plain;
  }
  return item;
}

/** In how many exits each statement occurs. */
function countItems(study: Study): Map<string, number> {
  const counts = new Map<string, number>();
  for (const exit of study.exits) {
    const keys = new Set(windowOf(study, exit).map((item) => item.key));
    for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

/** Longer blocks do not occur, and the cost stays small. */
const LONGEST_BLOCK = 16;

/** Blocks tried per function. */
const MOST_BLOCKS = 24;

function isShareable(item: Item, isRelaxed: boolean): boolean {
  if (item.labels.length > 0) return false;
  return !item.barrier || (isRelaxed && item.barrier.code === 'stateful-macro');
}

/** The statements before an exit's return that may be looked at: up to a declaration or a jump. */
function windowOf(study: Study, exit: FunctionExit): Item[] {
  let length = 0;
  let next = exitEnd(exit);
  for (; length < LONGEST; length++) {
    const item = exit.items.fromEnd(length);
    if (!item || item.isBoundary || item.labels.length > 0) break;
    if (study.statements.isFrozen({ start: item.start, end: next })) break;
    next = item.start;
  }
  return lastItems(exit, length);
}

/** Statements that few exits have come first, so that those with less can enter further down. */
function rarestFirst(block: readonly Item[], counts: ReadonlyMap<string, number>): Item[] {
  const rank = (item: Item): number => counts.get(item.key) ?? 0;
  return block.toSorted((a, b) => rank(a) - rank(b));
}

/** Places at which an exit can enter; those that give most away. */
function entriesOf(
  study: Study,
  handles: Handles,
  block: readonly Item[],
  exit: FunctionExit,
  host: FunctionExit | undefined,
  obstacles: Obstacles | undefined,
): Entry[] {
  const window = windowOf(study, exit);
  if (host && block.some((item) => exit.container.start >= item.start && exit.container.end <= item.end)) return [];
  const entries: Entry[] = [];
  for (let index = block.length - 1; index >= 0; index--) {
    const entry = entryAt(study, handles, block, index, exit, window, obstacles);
    if (entry) entries.push(entry);
  }
  const most = Math.max(0, ...entries.map((entry) => entry.consumed.length));
  return most === 0 ? [] : entries.filter((entry) => entry.consumed.length === most);
}

function entryAt(
  study: Study,
  handles: Handles,
  block: readonly Item[],
  index: number,
  exit: FunctionExit,
  window: readonly Item[],
  obstacles: Obstacles | undefined,
): Entry | undefined {
  const order: Item[] = [];
  const places = new Map<Item, Item>();
  const preparations = new Map<Declaration, Preparation>();
  const free = [...window];
  for (const item of block.slice(index)) {
    const at = free.findLastIndex((mine) => mine.key === item.key || sameRelease(study, mine, item));
    const [mine] = at >= 0 ? free.splice(at, 1) : [];
    if (mine) {
      if (mine.barrier) obstacles?.push(mine.barrier);
      order.push(mine);
      places.set(mine, item);
      continue;
    }
    const release = study.releases.of(item);
    if (!release && !(obstacles && item.isRelease)) return undefined;
    const idle = release ? handles.idleAt(release, exit) : unknownRelease(study, item);
    if (!idle.isIdle) {
      if (!obstacles) return undefined;
      obstacles.push({
        code: idle.isUnnameable ? 'unnameable-type' : 'not-proved',
        reason: `one block would not do: ${idle.reason()}`,
        at: item,
      });
      continue;
    }
    if (idle.declaration && idle.preparation) preparations.set(idle.declaration, idle.preparation);
  }
  if (!order.some((item) => item.isCleanup)) return undefined;
  const conflict = conflictOf(study, window, order);
  if (conflict && !obstacles) return undefined;
  if (conflict) obstacles?.push(conflict);
  const taken = new Set(order);
  return { index, consumed: window.filter((item) => taken.has(item)), places, preparations };
}

/** In words, for a release of which nothing is known. */
function unknownRelease(study: Study, item: Item): Idle {
  const reason = (): string => `nothing is known of what \`${study.text(item)}\` does when nothing is held`;
  return { isIdle: false, reason, isUnnameable: false };
}

/** The same thing given back by the same call, with or without a guard of its own that changes nothing. */
function sameRelease(study: Study, one: Item, other: Item): boolean {
  const a = study.releases.of(one);
  const b = study.releases.of(other);
  if (!a || !b || a.isGuarded === b.isGuarded) return false;
  const guarded = a.isGuarded ? one : other;
  return a.releaser === b.releaser && a.handleKey === b.handleKey && a.facts.noopOnSentinel && isBareGuard(guarded);
}

/** `if (p) free(p);` and nothing else inside. */
function isBareGuard(item: Item): boolean {
  return item.tokens.filter((token) => token.text === ';').length === 1;
}

/** Two statements of the exit that would change places and may not. */
function conflictOf(study: Study, window: readonly Item[], order: readonly Item[]): Barrier | undefined {
  const first = Math.min(...order.map((item) => window.indexOf(item)));
  const kept = window.slice(first).filter((item) => !order.includes(item));
  const now = [...kept, ...order];
  for (const [index, earlier] of now.entries()) {
    for (const later of now.slice(index + 1)) {
      if (window.indexOf(earlier) < window.indexOf(later) || maySwap(study, earlier, later)) continue;
      const reason = `\`${study.text(later)}\` and \`${study.text(earlier)}\` would change places`;
      return { code: 'order-conflict', reason, at: later };
    }
  }
  return undefined;
}

/** One label for all, and the fewest labels that serve everybody. */
function assemble(
  study: Study,
  host: FunctionExit | undefined,
  donor: FunctionExit,
  block: readonly Item[],
  candidates: readonly Candidate[],
): Draft[] {
  const drafts: Draft[] = [];
  const indexes = block.map((_, index) => index);
  const { style } = study.context;
  if (style !== 'ladder') {
    for (const index of indexes) {
      const draft = build(study, host, donor, block, candidates, new Set([index]));
      if (draft && (style !== 'single' || !leavesReleases(study, draft))) drafts.push(draft);
    }
  }
  if (style !== 'single') {
    const points = stab(candidates);
    const draft = points.size > 1 ? build(study, host, donor, block, candidates, points) : undefined;
    if (draft) drafts.push(draft, ...withEveryRung(study, draft, candidates));
  }
  return drafts;
}

/**
 * Where one label does not serve all, and no exit passes more than the release of what it has just failed to get, a
 * maintainer writes a rung for each exit. It is preferred then as long as each label says what it is for; what a zeroed
 * object makes of the releases, one label for several exits, stays.
 */
function withEveryRung(study: Study, fewest: Draft, candidates: readonly Candidate[]): Draft[] {
  const { host, donor, block, joins } = fewest;
  if (joins.some((join) => block.length - join.entry - join.consumed.length > 1)) return [];
  const points = new Set(candidates.map(({ entries }) => Math.max(...entries.map((entry) => entry.index))));
  const draft = points.size > labelCount(fewest) ? build(study, host, donor, block, candidates, points) : undefined;
  if (!draft?.joins.every(({ entry }) => draft.block[entry]?.isRelease)) return [];
  return [{ ...draft, score: Math.max(draft.score, fewest.score + 1) }];
}

/** The fewest entries such that each exit has one of its own: the lowest range first. */
function stab(candidates: readonly Candidate[]): Set<number> {
  const points = new Set<number>();
  const highest = (candidate: Candidate): number => Math.min(...candidate.entries.map((entry) => entry.index));
  for (const candidate of candidates.toSorted((a, b) => highest(b) - highest(a))) {
    if (!candidate.entries.some((entry) => points.has(entry.index))) points.add(highest(candidate));
  }
  return points;
}

function build(
  study: Study,
  host: FunctionExit | undefined,
  donor: FunctionExit,
  block: readonly Item[],
  candidates: readonly Candidate[],
  points: ReadonlySet<number>,
): Draft | undefined {
  const joins: Join[] = [];
  const preparations = new Map<Declaration, Preparation>();
  for (const { exit, entries } of candidates) {
    // The label that asks least: what the exit does not hold stays above it.
    const usable = entries.filter((entry) => points.has(entry.index)).sort((a, b) => b.index - a.index)[0];
    if (!usable) continue;
    joins.push({ exit, entry: usable.index, consumed: usable.consumed, places: usable.places });
    for (const [declaration, preparation] of usable.preparations) preparations.set(declaration, preparation);
  }
  const [shared, moved] = tidied(study, host, block, joins);
  if (moved.length === 0) return undefined;
  const score = scoreOf(study, host, shared, moved) - preparations.size;
  return { host, donor, block: shared, joins: moved, score, preparations };
}

/** Style `single` means one block for everything: an exit that keeps a release of its own breaks it. */
export function leavesReleases(study: Study, draft: Draft): boolean {
  return draft.joins.some((join) => {
    const taken = new Set(join.consumed);
    return windowOf(study, join.exit).some((item) => !taken.has(item) && item.isRelease && livesAtEnd(study, item));
  });
}
