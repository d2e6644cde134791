/** What a macro's replacement text can do behind its user's back (DESIGN §5). */
import { fieldOf, namedChildren, textOf, walk, type FunctionTree, type SyntaxNode } from '../syntax/tree.ts';
import type { MacroFacts, NameFacts } from './knowledge.ts';
import { hiddenScope } from './hidden-scope.ts';
import type { MacroBody } from './macro-body.ts';
import { argumentsOf, stripParentheses } from './summary/subject.ts';

export interface MacroReading {
  readonly facts: MacroFacts;
  /** It calls a name of which nothing is known, which may itself be a macro: then the facts are those seen so far. */
  readonly callsUnknown: boolean;
}

/** Words that are no names. */
const WORDS: ReadonlySet<string> = new Set(
  (
    'auto break case char const continue default do double else enum extern float for goto if inline int long register ' +
    'restrict return short signed sizeof static struct switch typedef union unsigned void volatile while _Bool bool ' +
    '_Alignof alignof typeof __typeof__ __typeof __extension__ __attribute__ __inline__ __inline __const __volatile__ ' +
    '_Generic _Static_assert _Atomic _Thread_local thread_local __thread __label__ asm __asm__ __asm __alignof__'
  ).split(' '),
);

const STATE_WORDS: ReadonlySet<string> = new Set(
  'static _Thread_local thread_local __thread __COUNTER__ __label__ asm __asm__ __asm'.split(' '),
);

/**
 * Derives the facts of one definition.
 * @param tree the parsed body; undefined where it did not parse: then everything that could be is taken to be
 * @param lookup facts of the names the body uses
 */
export function deriveMacroFacts(
  body: MacroBody,
  tree: FunctionTree | undefined,
  lookup: (name: string) => NameFacts,
): MacroReading {
  const names = namesOf(body);
  const nested = names.map((name) => ({ name, facts: lookup(name) }));
  const called = calledNames(body);
  const { writes, addresses } = writtenParameters(body, tree, lookup);
  const addressedNames = [
    ...new Set([...addressedIn(body), ...nested.flatMap(({ facts }) => facts.macro?.addressedNames ?? [])]),
  ];
  const hides = hiddenScope(body) ?? nested.map(({ facts }) => facts.macro?.hides).find((one) => one !== undefined);
  return {
    facts: {
      hasJump: !isBalanced(body) || jumps(body, tree) || nested.some(({ facts }) => facts.macro?.hasJump === true),
      isStateful: body.pastes || hasState(body, tree) || nested.some(({ facts }) => facts.macro?.isStateful === true),
      ...(onlyReturns(body, tree, nested) && { onlyReturns: true }),
      freeNames: [
        ...new Set(nested.flatMap(({ name, facts }) => [name, ...(facts.macro?.freeNames ?? [])])),
      ].toSorted(),
      writes,
      ...(addresses.length > 0 && { addresses }),
      ...(addressedNames.length > 0 && { addressedNames }),
      ...((isFragment(body) || nested.some(({ facts }) => facts.macro?.isFragment)) && { isFragment: true }),
      ...(hides && { hides }),
    },
    // A pasted name is a name nothing is known of: it may jump, which is not the same as being seen to jump.
    callsUnknown: body.pastes || [...called].some((name) => lookup(name).kind === 'unknown'),
  };
}

function wordsOf(body: MacroBody): string[] {
  return body.tokens
    .filter((token) => token.kind === 'identifier')
    .map((token) => body.text.slice(token.start, token.end));
}

/** Identifiers of the body that are neither keywords, parameters nor members. */
function namesOf(body: MacroBody): string[] {
  const names = new Set<string>();
  let before = '';
  for (const token of body.tokens) {
    const text = body.text.slice(token.start, token.end);
    const isMember = before === '.' || before === '->';
    if (token.kind === 'identifier' && !isMember && !WORDS.has(text) && !body.params.includes(text)) names.add(text);
    before = text;
  }
  return [...names];
}

/** Names behind an `&`, which may be the one of two operands as well. */
function addressedIn(body: MacroBody): string[] {
  const words = body.tokens.map((token) => body.text.slice(token.start, token.end));
  return words.filter((word, at) => {
    const before = words.slice(0, at).findLast((one) => one !== '(');
    return before === '&' && /^[A-Za-z_]/.test(word) && !body.params.includes(word);
  });
}

