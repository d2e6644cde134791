/** What a call does to the path: in this order it releases, takes over, reaches what it was given, and acquires. */
import { refuse } from '../diagnostics/refusal.ts';
import type { AcquireFacts, NameFacts } from '../resources/knowledge.ts';
import { refineCall } from '../resources/refine-call.ts';
import { fieldOf, namedChildren } from '../syntax/tree.ts';
import type { SyntaxNode } from '../syntax/tree.ts';
import { acquire } from './acquire.ts';
import type { Place, Value } from './atoms.ts';
import { insideParentheses, locate } from './evaluate.ts';
import { loseNamed, losePlace } from './lose.ts';
import { placeOf } from './places.ts';
import { clobber, escape, overwrite, ownBases, reachable, readPlace, writePlace } from './memory.ts';
import { noteArguments } from './misuse.ts';
import { release } from './release.ts';
import { Unanalysable } from './run.ts';
import type { Evaluated, Run } from './run.ts';
import { sentinelSign } from './settle.ts';
import { MINUS_ONE } from './facts.ts';
import type { State } from './state.ts';

/** One call on one path. */
export interface Call {
  readonly node: SyntaxNode;
  readonly name: string;
  readonly facts: NameFacts;
  readonly operands: readonly SyntaxNode[];
  readonly values: readonly Value[];
  readonly text: string;
}

const UNSEEN: NameFacts = { kind: 'function', from: 'nothing' };

/**
 * Performs a call whose arguments have been evaluated.
 * @param callee the called name; undefined for a call through a pointer that may point anywhere
 * @returns no path where the call never returns
 */
export function performCall(
  run: Run,
  node: SyntaxNode,
  callee: string | undefined,
  values: readonly Value[],
  state: State,
): Evaluated[] {
  const args = fieldOf(node, 'arguments');
  const operands = args ? namedChildren(args) : [];
  const name = callee ?? '';
  const insight =
    callee === undefined ? undefined : run.insight?.called(name, (global) => numberIn(run, state, global));
  const known = callee === undefined ? UNSEEN : (insight?.facts ?? run.knowledge.name(name));
  if (known.macro?.hasJump)
    throw new Unanalysable(refuse('hidden-control-flow', `the macro \`${name}\` returns or jumps`, node));
  const facts = refineCall(
    known,
    operands.map((operand) => run.text(operand)),
  );
  const call: Call = { node, name, facts, operands, values, text: run.text(node) };
  noteArguments(run, state, call);
  if (insight?.belief !== undefined) believe(run, state, call, insight.belief);
  for (const global of insight?.releasesGlobals ?? []) {
    const value = readPlace(state, run.atoms, placeOfGlobal(global.name));
    if (value) release(run, state, call, global.facts, value);
  }
  const taken = giveBack(run, state, call);
  reach(run, state, call, taken);
  if (facts.kind === 'unknown' && !facts.diagnostic) suspect(run, state, call);
  else if (facts.kind === 'macro') expand(run, state, call);
  if (facts.neverReturns === true || facts.mayNeverReturn === true) {
    run.noReturns.push({ state, at: node, text: call.text });
    return [];
  }
  const atom = result(run, state, call);
  if (insight?.returnsReleased) state.foreign.set(atom, { ...insight.returnsReleased, at: node });
  const value = insight?.result === undefined ? atom : run.atoms.number(insight.result);
  return [{ state, value: [value], place: undefined }];
}

function placeOfGlobal(name: string): Place {
  return { base: `g:${name}`, path: '', text: name, isKnown: true };
}

/** The number that a static or global has on this path. */
function numberIn(run: Run, state: State, global: string): number | undefined {
  const value = state.cells.get(`g:${global}`)?.value ?? [];
  return value.length === 1 && value[0] !== undefined ? run.atoms.info(value[0]).number : undefined;
}

/** What becomes of these resources rests on what is taken for granted of the callee. */
function believe(run: Run, state: State, call: Call, belief: string): void {
  const given = new Set(call.values.flatMap((value) => [...reachable(state, run.atoms, value)]));
  for (const [id, site] of state.sites) {
    if (site.handle === undefined || !given.has(`s${site.handle}`) || site.beliefs.includes(belief)) continue;
    state.sites.set(id, { ...site, beliefs: [...site.beliefs, belief] });
  }
}

