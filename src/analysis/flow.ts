/**
 * Property simulation (Das, Lerner, Seigle: ESP, PLDI 2002): paths that agree on the resources are joined where they
 * meet, so that the number of states grows with the function and not with its paths.
 */
import type { BasicBlock } from '../cfg/graph.ts';
import { fieldOf, walk } from '../syntax/tree.ts';
import type { Declaration } from '../syntax/bindings.ts';
import type { SyntaxNode } from '../syntax/tree.ts';
import { gatherStates } from './gather.ts';
import { isWithin } from './loops.ts';
import type { Element, Loop } from './loops.ts';
import { assumeCondition, evaluate, store } from './evaluate.ts';
import { loseNamed } from './lose.ts';
import { placeOf } from './places.ts';
import { liveLocals } from './liveness.ts';
import { ownBases } from './memory.ts';
import { noteReturn } from './misuse.ts';
import { countDifferences, forgetDead, joinInto } from './merge.ts';
import type { Outcome } from './outcome.ts';
import { outcomeOf } from './outcome.ts';
import type { Run } from './run.ts';
import { State } from './state.ts';
import { PARAMETER } from './state.ts';
import type { Site } from './state.ts';

/** Paths with the same resources that are kept apart where no loop goes round, so that a join forgets less. */
const MOST_VARIANTS = 4;
/** Resource states at one place; what comes on top is joined whatever it says. */
const MOST_STATES = 64;

/** Rounds of one loop. Three are the rule. */
const MOST_ROUNDS = 40;

interface Edge {
  readonly to: number;
  readonly state: State;
}

/** A loop under evaluation. */
interface Round {
  readonly loop: Loop;
  /** What left the loop in this round: let out when no round adds anything more. */
  out: Edge[];
  hasGrown: boolean;
}

class BudgetExceeded extends Error {}

export class Flow {
  readonly outcomes: Outcome[] = [];
  /** Evaluations of one block in one state: the cost, which no clock measures. */
  steps = 0;
  readonly #run: Run;
  readonly #budget: number;
  readonly #live: readonly ReadonlySet<number>[];
  readonly #always: ReadonlySet<number>;
  /** For each block its states, by what they say of the resources. */
  readonly #entries: Map<string, State[]>[];
  /** What came to the middle of a loop from outside it: only a goto does that. */
  readonly #intruders: Edge[] = [];
  readonly #rounds: Round[] = [];
  readonly #counted = new Map<number, ReadonlySet<Declaration>>();

  constructor(run: Run, budget: number) {
    this.#run = run;
    this.#budget = budget;
    this.#live = liveLocals(run.graph, run.bindings);
    this.#always = new Set(run.bindings.declarations.filter(isMemory).map((declaration) => declaration.id));
    this.#entries = run.graph.blocks.map(() => new Map());
  }

