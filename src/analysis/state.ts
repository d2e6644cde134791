/** What one path knows at one point: places, facts, and what has become of each resource. */
import type { Span } from '../base/span.ts';
import type { AcquireFacts, ResourceKind } from '../resources/knowledge.ts';
import type { Loop } from './loops.ts';
import type { Atom, AtomTable, Place, Value } from './atoms.ts';
import type { Fact } from './facts.ts';
import type { Fault } from './run.ts';

/** Stands for the acquire call where a parameter is followed as a resource of its own. */
export const PARAMETER = '(parameter)';

/** One acquire call in the text, and which of its handles. */
export interface Site {
  readonly id: number;
  readonly node: Span & { readonly id: number };
  /** `malloc(n)`. */
  readonly call: string;
  readonly acquirer: string;
  /** The lvalue that first names it: `p`, `s->buf`, `*out`; the address, for what is named by its address. */
  readonly handle: string;
  readonly facts: AcquireFacts;
  /** The innermost loop around it. */
  readonly loop: Loop | undefined;
}

/**
 * `held`: acquired on this path. `released`, `transferred` (a call took it over), `escaped` (an unseen callee may keep
 * or release it), `unknown` (two instances of one site are alive, or the paths disagree). A site that is not in the
 * state was not acquired on this path.
 */
export type Status = 'held' | 'released' | 'transferred' | 'escaped' | 'unknown';

export interface SiteState {
  readonly status: Status;
  /** The value that names it; undefined when paths disagree. */
  readonly handle: Atom | undefined;
  /** Its failure has not been ruled out yet: decided by this value. */
  readonly pending: Atom | undefined;
  /** The call's result was compared with something that does not tell whether it failed. */
  readonly isTestedOddly: boolean;
  /** Where the handle stands, for out-arguments, and what it was before. */
  readonly out: { readonly place: Place; readonly old: Value } | undefined;
  /** The release or the hand-over went through a place that an unseen call could have changed. */
  readonly isCertain: boolean;
  /** Who released it, took it over or may keep it. */
  readonly by: string | undefined;
  readonly at: Span | undefined;
  /** Taken over by a call only if that call succeeded (`realloc`): its result decides. */
  readonly moving:
    | { readonly result: Atom | undefined; readonly facts: AcquireFacts; readonly by: string; readonly at: Span }
    | undefined;
  /** An unseen call, or one of unknown kind, has run since it was acquired. */
  readonly isTouched: boolean;
  readonly isUnsure: boolean;
  /** What is taken for granted of callees that were given it. */
  readonly beliefs: readonly string[];
}

/** A release of something that no acquire call of the function made: a parameter, a field's old content. */
export interface ForeignRelease {
  readonly releaser: string;
  readonly kind: ResourceKind;
  readonly at: Span;
}

export interface ReleaseEvent {
  readonly releaser: string;
  /** The whole call as source. */
  readonly text: string;
  readonly site: number | undefined;
  readonly foreign: Atom | undefined;
  readonly at: Span;
  readonly previous: ReleaseEvent | undefined;
}

export interface TrailStep {
  readonly at: Span;
  readonly what: string;
  readonly site: number | undefined;
  readonly previous: TrailStep | undefined;
}

/** A condition that was open, and which way the path went: undefined where it went both. */
export interface TestedCondition {
  readonly atom: Atom;
  readonly block: number;
  readonly holds: boolean | undefined;
}

export interface Cell {
  readonly place: Place;
  readonly value: Value;
}

export class State {
  cells = new Map<string, Cell>();
  facts = new Map<Atom, Fact>();
  sites = new Map<number, SiteState>();
  foreign = new Map<Atom, ForeignRelease>();
  /** Local objects that an unseen callee may reach. */
  exposed = new Set<string>();
  /** What points to storage that was acquired here and that nobody else knows. */
  own = new Set<string>();
  /** Bases whose unwritten cells are 0. */
  zeroed = new Set<string>();
  /** When an unseen call could last have written: everything exposed, or one base. */
  clock = 'c';
  clocks = new Map<string, string>();
  /** Releases inside a loop of things that belong to one round of it. */
  repeated = new Map<string, ReleaseEvent>();
  log: ReleaseEvent | undefined;
  isOrdered = true;
  trail: TrailStep | undefined;
  /** Atoms and cells of which a join forgot what else was true with which value. */
  blurred = new Set<Atom | string>();
  /** Values compared in a way the facts cannot hold, with that comparison. */
  compared = new Map<Atom, Atom>();
  /** Conditions that were open, by their text, with the block they stand in. */
  tested = new Map<string, TestedCondition>();
  /** Results of calls that, where they fail, leave nobody with what they were to replace: `s->p = realloc(s->p, n)`. */
  growing = new Map<Atom, Fault>();
  /** Those that have failed. */
  lost = new Set<Fault>();
  /** Why the program may never take this path, though the conditions allow it; undefined: no such reason. */
  doubt: string | undefined;
  /** Why this path may stand for more than the program can do; undefined: it does not. */
  inexact: string | undefined;

