/** Drafts whose suffixes are equal token by token: they need no knowledge of what the statements do. */
import { isWorth, scoreOf, tidied } from './draft.ts';
import type { Draft, Join } from './draft.ts';
import { exitEnd } from './exits.ts';
import type { FunctionExit } from './exits.ts';
import { canAppend, livesAtEnd, mayHost, mayJoin, variableLengthBetween } from './reach.ts';
import type { Barrier, Item } from './statements.ts';
import type { Study } from './study.ts';

/** Statements looked at per exit: longer suffixes do not occur, and the cost stays linear. */
export const LONGEST = 40;

/** Drafts whose suffixes are equal token by token, the best first. */
export function exactDrafts(study: Study): Draft[] {
  return findDrafts(study, undefined);
}

/** What keeps apart exits that would be worth sharing otherwise; the first such thing, as the true reason. */
export function findObstacle(study: Study): Barrier | undefined {
  const obstacles: Barrier[] = [];
  const drafts = findDrafts(study, obstacles);
  return drafts.length > 0 ? (obstacles.find((one) => one.code !== 'nothing-gained') ?? obstacles[0]) : undefined;
}

/** With `obstacles` given, what forbids sharing is written down there and then ignored. */
function findDrafts(study: Study, obstacles: Barrier[] | undefined): Draft[] {
  const drafts: Draft[] = [];
  for (const host of study.exits) {
    if (!mayHost(study, host)) continue;
    drafts.push(...draftsOf(study, host, host, obstacles));
  }
  if (canAppend(study)) {
    const seen = new Set<string>();
    for (const donor of study.exits) {
      const key = donorKey(study, donor, obstacles !== undefined);
      if (key === '' || seen.has(key)) continue;
      seen.add(key);
      drafts.push(...draftsOf(study, undefined, donor, obstacles));
    }
  }
  return drafts.filter((draft) => isWorth(study, draft)).sort((a, b) => b.score - a.score);
}

function donorKey(study: Study, donor: FunctionExit, isRelaxed: boolean): string {
  const keys: string[] = [];
  let next = exitEnd(donor);
  for (let index = 0; index < LONGEST; index++) {
    const item = donor.items.fromEnd(index);
    if (!item || (!isRelaxed && (item.isBoundary || frozenGap(study, item, next)))) break;
    keys.push(item.key);
    next = item.start;
  }
  return keys.join(' ; ');
}

function draftsOf(
  study: Study,
  host: FunctionExit | undefined,
  donor: FunctionExit,
  obstacles: Barrier[] | undefined,
): Draft[] {
  const lengths = new Map<FunctionExit, number>();
  for (const exit of study.exits) {
    if (exit === host || exit === donor || !mayJoin(study, exit, host)) continue;
    const array = variableLengthBetween(study, exit, host);
    if (array) {
      if (!obstacles) continue;
      obstacles.push(array);
    }
    const length = agreement(study, exit, donor, host !== undefined, obstacles, LONGEST);
    if (length > 0) lengths.set(exit, length);
  }
  if (lengths.size === 0) return [];
  if (!host && mayJoin(study, donor, host) && !variableLengthBetween(study, donor, host)) {
    const most = Math.max(...lengths.values()) + HEAVIEST_RUNG;
    lengths.set(donor, agreement(study, donor, donor, false, obstacles, most));
  }
  dropNested(lengths);
  const ladder = host ? ladderInPlace(lengths) : ladderAtEnd(lengths, donor);
  const rungs = new Set(ladder.values());
  const drafts: Draft[] = [];
  if (study.context.style !== 'single' || rungs.size <= 1) drafts.push(makeDraft(study, host, donor, ladder));
  if (study.context.style !== 'ladder' && rungs.size > 1)
    drafts.push(makeDraft(study, host, donor, oneRung(lengths, host)));
  return drafts.filter((draft) => draft.joins.length > 0);
}

