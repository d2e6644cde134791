/**
 * Runs one version in one world, from entry to exit, and writes down what it does. What C leaves undefined ends the run;
 * so does everything of which it can't be said for certain what happens.
 */
import type { Signature } from '../resources/signature.ts';
import type { NameFacts } from '../resources/knowledge.ts';
import type { Declaration } from '../syntax/bindings.ts';
import type { SyntaxNode } from '../syntax/tree.ts';
import { OUTSIDE, onlyNumber, rootOfAddress, truthOf } from './concrete.ts';
import type { Candidate } from './concrete.ts';
import { isDiagnostic, isMemoryRelease, releasedTerm } from './event.ts';
import type { Happened } from './event.ts';
import { mayBeArray, objectTerm } from './lower.ts';
import { baseOf, origin } from './memory.ts';
import type { Op, Program } from './program.ts';
import { Gone, RunMemory } from './run-memory.ts';
import type { Term } from './terms.ts';
import { Unclear } from './world.ts';
import type { World } from './world.ts';

/** Something that others see. */
export interface Effect extends Happened {
  /** C does not order it against another effect of the same expression. */
  readonly isUnordered: boolean;
  readonly signature: Signature | undefined;
  /** The moment in the run's memory at which it happened. */
  readonly moment: number;
}

export interface Decision {
  readonly node: SyntaxNode;
  readonly condition: Term;
  readonly taken: boolean;
  /** It might have come out otherwise, after all that was decided before it. */
  readonly isOpen: boolean;
}

/** Decisions and effects in the order in which they came. */
export type Step =
  { readonly kind: 'decision'; readonly decision: Decision } | { readonly kind: 'effect'; readonly effect: Effect };

export interface Run {
  readonly program: Program;
  readonly steps: readonly Step[];
  readonly effects: readonly Effect[];
  readonly memory: RunMemory;
  readonly end:
    | { readonly kind: 'returned'; readonly node: SyntaxNode; readonly value: Term | undefined }
    /** A sentence about what C does not define. */
    | { readonly kind: 'undefined'; readonly node: SyntaxNode; readonly reason: string };
}

export interface Conditions {
  readonly signature: (name: string) => Signature | undefined;
  /** Is the condition at this place of the text likely to hold? */
  readonly isLikely: (node: SyntaxNode) => boolean | undefined;
  /** The run of the other version, whose callees have answered already. */
  readonly other: Run | undefined;
}

/** Operations after which a run is given up. */
const MOST_STEPS = 2000;

/** Runs a program; undefined where it can't be said what happens. */
export function execute(program: Program, world: World, conditions: Conditions): Run | undefined {
  return new Execution(program, world, conditions).run();
}

/** What C does not define has happened. */
class UndefinedBehaviour extends Error {}

class Execution {
  readonly #program: Program;
  readonly #world: World;
  readonly #conditions: Conditions;
  readonly #memory: RunMemory;
  readonly #locals = new Map<number, Term>();
  readonly #steps: Step[] = [];
  readonly #effects: Effect[] = [];
  /** Calls of the other run that this one has made too. */
  readonly #met = new Set<Effect>();
  #stack: Term[] = [];
  #at = 0;

  constructor(program: Program, world: World, conditions: Conditions) {
    this.#program = program;
    this.#world = world;
    this.#conditions = conditions;
    const { terms } = world.setting;
    const parameters = program.parameters.map((one, index) => ({
      one,
      value: terms.named('parameter', `${index}:${one.type}`),
    }));
    this.#memory = new RunMemory(world, new Map(parameters.map(({ one, value }) => [objectTerm(terms, one), value])));
    for (const { one, value } of parameters) if (program.isPrivate(one)) this.#locals.set(one.id, value);
  }

  run(): Run | undefined {
    try {
      for (let count = 0; count < MOST_STEPS; count++) {
        this.#world.tick();
        const end = this.#step();
        if (end) return this.#ended(end);
      }
      return undefined;
    } catch (error) {
      if (error instanceof Unclear) return undefined;
      const reason = this.#reasonOf(error);
      if (reason === undefined) throw error;
      return this.#ended({ kind: 'undefined', node: this.#node(), reason });
    }
  }

