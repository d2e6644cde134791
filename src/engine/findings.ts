/** What leaks, or is released twice, in one function: the leak checker asked where it can have an answer. */
import { findLeaks } from '../analysis/find-leaks.ts';
import type { LedgerFinding } from '../analysis/find-leaks.ts';
import { exitLedger } from '../analysis/ledger.ts';
import { LineIndex } from '../base/span.ts';
import { buildGraph } from '../cfg/build.ts';
import { refuse } from '../diagnostics/refusal.ts';
import type { Refusal } from '../diagnostics/refusal.ts';
import type { Knowledge } from '../resources/knowledge.ts';
import { resolveNames } from '../syntax/bindings.ts';
import { fieldOf, textOf, walk } from '../syntax/tree.ts';
import type { FunctionTree } from '../syntax/tree.ts';
import type { ReadFunction } from './read-function.ts';

/** Steps after which the leak checker gives a function up: it has nothing to say then. */
const MOST_STEPS = 4000;

/**
 * Findings of one function, with facts only: what is acquired and released there is known from definitions, presets or
 * config. None for a function with preprocessor choices, whose combinations nobody may ever compile.
 */
export function findInFunction(read: ReadFunction, knowledge: Knowledge): readonly LedgerFinding[] {
  const [version, other] = read.versions;
  if (!version || other || !isAnswerable(version.tree, knowledge)) return [];
  const { tree } = version;
  const bindings = resolveNames(tree);
  const graph = buildGraph(tree, bindings);
  if ('kind' in graph) return [];
  const ledger = exitLedger({ tree, bindings, graph, knowledge }, MOST_STEPS);
  return ledger.kind === 'refusal' ? [] : findLeaks(ledger);
}

/** Something is released, and something is acquired or released again. Asks for no more names than that takes. */
function isAnswerable(tree: FunctionTree, knowledge: Knowledge): boolean {
  const statements: string[] = [];
  const values: string[] = [];
  walk(tree.body, (node) => {
    const callee = node.kind === 'call_expression' ? fieldOf(node, 'function') : undefined;
    if (callee?.kind !== 'identifier') return;
    (node.parent?.kind === 'expression_statement' ? statements : values).push(textOf(tree, callee));
  });
  const isRelease = (name: string): boolean => knowledge.name(name).releases !== undefined;
  const first = statements.findIndex(isRelease);
  const isReleased = first >= 0 || values.some(isRelease);
  if (!isReleased) return false;
  if (first >= 0 && statements.slice(first + 1).some(isRelease)) return true;
  return [...values, ...statements].some((name) => knowledge.name(name).acquires !== undefined);
}

/**
 * The refusal of a function that leaks or releases twice today, so that its exits have too little in common: they are
 * never made alike silently. Where they have enough, it is rewritten as it is if that is proved, and else refused for
 * what the proof lacks.
 */
export function withExistingFault(refusal: Refusal, findings: readonly LedgerFinding[], text: string): Refusal {
  const fault = refusal.code === 'nothing-gained' ? findings.find(isRepeated) : undefined;
  if (!fault) return refusal;
  const { line } = new LineIndex(text).place(fault.path.at(-1)?.at.start ?? fault.at.start);
  const name = fault.resource?.name ?? 'it';
  return fault.code === 'leak-on-path'
    ? refuse('existing-leak', `\`${name}\` leaks at the exit in line ${line}, which its siblings release`, fault.at)
    : refuse('existing-double-release', fault.message, fault.at);
}

/** Two exits or more release it, so that the one that does not, or does twice, stands in the way of sharing. */
function isRepeated(finding: LedgerFinding): boolean {
  return finding.code === 'double-release' || finding.releasedAt >= 2;
}
