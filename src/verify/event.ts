/** What others can observe of a function: calls, stores, volatile reads, macros, and the end of a macro's body. */
import type { NameFacts } from '../resources/knowledge.ts';
import type { Declaration } from '../syntax/bindings.ts';
import type { SyntaxNode } from '../syntax/tree.ts';
import type { Term, TermTable } from './terms.ts';

export interface Event {
  readonly kind: 'call' | 'text' | 'store' | 'volatile-load' | 'leave-macro';
  /** Two events are the same event when key and arguments are the same. */
  readonly key: string;
  readonly args: readonly Term[];
  readonly name: string | undefined;
  readonly facts: NameFacts | undefined;
  readonly node: SyntaxNode;
  /** Locals that may be changed, in the order of the outputs. */
  readonly writes: readonly (Declaration | undefined)[];
  readonly mayJump: boolean;
  /** It may, and only to the end of the function. */
  readonly onlyReturns: boolean;
  /** It may be a macro that names locals which do not stand among its arguments. */
  readonly mayName: boolean;
  /** The result, if it is not null, points to an object of at least the size of what this type points to. */
  readonly sizedAs: string | undefined;
}

/** An event that has happened on one side: it has a result, and an epoch that memory read after it is named by. */
export interface Happened extends Event {
  readonly result: Term;
  readonly outputs: readonly Term[];
  readonly epoch: Term;
}

export function isSameEvent(one: Event, other: Event): boolean {
  return (
    one.kind === other.kind &&
    one.key === other.key &&
    one.args.length === other.args.length &&
    one.args.every((arg, index) => arg === other.args[index])
  );
}

/** Gives the event its result. What an acquiring call returns carries the call's name. */
export function happen(event: Event, terms: TermTable): Happened {
  const stored = event.kind === 'store' ? event.args[1] : undefined;
  return {
    ...event,
    result: stored ?? terms.fresh(`result of ${event.name ?? event.kind}`),
    outputs: event.writes.map((declaration) =>
      terms.fresh(`after ${event.name ?? event.kind}: ${declaration?.name ?? ''}`),
    ),
    epoch: terms.fresh(`memory after ${event.name ?? event.kind}`),
  };
}

/** The value a release event gives back, if it is known to be one. */
export function releasedTerm(event: Event): Term | undefined {
  const releases = event.kind === 'call' ? event.facts?.releases : undefined;
  return releases ? event.args[releases.argument] : undefined;
}

/** Gives back storage and does nothing else (DESIGN §2, memory release). */
export function isMemoryRelease(event: Event): boolean {
  return event.kind === 'call' && event.facts?.releases?.isMemoryRelease === true;
}

/** Gives back the storage without reading it: `free` and what is known to be only that. */
export function isShallowRelease(event: Event): boolean {
  return isMemoryRelease(event) && event.facts?.releases?.isShallow === true;
}

export function isDiagnostic(event: Event): boolean {
  return event.kind !== 'store' && event.facts?.diagnostic !== undefined;
}
