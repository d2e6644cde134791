/** What forbids to touch a function at all, whatever its exits are. */
import { refuse } from '../../src/diagnostics/refusal.ts';
import type { Refusal } from '../../src/diagnostics/refusal.ts';
import type { Knowledge } from '../../src/resources/knowledge.ts';
import { fieldOf, textOf, walk } from '../../src/syntax/tree.ts';
import type { FunctionTree, SyntaxNode } from '../../src/syntax/tree.ts';
import type { Names } from './names.ts';
import { lexSpan } from './tokens.ts';

const SETJMP =
  /^(?:_?setjmp|__sigsetjmp|sigsetjmp|_?longjmp|siglongjmp|PG_TRY|PG_CATCH|PG_END_TRY|TRY|CATCH|EXCEPT|ENDTRY|png_jmpbuf)$/;
const CLEANUP =
  /^(?:_cleanup_\w*|__cleanup__|__free|g_auto(?:ptr|free|list|slist|queue)?|g_steal_pointer|guard|scoped_guard|scoped_cond_guard|cleanup_\w*_?free|__cleanup|RAII_VAR)$/;

/** The first hazard of the whole function, or undefined. */
export function findHazard(tree: FunctionTree, knowledge: Knowledge, names: Names): Refusal | undefined {
  return hazardOfTree(tree) ?? hazardOfNames(tree, knowledge, names);
}

function hazardOfTree(tree: FunctionTree): Refusal | undefined {
  let found: Refusal | undefined;
  walk(tree.root, (node) => {
    if (found) return false;
    if (node.kind === 'goto_statement' && !fieldOf(node, 'label'))
      found = refuse('computed-goto', 'the function has a computed goto', node);
    if (
      node.kind === 'gnu_asm_expression' &&
      node.children.some((child) => child.kind === 'gnu_asm_goto_list' || textOf(tree, child) === 'goto')
    ) {
      found = refuse('asm-goto', 'an asm statement jumps to labels', node);
    }
    if (node.kind === 'compound_statement' && node.parent?.kind === 'parenthesized_expression') {
      found = refuse('statement-expression', 'the body has a statement expression', node);
    }
    return undefined;
  });
  return found;
}

function hazardOfNames(tree: FunctionTree, knowledge: Knowledge, names: Names): Refusal | undefined {
  const { tokens } = lexSpan(tree.source, tree.body.start, tree.body.end);
  for (const [index, token] of tokens.entries()) {
    const next = tokens[index + 1]?.text;
    if (token.text === '&&' && tokens[index + 1]?.kind === 'name' && isLabelAddress(tokens[index - 1]?.text)) {
      return refuse('computed-goto', 'the address of a label is taken', token);
    }
    if (token.text === '(' && next === '{')
      return refuse('statement-expression', 'the body has a statement expression', token);
    if (token.text === 'goto' && next === '*')
      return refuse('computed-goto', 'the function has a computed goto', token);
    if (token.kind !== 'name' || names.declares(token.text)) continue;
    if (next === '(' && SETJMP.test(token.text))
      return refuse('setjmp', `\`${token.text}\` saves or restores a jump context`, token);
    if (isCleanupAttribute(tokens, index))
      return refuse('cleanup-attribute', `\`${token.text}\` runs a release of its own at the end of the block`, token);
    const hidden = knowledge.hiddenScope?.(token.text);
    if (hidden === 'cleanup')
      return refuse('cleanup-attribute', `the macro \`${token.text}\` has a cleanup attribute in it`, token);
    if (hidden === 'array')
      return refuse('vla-scope', `the macro \`${token.text}\` declares an array whose length may vary`, token);
    const facts = knowledge.name(token.text);
    if (facts.macro?.hasJump)
      return refuse('hidden-control-flow', `the macro \`${token.text}\` returns or jumps`, token);
  }
  return undefined;
}

/** `&&` where no operand stands before it is a label's address (GNU C). */
function isLabelAddress(before: string | undefined): boolean {
  return before !== undefined && ['=', '{', ',', '(', 'return'].includes(before);
}

function isCleanupAttribute(tokens: readonly { text: string }[], index: number): boolean {
  const text = tokens[index]?.text ?? '';
  const next = tokens[index + 1]?.text;
  if (text === 'cleanup' || text === '__cleanup__') {
    const before = tokens
      .slice(Math.max(0, index - 4), index)
      .map((token) => token.text)
      .join('');
    return next === '(' && /__attribute(?:__)?\(\($|,$/.test(before) && before.includes('(');
  }
  return CLEANUP.test(text) && (text !== 'guard' || next === '(');
}

/** Declarations of the body whose scope may not be entered by a jump: variable length arrays and pointers to them. */
export function findVariableLength(tree: FunctionTree, names: Names): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  walk(tree.body, (node) => {
    if (node.kind !== 'array_declarator') return;
    const size = fieldOf(node, 'size');
    if (size && isVariable(tree, names, size)) found.push(node);
  });
  return found;
}

function isVariable(tree: FunctionTree, names: Names, size: SyntaxNode): boolean {
  let variable = false;
  walk(size, (node) => {
    if (node.kind === 'sizeof_expression' || node.kind === 'offsetof_expression') return false;
    if (node.kind === 'identifier' && names.resolve(textOf(tree, node), node.start)) variable = true;
    if (node.kind === 'field_expression') variable = true;
    return undefined;
  });
  return variable;
}
