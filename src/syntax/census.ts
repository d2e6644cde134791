/**
 * What makes a tree fit to be believed: every control keyword and every brace of the text has its place in it, and no
 * ERROR touches what decides where control goes. The text is lexed anew, without tree or mask.
 */
import type { Span } from '../base/span.ts';
import { refuse, type Refusal } from '../diagnostics/refusal.ts';
import { lex, type Token } from '../scan/lex.ts';
import { fieldOf, walk, type FunctionTree, type SyntaxNode } from './tree.ts';

/** The statement that each control keyword must be a direct part of. */
const HOMES: ReadonlyMap<string, readonly string[]> = new Map([
  ['if', ['if_statement']],
  ['else', ['else_clause']],
  ['for', ['for_statement']],
  ['while', ['while_statement', 'do_statement']],
  ['do', ['do_statement']],
  ['switch', ['switch_statement']],
  ['case', ['case_statement']],
  ['default', ['case_statement']],
  ['goto', ['goto_statement']],
  ['break', ['break_statement']],
  ['continue', ['continue_statement']],
  ['return', ['return_statement']],
]);

/**
 * Compares the control keywords and the braces of the body with those of the tree.
 * @param variantText the text the tree was parsed from, before masking
 * @param iteratorMacros where `while` may stand in the tree and not in the text
 */
export function keywordCensus(
  tree: FunctionTree,
  variantText: string,
  iteratorMacros?: readonly Span[],
): Refusal | undefined {
  const seen = controlNodes(tree);
  const tokens = lex(variantText, tree.body.start, tree.body.end).tokens;
  return missingToken(tree, variantText, tokens, seen) ?? extraNode(tree, seen, iteratorMacros);
}

const ASM = /^(asm|__asm|__asm__)$/;

/**
 * A jump whose target is no label that stands behind a `goto`: `goto *next;` and `asm goto (...)`, which the grammar does
 * not know.
 */
export function unnamedJump(tree: FunctionTree, variantText: string): Refusal | undefined {
  const { tokens } = lex(variantText, tree.body.start, tree.body.end);
  const word = (index: number): string => {
    const token = tokens[index];
    return token ? variantText.slice(token.start, token.end) : '';
  };
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== 'identifier' || word(index) !== 'goto') continue;
    if (word(index + 1) === '*') return refuse('computed-goto', 'the function jumps to a computed address', token);
    let before = index - 1;
    while (/^(volatile|__volatile__|__volatile|inline|__inline__|__inline)$/.test(word(before))) before--;
    if (ASM.test(word(before))) return refuse('asm-goto', 'an asm statement may jump to labels', token);
  }
  return undefined;
}

/** Keyword and brace nodes by offset, zero-width (invented) ones left out. */
function controlNodes(tree: FunctionTree): Map<number, SyntaxNode> {
  const nodes = new Map<number, SyntaxNode>();
  walk(tree.body, (node) => {
    const isControl = !node.isNamed && (HOMES.has(node.kind) || node.kind === '{' || node.kind === '}');
    if (isControl && node.end > node.start) nodes.set(node.start, node);
  });
  return nodes;
}

/** Takes what it finds out of `seen`, so that what remains there is extra. */
function missingToken(
  tree: FunctionTree,
  text: string,
  tokens: readonly Token[],
  seen: Map<number, SyntaxNode>,
): Refusal | undefined {
  const open: Token[] = [];
  for (const token of tokens) {
    const word = text.slice(token.start, token.end);
    const homes = token.kind === 'identifier' ? HOMES.get(word) : undefined;
    if (homes === undefined && word !== '{' && word !== '}') continue;
    const node = seen.get(token.start);
    seen.delete(token.start);
    if (word === '{') open.push(token);
    const partner = word === '}' ? open.pop() : undefined;
    if (homes === undefined && isMasked(tree, token, word)) continue;
    const fits = homes ? isAtHome(node, word, homes) : isBrace(node, word, partner);
    if (!fits) return refuse('keyword-census', `${word} at this place is not in the tree`, token);
  }
  const [unclosed] = open;
  return unclosed && refuse('keyword-census', 'a brace is not closed', unclosed);
}

function isAtHome(node: SyntaxNode | undefined, word: string, homes: readonly string[]): boolean {
  return node?.kind === word && homes.includes(node.parent?.kind ?? '');
}

/** `}` must close in the tree the block that it closes in the text. */
function isBrace(node: SyntaxNode | undefined, word: string, partner: Token | undefined): boolean {
  if (node?.kind !== word || node.parent?.kind === 'ERROR') return false;
  if (word === '{') return true;
  return (
    partner !== undefined &&
    node.parent?.children.some((child) => child.start === partner.start && child.kind === '{') === true
  );
}

