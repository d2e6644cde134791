/**
 * Does a definition give back what one of its arguments holds, and what else does it do? Read off all paths with the
 * argument held, and all with it NULL or -1. Strict: what is not understood makes the weaker claim.
 */
import { textOf } from '../../syntax/tree.ts';
import type { ReleaseFacts } from '../knowledge.ts';
import { callKeepsErrno, mentionsErrno } from './conduct.ts';
import type { Call, Store } from './effects.ts';
import { walkPaths, type EffectEvent, type Path, type PathEvent, type Value } from './paths.ts';
import type { Root, RootTable, Roots } from './roots.ts';
import { argumentsOf, type Subject } from './subject.ts';

/** Release facts of which each one is shown by the definition; `doubtful` ones are only not shown to be true. */
export interface DerivedRelease {
  readonly facts: ReleaseFacts;
  /** False claims that the definition does not prove false either: it calls something unknown there. */
  readonly doubtful: ReadonlySet<keyof ReleaseFacts>;
}

/** The release of one argument; undefined where no argument, or more than one, is certainly released on every path. */
export function findRelease(subject: Subject, roots: RootTable): DerivedRelease | undefined {
  const found: DerivedRelease[] = [];
  for (const [index, declaration] of subject.parameters.entries()) {
    if (!declaration) continue;
    const derived = releaseOf(subject, roots, index);
    if (derived) found.push(derived);
  }
  return found.length === 1 ? found[0] : undefined;
}

function releaseOf(subject: Subject, roots: RootTable, index: number): DerivedRelease | undefined {
  const inner = innerRelease(subject, roots, index, true) ?? innerRelease(subject, roots, index, false);
  if (!inner) return undefined;
  const { held, via } = inner;
  const onSentinel = sentinelPaths(subject, roots, index, via.sentinel);
  const isReset = held.map((path) => isResetTo(subject, path, index, via.sentinel));
  // Reset on some paths only: what the handle holds afterwards is not a fact.
  if (isReset.includes(true) && isReset.includes(false)) return undefined;
  return describe(subject, index, via, held, onSentinel, isReset[0] === true);
}

interface InnerRelease {
  readonly via: ReleaseFacts;
  readonly held: readonly Path[];
}

/** Every path with the argument held releases it exactly once, not in a loop, and comes back. */
function innerRelease(subject: Subject, roots: RootTable, index: number, isPointer: boolean): InnerRelease | undefined {
  const held = walkPaths(subject, roots, { parameter: index, value: { kind: 'pinned', isPointer } });
  if (!held || held.length === 0) return undefined;
  const vias = held.map((path) => onlyRelease(path));
  const [via] = vias;
  if (!via || vias.some((other) => !other || !isSameKind(other, via))) return undefined;
  if ((via.sentinel === '-1') === isPointer) return undefined;
  // The address of a member is no handle: only what is named by its address can be in it.
  if (via.sentinel !== 'none' && held.some((path) => !path.events.some(isWholeRelease))) return undefined;
  return { via: vias.reduce((a, b) => weaker(a ?? via, b ?? via)) ?? via, held };
}

function isWholeRelease(event: PathEvent): boolean {
  return isReleaseOfPinned(event) && !isOfMember(event);
}

function onlyRelease(path: Path): ReleaseFacts | undefined {
  if (path.end !== 'return') return undefined;
  const all = path.events.filter(isReleaseOfPinned);
  // `pthread_mutex_destroy(&p->lock); free(p)` releases p; without the second it releases the lock in it.
  const whole = all.filter((event) => !isOfMember(event));
  const releases = whole.length > 0 ? whole : all;
  const [only] = releases;
  if (releases.length !== 1 || only?.kind !== 'effect' || only.inLoop) return undefined;
  return only.effect.kind === 'call' ? only.effect.facts.releases : undefined;
}

function isReleaseOfPinned(event: PathEvent): boolean {
  if (event.kind !== 'effect' || event.effect.kind !== 'call') return false;
  const { facts } = event.effect;
  if (facts.releases) return event.given[facts.releases.argument]?.kind === 'pinned';
  return facts.consumes?.some((argument) => event.given[argument]?.kind === 'pinned') === true;
}