  fork(): State {
    const copy = new State();
    copy.cells = new Map(this.cells);
    copy.facts = new Map(this.facts);
    copy.sites = new Map(this.sites);
    copy.foreign = new Map(this.foreign);
    copy.exposed = new Set(this.exposed);
    copy.own = new Set(this.own);
    copy.zeroed = new Set(this.zeroed);
    copy.clock = this.clock;
    copy.clocks = new Map(this.clocks);
    copy.repeated = new Map(this.repeated);
    copy.log = this.log;
    copy.isOrdered = this.isOrdered;
    copy.trail = this.trail;
    copy.blurred = new Set(this.blurred);
    copy.compared = new Map(this.compared);
    copy.tested = new Map(this.tested);
    copy.growing = new Map(this.growing);
    copy.lost = new Set(this.lost);
    copy.doubt = this.doubt;
    copy.inexact = this.inexact;
    return copy;
  }

  note(at: Span, what: string, site?: number): void {
    this.trail = { at, what, site, previous: this.trail };
  }

  /** What the paths that are joined must agree on: each resource, and what was released of others. */
  resourceKey(): string {
    const sites = [...this.sites]
      .toSorted(([a], [b]) => a - b)
      .map(([id, one]) => {
        const marks = `${one.pending === undefined ? '' : '?'}${one.isCertain ? '' : '~'}${one.moving ? '>' : ''}`;
        return `${id}${one.status}${marks}${one.status === 'released' ? one.by : ''}`;
      });
    const foreign = [...this.foreign].toSorted(([a], [b]) => a - b).map(([atom, one]) => `${atom}${one.releaser}`);
    return `${sites.join(' ')}|${foreign.join(' ')}`;
  }

  update(site: number, change: Partial<SiteState>): void {
    const old = this.sites.get(site);
    if (old) this.sites.set(site, { ...old, ...change });
  }

  /** The path has learned more of an atom. */
  learn(atom: Atom, fact: Fact): void {
    this.facts.set(atom, fact);
  }

  /** Something happens again that made atoms: their old instances are no longer what the name says. */
  renew(atoms: AtomTable, mark: string): void {
    const old = new Set(atoms.markedBy(mark));
    if (old.size === 0) return;
    for (const atom of old) {
      this.facts.delete(atom);
      this.foreign.delete(atom);
      this.compared.delete(atom);
      this.growing.delete(atom);
      this.blurred.delete(atom);
      this.own.delete(`s${atom}`);
      this.zeroed.delete(`s${atom}`);
      this.clocks.delete(`s${atom}`);
    }
    for (const [atom, fact] of this.facts) {
      if (fact.is !== undefined && old.has(fact.is)) this.facts.set(atom, withoutName(fact));
      else if (fact.isNot?.some((one) => old.has(one)))
        this.facts.set(atom, { ...fact, isNot: fact.isNot.filter((one) => !old.has(one)) });
    }
    for (const [key, cell] of this.cells) {
      const { base } = cell.place;
      if (base.startsWith('s') && old.has(Number(base.slice(1)))) this.cells.delete(key);
      else if (cell.value.some((atom) => old.has(atom))) this.cells.set(key, { ...cell, value: [] });
    }
    for (const [id, site] of this.sites) {
      if (site.handle !== undefined && old.has(site.handle)) this.sites.set(id, { ...site, handle: undefined });
      if (site.pending !== undefined && old.has(site.pending)) this.update(id, { pending: undefined });
      if (site.moving?.result !== undefined && old.has(site.moving.result))
        this.update(id, { moving: undefined, status: 'unknown' });
    }
  }
}

function withoutName(fact: Fact): Fact {
  const { is: _, ...rest } = fact;
  return rest;
}
