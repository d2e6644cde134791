/**
 * How a function behaves towards its arguments and the world, whatever path it takes: what it keeps, what it writes,
 * what it does to errno, whether it is a diagnostic. What is not understood gives no fact.
 */
import { textOf, walk, type SyntaxNode } from '../../syntax/tree.ts';
import { saysVolatile } from '../../scan/definitions.ts';
import type { NameFacts } from '../knowledge.ts';
import { writesToLog } from '../refine-call.ts';
import { writtenByCall, type Call, type Effect } from './effects.ts';
import { type Root, type RootTable, type Roots } from './roots.ts';
import { argumentsOf, factsOfCall, storageOf, stripParentheses, type Subject } from './subject.ts';

/** Facts for the whole definition, and those that it shows to be otherwise than someone might say. */
export interface Conduct {
  readonly facts: Partial<NameFacts>;
  /** Arguments of which a pointer is certainly stored beyond the call. */
  readonly keeps: readonly number[];
}

export function findConduct(subject: Subject, roots: RootTable, effects: readonly Effect[]): Conduct {
  const readsGlobals = readsWorld(subject);
  const retained = findRetained(subject, effects);
  const written = findWritten(effects);
  const isVolatile = readsVolatile(subject);
  const isLocal = effects.every(isLocalEffect) && written !== undefined && !isVolatile;
  const isPure = isLocal && written.length === 0 && retained?.length === 0 && !readsGlobals && isPureCalls(effects);
  const isDiagnostic = retained?.length === 0 && isLogger(subject, effects) && namesOnlyPlainObjects(subject);
  const readsErrno = errnoReading(subject, effects);
  const facts: Partial<NameFacts> = {
    ...(retained && { retains: retained }),
    ...(written && { writesThrough: written }),
    ...(isLocal && { isLocal }),
    ...(isPure && { isPure }),
    ...(isPure && isArithmetic(subject) && { isArithmetic: true }),
    ...consumed(subject, effects),
    ...(keepsErrno(subject, effects) && { keepsErrno: true }),
    ...(readsErrno !== undefined && { readsErrno }),
    ...(isDiagnostic && logging(subject, effects, readsErrno)),
    ...(alwaysReturns(subject, effects) && { neverReturns: false }),
    ...(calls(effects).some((call) => call.facts.returnsOwnStorage) && { returnsOwnStorage: true }),
    ...(effects.every(isNoRelease) && { releasesNothing: true }),
    ...returned(subject, roots),
  };
  return { facts, keeps: certainlyKept(subject, effects) };
}

function calls(effects: readonly Effect[]): Call[] {
  return effects.filter((effect) => effect.kind === 'call');
}

/** A call that runs to a definition or preset: no macro that jumps, no unknown name. */
function isKnownCall({ facts }: Call): boolean {
  return facts.kind !== 'unknown' && facts.macro?.hasJump !== true;
}

/** Arguments whose pointers may live on; undefined: any. */
function findRetained(subject: Subject, effects: readonly Effect[]): readonly number[] | undefined {
  const retained = new Set<number>();
  const keep = (roots: Roots): void => {
    for (const index of parametersIn(roots)) if (isPointerLike(subject, index)) retained.add(index);
  };
  for (const effect of effects) {
    if (effect.kind === 'opaque') return undefined;
    if (effect.kind === 'store') {
      if (effect.value) keep(effect.value);
    } else if (!isKnownCall(effect)) {
      return undefined;
    } else {
      const kept = effect.facts.releases ? [] : effect.facts.retains;
      for (const [argument, roots] of effect.given.entries()) {
        if (kept === undefined || kept.includes(argument)) keep(roots);
        // A local that now holds the argument is seen by the roots; memory beyond the call is not.
        else if (mixes(effect, argument)) keep(roots);
      }
    }
  }
  return [...retained].toSorted((a, b) => a - b);
}

/** May the callee copy this argument into what another argument points to? memcpy of a struct does. */
function mixes(call: Call, argument: number): boolean {
  const others = call.facts.writesThrough;
  if (!others || !call.facts.copies) return false;
  return others.some((other) => other !== argument && [...(call.given[other] ?? [])].some(isBeyond));
}

function isBeyond(root: Root): boolean {
  return !root.startsWith('local:');
}

function certainlyKept(subject: Subject, effects: readonly Effect[]): number[] {
  const kept = new Set<number>();
  for (const effect of effects) {
    if (effect.kind !== 'store' || !effect.value) continue;
    for (const index of parametersIn(effect.value)) if (isPointerLike(subject, index)) kept.add(index);
  }
  return [...kept].toSorted((a, b) => a - b);
}