/** Is it something in the object that is released, not the object? */
function isOfMember(event: PathEvent): boolean {
  const argument = callOf(event)?.facts.releases?.argument;
  const value = argument === undefined ? undefined : given(event, argument);
  return value?.kind === 'pinned' && value.isMember === true;
}

function isSameKind(a: ReleaseFacts, b: ReleaseFacts): boolean {
  return a.kind === b.kind && a.sentinel === b.sentinel;
}

function weaker(a: ReleaseFacts, b: ReleaseFacts): ReleaseFacts {
  return {
    ...a,
    acceptsSentinel: a.acceptsSentinel && b.acceptsSentinel,
    noopOnSentinel: a.noopOnSentinel && b.noopOnSentinel,
    keepsErrno: a.keepsErrno && b.keepsErrno,
    isMemoryRelease: a.isMemoryRelease && b.isMemoryRelease,
    isShallow: a.isShallow === true && b.isShallow === true,
    isSilent: a.isSilent === true && b.isSilent === true,
    ...(a.logs === true && b.logs === true && { logs: true }),
  };
}

function sentinelPaths(
  subject: Subject,
  roots: RootTable,
  index: number,
  sentinel: ReleaseFacts['sentinel'],
): readonly Path[] | undefined {
  if (sentinel !== 'null' && sentinel !== '-1') return undefined;
  const value: Value = { kind: 'number', value: sentinel === 'null' ? 0 : -1 };
  return walkPaths(subject, roots, { parameter: index, value });
}

/** In a macro: the argument is its sentinel when the path ends. */
function isResetTo(subject: Subject, path: Path, index: number, sentinel: ReleaseFacts['sentinel']): boolean {
  const last = path.events.findLast((event) => event.kind === 'assign' && event.parameter === index);
  if (last?.kind !== 'assign' || last.inLoop || !subject.isMacro) return false;
  return last.value.kind === 'number' && last.value.value === (sentinel === '-1' ? -1 : 0);
}

function describe(
  subject: Subject,
  index: number,
  via: ReleaseFacts,
  held: readonly Path[],
  onSentinel: readonly Path[] | undefined,
  resetting: boolean,
): DerivedRelease {
  const paths = [...held, ...(onSentinel ?? [])];
  const all = paths.flatMap((path) => path.events);
  const isBalanced = paths.every(hasBalancedLocks);
  const accepts = onSentinel?.every((path) => path.end === 'return' && path.events.every(acceptsSentinel)) === true;
  const noop = onSentinel?.every((path) => path.end === 'return' && path.events.every(isNothing(via))) === true;
  const mentions = mentionsErrno(subject);
  const isMemoryRelease =
    via.isMemoryRelease && all.every((event) => isMemoryOnly(event, index)) && canBeQuiet(subject, held);
  const facts: ReleaseFacts = {
    kind: via.kind,
    argument: index,
    sentinel: via.sentinel,
    acceptsSentinel: accepts,
    noopOnSentinel: accepts && noop,
    resetting,
    keepsErrno: !mentions && all.every(keepsErrno),
    isMemoryRelease,
    isShallow: via.isShallow === true && all.every(isBare),
    isSilent: isBalanced && all.every(isSilent),
    ...((isMemoryRelease ? alwaysLogs(held) : isBalanced && !mentions && isSilentButLogs(all)) && { logs: true }),
  };
  const doubtful = new Set<keyof ReleaseFacts>();
  if (!onSentinel || onSentinel.some((path) => path.events.some(isOpaque))) {
    doubtful.add('acceptsSentinel').add('noopOnSentinel');
  }
  if (all.some(isOpaque)) doubtful.add('isMemoryRelease').add('isShallow').add('isSilent');
  // Whatever does not promise to keep errno may still keep it; only naming it, or a log, speaks against it.
  if (!mentions && !all.some(isLogged)) doubtful.add('keepsErrno');
  return { facts, doubtful };
}

