/** Why exits that look alike are not shared: the true reason, with the names and lines of this function. */
import { refuse } from '../../src/diagnostics/refusal.ts';
import type { Refusal } from '../../src/diagnostics/refusal.ts';
import { textOf } from '../../src/syntax/tree.ts';
import type { SyntaxNode } from '../../src/syntax/tree.ts';
import { findObstacle } from './exact.ts';
import type { Study } from './study.ts';
import type { FunctionExit } from './exits.ts';
import { valueHazard } from './early-value.ts';
import { findLooseObstacle } from './loose.ts';
import { livesAtEnd } from './reach.ts';
import { callsOf } from './statements.ts';
import type { Item } from './statements.ts';

const LOOPS = /^(?:for|while|do)_statement$/;

/** The refusal of a function without a plan. */
export function diagnose(study: Study): Refusal {
  const obstacle = findObstacle(study) ?? findLooseObstacle(study);
  if (obstacle) return refuse(obstacle.code, obstacle.reason, obstacle.at);
  return (
    sameWords(study) ??
    sameReleaser(study) ??
    perIteration(study) ??
    errnoBehind(study) ??
    refuse('nothing-gained', 'no statements before the returns are repeated often enough', study.tree.root)
  );
}

/** Statements with the same words that mean different objects. */
function sameWords(study: Study): Refusal | undefined {
  const words = (item: Item): string => item.tokens.map((token) => token.text).join(' ');
  const pair = wouldGain(study, words, (a, b) => a.key !== b.key);
  if (!pair) return undefined;
  const [one, other] = pair;
  const name = differingName(one, other);
  const reason = `\`${name}\` in \`${study.text(one)}\` is another variable at line ${lineOf(study, one)} than at line ${lineOf(study, other)}`;
  return refuse('name-collision', reason, other);
}

/** The same releaser with other arguments. */
function sameReleaser(study: Study): Refusal | undefined {
  const releaser = (item: Item): string | undefined =>
    item.isRelease
      ? callsOf(study.tree, item.node)
          .filter((name) => name !== '')
          .join(' ')
      : undefined;
  const pair = wouldGain(study, releaser, (a, b) => a.key !== b.key);
  if (!pair) return undefined;
  const [one, other] = pair;
  const loop = [one, other].find((item) => LOOPS.test(item.node.kind));
  const alias = aliasOf(study, one, other);
  if (alias) return refuse('alias', alias, other);
  const reason = `\`${study.text(one)}\` at line ${lineOf(study, one)} and \`${study.text(other)}\` at line ${lineOf(study, other)} release different things`;
  return refuse(loop ? 'loop-resource' : 'different-arguments', reason, other);
}

/** Exits inside one loop that give back what a single round of it has obtained. */
function perIteration(study: Study): Refusal | undefined {
  const pair = wouldGain(
    study,
    (item) => (item.isRelease ? item.key : undefined),
    (one) => !livesAtEnd(study, one),
  );
  if (!pair) return undefined;
  const [item] = pair;
  const own = [...item.mentions].find((declaration) => loopAround(declaration.node) !== undefined);
  const loop = own && loopAround(own.node);
  if (!own || !loop) return undefined;
  const reason = `\`${study.text(item)}\` gives back what one round of the loop at line ${lineAt(study, loop.start)} has obtained`;
  return refuse('loop-resource', reason, item);
}

function loopAround(node: SyntaxNode): SyntaxNode | undefined {
  let at = node.parent;
  while (at && !LOOPS.test(at.kind)) at = at.parent;
  return at;
}

/** Two exits with one release, behind which one of them reads errno: not even longer ones could be shared. */
function errnoBehind(study: Study): Refusal | undefined {
  for (const exit of study.exits) {
    const item = exit.items.fromEnd(0);
    if (!item?.isRelease || !exit.value || exit.kind !== 'return') continue;
    const others = study.exits.filter((other) => other !== exit && other.items.fromEnd(0)?.key === item.key);
    const hazard = others.length > 0 ? valueHazard(study, exit.value, [item]) : undefined;
    if (hazard?.code === 'errno-after-release') return refuse(hazard.code, hazard.reason, hazard.at);
  }
  return undefined;
}

/** `cur = buf`: two names of one object. */
function aliasOf(study: Study, one: Item, other: Item): string | undefined {
  for (const a of one.mentions) {
    for (const b of other.mentions) {
      if (one.mentions.has(b) || other.mentions.has(a)) continue;
      const copies = (to: string, from: string): boolean =>
        new RegExp(`\\b${to}\\s*=\\s*(?:\\([^()]*\\)\\s*)?${from}\\s*[;,]`).test(textOf(study.tree, study.tree.body));
      if (copies(a.name, b.name) || copies(b.name, a.name)) {
        return `\`${a.name}\` and \`${b.name}\` are two names of one object`;
      }
    }
  }
  return undefined;
}

/**
 * Were statements equal that have the same word, would sharing be worth it? Then the first two that differ, and at
 * least one pair does.
 */
function wouldGain(
  study: Study,
  word: (item: Item) => string | undefined,
  differ: (a: Item, b: Item) => boolean,
): [Item, Item] | undefined {
  for (const donor of study.exits) {
    const pairs: [Item, Item][] = [];
    let sharing = 1;
    for (const exit of study.exits) {
      if (exit === donor || exit.kind === 'branch') continue;
      const found = alike(donor, exit, word);
      if (found.some(([item]) => item.isCleanup)) sharing++;
      pairs.push(...found);
    }
    const removed = pairs.filter(([item]) => item.isCleanup || item.isReset).length;
    const isWorth = removed >= 2 || (sharing >= 3 && removed >= 1);
    const pair = pairs.find(([a, b]) => differ(a, b));
    if (isWorth && pair) return pair;
  }
  return undefined;
}

/** Pairs of statements at the ends of two exits that have the same words. */
function alike(donor: FunctionExit, exit: FunctionExit, word: (item: Item) => string | undefined): [Item, Item][] {
  const pairs: [Item, Item][] = [];
  for (let index = 0; index < 8; index++) {
    const one = donor.items.fromEnd(index);
    const other = exit.items.fromEnd(index);
    if (!one || !other || one.isBoundary || other.isBoundary) break;
    const key = word(one);
    if (key === undefined || key !== word(other)) break;
    pairs.push([one, other]);
  }
  return pairs;
}

function differingName(one: Item, other: Item): string {
  for (const declaration of one.mentions) if (!other.mentions.has(declaration)) return declaration.name;
  return [...other.mentions][0]?.name ?? '';
}

function lineOf(study: Study, item: Item): number {
  return lineAt(study, item.start);
}

function lineAt(study: Study, offset: number): number {
  return study.tree.source.slice(0, offset).split('\n').length;
}
