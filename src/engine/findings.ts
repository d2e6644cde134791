/** What leaks, or is released twice, in one function: the leak checker asked where it can have an answer. */
import { findEveryLeak, firstOfEach } from '../audit/find-leaks.ts';
import type { LedgerFinding } from '../audit/find-leaks.ts';
import { exitLedger } from '../analysis/ledger.ts';
import { LineIndex } from '../base/span.ts';
import type { Span } from '../base/span.ts';
import { buildGraph } from '../cfg/build.ts';
import { refuse } from '../diagnostics/refusal.ts';
import type { Refusal } from '../diagnostics/refusal.ts';
import type { Knowledge, NameFacts } from '../resources/knowledge.ts';
import type { FunctionRange } from '../scan/functions.ts';
import { resolveNames } from '../syntax/bindings.ts';
import { fieldOf, textOf, walk } from '../syntax/tree.ts';
import type { FunctionTree } from '../syntax/tree.ts';
import type { FunctionVersion, ReadFunction } from './read-function.ts';

/** Steps after which the leak checker gives a function up: it has nothing to say then. */
const MOST_STEPS = 4000;

/**
 * Findings of one function, with facts only: what is acquired and released there is known from definitions, presets or
 * config. With preprocessor choices only what is found under every one of them, at the same exit, counts: which are
 * ever compiled together nobody tells. Those that compile neither the acquire call nor the exit have no say.
 */
export function findInFunction(read: ReadFunction, knowledge: Knowledge): readonly LedgerFinding[] {
  return findUnderAll(read.versions.map((version) => ({ version, found: findInVersion(version.tree, knowledge) })));
}

/** What is found of one function under one choice of its preprocessor lines. */
export interface FoundInVersion {
  readonly version: FunctionVersion;
  readonly found: readonly LedgerFinding[];
}

/** What is found under every choice. */
export function findUnderAll(all: readonly FoundInVersion[]): readonly LedgerFinding[] {
  const versions = all.map((one) => ({ ...one, identities: new Set(one.found.map(identityOf)) }));
  const isEverywhere = (finding: LedgerFinding): boolean => {
    const identity = identityOf(finding);
    return versions.every(({ version, identities }) => identities.has(identity) || isAbsent(version, finding));
  };
  return firstOfEach(versions.flatMap(({ found }) => found).filter(isEverywhere));
}

/** Neither what is acquired nor the exit is compiled. */
function isAbsent({ frozen }: FunctionVersion, { at, path }: LedgerFinding): boolean {
  const isDead = (place: Span): boolean => frozen.some((one) => one.start <= place.start && place.end <= one.end);
  return isDead(at) && isDead(path.at(-1)?.at ?? at);
}

/** What is found, about what, and at which exit: all versions of a function have the same offsets. */
function identityOf({ code, at, resource, path }: LedgerFinding): string {
  return [code, at.start, resource?.name, path.at(-1)?.at.start].join(' ');
}

function findInVersion(tree: FunctionTree, knowledge: Knowledge): readonly LedgerFinding[] {
  if (!isAnswerable(tree, knowledge)) return [];
  const bindings = resolveNames(tree);
  const graph = buildGraph(tree, bindings);
  if ('kind' in graph) return [];
  const ledger = exitLedger({ tree, bindings, graph, knowledge }, MOST_STEPS);
  return ledger.kind === 'refusal' ? [] : findEveryLeak(ledger);
}

/** Can there be findings at all, as far as the words of the function tell? Much cheaper than to parse it. */
export function mayBeFaulty(text: string, { bodyStart, end }: FunctionRange, knowledge: Knowledge): boolean {
  const called = new Set(text.slice(bodyStart, end).match(/[A-Za-z_$\x80-\xff][\w$\x80-\xff]*(?=[\s)]*\()/g));
  return [...called].some((name) => knowledge.mayManage?.(name) !== false);
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
  const factsOf = (name: string): Partial<NameFacts> =>
    knowledge.mayManage?.(name) === false ? {} : knowledge.name(name);
  const isRelease = (name: string): boolean => factsOf(name).releases !== undefined;
  const first = statements.findIndex(isRelease);
  const isReleased = first >= 0 || values.some(isRelease);
  if (!isReleased) return false;
  if (first >= 0 && statements.slice(first + 1).some(isRelease)) return true;
  return [...values, ...statements].some((name) => factsOf(name).acquires !== undefined);
}

/**
 * The refusal of a function that leaks or releases twice today. Where that leaves its exits too little in common it is
 * the reason; where there is another one it comes first all the same, for it is what has to be mended in any case. It
 * is never mended silently: a function that can be rewritten as it is keeps its leak, and the finding says so.
 */
export function withExistingFault(refusal: Refusal, findings: readonly LedgerFinding[], text: string): Refusal {
  const hasNoOther = refusal.code === 'nothing-gained';
  const fault = findings.find(
    (finding) => finding.code === 'double-release' || finding.releasedAt >= (hasNoOther ? 2 : 1),
  );
  if (!fault) return refusal;
  const { line } = new LineIndex(text).place(fault.path.at(-1)?.at.start ?? fault.at.start);
  const name = fault.resource?.name ?? 'it';
  const besides = hasNoOther ? '' : `; besides, ${refusal.code}: ${refusal.reason}`;
  return fault.code === 'leak-on-path'
    ? refuse(
        'existing-leak',
        `\`${name}\` leaks at the exit in line ${line}, which its siblings release${besides}`,
        fault.at,
      )
    : refuse('existing-double-release', `${fault.message}${besides}`, fault.at);
}
