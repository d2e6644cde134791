/**
 * Is a difference certain? The judge over-approximates: it may have followed a path that no run takes, or taken a value
 * for unknown that is known to people. `different` is only said where the path can be taken for sure, as far as its
 * conditions ask about values that nothing ties together, and where one side makes a call that the other one lacks.
 */
import type { Happened } from './event.ts';
import type { Facts } from './facts.ts';
import type { Trace } from './state.ts';
import type { Term, TermTable } from './terms.ts';

/** A call that one side makes more often than the other. */
export interface ExtraCall {
  readonly side: 'before' | 'after';
  readonly event: Happened;
  /** How often each side calls this name on the path. */
  readonly before: number;
  readonly after: number;
}

interface Condition {
  readonly term: Term;
  readonly taken: boolean;
}

/** Oldest first. */
export function stepsOf(trace: Trace | undefined): Trace[] {
  const steps: Trace[] = [];
  for (let step = trace; step; step = step.previous) steps.push(step);
  return steps.toReversed();
}

/** Is there certainly a run that takes the path? */
export function isFeasible(terms: TermTable, steps: readonly Trace[]): boolean {
  const events = steps.flatMap(({ event }) => (event ? [event] : []));
  // Whoever may jump or assign behind the caller's back leaves nothing certain.
  if (events.some((event) => event.mayName || event.mayJump)) return false;
  const conditions: Condition[] = [];
  for (const { kind, condition, taken } of steps) {
    if (kind !== 'decision') continue;
    if (condition === undefined) return false;
    conditions.push({ term: condition, taken });
  }
  const groups = new Map<Term, Condition[]>();
  const seen = new Map<string, Term>();
  for (const condition of conditions) {
    const subject = subjectOf(terms, condition.term);
    if (!groups.has(subject) && !isFree(terms, events, subject, seen)) return false;
    groups.set(subject, [...(groups.get(subject) ?? []), condition]);
  }
  return [...groups].every(([subject, list]) => canBe(terms, events, subject, list));
}

/** What a condition asks about: of `n < 3` it is `n`. */
function subjectOf(terms: TermTable, condition: Term): Term {
  const { op, args } = terms.node(condition);
  const [left, right] = args;
  if (op === 'not' && left !== undefined) return subjectOf(terms, left);
  if (/^(==|!=|<|>|<=|>=)$/.test(op) && left !== undefined && right !== undefined) {
    if (terms.numberOf(right) !== undefined) return subjectOf(terms, left);
    if (terms.numberOf(left) !== undefined) return subjectOf(terms, right);
  }
  return condition;
}

/** May the value be anything of its type, whatever the other conditions say? Enters what it is made of in `seen`. */
function isFree(terms: TermTable, events: readonly Happened[], subject: Term, seen: Map<string, Term>): boolean {
  const { op } = terms.node(inner(terms, subject));
  if (!/^(fresh|parameter|load|==|<)$/.test(op)) return false;
  return terms.roots(subject).every((root) => {
    const name = originName(terms, events, inner(terms, root));
    if (name === undefined || seen.has(name)) return false;
    seen.set(name, subject);
    return true;
  });
}

function inner(terms: TermTable, term: Term): Term {
  const { op, args } = terms.node(term);
  return op === 'convert' && args[0] !== undefined ? inner(terms, args[0]) : term;
}

/** Two values with the same name may have to do with each other; undefined: nobody knows where the value is from. */
function originName(terms: TermTable, events: readonly Happened[], root: Term): string | undefined {
  const { op, text, args } = terms.node(root);
  if (op === 'parameter') return `parameter ${text}`;
  // What looks like a macro may be one of a header that is not seen, and a constant.
  const place = op === 'load' && args[0] !== undefined ? terms.node(args[0]) : undefined;
  if (place?.op === 'global' && /^[A-Z][A-Z0-9_]*$/.test(place.text)) return undefined;
  if (op === 'load') return `load ${args[0]}`;
  const event = op === 'fresh' ? events.find((one) => one.result === root) : undefined;
  if (!event) return undefined;
  // Two allocations fail or not as they please; `strcmp(a, b)` is the same twice.
  if (event.facts?.acquires) return `result ${root}`;
  // `strcmp(a, a)` is no question.
  if (event.facts?.isPure && new Set(event.args).size < event.args.length) return undefined;
  return `${event.kind} ${event.key} ${event.args.join(',')}`;
}

const SIGNED =
  /^((signed )?(char|short|int|long)( int| long| long int)?|ssize_t|int(8|16|32|64|ptr|max)_t|ptrdiff_t|off_t|pid_t)$/;

