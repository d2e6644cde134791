/** The reports of `torture`, a sweep or a comparison of two builds, as text, JSON and SARIF. */
import { ownFrames, placeOf } from '../torture/group-findings.ts';
import type {
  FailurePoint,
  InjectedFailure,
  TortureComparison,
  TortureDifference,
  TortureFinding,
  TortureReport,
} from '../torture/report.ts';
import type { Frame, Stack } from '../torture/symbolize.ts';
import { createPaint, type Ink, type Paint } from './paint.ts';
import type { RenderOptions } from './reporter.ts';
import { tortureSarif } from './torture-sarif.ts';

export type TortureOptions = Pick<RenderOptions, 'color' | 'displayPath'>;

/** One format: of a sweep, and of a comparison. */
export interface TortureReporter {
  sweep(report: TortureReport, options: TortureOptions): string;
  comparison(report: TortureComparison, options: TortureOptions): string;
}

const INKS: Readonly<Partial<Record<TortureFinding['code'], Ink>>> = { abort: 'yellow', 'memory-reachable': 'yellow' };

function renderFinding(finding: TortureFinding, paint: Paint, { displayPath }: TortureOptions): string[] {
  const place = placeOf(finding.stack) ?? placeOf(finding.failure.stack);
  const where = place?.path === undefined ? '' : `${displayPath(place.path)}:${place.line ?? 1}:1 `;
  const name = place ? `${place.function}: ` : '';
  const show = (stack: Stack): string => renderStack(stack, displayPath);
  const lines: [string, string][] = [
    [finding.code.endsWith('-left') || finding.code === 'lock-held' ? 'acquired' : 'at', show(finding.stack)],
    ['acquired', show(finding.acquired ?? [])],
    ['released', show(finding.released ?? [])],
    ['when', renderFailure(finding.failure, displayPath)],
    ['and when', renderOthers(finding.others)],
    ['rewritten', finding.rewritten.length > 0 ? `${finding.rewritten.join(', ')}, by the last apply` : ''],
    ['repeat', renderCommand(['goto-cleanup', ...finding.repeat])],
  ];
  return [
    `${paint('bold', where)}${name}${finding.message}  ${paint(INKS[finding.code] ?? 'red', finding.code)}`,
    ...lines.filter(([, text]) => text !== '').map(([label, text]) => `  ${paint('dim', label.padEnd(9))} ${text}`),
  ];
}

function renderFailure(failure: InjectedFailure, displayPath: TortureOptions['displayPath']): string {
  const many =
    failure.mode === 'once' ? `number ${failure.number}` : `and all behind it, from number ${failure.number}`;
  const stack = renderStack(failure.stack, displayPath);
  return `${failure.acquisition} fails, ${many}${stack === '' ? '' : `, in ${stack}`}`;
}

/** A recursion without end has no shorter stack than the shim takes. */
const MAX_SHOWN = 16;

/** The innermost first. The library's own frames are left out where the program's are there. */
function renderStack(stack: Stack, displayPath: TortureOptions['displayPath']): string {
  const own = ownFrames(stack);
  const frames = own.length > 0 ? own : stack;
  const shown = frames.slice(0, MAX_SHOWN).map((frame) => renderFrame(frame, displayPath));
  return [...shown, ...(frames.length > MAX_SHOWN ? [`... (${frames.length - MAX_SHOWN} more)`] : [])].join(' < ');
}

function renderFrame(frame: Frame, displayPath: TortureOptions['displayPath']): string {
  if (frame.path !== undefined) return `${frame.function} ${displayPath(frame.path)}:${frame.line ?? '?'}`;
  return frame.function === '??' ? `${displayPath(frame.module)}+0x${frame.address}` : frame.function;
}

/** `8, 11-13; from 8, 9 on`: runs of numbers that follow each other are drawn together. */
function renderOthers(others: readonly FailurePoint[]): string {
  const numbersOf = (mode: FailurePoint['mode']): string =>
    renderNumbers(others.filter((point) => point.mode === mode).map(({ number }) => number));
  const [once, onward] = [numbersOf('once'), numbersOf('onward')];
  return [once, onward === '' ? '' : `from ${onward} on`].filter((part) => part !== '').join('; ');
}

function renderNumbers(numbers: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const number of numbers.toSorted((left, right) => left - right)) {
    const last = ranges.at(-1);
    if (last && number <= last[1] + 1) last[1] = number;
    else ranges.push([number, number]);
  }
  const shown = ranges.slice(0, 12).map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`));
  return [...shown, ...(ranges.length > 12 ? ['...'] : [])].join(', ');
}

function renderCommand(words: readonly string[]): string {
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');
}

function renderDifference(difference: TortureDifference, paint: Paint): string[] {
  const { acquisition, functions, mode, occurrence, before, after, rewritten } = difference;
  const which = occurrence > 1 ? `, call ${occurrence} at this stack` : '';
  const many = mode === 'once' ? '' : ' and all behind it';
  return [
    `${paint('red', 'differs')}: ${acquisition} fails${many}, in ${functions.join(' < ')}${which}`,
    `  ${paint('dim', 'before')} (number ${before.number})`,
    ...before.outcome.map((line) => `    ${line}`),
    `  ${paint('dim', 'after')} (number ${after.number})`,
    ...after.outcome.map((line) => `    ${line}`),
    ...(rewritten.length > 0 ? [`  ${paint('dim', 'rewritten')} ${rewritten.join(', ')}, by the last apply`] : []),
  ];
}

function asLines(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

const text: TortureReporter = {
  sweep: (report, options) => {
    const paint = createPaint(options.color);
    return asLines(report.findings.flatMap((finding) => renderFinding(finding, paint, options)));
  },
  comparison: ({ differences }, { color }) => {
    const paint = createPaint(color);
    return asLines(differences.flatMap((difference) => renderDifference(difference, paint)));
  },
};

const json: TortureReporter = {
  sweep: (report) => `${JSON.stringify(report, undefined, 2)}\n`,
  comparison: (report) => `${JSON.stringify(report, undefined, 2)}\n`,
};

/** By name of the format. */
export const TORTURE_REPORTERS: Readonly<Record<'text' | 'json' | 'sarif', TortureReporter>> = {
  text,
  json,
  sarif: tortureSarif,
};