/** Braces inside a masked type (`typeof(({ ... }))`) are not code. */
function isMasked(tree: FunctionTree, token: Token, word: string): boolean {
  return tree.masked.slice(token.start, token.end) !== word;
}

function extraNode(
  tree: FunctionTree,
  seen: ReadonlyMap<number, SyntaxNode>,
  iteratorMacros: readonly Span[] | undefined,
): Refusal | undefined {
  for (const node of seen.values()) {
    const isLoop = node.kind === 'while' && tree.source.slice(node.start, node.end) !== 'while';
    const isRecorded = iteratorMacros?.some((macro) => macro.start === node.start) ?? true;
    if (!isLoop || !isRecorded || node.parent?.kind !== 'while_statement') {
      return refuse('keyword-census', `the tree has a ${node.kind} that the text has not`, node);
    }
  }
  return undefined;
}

/** An ERROR or MISSING node anywhere but wholly inside the arguments of a call. */
export function errorsTouchSkeleton(tree: FunctionTree): Refusal | undefined {
  const touching = tree.errors.find((error) => !isInsideArguments(error) || hasStatementToken(error));
  if (touching) return refuse('parse-error', `the parser stumbles over ${quote(tree, touching)}`, touching);
  const doubtful = doubtfulDeclaration(tree);
  return doubtful && refuse('parse-error', `${quote(tree, doubtful)} may be a macro and a statement`, doubtful);
}

/**
 * `TODO free(p);` reads as the prototype of a function, `TODO x = 1;` as the declaration of another x: what the first word
 * is can't be told. A prototype with a bare type name, and a variable of a type in capitals that hides another, are doubted.
 */
function doubtfulDeclaration(tree: FunctionTree): SyntaxNode | undefined {
  const scopes = new Map<string, SyntaxNode[]>();
  let found: SyntaxNode | undefined;
  walk(tree.root, (node) => {
    if (node.kind !== 'declaration' && node.kind !== 'parameter_declaration') return;
    const type = fieldOf(node, 'type');
    const typeName = type?.kind === 'type_identifier' ? tree.source.slice(type.start, type.end) : '';
    const isMacroLike = node.kind === 'declaration' && typeName !== '' && typeName === typeName.toUpperCase();
    for (const child of node.children) {
      if (child.field !== 'declarator') continue;
      const name = declaredName(tree, child);
      if (name === '') continue;
      const isFunction = child.kind === 'function_declarator' && fieldOf(child, 'declarator')?.kind === 'identifier';
      const isPrototype = node.kind === 'declaration' && isFunction && typeName !== '';
      const seen = scopes.get(name) ?? [];
      if (isPrototype || (isMacroLike && seen.some((scope) => isWithin(node, scope)))) found ??= node;
      seen.push(scopeOf(node));
      scopes.set(name, seen);
    }
  });
  return found;
}

/** The block or `for` a declaration belongs to; the function for a parameter. */
function scopeOf(node: SyntaxNode): SyntaxNode {
  let scope = node;
  while (scope.parent && !/^(compound_statement|for_statement|function_definition)$/.test(scope.kind))
    scope = scope.parent;
  return scope;
}

function isWithin(node: SyntaxNode, scope: SyntaxNode): boolean {
  return scope.start <= node.start && node.end <= scope.end;
}

/** The identifier inside a declarator; empty when it has none. */
function declaredName(tree: FunctionTree, declarator: SyntaxNode): string {
  let node: SyntaxNode | undefined = declarator;
  while (node && node.kind !== 'identifier') {
    node =
      fieldOf(node, 'declarator') ??
      node.children.find((child) => child.kind.endsWith('declarator') || child.kind === 'identifier');
  }
  return node ? tree.source.slice(node.start, node.end) : '';
}

/** Between the parentheses of a call, with no statement between the error and that call. */
function isInsideArguments(error: SyntaxNode): boolean {
  for (let node = error.parent; node; node = node.parent) {
    if (node.kind === 'argument_list') return node.parent?.kind === 'call_expression' && isClosed(node);
    if (node.kind.endsWith('_statement') || node.kind.endsWith('declaration')) return false;
  }
  return false;
}

/** Both parentheses are really there. */
function isClosed({ children }: SyntaxNode): boolean {
  const first = children[0];
  const last = children.at(-1);
  return first?.kind === '(' && last?.kind === ')' && last.end > last.start;
}

function hasStatementToken(error: SyntaxNode): boolean {
  let found = false;
  walk(error, (node) => {
    found ||= HOMES.has(node.kind) || node.kind === '{' || node.kind === '}' || node.kind === ';';
  });
  return found;
}

function quote(tree: FunctionTree, node: SyntaxNode): string {
  if (node.end === node.start) return `a missing ${node.kind}`;
  const text = tree.source.slice(node.start, Math.min(node.end, node.start + 40)).replaceAll(/\s+/g, ' ');
  return `\`${text}\``;
}
