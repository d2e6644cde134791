/** Joins two paths that agree on the resources, or two that no longer may be kept apart. */
import { joinValues, sameValue } from './atoms.ts';
import type { Atom, AtomTable, Place, Value } from './atoms.ts';
import { isNothing, joinFacts, sameFact } from './facts.ts';
import type { Fact } from './facts.ts';
import { isHandle, ownBases, unwritten } from './memory.ts';
import type { Cell, SiteState, State } from './state.ts';

export interface JoinPoint {
  readonly block: number;
  readonly isLoopHead: boolean;
}

/** Drops what no later code can read, so that it keeps no paths apart. */
export function forgetDead(state: State, atoms: AtomTable, isLive: (declaration: number) => boolean): void {
  for (const [key, { place, value }] of state.cells) {
    const isDead = place.base.startsWith('v') && !isLive(Number(place.base.slice(1)));
    if (isDead && !(place.path !== '' && value.some((atom) => isHandle(state, atom)))) state.cells.delete(key);
  }
  const bases = reachedBases(state, atoms);
  for (const [key, { place, value }] of state.cells) {
    const isLost = place.base.startsWith('s') && !bases.has(place.base);
    if (isLost && !value.some((atom) => mentionsSite(state, atoms, atom))) state.cells.delete(key);
  }
  const kept = keptAtoms(state, atoms);
  for (const one of state.blurred) {
    const isAlive = typeof one === 'string' ? state.cells.has(one) : isKept(atoms, kept, one);
    // A path that is inexact for one reason needs no other.
    if (!isAlive || state.inexact !== undefined) state.blurred.delete(one);
  }
  for (const group of [state.clocks, state.own, state.zeroed])
    for (const base of group.keys()) if (base.startsWith('s') && !kept.has(Number(base.slice(1)))) group.delete(base);
  for (const atom of state.facts.keys()) if (!isKept(atoms, kept, atom)) state.facts.delete(atom);
  for (const atom of state.compared.keys()) if (!isKept(atoms, kept, atom)) state.compared.delete(atom);
}

function reachedBases(state: State, atoms: AtomTable): Set<string> {
  const bases = new Set<string>();
  for (const { value } of state.cells.values())
    for (const atom of value) for (const base of atoms.basesOf(atom)) bases.add(base);
  return bases;
}

function mentionsSite(state: State, atoms: AtomTable, atom: Atom): boolean {
  return atoms.basesOf(atom).some((base) => base.startsWith('s') && isHandle(state, Number(base.slice(1))));
}

function keptAtoms(state: State, atoms: AtomTable): Set<Atom> {
  const kept = new Set<Atom>();
  const keep = (atom: Atom | undefined): void => {
    if (atom === undefined || kept.has(atom)) return;
    kept.add(atom);
    for (const operand of atoms.info(atom).operands ?? []) keep(operand);
  };
  for (const { value, place } of state.cells.values()) {
    for (const atom of value) keep(atom);
    if (place.base.startsWith('s')) keep(Number(place.base.slice(1)));
  }
  for (const site of state.sites.values()) {
    keep(site.handle);
    keep(site.pending);
    keep(site.moving?.result);
  }
  return kept;
}

/** What can still be asked: a constant, what a place holds, and what would be computed of such. */
function isKept(atoms: AtomTable, kept: ReadonlySet<Atom>, atom: Atom): boolean {
  if (kept.has(atom)) return true;
  const { kind, operands, parts } = atoms.info(atom);
  if (kind === 'number' || kind === 'named') return true;
  return (operands ?? parts)?.every((one) => isKept(atoms, kept, one)) === true;
}

/**
 * The join of two paths: what holds on both, one of either value where they differ.
 * @returns whether it says less than the first of them, which is changed into it
 */
export function joinInto(state: State, other: State, atoms: AtomTable, point: JoinPoint): boolean {
  const differing = new Set<Atom | string>();
  const before = state.cells.size;
  let isChanged = joinCells(state, other, atoms, point, differing);
  isChanged = joinAllFacts(state, other, differing) || isChanged;
  isChanged = joinSites(state, other) || isChanged;
  isChanged = joinRest(state, other, point) || isChanged;
  // With one difference the join is exact: no combination is lost, because there is nothing to combine with.
  const lost = differing.size > 1 && state.inexact === undefined ? [...differing] : [];
  for (const one of [...lost, ...other.blurred]) {
    if (state.blurred.has(one)) continue;
    state.blurred.add(one);
    isChanged = true;
  }
  return isChanged || state.cells.size !== before;
}

