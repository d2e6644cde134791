/**
 * audit: what the exit ledgers of functions say to a reader. Takes ledgers and what is known of names; returns findings
 * and tables as data. Other than a proof it may take what siblings do and how a name is used for evidence, and says so.
 * May not plan, edit, read files or print.
 *
 * Findings that fall out of the ledger. A false one is worse than a missed one: what went through unseen hands, through
 * a join that forgot something, or through a test that is not understood is not reported.
 */
import type { LineIndex, Span } from '../base/span.ts';
import type { FaultKind } from '../analysis/run.ts';
import type { Ledger, LedgerFault, LedgerResource } from '../analysis/ledger.ts';
import type { HeldResource, Outcome } from '../analysis/outcome.ts';

export interface LedgerFinding {
  readonly code: 'leak-on-path' | FaultKind;
  /** The acquire call; for what is wrong with a release or behind it that place. */
  readonly at: Span;
  /** Without the line of the exit, which is the end of the path. */
  readonly message: string;
  /** What the function acquired; undefined for a parameter or a field's content. */
  readonly resource: { readonly name: string; readonly acquire: string; readonly at: Span } | undefined;
  /** From the acquire call to the exit, or to the second release. */
  readonly path: readonly { readonly at: Span; readonly what: string }[];
  /** Calls of the function that release it, on whatever path. */
  readonly releasedAt: number;
  /** What is taken for granted beside facts. */
  readonly evidence: readonly string[];
}

/** Leaks and double releases of one function, in source order: of a resource that leaks at several exits the first. */
export function findLeaks(ledger: Ledger): LedgerFinding[] {
  return firstOfEach(findEveryLeak(ledger));
}

/** The same for every exit and every way to get there. */
export function findEveryLeak(ledger: Ledger, options: LeakOptions = { isAudit: false }): LedgerFinding[] {
  return [...ledger.outcomes.flatMap((outcome) => leaksAt(ledger, outcome, options)), ...wrongs(ledger)];
}

export interface LeakOptions {
  /** What no path of the function releases or hands over is a leak, too: nothing is unseen but what is said. */
  readonly isAudit: boolean;
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

function leaksAt(ledger: Ledger, outcome: Outcome, options: LeakOptions): LedgerFinding[] {
  // At the end of the program the system takes everything back.
  if (outcome.exit.kind === 'no-return' || ledger.name === 'main' || outcome.inexact !== undefined) return [];
  if (outcome.doubt !== undefined) return [];
  return outcome.held.flatMap((held) => {
    const resource = endsOf(ledger).resources.get(held.resource);
    if (
      !resource ||
      !isLeak(ledger, resource, held, options) ||
      isHandedOverThere(ledger, outcome, resource.id, options)
    )
      return [];
    const { name, call, at } = resource;
    return [
      {
        code: 'leak-on-path' as const,
        at,
        message: `\`${name}\` leaks when the function ${outcome.exit.kind === 'end' ? 'ends' : 'returns'}`,
        resource: { name, acquire: call, at },
        releasedAt: releaseCalls(ledger, resource.id),
        evidence: held.beliefs,
        path: [
          ...since(outcome.path, resource.id),
          { at: outcome.exit.at, what: `\`${name}\` is still held, and nobody else has it` },
        ],
      },
    ];
  });
}

function isLeak(ledger: Ledger, resource: LedgerResource, held: HeldResource, { isAudit }: LeakOptions): boolean {
  if (held.isDoubtful || held.isUnsure || resource.isInLoop) return false;
  if (resource.kind === 'lock') return !held.isTouched && !held.isUntested && isReleasedSomewhere(ledger, resource.id);
  if (resource.kind === 'reference' || resource.kind === 'other' || resource.isByAddress) return false;
  // What is not a pointer may have been tested in ways of its own (a field of an iconv_t).
  const isTold = resource.sentinel === 'null' || (isAudit && resource.kind === 'descriptor');
  if (held.isUntested && !isTold) return false;
  return isAudit || isReleasedSomewhere(ledger, resource.id) || isHandedOverSomewhere(ledger, resource.id);
}

/** What no path releases or hands over is kept for as long as the program runs, or ends in ways we don't see. */
function isHandedOverSomewhere(ledger: Ledger, resource: number): boolean {
  return endsOf(ledger).handedOver.has(resource);
}

/**
 * Another path to the same exit, with a result that may be the same, hands it over: which conditions go together is the
 * program's to know (`if (list->head == next) list->head = node;`), and hardly is it a leak.
 */
function isHandedOverThere(ledger: Ledger, leaking: Outcome, resource: number, { isAudit }: LeakOptions): boolean {
  return ledger.outcomes.some(
    (outcome) =>
      outcome.exit.at.start === leaking.exit.at.start &&
      outcome.handedOver.some((one) => one.resource === resource && !(isAudit && one.how === 'consumed')) &&
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

function wrongs(ledger: Ledger): LedgerFinding[] {
  const used = new Set<string>();
  return ledger.faults
    .filter((one) => one.isExact && !isRepetition(one) && isFirstUse(one, used))
    .map((one) => wrong(ledger, one));
}

/** One call in a loop: whether it comes there again with the same thing is for the loop to know. */
function isRepetition({ first, second }: LedgerFault): boolean {
  return first.start === second.start;
}

/** Where something is used twice after its release, the first use says enough. */
function isFirstUse({ kind, name, resource }: LedgerFault, used: Set<string>): boolean {
  if (kind !== 'use-after-release') return true;
  const key = `${name} ${resource}`;
  const isFirst = !used.has(key);
  used.add(key);
  return isFirst;
}

function wrong(ledger: Ledger, one: LedgerFault): LedgerFinding {
  const { kind, name, text } = one;
  const made = ledger.resources.find((resource) => resource.id === one.resource);
  const { message, end } = WORDS[kind](name, text);
  const path =
    one.resource === undefined ? one.path.map(({ at, what }) => ({ at, what })) : since(one.path, one.resource);
  return {
    code: kind,
    at: one.second,
    message,
    resource: made && { name: made.name, acquire: made.call, at: made.at },
    releasedAt: kind === 'double-release' ? 2 : 0,
    evidence: [],
    path: [...path, { at: one.second, what: end }],
  };
}

const WORDS: Readonly<Record<FaultKind, (name: string, text: string) => { message: string; end: string }>> = {
  'double-release': (name, text) => ({
    message: `\`${name}\` is released a second time by \`${text}\``,
    end: `\`${name}\` is released again`,
  }),
  'use-after-release': (name, text) => ({
    message: `\`${name}\` is used after its release by \`${text}\``,
    end: `\`${name}\` is gone, and is used`,
  }),
  'uninitialised-release': (name, text) => ({
    message: `\`${text}\` gets \`${name}\` before it has a value`,
    end: `\`${name}\` has no value yet`,
  }),
  'realloc-loses-old': (name, text) => ({
    message: `\`${text}\` loses what \`${name}\` was where it fails`,
    end: `\`${name}\` is overwritten by the result, whatever it is`,
  }),
};

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
  evidence?: readonly string[];
} {
  const { code, message, resource, evidence } = finding;
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
    ...(evidence.length > 0 && { evidence }),
    path: finding.path.map((step) => ({ line: lines.place(step.at.start).line, what: step.what })),
  };
}
