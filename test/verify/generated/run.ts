/**
 * Runs a routine with given outcomes of what it calls, and writes down all that others could observe. Undefined behaviour
 * ends the run.
 */
import { PARAMETERS } from './program.ts';
import type { Body, Expression, Routine, Statement, Type } from './program.ts';

/** A pointer is the number of its object; numbers of C are numbers. */
type Value = { readonly pointer: number } | number | undefined;

export interface Effect {
  /** What it may change places with: see `compare.ts`. */
  readonly kind: 'opaque' | 'free' | 'close' | 'store' | 'log';
  readonly what: string;
  /** A null pointer is stored where one is. */
  readonly changesNothing?: true;
}

export interface Run {
  readonly end: 'returned' | 'undefined' | 'too-long';
  readonly effects: readonly Effect[];
  /** What is returned, and what the caller finds in memory. */
  readonly result: string;
  /** Outcomes that were asked for. */
  readonly asked: number;
}

/** How the parameters hang together. */
export interface World {
  /** `s->buf == p` */
  readonly isShared: boolean;
  /** `s == t` */
  readonly isSame: boolean;
  /** The macro `CHECK` jumps to `out`. */
  readonly hasJump: boolean;
  /** What stands in `n`, `s->n`, `s->c`, `t->n`, `t->c`, `*p` and `G`. */
  readonly numbers: readonly number[];
}

/** Numbers of which all are other ones. */
export const USUAL_NUMBERS: readonly number[] = [2, 3, 4, 5, 6, 70, 8];

class Undefined extends Error {}
class TooLong extends Error {}

type Jump = { readonly to: 'label'; readonly label: string } | { readonly to: 'break' | 'continue' } | Returned;
type Returned = { readonly to: 'return'; readonly value: Value };

interface Local {
  readonly type: Type;
  value: Value;
  /** Its block has not been left. */
  isAlive: boolean;
}

const FIELDS: Readonly<Record<string, Type>> = { n: 'int', c: 'char', buf: 'char *' };

export function run(routine: Routine, outcomes: readonly boolean[], world: World): Run {
  const machine = new Machine(outcomes, world);
  try {
    const value = machine.call(routine);
    return { end: 'returned', effects: machine.effects, result: machine.result(value), asked: machine.asked };
  } catch (error) {
    if (!(error instanceof Undefined) && !(error instanceof TooLong)) throw error;
    const end = error instanceof Undefined ? 'undefined' : 'too-long';
    return { end, effects: machine.effects, result: '', asked: machine.asked };
  }
}

class Machine {
  readonly effects: Effect[] = [];
  asked = 0;
  readonly #outcomes: readonly boolean[];
  readonly #hasJump: boolean;
  readonly #scopes: Map<string, Local>[] = [];
  /** Contents of memory: `5.n`, `G`. */
  readonly #memory = new Map<string, Value>();
  readonly #alive = new Set<number>();
  /** Objects that others know of. */
  readonly #shared = new Set<number>();
  /** Locals whose address a callee may have kept. */
  readonly #known = new Set<Local>();
  #objects = 0;
  #steps = 0;

  constructor(outcomes: readonly boolean[], world: World) {
    this.#outcomes = outcomes;
    this.#hasJump = world.hasJump;
    const [n = 0, sn, sc, tn, tc, star, global] = world.numbers;
    const p = this.#object({ '*': star });
    const buf = world.isShared ? p : this.#object({ '*': 71 });
    const s = this.#object({ n: sn, c: sc, buf });
    const t = world.isSame ? s : this.#object({ n: tn, c: tc, buf: this.#object({ '*': 72 }) });
    this.#scopes.push(new Map());
    for (const [name, value] of Object.entries({ n, p, s, t }))
      this.#scopes[0]?.set(name, { type: PARAMETERS[name] ?? 'int', value, isAlive: true });
    for (let pointer = 1; pointer <= this.#objects; pointer++) this.#shared.add(pointer);
    this.#memory.set('G', global);
    this.#memory.set('errno', 0);
  }

  #object(contents: Readonly<Record<string, Value>>): { readonly pointer: number } {
    const pointer = ++this.#objects;
    this.#alive.add(pointer);
    for (const [field, value] of Object.entries(contents)) this.#memory.set(`${pointer}.${field}`, value);
    return { pointer };
  }

  call(routine: Routine): Value {
    let jump = this.#body(routine.body, undefined);
    while (jump?.to === 'label') jump = this.#body(routine.body, jump.label);
    if (jump?.to !== 'return') throw new Undefined();
    return convert(routine.returns, jump.value);
  }