function parametersIn(roots: Roots): number[] {
  return [...roots].flatMap((root) => (root.startsWith('parameter:') ? [Number(root.slice('parameter:'.length))] : []));
}

const PLAIN_TYPES =
  /^(const )?(unsigned |signed )?(_?[Bb]ool|char|short|int|long|long long|long int|unsigned|float|double|long double|s?size_t|off_t|time_t|pid_t|mode_t|u?int\d+_t|enum \w+)$/;

/** A number can be kept without harm; a typedef may hide a pointer. */
function isPointerLike(subject: Subject, index: number): boolean {
  const declaration = subject.parameters[index];
  if (subject.isMacro || !declaration) return true;
  return declaration.isPointer || declaration.isArray || !PLAIN_TYPES.test(declaration.type);
}

/** Arguments that may be written through; undefined: more than that. */
function findWritten(effects: readonly Effect[]): readonly number[] | undefined {
  const written = new Set<number>();
  for (const effect of effects) {
    const targets =
      effect.kind === 'store' ? effect.targets : effect.kind === 'call' ? writtenByCall(effect) : undefined;
    if (!targets || (effect.kind === 'call' && !isKnownCall(effect))) return undefined;
    for (const root of targets) {
      if (root === 'world' || root === 'own') return undefined;
    }
    for (const index of parametersIn(targets)) written.add(index);
  }
  return [...written].toSorted((a, b) => a - b);
}

function isLocalEffect(effect: Effect): boolean {
  if (effect.kind === 'store') return !effect.targets.has('world') && !effect.targets.has('own');
  return (
    effect.kind === 'call' && isKnownCall(effect) && (effect.facts.isLocal === true || effect.facts.isPure === true)
  );
}

function isPureCalls(effects: readonly Effect[]): boolean {
  return calls(effects).every((call) => call.facts.isPure === true);
}

/** A volatile access is an effect of its own, whichever name or type says so. */
function readsVolatile(subject: Subject): boolean {
  let reads = false;
  walk(subject.tree.body, (node) => {
    const text = (): string => subject.tree.source.slice(node.start, node.end);
    if (/^(field_|type_)?identifier$/.test(node.kind))
      reads ||= saysVolatile(text()) || subject.isVolatileField(text());
    else if (/^type_qualifier$|^storage_class/.test(node.kind)) reads ||= saysVolatile(text());
    return !reads;
  });
  return reads || saysVolatile(subject.tree.source.slice(subject.tree.root.start, subject.tree.root.end));
}

const POINTING =
  /^(pointer_expression|subscript_expression|string_literal|concatenated_string|compound_literal_expression)$/;

/** Numbers in, a number out, and no pointer between them, which could be one that was made of a number. */
function isArithmetic(subject: Subject): boolean {
  let isPlain = subject.bindings.declarations.every(
    ({ type, isPointer, isArray }) => !isPointer && !isArray && PLAIN_TYPES.test(type),
  );
  walk(subject.tree.body, (node) => {
    if (
      POINTING.test(node.kind) ||
      (node.kind === 'field_expression' && node.children.some(({ kind }) => kind === '->'))
    )
      isPlain = false;
    if (node.kind === 'type_descriptor' && node.parent?.kind === 'cast_expression')
      isPlain &&= PLAIN_TYPES.test(textOf(subject.tree, node).replace(/\s+/g, ' '));
    if (node.kind === 'call_expression') isPlain &&= factsOfCall(subject, node).isArithmetic === true;
    return isPlain;
  });
  return isPlain;
}

/** Arguments that are handed on to a callee which takes them over. */
function consumed(subject: Subject, effects: readonly Effect[]): Partial<NameFacts> {
  const taken = calls(effects).flatMap(({ node, facts }) =>
    (facts.consumes ?? []).flatMap((position) => {
      const argument = argumentsOf(node)[position];
      const name = argument && stripParentheses(argument);
      const storage = name?.kind === 'identifier' ? storageOf(subject, name) : undefined;
      return storage?.kind === 'parameter' ? [{ index: storage.index, when: facts.consumesWhen }] : [];
    }),
  );
  const [first] = taken;
  if (!first) return {};
  const when = taken.every((one) => one.when === first.when) ? first.when : 'success';
  return { consumes: [...new Set(taken.map((one) => one.index))], ...(when && { consumesWhen: when }) };
}

/** Does the body read an object of the file or the program? A function that is named looks the same: yes. */
function readsWorld(subject: Subject): boolean {
  let reads = false;
  walk(subject.tree.body, (node) => {
    if (node.kind !== 'identifier' || node.field === 'function') return;
    const storage = storageOf(subject, node);
    if (storage.kind === 'parameter' || storage.kind === 'local') return;
    if (storage.kind === 'static' || !subject.isConstant(storage.name)) reads = true;
  });
  return reads;
}

