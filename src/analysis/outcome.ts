/** One way out of the function, in one state of its resources: a line of the exit ledger. */
import type { Span } from '../base/span.ts';
import type { Atom, Value } from './atoms.ts';
import { factOf, rangeOf } from './facts.ts';
import type { Fact } from './facts.ts';
import { isHandle, isShared } from './memory.ts';
import { partsOf } from './places.ts';
import type { Evaluated, Run } from './run.ts';
import { PARAMETER } from './state.ts';
import type { ReleaseEvent, SiteState, State, TrailStep } from './state.ts';

/** `no-return`: a call that never comes back. */
export interface LedgerExit {
  readonly kind: 'return' | 'end' | 'no-return';
  readonly at: Span;
  /** The returned expression, or the call that never returns. */
  readonly text: string;
}

export interface ReturnedValue {
  readonly kind: 'number' | 'named' | 'resource' | 'parameter' | 'other' | 'any';
  /** A constant, or the source text that computed it. */
  readonly text: string;
  /** Sign classes it may have: bits for below -1, -1, 0, above 0. */
  readonly signs: number;
  readonly resource?: number;
}

export interface LedgerRelease {
  readonly releaser: string;
  /** The call as source. */
  readonly text: string;
  /** The resource of the ledger; undefined for what the function did not acquire. */
  readonly resource: number | undefined;
  /** What else was released: a parameter, a field's old content. */
  readonly foreign: { readonly text: string; readonly origin: 'parameter' | 'place' | 'other' } | undefined;
  readonly at: Span;
}

export interface HandOver {
  readonly resource: number;
  readonly how: 'returned' | 'stored' | 'consumed' | 'escaped';
  /** The place or the call that has it now. */
  readonly to: string;
}

export interface HeldResource {
  readonly resource: number;
  /** Whether it was acquired at all was never tested on this path. */
  readonly isUntested: boolean;
  /** Its failure was tested in a way that is not understood, its handle was lost to a join or compared with others. */
  readonly isDoubtful: boolean;
  readonly isTouched: boolean;
  readonly isUnsure: boolean;
  /** What is taken for granted of callees that were given it; a proof has none. */
  readonly beliefs: readonly string[];
}

/** What a path has done with a resource and is certain of. */
export interface Outcome {
  readonly exit: LedgerExit;
  /** The values it can return; undefined where it returns none. */
  readonly returns: readonly ReturnedValue[] | undefined;
  /** In the order of the path. */
  readonly releases: readonly LedgerRelease[];
  /** In a loop, any number of times. */
  readonly repeated: readonly LedgerRelease[];
  readonly held: readonly HeldResource[];
  readonly handedOver: readonly HandOver[];
  /** Resources of which the path does not know what became. */
  readonly unknown: readonly number[];
  /** Resources whose release went through a place that an unseen call could have changed. */
  readonly uncertain: readonly number[];
  /** Whether they were acquired at all was never tested on this path. */
  readonly untested: readonly number[];
  readonly isOrdered: boolean;
  /** Why the program may never come here so, though the conditions allow it. */
  readonly doubt: string | undefined;
  /** Why the outcome may stand for more than the program can do. */
  readonly inexact: string | undefined;
  /** One path that leads here, where something is still held; else empty. */
  readonly path: readonly { readonly at: Span; readonly what: string; readonly resource: number | undefined }[];
}

export interface ExitPoint {
  readonly kind: LedgerExit['kind'];
  readonly at: Span;
  readonly value: Evaluated | undefined;
  readonly text: string;
}

/** Reads the state at an exit. */
export function outcomeOf(run: Run, state: State, exit: ExitPoint): Outcome {
  if (exit.kind !== 'no-return') for (const fault of state.lost) run.faults.push(fault);
  const handed = handOvers(run, state, exit);
  const held: HeldResource[] = [];
  const unknown: number[] = [];
  for (const [id, site] of state.sites) {
    if (site.status === 'unknown') unknown.push(id);
    else if (site.status === 'held' && !handed.has(id)) held.push(heldResource(state, id, site));
  }
  return {
    exit: { kind: exit.kind, at: { start: exit.at.start, end: exit.at.end }, text: exit.text },
    returns: exit.value && returnedValues(run, state, exit.value.value),
    releases: releasesOf(run, state),
    repeated: [...state.repeated.values()].map((event) => ledgerRelease(run, event)),
    held,
    handedOver: [...handed.values()],
    unknown,
    uncertain: sitesWhere(state, (site) => site.status === 'released' && !site.isCertain),
    untested: sitesWhere(state, (site) => site.pending !== undefined),
    isOrdered: state.isOrdered,
    doubt: state.doubt,
    inexact: state.inexact,
    path: held.length > 0 ? pathOf(state.trail) : [],
  };
}

