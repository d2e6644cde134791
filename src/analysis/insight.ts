/**
 * What an audit knows of a function beyond what a proof may rest on: the conduct of callees as their own ledgers tell it,
 * values that nobody ever changes, and what is taken for granted because code is written so.
 */
import type { NameFacts, ReleaseFacts, ResourceKind } from '../resources/knowledge.ts';

/** What a call does. */
export interface CalleeFacts {
  readonly facts: NameFacts;
  /** It always returns this number. */
  readonly result?: number;
  /** It returns what this call of its own has released. */
  readonly returnsReleased?: { readonly releaser: string; readonly kind: ResourceKind };
  /** It releases what these statics or globals hold. */
  readonly releasesGlobals?: readonly { readonly name: string; readonly facts: ReleaseFacts }[];
  /** What is taken for granted of it, in words; absent: nothing. */
  readonly belief?: string;
}

export interface Insight {
  /** What becomes of pointers that are given to the function counts, as if it had acquired them. */
  readonly followsParameters: boolean;
  /**
   * What is known of a called name beside the facts.
   * @param read the number that a static or global has on the path of the call; undefined where that is open
   */
  called(name: string, read: (global: string) => number | undefined): CalleeFacts | undefined;
  /** The members of a union share their storage: all of them are one place. */
  isUnionMember(field: string): boolean;
  /** Has the parameter of the function, from 0, a type whose values are used, not only compared? */
  isUsedBy(name: string, argument: number): boolean;
}
