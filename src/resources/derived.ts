/** What one definition shows of a name, and what several possible definitions agree on. */
import type { AcquireFacts, MacroFacts, NameFacts, ReleaseFacts } from './knowledge.ts';
import type { MacroForm } from './macro-facts.ts';

/** The reading of one definition. Absent facts are not shown, neither way. */
export interface Derived {
  readonly facts: Partial<Omit<NameFacts, 'kind' | 'from'>>;
  /** It calls something that may be a macro, so that even its kind is open. */
  readonly isOpen: boolean;
  /** `call` behaves like a call of a function: each parameter is evaluated once, and nothing else happens. */
  readonly form: MacroForm;
  /** Release facts that are false only because nothing shows them to be true. */
  readonly doubtful: ReadonlySet<keyof ReleaseFacts>;
  /** Arguments of which a pointer is certainly stored beyond the call. */
  readonly keeps: readonly number[];
  /** `path:line` of each definition. */
  readonly from: readonly string[];
}

/** A definition of which nothing is understood but that it is there. */
export function nothingDerived(from: string): Derived {
  return { facts: {}, isOpen: false, form: 'call', doubtful: new Set(), keeps: [], from: [from] };
}

/** What holds whichever of the definitions is the one. */
export function agree(definitions: readonly Derived[]): Derived | undefined {
  const [first, ...rest] = definitions;
  return first && rest.reduce(agreeOnTwo, first);
}

function agreeOnTwo(a: Derived, b: Derived): Derived {
  const doubtful = new Set([...a.doubtful, ...b.doubtful]);
  return {
    facts: agreeOnFacts(a.facts, b.facts),
    isOpen: a.isOpen || b.isOpen,
    form: weakerForm(a.form, b.form),
    doubtful,
    keeps: [...new Set([...a.keeps, ...b.keeps])].toSorted((x, y) => x - y),
    from: [...a.from, ...b.from],
  };
}

function weakerForm(a: MacroForm, b: MacroForm): MacroForm {
  if (a === 'other' || b === 'other') return 'other';
  return a === 'placed-call' ? a : b;
}

type Facts = Derived['facts'];

function agreeOnFacts(a: Facts, b: Facts): Facts {
  const macro = agreeOnMacro(a.macro, b.macro);
  const acquires = agreeOnAcquires(a.acquires, b.acquires);
  const releases = a.releases && b.releases && agreeOnReleases(a.releases, b.releases);
  const retains = union(a.retains, b.retains);
  const writesThrough = union(a.writesThrough, b.writesThrough);
  const diagnostic = a.diagnostic && b.diagnostic && { readsErrno: a.diagnostic.readsErrno || b.diagnostic.readsErrno };
  return {
    ...(macro && { macro }),
    ...(acquires && { acquires }),
    ...(releases && { releases }),
    ...(retains && { retains }),
    ...(writesThrough && { writesThrough }),
    ...(diagnostic && { diagnostic }),
    ...((a.mayNeverReturn ?? b.mayNeverReturn) && { mayNeverReturn: true }),
    ...((a.returnsOwnStorage ?? b.returnsOwnStorage) && { returnsOwnStorage: true }),
    ...equalFacts(a, b),
  };
}

/** Facts that hold only where both say the same. */
const EQUAL = [
  'neverReturns',
  'releasesNothing',
  'keepsErrno',
  'readsErrno',
  'isPure',
  'isArithmetic',
  'isLocal',
  'consumes',
  'consumesWhen',
  'returnsArgument',
  'format',
  'formatList',
  'output',
] as const satisfies readonly (keyof NameFacts)[];

function equalFacts(a: Facts, b: Facts): Facts {
  const entries = EQUAL.filter((key) => a[key] !== undefined && JSON.stringify(a[key]) === JSON.stringify(b[key]));
  return Object.fromEntries(entries.map((key) => [key, a[key]]));
}

