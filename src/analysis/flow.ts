/**
 * Property simulation (Das, Lerner, Seigle: ESP, PLDI 2002): paths that agree on the resources are joined where they
 * meet, so that the number of states grows with the function and not with its paths.
 */
import type { BasicBlock } from '../cfg/graph.ts';
import { fieldOf } from '../syntax/tree.ts';
import type { Declaration } from '../syntax/bindings.ts';
import type { SyntaxNode } from '../syntax/tree.ts';
import { findCycles } from './cycles.ts';
import type { Cycles } from './cycles.ts';
import { assumeCondition, evaluate, store } from './evaluate.ts';
import { loseNamed } from './lose.ts';
import { placeOf } from './places.ts';
import { liveLocals } from './liveness.ts';
import { countDifferences, forgetDead, joinInto } from './merge.ts';
import type { Outcome } from './outcome.ts';
import { outcomeOf } from './outcome.ts';
import type { Run } from './run.ts';
import { State } from './state.ts';

/** Paths with the same resources that are kept apart outside loops, so that a join forgets less. */
const MOST_VARIANTS = 4;
/** Resource states at one place; what comes on top is joined whatever it says. */
const MOST_STATES = 96;

interface Entry {
  readonly state: State;
  isDirty: boolean;
}

interface Edge {
  readonly to: number;
  readonly state: State;
}

export class Flow {
  readonly outcomes: Outcome[] = [];
  /** Evaluations of one block in one state: the cost, which no clock measures. */
  steps = 0;
  readonly #run: Run;
  readonly #cycles: Cycles;
  readonly #live: readonly ReadonlySet<number>[];
  readonly #always: ReadonlySet<number>;
  readonly #entries: Map<string, Entry[]>[];
  readonly #pending = new Set<number>();

  constructor(run: Run) {
    this.#run = run;
    this.#cycles = findCycles(run.graph);
    this.#live = liveLocals(run.graph, run.bindings);
    this.#always = new Set(run.bindings.declarations.filter(isMemory).map((declaration) => declaration.id));
    this.#entries = run.graph.blocks.map(() => new Map());
  }

