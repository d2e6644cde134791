/**
 * Does a definition return, or assign to a macro's parameter, what it acquired? Read off all paths. Each one must end
 * with a fresh resource that nobody else holds, or with the sentinel and nothing held.
 */
import type { AcquireFacts } from '../knowledge.ts';
import type { FreshSite, Path, PathEvent, Value } from './paths.ts';
import type { Root } from './roots.ts';
import type { Subject } from './subject.ts';

/** The acquisition that all paths agree on; undefined where they don't, or where somebody may keep a pointer. */
export function findAcquire(subject: Subject, all: readonly Path[]): AcquireFacts | undefined {
  const paths = all.filter((path) => path.end === 'return');
  if (paths.length === 0) return undefined;
  for (const [index, declaration] of subject.parameters.entries()) {
    if (!declaration || !subject.isMacro) continue;
    const found = acquireAt(paths, `arg:${index}`, (path) => assignedTo(path, index));
    if (found) return found;
  }
  // A macro whose value is fresh, and which stores it somewhere as well, is not understood.
  const isStored = paths.some((path) => path.events.some((event) => event.kind === 'assign'));
  return isStored ? undefined : acquireAt(paths, 'result', (path) => path.value);
}

function assignedTo(path: Path, index: number): Value {
  const last = path.events.findLast((event) => event.kind === 'assign' && event.parameter === index);
  return last?.kind === 'assign' && !last.inLoop ? last.value : { kind: 'unknown' };
}

function acquireAt(
  paths: readonly Path[],
  handle: AcquireFacts['handle'],
  valueOf: (path: Path) => Value,
): AcquireFacts | undefined {
  const gained = paths.map((path) => gainOf(path, valueOf(path)));
  const sites = gained.filter((gain) => gain !== 'nothing' && gain !== undefined);
  const [first] = sites;
  if (!first || gained.includes(undefined)) return undefined;
  if (sites.some(({ facts }) => facts.kind !== first.facts.kind || facts.sentinel !== first.facts.sentinel)) {
    return undefined;
  }
  const canFail = gained.includes('nothing') || sites.some((site) => site.state !== 'held');
  const { kind, sentinel } = first.facts;
  return {
    kind,
    handle,
    sentinel,
    afterFailure: 'sentinel',
    zeroes: sites.every((site) => site.facts.zeroes && !site.isTouched),
    ...(handle === 'result' ? { failure: canFail ? 'sentinel' : 'never' } : canFail ? {} : { failure: 'never' }),
    releasers: first.facts.releasers.filter((name) =>
      sites.every((site) => site.isAlone && site.facts.releasers.includes(name)),
    ),
  };
}

interface Gain extends FreshSite {
  /** Nothing else is held when the path ends: its plain releasers leave nothing behind. */
  readonly isAlone: boolean;
  /** Something may have been stored in it. */
  readonly isTouched: boolean;
}

/** What the path hands to the caller; undefined: it can't be told, or somebody else may hold it too. */
function gainOf(path: Path, value: Value): Gain | 'nothing' | undefined {
  const held = [...path.sites].filter(([site, { state }]) => state !== 'failed' && !isReleased(path, site));
  if (value.kind === 'number') return value.value === 0 && held.length === 0 ? 'nothing' : undefined;
  if (value.kind !== 'fresh') return undefined;
  const site = path.sites.get(value.site);
  if (!site || site.facts.sentinel !== 'null' || isReleased(path, value.site)) return undefined;
  if (site.state === 'failed') return held.length === 0 ? 'nothing' : undefined;
  if (path.events.some((event) => keeps(event))) return undefined;
  const isAlone = held.length === 1 && !path.events.some((event) => fills(event, value.site));
  return { ...site, isAlone, isTouched: path.events.some((event) => touches(event, value.site)) };
}

function isReleased(path: Path, site: number): boolean {
  return path.events.some((event) => {
    if (event.kind !== 'effect' || event.effect.kind !== 'call') return false;
    const { releases, consumes } = event.effect.facts;
    const taken = [...(releases ? [releases.argument] : []), ...(consumes ?? [])];
    return taken.some((argument) => isSite(event.given[argument], site));
  });
}

function isSite(value: Value | undefined, site: number): boolean {
  return value?.kind === 'fresh' && value.site === site;
}

/** Is a pointer to something fresh stored beyond this call, or given to somebody who may keep it? */
function keeps(event: PathEvent): boolean {
  if (event.kind !== 'effect' || event.effect.kind === 'opaque') return event.kind === 'effect';
  const { effect } = event;
  if (effect.kind === 'store') return effect.value?.has('fresh') === true && [...effect.targets].some(isBeyond);
  if (effect.facts.releases) return false;
  if (effect.facts.kind === 'unknown') return true;
  return effect.given.some((roots, argument) => {
    if (!roots.has('fresh')) return false;
    return effect.facts.retains === undefined || effect.facts.retains.includes(argument);
  });
}

/** May the object now hold something that has to be released first: a pointer stored in it, or by a callee? */
function fills(event: PathEvent, site: number): boolean {
  if (event.kind !== 'effect' || !touches(event, site)) return false;
  if (event.effect.kind === 'store') return (event.effect.value?.size ?? 0) > 0;
  return event.effect.kind !== 'call' || event.effect.facts.isLocal !== true || event.effect.facts.copies === true;
}

function isBeyond(root: Root): boolean {
  return root !== 'fresh' && !root.startsWith('local:');
}

function touches(event: PathEvent, site: number): boolean {
  if (event.kind !== 'effect') return false;
  if (event.effect.kind === 'store') return event.effect.targets.has('fresh');
  if (event.effect.kind !== 'call') return true;
  const { facts, given: roots } = event.effect;
  // The acquiring call itself does not count.
  if (event.effect.node.id === site) return false;
  if (facts.isPure) return false;
  return roots.some((set, argument) => set.has('fresh') && (facts.writesThrough?.includes(argument) ?? true));
}
