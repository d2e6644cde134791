/**
 * Walks the paths of a small body with one argument pinned to a value: NULL, -1, or something held. Conditions that
 * the values decide prune paths; a loop is walked at most once, with what it assigns unknown. Gives up (undefined)
 * where control flow or the number of paths is beyond it.
 */
import { fieldOf, namedChildren, textOf, walk, type SyntaxNode } from '../../syntax/tree.ts';
import type { AcquireFacts } from '../knowledge.ts';
import { isOnce } from './conduct.ts';
import { effectOf, type Effect } from './effects.ts';
import type { RootTable } from './roots.ts';
import { argumentsOf, calledName, factsOfCall, storageOf, stripParentheses, type Subject } from './subject.ts';

export type Value =
  | { readonly kind: 'unknown' }
  /** An integer constant; NULL is 0. */
  | { readonly kind: 'number'; readonly value: number }
  /**
   * What the pinned argument holds, or a pointer into it. `isPointer`: not NULL; else a descriptor, not negative.
   * `isMember`: the address of a part of it, `&p->lock`.
   */
  | { readonly kind: 'pinned'; readonly isPointer: boolean; readonly isMember?: true }
  /** The result of an acquiring call. */
  | { readonly kind: 'fresh'; readonly site: number };

const UNKNOWN: Value = { kind: 'unknown' };
const NULL: Value = { kind: 'number', value: 0 };

/** One acquiring call met on a path. */
export interface FreshSite {
  readonly facts: AcquireFacts;
  /** Not known until a condition asks, or the path says that it was given away. */
  readonly state: 'maybe' | 'failed' | 'held';
}

export type PathEvent =
  | EffectEvent
  /** A macro assigns its parameter. */
  | { readonly kind: 'assign'; readonly parameter: number; readonly value: Value; readonly inLoop: boolean }
  /** NULL or -1 is followed or indexed: the program may end here. */
  | { readonly kind: 'follows-sentinel' }
  /** What the pinned argument points to is read or written. */
  | { readonly kind: 'looks-inside' };

export interface EffectEvent {
  readonly kind: 'effect';
  readonly effect: Effect;
  /** Values of a call's arguments; of a store, the stored value. */
  readonly given: readonly Value[];
  /** Of a store: the pointer that is followed to the object. */
  readonly into?: Value;
  readonly inLoop: boolean;
}

interface State {
  readonly variables: ReadonlyMap<number, Value>;
  readonly sites: ReadonlyMap<number, FreshSite>;
  readonly events: readonly PathEvent[];
}

export interface Path {
  readonly end: 'return' | 'never-returns';
  /** The returned value; for a macro that is an expression, its value. */
  readonly value: Value;
  readonly sites: ReadonlyMap<number, FreshSite>;
  readonly variables: ReadonlyMap<number, Value>;
  readonly events: readonly PathEvent[];
}

/** Which parameter is pinned to what; none for a look at what is returned. */
export interface Pin {
  readonly parameter: number;
  readonly value: Value;
}

const MOST_STATES = 64;

/** Expressions evaluated, over all paths. */
const MOST_STEPS = 6000;

class GaveUp extends Error {}

/** All paths through the body, or undefined. */
export function walkPaths(subject: Subject, roots: RootTable, pin: Pin | undefined): readonly Path[] | undefined {
  try {
    return new Walker(subject, roots).run(pin);
  } catch (error) {
    if (error instanceof GaveUp) return undefined;
    throw error;
  }
}

/** Where control goes after a statement. */
interface Flow {
  readonly to: 'next' | 'break' | 'continue' | 'return' | 'never-returns';
  readonly state: State;
  readonly value: Value;
}

interface Valued {
  readonly state: State;
  readonly value: Value;
}

class Walker {
  readonly #subject: Subject;
  readonly #roots: RootTable;
  #loopDepth = 0;
  #steps = 0;

  constructor(subject: Subject, roots: RootTable) {
    this.#subject = subject;
    this.#roots = roots;
  }