/** What differs between two paths and matters, as far as a join would forget it. */
export function countDifferences(state: State, other: State): number {
  let count = 0;
  for (const [key, { value }] of state.cells) {
    const there = other.cells.get(key);
    if (!there || !sameValue(value, there.value)) count++;
  }
  for (const key of other.cells.keys()) if (!state.cells.has(key)) count++;
  for (const atom of new Set([...state.facts.keys(), ...other.facts.keys()])) {
    const [a, b] = [state.facts.get(atom), other.facts.get(atom)];
    if (!a || !b || !sameFact(a, b)) count++;
  }
  return count;
}

function joinCells(
  state: State,
  other: State,
  atoms: AtomTable,
  point: JoinPoint,
  differing: Set<Atom | string>,
): boolean {
  let isChanged = false;
  for (const key of new Set([...state.cells.keys(), ...other.cells.keys()])) {
    const [mine, theirs] = [state.cells.get(key), other.cells.get(key)];
    const place = (mine ?? theirs)?.place;
    if (!place) continue;
    const [a, b] = [valueIn(state, atoms, mine, place), valueIn(other, atoms, theirs, place)];
    if (a && b && sameValue(a, b)) {
      if (!mine) state.cells.set(key, { place, value: a });
      continue;
    }
    differing.add(key);
    const joined = a && b ? joinAt(state, atoms, a, b, point, place) : undefined;
    // A local that only one of the paths knows ends here: it is not in scope, or dead.
    if (!joined) {
      isChanged ||= mine !== undefined;
      state.cells.delete(key);
    } else if (!mine || !sameValue(mine.value, joined)) {
      state.cells.set(key, { place, value: joined });
      isChanged = true;
    }
  }
  return isChanged;
}

function valueIn(state: State, atoms: AtomTable, cell: Cell | undefined, place: Place): Value | undefined {
  if (cell) return cell.value;
  if (place.path === '' && !place.base.startsWith('g')) return undefined;
  return unwritten(state, atoms, place);
}

/** At a loop head a value that differs from round to round is one of its own, or the rounds would never end. */
function joinAt(state: State, atoms: AtomTable, a: Value, b: Value, point: JoinPoint, place: Place): Value {
  const joined = joinValues(a, b);
  const roots = new Set(joined.map((atom) => atoms.info(atom).was ?? atom));
  const [root] = roots;
  // On either path it is perhaps still this handle: it is so on both.
  if (root !== undefined && roots.size === 1) return [atoms.weak(root, place, `j${point.block}`)];
  if (!point.isLoopHead) return joined;
  const isFinite = joined.length > 0 && joined.every((atom) => ['number', 'named'].includes(atoms.info(atom).kind));
  if (isFinite) return joined;
  const bases = [...a, ...b].flatMap((atom) => [...atoms.basesOf(atom)]);
  return [atoms.ofLoop(point.block, place, ownBases(state, bases))];
}

function joinAllFacts(state: State, other: State, differing: Set<Atom | string>): boolean {
  let isChanged = false;
  for (const [atom, mine] of state.facts) {
    const theirs = other.facts.get(atom);
    if (theirs && sameFact(mine, theirs)) continue;
    differing.add(atom);
    const joined: Fact | undefined = theirs && joinFacts(mine, theirs);
    if (joined && sameFact(joined, mine)) continue;
    isChanged = true;
    if (!joined || isNothing(joined)) state.facts.delete(atom);
    else state.facts.set(atom, joined);
  }
  for (const atom of other.facts.keys()) if (!state.facts.has(atom)) differing.add(atom);
  return isChanged;
}

function joinSites(state: State, other: State): boolean {
  let isChanged = false;
  for (const id of new Set([...state.sites.keys(), ...other.sites.keys()])) {
    const [mine, theirs] = [state.sites.get(id), other.sites.get(id)];
    const joined = joinSite(mine, theirs);
    if (mine && sameSite(mine, joined)) continue;
    state.sites.set(id, joined);
    isChanged = true;
  }
  return isChanged;
}

