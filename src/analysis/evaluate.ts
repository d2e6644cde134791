/** Evaluates expressions on a path: where a value decides, the path splits. */
import { refuse } from '../diagnostics/refusal.ts';
import { fieldOf, namedChildren, textOf } from '../syntax/tree.ts';
import type { SyntaxNode } from '../syntax/tree.ts';
import { joinValues } from './atoms.ts';
import type { Atom, Place, Relation, Value } from './atoms.ts';
import { gatherStates, gatherValues } from './gather.ts';
import { loseNamed } from './lose.ts';
import { escape, keyOf, ownBases, readPlace, writePlace } from './memory.ts';
import { ZERO, factOf } from './facts.ts';
import { noteGrowth, noteUse } from './misuse.ts';
import { settle } from './settle.ts';
import { normal, partsOf, placeOf, pointee } from './places.ts';
import { Unanalysable } from './run.ts';
import type { Evaluated, Run } from './run.ts';
import type { State } from './state.ts';

export interface Located {
  readonly state: State;
  readonly place: Place | undefined;
}

const RELATIONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);

/** Compilers' hints: the value is that of the first argument. */
const HINTS: ReadonlySet<string> = new Set(['likely', 'unlikely', '__builtin_expect']);

/** All values of an expression with the path on which each holds. The state given is used up. */
export function evaluate(run: Run, node: SyntaxNode, state: State): Evaluated[] {
  switch (node.kind) {
    case 'parenthesized_expression':
      return evaluate(run, insideParentheses(node), state);
    case 'identifier':
      return [evaluateName(run, node, state)];
    case 'null':
    case 'false':
      return just(state, run.atoms.number(0));
    case 'true':
      return just(state, run.atoms.number(1));
    case 'number_literal':
      return just(state, literal(run, node));
    case 'string_literal':
    case 'concatenated_string':
      return just(state, run.atoms.ofNode(node.id, run.text(node), [], { isNonZero: true }));
    case 'char_literal':
    case 'sizeof_expression':
    case 'alignof_expression':
    case 'offsetof_expression':
      return just(state, run.atoms.named(run.text(node)));
    case 'assignment_expression':
      return assign(run, node, state);
    case 'update_expression':
      return update(run, node, state);
    case 'binary_expression':
      return binary(run, node, state);
    case 'unary_expression':
      return unary(run, node, state);
    case 'conditional_expression':
      return conditional(run, node, state);
    case 'comma_expression':
      return comma(run, node, state);
    case 'cast_expression':
      return cast(run, node, state);
    case 'pointer_expression':
      return node.children[0]?.kind === '&' ? addressOf(run, node, state) : load(run, node, state);
    case 'field_expression':
    case 'subscript_expression':
      return load(run, node, state);
    case 'call_expression':
      return call(run, node, state);
    case 'initializer_list':
    case 'compound_literal_expression':
      return aggregate(run, node, state);
    default:
      return opaque(run, node, state);
  }
}

/** The place an lvalue means; undefined where it is not known. */
export function locate(run: Run, node: SyntaxNode, state: State): Located[] {
  const argument = fieldOf(node, 'argument');
  switch (node.kind) {
    case 'parenthesized_expression':
      return locate(run, insideParentheses(node), state);
    case 'identifier':
      return [{ state, place: placeOfName(run, node) }];
    case 'field_expression':
      if (argument) return locateField(run, node, argument, state);
      break;
    case 'subscript_expression':
      if (argument) return locateElement(run, node, argument, state);
      break;
    case 'pointer_expression':
      if (!argument || node.children[0]?.kind !== '*') break;
      return evaluate(run, argument, state).map(({ state: next, value }) => ({
        state: next,
        place: pointee(run.atoms, value, '[0]', run.text(node)),
      }));
    case 'compound_literal_expression':
      return aggregate(run, node, state).map(({ state: next, value }) => {
        const place = { base: `c${node.id}`, path: '', text: run.text(node), isKnown: true };
        next.cells.set(keyOf(place), { place, value });
        return { state: next, place };
      });
    default:
      break;
  }
  return evaluate(run, node, state).map(({ state: next }) => ({ state: next, place: undefined }));
}

export function just(state: State, atom: Atom): Evaluated[] {
  return [{ state, value: [atom], place: undefined }];
}

