/** Ways of cleaning up that a function follows. They are told by its ledger, so a helper or a macro counts as what it does. */
import type { Ledger } from '../analysis/ledger.ts';
import type { Outcome } from '../analysis/outcome.ts';
import type { Knowledge } from '../resources/knowledge.ts';
import type { FunctionTree } from '../syntax/tree.ts';
import { fieldOf, walk } from '../syntax/tree.ts';
import type { Acquisition, PatternCode } from './model.ts';

/** The patterns of one function, in the order of the list of all. */
export function findPatterns(
  tree: FunctionTree,
  ledger: Ledger,
  acquisitions: readonly Acquisition[],
  knowledge: Knowledge,
): PatternCode[] {
  const releases = ledger.outcomes.flatMap((one) => [...one.releases, ...one.repeated]);
  const facts = releases.flatMap(({ releaser }) => knowledge.name(releaser).releases ?? []);
  const found: Readonly<Record<PatternCode, boolean>> = {
    cascade: isCascade(ledger.outcomes),
    'cleanup-after-use': acquisitions.some(isReleasedOnSuccess),
    'handed-over-on-success': acquisitions.some(isHandedOverOnSuccess),
    'null-safe-release': facts.some((one) => one.noopOnSentinel),
    'guarded-release': hasGuardedRelease(tree, knowledge),
    'resetting-release': facts.some((one) => one.resetting),
    'goto-cleanup': hasGotoCleanup(tree, releases),
  };
  return (Object.keys(found) as PatternCode[]).filter((code) => found[code]);
}

/** What an exit may release, whichever way leads there: a release that finds its handle empty stands there all the same. */
function isCascade(outcomes: readonly Outcome[]): boolean {
  const exits = new Map<number, Set<string>>();
  for (const { exit, releases } of outcomes) {
    const texts = exits.get(exit.at.start) ?? new Set();
    for (const { text } of releases) texts.add(text);
    exits.set(exit.at.start, texts);
  }
  const sets = [...exits].filter(([, texts]) => texts.size > 0).toSorted(([a], [b]) => a - b);
  return sets.some(([, early], index) =>
    sets.slice(index + 1).some(([, late]) => early.size < late.size && [...early].every((text) => late.has(text))),
  );
}

function isReleasedOnSuccess({ ends }: Acquisition): boolean {
  const isEverywhere = ends.length > 0 && ends.every(({ state }) => state === 'released');
  return isEverywhere && ends.some(({ side }) => side === 'success' || side === 'either');
}

function isHandedOverOnSuccess({ ends }: Acquisition): boolean {
  const isReleasedOnError = ends.some(({ state, side }) => state === 'released' && side !== 'success');
  return isReleasedOnError && ends.some(({ state, side }) => state === 'handed-over' && side !== 'error');
}

/** `if (p) fclose(p);` */
function hasGuardedRelease(tree: FunctionTree, knowledge: Knowledge): boolean {
  let isFound = false;
  const text = (node: { readonly start: number; readonly end: number }): string =>
    tree.source.slice(node.start, node.end).replace(/\s+/g, '');
  walk(tree.body, (node) => {
    const callee = node.kind === 'call_expression' ? fieldOf(node, 'function') : undefined;
    if (isFound || callee?.kind !== 'identifier' || node.parent?.kind !== 'expression_statement') return;
    const facts = knowledge.name(text(callee)).releases;
    const operand = facts && fieldOf(node, 'arguments')?.children.filter((child) => child.isNamed)[facts.argument];
    if (!operand) return;
    const statement = node.parent;
    const block = statement.parent?.kind === 'compound_statement' ? statement.parent : statement;
    const guard = block.parent?.kind === 'if_statement' ? fieldOf(block.parent, 'condition') : undefined;
    const handle = text(operand);
    isFound = guard !== undefined && GUARDS.some((make) => make(handle) === text(guard));
  });
  return isFound;
}

const GUARDS: readonly ((handle: string) => string)[] = [
  (handle) => `(${handle})`,
  (handle) => `(${handle}!=NULL)`,
  (handle) => `(NULL!=${handle})`,
  (handle) => `(${handle}>=0)`,
  (handle) => `(${handle}!=-1)`,
  (handle) => `(${handle}>-1)`,
];

/** A label with a release behind it, to which a goto jumps. */
function hasGotoCleanup(tree: FunctionTree, releases: readonly { readonly at: { readonly start: number } }[]): boolean {
  const labels: number[] = [];
  let jumps = 0;
  walk(tree.body, (node) => {
    if (node.kind === 'labeled_statement') labels.push(node.start);
    else if (node.kind === 'goto_statement') jumps++;
  });
  const [first] = labels.toSorted((a, b) => a - b);
  return jumps > 0 && first !== undefined && releases.some(({ at }) => at.start >= first);
}
