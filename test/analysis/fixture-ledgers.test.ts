/** The ledger as second judge: it never contradicts a right conversion, and finds many wrong ones by itself. */
import { describe, expect, it } from 'vitest';
import { compareLedgers, incomparable } from '../../src/analysis/compare-ledgers.ts';
import { exitLedger } from '../../src/analysis/ledger.ts';
import type { Ledger } from '../../src/analysis/ledger.ts';
import { findLeaks } from '../../src/audit/find-leaks.ts';
import { buildGraph } from '../../src/cfg/build.ts';
import type { FileContext } from '../../src/engine/pipeline.ts';
import { readFunction } from '../../src/engine/read-function.ts';
import { scanFunctions } from '../../src/scan/functions.ts';
import { resolveNames } from '../../src/syntax/bindings.ts';
import { loadFixtures } from '../fixtures/load-fixtures.ts';
import { loadPairs } from '../fixtures/load-pairs.ts';
import { contextOf } from '../fixtures/pipeline-of.ts';

function ledgersOf(text: string, context: FileContext): Map<string, Ledger> {
  const found = new Map<string, Ledger>();
  const knowledge = context.knowledgeFor('input.c', text);
  for (const range of scanFunctions(text).functions) {
    const read = readFunction(context.parser(), text, range);
    const tree = read.kind === 'function' ? read.versions[0]?.tree : undefined;
    if (!tree) continue;
    const bindings = resolveNames(tree);
    const graph = buildGraph(tree, bindings);
    if ('kind' in graph) continue;
    const ledger = exitLedger({ tree, bindings, graph, knowledge });
    if (ledger.kind === 'ledger') found.set(range.name, ledger);
  }
  return found;
}

function compare(before: string, after: string, context: FileContext): { differences: string[]; compared: number } {
  const differences: string[] = [];
  let compared = 0;
  const second = ledgersOf(after, context);
  for (const [name, ledger] of ledgersOf(before, context)) {
    const other = second.get(name);
    if (!other || incomparable(ledger, other) !== undefined) continue;
    compared++;
    const difference = compareLedgers(ledger, other);
    if (difference) differences.push(`${name}: ${difference.reason}`);
  }
  return { differences, compared };
}

const fixtures = loadFixtures();
const rewritten = fixtures.filter((one) => one.expected !== undefined);
const pairs = loadPairs();

describe('a right conversion', () => {
  it.each(rewritten)('$name', ({ folder, input, expected }) => {
    expect(compare(input, expected ?? '', contextOf(folder)).differences).toEqual([]);
  });

  it.each(pairs)('$name', ({ folder, before, after }) => {
    expect(compare(before, after, contextOf(folder)).differences).toEqual([]);
  });
});

describe('the ledger', () => {
  it('compares most rewritten fixtures, and says why not the others', () => {
    const compared = rewritten.filter(
      ({ folder, input, expected }) => compare(input, expected ?? '', contextOf(folder)).compared > 0,
    );
    expect(compared.length / rewritten.length).toBeGreaterThan(0.9);
  });
});

/** Damage that leaves releases, hand-overs and results alone is the simulation's to find. */
const FOUND_BY_LEDGER = [
  'declarations-moved order',
  'early-release-nulled not-nulled',
  'early-returns-to-ladder code-lost',
  'early-returns-to-ladder wrong-label',
  'else-chain-flattened freed-twice',
  'flag-to-goto success-returns-early',
  'handover-by-nulling not-nulled',
  'handover-by-nulling nulled-instead-of-freed',
  'ifs-inverted leak',
  'ladder-to-single-block jib-leaks',
  'single-block-to-ladder in-left-open',
  'switch-arms-jump goto-lost',
  'unlock-once never-unlocked',
  'unlock-once unlocked-twice',
  'void-function return-left',
  'wrong-container-before-field container-first',
  'wrong-double-free-through-label freed-in-place-too',
  'wrong-label-leaks wrong-label',
  'wrong-success-falls-in falls-in',
];

describe('damage is found by the ledger alone', () => {
  const damaged = pairs.flatMap((pair) =>
    pair.damaged.map((one) => ({ ...pair, ...one, title: `${pair.name} ${one.kind}` })),
  );
  it.each(damaged.filter(({ title }) => FOUND_BY_LEDGER.includes(title)))('$title', ({ folder, before, text }) => {
    expect(compare(before, text, contextOf(folder)).differences).not.toEqual([]);
  });

  it.runIf(process.env['FIXTURE'] === undefined)('in pairs that are all there', () => {
    const titles = damaged.map((one) => one.title);
    expect(FOUND_BY_LEDGER.filter((title) => !titles.includes(title))).toEqual([]);
  });
});

/** Fixtures that leak or release twice as they stand; each was read. */
const FINDINGS = [
  'leak-beside-two-orders: leak-on-path of dial',
  'leak-under-every-choice: leak-on-path of staves',
  'leaks-at-one-exit: leak-on-path of staves',
  'releases-twice: double-release of staves',
];

describe('findings', () => {
  it('in the fixtures are these and no others', () => {
    const found = fixtures.flatMap(({ name, folder, input }) =>
      [...ledgersOf(input, contextOf(folder)).values()].flatMap((ledger) =>
        findLeaks(ledger).map(
          (one) => `${name}: ${one.code} of ${one.resource?.name ?? /`(.*?)`/.exec(one.message)?.[1]}`,
        ),
      ),
    );
    expect(found).toEqual(FINDINGS.filter((one) => fixtures.some(({ name }) => one.startsWith(`${name}:`))));
  });
});