/**
 * All effects are text to a log, the clock, the logger's own statics, and memory it gets and frees itself
 * (DESIGN §2). A stored pointer to the caller's memory is no such thing.
 */
function isLogger(subject: Subject, effects: readonly Effect[]): boolean {
  if (!calls(effects).some((call) => call.facts.diagnostic || call.facts.output !== undefined)) return false;
  return effects.every((effect) => {
    if (effect.kind === 'opaque') return false;
    if (effect.kind === 'store') return [...effect.targets].every((root) => root === 'own' || root === 'fresh');
    return isKnownCall(effect) && isLoggerCall(subject, effect);
  });
}

function isLoggerCall(subject: Subject, call: Call): boolean {
  const { facts } = call;
  if (facts.diagnostic || facts.isPure) return true;
  if (facts.format !== undefined && !isSafeFormat(subject, call, facts.format)) return false;
  if (facts.output !== undefined) return isLogOutput(subject, call);
  if (facts.releases?.kind === 'lock') return onlyOwn(call.given[facts.releases.argument]);
  if (facts.releases) return onlyFresh(call.given[facts.releases.argument]);
  if (facts.acquires?.some((one) => one.kind === 'lock')) return onlyOwn(call.given[0]);
  const written = writtenByCall(call) ?? new Set<Root>(['world']);
  const staysInside = [...written].every((root) => root === 'own' || root === 'fresh' || root.startsWith('local:'));
  const getsMemory = facts.acquires?.every((one) => one.kind === 'memory') === true;
  return staysInside && (facts.isLocal === true || getsMemory);
}

/**
 * What else may a logger look at? Numbers and streams. Through a pointer or a struct of the file it may reach what its
 * user is about to release or write.
 */
function namesOnlyPlainObjects(subject: Subject): boolean {
  let isPlain = true;
  walk(subject.tree.body, (node) => {
    if (node.kind === 'call_expression' && isLockCall(subject, node)) return false;
    if (node.kind !== 'identifier' || node.field === 'function') return true;
    const storage = storageOf(subject, node);
    if (storage.kind === 'parameter' || storage.kind === 'local') return true;
    isPlain &&= subject.bindings.of(node) !== undefined || isPlainName(subject, storage.name);
    return true;
  });
  return isPlain;
}

const PLAIN_NAMES = /^(std(?:in|out|err)|STD(?:IN|OUT|ERR)_FILENO|NULL|errno|__\w+__|true|false)$/;

function isPlainName(subject: Subject, name: string): boolean {
  if (isPlainLeaf(subject, name)) return true;
  // Free names are those of all macros inside too.
  const inside = subject.lookup(name).macro?.freeNames;
  return inside?.every((free) => isPlainLeaf(subject, free) || subject.lookup(free).macro !== undefined) === true;
}

function isPlainLeaf(subject: Subject, name: string): boolean {
  if (PLAIN_NAMES.test(name) || subject.plainObjects.has(name) || subject.isConstant(name)) return true;
  return subject.lookup(name).kind === 'function';
}

function isLockCall(subject: Subject, call: SyntaxNode): boolean {
  const facts = factsOfCall(subject, call);
  return facts.releases?.kind === 'lock' || facts.acquires?.some((one) => one.kind === 'lock') === true;
}

/** To the log, to a standard stream, or to a stream of the logger's own. */
function isLogOutput(subject: Subject, { node, facts, given }: Call): boolean {
  const texts = argumentsOf(node).map((argument) => textOf(subject.tree, argument));
  if (writesToLog(facts, texts)) return true;
  return typeof facts.output === 'object' && onlyOwn(given[facts.output.stream]);
}

/** A literal without `%n`, or the format that this function was given itself: then its callers are asked. */
function isSafeFormat(subject: Subject, call: Call, format: number): boolean {
  if (parameterFormat(subject, call, format) !== undefined) return true;
  const through = call.facts.writesThrough ?? [];
  return call.facts.formatList === undefined && !through.some((argument) => argument > format);
}

function parameterFormat(subject: Subject, call: Call, format: number): number | undefined {
  const argument = argumentsOf(call.node)[format];
  const node = argument && stripParentheses(argument);
  const storage = node?.kind === 'identifier' ? storageOf(subject, node) : undefined;
  return storage?.kind === 'parameter' ? storage.index : undefined;
}

/**
 * A logger without a format of its own is a diagnostic. One that hands on the format it is given is a diagnostic
 * where a call of it has a literal format: `refineCall` sees that.
 */
