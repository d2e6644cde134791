/** Notes what a path does wrong with what it has given back, never set, or is about to lose. Changes nothing of it. */
import type { Span } from '../base/span.ts';
import type { SyntaxNode } from '../syntax/tree.ts';
import { fieldOf } from '../syntax/tree.ts';
import type { Atom, Place, Value } from './atoms.ts';
import type { Call } from './calls.ts';
import { ANY_SIGN, factOf } from './facts.ts';
import { keyOf } from './memory.ts';
import type { Fault, Run } from './run.ts';
import type { Site, State } from './state.ts';

/** Something that this path has released, and nobody may have put anything else in its place. */
interface Released {
  readonly what: string;
  readonly site: Site | undefined;
  readonly at: Span;
  readonly kind: string;
}

function releasedBy(run: Run, state: State, atom: Atom): Released | undefined {
  const { was, kind } = run.atoms.info(atom);
  if (was !== undefined || kind !== 'symbol') return undefined;
  for (const [id, one] of state.sites) {
    const site = run.sites[id];
    if (!site || one.handle !== atom) continue;
    // What is counted may well live on.
    const isGone = one.status === 'released' && one.isCertain && one.at && !isCounted(run, one.by ?? '');
    return isGone && one.at ? { what: site.handle, site, at: one.at, kind: site.facts.kind } : undefined;
  }
  const foreign = state.foreign.get(atom);
  if (!foreign || isCounted(run, foreign.releaser)) return undefined;
  return { what: run.atoms.text(atom), site: undefined, at: foreign.at, kind: foreign.kind };
}

/** `unref(p)` need not be the last. What is no library's and does more than give memory back may count. */
function isCounted(run: Run, releaser: string): boolean {
  const { releases, from } = run.knowledge.name(releaser);
  if (!releases || releases.kind === 'lock' || releases.kind === 'reference' || releases.kind === 'other') return true;
  return !releases.isMemoryRelease && !from.startsWith('preset ');
}

/** The program may take the path as far as conditions are understood, and no macro of unknown kind has run on it. */
export function isCertainPath(state: State): boolean {
  return state.inexact === undefined && state.doubt === undefined && !isUnsure(state);
}

/** A macro of unknown kind that ran on the path may have put something else in the handle, or jumped. */
function isUnsure(state: State): boolean {
  return [...state.sites.values()].some((site) => site.isUnsure);
}

/** The object of a handle is read or written: `p->next`, `*p`, `p[0]`. */
export function noteUse(run: Run, state: State, atom: Atom, node: SyntaxNode): void {
  const released = releasedBy(run, state, atom);
  if (released) note(run, state, 'use-after-release', released, node);
}

/** What was released is given to a callee that uses it. */
export function noteArguments(run: Run, state: State, call: Call): void {
  const { facts, name, values, node } = call;
  for (const [index, value] of values.entries()) {
    const only = value.length === 1 ? value[0] : undefined;
    if (only === undefined || facts.releases?.argument === index || facts.consumes?.includes(index)) continue;
    // `log("%p", p)` looks at the pointer alone.
    if (facts.format !== undefined && index > facts.format) continue;
    const released = releasedBy(run, state, only);
    if (!released || released.kind === 'lock') continue;
    const isLibrary = facts.from.startsWith('preset ');
    const isUsed = isLibrary || (released.kind !== 'descriptor' && run.insight?.isUsedBy(name, index) === true);
    if (isUsed) note(run, state, 'use-after-release', released, node);
  }
}

/** `free(p); return p;` */
export function noteReturn(run: Run, state: State, value: Value, node: SyntaxNode): void {
  const only = value.length === 1 ? value[0] : undefined;
  const released = only === undefined ? undefined : releasedBy(run, state, only);
  if (released?.kind === 'memory' && !isTruth(run)) note(run, state, 'use-after-release', released, node);
}

