/** Cells of memory on one path: reading, writing, and what an unseen callee may do to them. */
import type { Span } from '../base/span.ts';
import type { Atom, AtomTable, Place, Value } from './atoms.ts';
import type { State } from './state.ts';

/** Loads deeper than this (`a->b->c->d`) are not told apart from what was there before. */
const DEEPEST = 4;

/** May code outside this function read or write what stands there? */
export function isShared(state: State, base: string): boolean {
  if (base.startsWith('g')) return true;
  if (base.startsWith('s')) return !state.own.has(base);
  return state.exposed.has(base);
}

export function keyOf(place: Place): string {
  return place.base + place.path;
}

/** What the keys of the cells inside an object begin with: `*p` holds `p->f`. */
export function objectKey({ base, path }: Place): string {
  return base.startsWith('s') && path === '[0]' ? base : base + path;
}

/** Does a cell whose key goes on so behind `objectKey` lie inside the object? `p[1]` lies beside `*p`. */
export function isInside(place: Place, suffix: string): boolean {
  return objectKey(place) === keyOf(place) ? /^[.[]/.test(suffix) : suffix.startsWith('.');
}

/** When what stands at the base could last have been written without our seeing it. */
function clockOf(state: State, base: string): string {
  const own = state.clocks.get(base);
  if (!isShared(state, base)) return own ?? 'c';
  return own === undefined ? state.clock : `${state.clock} ${own}`;
}

/** The value at a place; undefined where places are not told apart. */
export function readPlace(state: State, atoms: AtomTable, place: Place): Value | undefined {
  const key = keyOf(place);
  const cell = state.cells.get(key);
  if (cell) return cell.value;
  if (!place.isKnown || atoms.depthOf(place.base) >= DEEPEST) return undefined;
  const value = unwritten(state, atoms, place);
  state.cells.set(key, { place, value });
  return value;
}

/** What a known place holds that has no cell. */
export function unwritten(state: State, atoms: AtomTable, place: Place): Value {
  if (state.zeroed.has(place.base)) return [atoms.number(0)];
  return [atoms.load(place, clockOf(state, place.base))];
}

/** Stores a value; whoever else may mean the same cell by another name is no longer known. */
export function writePlace(state: State, atoms: AtomTable, place: Place, value: Value, mark: string): void {
  const key = keyOf(place);
  const whole = objectKey(place);
  const parts = [...state.cells].filter(
    ([other]) => other !== key && other.startsWith(whole) && isInside(place, other.slice(whole.length)),
  );
  for (const [other] of parts) state.cells.delete(other);
  if (parts.length > 0 || place.path === '') state.zeroed.delete(key);
  forgetAliases(state, atoms, place, mark);
  if (place.isKnown) state.cells.set(key, { place, value });
  else state.zeroed.delete(place.base);
}

/** `q->next = x` may write `p->next` too, unless one of them is storage that nobody else knows. */
function forgetAliases(state: State, atoms: AtomTable, place: Place, mark: string): void {
  if (place.path === '' && !isShared(state, place.base)) return;
  const last = lastPart(place.path);
  for (const [key, cell] of state.cells) {
    const { base, path } = cell.place;
    if (base === place.base) {
      if (!place.isKnown && lastPart(path) === '[0]') weaken(state, atoms, key, mark);
      continue;
    }
    if (!isShared(state, base) || !isShared(state, place.base)) continue;
    if (base.startsWith('g') && place.base.startsWith('g')) continue;
    const isSame =
      lastPart(path) === last || (path === '' && last === '[0]') || (place.path === '' && lastPart(path) === '[0]');
    if (isSame) weaken(state, atoms, key, mark);
  }
}

/** `.f`, or `[0]` for any element. */
function lastPart(path: string): string {
  if (path.endsWith(']')) return '[0]';
  return path.slice(path.lastIndexOf('.'));
}

/** The cell may have changed: a handle in it is perhaps still there, anything else is forgotten. */
function weaken(state: State, atoms: AtomTable, key: string, mark: string): void {
  const cell = state.cells.get(key);
  if (!cell) return;
  const handles = cell.value.filter((atom) => isHandle(state, atoms.info(atom).was ?? atom));
  if (handles.length === 0) state.cells.delete(key);
  else
    state.cells.set(key, {
      ...cell,
      value: handles.map((atom) => atoms.weak(atom, cell.place, mark)).toSorted((a, b) => a - b),
    });
}

export function isHandle(state: State, atom: Atom): boolean {
  for (const site of state.sites.values()) if (site.handle === atom) return true;
  return false;
}

/** Of these bases those that matter to somebody: local objects, and resources of this path. A set that can't grow. */
export function ownBases(state: State, bases: readonly string[]): string[] {
  return bases.filter((base) => !base.startsWith('s') || isHandle(state, Number(base.slice(1))));
}

/** `mark` must have been renewed. Forgets what stands in an object that a callee writes through a pointer: the object, and what it reaches. */
export function overwrite(state: State, atoms: AtomTable, value: Value, mark: string, by: string, at: Span): void {
  for (const base of reachable(state, atoms, value)) {
    const direct = value.some((atom) => atoms.basesOf(atom).includes(base));
    state.zeroed.delete(base);
    state.clocks.set(base, mark);
    if (!direct) loseSites(state, atoms, base, by, at);
    for (const [key, cell] of state.cells) if (cell.place.base === base) weaken(state, atoms, key, mark);
  }
}

/** The bases a callee gets to from a value, through the cells that are known. */
export function reachable(state: State, atoms: AtomTable, value: Value): ReadonlySet<string> {
  const found = new Set(value.flatMap((atom) => [...atoms.basesOf(atom)]));
  for (const base of found) {
    for (const cell of state.cells.values()) {
      if (cell.place.base !== base) continue;
      for (const atom of cell.value) for (const next of atoms.basesOf(atom)) found.add(next);
    }
  }
  return found;
}

/** The value goes to somebody who may keep it: so does all that can be reached from it. */
export function escape(state: State, atoms: AtomTable, value: Value, by: string, at: Span): void {
  for (const base of reachable(state, atoms, value)) {
    if (base.startsWith('s')) state.own.delete(base);
    else if (!base.startsWith('g')) state.exposed.add(base);
    loseSites(state, atoms, base, by, at);
  }
}

/** Somebody unseen has got to the resources that this base names. */
function loseSites(state: State, atoms: AtomTable, base: string, by: string, at: Span): void {
  for (const [id, site] of state.sites) {
    if (site.status !== 'held' || site.handle === undefined) continue;
    const isIt = base === `s${site.handle}` || atoms.info(site.handle).place?.base === base;
    if (isIt) state.update(id, { status: 'escaped', by, at });
  }
}

/** `mark` must have been renewed. An unseen callee runs: everything it may reach may be different afterwards. */
export function clobber(state: State, atoms: AtomTable, mark: string, by: string, at: Span): void {
  const shared = [...state.cells.values()].filter((cell) => isShared(state, cell.place.base));
  for (const cell of shared) escape(state, atoms, cell.value, by, at);
  for (const [key, cell] of state.cells) if (isShared(state, cell.place.base)) weaken(state, atoms, key, mark);
  for (const base of state.zeroed) if (isShared(state, base)) state.zeroed.delete(base);
  // The clock of everything shared is newer than theirs.
  for (const base of state.clocks.keys()) if (isShared(state, base)) state.clocks.delete(base);
  for (const [id, site] of state.sites) if (!site.isTouched) state.sites.set(id, { ...site, isTouched: true });
  state.clock = mark;
}