  /**
   * Runs to the fixed point.
   * @returns false if that takes more steps than allowed
   */
  complete(): boolean {
    try {
      this.#arrive({ to: this.#run.graph.entry, state: this.#start() });
      this.#solve(this.#run.order);
      // Last, because a round of a loop that is not its last does not count.
      for (const { state, at, text } of this.#run.noReturns)
        this.outcomes.push(outcomeOf(this.#run, state, { kind: 'no-return', at, value: undefined, text }));
      return true;
    } catch (error) {
      if (error instanceof BudgetExceeded) return false;
      throw error;
    }
  }

  #start(): State {
    const state = new State();
    for (const declaration of this.#run.bindings.declarations) {
      if (!declaration.isParameter || declaration.isVolatile) continue;
      const place = placeOf(declaration);
      const atom = this.#run.atoms.parameter(declaration.id, declaration.name);
      state.cells.set(place.base, { place, value: [atom] });
      if (this.#run.insight?.followsParameters === true && isHandle(declaration))
        follow(this.#run, state, declaration, atom);
    }
    return state;
  }

  #solve(elements: readonly Element[]): void {
    for (const element of elements) {
      if (typeof element === 'number') this.#evaluateAll(element);
      else this.#solveLoop(element);
    }
  }

  /** Rounds until the head learns nothing new. What a round found in the body is forgotten before the next. */
  #solveLoop(loop: Loop): void {
    const round: Round = { loop, out: [], hasGrown: true };
    const { noReturns, faults } = this.#run;
    const [calls, wrongs] = [noReturns.length, faults.length];
    this.#rounds.push(round);
    for (let count = 0; round.hasGrown; count++) {
      if (count > MOST_ROUNDS) throw new BudgetExceeded();
      round.hasGrown = false;
      round.out = [];
      noReturns.length = calls;
      faults.length = wrongs;
      for (const block of loop.blocks) if (block !== loop.head) this.#entries[block]?.clear();
      for (const { to, state } of this.#intruders) if (loop.blocks.has(to)) this.#arrive({ to, state: state.fork() });
      this.#evaluateAll(loop.head);
      this.#solve(loop.body);
    }
    this.#rounds.pop();
    for (const block of loop.blocks) this.#entries[block]?.clear();
    for (const edge of round.out) this.#follow(edge);
  }

  #evaluateAll(block: number): void {
    const states = [...(this.#entries[block]?.values() ?? [])].flat();
    if (this.#rounds.length === 0) this.#entries[block]?.clear();
    for (const state of states) {
      if (++this.steps > this.#budget) throw new BudgetExceeded();
      for (const edge of this.#evaluateBlock(block, state.fork())) this.#follow(edge);
    }
  }

  /** To a block of the loop under evaluation; what leaves it waits until it is done. */
  #follow(edge: Edge): void {
    const round = this.#rounds.at(-1);
    if (round && !round.loop.blocks.has(edge.to)) round.out.push(edge);
    else if (round && round.loop.head === edge.to && round.loop.leavesTo !== undefined)
      round.out.push({ to: round.loop.leavesTo, state: edge.state });
    else if (round && round.loop.head === edge.to) {
      this.#endRound(edge.state, round.loop);
      if (this.#arrive(edge)) round.hasGrown = true;
    } else {
      const loop = this.#run.loopOf(edge.to);
      if (loop && loop.head === edge.to && loop.leavesTo === undefined) this.#enter(edge.state, loop);
      if (this.#isIntruder(edge.to, round?.loop)) this.#intruders.push({ to: edge.to, state: edge.state.fork() });
      this.#arrive(edge);
    }
  }

  /** A counter has no value of its own before the first round: `i` of `for (i = 0; ...; i++)` is any round's `i`. */
  #enter(state: State, loop: Loop): void {
    for (const declaration of this.#counters(loop)) {
      const place = placeOf(declaration);
      const cell = state.cells.get(place.base);
      const roots = cell?.value.flatMap((atom) => [...this.#run.atoms.basesOf(atom)]) ?? [];
      if (cell)
        state.cells.set(place.base, {
          place,
          value: [this.#run.atoms.ofLoop(loop.head, place, ownBases(state, roots))],
        });
    }
  }

  /** Locals that the loop counts up or down. */
  #counters(loop: Loop): ReadonlySet<Declaration> {
    const known = this.#counted.get(loop.id);
    if (known) return known;
    const counted = new Set<Declaration>();
    for (const block of loop.blocks) {
      for (const step of this.#run.graph.blocks[block]?.steps ?? []) {
        if (step.kind !== 'evaluate') continue;
        walk(step.node, (node) => {
          const target = node.kind === 'update_expression' ? fieldOf(node, 'argument') : undefined;
          const declaration = target?.kind === 'identifier' ? this.#run.bindings.of(target) : undefined;
          if (declaration) counted.add(declaration);
        });
      }
    }
    this.#counted.set(loop.id, counted);
    return counted;
  }

  #isIntruder(to: number, current: Loop | undefined): boolean {
    const inner = this.#run.loopOf(to);
    return inner !== current && inner !== undefined && inner.head !== to;
  }

  /** What one round of a loop acquired and gave away again is no business of the next. */
  #endRound(state: State, loop: Loop): void {
    for (const [id, site] of state.sites) {
      const declared = this.#run.sites[id];
      if (!declared || !isWithin(declared.loop, loop) || site.status === 'held' || site.status === 'unknown') continue;
      state.sites.delete(id);
      state.renew(this.#run.atoms, `n${declared.node.id}`);
    }
    for (const block of loop.blocks) state.renew(this.#run.atoms, `j${block}`);
    for (const [text, { block }] of state.tested) if (loop.blocks.has(block)) state.tested.delete(text);
  }

  /** Adds a state to a block. Returns whether the block knows of more paths than before. */
  #arrive({ to: block, state }: Edge): boolean {
    const live = this.#live[block];
    forgetDead(state, this.#run.atoms, (id) => live?.has(id) === true || this.#always.has(id));
    const entries = this.#entries[block];
    if (!entries) return false;
    const key = state.resourceKey();
    const variants = entries.get(key);
    if (variants) return this.#meet(block, variants, state);
    if (entries.size < MOST_STATES) {
      entries.set(key, [state]);
      return true;
    }
    // Too many resource states: what they disagree on is unknown.
    state.inexact ??= 'too many states of the resources';
    const rest = entries.get('*');
    if (rest) return this.#meet(block, rest, state);
    entries.set('*', [state]);
    return true;
  }

  #meet(block: number, variants: State[], state: State): boolean {
    const loop = this.#run.loopOf(block);
    const same = variants.find((one) => countDifferences(one, state) <= 1);
    if (loop === undefined && !same && variants.length < MOST_VARIANTS) {
      variants.push(state);
      return true;
    }
    const into = loop ? variants[0] : (same ?? variants.at(-1));
    return into !== undefined && joinInto(into, state, this.#run.atoms, { block, isLoopHead: loop?.head === block });
  }

  #evaluateBlock(id: number, state: State): Edge[] {
    const block = this.#run.graph.blocks[id];
    if (!block) return [];
    this.#run.block = id;
    this.#run.assumer.block = id;
    this.#run.loop = this.#run.repeatedLoopOf(id);
    let states = [state];
    for (const step of block.steps)
      states = gatherStates(
        this.#run,
        states.flatMap((one) => this.#step(step, one)),
      );
    return states.flatMap((one) => this.#leave(block, one));
  }

  #step(step: BasicBlock['steps'][number], state: State): State[] {
    switch (step.kind) {
      case 'evaluate':
        return evaluate(this.#run, step.node, state).map((one) => one.state);
      case 'declare':
        return declare(this.#run, step.declaration, state);
      case 'leave':
        for (const declaration of step.declarations) forget(state, placeOf(declaration).base);
        return [state];
      default:
        this.#lose(step.node.children[1] ?? step.node, state, 'the loop macro');
        return [state];
    }
  }

  #leave(block: BasicBlock, state: State): Edge[] {
    const { terminator } = block;
    switch (terminator.kind) {
      case 'jump':
        return [{ to: terminator.to, state }];
      case 'branch': {
        const { yes, no } = assumeCondition(this.#run, terminator.condition, state);
        return [
          ...yes.map((one) => this.#decided(one, terminator.condition, terminator.whenTrue, true)),
          ...no.map((one) => this.#decided(one, terminator.condition, terminator.whenFalse, false)),
        ];
      }
      case 'iterate': {
        this.#iterate(terminator.node, state);
        return [
          { to: terminator.whenTrue, state: state.fork() },
          { to: terminator.whenFalse, state },
        ];
      }
      case 'switch':
        return this.#switch(terminator, state);
      case 'exit':
        this.#exit(terminator.exit, state);
        return [];
      default:
        return [];
    }
  }

  #decided(state: State, condition: SyntaxNode, to: number, isTrue: boolean): Edge {
    state.note(condition, `\`${this.#run.text(condition)}\` is ${isTrue ? 'true' : 'false'}`);
    return { to, state };
  }

  /** The head of an iterator macro names its variables and may assign them. */
  #iterate(node: SyntaxNode, state: State): void {
    const head = fieldOf(node, 'condition') ?? node;
    const name = /^\w+/.exec(this.#run.tree.source.slice(node.start))?.[0] ?? '';
    this.#lose(head, state, `\`${name}\``);
    if (this.#run.knowledge.name(name).kind !== 'macro')
      state.inexact ??= `\`${name}\` is a loop macro of unknown kind`;
  }

  #lose(node: SyntaxNode, state: State, by: string): void {
    state.renew(this.#run.atoms, `c${node.id}`);
    loseNamed(this.#run, node, state, by);
  }

  #switch(terminator: Extract<BasicBlock['terminator'], { kind: 'switch' }>, state: State): Edge[] {
    const run = this.#run;
    const edges: Edge[] = [];
    for (const operand of evaluate(run, terminator.value, state)) {
      let rest: State | undefined = operand.state;
      for (const one of terminator.cases) {
        const label = fieldOf(one.node, 'value');
        if (!rest || !label) continue;
        const [wanted] = evaluate(run, label, rest.fork());
        const value = wanted?.value.length === 1 ? wanted.value : [run.atoms.named(run.text(label))];
        const { yes, no } = run.assumer.split(rest, '==', operand, { value, place: undefined });
        if (yes) {
          yes.note(label, `\`${run.text(terminator.value)}\` is \`${run.text(label)}\``);
          edges.push({ to: one.to, state: yes });
        }
        rest = no;
      }
      if (rest) edges.push({ to: terminator.otherwise, state: rest });
    }
    return edges;
  }

  #exit(exit: { readonly node: SyntaxNode; readonly value: SyntaxNode | undefined }, state: State): void {
    if (!exit.value) {
      const kind = exit.node.kind === 'return_statement' ? 'return' : 'end';
      this.outcomes.push(outcomeOf(this.#run, state, { kind, at: exit.node, value: undefined, text: '' }));
      return;
    }
    for (const one of evaluate(this.#run, exit.value, state)) {
      noteReturn(this.#run, one.state, one.value, exit.node);
      this.outcomes.push(
        outcomeOf(this.#run, one.state, {
          kind: 'return',
          at: exit.node,
          value: one,
          text: this.#run.text(exit.value),
        }),
      );
    }
  }
}

/** A pointer, or a number that may be a descriptor. */
function isHandle({ isPointer, type }: Declaration): boolean {
  return isPointer || type === 'int';
}

/** A parameter as a resource of its own: held until the function gives it away. */
function follow(run: Run, state: State, declaration: Declaration, atom: number): void {
  const { name, node } = declaration;
  const site = run.site(node, 0, () => ({
    call: name,
    acquirer: PARAMETER,
    handle: name,
    facts: declaration.isPointer ? GIVEN : { ...GIVEN, kind: 'descriptor', sentinel: '-1' },
  }));
  state.sites.set(site.id, {
    status: 'held',
    handle: atom,
    pending: undefined,
    isTestedOddly: false,
    out: undefined,
    isCertain: true,
    by: undefined,
    at: undefined,
    moving: undefined,
    isTouched: false,
    isUnsure: false,
    beliefs: [],
  });
}

const GIVEN: Site['facts'] = {
  kind: 'memory',
  handle: 'result',
  sentinel: 'null',
  afterFailure: 'sentinel',
  zeroes: false,
  releasers: [],
};

/** Not a plain scalar: its parts, or its address, may be in use where its name is not. */
function isMemory(declaration: Declaration): boolean {
  return (
    declaration.isArray ||
    declaration.isAddressed ||
    (!declaration.isPointer && /\b(struct|union)\b/.test(declaration.type))
  );
}

function forget(state: State, base: string): void {
  for (const [key, cell] of state.cells) if (cell.place.base === base) state.cells.delete(key);
  state.exposed.delete(base);
  state.zeroed.delete(base);
}

function declare(run: Run, declaration: Declaration, state: State): State[] {
  const place = placeOf(declaration);
  if (place.base.startsWith('g')) return [state];
  forget(state, place.base);
  const { initializer } = declaration;
  if (!initializer) {
    if (!isMemory(declaration))
      state.cells.set(place.base, { place, value: [run.atoms.uninitialised(declaration.id, declaration.name)] });
    return [state];
  }
  if (initializer.kind === 'initializer_list') return declareBraced(run, declaration, initializer, state);
  return evaluate(run, initializer, state).map((one) => {
    store(run, one.state, place, one, declaration.name, declaration.node);
    return one.state;
  });
}

/** `= {0}`: what the braces don't name is 0 (C11 6.7.9p21). */
function declareBraced(run: Run, declaration: Declaration, list: SyntaxNode, state: State): State[] {
  const place = placeOf(declaration);
  let states = [state];
  const mentions: { path: string; value: SyntaxNode }[] = [];
  let isPlain = true;
  for (const part of list.children) {
    if (!part.isNamed || part.kind === 'comment') continue;
    const designator = part.kind === 'initializer_pair' ? fieldOf(part, 'designator') : undefined;
    const value = part.kind === 'initializer_pair' ? fieldOf(part, 'value') : part;
    const isField = designator?.kind === 'field_designator';
    if (value && isField) mentions.push({ path: run.text(designator).replace(/\s/g, ''), value });
    else if (value && !(part.kind === 'number_literal' && run.text(part) === '0') && part.kind !== 'null')
      isPlain = false;
  }
  for (const { path, value } of isPlain ? mentions : []) {
    states = states.flatMap((one) =>
      evaluate(run, value, one).map((given) => {
        const part = { ...place, path, text: place.text + path };
        given.state.cells.set(part.base + path, { place: part, value: given.value });
        return given.state;
      }),
    );
  }
  if (!isPlain)
    states = states.flatMap((one) =>
      evaluate(run, list, one).map((given) => {
        given.state.cells.set(place.base, { place, value: given.value });
        return given.state;
      }),
    );
  else for (const one of states) one.zeroed.add(place.base);
  return states;
}
