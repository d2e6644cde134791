/**
 * What callees do, told by their own ledgers: a function in sight is walked with each of its parameters as a resource,
 * and what becomes of it on every path is what its caller sees. Bottom-up; a function that is under way already, because
 * it calls itself, is known by its facts alone.
 */
import type { CalleeFacts, Insight } from '../analysis/insight.ts';
import { exitLedger } from '../analysis/ledger.ts';
import type { Ledger, LedgerResource } from '../analysis/ledger.ts';
import type { Outcome } from '../analysis/outcome.ts';
import { PARAMETER } from '../analysis/state.ts';
import { buildGraph } from '../cfg/build.ts';
import type { AcquireFacts, Knowledge, NameFacts, ReleaseFacts } from '../resources/knowledge.ts';
import { resolveNames } from '../syntax/bindings.ts';
import type { Bindings } from '../syntax/bindings.ts';
import { textOf, walk } from '../syntax/tree.ts';
import type { FunctionTree } from '../syntax/tree.ts';

/** Steps after which a callee is given up. */
const MOST_STEPS = 4000;

/** The number that a static or global has where a call stands; undefined where that is open. */
export type Read = (global: string) => number | undefined;

/** Where definitions come from. */
export interface CalleeSource {
  readonly knowledge: Knowledge;
  /** The definitions of a function in sight, one for each choice of the preprocessor; empty where there is none. */
  treesOf(name: string): readonly FunctionTree[];
  /** The members of unions. */
  isUnionMember(field: string): boolean;
  /** What other files of the repository show of a name that has no definition in sight. */
  elsewhere?(name: string, read: Read): CalleeFacts | undefined;
}

export function createInsight(source: CalleeSource): Insight {
  return new Callees(source);
}

class Callees implements Insight {
  readonly followsParameters = false;
  readonly #source: CalleeSource;
  readonly #known = new Map<string, CalleeFacts | undefined>();
  readonly #beliefs = new Map<string, CalleeFacts | undefined>();
  readonly #globals = new Map<string, ReadonlySet<string>>();
  readonly #underWay = new Set<string>();

  constructor(source: CalleeSource) {
    this.#source = source;
  }

  isUnionMember(field: string): boolean {
    return this.#source.isUnionMember(field);
  }

  isUsedBy(name: string, argument: number): boolean {
    // A definition in sight may look at the flag that says whether there is anything to be used.
    if (this.#source.treesOf(name).length > 0) return false;
    const type = this.#source.knowledge.signature?.(name).parameters?.[argument];
    return type !== undefined && type.includes('*') && !/\bvoid\b/.test(type);
  }

  called(name: string, read: Read): CalleeFacts | undefined {
    const trees = this.#source.treesOf(name);
    if (trees.length === 0) return this.#source.elsewhere?.(name, read) ?? this.#believed(name);
    if (trees.length > 1 || !trees[0]) return undefined;
    return this.#seen(name, trees[0], read);
  }

  /** A definition is in sight. */
  #seen(name: string, tree: FunctionTree, read: Read): CalleeFacts | undefined {
    const values = [...this.#globalsOf(name, tree)].flatMap((global): [string, number][] => {
      const value = read(global);
      return value === undefined ? [] : [[global, value]];
    });
    const key = JSON.stringify([name, values]);
    if (this.#known.has(key)) return this.#known.get(key);
    if (this.#underWay.has(name)) return undefined;
    this.#underWay.add(name);
    const facts = this.#summarise(name, tree, new Map(values));
    this.#underWay.delete(name);
    this.#known.set(key, facts);
    return facts;
  }

  /** Names of the function that are none of its own, and that it does not write itself. */
  #globalsOf(name: string, tree: FunctionTree): ReadonlySet<string> {
    const known = this.#globals.get(name);
    if (known) return known;
    const bindings = resolveNames(tree);
    const found = new Set<string>();
    const written = new Set<string>();
    walk(tree.body, (node) => {
      if (node.kind !== 'identifier' || bindings.of(node)) return;
      const word = textOf(tree, node);
      const isTarget = node.field === 'left' || node.parent?.kind === 'update_expression';
      const isAddressed = node.parent?.kind === 'pointer_expression';
      if (isTarget || isAddressed) written.add(word);
      else if (node.field !== 'function') found.add(word);
    });
    for (const one of written) found.delete(one);
    this.#globals.set(name, found);
    return found;
  }