  run(pin: Pin | undefined): Path[] {
    const declaration = pin && this.#subject.parameters[pin.parameter];
    if (pin && !declaration) throw new GaveUp();
    const variables = new Map(declaration && pin ? [[declaration.id, pin.value] as const] : []);
    const flows = this.#sequence(namedChildren(this.#subject.tree.body), { variables, sites: new Map(), events: [] });
    return flows.map(({ to, state, value }) => {
      if (to === 'break' || to === 'continue') throw new GaveUp();
      return { end: to === 'never-returns' ? to : 'return', value, ...state };
    });
  }

  #sequence(statements: readonly SyntaxNode[], start: State): Flow[] {
    let open: Flow[] = [next(start)];
    const closed: Flow[] = [];
    for (const statement of statements) {
      if (statement.kind === 'comment') continue;
      const after = open.flatMap((flow) => this.#statement(statement, flow.state));
      open = after.filter((flow) => flow.to === 'next');
      closed.push(...after.filter((flow) => flow.to !== 'next'));
      if (open.length + closed.length > MOST_STATES) throw new GaveUp();
    }
    return [...closed, ...open];
  }

  /** Only an expression statement leaves a value behind, which the statement expression or macro around it has. */
  #statement(node: SyntaxNode, state: State): Flow[] {
    if (node.kind === 'expression_statement') return this.#expressionStatement(node, state);
    return this.#plainStatement(node, state).map((flow) => (flow.to === 'next' ? next(flow.state) : flow));
  }

  #plainStatement(node: SyntaxNode, state: State): Flow[] {
    switch (node.kind) {
      case 'compound_statement':
        return this.#sequence(namedChildren(node), state);
      case 'declaration':
        return this.#declaration(node, state);
      case 'if_statement':
        return this.#if(node, state);
      case 'return_statement':
        return this.#return(node, state);
      case 'break_statement':
        return [{ to: 'break', state, value: UNKNOWN }];
      case 'continue_statement':
        return [{ to: 'continue', state, value: UNKNOWN }];
      case 'do_statement':
      case 'while_statement':
      case 'for_statement':
        return this.#loop(node, state);
      case 'switch_statement':
        return this.#switch(node, state);
      case 'type_definition':
      case 'else_clause':
        return node.kind === 'else_clause' ? this.#sequence(namedChildren(node), state) : [next(state)];
      default:
        throw new GaveUp();
    }
  }

  #expressionStatement(node: SyntaxNode, state: State): Flow[] {
    const [expression] = namedChildren(node);
    if (!expression) return [next(state)];
    return this.#evaluate(expression, state).map(({ state: after, value }) => this.#flowAfter(after, value));
  }

  /** A call that never comes back ends the path. */
  #flowAfter(state: State, value: Value): Flow {
    const last = state.events.at(-1);
    const ends = last?.kind === 'effect' && last.effect.kind === 'call' && last.effect.facts.neverReturns === true;
    return { to: ends ? 'never-returns' : 'next', state, value };
  }

  #declaration(node: SyntaxNode, state: State): Flow[] {
    let states: State[] = [state];
    for (const declaration of this.#subject.bindings.declarations) {
      if (declaration.statement !== node) continue;
      const { initializer } = declaration;
      if (!initializer || declaration.isStatic) continue;
      states = states.flatMap((before) =>
        this.#evaluate(initializer, before).map((after) => assign(after.state, declaration.id, after.value)),
      );
    }
    return states.map((after) => this.#flowAfter(after, UNKNOWN));
  }

  #if(node: SyntaxNode, state: State): Flow[] {
    const condition = fieldOf(node, 'condition');
    const consequence = fieldOf(node, 'consequence');
    const alternative = fieldOf(node, 'alternative');
    if (!condition || !consequence) throw new GaveUp();
    return this.#test(condition, state).flatMap(({ truth, state: after }) => {
      if (this.#flowAfter(after, UNKNOWN).to !== 'next') return [this.#flowAfter(after, UNKNOWN)];
      if (truth) return this.#statement(consequence, after);
      return alternative ? this.#statement(alternative, after) : [next(after)];
    });
  }

  #return(node: SyntaxNode, state: State): Flow[] {
    if (this.#subject.isMacro) throw new GaveUp();
    const [expression] = namedChildren(node);
    if (!expression) return [{ to: 'return', state, value: UNKNOWN }];
    return this.#evaluate(expression, state).map((after) => {
      const flow = this.#flowAfter(after.state, after.value);
      return flow.to === 'next' ? { ...flow, to: 'return' } : flow;
    });
  }

  /** Not at all, or once with everything unknown that the loop assigns; `do { } while (0)` is a block. */
  #loop(node: SyntaxNode, state: State): Flow[] {
    const body = fieldOf(node, 'body');
    if (!body) throw new GaveUp();
    if (node.kind === 'do_statement' && isOnce(this.#subject, node)) {
      return this.#statement(body, state).map((flow) => (isLoopExit(flow) ? next(flow.state) : flow));
    }
    const starts = this.#initialise(node, state);
    this.#loopDepth++;
    const flows = starts.flatMap((start) => this.#around(node, body, this.#forget(node, start)));
    this.#loopDepth--;
    const skipped = node.kind === 'do_statement' ? [] : starts.map((start) => next(this.#forget(node, start)));
    return [...skipped, ...flows];
  }

  #initialise(node: SyntaxNode, state: State): State[] {
    const initializer = fieldOf(node, 'initializer');
    if (!initializer) return [state];
    if (initializer.kind === 'declaration') return this.#declaration(initializer, state).map((flow) => flow.state);
    return this.#evaluate(initializer, state).map((after) => after.state);
  }

  /** One round: condition, body, update; then the loop is left. */
  #around(node: SyntaxNode, body: SyntaxNode, start: State): Flow[] {
    const condition = fieldOf(node, 'condition');
    const update = fieldOf(node, 'update');
    const entered = condition ? this.#evaluate(condition, start).map((after) => after.state) : [start];
    return entered.flatMap((state) =>
      this.#statement(body, state).flatMap((flow) => {
        if (!isLoopExit(flow) && flow.to !== 'next') return [flow];
        const states = update ? this.#evaluate(update, flow.state).map((after) => after.state) : [flow.state];
        return states.map((after) => next(this.#forget(node, after)));
      }),
    );
  }

  /** Everything the loop assigns, or gives the address of, may hold anything. */
  #forget(node: SyntaxNode, state: State): State {
    const variables = new Map(state.variables);
    walk(node, (inner) => {
      const target = fieldOf(inner, inner.kind === 'assignment_expression' ? 'left' : 'argument');
      const isChange = /^(assignment|update|pointer)_expression$/.test(inner.kind);
      const name = target && isChange ? stripParentheses(target) : undefined;
      const declaration = name?.kind === 'identifier' ? this.#subject.bindings.of(name) : undefined;
      if (declaration && !(inner.kind === 'pointer_expression' && inner.children[0]?.kind !== '&')) {
        variables.set(declaration.id, UNKNOWN);
      }
    });
    return { ...state, variables };
  }

  /** From each label on, with fallthrough; or past all of them. */
  #switch(node: SyntaxNode, state: State): Flow[] {
    const condition = fieldOf(node, 'condition');
    const body = fieldOf(node, 'body');
    if (!condition || body?.kind !== 'compound_statement') throw new GaveUp();
    const cases = namedChildren(body);
    if (cases.some((one) => one.kind !== 'case_statement')) throw new GaveUp();
    const hasDefault = cases.some((one) => one.children[0]?.kind === 'default');
    return this.#evaluate(condition, state).flatMap(({ state: start }) => {
      const flows = cases.flatMap((_, index) => this.#sequence(cases.slice(index).flatMap(statementsOf), start));
      const skipped = hasDefault ? [] : [next(start)];
      return [...skipped, ...flows.map((flow) => (flow.to === 'break' ? next(flow.state) : flow))];
    });
  }

  /** Evaluates a condition and splits the state where the value is not known. */
  #test(condition: SyntaxNode, state: State): { readonly truth: boolean; readonly state: State }[] {
    const node = stripParentheses(condition);
    const [left, right] = [fieldOf(node, 'left'), fieldOf(node, 'right')];
    const operator = operatorOf(node);
    if (node.kind === 'unary_expression' && operator === '!') {
      const argument = fieldOf(node, 'argument');
      if (!argument) throw new GaveUp();
      return this.#test(argument, state).map((one) => ({ ...one, truth: !one.truth }));
    }
    if (node.kind === 'binary_expression' && left && right && (operator === '&&' || operator === '||')) {
      return this.#test(left, state).flatMap((one) =>
        one.truth === (operator === '||') ? [one] : this.#test(right, one.state),
      );
    }
    const hint = likely(this.#subject, node);
    if (hint) return this.#test(hint, state);
    const comparison = this.#comparison(node, left, right, operator, state);
    if (comparison) return comparison;
    return this.#evaluate(node, state).flatMap(({ state: after, value }) => truthOf(value, after));
  }

  #comparison(
    node: SyntaxNode,
    left: SyntaxNode | undefined,
    right: SyntaxNode | undefined,
    operator: string,
    state: State,
  ): { readonly truth: boolean; readonly state: State }[] | undefined {
    if (node.kind !== 'binary_expression' || !left || !right || !COMPARISONS.has(operator)) return undefined;
    return this.#evaluate(left, state).flatMap((a) =>
      this.#evaluate(right, a.state).flatMap((b) => compare(a.value, operator, b.value, b.state)),
    );
  }

  /** All values an expression can have, with what happened on the way. */
  #evaluate(expression: SyntaxNode, state: State): Valued[] {
    if (++this.#steps > MOST_STEPS) throw new GaveUp();
    const node = stripParentheses(expression);
    switch (node.kind) {
      case 'identifier':
        return [{ state, value: this.#variable(node, state) }];
      case 'null':
      case 'false':
        return [{ state, value: NULL }];
      case 'true':
        return [{ state, value: { kind: 'number', value: 1 } }];
      case 'number_literal':
        return [{ state, value: literal(textOf(this.#subject.tree, node)) }];
      case 'cast_expression':
        return this.#evaluatePart(node, 'value', state);
      case 'assignment_expression':
        return this.#assignment(node, state);
      case 'call_expression':
        return this.#call(node, state);
      case 'conditional_expression':
        return this.#conditional(node, state);
      case 'comma_expression':
        return this.#evaluatePart(node, 'left', state).flatMap((after) =>
          this.#evaluatePart(node, 'right', after.state),
        );
      case 'binary_expression':
        return this.#binary(node, state);
      case 'compound_statement':
        return this.#statementExpression(node, state);
      case 'sizeof_expression':
      case 'alignof_expression':
      case 'offsetof_expression':
        return [{ state, value: UNKNOWN }];
      default:
        return this.#other(node, state);
    }
  }

  #evaluatePart(node: SyntaxNode, field: string, state: State): Valued[] {
    const part = fieldOf(node, field);
    if (!part) throw new GaveUp();
    return this.#evaluate(part, state);
  }

  #variable(node: SyntaxNode, state: State): Value {
    const declaration = this.#subject.bindings.of(node);
    if (declaration) return state.variables.get(declaration.id) ?? UNKNOWN;
    return textOf(this.#subject.tree, node) === 'NULL' ? NULL : UNKNOWN;
  }

  #assignment(node: SyntaxNode, state: State): Valued[] {
    const left = fieldOf(node, 'left');
    const right = fieldOf(node, 'right');
    if (!left || !right) throw new GaveUp();
    const isPlain = operatorOf(node) === '=';
    return this.#lvalue(left, state).flatMap((object) =>
      this.#evaluate(right, object.state).map((after) => {
        const value = isPlain ? after.value : this.#moved(node, left, after);
        return { state: this.#store(node, left, value, after.state, object.value), value };
      }),
    );
  }

  /** `p += 8` still points into the same object. */
  #moved(node: SyntaxNode, left: SyntaxNode, after: Valued): Value {
    const target = stripParentheses(left);
    const old = target.kind === 'identifier' ? this.#variable(target, after.state) : UNKNOWN;
    const operator = operatorOf(node);
    return isPointerSum(operator === '+=' ? '+' : operator === '-=' ? '-' : '', old, after.value) ? old : UNKNOWN;
  }

  #store(node: SyntaxNode, left: SyntaxNode, value: Value, state: State, into: Value = UNKNOWN): State {
    const target = stripParentheses(left);
    const storage = target.kind === 'identifier' ? storageOf(this.#subject, target) : undefined;
    if (storage?.kind === 'local') return assign(state, storage.declaration.id, value);
    if (storage?.kind === 'parameter') {
      const assigned = assign(state, storage.declaration.id, value);
      if (!this.#subject.isMacro) return assigned;
      return happen(assigned, { kind: 'assign', parameter: storage.index, value, inLoop: this.#loopDepth > 0 });
    }
    return this.#effect(node, state, [value], into);
  }

  #effect(node: SyntaxNode, state: State, given: readonly Value[], into: Value): State {
    const effect = effectOf(this.#subject, this.#roots, node);
    return effect ? happen(state, { kind: 'effect', effect, given, into, inLoop: this.#loopDepth > 0 }) : state;
  }

  /** Evaluates what stands in an lvalue, but not the object it names. The value is the pointer that leads to it. */
  #lvalue(left: SyntaxNode, state: State): Valued[] {
    const target = stripParentheses(left);
    if (target.kind === 'identifier') return [{ state, value: UNKNOWN }];
    const argument = fieldOf(target, 'argument');
    if (!argument || !PLAIN_EXPRESSIONS.test(target.kind)) throw new GaveUp();
    if (!follows(target)) return this.#lvalue(argument, state);
    const index = fieldOf(target, 'index');
    return this.#evaluate(argument, state)
      .map(noteFollowed)
      .flatMap((pointer) =>
        (index ? this.#evaluate(index, pointer.state) : [pointer]).map((after) => ({ ...after, value: pointer.value })),
      );
  }

  #conditional(node: SyntaxNode, state: State): Valued[] {
    const condition = fieldOf(node, 'condition');
    if (!condition) throw new GaveUp();
    return this.#test(condition, state).flatMap(({ truth, state: after }) => {
      if (truth && !fieldOf(node, 'consequence')) return [{ state: after, value: UNKNOWN }];
      return this.#evaluatePart(node, truth ? 'consequence' : 'alternative', after);
    });
  }

  #binary(node: SyntaxNode, state: State): Valued[] {
    const operator = operatorOf(node);
    if (operator === '&&' || operator === '||' || COMPARISONS.has(operator)) {
      return this.#test(node, state).map(({ truth, state: after }) => ({
        state: after,
        value: { kind: 'number', value: truth ? 1 : 0 },
      }));
    }
    return this.#evaluatePart(node, 'left', state).flatMap((left) =>
      this.#evaluatePart(node, 'right', left.state).map((right) => ({
        state: right.state,
        // A pointer plus or minus a distance points into the same object.
        value: isPointerSum(operator, left.value, right.value) ? left.value : UNKNOWN,
      })),
    );
  }

  #statementExpression(node: SyntaxNode, state: State): Valued[] {
    return this.#sequence(namedChildren(node), state).flatMap((flow) => {
      if (flow.to !== 'next' && flow.to !== 'never-returns') throw new GaveUp();
      return [{ state: flow.state, value: flow.value }];
    });
  }

  /** Unary operators, fields, elements: their parts are evaluated, and whether a sentinel is followed is noted. */
  #other(node: SyntaxNode, state: State): Valued[] {
    if (LITERAL.test(node.kind)) return [{ state, value: UNKNOWN }];
    if (!PLAIN_EXPRESSIONS.test(node.kind)) throw new GaveUp();
    const isAddress = node.kind === 'pointer_expression' && node.children[0]?.kind === '&';
    const operand = fieldOf(node, 'argument');
    if (isAddress && operand) return this.#address(operand, state);
    let valued: Valued[] = [{ state, value: UNKNOWN }];
    for (const child of namedChildren(node)) {
      if (child.kind === 'field_identifier' || child.kind.startsWith('type_')) continue;
      valued = valued.flatMap((before) => this.#evaluate(child, before.state));
      if (child === operand && follows(node)) valued = valued.map(noteFollowed);
    }
    if (node.kind === 'update_expression' && operand) {
      valued = valued.map((after) => ({ ...after, state: this.#store(node, operand, UNKNOWN, after.state) }));
    }
    return valued.map((after) => ({ state: after.state, value: negated(node, after.value) }));
  }

  /** `&p->field` and `&p[i]` point into what p points to; `&x` is an address that nobody asks for. */
  #address(operand: SyntaxNode, state: State): Valued[] {
    const target = stripParentheses(operand);
    const argument = fieldOf(target, 'argument');
    if (target.kind === 'identifier') return [{ state, value: UNKNOWN }];
    if (!argument) throw new GaveUp();
    const isDirect = target.kind === 'field_expression' && target.children.some((child) => child.kind === '.');
    if (isDirect) return this.#address(argument, state);
    return this.#evaluate(argument, state).map((after) => {
      const isPinned = after.value.kind === 'pinned';
      return { state: after.state, value: isPinned ? { ...after.value, isMember: true } : UNKNOWN };
    });
  }

  #call(node: SyntaxNode, state: State): Valued[] {
    const facts = factsOfCall(this.#subject, node);
    if (facts.macro?.hasJump) throw new GaveUp();
    const hint = likely(this.#subject, node);
    if (hint) return this.#evaluate(hint, state);
    let calls: { readonly state: State; readonly given: readonly Value[] }[] = [{ state, given: [] }];
    for (const argument of argumentsOf(node)) {
      calls = calls.flatMap((before) =>
        this.#argument(argument, before.state).map((after) => ({
          state: after.state,
          given: [...before.given, after.value],
        })),
      );
    }
    return calls.flatMap((call) => this.#called(node, call.state, call.given));
  }

  /** A type as argument, `SAFE_MALLOC(n, char *)`, has no value. */
  #argument(node: SyntaxNode, state: State): Valued[] {
    if (node.kind === 'type_descriptor' || node.kind === 'ERROR') return [{ state, value: UNKNOWN }];
    return this.#evaluate(node, state);
  }

  #called(node: SyntaxNode, state: State, given: readonly Value[]): Valued[] {
    const facts = factsOfCall(this.#subject, node);
    const acquired = facts.acquires?.find((acquire) => acquire.handle === 'result');
    let after = this.#effect(node, state, given, UNKNOWN);
    for (const [index, argument] of argumentsOf(node).entries()) after = this.#clobber(node, index, argument, after);
    if (!acquired) return [{ state: after, value: UNKNOWN }];
    const sites = new Map(after.sites);
    const isSure = acquired.failure === 'never';
    sites.set(node.id, { facts: acquired, state: isSure ? 'held' : 'maybe' });
    return [{ state: { ...after, sites }, value: { kind: 'fresh', site: node.id } }];
  }

  /** What the callee may have changed in this body's variables. */
  #clobber(call: SyntaxNode, index: number, argument: SyntaxNode, state: State): State {
    const facts = factsOfCall(this.#subject, call);
    const node = stripParentheses(argument);
    const operand =
      node.kind === 'pointer_expression' && node.children[0]?.kind === '&' ? fieldOf(node, 'argument') : undefined;
    if (operand) {
      const isRead = facts.writesThrough !== undefined && !facts.writesThrough.includes(index);
      return isRead ? state : this.#store(call, operand, UNKNOWN, state);
    }
    if (facts.kind === 'function' || node.kind !== 'identifier') return state;
    if (facts.macro && !facts.macro.writes.includes(index)) return state;
    const isReset = facts.releases?.resetting === true && facts.releases.argument === index;
    return this.#store(call, node, isReset ? NULL : UNKNOWN, state);
  }
}

