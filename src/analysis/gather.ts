/** Brings paths that part inside one expression together again, or ten `?:` in a call would make a thousand of them. */
import { joinValues } from './atoms.ts';
import { joinInto } from './merge.ts';
import type { Evaluated, Run } from './run.ts';
import type { State } from './state.ts';

/** One path for each state of the resources, with one of the values of those it was made of. */
export function gatherValues(run: Run, list: readonly Evaluated[]): Evaluated[] {
  if (list.length < 2) return [...list];
  const byKey = new Map<string, Evaluated>();
  for (const one of list) {
    const key = one.state.resourceKey();
    const into = byKey.get(key);
    if (!into) byKey.set(key, one);
    else {
      joinHere(run, into.state, one.state);
      byKey.set(key, { state: into.state, value: joinValues(into.value, one.value), place: undefined });
    }
  }
  return [...byKey.values()];
}

/** The same for the paths on which a condition holds. */
export function gatherStates(run: Run, list: readonly State[]): State[] {
  if (list.length < 2) return [...list];
  const byKey = new Map<string, State>();
  for (const one of list) {
    const key = one.resourceKey();
    const into = byKey.get(key);
    if (into) joinHere(run, into, one);
    else byKey.set(key, one);
  }
  return [...byKey.values()];
}

function joinHere(run: Run, into: State, other: State): void {
  joinInto(into, other, run.atoms, { block: run.block, isLoopHead: false });
}
