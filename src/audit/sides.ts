/** Does a way out look like success or like an error? Told by what is returned: for tables, and no proof of anything. */
import type { Ledger } from '../analysis/ledger.ts';
import type { Outcome, ReturnedValue } from '../analysis/outcome.ts';
import type { FunctionTree } from '../syntax/tree.ts';
import type { AcquisitionEnd } from './model.ts';

type Side = AcquisitionEnd['side'];

/** A function that tells the sides of one function's outcomes. */
export function createSides(tree: FunctionTree, ledger: Ledger): (outcome: Outcome) => Side {
  const declarator = tree.root.children.find((child) => child.field === 'declarator');
  const head = tree.source.slice(tree.root.start, tree.body.start);
  const isPointer = declarator?.kind === 'pointer_declarator';
  const isTruth = isPointer || /\b(_Bool|bool)\b/.test(head.slice(0, head.indexOf('(')));
  const last = ledger.outcomes.at(-1)?.exit.at.start;
  const atTheEnd = ledger.outcomes.filter((one) => one.exit.at.start === last && one.exit.kind !== 'no-return');
  const usual = new Set(atTheEnd.flatMap(({ returns = [] }) => returns.map(({ text }) => text)));
  return (outcome) => {
    const { exit, returns } = outcome;
    if (exit.kind === 'no-return') return 'error';
    if (!returns) return exit.kind === 'end' ? 'success' : 'either';
    const sides = new Set(returns.map((value) => sideOf(value, isTruth, usual, exit.at.start === last)));
    const [only] = sides;
    return sides.size === 1 && only !== undefined ? only : 'either';
  };
}

const GOOD_NAME = /(^|_)(OK|SUCCESS|NOERR(OR)?|NO_ERR(OR)?|TRUE|DONE)$/;

function sideOf(value: ReturnedValue, isTruth: boolean, usual: ReadonlySet<string>, isLast: boolean): Side {
  const { kind, text } = value;
  if (kind === 'resource') return 'success';
  if (kind === 'number') {
    const number = Number(text);
    if (isTruth) return number === 0 ? 'error' : 'success';
    if (number < 0) return 'error';
    return number === 0 ? 'success' : usual.has(text) && !usual.has('0') ? 'success' : 'error';
  }
  if (kind === 'named') return GOOD_NAME.test(text) ? 'success' : isLast ? 'either' : 'error';
  return isLast ? 'either' : 'error';
}
