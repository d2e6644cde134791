/** A call gives a resource back. */
import type { ReleaseFacts } from '../resources/knowledge.ts';
import type { Atom, Value } from './atoms.ts';
import type { Call } from './calls.ts';
import { factOf } from './facts.ts';
import { isWithin } from './loops.ts';
import { reachable } from './memory.ts';
import type { Run } from './run.ts';
import { isCertainPath, noteUnset } from './misuse.ts';
import { sentinelSign } from './settle.ts';
import type { Site, SiteState, State } from './state.ts';

/** Releases what the argument names. */
export function release(run: Run, state: State, call: Call, facts: ReleaseFacts, value: Value): void {
  const only = value.length === 1 ? value[0] : undefined;
  if (only === undefined) {
    releaseOneOf(run, state, call, value);
    return;
  }
  noteUnset(run, state, call, only);
  // A release of the sentinel releases nothing.
  const sign = sentinelSign(facts.sentinel);
  if (run.atoms.info(only).number !== undefined || factOf(run.atoms, state.facts, only).signs === sign) return;
  const found = findSite(run, state, only, call.name, facts);
  if (found) releaseSite(run, state, call, found, only);
  else releaseForeign(run, state, call, facts, only);
  releaseParts(run, state, call, facts, only);
}

/** Paths were joined: one of several things is released, and we don't know which. */
function releaseOneOf(run: Run, state: State, call: Call, value: Value): void {
  state.inexact ??= `what \`${call.text}\` releases depends on the path`;
  for (const [id, site] of state.sites) {
    const isIt = value.some((atom) => site.handle === (run.atoms.info(atom).was ?? atom));
    if (isIt || value.length === 0) state.update(id, { status: 'unknown' });
  }
  log(state, call, undefined, value[0]);
}

/** The site that the released value names: what is held rather than what is gone, the newest first. */
function findSite(
  run: Run,
  state: State,
  atom: Atom,
  releaser: string,
  facts: ReleaseFacts,
): [Site, SiteState] | undefined {
  const root = run.atoms.info(atom).was ?? atom;
  let best: [Site, SiteState] | undefined;
  let bestRank = -1;
  for (const [id, one] of state.sites) {
    const site = run.sites[id];
    if (!site || one.handle !== root || !canRelease(site, releaser, facts)) continue;
    const rank = RANKS[one.status] + (site.facts.releasers.includes(releaser) ? 0.5 : 0);
    if (rank >= bestRank) [best, bestRank] = [[site, one], rank];
  }
  return best;
}

const RANKS = { held: 4, escaped: 3, unknown: 2, transferred: 1, released: 0 } as const;

function canRelease(site: Site, releaser: string, facts: ReleaseFacts): boolean {
  if (site.facts.releasers.includes(releaser) || site.facts.kind === facts.kind) return true;
  const isCounted = (kind: string): boolean => kind === 'lock' || kind === 'reference';
  return !isCounted(site.facts.kind) && !isCounted(facts.kind) && site.facts.handle === 'result';
}

function releaseSite(run: Run, state: State, call: Call, [site, one]: [Site, SiteState], atom: Atom): void {
  const isWeak = run.atoms.info(atom).was !== undefined;
  const { node } = call;
  if (one.status === 'released' && one.isCertain && !isWeak && one.at) {
    run.faults.push({
      kind: 'double-release',
      what: site.handle,
      site,
      first: one.at,
      second: node,
      text: call.text,
      trail: state.trail,
      isExact: isCertainPath(state),
    });
  }
  // A resource of one round of a loop is not part of the order in which the others go.
  const isOfRound = site.loop !== undefined && isWithin(run.loop, site.loop);
  if (isOfRound) state.repeated.set(`${call.name}(${site.handle})`, event(call, site.id, undefined));
  else log(state, call, site.id, undefined);
  state.note(node, `\`${site.handle}\` is released by \`${call.text}\``, site.id);
  if (one.status === 'unknown') return;
  state.update(site.id, {
    status: 'released',
    by: call.name,
    at: node,
    isCertain: !isWeak && one.isCertain,
    moving: undefined,
  });
}

/** A parameter, a field's old content, the result of a call that is not known to acquire. */
function releaseForeign(run: Run, state: State, call: Call, facts: ReleaseFacts, atom: Atom): void {
  const { node } = call;
  // An unknown way to name something of ours: what becomes of that is not known.
  for (const [id, site] of state.sites) {
    const isReached = site.handle !== undefined && run.atoms.info(atom).mentions.includes(`s${site.handle}`);
    if (isReached && site.status === 'held' && run.atoms.info(atom).kind !== 'address')
      state.update(id, { status: 'unknown' });
  }
  if (run.loop) {
    state.repeated.set(`${call.name}(${run.atoms.text(atom)})`, event(call, undefined, atom));
    return;
  }
  const before = state.foreign.get(atom);
  const isStorage = facts.kind === 'memory' || facts.kind === 'handle' || facts.kind === 'descriptor';
  if (before && isStorage && before.kind === facts.kind && run.atoms.info(atom).kind === 'symbol') {
    const what = run.atoms.text(atom);
    run.faults.push({
      kind: 'double-release',
      what,
      site: undefined,
      first: before.at,
      second: node,
      text: call.text,
      trail: state.trail,
      isExact: isCertainPath(state),
    });
  }
  log(state, call, undefined, atom);
  state.note(node, `\`${run.atoms.text(atom)}\` is released by \`${call.text}\``);
  state.foreign.set(atom, { releaser: call.name, kind: facts.kind, at: node });
}

/** What the object holds goes with it where the releaser looks inside; else its handle is gone, and it leaks. */
function releaseParts(run: Run, state: State, call: Call, facts: ReleaseFacts, atom: Atom): void {
  if (run.atoms.info(atom).kind === 'address' || facts.kind === 'lock' || facts.kind === 'reference') return;
  const own = `s${run.atoms.info(atom).was ?? atom}`;
  if (facts.isShallow !== true) {
    const inside = reachable(state, run.atoms, [atom]);
    for (const [id, site] of state.sites) {
      if (site.status !== 'held' || site.handle === undefined || own === `s${site.handle}`) continue;
      if (inside.has(`s${site.handle}`)) state.update(id, { status: 'transferred', by: call.text, at: call.node });
    }
  }
  for (const [key, cell] of state.cells) if (cell.place.base === own) state.cells.delete(key);
}

function log(state: State, call: Call, site: number | undefined, foreign: Atom | undefined): void {
  state.log = { ...event(call, site, foreign), previous: state.log };
}

function event(call: Call, site: number | undefined, foreign: Atom | undefined): NonNullable<State['log']> {
  return { releaser: call.name, text: call.text, site, foreign, at: call.node, previous: undefined };
}
