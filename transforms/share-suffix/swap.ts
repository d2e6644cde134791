/** Which two statements may probably change places: the table of the design, without the proof. */
import { fieldOf, namedChildren } from '../../src/syntax/tree.ts';
import type { Study } from './study.ts';
import type { Release } from './releases.ts';
import { bare } from './releases.ts';
import { callOf } from './statements.ts';
import type { Item } from './statements.ts';

/** May two statements of an exit change places? Errs on the side of yes where the proof can tell. */
export function maySwap(study: Study, one: Item, other: Item): boolean {
  const a = study.releases.of(one);
  const b = study.releases.of(other);
  if (a && b) return releasesSwap(a, b);
  if (a) return passes(study, a, other);
  if (b) return passes(study, b, one);
  return one.isStore && other.isStore && storedKey(study, one) !== storedKey(study, other);
}

function releasesSwap(a: Release, b: Release): boolean {
  if (a.handleKey === b.handleKey || isWithin(a.handleKey, b.handleKey) || isWithin(b.handleKey, a.handleKey))
    return false;
  return a.facts.isMemoryRelease || b.facts.isMemoryRelease;
}

/** A release and something else: a store or condition on other things, a log, and for memory any call. */
function passes(study: Study, release: Release, other: Item): boolean {
  const { facts, handleKey } = release;
  if (facts.kind === 'lock') return false;
  if (other.isStore) {
    const key = storedKey(study, other);
    return key !== undefined && key !== handleKey && !isWithin(key, handleKey) && !isWithin(handleKey, key);
  }
  if (other.key.includes(handleKey)) return false;
  return facts.isMemoryRelease || other.isDiagnostic || (other.isOutput && callOf(other.node) !== undefined);
}

function storedKey(study: Study, item: Item): string | undefined {
  const inner = namedChildren(item.node)[0];
  const left = inner && fieldOf(inner, 'left');
  return left && study.releases.key(bare(left));
}

/** `s -> buf` lies within `s`. */
function isWithin(inner: string, outer: string): boolean {
  return inner.startsWith(`${outer} `) || inner.includes(` ${outer} `);
}
