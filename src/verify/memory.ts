/**
 * Memory as both sides see it. An address is a term (`field(p)`, `element(p, i)`, an object); what is stored there is
 * either known, or named by the address and the last events that may have changed it, so that a value read by both sides
 * from the same memory is the same term.
 */
import type { Event, Happened } from './event.ts';
import { isDiagnostic, isMemoryRelease, releasedTerm } from './event.ts';
import { isLinked, mayReach, rootsOf } from './links.ts';
import type { Side, State } from './state.ts';
import type { Term, TermTable } from './terms.ts';

/** The pointer or object an address starts from: `field(element(p, 1))` starts from `p`. */
export function baseOf(terms: TermTable, address: Term): Term {
  const node = terms.node(address);
  const inner = node.args[0];
  return (node.op === 'field' || node.op === 'element') && inner !== undefined ? baseOf(terms, inner) : address;
}

/**
 * What is certainly there where the address is: who may read one field of a struct may read the others, but the next
 * element of an array need not exist.
 */
export function cellOf(terms: TermTable, address: Term): Term {
  const node = terms.node(address);
  const inner = node.args[0];
  return node.op === 'field' && inner !== undefined ? cellOf(terms, inner) : address;
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
  // Two members of one struct, whose declarations are in sight and are no union's.
  const areFields = a.op === 'field' && b.op === 'field' && sameBase && a.text !== b.text;
  const owner = a.args[0] === undefined ? undefined : terms.structOf(a.args[0]);
  if (areFields && state.arePlainMembers(a.text, b.text, owner)) return true;
  return isApart(terms, state, one, other);
}

/** Do two values certainly not point into the same object? Values that point nowhere are not told from those that do. */
export function isApart(terms: TermTable, state: State, one: Term, other: Term): boolean {
  const first = rootsOf(terms, state, one);
  const second = rootsOf(terms, state, other);
  if (first.length === 0 || second.length === 0) return false;
  return first.every((a) => second.every((b) => a !== b && isOtherObject(terms, state, a, b)));
}

function isOtherObject(terms: TermTable, state: State, a: Term, b: Term): boolean {
  return isOwn(terms, state, a, b) || isOwn(terms, state, b, a);
}

/** A static of the function: whoever calls the function once more, as a callee may, has it too. */
function isStaticObject(terms: TermTable, root: Term): boolean {
  const { op, text } = terms.node(root);
  return op === 'object' && text.startsWith('static ');
}

/** Does `root` name storage that `other`, another root, cannot point into? */
function isOwn(terms: TermTable, state: State, root: Term, other: Term): boolean {
  const op = terms.node(root).op;
  const otherOp = terms.node(other).op;
  const isNamed = otherOp === 'object' || otherOp === 'global' || state.allocated.has(other);
  if (op === 'global' || isStaticObject(terms, root)) return isNamed;
  if (op !== 'object' && !state.allocated.has(root)) return false;
  // A parameter was there before any object of the function, and before any storage allocated in it.
  if (isNamed || otherOp === 'parameter') return true;
  return !state.escaped.has(root) && !isLinked(terms, state, other, root);
}

/** A fresh resource that nobody else has been told of. */
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
  const op = terms.node(base).op;
  if (event.kind === 'leave-macro') return true;
  if (event.kind === 'store') return event.args[0] === undefined || !isDistinct(terms, state, event.args[0], address);
  if (op === 'global' && terms.node(base).text === 'errno')
    return event.facts?.keepsErrno !== true && event.facts?.releases?.keepsErrno !== true;
  // A macro of unknown kind may name any object of the function.
  if (event.mayName && op === 'object') return true;
  if (isMemoryRelease(event)) return isChangedByRelease(terms, state, event, base);
  if (isDiagnostic(event)) return isOfFile(terms, base);
  if (isOfLibrary(terms, base)) return true;
  if (isPrivateStorage(terms, state, base)) return event.args.some((arg) => isLinked(terms, state, arg, base));
  const through = event.kind === 'call' ? event.facts?.writesThrough : undefined;
  if (!through) return true;
  if (event.facts?.returnsOwnStorage === true && !isKnownStorage(terms, state, base)) return true;
  if (through.some((index) => isReached(terms, state, event.args[index], base))) return true;
  // What it was told to keep earlier it may write to now: the buffer of a stream.
  const isKept = rootsOf(terms, state, base).some((root) => state.escaped.has(root));
  return isKept && event.args.some((arg) => isLinked(terms, state, arg, base));
}

/**
 * Nobody may read what was released, so `free` changes nothing. A release that is more than that may count what it
 * releases, in variables of its file or behind what it is given.
 */
function isChangedByRelease(terms: TermTable, state: State, event: Happened, base: Term): boolean {
  const released = releasedTerm(event);
  // What it is given beside the object it may count in: `pool_free(&used, p)`.
  const others = event.args.filter((_, index) => index !== event.facts?.releases?.argument);
  if (
    others.some(
      (arg) => !terms.isNumber(arg) && rootsOf(terms, state, arg).length > 0 && isReached(terms, state, arg, base),
    )
  )
    return true;
  if (event.facts?.releases?.isShallow === true) return false;
  if (mayCount(event) && !isPrivateStorage(terms, state, base)) return true;
  return released === undefined || isOfFile(terms, base) || mayReach(terms, state, released, base);
}

