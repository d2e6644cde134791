/**
 * The proof of one function over all its preprocessor choices, by two arguments (DESIGN §8): the simulation proves, and
 * the exit ledgers, which are made by other code in another way, may object. They never prove anything.
 */
import { compareLedgers, incomparable } from '../analysis/compare-ledgers.ts';
import { exitLedger } from '../analysis/ledger.ts';
import type { Ledger } from '../analysis/ledger.ts';
import { buildGraph } from '../cfg/build.ts';
import type { RefusalCode } from '../diagnostics/refusal.ts';
import type { Knowledge } from '../resources/knowledge.ts';
import type { Use, Verdict, RestsOn } from '../verify/verdict.ts';
import { resolveNames } from '../syntax/bindings.ts';
import type { FunctionTree } from '../syntax/tree.ts';
import { verifyFunction } from '../verify/verify-function.ts';
import type { VerifyOptions } from '../verify/verify-function.ts';
import type { FunctionVersion, ReadFunction } from './read-function.ts';

/** Compares the two versions once per choice: all must be proved, and the first that is not decides. */
export function proveFunction(
  before: ReadFunction,
  after: ReadFunction,
  knowledge: Knowledge,
  options: VerifyOptions,
): Verdict {
  const uses = new Set<Use>();
  const restsOn = new Map<string, RestsOn>();
  let exits = 0;
  let ledgers: Verdict['ledgers'] = 'equal';
  if (before.versions.length !== after.versions.length)
    return unproved('the preprocessor lines of the two versions differ');
  for (const [index, first] of before.versions.entries()) {
    const second = after.versions[index];
    if (!second || !sameChoices(first, second)) return unproved('the preprocessor lines of the two versions differ');
    const verdict = verifyFunction(first.tree, second.tree, knowledge, options);
    if (verdict.verdict === 'different' || verdict.verdict === 'unproved') return withChoices(verdict, first);
    const objection = askLedgers(first.tree, second.tree, knowledge);
    if (objection?.kind === 'differ') return withChoices(unproved(objection.reason, 'not-proved'), first);
    if (objection) ledgers = { unknown: objection.reason };
    for (const use of verdict.uses) uses.add(use);
    for (const one of verdict.restsOn) restsOn.set(`${one.name} ${one.fact}`, one);
    exits = Math.max(exits, verdict.exits);
  }
  return {
    verdict: uses.size > 0 ? 'equivalent' : 'identical',
    uses: [...uses].toSorted(),
    restsOn: [...restsOn.values()],
    exits,
    ledgers,
  };
}

/** The second argument: undefined where the ledgers agree, else why they don't, or can't be compared. */
function askLedgers(
  before: FunctionTree,
  after: FunctionTree,
  knowledge: Knowledge,
): { readonly kind: 'differ' | 'unknown'; readonly reason: string } | undefined {
  const [one, other] = [before, after].map((tree) => ledgerOf(tree, knowledge));
  if (!one || !other) return { kind: 'unknown', reason: 'a version has no exit ledger' };
  const reason = incomparable(one, other);
  if (reason !== undefined) return { kind: 'unknown', reason };
  const difference = compareLedgers(one, other);
  return difference && { kind: 'differ', reason: `the exit ledgers differ: ${difference.reason}` };
}

function ledgerOf(tree: FunctionTree, knowledge: Knowledge): Ledger | undefined {
  const bindings = resolveNames(tree);
  const graph = buildGraph(tree, bindings);
  if ('kind' in graph) return undefined;
  const ledger = exitLedger({ tree, bindings, graph, knowledge });
  return ledger.kind === 'refusal' ? undefined : ledger;
}

function sameChoices(one: FunctionVersion, other: FunctionVersion): boolean {
  // Places move with the edits above them: only what was asked and what was chosen counts.
  const words = (version: FunctionVersion): string =>
    JSON.stringify(version.choices.map(({ condition, taken }) => [condition, taken]));
  return words(one) === words(other);
}

function withChoices(verdict: Verdict, version: FunctionVersion): Verdict {
  if (version.choices.length === 0) return verdict;
  const choices = version.choices.map((choice) => `${choice.condition} [branch ${choice.taken + 1}]`).join(', ');
  return { ...verdict, reason: `${verdict.reason ?? ''} (under ${choices})` };
}

function unproved(reason: string, code: RefusalCode = 'preprocessor-in-region'): Verdict {
  return { verdict: 'unproved', uses: [], restsOn: [], exits: 0, reason, code };
}
