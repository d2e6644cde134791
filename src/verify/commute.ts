/**
 * Which two events may change places: the table of DESIGN §8, one function a row. What is not in the table never swaps.
 */
import { isDiagnostic, isMemoryRelease, isShallowRelease, releasedTerm } from './event.ts';
import type { Event } from './event.ts';
import { isLinked, mayReach, rootsOf } from './links.ts';
import { baseOf, isApart, isDistinct, isPrivateStorage, isUnshared, mayCount, origin } from './memory.ts';
import type { State } from './state.ts';
import type { Term, TermTable } from './terms.ts';
import type { Use } from './verdict.ts';

/** What is needed beside the two events. */
export interface CommuteContext {
  readonly terms: TermTable;
  readonly state: State;
  readonly acceptLogOrder: boolean;
}

/** Two events may change places. */
export interface Swap {
  /** To be listed with the proof. */
  readonly uses: readonly Use[];
  /** Only if the before side uses this pointer once more behind both: then it is not what the second one releases. */
  readonly aliveAfter?: Term;
}

const REORDER: Swap = { uses: ['reorder'] };

/** May `first; second` become `second; first`? `undefined` where they may not. */
export function commute(context: CommuteContext, first: Event, second: Event): Swap | undefined {
  if (first.mayJump || second.mayJump || first.kind === 'volatile-load' || second.kind === 'volatile-load')
    return undefined;
  if (isGiven(context, first, second) || isGiven(context, second, first)) return undefined;
  const swap = oneWay(context, first, second, 'as-listed') ?? oneWay(context, second, first, 'reversed');
  if (!swap || keepsErrnoOrder(first, second)) return swap;
  // Whose line is last in the log is accepted, and so is which of the two last touched errno, if neither looks at it.
  return swap.uses.includes('log-order') && ![first, second].some(mayReadErrno) ? swap : undefined;
}

/** Whether `one`, the first kind of a row, comes before the other in the original. */
type Direction = 'as-listed' | 'reversed';

function oneWay(context: CommuteContext, one: Event, other: Event, direction: Direction): Swap | undefined {
  if (isMemoryRelease(one) && isMemoryRelease(other))
    return direction === 'as-listed' ? twoReleases(context, one, other) : undefined;
  if (isMemoryRelease(one) && other.kind === 'store') return releaseAndStore(context, one, other, direction);
  if (isMemoryRelease(one) && isDiagnostic(other)) return releaseAndDiagnostic(context, one, other, direction);
  if (isMemoryRelease(one) && isStreamRelease(other)) return memoryAndStream(context, one, other);
  if (isMemoryRelease(one) && isReturningCall(other)) return releaseAndCall(context, one, other);
  if (isCustomRelease(one) && isDiagnostic(other)) return customReleaseAndDiagnostic(context, one, other, direction);
  if (one.kind === 'store' && isDiagnostic(other)) return storeAndDiagnostic(context, one, other);
  if (one.kind === 'store' && other.kind === 'store') return twoStores(context, one, other);
  if (isStreamRelease(one) && other.kind === 'store') return streamAndStore(context, one, other);
  if (isDiagnostic(one) && isDiagnostic(other) && !(isOutput(one) && isOutput(other))) return logOrder(context);
  return undefined;
}

/** Two lines of a log in the other order: only where the config accepts that. */
function logOrder(context: CommuteContext): Swap | undefined {
  return context.acceptLogOrder ? { uses: ['log-order'] } : undefined;
}

/** Text written by the function itself (`puts`), not by a logger: its order is nobody's to accept. */
function isOutput(event: Event): boolean {
  return event.facts?.output !== undefined && event.facts.from.startsWith('preset');
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
  if (event.kind === 'store' || isStreamRelease(event)) return false;
  if (isMemoryRelease(event)) return event.facts?.readsErrno === true;
  const diagnostic = event.facts?.diagnostic;
  return diagnostic ? diagnostic.readsErrno : event.facts?.readsErrno !== false;
}

/** Different objects: the original releases both on this path, so the same object would be released twice. */
function twoReleases(context: CommuteContext, first: Event, second: Event): Swap | undefined {
  const { terms, state } = context;
  const a = releasedTerm(first);
  const b = releasedTerm(second);
  if (a === undefined || b === undefined || origin(terms, a) === origin(terms, b)) return undefined;
  // One that looks into its object must find alive what it finds there.
  if (!isShallowRelease(first) && (mayReach(terms, state, a, b) || !isBeyond(context, a, b))) return undefined;
  if (!isShallowRelease(second) && mayReach(terms, state, b, a)) return undefined;
  // Two acquisitions of this path that were held together are two objects, whoever knows of them.
  const areFresh = state.acquired.has(origin(terms, a)) && state.acquired.has(origin(terms, b));
  return areFresh ? REORDER : { uses: ['reorder', 'distinct-by-use'] };
}

/**
 * Is the object certainly out of reach of who gets the value? Only storage of this path that was never told to anybody
 * who might have linked the two.
 */
