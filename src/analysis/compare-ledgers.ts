/**
 * Are two ledgers the same? Independent of where the exits stand and of how paths were joined on either side: an
 * outcome of one side needs a counterpart that may be the same, not one that reads the same.
 */
import type { Ledger, LedgerFault, LedgerResource } from './ledger.ts';
import { describeOutcome } from './render-ledger.ts';
import type { Outcome, ReturnedValue } from './outcome.ts';

export interface LedgerDifference {
  /** The version that has the outcome; the other has none like it. */
  readonly side: 'before' | 'after';
  readonly reason: string;
  readonly outcome: Outcome;
}

/**
 * Why two ledgers can't be compared; undefined when they can.
 * A difference counts only where both are exact and name the same resources and releasers.
 */
export function incomparable(before: Ledger, after: Ledger): string | undefined {
  for (const one of [before, after]) if (!one.isExact) return one.inexactBecause ?? 'a ledger is not exact';
  if (!sameSet(resourceKeys(before), resourceKeys(after))) return 'the two versions acquire different things';
  if (!sameSet(releasers(before), releasers(after))) return 'the two versions release by different calls';
  return undefined;
}

/**
 * The first outcome of one ledger that the other can't have.
 * @returns undefined when they agree, or can't be compared (`incomparable` says why)
 */
export function compareLedgers(before: Ledger, after: Ledger): LedgerDifference | undefined {
  if (incomparable(before, after) !== undefined) return undefined;
  return (
    missingIn(before, after, 'before') ??
    missingIn(after, before, 'after') ??
    missingParameter(before, after) ??
    newDoubleRelease(before, after)
  );
}

function sameSet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((one) => b.has(one));
}

/** A site is the same in both versions when its call and its first handle read the same. */
function resourceKeys(ledger: Ledger): Set<string> {
  return new Set(ledger.resources.map((one) => `${one.name} = ${one.call}`));
}

function releasers(ledger: Ledger): Set<string> {
  return new Set(
    ledger.outcomes.flatMap((one) => [...one.releases, ...one.repeated].map((release) => release.releaser)),
  );
}

/** What became of a resource on one path. */
interface Fate {
  /** Sorted and joined where several sites read the same, as in repeated lock calls. */
  readonly fate: string;
  /** Whether it was acquired at all was not tested: the other version may have tested it. */
  readonly isConditional: boolean;
  readonly isOpen: boolean;
}

type Fates = ReadonlyMap<string, Fate>;

interface Side {
  readonly outcome: Outcome;
  readonly fates: Fates;
  /** Equal for equal fates. */
  readonly print: string;
}

function sidesOf(ledger: Ledger): Side[] {
  const sites = new Map(ledger.resources.map((one) => [one.id, one]));
  return ledger.outcomes
    .filter((outcome) => outcome.exit.kind !== 'no-return')
    .map((outcome) => {
      const fates = fatesOf(sites, outcome);
      return { outcome, fates, print: JSON.stringify([...fates].toSorted(([a], [b]) => (a < b ? -1 : 1))) };
    });
}

function fatesOf(sites: ReadonlyMap<number, LedgerResource>, outcome: Outcome): Fates {
  const fates = new Map<string, Fate>();
  const add = (resource: number, fate: string, isDoubtful = false): void => {
    const site = sites.get(resource);
    const key = site ? `${site.name} = ${site.call}` : '?';
    const before = fates.get(key);
    const isOpen = isDoubtful || site?.isInLoop === true || outcome.uncertain.includes(resource);
    fates.set(key, {
      fate: [...(before ? before.fate.split(' ') : []), fate].toSorted().join(' '),
      isConditional: outcome.untested.includes(resource) || before?.isConditional === true,
      isOpen: isOpen || before?.isOpen === true,
    });
  };
  for (const one of outcome.releases) if (one.resource !== undefined) add(one.resource, `released-by-${one.releaser}`);
  for (const one of outcome.held) add(one.resource, 'held', one.isDoubtful);
  // Whose it is now: the callee's that took it, or somebody's outside.
  for (const one of outcome.handedOver) add(one.resource, one.how === 'consumed' ? one.how : 'outside');
  for (const one of outcome.unknown) add(one, 'unknown', true);
  return fates;
}

