/** Makes routines that acquire, check and release, and rewrites of them: right ones, and ones that were then damaged. */
import type { Body, Case, Expression, Operator, Routine, Statement, Type } from './program.ts';

/** A number below the given one. */
export type Choose = (below: number) => number;

const HANDLES: Readonly<Record<string, Type>> = { a: 'char *', b: 'char *', o: 'FILE *' };

const name = (text: string): Expression => ({ kind: 'name', name: text });
const number = (value: number): Expression => ({ kind: 'number', value });
const call = (callee: string, ...args: Expression[]): Expression => ({ kind: 'call', callee, args });
const not = (of: Expression): Expression => ({ kind: 'not', of });
const binary = (operator: Operator, left: Expression, right: Expression): Expression => ({
  kind: 'binary',
  operator,
  left,
  right,
});
const assign = (to: Expression, value: Expression): Statement => ({ kind: 'assign', to, value });
const evaluate = (value: Expression): Statement => ({ kind: 'evaluate', value });
/** How handles are given back in one routine. */
interface Releases {
  readonly callee: 'free' | 'SAFE_FREE';
  /** What every exit does behind its releases. */
  readonly finale: Body;
}

function release(handle: string, { callee }: Releases): Statement {
  if (handle !== 'o') return evaluate(call(callee, name(handle)));
  return { kind: 'if', test: name('o'), then: [evaluate(call('fclose', name('o')))], otherwise: undefined };
}

/** One way out: what stands before the releases, which these are, what is returned. */
interface Exit {
  readonly extra: Body;
  readonly releases: Body;
  readonly value: Expression;
}

/** A routine before its exits are written: an exit in the plan is a number. */
type Plan = readonly (
  | Statement
  | { readonly kind: 'exit'; readonly test: Expression | undefined; readonly exit: Exit }
  /** `while (test) { if (guard) { steps } }` */
  | { readonly kind: 'walk'; readonly test: Expression; readonly guard: Expression | undefined; readonly steps: Plan }
)[];

export class Maker {
  readonly #choose: Choose;
  #releases: Releases = { callee: 'free', finale: [] };
  /** Handles that the last exit releases, in its order. */
  #order: readonly string[] = [];

  constructor(choose: Choose) {
    this.#choose = choose;
  }

  #one<T>(list: readonly T[]): T {
    const chosen = list[this.#choose(list.length)];
    if (chosen === undefined) throw new RangeError('nothing to choose from');
    return chosen;
  }