function logging(subject: Subject, effects: readonly Effect[], readsErrno: boolean | undefined): Partial<NameFacts> {
  const handedOn = calls(effects).flatMap((call) => {
    const format = call.facts.format;
    const parameter = format === undefined ? undefined : parameterFormat(subject, call, format);
    return parameter === undefined ? [] : [parameter];
  });
  const [format] = handedOn;
  if (format === undefined) return { diagnostic: { readsErrno: readsErrno !== false } };
  // Two formats: a literal one would show only half.
  return new Set(handedOn).size === 1 ? { output: 'log', format } : {};
}

function onlyOwn(roots: Roots | undefined): boolean {
  return roots !== undefined && roots.size > 0 && [...roots].every((root) => root === 'own');
}

function onlyFresh(roots: Roots | undefined): boolean {
  return roots !== undefined && roots.size > 0 && [...roots].every((root) => root === 'fresh');
}

/** Neither this effect nor what it calls gives anything back. A preset says of each function what it releases. */
function isNoRelease(effect: Effect): boolean {
  if (effect.kind !== 'call') return effect.kind === 'store';
  const { facts } = effect;
  if (!isKnownCall(effect) || facts.releases !== undefined || facts.consumes !== undefined) return false;
  if (facts.isPure || facts.isLocal || facts.diagnostic || facts.releasesNothing) return true;
  return /^preset [^;]*$/.test(facts.from);
}

function keepsErrno(subject: Subject, effects: readonly Effect[]): boolean {
  if (mentionsErrno(subject)) return false;
  return effects.every((effect) => effect.kind === 'store' || (effect.kind === 'call' && callKeepsErrno(effect)));
}

export function callKeepsErrno({ facts }: Call): boolean {
  return facts.keepsErrno === true && facts.macro?.hasJump !== true;
}

/** Does it read errno? undefined: not known, or only where a format says `%m`. */
function errnoReading(subject: Subject, effects: readonly Effect[]): boolean | undefined {
  if (mentionsErrno(subject)) return true;
  if (effects.some((effect) => effect.kind === 'call' && effect.facts.readsErrno === true)) return true;
  const isClean = effects.every(
    (effect) => effect.kind === 'store' || (effect.kind === 'call' && ignoresErrno(effect)),
  );
  return isClean ? false : undefined;
}

function ignoresErrno({ facts }: Call): boolean {
  return facts.readsErrno === false || facts.isPure === true;
}

/** Is errno named here? Object-like macros that hide it are seen through their own facts only when they are called. */
export function mentionsErrno(subject: Subject): boolean {
  let found = false;
  walk(subject.tree.body, (node) => {
    if (node.kind === 'identifier' && subject.tree.source.slice(node.start, node.end) === 'errno') found = true;
    else if (node.kind === 'identifier' && hidesErrno(subject, node)) found = true;
  });
  return found;
}

function hidesErrno(subject: Subject, node: SyntaxNode): boolean {
  if (node.field === 'function' || subject.bindings.of(node)) return false;
  const facts = subject.lookup(subject.tree.source.slice(node.start, node.end));
  return facts.macro?.freeNames.includes('errno') === true;
}

/** No loop, no goto, and only callees that are known to return. */
function alwaysReturns(subject: Subject, effects: readonly Effect[]): boolean {
  let hasLoop = false;
  walk(subject.tree.body, (node) => {
    if (/^(for|while|goto|labeled)_statement$/.test(node.kind)) hasLoop = true;
    if (node.kind === 'do_statement' && !isOnce(subject, node)) hasLoop = true;
  });
  if (hasLoop) return false;
  return effects.every(
    (effect) => effect.kind === 'store' || (effect.kind === 'call' && effect.facts.neverReturns === false),
  );
}

/** `do { ... } while (0)` runs once. */
export function isOnce(subject: Subject, node: SyntaxNode): boolean {
  const condition = node.children.find((child) => child.field === 'condition');
  return (
    condition !== undefined && /^\(\s*(0|false)\s*\)$/.test(subject.tree.source.slice(condition.start, condition.end))
  );
}

/** The one parameter that every returned value points to or into, if there is one. */
function returned(subject: Subject, roots: RootTable): Partial<NameFacts> {
  const found = new Set<Root>();
  walk(subject.tree.body, (node) => {
    if (node.kind !== 'return_statement') return;
    const value = node.children.find((child) => child.isNamed && child.kind !== 'comment');
    if (value) for (const root of roots.of(value)) found.add(root);
  });
  const [only] = found;
  if (found.size !== 1 || !only?.startsWith('parameter:')) return {};
  const index = Number(only.slice('parameter:'.length));
  return isPointerLike(subject, index) ? { returnsArgument: index } : {};
}
