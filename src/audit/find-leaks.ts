/**
 * audit: what the exit ledgers of functions say to a reader. Takes ledgers and what is known of names; returns findings
 * and tables as data. Other than a proof it may take what siblings do and how a name is used for evidence, and says so.
 * May not plan, edit, read files or print.
 *
 * Findings that fall out of the ledger. A false one is worse than a missed one: what went through unseen hands, through
 * a join that forgot something, or through a test that is not understood is not reported.
 */
import type { LineIndex, Span } from '../base/span.ts';
import type { Ledger, LedgerResource } from '../analysis/ledger.ts';
import type { HeldResource, Outcome } from '../analysis/outcome.ts';

export interface LedgerFinding {
  readonly code: 'leak-on-path' | 'double-release';
  /** The acquire call; for a double release the second release. */
  readonly at: Span;
  /** Without the line of the exit, which is the end of the path. */
  readonly message: string;
  /** What the function acquired; undefined for a parameter or a field's content. */
  readonly resource: { readonly name: string; readonly acquire: string; readonly at: Span } | undefined;
  /** From the acquire call to the exit, or to the second release. */
  readonly path: readonly { readonly at: Span; readonly what: string }[];
  /** Calls of the function that release it, on whatever path. */
  readonly releasedAt: number;
}

/** Leaks and double releases of one function, in source order: of a resource that leaks at several exits the first. */
export function findLeaks(ledger: Ledger): LedgerFinding[] {
  return firstOfEach(findEveryLeak(ledger));
}

/** The same for every exit and every way to get there. */
export function findEveryLeak(ledger: Ledger): LedgerFinding[] {
  return [...ledger.outcomes.flatMap((outcome) => leaksAt(ledger, outcome)), ...doubles(ledger)];
}

/** One finding for each resource, in source order. */
export function firstOfEach(found: readonly LedgerFinding[]): LedgerFinding[] {
  const first = new Map<string, LedgerFinding>();
  for (const one of found) {
    const key = `${one.code} ${one.at.start} ${one.resource?.name}`;
    if (!first.has(key)) first.set(key, one);
  }
  return [...first.values()].toSorted((a, b) => a.at.start - b.at.start);
}

function leaksAt(ledger: Ledger, outcome: Outcome): LedgerFinding[] {
  // At the end of the program the system takes everything back.
  if (outcome.exit.kind === 'no-return' || ledger.name === 'main' || outcome.inexact !== undefined) return [];
  if (outcome.doubt !== undefined) return [];
  return outcome.held.flatMap((held) => {
    const resource = endsOf(ledger).resources.get(held.resource);
    if (!resource || !isLeak(ledger, resource, held) || isHandedOverThere(ledger, outcome, resource.id)) return [];
    const { name, call, at } = resource;
    return [
      {
        code: 'leak-on-path' as const,
        at,
        message: `\`${name}\` leaks when the function ${outcome.exit.kind === 'end' ? 'ends' : 'returns'}`,
        resource: { name, acquire: call, at },
        releasedAt: releaseCalls(ledger, resource.id),
        path: [
          ...since(outcome.path, resource.id),
          { at: outcome.exit.at, what: `\`${name}\` is still held, and nobody else has it` },
        ],
      },
    ];
  });
}

function isLeak(ledger: Ledger, resource: LedgerResource, held: HeldResource): boolean {
  if (held.isDoubtful || held.isUnsure || resource.isInLoop) return false;
  if (resource.kind === 'lock') return !held.isTouched && !held.isUntested && isReleasedSomewhere(ledger, resource.id);
  if (resource.kind === 'reference' || resource.kind === 'other' || resource.isByAddress) return false;
  // What is not a pointer may have been tested in ways of its own (a field of an iconv_t).
  if (held.isUntested && resource.sentinel !== 'null') return false;
  return isReleasedSomewhere(ledger, resource.id) || isHandedOverSomewhere(ledger, resource.id);
}

/** What no path releases or hands over is kept for as long as the program runs, or ends in ways we don't see. */
function isHandedOverSomewhere(ledger: Ledger, resource: number): boolean {
  return endsOf(ledger).handedOver.has(resource);
}