/** Is there a number, or a pointer, that makes all conditions on the subject come out as they did? */
function canBe(
  terms: TermTable,
  events: readonly Happened[],
  subject: Term,
  conditions: readonly Condition[],
): boolean {
  const source = events.find((event) => event.result === inner(terms, subject));
  const near = conditions.flatMap(({ term }) => numbersIn(terms, term)).flatMap((n) => [n - 1, n, n + 1]);
  return [0, 1, -1, ...near].some(
    (value) =>
      canHold(terms.typeOf(subject), value, source) &&
      conditions.every(({ term, taken }) => evaluate(terms, term, subject, value) === taken),
  );
}

/**
 * Does every type that this may be have the value? What a callee returns is of a type that is not known here, unless it
 * is known to fail with it.
 */
function canHold(type: string | undefined, value: number, source: Happened | undefined): boolean {
  const acquires = source?.facts?.acquires?.filter((one) => one.handle === 'result') ?? [];
  if (value === 0 && acquires.some((one) => one.failure === 'never')) return false;
  const isSigned = acquires.length > 0 || source?.facts?.returnsSigned === true;
  if (type === undefined) return value === 0 || value === 1 || (value === -1 && isSigned);
  if (/\b(_Bool|bool)\b/.test(type)) return value === 0 || value === 1;
  return value >= 0 ? value <= 0x7f : SIGNED.test(type);
}

function numbersIn(terms: TermTable, condition: Term): number[] {
  return terms.node(condition).args.flatMap((arg) => {
    const number = terms.numberOf(arg);
    return number === undefined ? numbersIn(terms, arg) : [number];
  });
}

/** The truth of a condition when its subject has the value; undefined where it is more than a comparison with a number. */
function evaluate(terms: TermTable, condition: Term, subject: Term, value: number): boolean | undefined {
  if (condition === subject) return value !== 0;
  const { op, args } = terms.node(condition);
  const [left, right] = args;
  if (left === undefined) return undefined;
  if (op === 'not') {
    const truth = evaluate(terms, left, subject, value);
    return truth === undefined ? undefined : !truth;
  }
  if (right === undefined) return undefined;
  const a = left === subject ? value : terms.numberOf(left);
  const b = right === subject ? value : terms.numberOf(right);
  if (a === undefined || b === undefined) return undefined;
  const results: Readonly<Record<string, boolean>> = {
    '==': a === b,
    '!=': a !== b,
    '<': a < b,
    '>': a > b,
    '<=': a <= b,
    '>=': a >= b,
  };
  return results[op];
}

/** The first call that one side certainly makes more often than the other, on a path that both have walked to the end. */
export function findExtraCall(terms: TermTable, facts: Facts, steps: readonly Trace[]): ExtraCall | undefined {
  const own = (side: 'before' | 'after'): Happened[] =>
    steps.flatMap(({ side: whose, event }) => (event && whose === side ? [event] : []));
  const both = steps.flatMap(({ side, event }) => (event && side === 'both' ? [event] : []));
  const sides = { before: own('before'), after: own('after') };
  const texts = (events: readonly Happened[]): string =>
    events
      .filter((event) => event.kind !== 'call' && event.kind !== 'store')
      .map((event) => event.key)
      .toSorted()
      .join('\n');
  // What a macro does, calls included, is not seen.
  if (texts(sides.before) !== texts(sides.after)) return undefined;
  const count = (events: readonly Happened[], name: string): number =>
    events.filter((event) => event.kind === 'call' && event.name === name).length;
  for (const side of ['before', 'after'] as const) {
    const others = side === 'before' ? sides.after : sides.before;
    for (const event of sides[side]) {
      const { name } = event;
      if (event.kind !== 'call' || name === undefined || event.facts?.isPure) continue;
      if (count(sides[side], name) <= count(others, name)) continue;
      if (others.some((other) => other.key === event.key && other.args.join() === event.args.join())) continue;
      if (!hasEffect(terms, facts, event)) continue;
      const shared = count(both, name);
      return { side, event, before: shared + count(sides.before, name), after: shared + count(sides.after, name) };
    }
  }
  return undefined;
}

/**
 * Does the call certainly do something? One whose handle is null, or was found in memory that others may have written,
 * may do nothing then.
 */
function hasEffect(terms: TermTable, facts: Facts, event: Happened): boolean {
  const handle = event.args[event.facts?.releases?.argument ?? 0];
  if (handle === undefined) return true;
  const bare = inner(terms, handle);
  const known = [handle, bare].map((term) => facts.get(term));
  if (terms.numberOf(handle) === 0 || known.some((fact) => fact?.equals === 0)) return false;
  if (known.some((fact) => fact?.differs.includes(0) === true)) return true;
  const { op, text } = terms.node(bare);
  return (
    /^(undefined|object|global|parameter|integer|literal)$/.test(op) ||
    (op === 'fresh' && text.startsWith('result of '))
  );
}
