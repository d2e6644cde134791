/** Which statements could stand once, and who could jump to them: drafts, not yet names or text. */
import type { Declaration } from '../../src/syntax/bindings.ts';
import type { Study } from './context.ts';
import type { Preparation } from './idle.ts';
import { completesNormally, exitEnd, statementsOf } from './exits.ts';
import type { FunctionExit } from './exits.ts';
import { short } from './statements.ts';
import type { Barrier, Item } from './statements.ts';

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
    if (!host.isTop || host.kind === 'branch' || host.list.length === 0) continue;
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

/** May a block be added at the end of the body? Only where nothing falls into it, or a `return;` can be put before. */
export function canAppend(study: Study): boolean {
  const last = statementsOf(study.tree.body).at(-1);
  if (!last || study.statements.isFrozen({ start: last.start, end: study.tree.body.end })) return false;
  const brace = study.tree.body.end - 1;
  if (study.tree.source.slice(study.tree.source.lastIndexOf('\n', brace) + 1, brace).trim() !== '') return false;
  return !completesNormally(study.tree, last) || study.exits.some((exit) => exit.kind === 'end');
}

/** The body ends in a short tail that gotos lead to. */
function endsInLabels(study: Study): boolean {
  return statementsOf(study.tree.body)
    .slice(-LONGEST_TAIL)
    .some((node) => study.statements.item(node).labels.some((label) => study.gotos.has(label)));
}

/** Repetition that justifies a second cleanup area. */
const MOST_LEFT = 5;

/** Statements of a cleanup area behind its first label. */
const LONGEST_TAIL = 12;

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

/** Exits that could jump at all. */
export function mayJoin(study: Study, exit: FunctionExit, host: FunctionExit | undefined): boolean {
  // A return in the body itself would jump to what stands right behind it.
  if (exit.isTop && exit.kind !== 'branch') return false;
  return !host || exitEnd(exit) < exitEnd(host) || exit.container.start > exitEnd(host);
}

/** A variable length array whose scope a jump from the exit would enter. */
export function variableLengthBetween(
  study: Study,
  exit: FunctionExit,
  host: FunctionExit | undefined,
): Barrier | undefined {
  const target = host ? exitEnd(host) : study.tree.body.end;
  const from = exitEnd(exit);
  const array = study.variableLength.find(
    (node) => declarationBlock(node) === study.tree.body && node.start > from && node.end < target,
  );
  if (!array) return undefined;
  const text = short(study.tree, array);
  return { code: 'vla-scope', reason: `a jump would enter the scope of \`${text}\``, at: array };
}

function declarationBlock(node: { parent: Item['node'] | undefined }): Item['node'] | undefined {
  let at = node.parent;
  while (at && at.kind !== 'compound_statement' && at.kind !== 'for_statement') at = at.parent;
  return at;
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

/** Every name of the statement means the same object at the end of the body. */
export function livesAtEnd(study: Study, item: Item): boolean {
  for (const declaration of item.mentions) {
    const own = declaration.node.start >= item.start && declaration.node.end <= item.end;
    if (!own && study.names.resolve(declaration.name, study.tree.body.end - 1) !== declaration) return false;
  }
  for (const [index, token] of item.tokens.entries()) {
    if (token.kind !== 'name' || item.tokens[index - 1]?.text === '.' || item.tokens[index - 1]?.text === '->')
      continue;
    // A file-scope name that a later local hides would change its meaning.
    const there = study.names.resolve(token.text, study.tree.body.end - 1);
    if (there && !item.mentions.has(there)) return false;
  }
  return true;
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

/**
 * Takes off the top of an added block what only one exit has and what is no release: it can as well stay there. Also
 * leaves out branches that give no release away.
 */
export function tidied(
  host: FunctionExit | undefined,
  block: readonly Item[],
  joins: readonly Join[],
): [readonly Item[], Join[]] {
  let shared = block;
  let kept = withoutNested(joins).filter(
    (join) => join.exit.kind !== 'branch' || join.consumed.some((item) => item.isRelease),
  );
  for (;;) {
    const first = shared[0];
    const users = kept.filter((join) => join.entry === 0);
    const [only] = users;
    if (!first || kept.length === 0 || users.length > 1) break;
    if (only && (host || first.isRelease || first.isReset)) break;
    shared = shared.slice(1);
    kept = kept.map((join) => (join === only ? lowered(join, first) : { ...join, entry: join.entry - 1 }));
  }
  return [shared, kept.filter((join) => join.consumed.length > 0)];
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
  const [shared, kept] = tidied(host, block, joins);
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

/** Statements that disappear, less what comes in; one label is preferred unless the project writes ladders. */
export function scoreOf(
  study: Study,
  host: FunctionExit | undefined,
  block: readonly Item[],
  joins: readonly Join[],
): number {
  const weigh = (items: readonly Item[]): number => items.reduce((sum, item) => sum + item.weight, 0);
  const removed = joins.reduce((sum, join) => sum + weigh(join.consumed), 0) - (host ? 0 : weigh(block));
  const labels = new Set(joins.map((join) => join.entry)).size;
  const values = new Set([...joins.map((join) => join.exit.valueKey), ...(host ? [host.valueKey] : [])]);
  const leftOver = new Set(joins.map((join) => cleanupLeft(study, join)).filter((key) => key !== undefined)).size;
  const perLabel = study.context.style === 'ladder' || writesLadders(study) ? 0 : 3;
  return removed * 4 + (host ? 3 : 0) - perLabel * labels - 4 * leftOver - (values.size > 2 ? joins.length : 0);
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
    .reduce((sum, label) => sum + (study.gotos.get(label) ?? 0), 0);
  const sharing = draft.joins.length + (draft.host ? 1 : 0) + there;
  const removed = removedReleases(draft);
  // A second cleanup area beside one that is there reads badly, and a later run should find nothing more to do.
  if (!draft.host && removed < MOST_LEFT && endsInLabels(study)) return false;
  return removed >= 2 || (sharing >= 3 && removed >= 1);
}