/**
 * May the release write to more than it is given: to the counters of its file, which may be where a pointer leads? What
 * is declared to be a memory release writes nothing else.
 */
export function mayCount(event: Event): boolean {
  const { releases, writesThrough } = event.facts ?? {};
  return releases?.isShallow !== true && writesThrough === undefined;
}

/** Variables of the C library that its functions set without being given them: `tzset`, `setenv`, `getopt`. */
const LIBRARY_VARIABLES =
  /^(_*environ|_*tzname|_*timezone|_*daylight|opt(arg|ind|err|opt)|signgam|h_errno|program_invocation_(short_)?name)$/;

/**
 * Storage that a call of a library function may change though it is not given it: a variable of the library, what it
 * keeps for a result of an earlier call, and what is mapped, which is also written as a file.
 */
export function isOfLibrary(terms: TermTable, base: Term): boolean {
  return [...terms.roots(base), ...terms.ownersOf(base)].some((root) => {
    const { op, text } = terms.node(root);
    return op === 'global' ? LIBRARY_VARIABLES.test(text) : op === 'fresh' && MAPPED.test(text);
  });
}

const MAPPED = /^result of (mmap|mmap64|mremap|shmat)#/;

/** Is it a variable of the file or the program, or found through one? */
function isOfFile(terms: TermTable, base: Term): boolean {
  return [...terms.roots(base), ...terms.ownersOf(base)].some((root) => terms.node(root).op === 'global');
}

function isReached(terms: TermTable, state: State, arg: Term | undefined, base: Term): boolean {
  return arg !== undefined && (!isApart(terms, state, arg, base) || mayReach(terms, state, arg, base));
}

/** Is it a variable of the program, or storage of this path: not what a library keeps for itself? */
function isKnownStorage(terms: TermTable, state: State, base: Term): boolean {
  const roots = rootsOf(terms, state, base);
  return (
    roots.length > 0 &&
    roots.every((root) => /^(object|global)$/.test(terms.node(root).op) || state.allocated.has(root))
  );
}

/** Storage of this function that nobody outside knows. */
export function isPrivateStorage(terms: TermTable, state: State, base: Term): boolean {
  const roots = rootsOf(terms, state, base);
  return (
    roots.length > 0 &&
    roots.every(
      (root) =>
        ((terms.node(root).op === 'object' && !isStaticObject(terms, root)) || state.allocated.has(root)) &&
        !state.escaped.has(root),
    )
  );
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
  if (isZeroed(terms, state, address)) state.facts = new Map(state.facts).set(value, { equals: 0, differs: [] });
  return value;
}

/** Was the object made of zeros, and nothing but other members of it stored since? All-zero bits are a null pointer. */
function isZeroed(terms: TermTable, state: State, address: Term): boolean {
  const stored = state.zeroed.get(origin(terms, baseOf(terms, address)));
  return stored?.every((other) => isDistinct(terms, state, other, address)) === true;
}

/** What the event leaves of the objects that were made of zeros, and the one that it makes. */
function settleZeroed(terms: TermTable, state: State, event: Happened): void {
  for (const [object, stored] of state.zeroed) {
    const [address] = event.args;
    const isInside =
      event.kind === 'store' && address !== undefined && origin(terms, baseOf(terms, address)) === object;
    if (isInside && !hasOpenIndex(terms, address)) state.zeroed.set(object, [...stored, address]);
    else if (mayChange(terms, state, event, object)) state.zeroed.delete(object);
  }
  const isMade = event.facts?.acquires?.some((one) => one.handle === 'result' && one.kind === 'memory' && one.zeroes);
  if (isMade) state.zeroed.set(event.result, []);
}

/** Is any element on the way to the address one whose index is no number? It may be any other then. */
function hasOpenIndex(terms: TermTable, address: Term): boolean {
  const { op, args } = terms.node(address);
  const [inner, index] = args;
  if ((op !== 'field' && op !== 'element') || inner === undefined) return false;
  return (
    (op === 'element' && (index === undefined || terms.numberOf(index) === undefined)) || hasOpenIndex(terms, inner)
  );
}

/** Both sides have executed the same events: what is known of memory now, under a new name. */
export function settle(terms: TermTable, state: State): void {
  state.reached.clear();
  if (state.before.log.length === 0) return;
  for (const event of state.before.log) {
    for (const address of state.memory.keys())
      if (mayChange(terms, state, event, address)) state.memory.delete(address);
    const [address, value] = event.args;
    if (event.kind === 'store' && address !== undefined && value !== undefined) state.memory.set(address, value);
    settleZeroed(terms, state, event);
  }
  state.base = terms.fresh('memory');
  state.before.log = [];
  state.after.log = [];
}
