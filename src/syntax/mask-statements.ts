/**
 * Masks at the level of statements. The body is read as a flat sequence of statement heads: `if (...)`, a label, an
 * expression up to its `;`. No keyword of control is ever masked.
 *
 * - A macro with a body (`list_for_each_entry(...) {`, `each(x) stmt`) gets the shape `while (...)`: its name is
 *   overwritten, its arguments stay as an expression. It is recorded, since its header is not that of a C loop.
 * - A macro call without its semicolon gets one in place of the white space behind it. The call stays visible.
 * - `if IS_X(t) {` gets parentheses in place of white space.
 * - `case 1 ... 5:` becomes `case 1  +  5:`, one expression that covers both limits.
 */
import {
  countNames,
  isDeclaratorEnd,
  isRecordBody,
  maskDeclarators,
  maskMacroDeclaration,
  maskMembers,
  maskSpecifiers,
  readSpecifiers,
} from './mask-declaration.ts';
import { maskAssembly } from './mask-assembly.ts';
import { maskExpression, type OnBlock } from './mask-expression.ts';
import type { MaskText } from './mask-text.ts';
import { ASM_WORDS, isLoopName, SPECIFIERS, STATEMENT_WORDS, TAG_WORDS } from './mask-words.ts';

/** Masks the statements `[from, to)` and all blocks inside. */
export function maskStatements(text: MaskText, from: number, to: number): void {
  const pending: [number, number][] = [[from, to]];
  const onBlock = (open: number): void => {
    pending.push([open + 1, text.behind(open) - 1]);
  };
  for (let block = pending.pop(); block; block = pending.pop()) {
    let i = block[0];
    while (i < block[1]) i = Math.max(maskStatement(text, i, block[1], onBlock), i + 1);
  }
}

/** Masks one statement head; returns the index of the next. */
function maskStatement(text: MaskText, i: number, to: number, onBlock: OnBlock): number {
  const word = text.word(i);
  if (word === '{' || word === '}' || word === ';') return i + 1;
  if (!text.isIdentifier(i)) return maskSimple(text, i, to, onBlock);
  if (word === 'case') return maskCase(text, i, to, onBlock);
  if (word === 'default' || word === 'else' || word === 'do') return text.word(i + 1) === ':' ? i + 2 : i + 1;
  if (word === 'for') return maskFor(text, i, onBlock);
  if (word === 'if' || word === 'while' || word === 'switch') return maskHeader(text, i, onBlock);
  if (STATEMENT_WORDS.has(word)) return maskSimple(text, i, to, onBlock);
  if (ASM_WORDS.has(word)) return maskAssembly(text, i, to);
  if (text.word(i + 1) === ':' && text.word(i + 2) !== ':') return i + 2;
  return maskMacroStatement(text, i, to, onBlock) ?? maskDeclarationOrExpression(text, i, to, onBlock);
}

function maskHeader(text: MaskText, i: number, onBlock: OnBlock): number {
  const open = text.word(i + 1) === '(' ? i + 1 : i + 2;
  if (text.word(open) !== '(') return i + 1;
  const behind = text.behind(open);
  if (open > i + 1) wrapCondition(text, i, behind);
  maskExpression(text, i + 1, behind, onBlock);
  return behind;
}

/** `if IS_X(t) {` becomes `if(IS_X(t)){`: the macro brings its own parentheses. */
function wrapCondition(text: MaskText, i: number, behind: number): void {
  const before = text.start(i + 1) - 1;
  const after = text.end(behind - 1);
  if (before < text.end(i) || !/\s/.test(text.text[after] ?? '')) return;
  text.writeAt(before, '(');
  text.writeAt(after, ')');
}

function maskFor(text: MaskText, i: number, onBlock: OnBlock): number {
  if (text.word(i + 1) !== '(') return i + 1;
  const behind = text.behind(i + 1);
  const first = endOfStatement(text, i + 2, behind - 1);
  maskDeclarationOrExpression(text, i + 2, Math.min(first + 1, behind - 1), onBlock);
  maskExpression(text, first, behind - 1, onBlock);
  return behind;
}