function callOf(event: PathEvent): Call | undefined {
  return event.kind === 'effect' && event.effect.kind === 'call' ? event.effect : undefined;
}

/** A call of which nothing is known, or inline assembler. */
function isOpaque(event: PathEvent): boolean {
  if (event.kind !== 'effect') return false;
  const call = callOf(event);
  if (!call) return event.effect.kind === 'opaque';
  return !call.facts.diagnostic && !call.facts.releases && call.facts.writesThrough === undefined;
}

function acceptsSentinel(event: PathEvent): boolean {
  if (event.kind === 'follows-sentinel') return false;
  const call = callOf(event);
  if (!call) return true;
  if (call.facts.neverReturns) return false;
  const { releases } = call.facts;
  if (releases && isSentinel(given(event, releases.argument), releases)) return releases.acceptsSentinel;
  return !isOpaque(event);
}

function given(event: PathEvent, argument: number): Value | undefined {
  return event.kind === 'effect' ? event.given[argument] : undefined;
}

function isSentinel(value: Value | undefined, releases: ReleaseFacts): boolean {
  if (value?.kind !== 'number') return false;
  return value.value === (releases.sentinel === '-1' ? -1 : 0);
}

/** Nothing happens on the sentinel: a release that is a no-op, or the assignment of the value that is there. */
function isNothing(via: ReleaseFacts): (event: PathEvent) => boolean {
  return (event) => {
    if (event.kind === 'assign') {
      return event.value.kind === 'number' && event.value.value === (via.sentinel === '-1' ? -1 : 0);
    }
    const call = callOf(event);
    if (!call) return false;
    if (call.facts.isPure) return true;
    const { releases } = call.facts;
    return releases !== undefined && isSentinel(given(event, releases.argument), releases) && releases.noopOnSentinel;
  };
}

function keepsErrno(event: PathEvent): boolean {
  const call = callOf(event);
  if (call) {
    const { releases } = call.facts;
    if (releases && isSentinel(given(event, releases.argument), releases) && releases.noopOnSentinel) return true;
    return releases ? releases.keepsErrno : callKeepsErrno(call);
  }
  return event.kind !== 'effect' || event.effect.kind === 'store';
}

function isLogged(event: PathEvent): boolean {
  const facts = callOf(event)?.facts;
  return facts !== undefined && (facts.diagnostic !== undefined || facts.output !== undefined);
}

function isSilent(event: PathEvent): boolean {
  if (event.kind !== 'effect') return true;
  const call = callOf(event);
  if (!call) return event.effect.kind === 'store' && !event.effect.targets.has('world');
  if (isOpaque(event) || call.facts.diagnostic || call.facts.output !== undefined) return false;
  if (call.facts.releases) return call.facts.releases.isSilent === true;
  return call.facts.isPure === true || call.facts.isLocal === true;
}

/** A wrapper that logs when something is wrong is as good as silent; one that always does is not. */
function alwaysLogs(held: readonly Path[]): boolean {
  return held.every((path) => path.events.some(isLogged));
}

function isSilentButLogs(events: readonly PathEvent[]): boolean {
  return events.some(isDiagnostic) && events.every(isSilentOrLog);
}

function isDiagnostic(event: PathEvent): boolean {
  return callOf(event)?.facts.diagnostic !== undefined;
}

/** A line of a log, or what is silent and leaves errno and the statics of the file alone. */
function isSilentOrLog(event: PathEvent): boolean {
  return isDiagnostic(event) || (isSilent(event) && keepsErrno(event) && !mayTouchStatics(event));
}

function mayTouchStatics(event: PathEvent): boolean {
  if (event.kind !== 'effect' || event.effect.kind === 'opaque') return false;
  if (event.effect.kind === 'store') return event.effect.targets.has('own');
  const { facts } = event.effect;
  return facts.writesThrough === undefined && !/^preset [^;]*$/.test(facts.from);
}

