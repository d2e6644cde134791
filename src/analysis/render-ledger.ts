/** The ledger as text that a maintainer can read: one line for each exit and outcome. */
import type { LineIndex, Span } from '../base/span.ts';
import type { Ledger } from './ledger.ts';
import type { HandOver, Outcome } from './outcome.ts';

/**
 * Renders the ledger.
 * @param lines of the file the ledger's offsets refer to
 */
export function renderLedger(ledger: Ledger, lines: LineIndex): string {
  const lineOf = (at: Span): string => `line ${lines.place(at.start).line}`;
  const out = ledger.resources.map((one) => {
    const where = one.isInLoop ? `${lineOf(one.at)}, in a loop` : lineOf(one.at);
    return `  acquired: ${one.name} by ${one.call} (${where})\n`;
  });
  out.push(...outcomeLines(ledger, lineOf));
  for (const one of ledger.faults.filter(({ kind }) => kind === 'double-release'))
    out.push(`  ${lineOf(one.second)}: ${one.name} is released again (first at ${lineOf(one.first)})\n`);
  if (!ledger.isExact)
    out.push(`  (some lines may stand for more than the function can do: ${ledger.inexactBecause})\n`);
  return out.join('');
}

/** Outcomes that read the same are one line, and a reader has had enough after a dozen of one exit. */
function outcomeLines(ledger: Ledger, lineOf: (at: Span) => string): string[] {
  const byExit = new Map<number, { readonly at: Span; readonly texts: Set<string> }>();
  for (const outcome of ledger.outcomes) {
    const { at } = outcome.exit;
    const exit = byExit.get(at.start) ?? { at, texts: new Set<string>() };
    byExit.set(at.start, exit);
    exit.texts.add(describeOutcome(ledger, outcome));
  }
  return [...byExit.values()].flatMap(({ at, texts }) => {
    const shown = [...texts].slice(0, MOST_LINES).map((text) => `  ${lineOf(at)}: ${text}\n`);
    const more = texts.size - shown.length;
    return more > 0 ? [...shown, `  ${lineOf(at)}: and ${more} more outcomes\n`] : shown;
  });
}

const MOST_LINES = 12;

/** `returns -1; releases free(b), free(a); nothing held`. */
export function describeOutcome(ledger: Ledger, outcome: Outcome): string {
  const parts = [describeExit(outcome)];
  if (outcome.releases.length > 0) {
    const order = outcome.isOrdered || outcome.releases.length === 1 ? '' : ' in an order that depends on the path';
    parts.push(`releases ${outcome.releases.map((one) => one.text).join(', ')}${order}`);
  }
  if (outcome.repeated.length > 0) parts.push(`in a loop: ${outcome.repeated.map((one) => one.text).join(', ')}`);
  return [...parts, ...describeFate(ledger, outcome)].join('; ');
}

/** What became of the resources that were not released: `ring is stored in *out`, `still held: p`; or `nothing held`. */
export function describeFate(ledger: Ledger, outcome: Outcome): string[] {
  const name = (id: number): string => ledger.resources.find((one) => one.id === id)?.name ?? '?';
  const parts = outcome.handedOver.map((one) => describeHandOver(name(one.resource), one));
  if (outcome.held.length > 0) {
    const held = outcome.held.map((one) => `${name(one.resource)}${one.isUntested ? ' (if it was acquired)' : ''}`);
    parts.push(`still held: ${held.join(', ')}`);
  }
  if (outcome.unknown.length > 0) parts.push(`not known: ${outcome.unknown.map(name).join(', ')}`);
  return parts.length === 0 ? ['nothing held'] : parts;
}

/** `returns -1`, `ends`, `never returns from exit(1)`. */
export function describeExit({ exit, returns }: Outcome): string {
  if (exit.kind === 'no-return') return `never returns from ${exit.text}`;
  if (!returns) return exit.kind === 'end' ? 'ends' : 'returns';
  // NULL, true and false are numbers to the ledger; people read them as they stand.
  if (/^(NULL|nullptr|true|false)$/.test(exit.text)) return `returns ${exit.text}`;
  return `returns ${returns.map((one) => (one.kind === 'any' ? 'anything' : one.text)).join(' or ')}`;
}

function describeHandOver(name: string, { how, to }: HandOver): string {
  switch (how) {
    case 'returned':
      return name === to ? `${name} goes to the caller` : `${name} goes to the caller in ${to}`;
    case 'stored':
      return name === to ? `${name} stays there` : `${name} is stored in ${to}`;
    case 'consumed':
      return `${name} is taken over by ${to}`;
    default:
      return `${name} may be kept or released by ${to}`;
  }
}