function sitesWhere(state: State, test: (site: SiteState) => boolean): number[] {
  return [...state.sites].filter(([, site]) => test(site)).map(([id]) => id);
}

function heldResource(state: State, resource: number, site: SiteState): HeldResource {
  return {
    resource,
    isUntested: site.pending !== undefined,
    isDoubtful:
      (site.pending !== undefined && site.isTestedOddly) ||
      site.handle === undefined ||
      site.moving !== undefined ||
      isSpecial(state, site.handle),
    isTouched: site.isTouched,
    isUnsure: site.isUnsure,
    beliefs: site.beliefs,
  };
}

/** `if (fd > 2) close(fd)`, `if (p != buffer) free(p)`: some handles of this resource are not for releasing. */
function isSpecial(state: State, handle: Atom): boolean {
  const fact = state.facts.get(handle);
  if (state.compared.has(handle) || fact?.is !== undefined || fact?.isNot !== undefined) return true;
  return fact?.from !== undefined || fact?.to !== undefined;
}

function pathOf(trail: TrailStep | undefined): Outcome['path'] {
  const steps: { at: Span; what: string; resource: number | undefined }[] = [];
  for (let step = trail; step; step = step.previous)
    steps.push({ at: { start: step.at.start, end: step.at.end }, what: step.what, resource: step.site });
  return steps.toReversed();
}

/** The last release of each thing, in the order of the path. */
function releasesOf(run: Run, state: State): LedgerRelease[] {
  const seen = new Set<string>();
  const found: LedgerRelease[] = [];
  for (let event = state.log; event; event = event.previous) {
    const key = event.site === undefined ? `f${event.foreign}` : `s${event.site}`;
    const status = event.site === undefined ? undefined : state.sites.get(event.site)?.status;
    const isCurrent = event.site === undefined ? true : status === 'released' || status === 'unknown';
    if (!isCurrent || seen.has(key)) continue;
    seen.add(key);
    found.push(ledgerRelease(run, event));
  }
  return found.toReversed();
}

function ledgerRelease(run: Run, event: ReleaseEvent): LedgerRelease {
  const info = event.foreign === undefined ? undefined : run.atoms.info(event.foreign);
  return {
    releaser: event.releaser,
    text: event.text,
    resource: event.site,
    foreign: event.site === undefined ? { text: info?.text ?? '?', origin: info?.origin ?? 'other' } : undefined,
    at: { start: event.at.start, end: event.at.end },
  };
}

// ---- what was handed over

/** A place outside the function, or the returned value, from which a resource can be reached. */
interface Way {
  readonly how: 'returned' | 'stored';
  readonly to: string;
}

function handOvers(run: Run, state: State, exit: ExitPoint): Map<number, HandOver> {
  const ways = waysOut(run, state, exit);
  const found = new Map<number, HandOver>();
  for (const [resource, site] of state.sites) {
    if (site.status === 'transferred') found.set(resource, { resource, how: 'consumed', to: site.by ?? '?' });
    const isHeld = site.status === 'held' || site.status === 'escaped';
    const way = isHeld && site.handle !== undefined ? wayOf(run, state, resource, site.handle, ways) : undefined;
    if (way) found.set(resource, { resource, ...way });
    else if (site.status === 'escaped') found.set(resource, { resource, how: 'escaped', to: site.by ?? '?' });
  }
  return found;
}

function wayOf(
  run: Run,
  state: State,
  resource: number,
  handle: Atom,
  ways: ReadonlyMap<string, Way>,
): Way | undefined {
  const base = run.atoms.info(handle).place?.base;
  // What is named by its address lives as long as the object around it; a lock that is held is not given to anybody.
  if (base !== undefined) {
    // But one inside an object that was made here goes where that goes: it was initialised, and is not held.
    if (run.sites[resource]?.facts.kind === 'lock' && !isHandle(state, Number(base.slice(1)))) return undefined;
    return (
      ways.get(base) ??
      (isShared(state, base) ? { how: 'stored', to: run.atoms.text(handle).replace(/^&/, '') } : undefined)
    );
  }
  return ways.get(`s${handle}`);
}