  #summarise(name: string, tree: FunctionTree, values: ReadonlyMap<string, number>): CalleeFacts | undefined {
    const { knowledge } = this.#source;
    const bindings = resolveNames(tree);
    const graph = buildGraph(tree, bindings);
    if ('kind' in graph) return undefined;
    const here: Knowledge = {
      ...knowledge,
      constant: (word) => {
        const value = values.get(word);
        return value === undefined ? knowledge.constant?.(word) : { value };
      },
    };
    const insight: Insight = {
      followsParameters: true,
      called: (callee, read) => this.called(callee, (global) => values.get(global) ?? read(global)),
      isUnionMember: (field) => this.isUnionMember(field),
      isUsedBy: (callee, argument) => this.isUsedBy(callee, argument),
    };
    const ledger = exitLedger({ tree, bindings, graph, knowledge: here, insight }, MOST_STEPS);
    if (ledger.kind === 'refusal') return undefined;
    const isVariadic = tree.source.slice(tree.root.start, tree.body.start).includes('...');
    return factsOf(ledger, bindings, here, knowledge.name(name), isVariadic);
  }

  /** Only declared: `void show(const char *line)` is taken to leave the line with its caller. */
  #believed(name: string): CalleeFacts | undefined {
    if (!this.#beliefs.has(name)) this.#beliefs.set(name, believedOf(this.#source.knowledge, name));
    return this.#beliefs.get(name);
  }
}

function believedOf(knowledge: Knowledge, name: string): CalleeFacts | undefined {
  const facts = knowledge.name(name);
  const isOpen = facts.retains === undefined && !facts.releases && !facts.consumes && !facts.isPure;
  const types = isOpen && facts.kind === 'function' ? knowledge.signature?.(name).parameters : undefined;
  if (!types || types.some((type) => type.includes('.'))) return undefined;
  const retains = types.flatMap((type, index) => (isReadOnly(type) ? [] : [index]));
  if (retains.length === types.length) return undefined;
  return {
    facts: { ...facts, retains, releasesNothing: true },
    belief: constBelief(name),
  };
}

function constBelief(name: string): string {
  return `\`${name}\` keeps and releases nothing that it takes as a pointer to const`;
}

/** `const char *`: one star, and what it points to can't be changed. */
function isReadOnly(type: string): boolean {
  return /\bconst\b/.test(type) && /^[^*]*\*[^*]*$/.test(type) && type.indexOf('const') < type.indexOf('*');
}

// ---- what a ledger says of its function