  #chance(percent: number): boolean {
    return this.#choose(100) < percent;
  }

  /** A pair of versions: the second is a rewrite of the first, damaged in no, one or two places. */
  pair(): { readonly before: Routine; readonly after: Routine } {
    const returns = this.#one(['int', 'int', 'char', 'long'] as const);
    this.#releases = {
      callee: this.#one(['free', 'free', 'SAFE_FREE'] as const),
      finale: this.#chance(30) ? [this.#effect([])] : [],
    };
    const plan = this.#plan();
    const before = this.#written(plan, this.#one(['in-place', 'in-place', 'in-place', 'single', 'ladder'] as const));
    const form = this.#one(['in-place', 'single', 'single', 'ladder', 'nested'] as const);
    let after = this.#written(plan, form);
    const damages = this.#one([0, 0, 1, 1, 1, 2]);
    if (this.#chance(40)) after = this.#respelled(after);
    for (let count = 0; count < damages; count++) after = this.#damaged(after);
    return { before: { returns, body: before }, after: { returns, body: after } };
  }

  // ---- plans

  #plan(): Plan {
    const steps: Plan[number][] = [];
    const held: string[] = [];
    for (let count = 2 + this.#choose(4); count > 0; count--) {
      const free = Object.keys(HANDLES).filter((handle) => !held.includes(handle));
      if (free.length > 0 && this.#chance(55)) {
        const handle = this.#one(free);
        steps.push(assign(name(handle), handle === 'o' ? call('fopen', number(1)) : call('malloc', number(4))));
        if (this.#chance(90)) steps.push({ kind: 'exit', test: not(name(handle)), exit: this.#exit(held) });
        held.push(handle);
      } else {
        steps.push(...this.#step(held));
      }
    }
    steps.push({ kind: 'exit', test: undefined, exit: { ...this.#exit(held), extra: [] } });
    return steps;
  }

  #step(held: readonly string[]): Plan[number][] {
    const exit = (): Plan[number] => ({ kind: 'exit', test: this.#test(held), exit: this.#exit(held) });
    switch (this.#choose(10)) {
      case 9:
        return [this.#walk(held)];
      case 7:
        return [this.#round(held)];
      case 8:
        return this.#ofMember(held);
      case 0:
      case 1:
      case 2:
        return [exit()];
      case 3:
        return [{ kind: 'count', name: 'i', to: 2, body: [this.#effect(held), ...this.#loopJump(held)] }];
      case 4:
        return [{ kind: 'switch', value: this.#integer(), cases: this.#cases(held) }];
      case 5:
        return [{ kind: 'while', test: binary('<', call('g', name('x')), number(0)), body: [this.#effect(held)] }];
      default:
        return [this.#effect(held)];
    }
  }

  /** A loop whose rounds each acquire and release something of their own, and may end early. */
  #round(held: readonly string[]): Statement {
    const released = evaluate(call('free', name('c')));
    const early = binary('<', call('use', name('c'), this.#integer()), number(0));
    const body: Body = [
      { kind: 'declare', name: 'c', type: 'char *', value: call('malloc', number(4)) },
      { kind: 'if', test: not(name('c')), then: [{ kind: 'break' }], otherwise: undefined },
      {
        kind: 'if',
        test: early,
        then: [released, { kind: this.#one(['break', 'continue'] as const) }],
        otherwise: undefined,
      },
      this.#effect(held),
      released,
    ];
    return { kind: 'count', name: 'i', to: 2, body };
  }

  /** A loop over what a callee leaves in `z`, with exits inside: of its rounds some may change nothing. */
  #walk(held: readonly string[]): Plan[number] {
    const exit: Plan[number] = { kind: 'exit', test: this.#test(held), exit: this.#exit(held) };
    const told = call('get', { kind: 'address', name: 'z' });
    return {
      kind: 'walk',
      test: this.#one([told, binary('<', told, number(0))]),
      guard: this.#chance(30) ? undefined : this.#one([name('z'), this.#test(held)]),
      steps: this.#one<Plan>([[exit], [exit, this.#effect(held)], [this.#effect(held), exit]]),
    };
  }

  /** A handle in a member: acquired, used, given back and reset. */
  #ofMember(held: readonly string[]): Plan[number][] {
    const member = { kind: 'field', base: this.#one(['s', 't']), field: 'buf' } as const;
    const reset: Body = this.#chance(70) ? [assign(member, { kind: 'null' })] : [];
    const exit = this.#exit(held);
    const given = evaluate(call('free', member));
    return [
      assign(member, call('malloc', number(4))),
      { kind: 'exit', test: not(member), exit },
      {
        kind: 'exit',
        test: this.#test(held),
        exit: { ...exit, releases: [given, ...reset, ...exit.releases] },
      },
      given,
      ...reset,
    ];
  }

  #loopJump(held: readonly string[]): Body {
    if (!this.#chance(50)) return [];
    const kind = this.#one(['break', 'continue'] as const);
    return [{ kind: 'if', test: this.#test(held), then: [{ kind }], otherwise: undefined }, this.#effect(held)];
  }

  #cases(held: readonly string[]): Case[] {
    const values = [undefined, 0, 3, -1].slice(this.#choose(2), 3 + this.#choose(2));
    return values.map((value) => ({
      value,
      body: this.#chance(80) ? [this.#effect(held), { kind: 'break' }] : [this.#effect(held)],
    }));
  }

  #exit(held: readonly string[]): Exit {
    let releases = [...held].toReversed();
    if (this.#chance(30)) releases = releases.toReversed();
    // Leaks and double releases are what the original does: they must stay.
    if (this.#chance(8)) releases = releases.slice(1);
    this.#order = releases;
    return {
      extra: this.#extra(held),
      releases: [...releases.map((handle) => release(handle, this.#releases)), ...this.#releases.finale],
      value: this.#value(),
    };
  }

  #extra(held: readonly string[]): Body {
    if (this.#chance(60)) return [];
    if (this.#chance(70)) return [this.#effect(held)];
    // An object of the exit's own block, of which a callee may keep a pointer.
    const told = evaluate(call('get', { kind: 'address', name: 'u' }));
    return [{ kind: 'declare', name: 'u', type: 'int', value: number(5) }, told];
  }

  #value(): Expression {
    return this.#one([
      number(-1),
      number(-2),
      number(0),
      number(1),
      number(300),
      name('x'),
      name('G'),
      name('errno'),
      {
        kind: 'field',
        base: 's',
        field: 'n',
      } as const,
    ]);
  }

  #integer(): Expression {
    return this.#one([
      name('n'),
      name('x'),
      name('G'),
      name('z'),
      number(0),
      number(3),
      { kind: 'field', base: 's', field: 'n' } as const,
      { kind: 'field', base: 't', field: 'c' } as const,
      { kind: 'deref', name: 'p' } as const,
    ]);
  }

  #pointer(held: readonly string[]): Expression {
    return this.#one([...held.map((handle) => name(handle)), name('p'), name('s')]);
  }

  #test(held: readonly string[]): Expression {
    const integer = this.#integer();
    return this.#one([
      binary('<', call('use', this.#pointer(held), integer), number(0)),
      binary('<', call('use', this.#pointer(held), integer), number(0)),
      integer,
      not(integer),
      binary(this.#one(['==', '!=', '<', '>='] as const), integer, number(this.#choose(5))),
      binary(this.#one(['&&', '||'] as const), call('g', integer), name('n')),
    ]);
  }

  #effect(held: readonly string[]): Statement {
    const integer = this.#integer();
    const place = this.#one([
      { kind: 'field', base: 's', field: 'n' } as const,
      { kind: 'field', base: 't', field: 'c' } as const,
      { kind: 'deref', name: this.#one([...held.filter((handle) => handle !== 'o'), 'p']) } as const,
      name('G'),
      name('x'),
      name('x'),
    ]);
    return this.#one([
      evaluate(call('step')),
      evaluate(call('CHECK', integer)),
      { kind: 'add', to: place, value: integer },
      evaluate(call('log_error', integer)),
      evaluate(call('log_error', this.#pointer(held))),
      evaluate(call('use', this.#pointer(held), integer)),
      evaluate(call('get', { kind: 'address', name: 'z' })),
      assign(place, integer),
      assign(name('x'), call('g', integer)),
      assign({ kind: 'field', base: 's', field: 'buf' }, this.#one([{ kind: 'null' } as const, name('p')])),
    ]);
  }

  // ---- forms

  #written(plan: Plan, form: 'in-place' | 'single' | 'ladder' | 'nested'): Body {
    const locals: Statement[] = [
      { kind: 'declare', name: 'x', type: 'int', value: number(7) },
      { kind: 'declare', name: 'z', type: 'int', value: number(9) },
      { kind: 'declare', name: 'i', type: 'int', value: undefined },
    ];
    const hasNull = form === 'single' || this.#chance(50);
    for (const [handle, type] of Object.entries(HANDLES))
      locals.push({ kind: 'declare', name: handle, type, value: hasNull ? { kind: 'null' } : undefined });
    if (form === 'nested') return [...locals, ...this.#nested(plan)];
    if (form === 'in-place') return [...locals, ...plan.flatMap((step) => inPlace(step))];
    const type = this.#one(['int', 'int', 'int', 'long', 'char', '_Bool', 'unsigned char'] as const);
    const status: Statement = { kind: 'declare', name: 'r', type, value: number(this.#one([0, -1])) };
    const body = plan.flatMap((step) => jumping(step, form, this.#order));
    const { finale } = this.#releases;
    const labels = this.#order.flatMap((handle): Body => [
      ...(form === 'ladder' ? [label(handle)] : []),
      release(handle, this.#releases),
    ]);
    const end: Statement = form === 'ladder' ? label('none') : { kind: 'label', label: 'out' };
    const tail = form === 'single' ? [end, ...labels, ...finale] : [...labels, end, ...finale];
    return [...locals, status, ...body, ...tail, { kind: 'return', value: name('r') }];
  }

  /** `if (bad) { exit } rest` as `if (!bad) { rest } else { exit }`. */
  #nested(plan: Plan): Body {
    const [first, ...rest] = plan;
    if (!first) return [];
    if (first.kind !== 'exit' || !first.test) return [...inPlace(first), ...this.#nested(rest)];
    return [{ kind: 'if', test: not(first.test), then: this.#nested(rest), otherwise: wayOut(first.exit) }];
  }

  // ---- other words for the same

  #respelled(body: Body): Body {
    return body.map((statement) => {
      const [test] = parts(statement);
      if (statement.kind !== 'if' || !test || this.#chance(40))
        return mapBodies(statement, (one) => this.#respelled(one));
      return mapBodies({ ...statement, test: this.#otherTest(test) }, (one) => this.#respelled(one));
    });
  }

  #otherTest(test: Expression): Expression {
    if (test.kind === 'not') return this.#one([binary('==', test.of, number(0)), not(not(test))]);
    if (test.kind === 'name') return this.#one([binary('!=', test, number(0)), not(not(test))]);
    if (test.kind === 'binary' && test.operator === '==')
      return this.#one([binary('==', test.right, test.left), not(binary('!=', test.left, test.right))]);
    return this.#one([test, not(not(test))]);
  }

  // ---- damage

  #damaged(body: Body): Body {
    const at = this.#choose(body.length);
    const statement = body[at];
    if (!statement) return body;
    const inner = bodiesOf(statement);
    if (inner.length > 0 && this.#chance(60)) {
      const which = this.#choose(inner.length);
      let count = 0;
      const next = mapBodies(statement, (one) => (count++ === which && one.length > 0 ? this.#damaged(one) : one));
      return body.toSpliced(at, 1, next);
    }
    switch (this.#choose(8)) {
      case 0:
        return body.toSpliced(at, 1);
      case 1:
        return body.toSpliced(at, 0, statement);
      case 2:
      case 3:
        return [...body.slice(0, at), ...body.slice(at, at + 2).toReversed(), ...body.slice(at + 2)];
      case 4:
        return this.#moved(body, at);
      default:
        return body.toSpliced(at, 1, this.#changed(statement));
    }
  }

  #moved(body: Body, at: number): Body {
    const statement = body[at];
    const rest = body.toSpliced(at, 1);
    return statement ? rest.toSpliced(this.#choose(rest.length + 1), 0, statement) : body;
  }

  #changed(statement: Statement): Statement {
    switch (statement.kind) {
      case 'if':
        return { ...statement, test: this.#otherExpression(statement.test) };
      case 'while':
        return { ...statement, test: this.#otherExpression(statement.test) };
      case 'count':
        return { ...statement, to: statement.to + this.#choose(3) - 1 };
      case 'add':
        return { ...statement, value: this.#otherExpression(statement.value) };
      case 'assign':
        return this.#chance(30) && statement.to.kind === 'name'
          ? { ...statement, to: name(this.#one(['x', 'z', 'G', 'r'])) }
          : { ...statement, value: this.#otherExpression(statement.value) };
      case 'declare':
        return this.#chance(40) && statement.type === 'int'
          ? { ...statement, type: this.#one(['char', 'long', '_Bool', 'unsigned char'] as const) }
          : { ...statement, value: statement.value && this.#otherExpression(statement.value) };
      case 'evaluate':
      case 'return':
      case 'switch':
        return { ...statement, value: this.#otherExpression(statement.value) };
      case 'goto':
        return { ...statement, label: this.#one(['out', 'end_a', 'end_b', 'end_o', 'end_none']) };
      case 'break':
        return { kind: 'continue' };
      default:
        return statement;
    }
  }

  #otherExpression(expression: Expression): Expression {
    switch (expression.kind) {
      case 'number':
        return number(expression.value + this.#one([-1, 1, 256]));
      case 'name':
        return HANDLES[expression.name] ? name(this.#one(['a', 'b', 'p'])) : name(this.#one(['x', 'z', 'n', 'G', 'r']));
      case 'not':
        return this.#chance(50) ? expression.of : not(this.#otherExpression(expression.of));
      case 'binary':
        return this.#one([
          { ...expression, left: this.#otherExpression(expression.left) },
          { ...expression, right: this.#otherExpression(expression.right) },
          { ...expression, operator: this.#one(['==', '!=', '<', '>='] as const) },
        ]);
      case 'call': {
        const at = this.#choose(Math.max(expression.args.length, 1));
        const args = expression.args.map((arg, index) => (index === at ? this.#otherExpression(arg) : arg));
        return { ...expression, args };
      }
      case 'field':
        return { ...expression, base: this.#one(['s', 't']) };
      default:
        return expression;
    }
  }
}

function label(handle: string): Statement {
  return { kind: 'label', label: `end_${handle}` };
}

function wayOut(exit: Exit): Body {
  return [...exit.extra, ...exit.releases, { kind: 'return', value: exit.value }];
}

type Walk = Extract<Plan[number], { kind: 'walk' }>;

function walking({ test, guard, steps }: Walk, written: (step: Plan[number]) => Body): Statement {
  const rounds = steps.flatMap((step) => written(step));
  return {
    kind: 'while',
    test,
    body: guard ? [{ kind: 'if', test: guard, then: rounds, otherwise: undefined }] : rounds,
  };
}

function inPlace(step: Plan[number]): Body {
  if (step.kind === 'walk') return [walking(step, inPlace)];
  if (step.kind !== 'exit') return [step];
  if (!step.test) return wayOut(step.exit);
  return [{ kind: 'if', test: step.test, then: wayOut(step.exit), otherwise: undefined }];
}

/** The exit as a status and a jump: to the one label, or to that of the first release it needs. */
function jumping(step: Plan[number], form: 'single' | 'ladder', order: readonly string[]): Body {
  if (step.kind === 'walk') return [walking(step, (one) => jumping(one, form, order))];
  if (step.kind !== 'exit') return [step];
  const { exit, test } = step;
  const status = assign(name('r'), exit.value);
  if (!test) return [status];
  const text = JSON.stringify(exit.releases);
  const first = order.find((handle) => text.includes(`"name":"${handle}"`));
  const to: Statement = { kind: 'goto', label: form === 'single' ? 'out' : `end_${first ?? 'none'}` };
  return [{ kind: 'if', test, then: [...exit.extra, status, to], otherwise: undefined }];
}

function parts(statement: Statement): readonly Expression[] {
  return statement.kind === 'if' || statement.kind === 'while' ? [statement.test] : [];
}

function bodiesOf(statement: Statement): readonly Body[] {
  const found: Body[] = [];
  mapBodies(statement, (body) => {
    found.push(body);
    return body;
  });
  return found;
}

function mapBodies(statement: Statement, map: (body: Body) => Body): Statement {
  switch (statement.kind) {
    case 'if':
      return { ...statement, then: map(statement.then), otherwise: statement.otherwise && map(statement.otherwise) };
    case 'while':
    case 'count':
    case 'block':
      return { ...statement, body: map(statement.body) };
    case 'switch':
      return { ...statement, cases: statement.cases.map((one) => ({ ...one, body: map(one.body) })) };
    default:
      return statement;
  }
}