function next(state: State): Flow {
  return { to: 'next', state, value: UNKNOWN };
}

function isLoopExit(flow: Flow): boolean {
  return flow.to === 'break' || flow.to === 'continue';
}

function assign(state: State, id: number, value: Value): State {
  return { ...state, variables: new Map(state.variables).set(id, value) };
}

function happen(state: State, event: PathEvent): State {
  return { ...state, events: [...state.events, event] };
}

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '>', '<=', '>=']);
const LITERAL = /_literal$|^concatenated_string$/;
const PLAIN_EXPRESSIONS = /^(pointer|field|subscript|unary|update)_expression$|^initializer_list$/;

function operatorOf(node: SyntaxNode): string {
  return fieldOf(node, 'operator')?.kind ?? '';
}

function follows(node: SyntaxNode): boolean {
  if (node.kind === 'field_expression') return node.children.some((child) => child.kind === '->');
  return node.kind === 'subscript_expression' || node.kind === 'pointer_expression';
}

function noteFollowed({ state, value }: Valued): Valued {
  if (value.kind === 'number') return { state: happen(state, { kind: 'follows-sentinel' }), value };
  return { state: value.kind === 'pinned' ? happen(state, { kind: 'looks-inside' }) : state, value };
}

function negated(node: SyntaxNode, value: Value): Value {
  if (node.kind !== 'unary_expression' || value.kind !== 'number') return UNKNOWN;
  return operatorOf(node) === '-' ? { kind: 'number', value: -value.value } : UNKNOWN;
}

