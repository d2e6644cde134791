/** Facts of names as config declares them, joined with what definitions and presets say. */
import type { Derived } from './derived.ts';
import type { AcquireFacts, NameFacts, ReleaseFacts } from './knowledge.ts';
import type { PairDeclaration, ResourceConfig } from './resource-config.ts';
import { MOST_ARGUMENTS } from './summary/subject.ts';

/** What config says of one name. */
export interface Declaration {
  readonly acquires: readonly PairDeclaration[];
  readonly releases: readonly PairDeclaration[];
  readonly diagnostic: { readonly readsErrno?: boolean } | undefined;
  readonly neverReturns: boolean;
  readonly retainsNothing: boolean;
  readonly consumes: Pick<NameFacts, 'consumes' | 'consumesWhen'> | undefined;
  readonly from: readonly string[];
}

const ALL_ARGUMENTS = Array.from({ length: MOST_ARGUMENTS }, (_, index) => index);

/** Config by name. */
export function indexDeclarations(config: ResourceConfig): ReadonlyMap<string, Declaration> {
  const table = new Map<string, Declaration>();
  const add = (name: string, from: string, more: (old: Declaration) => Partial<Declaration>): void => {
    const old = table.get(name) ?? NOTHING_DECLARED;
    table.set(name, { ...old, ...more(old), from: [...new Set([...old.from, from])] });
  };
  for (const pair of config.pairs) {
    add(pair.acquire, pair.from, (old) => ({ acquires: [...old.acquires, pair] }));
    add(pair.release, pair.from, (old) => ({ releases: [...old.releases, pair] }));
  }
  for (const { name, from, readsErrno } of config.diagnostics) {
    add(name, from, () => ({ diagnostic: readsErrno === undefined ? {} : { readsErrno } }));
  }
  for (const { name, from } of config.neverReturns) add(name, from, () => ({ neverReturns: true }));
  for (const { name, from } of config.retainsNothing) add(name, from, () => ({ retainsNothing: true }));
  for (const { name, from, arguments: given, when } of config.transfersOwnership) {
    add(name, from, () => ({ consumes: { consumes: given ?? ALL_ARGUMENTS, ...(when && { consumesWhen: when }) } }));
  }
  return table;
}

const NOTHING_DECLARED: Declaration = {
  acquires: [],
  releases: [],
  diagnostic: undefined,
  neverReturns: false,
  retainsNothing: false,
  consumes: undefined,
  from: [],
};

/**
 * Adds what is declared. A declared fact stands unless the definition shows the contrary; what is not declared is as
 * the definition or preset says.
 * @param known facts from definitions and presets
 * @param derived the reading of the seen definition, if there is one
 */
export function withDeclaration(known: NameFacts, derived: Derived | undefined, declaration: Declaration): NameFacts {
  const releases = declaredRelease(declaration.releases, known.releases, derived);
  const acquires = declaration.acquires.map((pair) => declaredAcquire(pair, known, derived));
  const isNoDiagnostic = contradictsDiagnostic(derived, releases);
  const diagnostic = declaration.diagnostic && !isNoDiagnostic && declaredDiagnostic(declaration.diagnostic, known);
  const keeps = derived?.keeps ?? [];
  const isFunctionLike = releases !== undefined || acquires.length > 0 || diagnostic !== undefined;
  return {
    ...known,
    ...(known.kind === 'unknown' && isFunctionLike && kindOf(releases, derived)),
    ...(acquires.length > 0 && { acquires: mergeAcquires(acquires) }),
    ...(releases && { releases, ...(releases.keepsErrno && { keepsErrno: true }) }),
    ...(diagnostic && { diagnostic, neverReturns: false, retains: [], readsErrno: diagnostic.readsErrno }),
    ...(declaration.neverReturns && { neverReturns: true }),
    ...(declaration.retainsNothing && keeps.length === 0 && { retains: [] }),
    ...declaration.consumes,
    from: [...declaration.from, ...(known.from === 'nothing' ? [] : [known.from])].join('; '),
  };
}

/** Nobody declares a macro that jumps: a declared name without a definition in sight behaves like a call. */
function kindOf(releases: ReleaseFacts | undefined, derived: Derived | undefined): Partial<NameFacts> {
  if (derived?.facts.macro) return { kind: 'macro' };
  if (!releases?.resetting) return { kind: 'function' };
  return { kind: 'macro', macro: { hasJump: false, isStateful: false, freeNames: [], writes: [releases.argument] } };
}