function maskCase(text: MaskText, i: number, to: number, onBlock: OnBlock): number {
  let at = i + 1;
  let choices = 0;
  while (at < to && (text.word(at) !== ':' || choices > 0)) {
    if (text.word(at) === '?') choices++;
    else if (text.word(at) === ':') choices--;
    else if (text.word(at) === '...') text.mask(at, at + 1, { text: ' + ' });
    at = text.behind(at);
  }
  maskExpression(text, i + 1, Math.min(at, to), onBlock);
  return at + 1;
}

/** Index of the `;` that ends a statement, brackets skipped; `to` when there is none. */
function endOfStatement(text: MaskText, from: number, to: number): number {
  let i = from;
  while (i < to && text.word(i) !== ';') i = text.behind(i);
  return Math.min(i, to);
}

function maskSimple(text: MaskText, i: number, to: number, onBlock: OnBlock): number {
  const end = endOfStatement(text, i, to);
  maskExpression(text, i, end, onBlock);
  return end + 1;
}

/** `NAME(...)` at the start of a statement, without a semicolon behind it; undefined when it is something else. */
function maskMacroStatement(text: MaskText, i: number, to: number, onBlock: OnBlock): number | undefined {
  if (text.word(i + 1) !== '(') return maskBareMacro(text, i, to);
  const name = text.word(i);
  if (SPECIFIERS.has(name) || name.startsWith('__attribute')) return undefined;
  const behind = text.behind(i + 1);
  if (behind > to) return undefined;
  const next = text.word(behind);
  if (next === '{') return maskLoopMacro(text, i, behind);
  if (next === '}') return terminateMacro(text, i, behind, onBlock);
  if (behind >= to) return undefined;
  if (isLoopName(name) && startsLoopBody(text, behind)) return maskLoopMacro(text, i, behind);
  const isDeeper = text.isFirstOnLine(behind) && text.column(behind) > text.column(i);
  if (next === '(' && isDeeper) return maskLoopMacro(text, i, behind);
  if (!text.isIdentifier(behind)) return undefined;
  if (isTypeMacro(text, behind, to)) return undefined;
  if (text.isFirstOnLine(behind) && text.column(behind) <= text.column(i))
    return terminateMacro(text, i, behind, onBlock);
  return maskLoopMacro(text, i, behind);
}

/** Can a statement start here, where a call of a loop macro has just ended? */
function startsLoopBody(text: MaskText, index: number): boolean {
  const word = text.word(index);
  return text.isIdentifier(index) || word === '*' || word === '++' || word === '--' || word === '(';
}

/** `STACK_OF(X) *p = ...;`, `ATTR(8) char x[2];`: a declaration, whose type starts with a macro. */
function isTypeMacro(text: MaskText, behind: number, to: number): boolean {
  const word = text.word(behind);
  if (STATEMENT_WORDS.has(word)) return false;
  if (text.isFirstOnLine(behind)) return false;
  if (SPECIFIERS.has(word) || TAG_WORDS.has(word)) return true;
  let i = behind + 1;
  while (text.word(i) === '*') i++;
  if (i < to && text.isIdentifier(i)) return true;
  return i === behind + 1 && i <= to && isDeclaratorEnd(text.word(i)) && text.word(i) !== ':';
}

/** Behind `NAME(...)`, a `;` in the white space. */
function terminateMacro(text: MaskText, i: number, behind: number, onBlock: OnBlock): number {
  maskExpression(text, i, behind, onBlock);
  text.terminate(behind - 1);
  return behind;
}

/**
 * Words that are macros with statements of their own: `TODO break;`, and in capitals alone on their line before a `}` or a
 * statement that starts in the same column (`BEGIN_BLOCK` newline `x = 1;`, which would pass for a declaration of x).
 */
function maskBareMacro(text: MaskText, i: number, to: number): number | undefined {
  let behind = i;
  while (behind < to && isBareWord(text, behind, i)) behind++;
  if (behind === i) return undefined;
  const next = text.word(behind);
  const isAlone = text.isFirstOnLine(behind) && text.isFirstOnLine(i) && text.column(behind) === text.column(i);
  const isSeparate = next === '}' || STATEMENT_WORDS.has(next) || (isAlone && text.isIdentifier(behind));
  if (!isSeparate) return undefined;
  for (let at = i; at < behind; at++) text.terminate(at, next !== '}');
  return behind;
}

