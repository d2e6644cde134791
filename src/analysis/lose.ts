/** What code that is not read may do to what it names. */
import { walk } from '../syntax/tree.ts';
import type { SyntaxNode } from '../syntax/tree.ts';
import type { Declaration } from '../syntax/bindings.ts';
import type { Place } from './atoms.ts';
import { escape, keyOf } from './memory.ts';
import { partsOf, placeOf } from './places.ts';
import type { Run } from './run.ts';
import type { State } from './state.ts';

/** Everything a text names may be assigned, kept or released by it. The mark `c` of its node must have been renewed. */
export function loseNamed(run: Run, node: SyntaxNode, state: State, by: string): void {
  const named: Declaration[] = [];
  walk(node, (part) => {
    const declaration = part.kind === 'identifier' ? run.bindings.of(part) : undefined;
    if (declaration && !named.includes(declaration)) named.push(declaration);
  });
  for (const declaration of named) losePlace(run, state, placeOf(declaration), `c${node.id}`, by, node);
}

/** The place may have been assigned, and its value may have been kept or released. */
export function losePlace(run: Run, state: State, place: Place, mark: string, by: string, node: SyntaxNode): void {
  const values = [state.cells.get(keyOf(place))?.value ?? [], ...partsOf(state, place).map((part) => part.value)];
  for (const value of values) escape(state, run.atoms, value, by, node);
  state.zeroed.delete(place.base);
  state.clocks.set(place.base, mark);
  for (const [key, cell] of state.cells) {
    if (cell.place.base !== place.base || !key.startsWith(keyOf(place))) continue;
    const handle = cell.value.find((atom) =>
      [...state.sites.values()].some((site) => site.handle === (run.atoms.info(atom).was ?? atom)),
    );
    if (handle === undefined) state.cells.delete(key);
    else state.cells.set(key, { ...cell, value: [run.atoms.weak(handle, cell.place, mark)] });
  }
}