/** Every base that somebody outside can reach when the function is left, with how. */
function waysOut(run: Run, state: State, exit: ExitPoint): Map<string, Way> {
  const ways = new Map<string, Way>();
  const open: string[] = [];
  const add = (value: Value, way: Way): void => {
    for (const base of value.flatMap((atom) => [...run.atoms.basesOf(atom)])) {
      if (ways.has(base)) continue;
      ways.set(base, way);
      open.push(base);
    }
  };
  // `return strlen(p)` gives nobody p; `return fd` does.
  if (exit.value && returnsNumber(run))
    for (const atom of exit.value.value)
      for (const one of convertedFrom(run, atom)) ways.set(`s${one}`, { how: 'returned', to: exit.text });
  else if (exit.value) {
    const to = { how: 'returned', to: exit.text } as const;
    add(exit.value.value, to);
    if (exit.value.place) for (const part of partsOf(state, exit.value.place)) add(part.value, to);
  }
  for (const { place, value } of state.cells.values()) {
    const isOutside = place.base.startsWith('g') || (place.base.startsWith('s') && isForeign(run, state, place.base));
    if (isOutside) add(value, { how: 'stored', to: place.text });
  }
  for (let base = open.pop(); base !== undefined; base = open.pop()) {
    const way = ways.get(base);
    for (const cell of state.cells.values()) if (cell.place.base === base && way) add(cell.value, way);
  }
  return ways;
}

/** `return (int)fd;` gives the caller fd. */
function convertedFrom(run: Run, atom: Atom): readonly Atom[] {
  const { parts = [] } = run.atoms.info(atom);
  return parts.length === 1 ? [atom, ...parts] : [atom];
}

/** Storage that was not acquired here: whoever owns it lives on. */
function isForeign(run: Run, state: State, base: string): boolean {
  if (state.own.has(base)) return false;
  const atom = Number(base.slice(1));
  for (const [id, site] of state.sites)
    if (site.handle === atom) return site.status === 'escaped' || run.sites[id]?.acquirer === PARAMETER;
  return true;
}

const NUMBERS = /\b(void|char|short|int|long|float|double|_Bool|bool|size_t|ssize_t|u?int(8|16|32|64)_t)\b/;

/** A function whose type is written as an arithmetic one returns no pointer. A typedef may be anything. */
function returnsNumber(run: Run): boolean {
  const { root, body } = run.tree;
  const declarator = root.children.find((child) => child.field === 'declarator');
  if (!declarator || declarator.kind === 'pointer_declarator') return false;
  const specifiers = run.tree.source.slice(root.start, Math.min(declarator.start, body.start));
  return NUMBERS.test(specifiers) && !/\b(struct|union)\b|\*/.test(specifiers);
}

// ---- what is returned

function returnedValues(run: Run, state: State, value: Value): ReturnedValue[] {
  if (value.length === 0) return [{ kind: 'any', text: '?', signs: 15 }];
  return value.map((atom) => returnedValue(run, state, atom));
}

function returnedValue(run: Run, state: State, atom: Atom): ReturnedValue {
  const info = run.atoms.info(atom);
  const fact = factOf(run.atoms, state.facts, atom);
  for (const [resource, site] of state.sites) {
    if (site.handle !== atom || site.status === 'unknown') continue;
    const text = run.sites[resource]?.handle ?? info.text;
    return { kind: 'resource', text, signs: fact.signs, resource };
  }
  const known = info.number ?? constantOf(fact);
  if (known !== undefined) return { kind: 'number', text: String(known), signs: fact.signs };
  const named = info.kind === 'named' ? atom : fact.is;
  if (named !== undefined && run.atoms.info(named).kind === 'named')
    return { kind: 'named', text: run.atoms.text(named), signs: fact.signs };
  return { kind: info.origin === 'parameter' ? 'parameter' : 'other', text: info.text, signs: fact.signs };
}

/** A value between a number and the same number is that number. */
function constantOf(fact: Fact): number | undefined {
  const { from, to } = rangeOf(fact);
  return from === to ? from : undefined;
}
