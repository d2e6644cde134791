/**
 * Which two events may change places: the table of DESIGN §8, one function a row. What is not in the table never swaps.
 */
import { isDiagnostic, isMemoryRelease, releasedTerm } from './event.ts';
import type { Event } from './event.ts';
import { baseOf, isDistinct, isUnshared, origin } from './memory.ts';
import type { State } from './state.ts';
import type { Term, TermTable } from './terms.ts';
import type { Use } from './verdict.ts';

/** What is needed beside the two events. */
export interface CommuteContext {
  readonly terms: TermTable;
  readonly state: State;
  readonly acceptLogOrder: boolean;
}

/**
 * May `first; second` become `second; first`?
 * @returns the uses to be listed, or undefined where they may not
 */
export function commute(context: CommuteContext, first: Event, second: Event): readonly Use[] | undefined {
  if (first.mayJump || second.mayJump || first.kind === 'volatile-load' || second.kind === 'volatile-load')
    return undefined;
  if (!keepsErrnoOrder(first, second)) return undefined;
  return oneWay(context, first, second) ?? oneWay(context, second, first);
}

function oneWay(context: CommuteContext, one: Event, other: Event): readonly Use[] | undefined {
  if (isMemoryRelease(one) && isMemoryRelease(other)) return twoReleases(context, one, other);
  if (isMemoryRelease(one) && other.kind === 'store') return releaseAndStore(context, one, other);
  if (isMemoryRelease(one) && isDiagnostic(other)) return releaseAndDiagnostic(context, one, other);
  if (isMemoryRelease(one) && isStreamRelease(other)) return memoryAndStream(context, one, other);
  if (one.kind === 'store' && isDiagnostic(other)) return storeAndDiagnostic(context, one, other);
  if (isStreamRelease(one) && other.kind === 'store') return streamAndStore(context, one, other);
  if (isDiagnostic(one) && isDiagnostic(other)) return context.acceptLogOrder ? ['log-order'] : undefined;
  return undefined;
}

/** errno is an output of every exit: calls that may set it keep their order, and none passes one that may read it. */
function keepsErrnoOrder(first: Event, second: Event): boolean {
  const sets = [first, second].map(maySetErrno);
  const reads = [first, second].map(mayReadErrno);
  return !(sets[0] && (sets[1] || reads[1])) && !(sets[1] && reads[0]);
}

function maySetErrno(event: Event): boolean {
  if (event.kind === 'store') return false;
  return event.facts?.keepsErrno !== true && event.facts?.releases?.keepsErrno !== true;
}

function mayReadErrno(event: Event): boolean {
  if (event.kind === 'store' || event.facts?.releases) return false;
  const diagnostic = event.facts?.diagnostic;
  return diagnostic ? diagnostic.readsErrno : event.facts?.readsErrno !== false;
}

/** Different objects: the original releases both on this path, so the same object would be released twice. */
function twoReleases(context: CommuteContext, one: Event, other: Event): readonly Use[] | undefined {
  const { terms, state } = context;
  const a = releasedTerm(one);
  const b = releasedTerm(other);
  if (a === undefined || b === undefined || origin(terms, a) === origin(terms, b)) return undefined;
  // One that looks into its object must find alive what it finds there.
  if (!isShallow(one) && mayReach(context, a, b)) return undefined;
  if (!isShallow(other) && mayReach(context, b, a)) return undefined;
  // Two acquisitions of this path that were held together are two objects, whoever knows of them.
  const areFresh = state.acquired.has(origin(terms, a)) && state.acquired.has(origin(terms, b));
  return areFresh ? ['reorder'] : ['reorder', 'distinct-by-use'];
}

/** Gives back the storage without reading it: `free` and what is known to be only that. */
function isShallow(release: Event): boolean {
  return release.facts?.releases?.isShallow === true;
}