/** What one expansion may do, any of them may. A function among them does nothing of the kind. */
function agreeOnMacro(a: MacroFacts | undefined, b: MacroFacts | undefined): MacroFacts | undefined {
  if (!a || !b) return a ?? b;
  return {
    hasJump: a.hasJump || b.hasJump,
    ...(onlyReturn(a) && onlyReturn(b) && (a.onlyReturns || b.onlyReturns) && { onlyReturns: true }),
    isStateful: a.isStateful || b.isStateful,
    freeNames: [...new Set([...a.freeNames, ...b.freeNames])].toSorted(),
    writes: union(a.writes, b.writes) ?? [],
    ...((a.addresses ?? b.addresses) && { addresses: union(a.addresses ?? [], b.addresses ?? []) ?? [] }),
    ...((a.addressedNames ?? b.addressedNames) && {
      addressedNames: [...new Set([...(a.addressedNames ?? []), ...(b.addressedNames ?? [])])],
    }),
    ...((a.isDoubtful || b.isDoubtful) && { isDoubtful: true }),
    ...((a.isFragment || b.isFragment) && { isFragment: true }),
    ...((a.hides ?? b.hides) && { hides: a.hides ?? b.hides }),
  };
}

function onlyReturn(macro: MacroFacts): boolean {
  return !macro.hasJump || macro.onlyReturns === true;
}

/** The arguments that either may touch; unknown where one of them is. */
function union(a: readonly number[] | undefined, b: readonly number[] | undefined): readonly number[] | undefined {
  return a && b && [...new Set([...a, ...b])].toSorted((x, y) => x - y);
}

function agreeOnAcquires(
  a: readonly AcquireFacts[] | undefined,
  b: readonly AcquireFacts[] | undefined,
): readonly AcquireFacts[] | undefined {
  if (!a || !b || a.length !== b.length) return undefined;
  const both = a.map((one, index) => agreeOnAcquire(one, b[index]));
  return both.every((one) => one !== undefined) ? both : undefined;
}

function agreeOnAcquire(a: AcquireFacts, b: AcquireFacts | undefined): AcquireFacts | undefined {
  if (!b || a.kind !== b.kind || a.handle !== b.handle || a.sentinel !== b.sentinel) return undefined;
  if (a.afterFailure !== b.afterFailure) return undefined;
  const { failure: _, ...rest } = a;
  const failure = a.failure === b.failure ? a.failure : b.failure === 'never' ? a.failure : b.failure;
  const isOneNever = a.failure === b.failure || a.failure === 'never' || b.failure === 'never';
  return {
    ...rest,
    zeroes: a.zeroes && b.zeroes,
    ...(failure && isOneNever && { failure }),
    // Under one choice of the preprocessor one is right, under another the other: together they are a family.
    releasers: [...new Set([...a.releasers, ...b.releasers])],
  };
}

/** A handle that is reset under one choice only has no value that can be relied on. */
function agreeOnReleases(a: ReleaseFacts, b: ReleaseFacts): ReleaseFacts | undefined {
  if (a.kind !== b.kind || a.argument !== b.argument || a.sentinel !== b.sentinel) return undefined;
  if (a.resetting !== b.resetting) return undefined;
  return {
    ...a,
    acceptsSentinel: a.acceptsSentinel && b.acceptsSentinel,
    noopOnSentinel: a.noopOnSentinel && b.noopOnSentinel,
    keepsErrno: a.keepsErrno && b.keepsErrno,
    isMemoryRelease: a.isMemoryRelease && b.isMemoryRelease,
    isShallow: a.isShallow === true && b.isShallow === true,
    isSilent: a.isSilent === true && b.isSilent === true,
    ...((a.logs === true || b.logs === true) && isQuietOrLogs(a) && isQuietOrLogs(b) && { logs: true }),
  };
}

function isQuietOrLogs(release: ReleaseFacts): boolean {
  return release.isSilent === true || release.logs === true;
}
