/** Which place an expression means: a local, a global, a cell below a pointer. */
import type { Declaration } from '../syntax/bindings.ts';
import type { AtomTable, Place, Value } from './atoms.ts';
import { isInside, objectKey } from './memory.ts';
import type { State } from './state.ts';

/** The object of a declaration. Static and extern ones outlive the call. */
export function placeOf(declaration: Declaration): Place {
  const { id, name, isStatic, isExtern } = declaration;
  return { base: isStatic || isExtern ? `g:${name}#${id}` : `v${id}`, path: '', text: name, isKnown: true };
}

/** What a pointer points to, with a path below it. */
export function pointee(atoms: AtomTable, value: Value, path: string, text: string): Place | undefined {
  const only = value[0];
  if (only === undefined || value.length > 1) return undefined;
  const info = atoms.info(only);
  if (info.kind === 'number' || info.kind === 'compare') return undefined;
  const isKnown = !path.includes('[?]');
  if (info.kind !== 'address' || !info.place) return { base: `s${only}`, path: normal(path), text, isKnown };
  const joined = joinPaths(info.place.path, path);
  if (joined === undefined) return undefined;
  return { base: info.place.base, path: joined, text, isKnown: isKnown && info.place.isKnown };
}

/** `p[0].f` is `p->f`. */
export function normal(path: string): string {
  return path.startsWith('[0].') ? path.slice(3) : path;
}

/** `(&a)[0]` is a; `(&a[0])[2]` is `a[2]`; `(&x)[1]` is nobody's. */
function joinPaths(outer: string, path: string): string | undefined {
  const element = /^\[([^\]]*)\](.*)$/.exec(path);
  if (!element) return outer + path;
  const [, index = '', rest = ''] = element;
  if (outer.endsWith('[0]')) return `${outer.slice(0, -3)}[${index}]${rest}`;
  return index === '0' ? outer + rest : undefined;
}

/** The cells inside an object, by their path below it. */
export function partsOf(state: State, place: Place): { readonly suffix: string; readonly value: Value }[] {
  const key = objectKey(place);
  return [...state.cells].flatMap(([other, cell]) => {
    const suffix = other.startsWith(key) ? other.slice(key.length) : '';
    return isInside(place, suffix) ? [{ suffix, value: cell.value }] : [];
  });
}