function releaseAndStore(context: CommuteContext, release: Event, store: Event): readonly Use[] | undefined {
  const [address, value] = store.args;
  const released = releasedTerm(release);
  if (released === undefined || address === undefined || value === undefined) return undefined;
  if (mayReach(context, address, released)) return undefined;
  return isErrno(context.terms, address) ? undefined : ['reorder'];
}

function releaseAndDiagnostic(context: CommuteContext, release: Event, diagnostic: Event): readonly Use[] | undefined {
  const released = releasedTerm(release);
  if (released === undefined) return undefined;
  return diagnostic.args.some((arg) => mayReach(context, arg, released)) ? undefined : ['reorder'];
}

function memoryAndStream(context: CommuteContext, memory: Event, stream: Event): readonly Use[] | undefined {
  const object = releasedTerm(memory);
  const handle = releasedTerm(stream);
  if (object === undefined || handle === undefined) return undefined;
  const { terms, state } = context;
  for (let given = state.given; given; given = given.previous) {
    const named = given.terms.map((term) => origin(terms, term));
    if (named.some((term) => mayReach(context, term, object)) && named.some((term) => term === origin(terms, handle)))
      return undefined;
  }
  return mayReach(context, handle, object) ? undefined : ['reorder'];
}

function storeAndDiagnostic(context: CommuteContext, store: Event, diagnostic: Event): readonly Use[] | undefined {
  const address = store.args[0];
  if (address === undefined || isErrno(context.terms, address)) return undefined;
  const { terms, state } = context;
  const base = baseOf(terms, address);
  if (terms.node(base).op === 'global') return undefined;
  for (const arg of diagnostic.args) {
    if (terms.mentions(arg, address) || mayReach(context, arg, base)) return undefined;
    // A pointer of unknown target handed to the logger may point to what is written.
    if (!isHarmless(terms, arg) && !isDistinct(terms, state, baseOf(terms, origin(terms, arg)), base)) return undefined;
  }
  return ['reorder'];
}

function streamAndStore(context: CommuteContext, release: Event, store: Event): readonly Use[] | undefined {
  const handle = releasedTerm(release);
  const address = store.args[0];
  if (handle === undefined || address === undefined || isErrno(context.terms, address)) return undefined;
  return isUnshared(context.terms, context.state, handle) ? ['reorder'] : undefined;
}

function isStreamRelease(event: Event): boolean {
  const kind = event.kind === 'call' ? event.facts?.releases?.kind : undefined;
  return (kind === 'descriptor' || kind === 'handle') && event.facts?.from.startsWith('preset') === true;
}

function isErrno(terms: TermTable, address: Term): boolean {
  const node = terms.node(baseOf(terms, address));
  return node.op === 'global' && node.text === 'errno';
}

/** A number, a string literal, or a value computed from nothing that points. */
function isHarmless(terms: TermTable, term: Term): boolean {
  const op = terms.node(term).op;
  return op === 'integer' || op === 'null' || op === 'literal';
}

/**
 * Does the term mention the object (DESIGN §2): may it point into it or reach it? It does when it is computed from it,
 * when the object was stored below it, or when a call was given both, or given one and returned the other.
 */
export function mayReach(context: CommuteContext, term: Term, object: Term): boolean {
  const { terms, state } = context;
  const target = origin(terms, object);
  const seen = new Set<Term>();
  const work = [...leaves(terms, term)];
  for (let next = work.pop(); next !== undefined; next = work.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    if (next === target) return true;
    for (let given = state.given; given; given = given.previous) {
      const parts = given.terms.flatMap((one) => [...leaves(terms, one)]);
      if (parts.includes(next)) work.push(...parts.filter((part) => !isHarmless(terms, part)));
    }
  }
  return false;
}

/** The values a term is computed from, itself included; constants and names of memory left out. */
function leaves(terms: TermTable, term: Term): Set<Term> {
  const found = new Set<Term>();
  for (const part of terms.parts(term)) {
    const node = terms.node(part);
    if (!node.text.startsWith('memory') && !isHarmless(terms, part) && node.op !== 'convert') found.add(part);
  }
  return found;
}
