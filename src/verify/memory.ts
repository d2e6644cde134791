/**
 * Memory as both sides see it. An address is a term (`field(p)`, `element(p, i)`, an object); what is stored there is
 * either known, or named by the address and the last events that may have changed it, so that a value read by both sides
 * from the same memory is the same term.
 */
import type { Happened } from './event.ts';
import { isDiagnostic, isMemoryRelease, releasedTerm } from './event.ts';
import type { Side, State } from './state.ts';
import type { Term, TermTable } from './terms.ts';

/** The pointer or object an address starts from: `field(element(p, 1))` starts from `p`. */
export function baseOf(terms: TermTable, address: Term): Term {
  const node = terms.node(address);
  const inner = node.args[0];
  return (node.op === 'field' || node.op === 'element') && inner !== undefined ? baseOf(terms, inner) : address;
}

/** Is the address inside a named object, so that reading it cannot trap? An element may be out of bounds. */
export function isInNamedObject(terms: TermTable, address: Term): boolean {
  const node = terms.node(address);
  if (node.op === 'object' || node.op === 'global') return true;
  const inner = node.args[0];
  return node.op === 'field' && inner !== undefined && isInNamedObject(terms, inner);
}

/** Are two addresses certainly of different bytes? */
export function isDistinct(terms: TermTable, state: State, one: Term, other: Term): boolean {
  if (one === other) return false;
  const a = terms.node(one);
  const b = terms.node(other);
  const sameBase = a.args[0] !== undefined && a.args[0] === b.args[0];
  if (a.op === 'element' && b.op === 'element' && sameBase) {
    const i = a.args[1] === undefined ? undefined : terms.numberOf(a.args[1]);
    const j = b.args[1] === undefined ? undefined : terms.numberOf(b.args[1]);
    if (i !== undefined && j !== undefined) return i !== j;
  }
  const baseA = baseOf(terms, one);
  const baseB = baseOf(terms, other);
  if (baseA === baseB) return false;
  return isOwn(terms, state, baseA, baseB) || isOwn(terms, state, baseB, baseA);
}

/** Does `base` name storage that `other` cannot point into? */
function isOwn(terms: TermTable, state: State, base: Term, other: Term): boolean {
  const node = terms.node(base);
  const otherOp = terms.node(other).op;
  if (node.op === 'object') return otherOp === 'object' || otherOp === 'global' || !state.escaped.has(base);
  if (node.op === 'global') return otherOp === 'global' || otherOp === 'object';
  return isUnshared(terms, state, base) && !terms.mentions(other, origin(terms, base));
}

/** A fresh allocation that nobody else has been told of. */
export function isUnshared(terms: TermTable, state: State, term: Term): boolean {
  const root = origin(terms, term);
  return state.acquired.has(root) && !state.escaped.has(root);
}

/** The value before conversions: a cast pointer points to the same object. */
export function origin(terms: TermTable, term: Term): Term {
  const node = terms.node(term);
  return node.op === 'convert' && node.args[0] !== undefined ? origin(terms, node.args[0]) : term;
}

/** May the event have changed what is stored at the address? */
export function mayChange(terms: TermTable, state: State, event: Happened, address: Term): boolean {
  const base = baseOf(terms, address);
  const isErrno = terms.node(base).op === 'global' && terms.node(base).text === 'errno';
  if (event.kind === 'leave-macro') return true;
  if (event.kind === 'store') return event.args[0] === undefined || !isDistinct(terms, state, event.args[0], address);
  if (isErrno) return event.facts?.keepsErrno !== true && event.facts?.releases?.keepsErrno !== true;
  if (isMemoryRelease(event)) {
    const released = releasedTerm(event);
    return released === undefined || base === released || origin(terms, base) === origin(terms, released);
  }
  if (isDiagnostic(event)) return terms.node(base).op === 'global';
  if (isPrivateObject(terms, state, base)) return event.args.some((arg) => terms.mentions(arg, base));
  const through = event.kind === 'call' ? event.facts?.writesThrough : undefined;
  if (!through) return true;
  return through.some((index) => {
    const arg = event.args[index];
    return arg !== undefined && !isDistinct(terms, state, baseOf(terms, origin(terms, arg)), base);
  });
}

function isPrivateObject(terms: TermTable, state: State, base: Term): boolean {
  const op = terms.node(base).op;
  return (op === 'object' && !state.escaped.has(base)) || isUnshared(terms, state, base);
}

/** What a side finds at an address. */
export function load(terms: TermTable, state: State, side: Side, address: Term): Term {
  const changed: Term[] = [];
  for (const event of side.log.toReversed()) {
    if (event.kind === 'store' && event.args[0] === address && changed.length === 0 && event.args[1] !== undefined)
      return event.args[1];
    if (mayChange(terms, state, event, address)) changed.push(event.epoch);
  }
  if (changed.length > 0) return terms.apply('load', [address, ...changed]);
  const known = state.memory.get(address);
  if (known !== undefined) return known;
  const value = terms.apply('load', [address, state.base]);
  state.memory.set(address, value);
  return value;
}

/** Both sides have executed the same events: what is known of memory now, under a new name. */
export function settle(terms: TermTable, state: State): void {
  if (state.before.log.length === 0) return;
  for (const event of state.before.log) {
    for (const address of state.memory.keys())
      if (mayChange(terms, state, event, address)) state.memory.delete(address);
    const [address, value] = event.args;
    if (event.kind === 'store' && address !== undefined && value !== undefined) state.memory.set(address, value);
  }
  state.base = terms.fresh('memory');
  state.before.log = [];
  state.after.log = [];
}
