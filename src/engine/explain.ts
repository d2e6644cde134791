/** `explain FILE:FUNCTION`: the exit ledger, the graph, the plan with its proof, or the refusal with what the user can do. */
import { exitLedger } from '../analysis/ledger.ts';
import type { FunctionParts } from '../analysis/ledger.ts';
import { renderLedger } from '../analysis/render-ledger.ts';
import { LineIndex } from '../base/span.ts';
import { buildGraph } from '../cfg/build.ts';
import { renderDot } from '../cfg/dot.ts';
import { renderGraph } from '../cfg/text.ts';
import { REFUSALS } from '../diagnostics/refusal.ts';
import { scanFunctions } from '../scan/functions.ts';
import type { FunctionRange } from '../scan/functions.ts';
import { resolveNames } from '../syntax/bindings.ts';
import type { Verdict } from '../verify/verdict.ts';
import type { FileContext, FileText } from './pipeline.ts';
import { openSubject, processFunction } from './process-file.ts';
import type { FunctionOutcome } from './process-file.ts';
import { readFunction } from './read-function.ts';
import { readSuppressions } from './suppressions.ts';
import type { Suppression } from './suppressions.ts';

/** All that is known of one function, as text or as a DOT graph; undefined when there is no such function. */
export function explainFunction(
  file: FileText,
  which: { readonly name: string } | { readonly line: number },
  form: 'text' | 'dot',
  context: FileContext,
): string | undefined {
  const lines = new LineIndex(file.text);
  const ranges = scanFunctions(file.text).functions;
  const range = ranges.find((one) =>
    'name' in which
      ? one.name === which.name
      : lines.place(one.start).line <= which.line && lines.place(one.end).line >= which.line,
  );
  if (!range) return undefined;
  const parts = partsOf(file, range, context);
  if (form === 'dot') return 'problem' in parts ? parts.problem : renderDot(parts.tree, parts.graph);
  const outcome = processFunction(openSubject(file.text, file.path, context), range);
  const place = lines.place(range.start);
  return [
    `${file.path}:${place.line}:${place.column} ${range.name}`,
    '',
    ...readSuppressions(file.text, ranges)
      .filter((one) => one.range === range)
      .map(describeSuppression),
    ...describe(outcome, lines),
    '',
    'exit ledger:',
    'problem' in parts ? parts.problem : ledgerText(parts, lines),
    'control flow:',
    'problem' in parts ? parts.problem : renderGraph(parts.tree, parts.graph),
  ].join('\n');
}

/** The function under its first choice of preprocessor lines, or why it has no graph. */
function partsOf(
  file: FileText,
  range: FunctionRange,
  context: FileContext,
): FunctionParts | { readonly problem: string } {
  const read = readFunction(context.parser(), file.text, range);
  const tree = read.kind === 'function' ? read.versions[0]?.tree : undefined;
  if (!tree) return { problem: read.kind === 'refusal' ? `(not built: ${read.reason})\n` : '' };
  const bindings = resolveNames(tree);
  const graph = buildGraph(tree, bindings);
  if ('kind' in graph) return { problem: `(not built: ${graph.reason})\n` };
  return { tree, bindings, graph, knowledge: context.knowledgeFor(file.path, file.text) };
}

function ledgerText(parts: FunctionParts, lines: LineIndex): string {
  const ledger = exitLedger(parts);
  return ledger.kind === 'refusal' ? `  (none: ${ledger.reason})\n` : renderLedger(ledger, lines);
}

function describeSuppression({ place, codes, reason }: Suppression): string {
  const what = codes === undefined ? 'everything' : codes.join(', ');
  return `the comment in line ${place.line} suppresses ${what}${reason === undefined ? '' : `: ${reason}`}`;
}

function describe(outcome: FunctionOutcome, lines: LineIndex): string[] {
  const { result } = outcome;
  if (result.kind === 'refusal') {
    const place = lines.place(result.at.start);
    return [
      `refused: ${result.code} at ${place.line}:${place.column}`,
      `  ${result.reason}`,
      `  what it means: ${REFUSALS[result.code].means}`,
      `  what you can do: ${REFUSALS[result.code].advice}`,
    ];
  }
  const { plan, verdict } = result;
  return [
    `can be rewritten: ${plan.exits} exits share ${plan.labels.length === 1 ? 'the block' : 'the ladder'} ${plan.labels.map((label) => `\`${label}\``).join(', ')}`,
    `  ${plan.releasesBefore} releases become ${plan.releasesAfter}; success ${plan.successShares ? 'falls in' : 'returns before'}`,
    `  proof: ${verdict.verdict}${verdict.uses.length > 0 ? `: ${verdict.uses.join(', ')}` : ''}; ${verdict.exits} exits compared`,
    ...(verdict.ledgers === undefined ? [] : [`  exit ledgers: ${describeLedgers(verdict.ledgers)}`]),
    ...verdict.restsOn.map((one) => `  rests on: ${one.name} is ${one.fact} (${one.from})`),
  ];
}

function describeLedgers(ledgers: NonNullable<Verdict['ledgers']>): string {
  return ledgers === 'equal' ? 'agree' : `can't be compared (${ledgers.unknown})`;
}