/** It gives back the locks that it takes, and no others: what comes after an unlock is not what comes before. */
function hasBalancedLocks(path: Path): boolean {
  let depth = 0;
  for (const event of path.events) {
    const facts = callOf(event)?.facts;
    if (facts?.acquires?.some((one) => one.kind === 'lock')) depth++;
    if (facts?.releases?.kind === 'lock' && --depth < 0) return false;
  }
  return depth === 0;
}

/**
 * Nothing but giving back storage, that of the argument and what is reached from there (DESIGN §2): reads, stores into
 * the dying storage or the definition's own statics, locks of its own, diagnostics, and memory it got itself are all
 * that may stand beside.
 */
function isMemoryOnly(event: PathEvent, index: number): boolean {
  if (event.kind !== 'effect') return true;
  if (event.effect.kind === 'store') return isStoreInside(event, event.effect);
  const call = callOf(event);
  if (!call) return false;
  const { facts } = call;
  if (facts.diagnostic || facts.isPure) return true;
  if (facts.releases) return isMemoryOnlyRelease(event, call, index);
  const isOwnLock = facts.acquires?.some((one) => one.kind === 'lock') && isOwn(call.given[0]);
  if (isOwnLock) return true;
  const through = facts.isLocal ? facts.writesThrough : undefined;
  return through?.every((argument) => isInside(call.given[argument], event.given[argument])) === true;
}

/** A pointer into the argument that is stored in a static lives on: then it is not only given back. */
function isStoreInside(event: EffectEvent, { targets, value }: Store): boolean {
  if (!isInside(targets, event.into)) return false;
  const isKept = targets.has('own') && [...(value ?? [])].some((root) => root.startsWith('parameter:'));
  return !isKept || event.into?.kind === 'pinned';
}

function isMemoryOnlyRelease(event: EffectEvent, call: Call, index: number): boolean {
  const { releases } = call.facts;
  if (!releases) return false;
  const target = call.given[releases.argument];
  if (releases.kind === 'lock') return isOwn(target);
  if (!releases.isMemoryRelease) return false;
  const value = given(event, releases.argument);
  if (value?.kind === 'pinned' || value?.kind === 'number' || value?.kind === 'fresh') return true;
  // `free(p->name)`: what the argument reaches goes with it.
  const mine = new Set<Root>([`parameter:${index}`, 'own', 'fresh']);
  return target !== undefined && target.size > 0 && [...target].every((root) => mine.has(root) || isLocalRoot(root));
}

/** The definition's own statics and what it got itself; or, straight through the argument, the storage that dies. */
function isInside(targets: Roots | undefined, into: Value | undefined): boolean {
  if (into?.kind === 'pinned') return true;
  return targets !== undefined && [...targets].every((root) => root === 'own' || root === 'fresh' || isLocalRoot(root));
}

function isLocalRoot(root: Root): boolean {
  return root.startsWith('local:');
}

/**
 * A debug wrapper may log, on stderr or when something is wrong. What always prints to the program's output is a
 * function that prints, and happens to free.
 */
function canBeQuiet(subject: Subject, held: readonly Path[]): boolean {
  return held.some((path) => path.events.every((event) => !isLogged(event) || goesToStderr(subject, callOf(event))));
}

function goesToStderr(subject: Subject, call: Call | undefined): boolean {
  const output = call?.facts.output;
  if (!call || typeof output !== 'object') return false;
  const stream = argumentsOf(call.node)[output.stream];
  return stream !== undefined && /^\(?\s*(stderr|2|STDERR_FILENO)\s*\)?$/.test(textOf(subject.tree, stream));
}

/** The release itself, or the reset of a macro's argument: the object is not even looked at. */
function isBare(event: PathEvent): boolean {
  if (event.kind === 'assign') return true;
  const releases = callOf(event)?.facts.releases;
  const value = releases && given(event, releases.argument);
  return releases?.isShallow === true && (value?.kind === 'pinned' || value?.kind === 'number');
}

function isOwn(roots: Roots | undefined): boolean {
  return roots !== undefined && roots.size > 0 && [...roots].every((root) => root === 'own');
}
