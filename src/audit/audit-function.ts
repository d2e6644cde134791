/** One function of an audit, from its ledgers: one for each choice of its preprocessor lines. */
import type { LineIndex, Span } from '../base/span.ts';
import type { Ledger } from '../analysis/ledger.ts';
import { describeOutcome } from '../analysis/render-ledger.ts';
import type { Knowledge } from '../resources/knowledge.ts';
import type { FunctionTree } from '../syntax/tree.ts';
import { listAcquisitions } from './acquisitions.ts';
import type { Acquisition, AuditedExit, AuditedFunction, PatternCode } from './model.ts';
import { PATTERNS } from './model.ts';
import { findPatterns } from './patterns.ts';
import { createSides } from './sides.ts';

/** The function under one choice. */
export interface AuditedVersion {
  readonly tree: FunctionTree;
  readonly ledger: Ledger;
}

/**
 * What is told of the function.
 * @param range of the function in its file
 * @returns undefined where it acquires and releases nothing
 */
export function auditFunction(
  versions: readonly AuditedVersion[],
  { name, range, lines }: { readonly name: string; readonly range: Span; readonly lines: LineIndex },
  knowledge: Knowledge,
): AuditedFunction | undefined {
  const all = versions.map(({ tree, ledger }) => {
    const acquisitions = listAcquisitions(ledger, { lines, knowledge, sideOf: createSides(tree, ledger) });
    return { ledger, acquisitions, patterns: findPatterns(tree, ledger, acquisitions, knowledge) };
  });
  const isIdle = all.every(
    ({ ledger }) =>
      ledger.resources.length === 0 &&
      ledger.outcomes.every(({ releases, repeated }) => releases.length + repeated.length === 0),
  );
  if (isIdle) return undefined;
  const seen = new Set(all.flatMap(({ patterns }) => patterns));
  const inexact = all.find(({ ledger }) => !ledger.isExact)?.ledger.inexactBecause;
  return {
    name,
    line: lines.place(range.start).line,
    endLine: lines.place(range.end - 1).line,
    acquisitions: joinAcquisitions(all.flatMap(({ acquisitions }) => acquisitions)),
    exits: exitsOf(
      all.map(({ ledger }) => ledger),
      lines,
    ),
    patterns: (Object.keys(PATTERNS) as PatternCode[]).filter((code) => seen.has(code)),
    ...(inexact !== undefined && { inexactBecause: inexact }),
  };
}

/** One row for one call, whichever of the choices has it. */
function joinAcquisitions(all: readonly Acquisition[]): Acquisition[] {
  const found = new Map<string, Acquisition>();
  for (const one of all) {
    const key = `${one.line} ${one.column} ${one.handle}`;
    const before = found.get(key);
    found.set(key, before ? { ...before, ends: unique([...before.ends, ...one.ends]) } : one);
  }
  return [...found.values()].toSorted((a, b) => a.line - b.line || a.column - b.column);
}

function unique<T extends { readonly line: number }>(list: readonly T[]): T[] {
  const byText = new Map(list.map((one) => [JSON.stringify(one), one]));
  return [...byText.values()].toSorted((a, b) => a.line - b.line);
}

/** A field that a function releases, whoever filled it: `free(s->rows)`. */
export interface FieldRelease {
  readonly field: string;
  readonly function: string;
  readonly line: number;
  readonly call: string;
}

/** The fields that a function releases without having acquired what stands there, each once. */
export function fieldReleases(versions: readonly AuditedVersion[], name: string, lines: LineIndex): FieldRelease[] {
  const found = new Map<string, FieldRelease>();
  for (const { ledger } of versions) {
    for (const { foreign, text, at } of ledger.outcomes.flatMap((one) => [...one.releases, ...one.repeated])) {
      const field = /->(\w+)$/.exec(foreign?.text ?? '')?.[1];
      if (field !== undefined)
        found.set(`${at.start}`, { field, function: name, line: lines.place(at.start).line, call: text });
    }
  }
  return [...found.values()].toSorted((a, b) => a.line - b.line);
}

function exitsOf(ledgers: readonly Ledger[], lines: LineIndex): AuditedExit[] {
  const exits = new Map<number, Set<string>>();
  for (const ledger of ledgers) {
    for (const outcome of ledger.outcomes) {
      const { line } = lines.place(outcome.exit.at.start);
      const texts = exits.get(line) ?? new Set();
      exits.set(line, texts.add(describeOutcome(ledger, outcome)));
    }
  }
  return [...exits].toSorted(([a], [b]) => a - b).map(([line, outcomes]) => ({ line, outcomes: [...outcomes] }));
}