function joinSite(a: SiteState | undefined, b: SiteState | undefined): SiteState {
  const one = a ?? b;
  if (!one) throw new Error('a site without a state');
  const isSame =
    a !== undefined && b !== undefined && a.status === b.status && (a.by === b.by || a.status !== 'released');
  return {
    ...one,
    status: isSame ? one.status : 'unknown',
    handle: a?.handle === b?.handle ? one.handle : undefined,
    pending: a?.pending === b?.pending ? one.pending : (a?.pending ?? b?.pending),
    moving: a?.moving?.result === b?.moving?.result ? one.moving : undefined,
    out: a?.out && b?.out ? one.out : undefined,
    isCertain: isSame && a.isCertain && b.isCertain,
    isTestedOddly: (a?.isTestedOddly ?? false) || (b?.isTestedOddly ?? false),
    isTouched: (a?.isTouched ?? false) || (b?.isTouched ?? false),
    isUnsure: (a?.isUnsure ?? false) || (b?.isUnsure ?? false),
    beliefs: [...new Set([...(a?.beliefs ?? []), ...(b?.beliefs ?? [])])],
  };
}

function sameSite(a: SiteState, b: SiteState): boolean {
  return (
    a.status === b.status &&
    a.handle === b.handle &&
    a.pending === b.pending &&
    a.isCertain === b.isCertain &&
    a.isTestedOddly === b.isTestedOddly &&
    a.isTouched === b.isTouched &&
    a.isUnsure === b.isUnsure &&
    a.beliefs.length === b.beliefs.length &&
    a.moving?.result === b.moving?.result &&
    (a.out === undefined) === (b.out === undefined)
  );
}

function joinRest(state: State, other: State, point: JoinPoint): boolean {
  let isChanged = joinClocks(state, other, point);
  for (const base of other.exposed) isChanged = addTo(state.exposed, base) || isChanged;
  for (const base of state.own) if (!other.own.has(base)) isChanged = state.own.delete(base);
  for (const base of state.zeroed) if (!other.zeroed.has(base)) isChanged = state.zeroed.delete(base);
  for (const atom of state.foreign.keys()) if (!other.foreign.has(atom)) isChanged = state.foreign.delete(atom);
  isChanged = addMissing(state.repeated, other.repeated) || isChanged;
  isChanged = addMissing(state.compared, other.compared) || isChanged;
  isChanged = addMissing(state.growing, other.growing) || isChanged;
  for (const fault of other.lost) isChanged = addTo(state.lost, fault) || isChanged;
  if (state.isOrdered && !(other.isOrdered && sameLog(state, other))) {
    state.isOrdered = false;
    isChanged = true;
  }
  isChanged = joinTested(state, other) || isChanged;
  if (state.inexact === undefined && other.inexact !== undefined) {
    state.inexact = other.inexact;
    isChanged = true;
  }
  return isChanged;
}

function joinTested(state: State, other: State): boolean {
  let isChanged = false;
  for (const [text, theirs] of other.tested) {
    const mine = state.tested.get(text);
    const atom = mine === undefined || mine.atom === theirs.atom ? theirs.atom : NO_ATOM;
    const holds = mine === undefined || mine.holds === theirs.holds ? theirs.holds : undefined;
    if (mine && mine.atom === atom && mine.holds === holds) continue;
    state.tested.set(text, { ...(mine ?? theirs), atom, holds });
    isChanged = true;
  }
  if (state.doubt !== undefined || other.doubt === undefined) return isChanged;
  state.doubt = other.doubt;
  return true;
}

/** Different values on different paths: no later one is the same. */
const NO_ATOM: Atom = -1;

function addTo<T>(set: Set<T>, one: T): boolean {
  if (set.has(one)) return false;
  set.add(one);
  return true;
}

function addMissing<K, V>(map: Map<K, V>, other: ReadonlyMap<K, V>): boolean {
  const before = map.size;
  for (const [key, value] of other) if (!map.has(key)) map.set(key, value);
  return map.size > before;
}

/** @returns whether a clock of the first path had to go */
function joinClocks(state: State, other: State, point: JoinPoint): boolean {
  const mark = `j${point.block}`;
  let isChanged = state.clock !== other.clock && state.clock !== mark;
  if (isChanged) state.clock = mark;
  for (const base of new Set([...state.clocks.keys(), ...other.clocks.keys()])) {
    const own = state.clocks.get(base);
    if (own === other.clocks.get(base) || own === mark) continue;
    state.clocks.set(base, mark);
    isChanged = true;
  }
  return isChanged;
}

function sameLog(state: State, other: State): boolean {
  let [a, b] = [state.log, other.log];
  for (; a && b && a !== b; a = a.previous, b = b.previous)
    if (a.site !== b.site || a.foreign !== b.foreign) return false;
  return a === b;
}