function literal(text: string): Value {
  return /^-?(0[xX][0-9a-fA-F]+|\d+)[uUlL]*$/.test(text) ? { kind: 'number', value: Number.parseInt(text) } : UNKNOWN;
}

function isPointerSum(operator: string, left: Value, right: Value): boolean {
  if (operator !== '+' && operator !== '-') return false;
  return left.kind === 'pinned' && left.isPointer && right.kind !== 'pinned';
}

/** `__builtin_expect(!!(x), 0)`, or a macro that is nothing else: the truth of the value is that of its argument. */
function likely(subject: Subject, node: SyntaxNode): SyntaxNode | undefined {
  if (node.kind !== 'call_expression') return undefined;
  const name = calledName(subject, node);
  if (name === undefined) return undefined;
  const macro = name === '__builtin_expect' ? undefined : subject.lookup(name).macro;
  const isHint = name === '__builtin_expect' || macro?.freeNames.join() === '__builtin_expect';
  return isHint ? argumentsOf(node)[0] : undefined;
}

function statementsOf(one: SyntaxNode): SyntaxNode[] {
  const value = fieldOf(one, 'value');
  return namedChildren(one).filter((child) => child !== value);
}

function truthOf(value: Value, state: State): { readonly truth: boolean; readonly state: State }[] {
  if (value.kind === 'number') return [{ truth: value.value !== 0, state }];
  if (value.kind === 'pinned' && value.isPointer) return [{ truth: true, state }];
  if (value.kind === 'fresh') return splitFresh(value.site, state);
  return [
    { truth: true, state },
    { truth: false, state },
  ];
}