function factsOf(
  ledger: Ledger,
  bindings: Bindings,
  knowledge: Knowledge,
  base: NameFacts,
  isVariadic: boolean,
): CalleeFacts | undefined {
  const outcomes = ledger.outcomes.filter(({ exit }) => exit.kind !== 'no-return');
  if (outcomes.length === 0)
    return ledger.outcomes.length > 0 ? { facts: { ...base, kind: 'function', mayNeverReturn: true } } : undefined;
  const fates = fatesOf(ledger, outcomes, bindings);
  const with_ = (...wanted: Fate[]): number[] => fates.flatMap((fate, index) => (wanted.includes(fate) ? [index] : []));
  const [released, ...more] = with_('released');
  const acquires = base.acquires ?? acquisitionsOf(ledger, outcomes);
  const releases =
    base.releases ?? (released === undefined ? undefined : releaseOf(ledger, outcomes, released, knowledge));
  const consumes = [...new Set([...(base.consumes ?? []), ...with_('consumed'), ...more])];
  const result = resultOf(outcomes);
  const globals = releasedGlobals(outcomes, knowledge);
  const gone = returnedRelease(outcomes, knowledge);
  const beliefs = new Set(outcomes.flatMap(({ held }) => held.flatMap((one) => [...one.beliefs])));
  // A callee of its own that is not seen gets it as a pointer to const, as this one does.
  if (with_('passed-on').length > 0) beliefs.add(constBelief(ledger.name));
  return {
    facts: {
      ...base,
      kind: 'function',
      ...retainsOf(base, fates, isVariadic),
      ...(!isVariadic && !hasForeignReleases(outcomes) && { releasesNothing: true }),
      ...(acquires && { acquires }),
      ...(releases && { releases }),
      ...(consumes.length > 0 && { consumes }),
    },
    ...(result !== undefined && { result }),
    ...(globals.length > 0 && { releasesGlobals: globals }),
    ...(gone && { returnsReleased: gone }),
    ...(beliefs.size > 0 && { belief: [...beliefs].join('; ') }),
  };
}

/** Something that is reached from an argument, or that nobody here knows, is released: `close(pair->in)`. */
function hasForeignReleases(outcomes: readonly Outcome[]): boolean {
  return outcomes.some(({ releases, repeated }) =>
    [...releases, ...repeated].some(({ foreign }) => foreign !== undefined),
  );
}

/**
 * What it may keep of its arguments. Facts that are there know of pointers alone: what becomes of a number, which may be
 * a descriptor, and of what is released on some paths only, the ledger tells.
 */
function retainsOf({ retains }: NameFacts, fates: readonly Fate[], isVariadic: boolean): Pick<NameFacts, 'retains'> {
  // Who knows what becomes of arguments without a name.
  if (isVariadic) return retains ? { retains } : {};
  const kept = fates.flatMap((fate, index) => (fate === 'kept' ? [index] : []));
  const partly = fates.flatMap((fate, index) => (fate === 'partly-released' || fate === 'kept-number' ? [index] : []));
  return { retains: [...new Set([...(retains ?? kept), ...partly])].toSorted((a, b) => a - b) };
}

/** What becomes of an argument: `kept` stands for all that is not certain, but for what unseen callees do. */
type Fate = 'untouched' | 'released' | 'consumed' | 'kept' | 'passed-on' | 'partly-released' | 'kept-number';

function fatesOf(ledger: Ledger, outcomes: readonly Outcome[], bindings: Bindings): Fate[] {
  const parameters = bindings.declarations
    .filter((one) => one.isParameter)
    .toSorted((a, b) => a.node.start - b.node.start);
  return parameters.map((parameter) => {
    const resource = ledger.resources.find(
      (one) => one.acquirer === PARAMETER && one.at.start === parameter.node.start,
    );
    if (!resource)
      return parameter.isPointer || !/^(unsigned |signed )?(int|char|long|short)$/.test(parameter.type)
        ? 'kept'
        : 'untouched';
    const fates = new Set(outcomes.flatMap((outcome) => fateIn(outcome, resource.id) ?? []));
    if (fates.delete('passed-on')) fates.add(isReadOnly(parameter.type) ? 'passed-on' : 'kept');
    const fate = joinFates(fates);
    return fate === 'kept' && !parameter.isPointer ? 'kept-number' : fate;
  });
}

/** On all paths together. */
function joinFates(fates: ReadonlySet<Fate>): Fate {
  const [only] = fates;
  if (only === undefined) return 'untouched';
  if (fates.size === 1) return only;
  const isGone = (fate: Fate): boolean => fate === 'released' || fate === 'consumed';
  if ([...fates].every(isGone)) return 'consumed';
  return [...fates].some(isGone) ? 'partly-released' : 'kept';
}