/** Releases and hand-overs. Returns the arguments that are gone. */
function giveBack(run: Run, state: State, call: Call): ReadonlySet<number> {
  const { facts, values } = call;
  const taken = new Set<number>();
  const released = facts.releases?.argument;
  if (facts.releases && released !== undefined && values[released]) {
    release(run, state, call, facts.releases, values[released]);
    taken.add(released);
  }
  for (const argument of facts.consumes ?? []) {
    const value = values[argument];
    if (!value || taken.has(argument)) continue;
    consume(run, state, call, value);
    taken.add(argument);
  }
  return taken;
}

/** The callee takes the resource over: always, or only if it succeeds. */
function consume(run: Run, state: State, call: Call, value: Value): void {
  const { facts, node, text } = call;
  const made = facts.acquires?.find((one) => one.handle === 'result');
  for (const [id, site] of state.sites) {
    const isIt = value.some((atom) => site.handle !== undefined && (run.atoms.info(atom).was ?? atom) === site.handle);
    if (!isIt || (site.status !== 'held' && site.status !== 'escaped')) continue;
    // `buf = realloc(buf, n)` in a loop: the next instance of the same site takes its place.
    if (run.sites[id]?.node.id === node.id) state.sites.delete(id);
    else if (value.length > 1) state.update(id, { status: 'unknown' });
    else if (facts.consumesWhen !== 'success') state.update(id, { status: 'transferred', by: text, at: node });
    else if (made) state.update(id, { status: 'held', moving: { result: undefined, facts: made, by: text, at: node } });
    else state.update(id, { status: 'escaped', by: text, at: node });
  }
}

/** What the callee may write, keep or release of what it was given, and of everything shared. */
function reach(run: Run, state: State, call: Call, taken: ReadonlySet<number>): void {
  const { facts, values, node, text } = call;
  state.renew(run.atoms, `c${node.id}`);
  if (facts.isPure || facts.diagnostic) return;
  for (const [argument, value] of values.entries()) {
    if (taken.has(argument) || isHandleOf(facts, argument)) continue;
    const isOut = facts.acquires?.some((one) => one.handle === `out:${argument}`) === true;
    const mayKeep = facts.retains === undefined || facts.retains.includes(argument) || (!isOut && mayGiveBack(facts));
    const mayWrite = facts.writesThrough === undefined || facts.writesThrough.includes(argument);
    if (mayKeep && !isPlainNumber(run, value)) escape(state, run.atoms, value, text, node);
    else if (isOut && mayGiveBack(facts)) escape(state, run.atoms, contentsOf(run, state, value), text, node);
    if (mayWrite) overwrite(state, run.atoms, value, `c${node.id}`, text, node);
  }
  if (call.name === 'memset' && isZero(run, values[1]) && values[0]) zero(run, state, values[0]);
  const isMemoryRelease = facts.releases?.isMemoryRelease === true;
  if (facts.writesThrough === undefined && !facts.isLocal && !isMemoryRelease)
    clobber(state, run.atoms, `c${node.id}`, text, node);
}

/** A definition that is seen and not understood as a release may still hold one: `close_pair(fds)`. */
function mayGiveBack(facts: NameFacts): boolean {
  return facts.isLocal !== true && facts.releasesNothing !== true && !/^preset [^;]*$/.test(facts.from);
}

/** What stands where the value points to: a callee that gives something out may give back what was there. */
function contentsOf(run: Run, state: State, value: Value): Value {
  const bases = new Set(value.flatMap((atom) => [...run.atoms.basesOf(atom)]));
  return [...state.cells.values()].filter(({ place }) => bases.has(place.base)).flatMap((cell) => [...cell.value]);
}

/** The lock that is taken, the object that is initialised: naming it does not give it away. */
function isHandleOf(facts: NameFacts, argument: number): boolean {
  return facts.acquires?.some((one) => one.handle === `arg:${argument}`) === true;
}

function isPlainNumber(run: Run, value: Value): boolean {
  return value.length === 1 && value[0] !== undefined && run.atoms.basesOf(value[0]).length === 0;
}