/** The handle is its sentinel, or it is held; only once per site. */
function splitFresh(site: number, state: State): { readonly truth: boolean; readonly state: State }[] {
  const known = state.sites.get(site);
  if (!known || known.facts.sentinel !== 'null') throw new GaveUp();
  if (known.state !== 'maybe') return [{ truth: known.state === 'held', state }];
  return [true, false].map((truth) => ({
    truth,
    state: { ...state, sites: new Map(state.sites).set(site, { ...known, state: truth ? 'held' : 'failed' }) },
  }));
}

function compare(
  a: Value,
  operator: string,
  b: Value,
  state: State,
): { readonly truth: boolean; readonly state: State }[] {
  if (a.kind === 'number' && b.kind !== 'number') return compare(b, MIRRORED[operator] ?? operator, a, state);
  const isNullTest = b.kind === 'number' && b.value === 0 && (operator === '==' || operator === '!=');
  if (a.kind === 'fresh' && isNullTest) {
    return splitFresh(a.site, state).map((one) => ({ ...one, truth: one.truth === (operator === '!=') }));
  }
  const truth =
    a.kind === 'number' && b.kind === 'number' ? holds(a.value, operator, b.value) : pinnedHolds(a, operator, b);
  return truth === undefined ? truthOf(UNKNOWN, state) : [{ truth, state }];
}

const MIRRORED: Readonly<Record<string, string>> = { '<': '>', '>': '<', '<=': '>=', '>=': '<=' };

function holds(a: number, operator: string, b: number): boolean {
  if (operator === '==') return a === b;
  if (operator === '!=') return a !== b;
  if (operator === '<') return a < b;
  if (operator === '>') return a > b;
  return operator === '<=' ? a <= b : a >= b;
}

/** What is held is not NULL, or not negative. */
function pinnedHolds(a: Value, operator: string, b: Value): boolean | undefined {
  if (a.kind !== 'pinned' || b.kind !== 'number') return undefined;
  const isSentinel = a.isPointer ? b.value === 0 : b.value < 0;
  if (isSentinel && operator === '==') return false;
  if (isSentinel && operator === '!=') return true;
  if (a.isPointer) return undefined;
  if (operator === '>=' && b.value <= 0) return true;
  if (operator === '<' && b.value <= 0) return false;
  if (operator === '>' && b.value < 0) return true;
  return operator === '<=' && b.value < 0 ? false : undefined;
}
