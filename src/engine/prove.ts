/** The proof of one function over all its preprocessor choices. */
import type { Knowledge } from '../resources/knowledge.ts';
import type { Use, Verdict, RestsOn } from '../verify/verdict.ts';
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
  if (before.versions.length !== after.versions.length)
    return unproved('the preprocessor lines of the two versions differ');
  for (const [index, first] of before.versions.entries()) {
    const second = after.versions[index];
    if (!second || !sameChoices(first, second)) return unproved('the preprocessor lines of the two versions differ');
    const verdict = verifyFunction(first.tree, second.tree, knowledge, options);
    if (verdict.verdict === 'different' || verdict.verdict === 'unproved') return withChoices(verdict, first);
    for (const use of verdict.uses) uses.add(use);
    for (const one of verdict.restsOn) restsOn.set(`${one.name} ${one.fact}`, one);
    exits = Math.max(exits, verdict.exits);
  }
  return {
    verdict: uses.size > 0 ? 'equivalent' : 'identical',
    uses: [...uses].toSorted(),
    restsOn: [...restsOn.values()],
    exits,
  };
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

function unproved(reason: string): Verdict {
  return { verdict: 'unproved', uses: [], restsOn: [], exits: 0, reason, code: 'preprocessor-in-region' };
}
