/** Exits that forget a handle which another one releases: on purpose or not, nobody can tell. */
import { refuse } from '../../src/diagnostics/refusal.ts';
import type { Refusal } from '../../src/diagnostics/refusal.ts';
import { fieldOf, namedChildren, textOf } from '../../src/syntax/tree.ts';
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

function lineOf(study: Study, item: Item): number {
  return study.tree.source.slice(0, item.start).split('\n').length;
}
