/** Has an acquire call failed? What a condition on its result or its handle says of that. */
import type { AcquireFacts, Sentinel } from '../resources/knowledge.ts';
import type { Atom, AtomTable } from './atoms.ts';
import { ABOVE, BELOW, MINUS_ONE, ZERO, factOf, isNothing } from './facts.ts';
import type { Fact } from './facts.ts';
import { keyOf } from './memory.ts';
import type { Site, State } from './state.ts';

type Success = 'succeeded' | 'failed' | 'open';

/** The sign class of a sentinel. */
export function sentinelSign(sentinel: Sentinel): number | undefined {
  if (sentinel === 'null') return ZERO;
  return sentinel === 'none' ? undefined : MINUS_ONE;
}

/** Which results of the call mean that it failed, and which that it did not, as sign classes. */
function failingSigns(facts: AcquireFacts): { readonly failed: number; readonly succeeded: number } | undefined {
  switch (facts.failure) {
    case 'nonzero':
      return { failed: BELOW | MINUS_ONE | ABOVE, succeeded: ZERO };
    case 'zero':
      return { failed: ZERO, succeeded: BELOW | MINUS_ONE | ABOVE };
    case 'negative':
      return { failed: BELOW | MINUS_ONE, succeeded: ZERO | ABOVE };
    default:
      return undefined;
  }
}

function judge(atoms: AtomTable, state: State, facts: AcquireFacts, result: Atom, handle: Atom | undefined): Success {
  const signs = factOf(atoms, state.facts, result).signs;
  const failing = failingSigns(facts);
  if (failing) {
    if ((signs & ~failing.failed) === 0) return 'failed';
    if ((signs & ~failing.succeeded) === 0) return 'succeeded';
  }
  const sentinel = sentinelSign(facts.sentinel);
  const tells = facts.handle === 'result' || facts.afterFailure === 'sentinel';
  if (sentinel === undefined || !tells || handle === undefined) return 'open';
  const own = factOf(atoms, state.facts, handle).signs;
  if (own === sentinel) return 'failed';
  return (own & sentinel) === 0 ? 'succeeded' : 'open';
}

/** Brings every resource up to date after the path has learned something of an atom. */
export function settle(state: State, atoms: AtomTable, sites: readonly Site[], atom: Atom): void {
  const growing = state.growing.get(atom);
  if (growing && factOf(atoms, state.facts, atom).signs === ZERO) state.lost.add(growing);
  for (const [id, one] of state.sites) {
    const facts = sites[id]?.facts;
    if (!facts) continue;
    if (one.moving?.result === atom) settleMove(state, atoms, id);
    // Whatever the call's result says: a handle that is its sentinel holds nothing.
    if (one.pending === undefined && one.handle === atom && isSentinel(atoms, state, facts, atom))
      state.sites.delete(id);
    if (one.pending === undefined || (one.pending !== atom && one.handle !== atom)) continue;
    const success = judge(atoms, state, facts, one.pending, one.handle);
    if (success === 'succeeded') state.update(id, { pending: undefined });
    else if (success === 'failed') fail(state, atoms, id, facts);
    else if (isOdd(state.facts.get(atom))) state.update(id, { isTestedOddly: true });
  }
}

function isSentinel(atoms: AtomTable, state: State, facts: AcquireFacts, handle: Atom): boolean {
  return factOf(atoms, state.facts, handle).signs === sentinelSign(facts.sentinel);
}

function isOdd(fact: Fact | undefined): boolean {
  return fact !== undefined && !isNothing(fact);
}

function fail(state: State, atoms: AtomTable, id: number, facts: AcquireFacts): void {
  const one = state.sites.get(id);
  if (!one) return;
  state.sites.delete(id);
  const cell = one.out && state.cells.get(keyOf(one.out.place));
  if (!one.out || !cell || one.handle === undefined || !cell.value.includes(one.handle)) return;
  const { place, old } = one.out;
  if (facts.afterFailure === 'sentinel')
    state.cells.set(keyOf(place), { place, value: [atoms.number(facts.sentinel === 'null' ? 0 : -1)] });
  else if (facts.afterFailure === 'unchanged') state.cells.set(keyOf(place), { place, value: old });
}

function settleMove(state: State, atoms: AtomTable, id: number): void {
  const one = state.sites.get(id);
  if (one?.moving?.result === undefined) return;
  const { result, facts, by, at } = one.moving;
  const success = judge(atoms, state, facts, result, facts.handle === 'result' ? result : undefined);
  if (success === 'succeeded') state.update(id, { moving: undefined, status: 'transferred', by, at });
  else if (success === 'failed') state.update(id, { moving: undefined });
}
