/** Which two statements may probably change places: the table of the design, without the proof. */
import { fieldOf, namedChildren } from '../../src/syntax/tree.ts';
import type { Study } from './context.ts';
import type { Release } from './releases.ts';
import { bare } from './releases.ts';
import type { Item } from './statements.ts';

/** May two neighbouring statements of an exit change places? Errs on the side of yes where the proof can tell. */
export function maySwap(study: Study, one: Item, other: Item): boolean {
  if (one.isDiagnostic && other.isDiagnostic) return false;
  if (one.isDiagnostic) return mayPass(study, other, one);
  if (other.isDiagnostic) return mayPass(study, one, other);
  const a = study.releases.of(one);
  const b = study.releases.of(other);
  if (a && b) return releasesSwap(a, b);
  if (a) return isApart(study, a, other);
  if (b) return isApart(study, b, one);
  return one.isStore && other.isStore && storedKey(study, one) !== storedKey(study, other);
}

/** A diagnostic passes what it does not look at: only the very handle is looked for. */
function mayPass(study: Study, statement: Item, diagnostic: Item): boolean {
  const release = study.releases.of(statement);
  if (!release) return statement.isStore;
  return !diagnostic.key.includes(release.handleKey);
}

function releasesSwap(a: Release, b: Release): boolean {
  if (a.handleKey === b.handleKey || isWithin(a.handleKey, b.handleKey) || isWithin(b.handleKey, a.handleKey))
    return false;
  return a.facts.isMemoryRelease || b.facts.isMemoryRelease;
}

/** A release and a store or guarded group that mentions neither the object nor the lvalue. */
function isApart(study: Study, release: Release, other: Item): boolean {
  if (!other.isStore && !other.isCleanup) return false;
  if (!release.facts.isMemoryRelease && release.facts.kind === 'lock') return false;
  const key = other.isStore ? storedKey(study, other) : other.key;
  return (
    key !== undefined &&
    key !== release.handleKey &&
    !isWithin(key, release.handleKey) &&
    !isWithin(release.handleKey, key)
  );
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