/** A value of which nothing is known but what it may mention. */
export function unknownValue(run: Run, node: SyntaxNode, state: State, mentions: readonly string[]): Value {
  state.renew(run.atoms, `n${node.id}`);
  return [run.atoms.ofNode(node.id, run.text(node), ownBases(state, mentions))];
}

function basesOf(run: Run, value: Value): string[] {
  return value.flatMap((atom) => [...run.atoms.basesOf(atom)]);
}

export function insideParentheses(node: SyntaxNode): SyntaxNode {
  let inner = node;
  while (inner.kind === 'parenthesized_expression') {
    const only = namedChildren(inner)[0];
    if (only?.kind === 'compound_statement')
      throw new Unanalysable(refuse('statement-expression', 'the body has a statement expression', inner));
    if (!only || namedChildren(inner).length !== 1)
      throw new Unanalysable(refuse('parse-error', 'what stands in parentheses does not parse', inner));
    inner = only;
  }
  return inner;
}

// ---- names

function placeOfName(run: Run, node: SyntaxNode): Place {
  const declaration = run.bindings.of(node);
  return declaration
    ? placeOf(declaration)
    : { base: `g:${run.text(node)}`, path: '', text: run.text(node), isKnown: true };
}

function evaluateName(run: Run, node: SyntaxNode, state: State): Evaluated {
  const declaration = run.bindings.of(node);
  const name = run.text(node);
  const place = placeOfName(run, node);
  if (declaration?.isArray) {
    const first = { ...place, path: '[0]', text: name };
    return { state, value: [run.atoms.address(first)], place };
  }
  if (!declaration) {
    if (name === 'NULL') return { state, value: [run.atoms.number(0)], place: undefined };
    if (name === 'MAP_FAILED') return { state, value: [run.atoms.number(-1)], place: undefined };
    const constant = run.knowledge.constant?.(name);
    if (constant) {
      const atom = constant.value === undefined ? run.atoms.named(name) : run.atoms.number(constant.value);
      return { state, value: [atom], place: undefined };
    }
    const { kind } = run.knowledge.name(name);
    if (kind === 'function') return { state, value: [run.atoms.named(name)], place: undefined };
    // errno and other macros: whatever it is, it need not be the same the next time.
    if (kind === 'macro') return { state, value: unknownValue(run, node, state, []), place: undefined };
  }
  // Facts are of integers: `x > 0` and `x < 1` can both hold of a floating number.
  const isFloating = declaration !== undefined && !declaration.isPointer && /\b(float|double)\b/.test(declaration.type);
  if (declaration?.isVolatile || isFloating) return { state, value: unknownValue(run, node, state, []), place };
  return { state, value: readPlace(state, run.atoms, place) ?? unknownValue(run, node, state, []), place };
}