/** Length of the common suffix of two exits, in statements. */
function agreement(
  study: Study,
  exit: FunctionExit,
  donor: FunctionExit,
  inPlace: boolean,
  obstacles: Barrier[] | undefined,
  most: number,
): number {
  let length = 0;
  let next = exitEnd(exit);
  let theirNext = exitEnd(donor);
  for (; length < most; length++) {
    const mine = exit.items.fromEnd(length);
    const theirs = donor.items.fromEnd(length);
    if (!mine || !theirs || mine.key !== theirs.key) return length;
    const gap = frozenGap(study, mine, next) ?? frozenGap(study, theirs, theirNext);
    const barrier = mine.barrier ?? theirs.barrier ?? gap;
    if (barrier && !obstacles) return length;
    if (barrier) obstacles?.push(barrier);
    if (exit !== donor && mine.labels.length > 0) return length;
    if (!inPlace && (theirs.labels.length > 0 || !livesAtEnd(study, theirs))) return length;
    // Inside the host's own statements nobody can jump to them.
    const { container } = exit;
    if (exit !== donor && container.start >= theirs.start && container.end <= theirs.end) return length;
    next = mine.start;
    theirNext = theirs.start;
  }
  return length;
}

function frozenGap(study: Study, item: Item, next: number): Barrier | undefined {
  const gap = { start: item.end, end: next };
  if (!study.statements.isFrozen(gap)) return undefined;
  return { code: 'preprocessor-in-region', reason: 'preprocessor lines stand between the releases', at: gap };
}

/** A branch whose `if` an outer exit gives away cannot jump as well. */
function dropNested(lengths: Map<FunctionExit, number>): void {
  for (const [exit, length] of lengths) {
    if (exit.kind === 'branch') continue;
    for (let index = 0; index < length; index++) {
      const item = exit.items.fromEnd(index);
      for (const other of lengths.keys()) {
        if (item && other !== exit && other.container.start >= item.start && other.container.end <= item.end)
          lengths.delete(other);
      }
    }
  }
}

/** Every length is a rung: the host's statements are there anyway. */
function ladderInPlace(lengths: ReadonlyMap<FunctionExit, number>): Map<FunctionExit, number> {
  return new Map(lengths);
}

/**
 * Rungs of a block that is added: each must be used twice, but the top one may hold what a single exit of a growing
 * ladder releases, as maintainers write it.
 */
function ladderAtEnd(lengths: ReadonlyMap<FunctionExit, number>, donor: FunctionExit): Map<FunctionExit, number> {
  const result = new Map(lengths);
  const own = lengths.get(donor);
  if (own === undefined) return new Map();
  const others = [...lengths].filter(([exit]) => exit !== donor).map(([, length]) => length);
  const below = Math.max(0, ...others);
  if (below === 0) return new Map();
  let top = Math.min(own, below);
  if (others.filter((length) => length === below).length <= 2) {
    let weight = 0;
    while (top < own) {
      const item = donor.items.fromEnd(top);
      weight += item?.weight ?? 0;
      if (!item || !(item.isRelease || item.isReset) || weight > HEAVIEST_RUNG) break;
      top++;
    }
  }
  result.set(donor, top);
  return result;
}

/** Lines that a rung may have which only one exit uses: more is better left where it is. */
const HEAVIEST_RUNG = 8;

/** All jumps to one label: the length that saves most; shorter agreements stay as they are. */
function oneRung(
  lengths: ReadonlyMap<FunctionExit, number>,
  host: FunctionExit | undefined,
): Map<FunctionExit, number> {
  const saved = (length: number): number => {
    const users = [...lengths.values()].filter((other) => other >= length).length;
    return (users - (host ? 0 : 1)) * length;
  };
  const best = [...new Set(lengths.values())].sort((a, b) => saved(b) - saved(a) || a - b)[0] ?? 0;
  return new Map([...lengths].filter(([, length]) => length >= best).map(([exit]) => [exit, best]));
}

function makeDraft(
  study: Study,
  host: FunctionExit | undefined,
  donor: FunctionExit,
  lengths: ReadonlyMap<FunctionExit, number>,
): Draft {
  const longest = Math.max(0, ...lengths.values());
  const block = lastItems(donor, longest);
  const joins: Join[] = [];
  for (const [exit, length] of lengths) {
    const consumed = lastItems(exit, length);
    const places = new Map(consumed.map((item, index) => [item, block[longest - length + index] ?? item]));
    joins.push({ exit, entry: longest - length, consumed, places });
  }
  const [shared, kept] = tidied(study, host, block, joins);
  return {
    host,
    donor,
    block: shared,
    joins: kept,
    score: scoreOf(study, host, shared, kept),
    preparations: new Map(),
  };
}

/** The last `length` statements of an exit, in order. */
export function lastItems(exit: FunctionExit, length: number): Item[] {
  const items: Item[] = [];
  for (let index = length - 1; index >= 0; index--) {
    const item = exit.items.fromEnd(index);
    if (item) items.push(item);
  }
  return items;
}