  result(value: Value): string {
    const live = [...this.#memory].filter(
      ([place]) => !/^\d/.test(place) || this.#alive.has(Number.parseInt(place, 10)),
    );
    return `${show(value)} ${live
      .map(([place, content]) => `${place}=${show(content)}`)
      .toSorted()
      .join(' ')}`;
  }

  // ---- statements

  /** Runs a body from its start, or from a label somewhere in it. */
  #body(body: Body, from: string | undefined): Jump | undefined {
    const scope = new Map<string, Local>();
    this.#scopes.push(scope);
    try {
      let at = from === undefined ? 0 : body.findIndex((one) => holds(one, from));
      let entry = from;
      // A jump into a scope passes the declarations before its label.
      if (entry !== undefined) this.#declareAll(body.slice(0, at), scope);
      while (at >= 0 && at < body.length) {
        const statement = body[at];
        const jump = statement && this.#statement(statement, entry);
        entry = undefined;
        if (jump?.to === 'label') {
          const { label } = jump;
          const target = body.findIndex((one) => holds(one, label));
          if (target < 0) return jump;
          // Values of this scope stay.
          this.#declareAll(body.slice(0, target), scope);
          at = target;
          entry = body[target]?.kind === 'label' ? undefined : label;
          continue;
        }
        if (jump) return jump;
        at++;
      }
      return undefined;
    } finally {
      for (const local of scope.values()) local.isAlive = false;
      this.#scopes.pop();
    }
  }

  /** Objects whose declarations are passed without being reached. */
  #declareAll(body: Body, scope: ReadonlyMap<string, Local>): void {
    for (const one of body) if (one.kind === 'declare' && !scope.has(one.name)) this.#declare(one, false);
  }

  #declare(statement: Extract<Statement, { kind: 'declare' }>, isReached: boolean): void {
    const value = isReached && statement.value ? convert(statement.type, this.#value(statement.value)) : undefined;
    this.#scopes.at(-1)?.set(statement.name, { type: statement.type, value, isAlive: true });
  }

  #statement(statement: Statement, from: string | undefined): Jump | undefined {
    if (++this.#steps > 300) throw new TooLong();
    switch (statement.kind) {
      case 'declare':
        this.#declare(statement, true);
        return undefined;
      case 'assign':
        this.#assign(statement.to, this.#value(statement.value));
        return undefined;
      case 'add':
        this.#assign(
          statement.to,
          this.#value({ kind: 'binary', operator: '+', left: statement.to, right: statement.value }),
        );
        return undefined;
      case 'evaluate':
        return this.#evaluate(statement.value);
      case 'if':
        return this.#if(statement, from);
      case 'while':
      case 'count':
        return this.#loop(statement, from);
      case 'switch':
        return this.#switch(statement, from);
      case 'return':
        return { to: 'return', value: this.#value(statement.value) };
      case 'goto':
        return { to: 'label', label: statement.label };
      case 'break':
      case 'continue':
        return { to: statement.kind };
      case 'block':
        return this.#body(statement.body, from);
      default:
        return undefined;
    }
  }

  /**
   * `CHECK(e);` is a macro that the judge knows nothing of: it calls, with the value of `x`, then assigns `x`, and when
   * that fails jumps to `out`, if it is a macro that does.
   */
  #evaluate(value: Expression): Jump | undefined {
    const result = this.#value(value);
    if (value.kind !== 'call' || value.callee !== 'CHECK') return undefined;
    this.#assign({ kind: 'name', name: 'x' }, 99);
    return result !== 0 && this.#hasJump ? { to: 'label', label: 'out' } : undefined;
  }

  #if(statement: Extract<Statement, { kind: 'if' }>, from: string | undefined): Jump | undefined {
    const isThen = from === undefined ? this.#truth(statement.test) : statement.then.some((one) => holds(one, from));
    return this.#body(isThen ? statement.then : (statement.otherwise ?? []), from);
  }

  #loop(statement: Extract<Statement, { kind: 'while' | 'count' }>, from: string | undefined): Jump | undefined {
    const isCount = statement.kind === 'count';
    const test: Expression = isCount
      ? { kind: 'binary', operator: '<', left: { kind: 'name', name: statement.name }, right: number(statement.to) }
      : statement.test;
    let entry = from;
    if (isCount && entry === undefined) this.#assign({ kind: 'name', name: statement.name }, 0);
    for (;;) {
      if (++this.#steps > 300) throw new TooLong();
      if (entry === undefined && !this.#truth(test)) return undefined;
      const jump = this.#body(statement.body, entry);
      entry = undefined;
      if (jump?.to === 'break') return undefined;
      if (jump && jump.to !== 'continue') return jump;
      if (!isCount) continue;
      const name: Expression = { kind: 'name', name: statement.name };
      this.#assign(name, this.#value({ kind: 'binary', operator: '+', left: name, right: number(1) }));
    }
  }

  #switch(statement: Extract<Statement, { kind: 'switch' }>, from: string | undefined): Jump | undefined {
    const value = from === undefined ? this.#value(statement.value) : undefined;
    const { cases } = statement;
    let at = cases.findIndex((one) =>
      from === undefined ? one.value !== undefined && one.value === value : one.body.some((part) => holds(part, from)),
    );
    if (at < 0) at = cases.findIndex((one) => one.value === undefined);
    let entry = from;
    for (const one of at < 0 ? [] : cases.slice(at)) {
      const jump = this.#body(one.body, entry);
      entry = undefined;
      if (jump?.to === 'break') return undefined;
      if (jump) return jump;
    }
    return undefined;
  }

  // ---- expressions

  #truth(expression: Expression): boolean {
    const value = this.#value(expression);
    return typeof value === 'number' ? value !== 0 : true;
  }

  /** Never undefined: what is indeterminate may not be read. */
  #value(expression: Expression): Exclude<Value, undefined> {
    const value = this.#read(expression);
    if (value === undefined) throw new Undefined();
    return value;
  }

  #read(expression: Expression): Value {
    switch (expression.kind) {
      case 'number':
        return expression.value;
      case 'null':
        return 0;
      case 'address':
        return 0;
      case 'name':
        return this.#local(expression.name)?.value ?? this.#memory.get(expression.name);
      case 'field':
        return this.#memory.get(this.#place(expression.base, expression.field));
      case 'deref':
        return this.#memory.get(this.#place(expression.name, '*'));
      case 'not':
        return this.#truth(expression.of) ? 0 : 1;
      case 'binary':
        return this.#binary(expression);
      case 'choice':
        return this.#value(this.#truth(expression.test) ? expression.then : expression.otherwise);
      case 'call':
        return this.#callee(expression);
    }
  }

  #local(name: string): Local | undefined {
    return this.#scopes.findLast((scope) => scope.has(name))?.get(name);
  }

  /** Where a field of what a variable points to is. */
  #place(name: string, field: string): string {
    const base = this.#value({ kind: 'name', name });
    if (typeof base === 'number' || !this.#alive.has(base.pointer)) throw new Undefined();
    return `${base.pointer}.${field}`;
  }

  #binary({ operator, left, right }: Extract<Expression, { kind: 'binary' }>): Value {
    if (operator === '&&') return this.#truth(left) && this.#truth(right) ? 1 : 0;
    if (operator === '||') return this.#truth(left) || this.#truth(right) ? 1 : 0;
    const a = this.#value(left);
    const b = this.#value(right);
    const isEqual = typeof a === 'number' || typeof b === 'number' ? a === b : a.pointer === b.pointer;
    if (operator === '==' || operator === '!=') return isEqual === (operator === '==') ? 1 : 0;
    if (typeof a !== 'number' || typeof b !== 'number') throw new Undefined();
    if (operator === '+') return a + b;
    return a < b === (operator === '<') ? 1 : 0;
  }

  #assign(to: Expression, value: Exclude<Value, undefined>): void {
    if (to.kind === 'name') {
      const local = this.#local(to.name);
      if (local) local.value = convert(local.type, value);
      else this.#store(to.name, value);
    } else if (to.kind === 'field') {
      this.#store(this.#place(to.base, to.field), convert(FIELDS[to.field] ?? 'int', value));
    } else if (to.kind === 'deref') {
      this.#store(this.#place(to.name, '*'), convert('char', value));
    }
  }

  #store(place: string, value: Value): void {
    const changesNothing = value === 0 && place.endsWith('.buf') && this.#memory.get(place) === 0;
    this.#memory.set(place, value);
    if (typeof value === 'object') this.#shared.add(value.pointer);
    const what = `${place}=${show(value)}`;
    this.effects.push({ kind: 'store', what, ...(changesNothing && { changesNothing: true }) });
  }

  #outcome(): boolean {
    return this.#outcomes[this.asked++] ?? true;
  }

  #callee({ callee, args }: Extract<Expression, { kind: 'call' }>): Value {
    const first = args[0];
    if (callee === 'get' && first?.kind === 'address') return this.#get(first.name);
    const values = args.map((arg) => this.#value(arg));
    const [value] = values;
    if (callee === 'CHECK') values.push(this.#value({ kind: 'name', name: 'x' }));
    switch (callee) {
      case 'SAFE_FREE':
        this.#callee({ kind: 'call', callee: 'free', args });
        if (first) this.#assign(first, 0);
        return 0;
      case 'malloc':
      case 'fopen': {
        this.effects.push({ kind: 'opaque', what: `${callee} ${values.map((one) => show(one)).join(',')}` });
        return this.#outcome() ? this.#object({ '*': undefined }) : 0;
      }
      case 'free':
        if (value === 0) return 0;
        this.#end(value);
        this.effects.push({ kind: 'free', what: show(value) });
        return 0;
      case 'fclose':
        this.#end(value);
        this.effects.push({ kind: 'close', what: show(value) });
        this.#memory.set('errno', this.#next());
        return 0;
      case 'log_error':
        this.effects.push({ kind: 'log', what: values.map((one) => this.#seen(one)).join(',') });
        return 0;
      default:
        return this.#opaque(callee, values);
    }
  }

  #end(value: Value): void {
    if (typeof value !== 'object' || !this.#alive.delete(value.pointer)) throw new Undefined();
  }

  /** A callee that reads what it is given, and changes what it can reach. */
  #opaque(callee: string, values: readonly Value[]): Value {
    this.effects.push({ kind: 'opaque', what: `${callee} ${values.map((one) => this.#seen(one)).join(',')}` });
    for (const value of values) if (typeof value === 'object') this.#shared.add(value.pointer);
    const next = this.#next();
    this.#memory.set('G', next);
    this.#memory.set('errno', next);
    for (const place of this.#memory.keys()) {
      const object = Number.parseInt(place, 10);
      if (/\.[nc*]$/.test(place) && this.#alive.has(object) && this.#shared.has(object))
        this.#memory.set(place, next % 100);
    }
    // What was told to a callee must still be there when another one may look at it.
    if ([...this.#known].some((local) => !local.isAlive)) throw new Undefined();
    for (const local of this.#known) local.value = next % 100;
    return this.#outcome() ? 0 : -1;
  }

  #get(name: string): Value {
    const local = this.#local(name);
    if (!local) throw new Undefined();
    this.#known.add(local);
    return this.#opaque('get', []);
  }

  /** A new number. Releases, logs and stores may change places: they do not count. */
  #next(): number {
    return this.effects.filter((one) => one.kind === 'opaque' || one.kind === 'close').length * 3 + 11;
  }

  /** A value and, for a pointer, what stands behind it. */
  #seen(value: Value): string {
    if (typeof value !== 'object') return show(value);
    if (!this.#alive.has(value.pointer)) throw new Undefined();
    const contents = [...this.#memory].filter(([place]) => place.startsWith(`${value.pointer}.`));
    return `${show(value)}{${contents.map(([place, content]) => `${place}=${show(content)}`).join(' ')}}`;
  }
}

/** A macro can jump to `out` only where the original has that label. */
export function canJump(routine: Routine): boolean {
  return routine.body.some((one) => holds(one, 'out'));
}

function number(value: number): Expression {
  return { kind: 'number', value };
}

/** Does the label stand in the statement? */
function holds(statement: Statement, label: string): boolean {
  const inside = (body: Body | undefined): boolean => body?.some((one) => holds(one, label)) === true;
  switch (statement.kind) {
    case 'label':
      return statement.label === label;
    case 'if':
      return inside(statement.then) || inside(statement.otherwise);
    case 'while':
    case 'count':
    case 'block':
      return inside(statement.body);
    case 'switch':
      return statement.cases.some((one) => inside(one.body));
    default:
      return false;
  }
}

function show(value: Value): string {
  return typeof value === 'object' ? `@${value.pointer}` : String(value);
}

/** C11 6.3.1, on a machine with two's complement. */
function convert(type: Type, value: Value): Value {
  if (type === '_Bool') return typeof value === 'number' ? Number(value !== 0) : value && 1;
  if (typeof value !== 'number') return value;
  if (type === 'char') return ((value + 128) & 255) - 128;
  return type === 'unsigned char' ? value & 255 : value;
}
