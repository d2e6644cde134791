/** The answer of `verify`, as text and as JSON. */
import type { NotJudged, VerifiedFunction, VerifyReport } from '../engine/verify-report.ts';
import type { LedgerView } from '../verify/verdict.ts';
import { createPaint, type Ink, type Paint } from './paint.ts';
import type { RenderOptions } from './reporter.ts';

export type VerifyReporter = (report: VerifyReport, options: VerifyOptions) => string;
type VerifyOptions = Pick<RenderOptions, 'color' | 'displayPath'>;

const INKS: Readonly<Record<VerifiedFunction['verdict'], Ink>> = {
  identical: 'green',
  equivalent: 'green',
  different: 'red',
  unproved: 'yellow',
};

const renderText: VerifyReporter = (report, { color, displayPath }) => {
  const paint = createPaint(color);
  return [
    ...report.functions.map((entry) => renderVerified(withShownPaths(entry, displayPath), paint)),
    ...report.notJudged.map((entry) => renderNotJudged({ ...entry, path: displayPath(entry.path) }, paint)),
  ].join('');
};

/** Names that a line shows of functions; JSON has them all. */
const MOST_NAMES = 5;

function renderNotJudged({ path, line, reason, functions }: NotJudged, paint: Paint): string {
  const place = line === undefined ? path : `${path}:${line}:1`;
  const head = `${paint('bold', place)} ${paint('yellow', 'not judged')}: ${reason}\n`;
  if (!functions) return head;
  const more = functions.length > MOST_NAMES ? ` and ${functions.length - MOST_NAMES} more` : '';
  return `${head}  it is used, with no change of their own, by ${functions.slice(0, MOST_NAMES).join(', ')}${more}\n`;
}

/** The counts in one line, with those of what came, went, or was left aside. */
export function describeVerified({ summary }: VerifyReport): string {
  const { identical, equivalent, different, unproved, added, removed, moved, notJudged } = summary;
  const others = [
    [added, 'added'],
    [removed, 'removed'],
    [moved, 'moved'],
    [notJudged, 'not judged'],
  ] as const;
  return [
    `${identical} identical, ${equivalent} equivalent, ${different} different, ${unproved} unproved`,
    ...others.flatMap(([count, what]) => (count > 0 ? [`${count} ${what}`] : [])),
  ].join(', ');
}

function withShownPaths(entry: VerifiedFunction, displayPath: VerifyOptions['displayPath']): VerifiedFunction {
  const { before, after } = entry;
  return {
    ...entry,
    ...(before && { before: { ...before, path: displayPath(before.path) } }),
    ...(after && { after: { ...after, path: displayPath(after.path) } }),
  };
}

function renderVerified(entry: VerifiedFunction, paint: Paint): string {
  const place = entry.after ?? entry.before;
  const head = place ? `${place.path}:${place.line}:1` : '';
  const uses = entry.uses.length > 0 ? `: ${entry.uses.join(', ')}` : '';
  const verdict = paint(INKS[entry.verdict], entry.verdict);
  const lines = [
    `${paint('bold', head)} ${entry.name}: ${verdict}${uses}${movedFrom(entry)}`,
    ...(entry.reason === undefined ? [] : [`  ${entry.reason}`]),
    ...(entry.restsOn ?? []).map(({ name, fact, from }) => `  rests on: ${name} ${fact} (${from})`),
    ...renderDifference(entry),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function movedFrom({ change, before }: VerifiedFunction): string {
  return change === 'moved' && before ? `  (moved from ${before.path}:${before.line})` : '';
}

function renderDifference({ difference, before, after }: VerifiedFunction): string[] {
  if (!difference) return [];
  const decisions = difference.decisions.map(
    ({ text, taken, line }) => `    ${taken ? 'when' : 'when not'} ${oneLine(text)}  (line ${line})`,
  );
  return [
    ...(decisions.length > 0 ? ['  on the path', ...decisions] : []),
    ...renderLedger('before', before?.path, difference.before),
    ...renderLedger('after', after?.path, difference.after),
  ];
}

function renderLedger(which: string, path: string | undefined, ledger: LedgerView): string[] {
  const place = path === undefined ? `line ${ledger.line}` : `${path}:${ledger.line}`;
  const effects = ledger.effects.length > 0 ? ledger.effects.map(oneLine) : ['(nothing)'];
  return [
    `  ${which} (${place})`,
    ...effects.map((effect) => `    ${effect}`),
    ...ledger.holds.map((call) => `    still holds ${oneLine(call)}`),
    ...(ledger.returns === '' ? [] : [`    returns ${oneLine(ledger.returns)}`]),
  ];
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}

const renderJson: VerifyReporter = (report) => `${JSON.stringify(report, undefined, 2)}\n`;

/** By name of the format. */
export const VERIFY_REPORTERS: Readonly<Record<'text' | 'json', VerifyReporter>> = {
  text: renderText,
  json: renderJson,
};