/** A diagnostic only reads: a macro that assigns or jumps, or a definition that releases or keeps, is none. */
function contradictsDiagnostic(derived: Derived | undefined, releases: ReleaseFacts | undefined): boolean {
  if (!derived) return false;
  const { macro } = derived.facts;
  if (macro && (macro.hasJump || macro.writes.length > 0)) return true;
  return releases !== undefined || derived.facts.releases !== undefined || derived.keeps.length > 0;
}

function declaredDiagnostic(declared: { readonly readsErrno?: boolean }, known: NameFacts): { readsErrno: boolean } {
  const shown = known.diagnostic?.readsErrno ?? known.readsErrno;
  return { readsErrno: shown === true ? true : (declared.readsErrno ?? shown ?? true) };
}

function declaredRelease(
  pairs: readonly PairDeclaration[],
  known: ReleaseFacts | undefined,
  derived: Derived | undefined,
): ReleaseFacts | undefined {
  const [pair] = pairs;
  if (!pair) return known;
  const kind = pair.kind ?? known?.kind ?? 'other';
  const shown = derived?.facts.releases;
  const isOther = shown !== undefined && shown.argument !== (pair.argument ?? shown.argument);
  const choose = (key: BooleanFact, declared: boolean | undefined): boolean => {
    if (shown && !isOther && !derived?.doubtful.has(key)) return shown[key] === true;
    return declared ?? known?.[key] === true;
  };
  const writes = derived?.facts.macro?.writes;
  const argument = pair.argument ?? known?.argument ?? 0;
  const acceptsSentinel = choose('acceptsSentinel', all(pairs, 'acceptsSentinel', 'noopOnSentinel'));
  return {
    kind,
    argument,
    sentinel: pair.sentinel ?? known?.sentinel ?? (kind === 'descriptor' ? '-1' : kind === 'lock' ? 'none' : 'null'),
    acceptsSentinel,
    noopOnSentinel: acceptsSentinel && choose('noopOnSentinel', all(pairs, 'noopOnSentinel')),
    // A macro that never assigns its argument does not reset it, whatever is declared.
    resetting: choose('resetting', all(pairs, 'resetting')) && (writes?.includes(argument) ?? derived === undefined),
    keepsErrno: choose('keepsErrno', all(pairs, 'keepsErrno')),
    isMemoryRelease: choose('isMemoryRelease', pair.kind === undefined ? undefined : pair.kind === 'memory'),
    // Declared as memory: it gives back the storage and does nothing else.
    isShallow: choose('isShallow', pair.kind === undefined ? undefined : pair.kind === 'memory'),
    ...(known?.isSilent !== undefined && { isSilent: known.isSilent }),
    ...(known?.logs === true && { logs: true }),
  };
}

type BooleanFact = 'acceptsSentinel' | 'noopOnSentinel' | 'resetting' | 'keepsErrno' | 'isMemoryRelease' | 'isShallow';

/** What all pairs of one release say; undefined where none says anything. */
function all(pairs: readonly PairDeclaration[], ...keys: readonly (keyof PairDeclaration)[]): boolean | undefined {
  const said = pairs.map((pair) => keys.map((key) => pair[key]).find((value) => value !== undefined));
  if (said.every((value) => value === undefined)) return undefined;
  return said.every((value) => value !== false);
}

function declaredAcquire(pair: PairDeclaration, known: NameFacts, derived: Derived | undefined): AcquireFacts {
  const handle = pair.handle ?? 'result';
  const seen = known.acquires?.find((one) => one.handle === handle);
  const kind = pair.kind ?? seen?.kind ?? 'other';
  const zeroes = derived?.facts.acquires ? seen?.zeroes : (pair.zeroes ?? seen?.zeroes);
  const failure = pair.failure ?? seen?.failure;
  return {
    kind,
    handle,
    sentinel: pair.sentinel ?? seen?.sentinel ?? (kind === 'descriptor' ? '-1' : kind === 'lock' ? 'none' : 'null'),
    afterFailure: pair.afterFailure ?? seen?.afterFailure ?? (handle === 'result' ? 'sentinel' : 'unspecified'),
    zeroes: zeroes ?? false,
    ...(failure && { failure }),
    releasers: [...new Set([pair.release, ...(seen?.releasers ?? [])])],
  };
}

/** Two pairs of one acquire and one handle: either call releases it. */
function mergeAcquires(acquires: readonly AcquireFacts[]): AcquireFacts[] {
  const byHandle = new Map<string, AcquireFacts>();
  for (const one of acquires) {
    const old = byHandle.get(one.handle);
    byHandle.set(one.handle, old ? { ...old, releasers: [...new Set([...old.releasers, ...one.releasers])] } : one);
  }
  return [...byHandle.values()];
}