function mayBeSame(a: Fates, b: Fates): boolean {
  for (const key of new Set([...a.keys(), ...b.keys()])) {
    const [one, other] = [a.get(key), b.get(key)];
    if (one?.isOpen || other?.isOpen || one?.fate === other?.fate) continue;
    if (one && other) return false;
    if (!(one ?? other)?.isConditional) return false;
  }
  return true;
}

function missingIn(one: Ledger, other: Ledger, side: 'before' | 'after'): LedgerDifference | undefined {
  const there = sidesOf(other);
  const equal = new Map<string, Side[]>();
  for (const candidate of there) {
    const group = equal.get(candidate.print);
    if (group) group.push(candidate);
    else equal.set(candidate.print, [candidate]);
  }
  for (const { outcome, fates, print } of sidesOf(one)) {
    const lostIn = (sides: readonly Side[]): ReturnedValue | undefined => {
      const values = sides.flatMap((candidate) => candidate.outcome.returns ?? []);
      return outcome.returns?.find((value) => !values.some((candidate) => mayBeEqual(value, candidate)));
    };
    // Most have a counterpart that reads the same; only for the others all are looked through.
    const same = equal.get(print) ?? [];
    if (same.length > 0 && !lostIn(same)) continue;
    const alike = there.filter((candidate) => mayBeSame(fates, candidate.fates));
    const lost = lostIn(alike);
    if (alike.length > 0 && !lost) continue;
    const text = describeOutcome(one, outcome);
    const which = side === 'before' ? ['first', 'second'] : ['second', 'first'];
    const what = lost && alike.length > 0 ? `\`${lost.text}\` is returned so` : 'it does so';
    return { side, outcome, reason: `the ${which[0]} version ${text}; on no path of the ${which[1]} ${what}` };
  }
  return undefined;
}

function mayBeEqual(a: ReturnedValue, b: ReturnedValue): boolean {
  if (a.kind === 'number' && b.kind === 'number') return a.text === b.text;
  // Two names may stand for one number.
  return a.kind === 'any' || b.kind === 'any' || (a.signs & b.signs) !== 0;
}

/** A parameter is the same thing in both versions: it is released in both or in neither. */
function missingParameter(before: Ledger, after: Ledger): LedgerDifference | undefined {
  return parameterOf(before, after, 'before') ?? parameterOf(after, before, 'after');
}

function parameterOf(one: Ledger, other: Ledger, side: 'before' | 'after'): LedgerDifference | undefined {
  const there = new Set(other.outcomes.flatMap(releasedParameters));
  for (const outcome of one.outcomes) {
    const lost = releasedParameters(outcome).find((name) => !there.has(name));
    if (lost !== undefined)
      return {
        side,
        outcome,
        reason: `the parameter \`${lost}\` is released in the ${side === 'before' ? 'first' : 'second'} version only`,
      };
  }
  return undefined;
}

function releasedParameters(outcome: Outcome): string[] {
  return [...outcome.releases, ...outcome.repeated].flatMap(({ foreign }) =>
    foreign?.origin === 'parameter' ? [foreign.text] : [],
  );
}

/** A second release of one thing that the first version does not have. */
function newDoubleRelease(before: Ledger, after: Ledger): LedgerDifference | undefined {
  const there = new Set(doubles(before).map((one) => one.name));
  const found = doubles(after).find((one) => one.isExact && !there.has(one.name));
  const outcome = after.outcomes[0];
  if (!found || !outcome) return undefined;
  return { side: 'after', outcome, reason: `the second version releases \`${found.name}\` twice on one path` };
}

function doubles({ faults }: Ledger): readonly LedgerFault[] {
  return faults.filter(({ kind }) => kind === 'double-release');
}