  /**
   * Runs to the fixed point.
   * @returns false if that takes more steps than allowed
   */
  complete(budget: number): boolean {
    this.#arrive(this.#run.graph.entry, this.#start());
    for (let block = this.#next(); block !== undefined; block = this.#next()) {
      this.#pending.delete(block);
      const isFinal = this.#cycles.of[block] === -1;
      for (const entry of this.#all(block)) {
        if (!entry.isDirty) continue;
        entry.isDirty = false;
        if (++this.steps > budget) return false;
        for (const edge of this.#evaluateBlock(block, entry.state.fork(), isFinal)) this.#follow(block, edge);
      }
    }
    this.#recordLoops();
    return true;
  }

  #start(): State {
    const state = new State();
    for (const declaration of this.#run.bindings.declarations) {
      if (!declaration.isParameter || declaration.isVolatile) continue;
      const place = placeOf(declaration);
      state.cells.set(place.base, { place, value: [this.#run.atoms.parameter(declaration.id, declaration.name)] });
    }
    return state;
  }

  #next(): number | undefined {
    let best: number | undefined;
    for (const block of this.#pending)
      if (best === undefined || (this.#cycles.rank[block] ?? 0) < (this.#cycles.rank[best] ?? 0)) best = block;
    return best;
  }

  #all(block: number): Entry[] {
    return [...(this.#entries[block]?.values() ?? [])].flat();
  }

  /** What happens in loops is written down when their states have stopped growing. */
  #recordLoops(): void {
    for (const [block, cycle] of this.#cycles.of.entries()) {
      if (cycle === -1) continue;
      for (const { state } of this.#all(block)) {
        this.steps++;
        this.#evaluateBlock(block, state.fork(), true);
      }
    }
  }

  #follow(from: number, { to, state }: Edge): void {
    const cycle = this.#cycles.of[from] ?? -1;
    const isBack = cycle !== -1 && cycle === this.#cycles.of[to] && this.#run.graph.headers.has(to);
    if (isBack) this.#endRound(state, cycle);
    this.#arrive(to, state);
  }

  /** What one round of a loop acquired and gave away again is no business of the next. */
  #endRound(state: State, cycle: number): void {
    for (const [id, site] of state.sites) {
      const declared = this.#run.sites[id];
      if (declared?.cycle !== cycle || site.status === 'held' || site.status === 'unknown') continue;
      state.sites.delete(id);
      state.renew(this.#run.atoms, `n${declared.node.id}`);
    }
  }

  #arrive(block: number, state: State): void {
    const live = this.#live[block];
    forgetDead(state, this.#run.atoms, (id) => live?.has(id) === true || this.#always.has(id));
    const entries = this.#entries[block];
    if (!entries) return;
    const key = state.resourceKey();
    const variants = entries.get(key) ?? (entries.size < MOST_STATES ? [] : entries.get('*'));
    if (variants && variants.length === 0) {
      entries.set(key, [{ state, isDirty: true }]);
      this.#pending.add(block);
    } else if (variants && variants !== entries.get('*')) this.#meet(block, variants, state);
    else this.#overflow(block, entries, state);
  }

  #meet(block: number, variants: Entry[], state: State): void {
    const isLoop = this.#cycles.of[block] !== -1;
    const same = variants.find((entry) => countDifferences(entry.state, state) <= 1);
    if (!isLoop && !same && variants.length < MOST_VARIANTS) {
      variants.push({ state, isDirty: true });
      this.#pending.add(block);
      return;
    }
    const into = isLoop ? variants[0] : (same ?? variants.at(-1));
    if (into) this.#join(block, into, state);
  }

  #join(block: number, into: Entry, state: State): void {
    const isLoopHead = this.#run.graph.headers.has(block) && this.#cycles.of[block] !== -1;
    if (!joinInto(into.state, state, this.#run.atoms, { block, isLoopHead })) return;
    into.isDirty = true;
    this.#pending.add(block);
  }

  /** Too many resource states: what they disagree on is unknown. */
  #overflow(block: number, entries: Map<string, Entry[]>, state: State): void {
    state.inexact ??= 'too many states of the resources';
    const [rest] = entries.get('*') ?? [];
    if (rest) {
      this.#join(block, rest, state);
      return;
    }
    entries.set('*', [{ state, isDirty: true }]);
    this.#pending.add(block);
  }

  #evaluateBlock(id: number, state: State, isFinal: boolean): Edge[] {
    const block = this.#run.graph.blocks[id];
    if (!block) return [];
    this.#run.cycle = this.#cycles.of[id] ?? -1;
    this.#run.recorder = isFinal ? this.#recorder() : undefined;
    let states = [state];
    for (const step of block.steps) states = states.flatMap((one) => this.#step(step, one));
    return states.flatMap((one) => this.#leave(block, one, isFinal));
  }

  #recorder(): NonNullable<Run['recorder']> {
    return {
      noReturn: (state, node, text) =>
        void this.outcomes.push(outcomeOf(this.#run, state, { kind: 'no-return', at: node, value: undefined, text })),
      secondRelease: (one) => void this.#run.secondReleases.push(one),
    };
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
        loseNamed(this.#run, step.node.children[1] ?? step.node, state, 'the loop macro');
        return [state];
    }
  }

  #leave(block: BasicBlock, state: State, isFinal: boolean): Edge[] {
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
        if (isFinal) this.#exit(terminator.exit, state);
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
    loseNamed(this.#run, head, state, `\`${name}\``);
    if (this.#run.knowledge.name(name).kind !== 'macro')
      state.inexact ??= `\`${name}\` is a loop macro of unknown kind`;
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
    for (const one of evaluate(this.#run, exit.value, state))
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