function isBeyond(context: CommuteContext, value: Term, object: Term): boolean {
  const { terms, state } = context;
  if (rootsOf(terms, state, value).length === 0) return true;
  return isOwnOfPath(context, object) && !mayReach(terms, state, value, object);
}

/** Storage that this path made, and told nobody of. */
function isOwnOfPath({ terms, state }: CommuteContext, object: Term): boolean {
  const roots = rootsOf(terms, state, object);
  return roots.length > 0 && roots.every((root) => state.allocated.has(root) && !state.escaped.has(root));
}

/**
 * A store that comes later in the original shows that its object outlives the release. One that comes earlier must be
 * shown to be elsewhere: by what is known of the two, or by what the original does afterwards.
 */
function releaseAndStore(
  context: CommuteContext,
  release: Event,
  store: Event,
  direction: Direction,
): Swap | undefined {
  const { terms, state } = context;
  const address = store.args[0];
  const released = releasedTerm(release);
  if (released === undefined || address === undefined || isErrno(terms, address)) return undefined;
  if (!isNamedPlace(terms, address) || isInside(context, address, released)) return undefined;
  if (!isShallowRelease(release) && mayReach(terms, state, released, address)) return undefined;
  // The counters of its file, which a pointer may lead to.
  if (mayCount(release) && !isPrivateStorage(terms, state, baseOf(terms, address))) return undefined;
  if (direction === 'as-listed' || isApart(terms, state, address, released)) return REORDER;
  return { uses: ['reorder', 'distinct-by-use'], aliveAfter: baseOf(terms, address) };
}

/** Different members of one struct, or of objects that are certainly two. What they read is compared where it is read. */
function twoStores(context: CommuteContext, one: Event, other: Event): Swap | undefined {
  const { terms, state } = context;
  const [a] = one.args;
  const [b] = other.args;
  if (a === undefined || b === undefined || isErrno(terms, a) || isErrno(terms, b)) return undefined;
  if (!isNamedPlace(terms, a) || !isNamedPlace(terms, b)) return undefined;
  return isDistinct(terms, state, a, b) ? REORDER : undefined;
}

/** A local or a named field: what the table lets pass a release. Not an element, and not where a pointer points. */
function isNamedPlace(terms: TermTable, address: Term): boolean {
  const node = terms.node(address);
  return node.op === 'object' || node.op === 'field';
}

/** Is the address computed from the released pointer itself? */
function isInside(context: CommuteContext, address: Term, released: Term): boolean {
  const { terms, state } = context;
  const roots = rootsOf(terms, state, released);
  return rootsOf(terms, state, address).some((root) => roots.includes(root));
}

function releaseAndDiagnostic(
  context: CommuteContext,
  release: Event,
  diagnostic: Event,
  direction: Direction,
): Swap | undefined {
  const { terms, state } = context;
  const released = releasedTerm(release);
  if (released === undefined) return undefined;
  const mentioned = diagnostic.args.filter((arg) => mayReach(terms, state, arg, released));
  // What comes earlier in the original may be given what the release gives back, or have been told of it before: the
  // prefix of a log, the buffer of its stream.
  const isUntold = isOwnOfPath(context, released) && diagnostic.args.every((arg) => cannotRead(context, arg, released));
  if (direction === 'reversed' && (!isUntold || mentioned.length > 0)) return undefined;
  // A release that does more than free may count in what it reaches, any in what else it is given.
  if (mentioned.some((arg) => !terms.isNumber(arg)) && !isShallowRelease(release)) return undefined;
  if (!mentioned.every((arg) => isOlder(terms, arg, released))) return undefined;
  // The wrapper writes to the log too.
  if (release.facts?.releases?.logs === true) return logOrder(context);
  return mentioned.length > 0 ? { uses: ['reorder', 'distinct-by-use'] } : REORDER;
}

/** May a release count in what the other one uses: `pool_free(&used, p); log("%d", used);`? Two that do may do so in turn. */
function isGiven(context: CommuteContext, release: Event, other: Event): boolean {
  const { terms, state } = context;
  if (!isMemoryRelease(release) || isMemoryRelease(other)) return false;
  const beside = release.args.filter((_, index) => index !== release.facts?.releases?.argument);
  return other.args.some((arg) => !terms.isNumber(arg) && beside.some((one) => mayReach(terms, state, one, arg)));
}

/**
 * A number, a variable that holds no pointer, or a text as the caller gave it; and an object of this path. That the two
 * were given to one call shows no more than that the text might be in the object; and then the original, which uses the
 * text behind the release, would use what is released.
 */
function isOlder(terms: TermTable, arg: Term, object: Term): boolean {
  if (terms.isNumber(arg) || terms.isPlainObject(arg)) return true;
  const isOfPath = terms.roots(object).every((root) => isMadeHere(terms, root));
  return isOfPath && terms.isText(arg) && terms.roots(arg).every((root) => terms.node(root).op === 'parameter');
}

/** The result of a call, or what is found in a variable of the function. */
function isMadeHere(terms: TermTable, root: Term): boolean {
  const { op, args } = terms.node(root);
  if (op === 'load') return args[0] !== undefined && terms.node(args[0]).op === 'object';
  return op === 'fresh';
}

