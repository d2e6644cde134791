/** Who could jump where: statements that mean the same at the end of the body, and scopes no jump may enter. */
import { completesNormally, exitEnd, statementsOf } from './exits.ts';
import type { FunctionExit } from './exits.ts';
import { short } from './statements.ts';
import type { Barrier, Item } from './statements.ts';
import type { Study } from './study.ts';

/** Statements of a cleanup area behind its first label. */
const LONGEST_TAIL = 24;

/**
 * The first label of the cleanup area that the body ends in, if it does. A second area beside it would read badly, and a
 * later run must find nothing more to do: exits may only join the one that is there.
 */
function cleanupArea(study: Study): Item | undefined {
  return statementsOf(study.tree.body)
    .slice(-LONGEST_TAIL)
    .map((node) => study.statements.item(node))
    .find((item) => item.labels.some((label) => study.gotos.get(label)?.some((at) => at < item.start)));
}

/** May others fall in where this exit stands? */
export function mayHost(study: Study, exit: FunctionExit): boolean {
  if (!exit.isTop || exit.kind === 'branch' || exit.list.length === 0 || study.left.has(exit)) return false;
  const area = cleanupArea(study);
  return !area || exitEnd(exit) > area.start || isBesideArea(study, exit);
}

/** The exit is the last one before a cleanup area that has nothing to do with it. */
export function isBesideArea(study: Study, exit: FunctionExit): boolean {
  const area = cleanupArea(study);
  if (!area || exitEnd(exit) > area.start) return false;
  return !study.exits.some((other) => other.isTop && exitEnd(other) > exitEnd(exit) && exitEnd(other) < area.start);
}

/** May a block be added at the end of the body? Only where nothing falls into it, or a `return;` can be put before. */
export function canAppend(study: Study): boolean {
  const last = statementsOf(study.tree.body).at(-1);
  if (!last || cleanupArea(study)) return false;
  if (study.statements.isFrozen({ start: last.start, end: study.tree.body.end })) return false;
  const brace = study.tree.body.end - 1;
  if (study.tree.source.slice(study.tree.source.lastIndexOf('\n', brace) + 1, brace).trim() !== '') return false;
  return !completesNormally(study.tree, last) || study.exits.some((exit) => exit.kind === 'end');
}

/** Exits that could jump at all. */
export function mayJoin(study: Study, exit: FunctionExit, host: FunctionExit | undefined): boolean {
  // A return in the body itself would jump to what stands right behind it.
  if ((exit.isTop && exit.kind !== 'branch') || study.left.has(exit)) return false;
  // The label has to be there wherever the goto is.
  const target = host ? exitEnd(host) : study.tree.body.end - 1;
  if (!study.conditionals.isWithin(exitEnd(exit), target)) return false;
  return !host || exitEnd(exit) < exitEnd(host) || exit.container.start > exitEnd(host);
}

/** A variable length array whose scope a jump from the exit would enter. */
export function variableLengthBetween(
  study: Study,
  exit: FunctionExit,
  host: FunctionExit | undefined,
): Barrier | undefined {
  const target = host ? exitEnd(host) : study.tree.body.end;
  const from = exitEnd(exit);
  const array = study.variableLength.find(
    (node) => declarationBlock(node) === study.tree.body && node.start > from && node.end < target,
  );
  if (!array) return undefined;
  const text = short(study.tree, array);
  return { code: 'vla-scope', reason: `a jump would enter the scope of \`${text}\``, at: array };
}

function declarationBlock(node: { parent: Item['node'] | undefined }): Item['node'] | undefined {
  let at = node.parent;
  while (at && at.kind !== 'compound_statement' && at.kind !== 'for_statement') at = at.parent;
  return at;
}

/** Every name of the statement means the same object at the end of the body. */
export function livesAtEnd(study: Study, item: Item): boolean {
  for (const declaration of item.mentions) {
    const own = declaration.node.start >= item.start && declaration.node.end <= item.end;
    if (!own && study.names.resolve(declaration.name, study.tree.body.end - 1) !== declaration) return false;
  }
  for (const [index, token] of item.tokens.entries()) {
    if (token.kind !== 'name' || item.tokens[index - 1]?.text === '.' || item.tokens[index - 1]?.text === '->')
      continue;
    // A file-scope name that a later local hides would change its meaning.
    const there = study.names.resolve(token.text, study.tree.body.end - 1);
    if (there && !item.mentions.has(there)) return false;
  }
  return true;
}