/**
 * Another path to the same exit, with a result that may be the same, hands it over: which conditions go together is the
 * program's to know (`if (list->head == next) list->head = node;`), and hardly is it a leak.
 */
function isHandedOverThere(ledger: Ledger, leaking: Outcome, resource: number): boolean {
  return ledger.outcomes.some(
    (outcome) =>
      outcome.exit.at.start === leaking.exit.at.start &&
      outcome.handedOver.some((one) => one.resource === resource) &&
      mayReturnTheSame(outcome, leaking),
  );
}

function mayReturnTheSame(a: Outcome, b: Outcome): boolean {
  if (!a.returns || !b.returns) return true;
  const others = b.returns;
  return a.returns.some((one) =>
    others.some(
      (other) =>
        (one.signs & other.signs) !== 0 &&
        !(one.kind === 'number' && other.kind === 'number' && one.text !== other.text),
    ),
  );
}

/** A function that always returns with the lock held means to. */
function isReleasedSomewhere(ledger: Ledger, resource: number): boolean {
  return releaseCalls(ledger, resource) > 0;
}

function releaseCalls(ledger: Ledger, resource: number): number {
  return endsOf(ledger).releases.get(resource)?.size ?? 0;
}

/** Where each resource ends, on all paths together. */
interface Ends {
  readonly resources: ReadonlyMap<number, LedgerResource>;
  /** Places of the calls that release it. */
  readonly releases: ReadonlyMap<number, ReadonlySet<number>>;
  /** Resources that some path hands over. */
  readonly handedOver: ReadonlySet<number>;
}

const ENDS = new WeakMap<Ledger, Ends>();

/** Read once: a function with many exits has as many resources. */
function endsOf(ledger: Ledger): Ends {
  const known = ENDS.get(ledger);
  if (known) return known;
  const releases = new Map<number, Set<number>>();
  const handedOver = new Set<number>();
  for (const outcome of ledger.outcomes) {
    for (const { resource, at } of outcome.releases) {
      if (resource === undefined) continue;
      const places = releases.get(resource) ?? new Set();
      releases.set(resource, places.add(at.start));
    }
    for (const { resource, how } of outcome.handedOver)
      if (resource !== undefined && how !== 'escaped') handedOver.add(resource);
  }
  const resources = new Map(ledger.resources.map((one) => [one.id, one]));
  const ends = { resources, releases, handedOver };
  ENDS.set(ledger, ends);
  return ends;
}

function since(path: Outcome['path'], resource: number): LedgerFinding['path'] {
  const from = path.findIndex((step) => step.resource === resource);
  return path.slice(Math.max(0, from)).map(({ at, what }) => ({ at, what }));
}

function doubles(ledger: Ledger): LedgerFinding[] {
  return ledger.doubleReleases
    .filter((one) => one.isExact)
    .map((one) => {
      const made = ledger.resources.find((resource) => resource.id === one.resource);
      return {
        code: 'double-release' as const,
        at: one.second,
        message: `\`${one.name}\` is released a second time by \`${one.text}\``,
        resource: made && { name: made.name, acquire: made.call, at: made.at },
        releasedAt: 2,
        path: [
          ...(one.resource === undefined
            ? one.path.map(({ at, what }) => ({ at, what }))
            : since(one.path, one.resource)),
          { at: one.second, what: `\`${one.name}\` is released again` },
        ],
      };
    });
}

/** A finding as reports print it: lines instead of offsets. */
export function placeFinding(
  finding: LedgerFinding,
  functionName: string,
  lines: LineIndex,
): {
  code: LedgerFinding['code'];
  function: string;
  line: number;
  column: number;
  message: string;
  resource?: { name: string; acquire: string; line: number };
  path: { line: number; what: string }[];
} {
  const { code, message, resource } = finding;
  const last = finding.path.at(-1);
  const made = resource && {
    name: resource.name,
    acquire: resource.acquire,
    line: lines.place(resource.at.start).line,
  };
  return {
    code,
    function: functionName,
    ...lines.place(finding.at.start),
    message: code === 'leak-on-path' && last ? `${message} in line ${lines.place(last.at.start).line}` : message,
    ...(made && { resource: made }),
    path: finding.path.map((step) => ({ line: lines.place(step.at.start).line, what: step.what })),
  };
}
