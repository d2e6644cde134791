/** Exits that forget a handle which another one releases: on purpose or not, nobody can tell. */
import { refuse } from '../../src/diagnostics/refusal.ts';
import type { Refusal } from '../../src/diagnostics/refusal.ts';
import { fieldOf, namedChildren, textOf, walk } from '../../src/syntax/tree.ts';
import type { SyntaxNode } from '../../src/syntax/tree.ts';
import type { Study } from './study.ts';
import type { FunctionExit } from './exits.ts';
import type { Item } from './statements.ts';

/** Statements looked at before each return. */
const NEAR = 8;

/** `f->data = NULL; return -1;` at one exit and `free(f->data); f->data = NULL; return -1;` at another. */
export function findUnclearOwnership(study: Study): Refusal | undefined {
  const exits = study.exits.filter((exit) => !exit.isTop && exit.kind === 'return');
  const released = new Map<string, Item>();
  for (const exit of exits) {
    const items = itemsOf(exit);
    for (const [index, item] of items.entries()) {
      const key = releasedKey(study, item);
      if (key !== undefined && items.slice(index + 1).some((later) => nulledKey(study, later) === key))
        released.set(key, item);
    }
  }
  for (const exit of exits) {
    const items = itemsOf(exit);
    for (const item of items) {
      const key = nulledKey(study, item);
      const other = key === undefined ? undefined : released.get(key);
      if (key === undefined || !other || items.some((one) => one !== item && one.key.includes(key))) continue;
      const name = textOf(study.tree, handleOf(item) ?? item.node);
      const reason = `\`${name}\` is forgotten at line ${lineOf(study, item)} and released at line ${lineOf(study, other)}`;
      return refuse('ownership-unclear', reason, item);
    }
  }
  return undefined;
}

/**
 * A lock or the like inside an object, which has no value for "nothing held": exits destroy it before they release the
 * object, and later ones release the object alone. Today's leak would stand in the shared block as if it were meant.
 */
export function findForgottenPart(study: Study): Refusal | undefined {
  const exits = study.exits.filter((exit) => !exit.isTop && exit.kind === 'return').map((exit) => waysOut(study, exit));
  for (const { part, owner, item, releaser } of exits.flatMap((one) => one.parts)) {
    const last = Math.max(...exits.filter((one) => one.released.has(part)).map((one) => one.exit.container.start));
    const forgetful = exits.find(
      (one) => one.exit.container.start > last && one.storage.has(owner) && !one.released.has(part),
    );
    if (!forgetful || !isAcquired(study, part, item) || isReleasedElsewhere(study, part, releaser)) continue;
    const at = forgetful.exit.statement ?? forgetful.exit.container;
    const reason = `\`${study.text(item)}\` at line ${lineOf(study, item)} has no counterpart at line ${lineOf(study, at)}`;
    return refuse('existing-leak', reason, at);
  }
  return undefined;
}

interface Part {
  /** Keys of `&s->lock` and of `s`. */
  readonly part: string;
  readonly owner: string;
  readonly item: Item;
  readonly releaser: string;
}

interface WayOut {
  readonly exit: FunctionExit;
  readonly parts: readonly Part[];
  /** Keys of all that is given back, and of the storage among it. */
  readonly released: ReadonlySet<string>;
  readonly storage: ReadonlySet<string>;
}

function waysOut(study: Study, exit: FunctionExit): WayOut {
  const parts: Part[] = [];
  const released = new Set<string>();
  const storage = new Set<string>();
  for (const item of itemsOf(exit)) {
    const release = study.releases.of(item);
    if (!release) continue;
    released.add(release.handleKey);
    if (release.facts.isMemoryRelease) storage.add(release.handleKey);
    const owner = ownerOf(release.handle);
    if (owner && release.facts.sentinel === 'none')
      parts.push({ part: release.handleKey, owner: study.releases.key(owner), item, releaser: release.releaser });
  }
  return { exit, parts, released, storage };
}

/** `s` of `&s->lock`. */
function ownerOf(handle: SyntaxNode): SyntaxNode | undefined {
  const field = handle.kind === 'pointer_expression' ? fieldOf(handle, 'argument') : undefined;
  const owner = field?.kind === 'field_expression' ? fieldOf(field, 'argument') : undefined;
  return owner?.kind === 'identifier' ? owner : undefined;
}

/** Is there a call before the release that obtains what it gives back? */
function isAcquired(study: Study, part: string, release: Item): boolean {
  return callsWith(study, part).some(
    ({ name, node }) =>
      node.start < release.start &&
      study.context.knowledge.name(name).acquires?.some((one) => one.handle === 'arg:0') === true,
  );
}

/** A release that is no way out: what comes behind it holds nothing. */
function isReleasedElsewhere(study: Study, part: string, releaser: string): boolean {
  const inExit = (node: SyntaxNode): boolean =>
    study.exits.some(({ isTop, container }) => !isTop && container.start <= node.start && node.end <= container.end);
  return callsWith(study, part).some(({ name, node }) => name === releaser && !inExit(node));
}

/** Calls whose first argument is the handle. */
function callsWith(study: Study, key: string): { readonly name: string; readonly node: SyntaxNode }[] {
  const found: { name: string; node: SyntaxNode }[] = [];
  walk(study.tree.body, (node) => {
    const callee = node.kind === 'call_expression' ? fieldOf(node, 'function') : undefined;
    const list = callee && fieldOf(node, 'arguments');
    const first = list && namedChildren(list)[0];
    if (callee && first && study.releases.key(first) === key) found.push({ name: textOf(study.tree, callee), node });
  });
  return found;
}

function itemsOf(exit: FunctionExit): Item[] {
  const items: Item[] = [];
  for (let index = 0; index < NEAR; index++) {
    const item = exit.items.fromEnd(index);
    if (!item || item.isBoundary) break;
    items.unshift(item);
  }
  return items;
}

function releasedKey(study: Study, item: Item): string | undefined {
  return study.releases.of(item)?.handleKey;
}

/** The lvalue that is set to NULL. */
function nulledKey(study: Study, item: Item): string | undefined {
  const handle = handleOf(item);
  return handle && study.releases.key(handle);
}

function handleOf(item: Item): SyntaxNode | undefined {
  const assignment = item.node.kind === 'expression_statement' ? namedChildren(item.node)[0] : undefined;
  if (assignment?.kind !== 'assignment_expression' || fieldOf(assignment, 'right')?.kind !== 'null') return undefined;
  return fieldOf(assignment, 'left');
}

function lineOf(study: Study, item: { readonly start: number }): number {
  return study.tree.source.slice(0, item.start).split('\n').length;
}