/** undefined: on this path it is NULL. */
function fateIn({ releases, repeated, held, handedOver, unknown }: Outcome, resource: number): Fate | undefined {
  const isIt = (one: { readonly resource: number | undefined }): boolean => one.resource === resource;
  if (unknown.includes(resource) || repeated.some(isIt)) return 'kept';
  if (releases.some(isIt)) return 'released';
  const handed = handedOver.find(isIt);
  if (handed) return handed.how === 'consumed' ? 'consumed' : handed.how === 'escaped' ? 'passed-on' : 'kept';
  return held.some(isIt) ? 'untouched' : undefined;
}

function releaseOf(
  ledger: Ledger,
  outcomes: readonly Outcome[],
  argument: number,
  knowledge: Knowledge,
): ReleaseFacts | undefined {
  const ids = new Set(ledger.resources.filter((one) => one.acquirer === PARAMETER).map(({ id }) => id));
  const [first] = outcomes.flatMap(({ releases }) =>
    releases.filter(({ resource }) => resource !== undefined && ids.has(resource)),
  );
  const inner = first && knowledge.name(first.releaser).releases;
  return inner && { ...inner, argument, resetting: false };
}

function acquisitionsOf(ledger: Ledger, outcomes: readonly Outcome[]): AcquireFacts[] | undefined {
  let made: LedgerResource | undefined;
  let mayFail = false;
  for (const { returns = [], handedOver } of outcomes) {
    if (returns.length === 0) return undefined;
    for (const value of returns) {
      if (value.kind === 'number' && (value.text === '0' || value.text === '-1')) mayFail = true;
      else {
        const resource = ledger.resources.find(({ id }) => id === value.resource);
        const isGiven = handedOver.some((one) => one.resource === resource?.id && one.how === 'returned');
        if (!resource || !isGiven || resource.acquirer === PARAMETER || resource.isByAddress) return undefined;
        made ??= resource;
        if (made.sentinel !== resource.sentinel || made.kind !== resource.kind) return undefined;
      }
    }
  }
  if (!made) return undefined;
  const { kind, sentinel, releasers } = made;
  return [
    {
      kind,
      handle: 'result',
      sentinel,
      afterFailure: 'sentinel',
      zeroes: false,
      ...(mayFail && { failure: 'sentinel' as const }),
      releasers,
    },
  ];
}

function resultOf(outcomes: readonly Outcome[]): number | undefined {
  const values = new Set(
    outcomes.flatMap(({ returns }) => returns?.map(({ kind, text }) => `${kind} ${text}`) ?? ['?']),
  );
  const [only = ''] = values;
  return values.size === 1 && /^number -?\d+$/.test(only) ? Number(only.slice(7)) : undefined;
}

/** `free(p); return p;` on every path that returns anything. */
function returnedRelease(outcomes: readonly Outcome[], knowledge: Knowledge): CalleeFacts['returnsReleased'] {
  const found = outcomes.flatMap(({ returns = [], releases }) =>
    returns
      .filter((value) => !(value.kind === 'number' && value.text === '0'))
      .map((value) => releases.find(({ resource }) => resource !== undefined && resource === value.resource)),
  );
  const [first] = found;
  const kind = first && knowledge.name(first.releaser).releases?.kind;
  return first && kind && found.every((one) => one !== undefined) ? { releaser: first.releaser, kind } : undefined;
}

function releasedGlobals(
  outcomes: readonly Outcome[],
  knowledge: Knowledge,
): { readonly name: string; readonly facts: ReleaseFacts }[] {
  const [first, ...rest] = outcomes.map(
    ({ releases }) =>
      new Map(
        releases.flatMap(({ foreign, releaser }): [string, string][] =>
          foreign?.origin === 'place' && /^[A-Za-z_]\w*$/.test(foreign.text) ? [[foreign.text, releaser]] : [],
        ),
      ),
  );
  return [...(first ?? [])].flatMap(([name, releaser]) => {
    const facts = knowledge.name(releaser).releases;
    return facts && rest.every((one) => one.has(name)) ? [{ name, facts: { ...facts, resetting: false } }] : [];
  });
}