function literal(run: Run, node: SyntaxNode): Atom {
  const text = run
    .text(node)
    .replace(/[uUlL]+$/, '')
    .replace(/'/g, '');
  const number = /^0[0-7]+$/.test(text) ? Number.parseInt(text, 8) : Number(text);
  return Number.isSafeInteger(number) ? run.atoms.number(number) : run.atoms.named(text);
}

// ---- lvalues

function locateField(run: Run, node: SyntaxNode, argument: SyntaxNode, state: State): Located[] {
  const field = fieldOf(node, 'field');
  const written = field ? textOf(run.tree, field) : '?';
  const name = run.insight?.isUnionMember(written) === true ? '~' : written;
  const text = run.text(node);
  if (node.children.some((child) => child.kind === '.')) {
    return locate(run, argument, state).map(({ state: next, place }) => ({
      state: next,
      place: place && { ...place, path: normal(`${place.path}.${name}`), text },
    }));
  }
  return evaluate(run, argument, state).map(({ state: next, value }) => ({
    state: next,
    place: pointee(run.atoms, value, `.${name}`, text),
  }));
}

function locateElement(run: Run, node: SyntaxNode, argument: SyntaxNode, state: State): Located[] {
  const index = fieldOf(node, 'index');
  return evaluate(run, argument, state).flatMap(({ state: first, value: array }) =>
    (index ? evaluate(run, index, first) : just(first, run.atoms.number(0))).map(({ state: next, value }) => {
      const only = value.length === 1 && value[0] !== undefined ? run.atoms.info(value[0]) : undefined;
      const which = only?.number ?? '?';
      return { state: next, place: pointee(run.atoms, array, `[${which}]`, run.text(node)) };
    }),
  );
}

function load(run: Run, node: SyntaxNode, state: State): Evaluated[] {
  const field = node.kind === 'field_expression' ? fieldOf(node, 'field') : undefined;
  const isVolatile = field !== undefined && isVolatileField(run, textOf(run.tree, field));
  return locate(run, node, state).map(({ state: next, place }) => {
    touch(run, next, place, node);
    const known = place && !isVolatile ? readPlace(next, run.atoms, place) : undefined;
    // An element or a cell we don't tell apart: what was stored there has escaped, so it mentions nothing of ours.
    return { state: next, value: known ?? unknownValue(run, node, next, []), place };
  });
}

function isVolatileField(run: Run, field: string): boolean {
  return run.insight?.isUnionMember(field) !== true && run.knowledge.isVolatileField(field);
}

function addressOf(run: Run, node: SyntaxNode, state: State): Evaluated[] {
  const argument = fieldOf(node, 'argument');
  if (!argument) return opaque(run, node, state);
  const target = insideParentheses(argument);
  // `&function`, and the address of what a call returns.
  if (
    target.kind === 'identifier' &&
    !run.bindings.of(target) &&
    run.knowledge.name(run.text(target)).kind === 'function'
  )
    return just(state, run.atoms.named(run.text(node)));
  return locate(run, target, state).map(({ state: next, place }) => {
    const isArray = target.kind === 'identifier' && run.bindings.of(target)?.isArray === true;
    const whole = place && isArray ? { ...place, path: '[0]' } : place;
    const value = whole?.isKnown
      ? [run.atoms.address(whole)]
      : unknownValue(run, node, next, place ? [place.base] : []);
    return { state: next, value, place: undefined };
  });
}

// ---- assignments

function assign(run: Run, node: SyntaxNode, state: State): Evaluated[] {
  const left = fieldOf(node, 'left');
  const right = fieldOf(node, 'right');
  const operator = fieldOf(node, 'operator')?.kind ?? '=';
  if (!left || !right) return opaque(run, node, state);
  return evaluate(run, right, state).flatMap((from) =>
    locate(run, left, from.state).map(({ state: next, place }) => {
      if (operator !== '=') return compound(run, node, next, place, from.value);
      store(run, next, place, from, run.text(left), node);
      return { state: next, value: from.value, place };
    }),
  );
}

function compound(run: Run, node: SyntaxNode, state: State, place: Place | undefined, by: Value): Evaluated {
  const old = place ? (readPlace(state, run.atoms, place) ?? []) : [];
  const value = unknownValue(run, node, state, [...basesOf(run, old), ...basesOf(run, by)]);
  if (place) writePlace(state, run.atoms, place, value, `c${node.id}`);
  return { state, value, place };
}

/** What is accessed through a pointer shows that it is not NULL (C11 6.5.3.2p4). */
function touch(run: Run, state: State, place: Place | undefined, node: SyntaxNode): void {
  if (!place?.base.startsWith('s')) return;
  const atom = Number(place.base.slice(1));
  noteUse(run, state, atom, node);
  const fact = factOf(run.atoms, state.facts, atom);
  if ((fact.signs & ZERO) === 0 || fact.signs === ZERO) return;
  state.facts.set(atom, { ...fact, signs: fact.signs & ~ZERO });
  settle(state, run.atoms, run.sites, atom);
}

/** `place = value`, with the parts of a struct that is copied whole. */
export function store(
  run: Run,
  state: State,
  place: Place | undefined,
  from: Omit<Evaluated, 'state'>,
  text: string,
  node: SyntaxNode,
): void {
  const parts = from.place ? partsOf(state, from.place) : [];
  if (!place?.isKnown || isVolatilePlace(run, place)) {
    // `a[i] = p`, `*next++ = p`, a volatile variable: we lose sight of it.
    for (const value of [from.value, ...parts.map((part) => part.value)])
      escape(state, run.atoms, value, `the store to \`${text}\``, node);
  }
  if (!place) return;
  touch(run, state, place, node);
  noteGrowth(run, state, place, from.value, node);
  writePlace(state, run.atoms, place, from.value, `c${node.id}`);
  if (!place.isKnown) return;
  for (const { suffix, value } of parts) {
    const part = { ...place, path: normal(place.path + suffix), text: partText(place.text, suffix) };
    state.cells.set(keyOf(part), { place: part, value });
  }
}

function isVolatilePlace(run: Run, place: Place): boolean {
  return run.bindings.declarations.some((one) => one.isVolatile && placeOf(one).base === place.base);
}

/** `*to` and `.first`: `to->first`. */
function partText(text: string, suffix: string): string {
  return /^\*\w+$/.test(text) && suffix.startsWith('.') ? `${text.slice(1)}->${suffix.slice(1)}` : text + suffix;
}

function update(run: Run, node: SyntaxNode, state: State): Evaluated[] {
  const argument = fieldOf(node, 'argument');
  if (!argument) return opaque(run, node, state);
  return locate(run, argument, state).map(({ state: next, place }) => {
    const old = place ? (readPlace(next, run.atoms, place) ?? []) : [];
    const value = unknownValue(run, node, next, basesOf(run, old));
    if (place) writePlace(next, run.atoms, place, value, `c${node.id}`);
    const isPrefix = node.children[0]?.isNamed === false;
    return { state: next, value: isPrefix ? value : old, place: undefined };
  });
}

// ---- operators

function binary(run: Run, node: SyntaxNode, state: State): Evaluated[] {
  const left = fieldOf(node, 'left');
  const right = fieldOf(node, 'right');
  const operator = fieldOf(node, 'operator')?.kind;
  if (!left || !right || !operator) return opaque(run, node, state);
  if (operator === '&&' || operator === '||') return fromCondition(run, node, state);
  return evaluate(run, left, state).flatMap((a) =>
    evaluate(run, right, a.state).map((b) => {
      const value = RELATIONS.has(operator) ? comparison(run, operator as Relation, a.value, b.value) : undefined;
      return {
        state: b.state,
        value: value ?? operation(run, node, b.state, operator, [a.value, b.value]),
        place: undefined,
      };
    }),
  );
}

/** Deeper than this a value is new each time it is computed. */
const DEEPEST = 6;

function operation(run: Run, node: SyntaxNode, state: State, operator: string, operands: readonly Value[]): Value {
  const mentions = operands.flatMap((value) => basesOf(run, value));
  const atoms = operands.flatMap((value) => (value.length === 1 ? value : []));
  const isFlat = atoms.length === operands.length && atoms.every((atom) => run.atoms.info(atom).depth < DEEPEST);
  if (!isFlat) return unknownValue(run, node, state, mentions);
  return [run.atoms.operation(operator, atoms, run.text(node), ownBases(state, mentions))];
}

function comparison(run: Run, relation: Relation, a: Value, b: Value): Value | undefined {
  const [left, right] = [a[0], b[0]];
  if (left === undefined || right === undefined || a.length > 1 || b.length > 1) return undefined;
  if (run.atoms.info(left).depth > 8 || run.atoms.info(right).depth > 8) return undefined;
  return [run.atoms.compare(relation, left, right)];
}

function unary(run: Run, node: SyntaxNode, state: State): Evaluated[] {
  const operator = fieldOf(node, 'operator')?.kind ?? node.children[0]?.kind;
  const argument = fieldOf(node, 'argument') ?? namedChildren(node)[0];
  if (!argument) return opaque(run, node, state);
  return evaluate(run, argument, state).map(({ state: next, value }) => {
    const only = value.length === 1 ? value[0] : undefined;
    const number = only === undefined ? undefined : run.atoms.info(only).number;
    if (operator === '-' && number !== undefined)
      return { state: next, value: [run.atoms.number(-number)], place: undefined };
    if (operator === '+') return { state: next, value, place: undefined };
    if (operator === '!' && only !== undefined)
      return { state: next, value: [run.atoms.compare('==', only, run.atoms.number(0))], place: undefined };
    if (operator === '-' && only !== undefined && run.atoms.info(only).kind === 'named')
      return { state: next, value: [run.atoms.named(`-${run.atoms.text(only)}`)], place: undefined };
    return { state: next, value: operation(run, node, next, `${operator} `, [value]), place: undefined };
  });
}

/** `a && b` as a value. */
function fromCondition(run: Run, node: SyntaxNode, state: State): Evaluated[] {
  const { yes, no } = assumeCondition(run, node, state);
  return gatherValues(run, [
    ...yes.map((one) => ({ state: one, value: [run.atoms.number(1)], place: undefined })),
    ...no.map((one) => ({ state: one, value: [run.atoms.number(0)], place: undefined })),
  ]);
}

function conditional(run: Run, node: SyntaxNode, state: State): Evaluated[] {
  const condition = fieldOf(node, 'condition');
  const consequence = fieldOf(node, 'consequence');
  const alternative = fieldOf(node, 'alternative');
  if (!condition || !alternative || !consequence) return opaque(run, node, state);
  const { yes, no } = assumeCondition(run, condition, state);
  return gatherValues(run, [
    ...yes.flatMap((one) => evaluate(run, consequence, one)),
    ...no.flatMap((one) => evaluate(run, alternative, one)),
  ]);
}

function comma(run: Run, node: SyntaxNode, state: State): Evaluated[] {
  const left = fieldOf(node, 'left');
  const right = fieldOf(node, 'right');
  if (!left || !right) return opaque(run, node, state);
  return evaluate(run, left, state).flatMap(({ state: next }) => evaluate(run, right, next));
}

const ARITHMETIC =
  /\b(char|short|int|long|unsigned|signed|float|double|_Bool|bool|s?size_t|off_t|time_t|u?int(max|8|16|32|64)?_t|[us](8|16|32|64))\b/;

function cast(run: Run, node: SyntaxNode, state: State): Evaluated[] {
  const value = fieldOf(node, 'value');
  const type = fieldOf(node, 'type');
  if (!value || !type) return opaque(run, node, state);
  const text = run.text(type);
  // A pointer is the same by any other type; an arithmetic conversion may change the value.
  const isConversion = ARITHMETIC.test(text) && !text.includes('*') && !/ptr_t\b/.test(text);
  return evaluate(run, value, state).map((one) => {
    const only = one.value.length === 1 ? one.value[0] : undefined;
    const number = only === undefined ? undefined : run.atoms.info(only).number;
    if (!isConversion || (number !== undefined && number >= 0 && number < 128)) return one;
    return { ...one, value: operation(run, node, one.state, `(${text})`, [one.value]), place: undefined };
  });
}

/** Braces: a value that mentions all that stands in them. Which member has what is not followed, so that it escapes. */
function aggregate(run: Run, node: SyntaxNode, state: State): Evaluated[] {
  let paths: { state: State; mentions: string[] }[] = [{ state, mentions: [] }];
  const list = node.kind === 'initializer_list' ? node : fieldOf(node, 'value');
  for (const part of list ? namedChildren(list) : []) {
    const inner = part.kind === 'initializer_pair' ? fieldOf(part, 'value') : part;
    if (!inner) continue;
    paths = paths.flatMap((path) =>
      evaluate(run, inner, path.state).map(({ state: next, value }) => {
        const mentions = [...path.mentions, ...basesOf(run, value)];
        escape(next, run.atoms, value, run.text(node), node);
        return { state: next, mentions };
      }),
    );
  }
  return paths.map(({ state: next, mentions }) => ({
    state: next,
    value: unknownValue(run, node, next, mentions),
    place: undefined,
  }));
}

/** Something we don't read: whatever it names has escaped. */
function opaque(run: Run, node: SyntaxNode, state: State): Evaluated[] {
  state.renew(run.atoms, `c${node.id}`);
  loseNamed(run, node, state, `\`${run.text(node)}\``);
  state.inexact ??= `\`${run.text(node)}\` is not understood`;
  return [{ state, value: unknownValue(run, node, state, []), place: undefined }];
}

// ---- conditions

/** The paths on which a condition holds, and those on which it does not. */
export function assumeCondition(run: Run, node: SyntaxNode, state: State): { yes: State[]; no: State[] } {
  const operator = fieldOf(node, 'operator')?.kind;
  const left = fieldOf(node, 'left');
  const right = fieldOf(node, 'right');
  if (node.kind === 'parenthesized_expression') return assumeCondition(run, insideParentheses(node), state);
  if (node.kind === 'call_expression') {
    const hinted = hintedArgument(run, node);
    if (hinted) return assumeCondition(run, hinted, state);
  }
  if (node.kind === 'unary_expression' && (operator ?? node.children[0]?.kind) === '!') {
    const argument = fieldOf(node, 'argument') ?? namedChildren(node)[0];
    if (argument) {
      const { yes, no } = assumeCondition(run, argument, state);
      return { yes: no, no: yes };
    }
  }
  if (node.kind === 'binary_expression' && left && right && (operator === '&&' || operator === '||')) {
    const first = assumeCondition(run, left, state);
    const second = (operator === '&&' ? first.yes : first.no).map((one) => assumeCondition(run, right, one));
    const yes = second.flatMap((one) => one.yes);
    const no = second.flatMap((one) => one.no);
    return operator === '&&'
      ? { yes, no: gatherStates(run, [...first.no, ...no]) }
      : { yes: gatherStates(run, [...first.yes, ...yes]), no };
  }
  if (node.kind === 'binary_expression' && left && right && operator && RELATIONS.has(operator)) {
    const pairs = evaluate(run, left, state).flatMap((a) => evaluate(run, right, a.state).map((b) => ({ a, b })));
    return gather(pairs.map(({ a, b }) => run.assumer.split(b.state, operator as Relation, a, b)));
  }
  const zero = { value: [run.atoms.number(0)], place: undefined };
  return gather(evaluate(run, node, state).map((one) => run.assumer.split(one.state, '!=', one, zero)));
}

function gather(splits: readonly { yes: State | undefined; no: State | undefined }[]): { yes: State[]; no: State[] } {
  return {
    yes: splits.flatMap((one) => (one.yes ? [one.yes] : [])),
    no: splits.flatMap((one) => (one.no ? [one.no] : [])),
  };
}

function hintedArgument(run: Run, node: SyntaxNode): SyntaxNode | undefined {
  const callee = fieldOf(node, 'function');
  const args = fieldOf(node, 'arguments');
  if (callee?.kind !== 'identifier' || !args || !HINTS.has(run.text(callee))) return undefined;
  return namedChildren(args)[0];
}

// ---- calls

function call(run: Run, node: SyntaxNode, state: State): Evaluated[] {
  const hinted = hintedArgument(run, node);
  if (hinted) return evaluate(run, hinted, state);
  const callee = fieldOf(node, 'function');
  const args = fieldOf(node, 'arguments');
  if (!callee || !args) return opaque(run, node, state);
  const isNamed = callee.kind === 'identifier' && !run.bindings.of(callee);
  let paths: { state: State; operands: Value[]; name: string | undefined }[] = isNamed
    ? [{ state, operands: [], name: run.text(callee) }]
    : evaluate(run, callee, state).map((one) => ({
        state: one.state,
        operands: [],
        name: run.insight && functionNamed(run, one.value),
      }));
  for (const operand of namedChildren(args)) {
    paths = paths.flatMap((path) =>
      argumentValues(run, operand, path.state).map(({ state: next, value, place }) => {
        // A struct passed by value takes the handles in it along.
        const parts = place ? partsOf(next, place) : [];
        const whole = parts.reduce<Value>((all, part) => joinValues(all, part.value), value);
        return { state: next, operands: [...path.operands, whole], name: path.name };
      }),
    );
  }
  return paths.flatMap(({ state: next, operands, name }) => run.performCall(run, node, name, operands, next));
}

/** `void (*put)(char *) = drop; put(p);` calls drop. */
function functionNamed(run: Run, value: Value): string | undefined {
  const only = value.length === 1 && value[0] !== undefined ? run.atoms.info(value[0]) : undefined;
  const name = only?.kind === 'named' ? only.text.replace(/^&\s*/, '') : '';
  return /^[A-Za-z_]\w*$/.test(name) && run.knowledge.name(name).kind === 'function' ? name : undefined;
}

/** Types as arguments of macros are not expressions. */
function argumentValues(run: Run, operand: SyntaxNode, state: State): Evaluated[] {
  if (operand.kind === 'type_descriptor' || operand.kind.endsWith('_specifier'))
    return just(state, run.atoms.named(run.text(operand)));
  return evaluate(run, operand, state);
}