  #reasonOf(error: unknown): string | undefined {
    if (error instanceof Gone) return 'uses what it has released';
    return error instanceof UndefinedBehaviour ? error.message : undefined;
  }

  #ended(end: Run['end']): Run {
    return { program: this.#program, steps: this.#steps, effects: this.#effects, memory: this.#memory, end };
  }

  #node(): SyntaxNode {
    const node = this.#program.nodes[this.#at];
    if (!node) throw new RangeError('an operation has no place');
    return node;
  }

  #pop(): Term {
    const term = this.#stack.pop();
    if (term === undefined) throw new RangeError('the operand stack is empty');
    return term;
  }

  #step(): Run['end'] | undefined {
    const { terms } = this.#world.setting;
    const op = this.#program.ops[this.#at];
    if (!op) throw new RangeError('the program ran off its end');
    switch (op.op) {
      case 'push':
        this.#stack.push(op.term);
        break;
      case 'get':
        this.#stack.push(this.#get(op.declaration));
        break;
      case 'set': {
        const { type, id } = op.declaration;
        const bare = type.endsWith('*') ? type : type.replace(/^const /, '');
        const value = this.#settled(terms.convert(bare, this.#pop()));
        this.#locals.set(id, value);
        this.#stack.push(value);
        break;
      }
      case 'undefine':
        this.#lose(op.declaration);
        break;
      case 'load':
        this.#load(op);
        break;
      case 'store':
        this.#store(op);
        break;
      case 'apply':
        this.#apply(op);
        break;
      case 'convert':
        this.#stack.push(terms.convert(op.type, this.#pop()));
        break;
      case 'call':
        this.#call(op);
        break;
      case 'text':
        this.#text(op);
        break;
      case 'drop':
        this.#pop();
        break;
      case 'copy': {
        const value = this.#pop();
        this.#stack.push(value, value);
        break;
      }
      case 'swap': {
        const upper = this.#pop();
        const lower = this.#pop();
        this.#stack.push(upper, lower);
        break;
      }
      case 'jump':
        this.#at = op.to;
        return undefined;
      case 'unless':
        this.#at = this.#decide(this.#pop()) ? this.#at + 1 : op.to;
        return undefined;
      case 'case':
        return this.#case(op);
      case 'leave':
        for (const one of op.declarations) if (!one.isStatic && !one.isExtern) this.#lose(one);
        break;
      case 'join':
      case 'header':
        break;
      case 'exit':
        return { kind: 'returned', node: this.#node(), value: op.hasValue ? this.#use(this.#pop()) : undefined };
      default:
        throw new Unclear();
    }
    this.#at++;
    return undefined;
  }

  /** A number that is known by now is kept as one: a counter does not grow with its rounds. */
  #settled(value: Term): Term {
    const { terms } = this.#world.setting;
    const number = terms.typeOf(value) === 'int' ? this.#world.numberOf(value) : undefined;
    return number === undefined ? value : terms.integer(number);
  }

  #get(declaration: Declaration): Term {
    const known = this.#locals.get(declaration.id);
    if (known !== undefined) return known;
    // An array behind a type name: what it holds is in memory.
    if (mayBeArray(declaration))
      return this.#world.setting.terms.apply('array', [objectTerm(this.#world.setting.terms, declaration)]);
    return this.#world.setting.terms.named('undefined', `${declaration.name}:${declaration.type}`);
  }

  #lose(declaration: Declaration): void {
    if (this.#program.isPrivate(declaration)) this.#locals.delete(declaration.id);
    if (!this.#program.isPrivate(declaration) || mayBeArray(declaration))
      this.#memory.lose(objectTerm(this.#world.setting.terms, declaration));
  }

  /** The value is looked at: it must have been assigned. */
  #use(term: Term): Term {
    const value = this.#world.valueOf(term);
    if (value.kind !== 'indeterminate') return term;
    const { op, text } = this.#world.setting.terms.node(value.term);
    const name = op === 'undefined' ? text.replace(/:.*$/s, '') : '';
    throw new UndefinedBehaviour(
      /^\w+$/.test(name) ? `reads \`${name}\`, which was never assigned` : 'reads what was never assigned',
    );
  }

  /** The address as it is in this world; undefined where it is not known. */
  #address(term: Term): Term | undefined {
    this.#use(term);
    if (this.#world.isNull(term)) throw new UndefinedBehaviour('follows a null pointer');
    const value = this.#world.valueOf(term);
    if (value.kind === 'text') throw new Unclear();
    return value.kind === 'object' ? value.address : undefined;
  }

  #load({ isVolatile, mayDecay }: Extract<Op, { op: 'load' }>): void {
    if (isVolatile) throw new Unclear();
    const address = this.#address(this.#pop());
    // Any call may have set errno.
    const isKnown = address !== undefined && !isErrno(this.#world, address);
    const value = isKnown ? this.#memory.load(address) : this.#world.unknown();
    // An array is its address, which is never null.
    if (mayDecay === true) this.#world.bar(value);
    this.#stack.push(value);
  }

  #store(op: Extract<Op, { op: 'store' }>): void {
    if (op.isVolatile) throw new Unclear();
    const { terms } = this.#world.setting;
    const value = this.#pop();
    const address = this.#address(this.#pop());
    const stored = address === undefined ? value : terms.stored(address, value);
    this.#memory.store(address, stored);
    this.#stack.push(stored);
    if (!op.isInitial && address !== undefined) this.#record(this.#storeEffect(address, stored));
  }

  #storeEffect(address: Term, value: Term): Effect {
    return {
      ...NOTHING,
      kind: 'store',
      key: 'store',
      args: [address, value],
      node: this.#node(),
      result: value,
      epoch: value,
      moment: this.#memory.now,
    };
  }

  #apply(op: Extract<Op, { op: 'apply' }>): void {
    const args = this.#stack.splice(this.#stack.length - op.arity, op.arity);
    const divisor = op.name === '/' || op.name === '%' ? args[1] : undefined;
    if (divisor !== undefined && !onlyNumber(this.#world.valueOf(divisor))) throw new Unclear();
    this.#stack.push(this.#world.setting.terms.apply(op.name, args, op.text));
  }

  // ---- decisions

  #decide(condition: Term): boolean {
    this.#use(condition);
    const node = this.#node();
    const decided = this.#world.decide(condition, this.#conditions.isLikely(node) ?? false);
    this.#steps.push({ kind: 'decision', decision: { node, condition, ...decided } });
    return decided.taken;
  }

  #case(op: Extract<Op, { op: 'case' }>): undefined {
    const value = this.#use(this.#stack.at(-1) ?? this.#pop());
    if (op.label === undefined) throw new Unclear();
    const condition = this.#world.setting.terms.apply('==', [value, op.label]);
    if (!this.#decide(condition)) {
      this.#at++;
      return undefined;
    }
    this.#pop();
    this.#at = op.to;
    return undefined;
  }

  // ---- effects

  #record(effect: Effect): void {
    this.#effects.push(effect);
    this.#steps.push({ kind: 'effect', effect });
  }

  /** A macro, or a name that may be one: only what is known to write no more than a line of text. */
  #text(op: Extract<Op, { op: 'text' }>): void {
    const { call, facts } = op;
    if (!facts?.diagnostic || call.mayJump || call.mayName || call.writes.length > 0 || call.site !== undefined)
      throw new Unclear();
    const { terms } = this.#world.setting;
    const args = call.mentions.map((one) => (this.#program.isPrivate(one) ? this.#get(one) : objectTerm(terms, one)));
    for (const arg of args) this.#use(arg);
    const name = call.text.split(' ', 1)[0];
    const names = call.mentions.map((one) => `${one.name}:${one.type}`).join(',');
    const result = this.#world.unknown();
    const what = { name, facts, args, result, epoch: result, node: this.#node(), moment: this.#memory.now };
    this.#record({ ...NOTHING, ...what, kind: 'text', key: `${call.text} ${names} ${call.globals.join(',')}` });
    this.#stack.push(result);
  }

  #call(op: Extract<Op, { op: 'call' }>): void {
    const args = this.#stack.splice(this.#stack.length - op.arity, op.arity).map((arg) => this.#use(arg));
    const { name, facts } = op;
    const signature = name === undefined ? undefined : this.#conditions.signature(name);
    if (facts.neverReturns === true || facts.mayNeverReturn === true) throw new Unclear();
    if (facts.neverReturns !== false && signature?.mayEnd) throw new Unclear();
    const call = {
      ...NOTHING,
      kind: 'call' as const,
      key: name ?? '(pointer)',
      name,
      args,
      facts,
      signature,
      node: this.#node(),
    };
    this.#checkArguments(call);
    if (facts.isPure && args.some((arg) => this.#isTouched(arg))) {
      this.#stack.push(this.#world.unknown());
      return;
    }
    const isUnordered = op.tag !== '';
    const { effect, isNew } = this.#answered({ ...call, isUnordered, moment: this.#memory.now });
    this.#record(effect);
    this.#changeMemory(effect, isNew);
    for (const [index, declaration] of op.writes.entries())
      if (declaration && facts.writesThrough?.includes(index) !== false) throw new Unclear();
    this.#stack.push(effect.result);
  }

  /** What is released may not be handed on; null is for those who take it. */
  #checkArguments({ name, args, facts }: Pick<Effect, 'name' | 'args' | 'facts'>): void {
    const isPreset = facts?.from.startsWith('preset') === true;
    for (const [index, arg] of args.entries()) {
      const isReleased = this.#memory.isReleased(rootOfAddress(this.#world.setting.terms, arg));
      if (isReleased && this.#world.makeNonzero(arg)) {
        if (facts?.diagnostic) throw new Unclear();
        throw new UndefinedBehaviour(
          facts?.releases?.argument === index
            ? 'releases twice what it holds'
            : `hands what it has released to \`${name}\``,
        );
      }
      const value = this.#world.valueOf(arg);
      if (!isPreset || !this.#isPointer(arg, value.kind) || truthOf(value) !== false) continue;
      if (facts?.releases?.argument === index && facts.releases.acceptsSentinel) continue;
      // What the library says of null is only known of releases.
      if (facts?.releases?.argument !== index) throw new Unclear();
      throw new UndefinedBehaviour(`calls \`${name}\` with a null pointer`);
    }
    const handle = facts?.releases && args[facts.releases.argument];
    if (
      handle !== undefined &&
      isPreset &&
      facts?.releases?.acceptsSentinel === false &&
      facts.releases.sentinel === 'null'
    )
      this.#world.isNull(handle);
  }

  #isPointer(arg: Term, kind: string): boolean {
    const { terms } = this.#world.setting;
    if (kind === 'object' || terms.node(arg).op === 'null') return true;
    return kind === 'numbers' && (terms.typeOf(arg)?.endsWith('*') === true || this.#world.isPointer(arg));
  }

  /** The call with its answer: that of the other run's call, where it is the same one. */
  #answered(call: Omit<Effect, 'result' | 'epoch'>): { readonly effect: Effect; readonly isNew: boolean } {
    const earlier = this.#earlierCall(call);
    if (earlier) {
      this.#met.add(earlier);
      this.#world.share(earlier.result);
      return { effect: { ...call, result: earlier.result, epoch: earlier.epoch }, isNew: false };
    }
    const result = this.#newAnswer(call);
    return { effect: { ...call, result, epoch: result }, isNew: true };
  }

  #earlierCall(call: Omit<Effect, 'result' | 'epoch'>): Effect | undefined {
    // It answers nothing and leaves nothing behind.
    if (call.facts?.releases?.isMemoryRelease) return undefined;
    const isSameName = (effect: Effect): boolean => effect.kind === 'call' && effect.key === call.key;
    const own = call.facts?.isPure === true ? this.#effects : [];
    const others = (this.#conditions.other?.effects ?? []).filter((effect) => !this.#met.has(effect));
    for (const effect of [...own, ...others].filter(isSameName)) {
      const comparisons = effect.args.map((arg, index) => this.#compare(arg, call.args[index]));
      if (effect.args.length === call.args.length && comparisons.every((one) => one === 'same')) return effect;
      // calloc(1, n) is calloc(n, 1).
      const isStorage = call.facts?.acquires?.some(({ kind }) => kind === 'memory') === true;
      if (isStorage && comparisons.filter((one) => one !== 'same').length > 1) throw new Unclear();
      if (comparisons.includes('different')) continue;
      const isOther = effect.args.some((arg, index) => {
        const other = call.args[index];
        return other !== undefined && this.#world.makeDifferent(arg, other);
      });
      if (!isOther) throw new Unclear();
    }
    return undefined;
  }

  #compare(one: Term, other: Term | undefined): string {
    return other === undefined ? 'different' : this.#world.compare(one, other);
  }

  #newAnswer(call: Omit<Effect, 'result' | 'epoch'>): Term {
    const { facts, signature } = call;
    const name = call.name ?? 'a function pointer';
    const type = signature?.returns;
    const acquired = facts?.acquires?.find((one) => one.handle === 'result');
    if (acquired?.sentinel === '-1' && acquired.kind === 'descriptor' && !signature?.isSeen)
      return this.#world.descriptor(name, acquired.failure !== 'never');
    const candidates = this.#candidates(call);
    return this.#world.answer(name, candidates ?? this.#world.candidatesOfType(type), type);
  }

  /** What may come back; undefined: anything of the type. */
  #candidates({
    facts,
    signature,
    args,
  }: Pick<Effect, 'facts' | 'signature' | 'args'>): readonly Candidate[] | undefined {
    const isPreset = facts?.from.startsWith('preset') === true;
    const acquired = facts?.acquires?.find((one) => one.handle === 'result');
    if (acquired?.sentinel === 'null' && facts?.returnsArgument === undefined) {
      const isCertain = acquired.failure === 'never' || signature?.isSeen === true;
      return isCertain ? ['object'] : ['object', 0];
    }
    if (acquired || signature?.isSeen) return [];
    if (!isPreset) return undefined;
    if (facts?.isPure) return this.#isFreeQuestion(args) ? [0, 'nonzero'] : [];
    return facts?.releases && !facts.diagnostic ? [0, 'nonzero'] : [];
  }

  /** Asked about what nothing else was asked about, and what is not known: `strcmp(name, "x")` of a parameter. */
  #isFreeQuestion(args: readonly Term[]): boolean {
    const basesOf = (list: readonly Term[]): Term[] =>
      list.flatMap((arg) => {
        const address = this.#world.addressIn(arg);
        return address === undefined ? [] : [baseOf(this.#world.setting.terms, address)];
      });
    const { terms } = this.#world.setting;
    const asked = [...this.#effects, ...(this.#conditions.other?.effects ?? [])].filter((one) => one.facts?.isPure);
    const bases = basesOf(args.filter((arg) => !this.#world.isNull(arg)));
    if (bases.length !== 1 || bases.some((base) => !/^(parameter|content|answer)$/.test(terms.node(base).op)))
      return false;
    if (bases.some((base) => this.#memory.isAllocated(base))) return false;
    return !asked.some((one) => basesOf(one.args).some((base) => bases.includes(base)));
  }

  /** Does the run itself, or a callee by its definition, change what the value points to? */
  #isTouched(arg: Term): boolean {
    const address = this.#world.addressIn(arg);
    return address !== undefined && this.#memory.isTouched(baseOf(this.#world.setting.terms, address));
  }

  /** What the callee may have done to what it was given, and what it has released or made. */
  #changeMemory(effect: Effect, isNew: boolean): void {
    const { terms } = this.#world.setting;
    const { facts, args, signature } = effect;
    const acquired = facts?.acquires?.find((one) => one.handle === 'result');
    if (acquired?.kind === 'memory' && acquired.sentinel === 'null')
      this.#memory.allocate(effect.result, acquired.zeroes);
    if (acquired?.kind === 'memory' && facts?.from.startsWith('preset')) this.#world.storage(effect.result, args);
    if (!isNew && acquired === undefined && facts?.isPure) return;
    const released = releasedTerm(effect);
    const object = released === undefined ? undefined : origin(terms, released);
    const isStream = facts?.releases?.kind === 'handle' && facts.from.startsWith('preset');
    const op = object === undefined ? '' : terms.node(object).op;
    // The address of a variable, or of a member, is not what is released but where it stands.
    if (object !== undefined && (isMemoryRelease(effect) ? OUTSIDE.has(op) : isStream && op === 'answer'))
      this.#memory.release(object);
    // Of a consumed object nobody knows how long it lives.
    if (facts?.consumes && facts.consumes.length > 0) throw new Unclear();
    if (isMemoryRelease(effect) || isDiagnostic(effect) || facts?.isPure) return;
    const isOpaque = signature?.isSeen !== true && facts?.from.startsWith('preset') !== true;
    if (signature?.isSeen && !facts?.writesThrough) return this.#memory.give(effect.result, undefined, false);
    const places = new Map<number, Term>();
    for (const [index, arg] of args.entries()) {
      const address = this.#world.addressIn(arg);
      const isWritten = facts?.writesThrough?.includes(index) ?? this.#mayWrite(effect, index);
      if (isWritten && address !== undefined) places.set(index, address);
    }
    const acquiresElsewhere = facts?.acquires?.some((one) => one.handle !== 'result') === true;
    this.#memory.give(effect.result, places, isOpaque && !acquiresElsewhere);
  }

  /** A parameter that is declared as a pointer to const objects is not written through. */
  #mayWrite({ signature }: Effect, index: number): boolean {
    return !/^const\b/.test(signature?.parameters?.[index] ?? '');
  }
}

function isErrno(world: World, address: Term): boolean {
  const { op, text } = world.setting.terms.node(address);
  return op === 'global' && text === 'errno';
}

/** An effect as far as its kind says more than: no name, no facts, no locals changed, no jump. */
const NOTHING = {
  name: undefined,
  facts: undefined as NameFacts | undefined,
  writes: [],
  outputs: [],
  mayJump: false,
  onlyReturns: false,
  mayName: false,
  sizedAs: undefined,
  isUnordered: false,
  signature: undefined as Signature | undefined,
} satisfies Partial<Effect>;
