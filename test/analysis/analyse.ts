/** Runs the ledger on a C string with the presets' facts. */
import { LineIndex } from '../../src/base/span.ts';
import { buildGraph } from '../../src/cfg/build.ts';
import { exitLedger } from '../../src/analysis/ledger.ts';
import type { Ledger } from '../../src/analysis/ledger.ts';
import { renderLedger } from '../../src/analysis/render-ledger.ts';
import type { Refusal } from '../../src/diagnostics/refusal.ts';
import type { Knowledge, NameFacts } from '../../src/resources/knowledge.ts';
import { PRESETS } from '../../src/resources/presets/index.ts';
import { resolveNames } from '../../src/syntax/bindings.ts';
import { createParser } from '../../src/syntax/parse.ts';

const parser = createParser();

const SAFE_FREE: NameFacts = {
  kind: 'macro',
  macro: { hasJump: false, isStateful: false, freeNames: [], writes: [0] },
  releases: {
    kind: 'memory',
    argument: 0,
    sentinel: 'null',
    acceptsSentinel: true,
    noopOnSentinel: true,
    resetting: true,
    keepsErrno: true,
    isMemoryRelease: true,
    isShallow: true,
  },
  retains: [],
  writesThrough: [],
  from: 'macros.h:3',
};

const OWN: Record<string, NameFacts> = {
  SAFE_FREE,
  JUMPS: {
    kind: 'macro',
    macro: { hasJump: true, isStateful: false, freeNames: [], writes: [] },
    from: 'macros.h:9',
  },
  log_error: { kind: 'function', diagnostic: { readsErrno: false }, from: 'config' },
  looks: { kind: 'function', retains: [], writesThrough: [], isLocal: true, from: 'looks.h:1' },
  ends: { kind: 'function', retains: [], writesThrough: [], from: 'ends.h:1' },
  dies: { kind: 'function', retains: [], writesThrough: [], mayNeverReturn: true, from: 'dies.h:1' },
  take: { kind: 'function', consumes: [0], retains: [0], from: 'config' },
  use: { kind: 'function', from: 'use.h:1' },
  get: { kind: 'function', from: 'get.h:1' },
};

/** Names of the presets for glibc, and a few of our own; anything else is unknown. */
export const knowledge: Knowledge = {
  name: (name) => OWN[name] ?? preset(name) ?? { kind: 'unknown', from: 'nothing' },
  isVolatileField: () => false,
  constant: (name) => (/^[A-Z][A-Z0-9_]*$/.test(name) && !OWN[name] ? {} : undefined),
};

function preset(name: string): NameFacts | undefined {
  for (const one of Object.values(PRESETS)) {
    const entry = one.names[name];
    if (!entry) continue;
    const { on: _, releases, kind, ...facts } = entry;
    const isShallow = releases?.isMemoryRelease === true;
    return {
      ...facts,
      kind: kind ?? (facts.macro ? 'macro' : 'function'),
      ...(releases && { releases: { ...releases, keepsErrno: true, isShallow } }),
      from: `preset ${one.name}`,
    };
  }
  return undefined;
}

export function ledgerOf(text: string, budget?: number): Ledger {
  const ledger = tryLedger(text, budget);
  if (ledger.kind === 'refusal') throw new Error(ledger.reason);
  return ledger;
}

export function tryLedger(text: string, budget?: number): Ledger | Refusal {
  const name = /(\w+)\(/.exec(text)?.[1] ?? 'f';
  const tree = parser.parse(text, text, 0, text.length, name);
  if (!tree) throw new Error('no function');
  const bindings = resolveNames(tree);
  const graph = buildGraph(tree, bindings);
  if ('kind' in graph) return graph;
  return exitLedger({ tree, bindings, graph, knowledge }, budget);
}

/** The ledger as text. The function begins in line 1. */
export function rendered(text: string): string {
  return renderLedger(ledgerOf(text), new LineIndex(text));
}