/** A function that comes back, whatever it does, and is no lock: what a lock guards ends with it. */
function isReturningCall(event: Event): boolean {
  const { facts } = event;
  if (event.kind !== 'call' || facts?.neverReturns !== false || isDiagnostic(event)) return false;
  const kinds = [facts.releases?.kind, ...(facts.acquires ?? []).map(({ kind }) => kind)];
  return !kinds.includes('lock') && !kinds.includes('reference');
}

/** The storage was never told to anybody, and is given back without a look at what it holds. */
function releaseAndCall(context: CommuteContext, release: Event, call: Event): Swap | undefined {
  const { terms, state } = context;
  const released = releasedTerm(release);
  if (released === undefined || !isShallowRelease(release) || !isOwnOfPath(context, released)) return undefined;
  return call.args.some((arg) => mayReach(terms, state, arg, released)) ? undefined : REORDER;
}

/** Anything but a lock or a counted reference: what those guard ends with them. */
function isCustomRelease(event: Event): boolean {
  const releases = event.kind === 'call' ? event.facts?.releases : undefined;
  return releases !== undefined && !isMemoryRelease(event) && releases.kind !== 'lock' && releases.kind !== 'reference';
}

/**
 * A release whose definition is seen, and does not log, may do anything to what it reaches: the diagnostic must be given
 * nothing that it could have been shown, and the release must leave the statics of its file alone, which may be the
 * logger's.
 */
function customReleaseAndDiagnostic(
  context: CommuteContext,
  release: Event,
  diagnostic: Event,
  direction: Direction,
): Swap | undefined {
  const { terms, state } = context;
  const { releases, writesThrough } = release.facts ?? {};
  const released = releasedTerm(release);
  if (!releases || released === undefined || isStreamRelease(release)) return undefined;
  if (direction === 'reversed' && !isOwnOfPath(context, released)) return undefined;
  if (diagnostic.args.some((arg) => rootsOf(terms, state, arg).length > 0)) return undefined;
  if (releases.isSilent === true && writesThrough !== undefined) return REORDER;
  return releases.logs === true ? logOrder(context) : undefined;
}

/** A text that was there before the object cannot be in it, and holds no pointers; for all else see `isBeyond`. */
function cannotRead(context: CommuteContext, arg: Term, object: Term): boolean {
  const { terms, state } = context;
  if (terms.isText(arg) && isApart(terms, state, arg, object)) return true;
  return isBeyond(context, arg, object);
}

function memoryAndStream(context: CommuteContext, memory: Event, stream: Event): Swap | undefined {
  const { terms, state } = context;
  const object = releasedTerm(memory);
  const handle = releasedTerm(stream);
  if (object === undefined || handle === undefined) return undefined;
  if (mayReach(terms, state, handle, object) || mayReach(terms, state, object, handle)) return undefined;
  // The one who was given the stream may have given it the object as its buffer.
  const isStream = stream.facts?.releases?.kind === 'handle';
  if (isStream && !isUnshared(terms, state, handle) && !isOwnOfPath(context, object)) return undefined;
  // Who passed both may have linked them before.
  const isOfPath = [object, handle].some((one) => state.acquired.has(origin(terms, one)));
  return isOfPath ? REORDER : undefined;
}

function storeAndDiagnostic(context: CommuteContext, store: Event, diagnostic: Event): Swap | undefined {
  const { terms, state } = context;
  const address = store.args[0];
  if (address === undefined || isErrno(terms, address) || !isNamedPlace(terms, address)) return undefined;
  const base = baseOf(terms, address);
  if (terms.roots(base).some((root) => terms.node(root).op === 'global')) return undefined;
  for (const arg of diagnostic.args) {
    // Its characters are elsewhere, and hold no pointers.
    if (terms.isText(arg) && isApart(terms, state, arg, base)) continue;
    if (mayReach(terms, state, arg, base)) return undefined;
    // A pointer of unknown target handed to the logger may point to what is written.
    if (rootsOf(terms, state, arg).length > 0 && !isApart(terms, state, arg, base)) return undefined;
  }
  return REORDER;
}

/** Closing a stream may write to the buffer it was given. */
function streamAndStore(context: CommuteContext, release: Event, store: Event): Swap | undefined {
  const { terms, state } = context;
  const handle = releasedTerm(release);
  const address = store.args[0];
  if (handle === undefined || address === undefined || isErrno(terms, address)) return undefined;
  return isUnshared(terms, state, handle) && !isLinked(terms, state, address, handle) ? REORDER : undefined;
}

function isStreamRelease(event: Event): boolean {
  const kind = event.kind === 'call' ? event.facts?.releases?.kind : undefined;
  return (kind === 'descriptor' || kind === 'handle') && event.facts?.from.startsWith('preset') === true;
}

function isErrno(terms: TermTable, address: Term): boolean {
  const node = terms.node(baseOf(terms, address));
  return node.op === 'global' && node.text === 'errno';
}