function isZero(run: Run, value: Value | undefined): boolean {
  return value?.length === 1 && value[0] !== undefined && run.atoms.info(value[0]).number === 0;
}

/** `memset(p, 0, n)`: what is not written afterwards reads as 0 or NULL. */
function zero(run: Run, state: State, target: Value): void {
  const only = target.length === 1 ? target[0] : undefined;
  if (only === undefined) return;
  const info = run.atoms.info(only);
  if (info.kind === 'address' && info.place?.path !== '' && info.place?.path !== '[0]') return;
  const base = info.kind === 'address' ? info.place?.base : `s${only}`;
  if (base === undefined) return;
  for (const [key, cell] of state.cells) if (cell.place.base === base) state.cells.delete(key);
  state.zeroed.add(base);
}

/** A name of unknown kind may be a macro: it may assign what it names, and jump. */
function suspect(run: Run, state: State, call: Call): void {
  const by = call.text;
  loseNamed(run, call.node, state, by);
  state.inexact ??= `\`${call.name}\` may be a macro that assigns or jumps`;
  for (const [id, site] of state.sites) if (!site.isUnsure) state.sites.set(id, { ...site, isUnsure: true });
}

/** A macro whose definition is known assigns these of its arguments, and may touch these names. */
function expand(run: Run, state: State, call: Call): void {
  const { facts, node } = call;
  for (const argument of facts.macro?.writes ?? []) {
    const operand = call.operands[argument];
    if (!operand || facts.releases?.argument === argument) continue;
    if (facts.acquires?.some((one) => one.handle === `out:${argument}` || one.handle === `arg:${argument}`)) continue;
    for (const { place } of locate(run, operand, state.fork()))
      if (place) losePlace(run, state, place, `c${node.id}`, call.text, node);
  }
  for (const name of facts.macro?.freeNames ?? []) {
    const declaration = run.bindings.visibleAt(node).find((one) => one.name === name);
    if (declaration) losePlace(run, state, placeOf(declaration), `c${node.id}`, call.text, node);
  }
  if (facts.releases?.resetting) reset(run, state, call);
}

/** `SAFE_FREE(p)` leaves the sentinel in p. */
function reset(run: Run, state: State, call: Call): void {
  const operand = call.operands[call.facts.releases?.argument ?? 0];
  const sentinel = call.facts.releases?.sentinel;
  if (!operand || sentinel === undefined || sentinel === 'none') return;
  const value = run.atoms.number(sentinelSign(sentinel) === MINUS_ONE ? -1 : 0);
  const [located] = locate(run, insideParentheses(operand), state.fork());
  if (located?.place) writePlace(state, run.atoms, located.place, [value], `c${call.node.id}`);
}

/** The value of the call, and what it acquires. */
function result(run: Run, state: State, call: Call): number {
  const { node, facts } = call;
  const acquires = facts.acquires ?? [];
  const isNew = acquires.some((one) => one.handle === 'result');
  state.renew(run.atoms, `n${node.id}`);
  const mentions = isNew ? [] : ownBases(state, mentionedBy(run, call));
  const asks = isNew
    ? []
    : ownBases(
        state,
        call.values.flatMap((value) => value.flatMap((one) => [...run.atoms.askedBy(one)])),
      );
  const atom = run.atoms.ofNode(node.id, call.text, mentions, { asks });
  for (const [id, { moving }] of state.sites)
    if (moving && moving.result === undefined) state.update(id, { moving: { ...moving, result: atom } });
  acquires.forEach((made: AcquireFacts, index) => acquire(run, state, call, made, index, atom));
  return atom;
}

/** The result of a call that was given an object may point into it (DESIGN §2). */
function mentionedBy(run: Run, call: Call): string[] {
  const { facts, values } = call;
  const isData = (facts.isPure || facts.isLocal) && facts.from.startsWith('preset');
  if (isData && facts.returnsArgument === undefined) return [];
  const given = facts.returnsArgument === undefined ? values : [values[facts.returnsArgument] ?? []];
  return given.flatMap((value) => value.flatMap((atom) => [...run.atoms.basesOf(atom)]));
}
