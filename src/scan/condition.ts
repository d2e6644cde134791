/**
 * The condition of a preprocessor line as a formula over atoms that are compared by their text, so that `#ifdef X`,
 * `#ifndef X` and `#if defined(X)` are one choice. What is not `!`, `&&`, `||` or parentheses is an atom.
 */
export type Condition =
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'atom'; readonly text: string }
  | { readonly kind: 'not'; readonly operand: Condition }
  | { readonly kind: 'and' | 'or'; readonly left: Condition; readonly right: Condition };

/** Reads the condition of a whole `#if`, `#ifdef`, `#ifndef`, `#elif`, `#elifdef` or `#elifndef` line. */
export function parseCondition(directive: string): Condition {
  const line = withoutComments(directive);
  const match = /^#\s*([a-z]+)\b(.*)$/s.exec(line);
  const name = match?.[1] ?? '';
  const text = (match?.[2] ?? '').trim();
  if (name.endsWith('ifdef') || name === 'elifdef') return atom(`defined(${firstWord(text)})`);
  if (name.endsWith('ifndef') || name === 'elifndef') {
    return negate(atom(`defined(${firstWord(text)})`));
  }
  return parseFormula(text);
}

const QUOTED_OR_BLANK = /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|(?:\/\*.*?\*\/|\/\/[^\n]*|\s)+/gs;

/** The text of a directive without comments and splices, blanks collapsed; literals as they are. */
export function withoutComments(directive: string): string {
  return directive
    .replaceAll(/\\\r?\n/g, '')
    .replaceAll(QUOTED_OR_BLANK, (_, literal: string | undefined) => literal ?? ' ')
    .trim();
}

/** What is compared by its text. The text is C, so it is known not to be C++. */
function atom(text: string): Condition {
  if (text === 'defined(__cplusplus)' || text === '__cplusplus') return { kind: 'constant', value: false };
  return { kind: 'atom', text };
}

function firstWord(text: string): string {
  return /^[\w$]*/.exec(text)?.[0] ?? '';
}

/** Reads a formula as it stands behind `#if`. */
export function parseFormula(text: string): Condition {
  const trimmed = stripParentheses(text.trim());
  for (const [operator, kind] of [['||', 'or'] as const, ['&&', 'and'] as const]) {
    const at = splitAt(trimmed, operator);
    if (at < 0) continue;
    return { kind, left: parseFormula(trimmed.slice(0, at)), right: parseFormula(trimmed.slice(at + 2)) };
  }
  if (trimmed.startsWith('!') && !trimmed.startsWith('!=') && isUnary(trimmed.slice(1))) {
    return { kind: 'not', operand: parseFormula(trimmed.slice(1)) };
  }
  if (/^\d+[uUlL]*$/.test(trimmed)) return { kind: 'constant', value: Number.parseInt(trimmed) !== 0 };
  return atom(normalAtom(trimmed));
}

/** `!A == B` is `(!A) == B`: only a single operand may be taken apart. */
function isUnary(operand: string): boolean {
  return /^\s*!*\s*(defined\s*\(?\s*[\w$]+\s*\)?|[\w$]+)\s*$/.test(operand) || isWrapped(operand.trim());
}

function normalAtom(text: string): string {
  const match = /^defined\s*\(?\s*([\w$]+)\s*\)?$/.exec(text);
  return match ? `defined(${match[1]})` : text.replaceAll(/\s*([()<>=!+\-*/%&|^~?:,])\s*/g, '$1');
}

function stripParentheses(text: string): string {
  return isWrapped(text) ? stripParentheses(text.slice(1, -1).trim()) : text;
}

/** `(A && B)`, not `(A) && (B)`. */
function isWrapped(text: string): boolean {
  if (!text.startsWith('(') || !text.endsWith(')')) return false;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '(') depth++;
    else if (text[i] === ')' && --depth === 0) return i === text.length - 1;
  }
  return false;
}

/** Offset of the operator outside parentheses, where it binds loosest; -1 when there is none or `?:` is looser. */
function splitAt(text: string, operator: string): number {
  let depth = 0;
  let found = -1;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '(') depth++;
    else if (c === ')') depth--;
    else if (depth === 0 && (c === '?' || c === "'" || c === '"')) return -1;
    else if (depth === 0 && found < 0 && text.startsWith(operator, i)) found = i;
  }
  return found;
}

/** What is known of each atom. */
export type Assignment = ReadonlyMap<string, boolean>;

/** The value under an assignment, or the first atom that has to be decided. */
export function evaluate(condition: Condition, known: Assignment): boolean | { readonly undecided: string } {
  if (condition.kind === 'constant') return condition.value;
  if (condition.kind === 'atom') return known.get(condition.text) ?? { undecided: condition.text };
  if (condition.kind === 'not') {
    const value = evaluate(condition.operand, known);
    return typeof value === 'boolean' ? !value : value;
  }
  const left = evaluate(condition.left, known);
  if (typeof left !== 'boolean') return left;
  return left === (condition.kind === 'or') ? left : evaluate(condition.right, known);
}

/** The formula as text: what `parseFormula` reads back. */
export function renderCondition(condition: Condition): string {
  if (condition.kind === 'constant') return condition.value ? '1' : '0';
  if (condition.kind === 'atom') return condition.text;
  if (condition.kind === 'not') return `!${renderOperand(condition.operand)}`;
  return `${renderOperand(condition.left)} ${condition.kind === 'or' ? '||' : '&&'} ${renderOperand(condition.right)}`;
}

function renderOperand(condition: Condition): string {
  const isSimple =
    condition.kind === 'constant' || (condition.kind === 'atom' && /^(defined\()?[\w$]+\)?$/.test(condition.text));
  return isSimple ? renderCondition(condition) : `(${renderCondition(condition)})`;
}

/** The contrary, without a double negation. */
export function negate(condition: Condition): Condition {
  if (condition.kind === 'constant') return { kind: 'constant', value: !condition.value };
  return condition.kind === 'not' ? condition.operand : { kind: 'not', operand: condition };
}
