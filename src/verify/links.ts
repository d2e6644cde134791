/**
 * Which values of a path may point into or hold each other, because a call was given both, or one was stored in the
 * other: a partition of roots (see `TermTable.roots`). What no event has brought together is not linked.
 */
import type { Event, Happened } from './event.ts';
import { isDiagnostic, isMemoryRelease } from './event.ts';
import type { State } from './state.ts';
import type { Term, TermTable } from './terms.ts';

/** From a root to the one that names its group; a root that is absent is alone. */
export type Links = ReadonlyMap<Term, Term>;

/** The groups of all given roots become one. */
export function linked(links: Links, roots: Iterable<Term>): Links {
  const all = [...roots];
  const names = new Set(all.map((root) => links.get(root) ?? root));
  if (names.size < 2) return links;
  const name = Math.min(...names);
  const next = new Map(links);
  for (const [root, group] of links) if (names.has(group)) next.set(root, name);
  for (const root of all) next.set(root, name);
  for (const one of names) next.set(one, name);
  return next;
}

/** Roots of a value that can carry an address, or are a handle this path acquired. */
export function rootsOf(terms: TermTable, state: State, term: Term): Term[] {
  return terms.roots(term).flatMap((root) => {
    if (!terms.isSmall(root)) return [root];
    const inner = handleIn(terms, root);
    return state.acquired.has(inner) ? [inner] : [];
  });
}

/** The value before conversions. */
function handleIn(terms: TermTable, root: Term): Term {
  const node = terms.node(root);
  return node.op === 'convert' && node.args[0] !== undefined ? handleIn(terms, node.args[0]) : root;
}

/** May the value point into the object, or hold a pointer to it, by what this path has done with both? */
export function isLinked(terms: TermTable, state: State, term: Term, object: Term): boolean {
  const targets = rootsOf(terms, state, object).map((root) => state.links.get(root) ?? root);
  return rootsOf(terms, state, term).some((root) => targets.includes(state.links.get(root) ?? root));
}

/**
 * Does the value mention the object (DESIGN §2): may it point into it or reach it? As `isLinked`, and it reaches what was
 * found in memory that it reaches.
 */
export function mayReach(terms: TermTable, state: State, term: Term, object: Term): boolean {
  if (isLinked(terms, state, term, object)) return true;
  const owners = new Set(rootsOf(terms, state, object).flatMap((root) => [...terms.ownersOf(root)]));
  if (owners.size === 0) return false;
  const groups = new Set([...owners].map((root) => state.links.get(root) ?? root));
  return rootsOf(terms, state, term).some((root) => groups.has(state.links.get(root) ?? root));
}

/** What an event brings together. */
export function linksAfter(terms: TermTable, state: State, event: Happened): Links {
  if (isDiagnostic(event) || isMemoryRelease(event)) return state.links;
  const roots = (list: readonly Term[]): Term[] => list.flatMap((term) => rootsOf(terms, state, term));
  if (event.kind !== 'call') return linked(state.links, roots([...event.args, ...results(event)]));
  let links = state.links;
  for (const group of callGroups(event)) links = linked(links, roots(group));
  return links;
}

function results(event: Happened): readonly Term[] {
  return event.kind === 'store' ? [] : [event.result, ...event.outputs];
}

/** A callee of which it is known what it retains and writes brings only those together. */
function callGroups(event: Happened): (readonly Term[])[] {
  const { args, facts, result } = event;
  const all = [...args, result, ...event.outputs];
  const retains = facts?.retains;
  if (!facts || !retains) return [all];
  const at = (index: number): Term[] => args.slice(index, index + 1);
  const written = facts.writesThrough?.flatMap(at) ?? args;
  const groups: (readonly Term[])[] = [];
  if (retains.length > 0) groups.push([...retains.flatMap(at), ...written, result]);
  if (facts.consumes?.length && !isFreshResult(event)) groups.push([...facts.consumes.flatMap(at), result]);
  if (facts.copies === true) groups.push([...args, result]);
  if (facts.returnsArgument !== undefined) groups.push([...at(facts.returnsArgument), result]);
  else if (!isFreshResult(event) && !facts.isPure && !isOfPreset(event)) groups.push(all);
  return groups;
}

/** The result is storage that did not exist before: from an allocator, or a stream of the C library. */
export function isFreshResult(event: Event): boolean {
  const isStream = /^preset (stdio|directories)\b/.test(event.facts?.from ?? '');
  const acquires = event.facts?.acquires?.filter((one) => one.handle === 'result') ?? [];
  return acquires.some((one) => one.kind === 'memory' || (isStream && one.kind === 'handle'));
}

function isOfPreset(event: Event): boolean {
  return event.facts?.from.startsWith('preset') === true;
}
