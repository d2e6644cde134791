/** The table of an audit: for each acquire call of a function what becomes of it at each exit. */
import type { LineIndex } from '../base/span.ts';
import type { Ledger, LedgerResource } from '../analysis/ledger.ts';
import type { HandOver, LedgerRelease, Outcome } from '../analysis/outcome.ts';
import { describeExit } from '../analysis/render-ledger.ts';
import type { Knowledge } from '../resources/knowledge.ts';
import type { Acquisition, AcquisitionEnd, ReleaseCall } from './model.ts';

/** What the table is made of beside the ledger. */
export interface TableContext {
  readonly lines: LineIndex;
  readonly knowledge: Knowledge;
  sideOf(outcome: Outcome): AcquisitionEnd['side'];
}

/** All acquisitions in source order. Locks of loops and the like stand as what they are: one row for one call. */
export function listAcquisitions(ledger: Ledger, context: TableContext): Acquisition[] {
  return ledger.resources.map((resource) => {
    const { line, column } = context.lines.place(resource.at.start);
    return {
      line,
      column,
      handle: resource.name,
      call: resource.call,
      acquirer: resource.acquirer,
      kind: resource.kind,
      ...(resource.isInLoop && { isInLoop: true }),
      from: context.knowledge.name(resource.acquirer).from,
      ends: endsOf(ledger, resource, context),
    };
  });
}

/** Ways out that say the same of the resource are one. */
function endsOf(ledger: Ledger, resource: LedgerResource, context: TableContext): AcquisitionEnd[] {
  const found = new Map<string, AcquisitionEnd>();
  for (const outcome of ledger.outcomes) {
    if (outcome.exit.kind === 'no-return') continue;
    const end = endOf(outcome, resource, context);
    if (!end) continue;
    const { exit: _, side: __, ...what } = end;
    const key = JSON.stringify(what);
    const before = found.get(key);
    found.set(key, before ? joinEnds(before, end) : end);
  }
  return [...found.values()].toSorted((a, b) => a.line - b.line);
}

function joinEnds(a: AcquisitionEnd, b: AcquisitionEnd): AcquisitionEnd {
  const exit = a.exit === b.exit ? a.exit : 'returns';
  return { ...a, exit, side: a.side === b.side ? a.side : 'either' };
}

/** undefined: on this way it was not acquired, or that failed. */
function endOf(outcome: Outcome, { id, name }: LedgerResource, context: TableContext): AcquisitionEnd | undefined {
  const line = context.lines.place(outcome.exit.at.start).line;
  const head = { line, side: context.sideOf(outcome), exit: describeExit(outcome) };
  const isIt = (one: { readonly resource: number | undefined }): boolean => one.resource === id;
  const releases = [
    ...outcome.releases.filter(isIt).map((one) => releaseCall(one, context.lines)),
    ...outcome.repeated.filter(isIt).map((one) => ({ ...releaseCall(one, context.lines), isRepeated: true })),
  ];
  if (outcome.unknown.includes(id)) return { ...head, state: 'unknown', ...(releases.length > 0 && { releases }) };
  if (releases.length > 0) return { ...head, state: 'released', releases };
  const handed = outcome.handedOver.find(isIt);
  // After a call that could have changed the field, its release is that of what stands there: by its name the same.
  const named = outcome.releases.filter(({ foreign }) => foreign?.text === name);
  if (handed?.how === 'escaped' && named.length > 0)
    return { ...head, state: 'released', releases: named.map((one) => releaseCall(one, context.lines)) };
  if (handed) return { ...head, state: 'handed-over', ...nameHandOver(name, handed) };
  const held = outcome.held.find(isIt);
  return held && { ...head, state: 'held', ...(held.isUntested && { isUntested: true }) };
}

/**
 * A status that a callee computed from `session` may point into it, and a callee may have changed the field, for all that
 * the ledger knows: the reader is better served by the place in which the handle stands.
 */
function nameHandOver(handle: string, { how, to }: HandOver): Pick<AcquisitionEnd, 'how' | 'to'> {
  const owner = /^\**\(?(\w+)/.exec(handle)?.[1];
  const isPlace = /^\*|->/.test(handle);
  if (how === 'escaped' && isPlace) return { how: 'stored', to: handle };
  return how === 'returned' && isPlace && owner !== /^\w+/.exec(to)?.[0] ? { how: 'stored', to: handle } : { how, to };
}

function releaseCall({ releaser, text, at }: LedgerRelease, lines: LineIndex): ReleaseCall {
  return { line: lines.place(at.start).line, releaser, call: text };
}
