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
export function linked(links: Links, roots: readonly Term[]): Links {
  return linkedAll(links, [roots]);
}

/**
 * The roots of each list are in one group from now on. All at once, since a join brings many lists. (Disjoint sets with
 * path halving: Tarjan, van Leeuwen, JACM 1984.) A group is named by its smallest member.
 */
export function linkedAll(links: Links, lists: Iterable<readonly Term[]>): Links {
  const parents = new Map(links);
  let isChanged = false;
  for (const [first, ...others] of lists) {
    for (const other of others) {
      if (first === undefined) break;
      const [one, two] = [groupOf(parents, first), groupOf(parents, other)];
      if (one === two) continue;
      isChanged = true;
      parents.set(one, Math.min(one, two)).set(two, Math.min(one, two));
    }
  }
  if (!isChanged) return links;
  for (const root of parents.keys()) parents.set(root, groupOf(parents, root));
  return parents;
}

function groupOf(parents: Map<Term, Term>, root: Term): Term {
  let at = root;
  for (;;) {
    const parent = parents.get(at) ?? at;
    if (parent === at) return at;
    const above = parents.get(parent) ?? parent;
    parents.set(at, above);
    at = above;
  }
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