/** A pointer that is returned as a truth value is not used. */
function isTruth(run: Run): boolean {
  const { root, body, source } = run.tree;
  return (
    root.children.find((child) => child.field === 'declarator')?.kind !== 'pointer_declarator' &&
    /\b(bool|_Bool|int|void)\b/.test(source.slice(root.start, body.start).replace(/\(.*/s, ''))
  );
}

function note(run: Run, state: State, kind: Fault['kind'], { what, site, at }: Released, node: SyntaxNode): void {
  run.faults.push({
    kind,
    what,
    site,
    first: at,
    second: node,
    text: run.text(node),
    trail: state.trail,
    isExact: isCertainPath(state),
  });
}

/** A release gets a variable that nobody has given a value. */
export function noteUnset(run: Run, state: State, call: Call, atom: Atom): void {
  const { isUnset, text } = run.atoms.info(atom);
  if (isUnset !== true || call.facts.kind === 'unknown') return;
  const declaration = run.bindings.visibleAt(call.node).find((one) => one.name === text);
  if (!declaration || declaration.isAddressed || declaration.isArray || !isHandle(declaration.isPointer, call)) return;
  const { node } = declaration;
  note(run, state, 'uninitialised-release', { what: text, site: undefined, at: node, kind: 'memory' }, call.node);
}

function isHandle(isPointer: boolean, call: Call): boolean {
  return isPointer || call.facts.releases?.kind === 'descriptor';
}

/**
 * `s->list = realloc(s->list, n)`: where it fails, nobody has the old list any more. What the function has acquired
 * itself is a leak on the path of the failure, which the ledger shows; a parameter is still its caller's.
 */
export function noteGrowth(run: Run, state: State, place: Place, value: Value, node: SyntaxNode): void {
  const [result] = value;
  const call = grownBy(run, node);
  if (result === undefined || value.length > 1 || !call) return;
  const old = state.cells.get(keyOf(place))?.value ?? [];
  const [lost] = old;
  if (lost === undefined || old.length > 1 || !place.isKnown) return;
  const { origin, kind, isUnset } = run.atoms.info(lost);
  if (origin !== 'place' || kind !== 'symbol' || isUnset === true) return;
  const isKnownElsewhere = [...state.cells].some(([key, cell]) => key !== keyOf(place) && cell.value.includes(lost));
  const isOurs = [...state.sites.values()].some((site) => site.handle === lost);
  if (isKnownElsewhere || isOurs || (factOf(run.atoms, state.facts, lost).signs & ~4) === 0) return;
  state.growing.set(result, {
    kind: 'realloc-loses-old',
    what: run.atoms.text(lost),
    site: undefined,
    first: call,
    second: node,
    text: run.text(node),
    trail: state.trail,
    isExact: isCertainPath(state) && factOf(run.atoms, state.facts, result).signs === ANY_SIGN,
  });
}

/** The call on the right side, if it takes over what the left side names, and only where it succeeds. */
function grownBy(run: Run, node: SyntaxNode): SyntaxNode | undefined {
  if (node.kind !== 'assignment_expression') return undefined;
  let right = fieldOf(node, 'right');
  while (right?.kind === 'cast_expression' || right?.kind === 'parenthesized_expression')
    right = right.kind === 'cast_expression' ? fieldOf(right, 'value') : right.children.find((child) => child.isNamed);
  const callee = right?.kind === 'call_expression' ? fieldOf(right, 'function') : undefined;
  const left = fieldOf(node, 'left');
  if (!right || !left || callee?.kind !== 'identifier') return undefined;
  const { consumes = [], consumesWhen, acquires } = run.knowledge.name(run.text(callee));
  if (consumesWhen !== 'success' || acquires?.some((one) => one.failure === 'never') === true) return undefined;
  const operands = fieldOf(right, 'arguments')?.children.filter((child) => child.isNamed) ?? [];
  return consumes.some((index) => operands[index] && run.text(operands[index]) === run.text(left)) ? right : undefined;
}