/** Names with a parenthesis behind them; a body that is one name may be called by the macro's user. */
function calledNames(body: MacroBody): ReadonlySet<string> {
  const names = new Set<string>(body.tokens.length === 1 ? namesOf(body) : []);
  for (const [index, token] of body.tokens.entries()) {
    const next = body.tokens[index + 1];
    const before = body.tokens[index - 1];
    if (token.kind !== 'identifier' || !next || body.text[next.start] !== '(') continue;
    const text = body.text.slice(token.start, token.end);
    const previous = before ? body.text.slice(before.start, before.end) : '';
    if (previous === '.' || previous === '->' || WORDS.has(text) || body.params.includes(text)) continue;
    names.add(text);
  }
  return names;
}

function isBalanced(body: MacroBody): boolean {
  let depth = 0;
  for (const token of body.tokens) {
    const text = body.text.slice(token.start, token.end);
    if (text === '{' || text === '(' || text === '[') depth++;
    if ((text === '}' || text === ')' || text === ']') && --depth < 0) return false;
  }
  return depth === 0;
}

/** A statement ends before the text does, or the text is an `if`. */
function isFragment(body: MacroBody): boolean {
  let depth = 0;
  return body.tokens.some((token, index) => {
    const text = body.text.slice(token.start, token.end);
    if (/^[{([]$/.test(text)) depth++;
    if (/^[})\]]$/.test(text)) depth--;
    if (depth > 0) return false;
    return (text === ';' && index < body.tokens.length - 1) || (text === 'if' && index === 0);
  });
}

/** Does control leave the text by a jump? `break` in a loop or switch of its own does not. */
function jumps(body: MacroBody, tree: FunctionTree | undefined): boolean {
  const words = wordsOf(body);
  if (words.includes('return') || words.includes('goto')) return true;
  const hasBreak = words.includes('break') || words.includes('continue');
  if (!hasBreak) return false;
  return !tree || hasUncaught(tree);
}

/** Some `return`, of its own or of a macro that it uses, and no other way out: not of the half of a block either. */
function onlyReturns(
  body: MacroBody,
  tree: FunctionTree | undefined,
  nested: readonly { readonly facts: NameFacts }[],
): boolean {
  const inner = nested.flatMap(({ facts }) => (facts.macro?.hasJump ? [facts.macro] : []));
  const words = wordsOf(body);
  if (!tree || !isBalanced(body) || body.pastes || words.includes('goto')) return false;
  if (!words.includes('return') && inner.length === 0) return false;
  return !hasUncaught(tree) && inner.every((macro) => macro.onlyReturns === true);
}

/** Does a `break` or `continue` leave the text? */
function hasUncaught(tree: FunctionTree): boolean {
  let leaves = false;
  walk(tree.body, (node) => {
    if (node.kind === 'break_statement' || node.kind === 'continue_statement') leaves ||= !isCaught(node);
  });
  return leaves;
}

function isCaught(jump: SyntaxNode): boolean {
  for (let up = jump.parent; up; up = up.parent) {
    if (up.kind === 'for_statement' || up.kind === 'while_statement' || up.kind === 'do_statement') return true;
    if (up.kind === 'switch_statement' && jump.kind === 'break_statement') return true;
  }
  return false;
}

function hasState(body: MacroBody, tree: FunctionTree | undefined): boolean {
  if (wordsOf(body).some((word) => STATE_WORDS.has(word))) return true;
  if (!tree) return body.tokens.some((token) => body.text.slice(token.start, token.end) === ':');
  let hasLabel = false;
  walk(tree.body, (node) => {
    if (node.kind === 'labeled_statement') hasLabel = true;
  });
  return hasLabel;
}

interface WrittenParameters {
  readonly writes: readonly number[];
  readonly addresses: readonly number[];
}

