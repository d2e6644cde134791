/**
 * Types, enumerators and prototypes that a function defines for itself. Their names mean the same in both versions only
 * if both define the same, in a place from which it holds for the whole body.
 */
import { fieldOf, namedChildren, textOf, walk } from '../syntax/tree.ts';
import type { FunctionTree, SyntaxNode } from '../syntax/tree.ts';
import { foldedText } from './lower.ts';

interface Definition {
  readonly node: SyntaxNode;
  readonly text: string;
  /** The names it defines: types, tags, enumerators, functions, variables. */
  readonly names: ReadonlySet<string>;
}

/** Why names of types may mean different things in the two versions; undefined where they don't. */
export function definitionsDiffer(before: FunctionTree, after: FunctionTree): string | undefined {
  const first = definitionsOf(before);
  const second = definitionsOf(after);
  if (first.length === 0 && second.length === 0) return undefined;
  if (foldedText(before, before.body) === foldedText(after, after.body)) return undefined;
  const texts = [first, second].map((list) => list.map((one) => one.text).join('\n'));
  if (texts[0] !== texts[1]) return 'the two versions define different types or names of their own';
  const isPlain = (tree: FunctionTree, all: readonly Definition[]): boolean =>
    all.every((one) => holds(tree, one) || staysInside(tree, one, all));
  return isPlain(before, first) && isPlain(after, second)
    ? undefined
    : 'a type or name is defined for a part of the function only';
}

/** The names that a function defines for itself: whatever they mean in the file, here they are its own. */
export function ownNames(tree: FunctionTree): ReadonlySet<string> {
  return new Set(definitionsOf(tree).flatMap(({ names }) => [...names]));
}

function definitionsOf(tree: FunctionTree): Definition[] {
  const found: Definition[] = [];
  walk(tree.body, (node) => {
    if (!isDefinition(tree, node)) return true;
    found.push({ node, text: foldedText(tree, node), names: namesOf(tree, node) });
    return false;
  });
  return found;
}

function namesOf(tree: FunctionTree, definition: SyntaxNode): Set<string> {
  const names = new Set<string>();
  walk(definition, (node) => {
    const isNamed = node.kind === 'enumerator' || (node.kind.endsWith('_specifier') && fieldOf(node, 'body'));
    const name = isNamed ? fieldOf(node, 'name') : undefined;
    if (name) names.add(textOf(tree, name));
  });
  for (const declarator of definition.children.filter((child) => child.field === 'declarator')) {
    walk(declarator, (node) => {
      if (node.kind === 'type_identifier' || node.kind === 'identifier') names.add(textOf(tree, node));
      // Names of parameters end with the prototype.
      return node.kind !== 'parameter_list';
    });
  }
  return names;
}

function isDefinition(tree: FunctionTree, node: SyntaxNode): boolean {
  if (node.kind === 'type_definition') return true;
  if (/^(struct|union|enum)_specifier$/.test(node.kind)) return fieldOf(node, 'body') !== undefined;
  if (node.kind !== 'declaration') return false;
  const isExtern = node.children.some(
    (child) => child.kind === 'storage_class_specifier' && textOf(tree, child) === 'extern',
  );
  return isExtern || namedChildren(node).some((child) => isPrototype(child));
}

/** `int g(void);` inside a body; `int (*g)(void);` is an object. */
function isPrototype(declarator: SyntaxNode): boolean {
  let node: SyntaxNode | undefined = declarator;
  while (node?.kind === 'pointer_declarator') node = fieldOf(node, 'declarator');
  return node?.kind === 'function_declarator' && fieldOf(node, 'declarator')?.kind === 'identifier';
}

/** A prototype or an `extern` in an inner block, and wherever its names stand, the same words declare them before. */
function staysInside(tree: FunctionTree, { node, text, names }: Definition, all: readonly Definition[]): boolean {
  if (node.kind !== 'declaration') return false;
  const scopes = all
    .filter((one) => one.text === text)
    .map((one) => ({ from: one.node.start, to: scopeEnd(one.node) }));
  const { start, end } = tree.root;
  return [...tree.source.slice(start, end).matchAll(/[A-Za-z_]\w*/g)].every(
    (match) =>
      !names.has(match[0]) || scopes.some(({ from, to }) => from <= start + match.index && start + match.index < to),
  );
}

/** The end of the block that a declaration stands in. */
function scopeEnd(node: SyntaxNode): number {
  let at = node.parent;
  while (at && at.kind !== 'compound_statement') at = at.parent;
  return at?.end ?? node.end;
}

/** Directly in the body, none of its names used before, and no size to be evaluated there. */
function holds(tree: FunctionTree, { node, text, names }: Definition): boolean {
  let statement = node;
  while (statement.parent && statement.parent !== tree.body) statement = statement.parent;
  const isDirect = statement === node || (statement.kind === 'declaration' && statement === node.parent);
  if (!isDirect || (node.kind === 'type_definition' && text.includes('['))) return false;
  const before = new Set(tree.source.slice(tree.root.start, node.start).match(/[A-Za-z_]\w*/g));
  return [...names].every((name) => !before.has(name));
}