/** A word in capitals on the same line as the first. */
function isBareWord(text: MaskText, index: number, first: number): boolean {
  const word = text.word(index);
  if (!text.isIdentifier(index) || word !== word.toUpperCase()) return false;
  return text.word(index + 1) !== '(' && (index === first || !text.isFirstOnLine(index));
}

/** `each_item(...)` becomes `while    (...)`, where the name is long enough; a short one takes from its arguments. */
function maskLoopMacro(text: MaskText, i: number, behind: number): number | undefined {
  const name = text.word(i);
  const isAlways = isLoopName(name);
  if (!isAlways && hasUnboundJump(text, behind)) return undefined;
  const room = text.start(i + 1) - text.start(i);
  if (text.isFirstOnLine(i + 1)) return undefined;
  if (room >= 5) {
    text.writeAt(text.start(i), `while${' '.repeat(Math.max(name.length, 5) - 5)}`, isAlways);
    maskExpression(text, i, behind, undefined);
  } else if (!writeShortLoop(text, i, behind, isAlways)) return undefined;
  text.iteratorMacros.push({ start: text.start(i), end: text.end(behind - 1) });
  return behind;
}

/** `TEST("list") {` becomes `while(_____) {`: only where the arguments have no effect. */
function writeShortLoop(text: MaskText, i: number, behind: number, isAlways: boolean): boolean {
  const from = text.start(i);
  const to = text.end(behind - 1);
  const source = text.text.slice(from, to);
  if (to - from < 9 || /[\r\n]/.test(source) || /[=(]|\+\+|--/.test(source.slice(source.indexOf('(') + 1)))
    return false;
  text.writeAt(from, `while(${'_'.repeat(to - from - 7)})`, isAlways);
  return true;
}

/** A `break` or `continue` of the body that would belong to the macro, were it a loop; it need not be one. */
function hasUnboundJump(text: MaskText, from: number): boolean {
  const end = text.word(from) === '{' ? text.behind(from) : endOfStatement(text, from, text.tokens.length);
  for (let i = from; i < end; i++) {
    const word = text.word(i);
    if (word === 'break' || word === 'continue') return true;
    if (/^(for|while|do|switch)$/.test(word)) i = behindBlockOf(text, i) - 1;
  }
  return false;
}

/** Behind the block of a loop; right behind its keyword where it has none, and for a switch, which binds no `continue`. */
function behindBlockOf(text: MaskText, i: number): number {
  if (text.word(i) === 'switch') return i + 1;
  const header = text.word(i + 1) === '(' ? text.behind(i + 1) : i + 1;
  return text.word(header) === '{' ? text.behind(header) : i + 1;
}

function maskDeclarationOrExpression(text: MaskText, i: number, to: number, onBlock: OnBlock): number {
  const end = endOfStatement(text, i, to);
  const specifiers = readSpecifiers(text, i, end);
  if (!isDeclaration(text, specifiers, end)) {
    maskExpression(text, i, end, onBlock);
    return end + 1;
  }
  const names = countNames(text, specifiers.end);
  for (let at = i; at < specifiers.end; at++) if (isRecordBody(text, at)) maskMembers(text, at);
  if (maskMacroDeclaration(text, specifiers, end)) {
    maskExpression(text, specifiers.end, end, onBlock);
    return end + 1;
  }
  maskSpecifiers(text, specifiers, names);
  maskDeclarators(text, specifiers.end, end, names === 1, onBlock);
  return end + 1;
}

function isDeclaration(text: MaskText, specifiers: ReturnType<typeof readSpecifiers>, end: number): boolean {
  const { words, macros, hasType, hasSpecifier } = specifiers;
  if (hasType || hasSpecifier || macros.length > 0) return true;
  if (words.length > 1) return true;
  return words.length === 1 && isStarDeclarator(text, specifiers.end, end);
}

/** `T *p = x;`, but not `a * b;` alone on the right of nothing: it reads as a declaration in C as well. */
function isStarDeclarator(text: MaskText, from: number, end: number): boolean {
  if (text.word(from) !== '*') return false;
  let i = from;
  while (i < end && (text.word(i) === '*' || (text.isIdentifier(i) && !isDeclaratorEnd(text.word(i + 1))))) i++;
  return text.isIdentifier(i);
}
