/** A call obtains a resource. */
import { fieldOf } from '../syntax/tree.ts';
import type { SyntaxNode } from '../syntax/tree.ts';
import type { AcquireFacts } from '../resources/knowledge.ts';
import type { Atom, Place, Value } from './atoms.ts';
import type { Call } from './calls.ts';
import { locate } from './evaluate.ts';
import { factOf, ANY_SIGN } from './facts.ts';
import { keyOf, readPlace, writePlace } from './memory.ts';
import { pointee } from './places.ts';
import type { Run } from './run.ts';
import { settle } from './settle.ts';
import type { Site, SiteState, State } from './state.ts';

/** Adds what the call acquires to the path; whether it succeeded is open until a condition tells. */
export function acquire(run: Run, state: State, call: Call, facts: AcquireFacts, index: number, result: Atom): void {
  const { node } = call;
  const target = handlePlace(run, state, call, facts);
  const site = run.site(node, index, () => ({
    call: call.text,
    acquirer: call.name,
    handle: handleText(run, call, facts, target),
    facts,
  }));
  const before = state.sites.get(site.id);
  // `getline(&line, &n, f)` goes on with the buffer it is given.
  if (before?.handle !== undefined && target && facts.afterFailure === 'held' && isIn(run, state, target, before)) {
    writePlace(state, run.atoms, target, [before.handle], `c${node.id}`);
    return;
  }
  const handle = handleAtom(run, state, call, facts, index, result);
  const isTwice = before !== undefined && (before.status === 'held' || before.status === 'unknown');
  state.sites.set(site.id, {
    status: statusOf(call, isTwice || handle === undefined),
    handle,
    pending: neverFails(facts) ? undefined : result,
    isTestedOddly: false,
    out: target ? { place: target, old: readPlace(state, run.atoms, target) ?? [] } : undefined,
    isCertain: true,
    by: call.text,
    at: node,
    moving: undefined,
    isTouched: false,
    isUnsure: false,
    beliefs: [],
  });
  if (handle !== undefined) introduce(run, state, site, handle, target);
  state.note(node, `\`${site.handle}\` is acquired by \`${site.call}\``, site.id);
}

/** `freopen` gives back the stream it was given, which may be anybody's: `stdout`. */
function statusOf(call: Call, isLost: boolean): SiteState['status'] {
  if (isLost) return 'unknown';
  return call.facts.returnsArgument === undefined ? 'held' : 'escaped';
}

/** A lock whose taking can't be seen to fail is held, and so is a buffer that a failing `getline` leaves behind. */
function neverFails(facts: AcquireFacts): boolean {
  return (facts.sentinel === 'none' && facts.failure === undefined) || facts.afterFailure === 'held';
}

function introduce(run: Run, state: State, site: Site, handle: Atom, target: Place | undefined): void {
  const base = `s${handle}`;
  if (!site.facts.handle.startsWith('arg:')) {
    state.own.add(base);
    state.zeroed.delete(base);
    if (site.facts.zeroes) state.zeroed.add(base);
    for (const [key, cell] of state.cells) if (cell.place.base === base) state.cells.delete(key);
  }
  if (target) writePlace(state, run.atoms, target, [handle], `c${site.node.id}`);
  if (factOf(run.atoms, state.facts, handle).signs !== ANY_SIGN) settle(state, run.atoms, run.sites, handle);
}

function isIn(run: Run, state: State, target: Place, site: SiteState): boolean {
  const value = state.cells.get(keyOf(target))?.value ?? [];
  return site.handle !== undefined && value.some((atom) => (run.atoms.info(atom).was ?? atom) === site.handle);
}

function numbersOf(position: string): number[] {
  return position.split(':').slice(1).map(Number);
}

/** The place that an out-argument points to. */
function handlePlace(run: Run, state: State, call: Call, facts: AcquireFacts): Place | undefined {
  const [argument = 0, element] = numbersOf(facts.handle);
  const operand = call.operands[argument];
  if (facts.handle === 'result' || facts.handle.startsWith('arg:') || !operand) return undefined;
  if (call.facts.kind === 'macro' && call.facts.macro?.writes.includes(argument))
    return locate(run, operand, state.fork())[0]?.place;
  const text = targetText(run, operand, element);
  return pointee(run.atoms, call.values[argument] ?? [], `[${element ?? 0}]`, text);
}

function targetText(run: Run, operand: SyntaxNode, element: number | undefined): string {
  const text = run.text(withoutCasts(operand));
  if (element !== undefined) return `${text}[${element}]`;
  return text.startsWith('&') ? text.slice(1).trim() : `*${text}`;
}

function handleAtom(
  run: Run,
  state: State,
  call: Call,
  facts: AcquireFacts,
  index: number,
  result: Atom,
): Atom | undefined {
  if (facts.handle === 'result') return result;
  if (facts.handle.startsWith('arg:')) {
    const value: Value = call.values[numbersOf(facts.handle)[0] ?? 0] ?? [];
    return value.length === 1 ? value[0] : undefined;
  }
  // What an out-argument receives is a value of its own, one for each time the call is made.
  const mark = `${call.node.id}/${index}`;
  state.renew(run.atoms, `n${mark}`);
  return run.atoms.ofNode(mark, handleText(run, call, facts, undefined), []);
}

/** `(void **)&p` names p. */
function withoutCasts(node: SyntaxNode): SyntaxNode {
  const inner = node.kind === 'cast_expression' ? fieldOf(node, 'value') : undefined;
  return inner ? withoutCasts(inner) : node;
}

/** How the function first names it. */
function handleText(run: Run, call: Call, facts: AcquireFacts, target: Place | undefined): string {
  if (target) return target.text;
  const [argument = 0, element] = numbersOf(facts.handle);
  const operand = call.operands[argument];
  if (facts.handle !== 'result' && operand)
    return facts.handle.startsWith('arg:') ? run.text(operand) : targetText(run, operand, element);
  let node: SyntaxNode = call.node;
  while (node.parent && (node.parent.kind === 'cast_expression' || node.parent.kind === 'parenthesized_expression'))
    node = node.parent;
  const parent = node.parent;
  if (parent?.kind === 'init_declarator') {
    let name = fieldOf(parent, 'declarator');
    while (name && name.kind !== 'identifier') name = fieldOf(name, 'declarator');
    if (name) return run.text(name);
  }
  const left = parent?.kind === 'assignment_expression' ? fieldOf(parent, 'left') : undefined;
  return left && left !== node ? run.text(left) : call.text;
}