/** Parameters that are assigned, incremented, have their address taken, or are passed on to a macro that does so. */
function writtenParameters(
  body: MacroBody,
  tree: FunctionTree | undefined,
  lookup: (name: string) => NameFacts,
): WrittenParameters {
  const all = body.params.map((_, index) => index);
  if (!tree || body.pastes) return { writes: all, addresses: all };
  const written = new Set<number>();
  const addressed = new Set<number>();
  const mark = (node: SyntaxNode | undefined, ...sets: Set<number>[]): void => {
    const name = node && objectName(tree, node);
    const index = name === undefined ? -1 : body.params.indexOf(name);
    if (index >= 0) for (const set of sets) set.add(index);
  };
  walk(tree.body, (node) => {
    if (node.kind === 'assignment_expression') mark(fieldOf(node, 'left'), written);
    else if (node.kind === 'update_expression') mark(fieldOf(node, 'argument'), written);
    else if (node.kind === 'pointer_expression' && node.children[0]?.kind === '&')
      mark(fieldOf(node, 'argument'), written, addressed);
    else if (node.kind === 'call_expression') {
      const rest = body.params.at(-1);
      for (const argument of argumentsThat('writes', tree, node, rest, lookup)) mark(argument, written);
      for (const argument of argumentsThat('addresses', tree, node, rest, lookup)) mark(argument, addressed);
    }
  });
  const sorted = (set: ReadonlySet<number>): number[] => [...set].toSorted((a, b) => a - b);
  return { writes: sorted(written), addresses: sorted(addressed) };
}

/** Arguments of a call that the callee, if it is a macro, assigns or takes the address of. */
function argumentsThat(
  does: 'writes' | 'addresses',
  tree: FunctionTree,
  call: SyntaxNode,
  rest: string | undefined,
  lookup: (name: string) => NameFacts,
): SyntaxNode[] {
  const callee = fieldOf(call, 'function');
  if (callee?.kind !== 'identifier') return [];
  const facts = lookup(textOf(tree, callee));
  const positions = facts.macro?.[does];
  const given = argumentsOf(call);
  if (facts.kind === 'unknown' && !facts.macro?.writes) return given;
  return given.filter((argument, index) => {
    const isRest = textOf(tree, argument) === rest;
    return positions?.some((position) => position === index || (isRest && position > index)) === true;
  });
}

/** The variable that an lvalue is or is part of: `(p)`, `s.f`, `a[i]`. What lies behind a pointer is not part of it. */
function objectName(tree: FunctionTree, lvalue: SyntaxNode): string | undefined {
  const node = stripParentheses(lvalue);
  if (node.kind === 'identifier') return textOf(tree, node);
  const argument = fieldOf(node, 'argument') ?? fieldOf(node, 'value');
  const isPart =
    node.kind === 'subscript_expression' ||
    node.kind === 'cast_expression' ||
    (node.kind === 'field_expression' && node.children.some((child) => child.kind === '.'));
  return isPart && argument ? objectName(tree, argument) : undefined;
}

/**
 * `call`: the body is one call, perhaps cast or in parentheses, with each parameter once as a whole argument: using it
 * is like calling a function, whatever the called function is. `placed-call`: it also tells the callee its line.
 */
export type MacroForm = 'call' | 'placed-call' | 'other';

export function callForm(body: MacroBody, tree: FunctionTree): MacroForm {
  const [statement, ...more] = namedChildren(tree.body);
  if (more.length > 0 || statement?.kind !== 'expression_statement') return 'other';
  let [node] = namedChildren(statement);
  while (node && (node.kind === 'parenthesized_expression' || node.kind === 'cast_expression')) {
    node = node.kind === 'cast_expression' ? fieldOf(node, 'value') : namedChildren(node)[0];
  }
  if (node?.kind !== 'call_expression') return 'other';
  const given = argumentsOf(node).map((argument) => textOf(tree, stripParentheses(argument)));
  const used = given.filter((text) => body.params.includes(text));
  const added = given.filter((text) => !body.params.includes(text));
  const isForward = used.length === body.params.length && new Set(used).size === used.length;
  if (!isForward || !added.every((text) => CONSTANT_ARGUMENT.test(text))) return 'other';
  return added.includes('__LINE__') ? 'placed-call' : 'call';
}

/** What a forwarding macro adds of its own. */
const CONSTANT_ARGUMENT = /^(?:-?\d\w*|"[^"]*"|NULL|__FILE__|__LINE__|__func__|__FUNCTION__)$/;
