/**
 * Which declaration each identifier of a function means, and what kind of storage that declaration has.
 * Takes a tree; returns a table. Purely lexical: C11 6.2.1 (scopes of identifiers), without the file scope.
 */
import { fieldOf, textOf, walk } from './tree.ts';
import type { FunctionTree, SyntaxNode } from './tree.ts';

/** One declared object of the function: a parameter or a local. */
export interface Declaration {
  readonly id: number;
  readonly name: string;
  /** The specifiers and pointer shape, white space folded: `struct s *`, `unsigned long`. Storage class and top-level const left out. */
  readonly type: string;
  readonly isParameter: boolean;
  readonly isStatic: boolean;
  readonly isExtern: boolean;
  readonly isVolatile: boolean;
  /** A declared array, or a name declared with a function declarator. */
  readonly isArray: boolean;
  readonly isPointer: boolean;
  /** `&x` occurs, or an access that shows it is no scalar (`x.f`, `x[i]` on a non-pointer). */
  readonly isAddressed: boolean;
  /** A value of scalar type: it is assigned or initialised by one. An array behind a typedef never is. */
  readonly isAssigned: boolean;
  /** For a static object its whole declaration, white space folded: storage class, initialiser and all. */
  readonly storage: string;
  /** Identifier node of the declarator; of a compound literal the literal itself. */
  readonly node: SyntaxNode;
  /** The `declaration` or `parameter_declaration`. */
  readonly statement: SyntaxNode;
  readonly initializer: SyntaxNode | undefined;
  /** The node whose end ends the object's life: a block, a for statement, or the function. */
  readonly scope: SyntaxNode;
  /** 0 for the first declaration of this name in the function, 1 for the second... */
  readonly ordinal: number;
}

/** The names of one function. */
export interface Bindings {
  readonly declarations: readonly Declaration[];
  /** Compound literals inside blocks: objects without a name that live as long as the block. C11 6.5.2.5. */
  readonly literals: readonly Declaration[];
  /** The declaration an identifier node means; undefined for globals, functions, macros, enumerators. */
  of(identifier: SyntaxNode): Declaration | undefined;
  /** Declarations visible at a byte offset inside the given node, innermost first, shadowed ones left out. */
  visibleAt(node: SyntaxNode): readonly Declaration[];
}

/** What makes each access of an object count, wherever it stands in its type. */
export const VOLATILE = /\b(volatile|__volatile__|__volatile|_Atomic|atomic_\w+)\b/;

type Draft = { -readonly [K in keyof Declaration]: Declaration[K] };

/** Resolves every identifier of the function. */
export function resolveNames(tree: FunctionTree): Bindings {
  const drafts: Draft[] = [];
  const byScope = new Map<number, Draft[]>();
  walk(tree.root, (node) => {
    if (node.kind === 'declaration' || node.kind === 'parameter_declaration') declare(tree, node, drafts, byScope);
    return node.kind !== 'parameter_declaration';
  });
  const table = new Map<number, Draft>();
  const lookUp = (node: SyntaxNode, name: string): Draft | undefined => {
    for (let scope: SyntaxNode | undefined = node; scope; scope = scope.parent) {
      const found = byScope.get(scope.id)?.findLast((draft) => draft.name === name && draft.node.start <= node.start);
      if (found) return found;
    }
    return undefined;
  };
  walk(tree.root, (node) => {
    if (node.kind !== 'identifier') return;
    const found = lookUp(node, tree.masked.slice(node.start, node.end));
    if (found) table.set(node.id, found);
  });
  markUses(tree.root, table);
  return {
    declarations: drafts,
    literals: findLiterals(tree, drafts.length),
    of: (identifier) => table.get(identifier.id),
    visibleAt: (node) => visible(node, byScope),
  };
}

function visible(node: SyntaxNode, byScope: ReadonlyMap<number, readonly Draft[]>): Declaration[] {
  const seen = new Map<string, Declaration>();
  for (let scope: SyntaxNode | undefined = node; scope; scope = scope.parent) {
    for (const draft of (byScope.get(scope.id) ?? []).toReversed()) {
      if (draft.node.start < node.start && !seen.has(draft.name)) seen.set(draft.name, draft);
    }
  }
  return [...seen.values()];
}

/** Numbered behind the declarations, in the order of the text. */
function findLiterals(tree: FunctionTree, firstId: number): Declaration[] {
  const found: Declaration[] = [];
  walk(tree.body, (node) => {
    if (node.kind !== 'compound_literal_expression') return;
    const scope = scopeOf(tree, node);
    const type = node.children.find((child) => child.field === 'type');
    if (!scope || !type) return;
    found.push({
      id: firstId + found.length,
      name: '(compound literal)',
      type: textOf(tree, type).replace(/\s+/g, ' '),
      isParameter: false,
      isStatic: false,
      isExtern: false,
      isVolatile: false,
      isArray: false,
      isPointer: false,
      isAddressed: true,
      isAssigned: false,
      storage: '',
      node,
      statement: node,
      initializer: undefined,
      scope,
      ordinal: found.length,
    });
  });
  return found;
}

function declare(tree: FunctionTree, node: SyntaxNode, drafts: Draft[], byScope: Map<number, Draft[]>): void {
  const scope = scopeOf(tree, node);
  if (!scope) return;
  const words = node.children
    .filter((child) => child.kind === 'storage_class_specifier')
    .map((child) => textOf(tree, child));
  const specifiers = specifierText(tree, node);
  for (const child of node.children) {
    if (child.field !== 'declarator') continue;
    const shape = declaratorShape(tree, child);
    if (!shape) continue;
    const name = tree.masked.slice(shape.identifier.start, shape.identifier.end);
    const draft: Draft = {
      id: drafts.length,
      name,
      type: `${specifiers}${shape.stars ? ' ' + '*'.repeat(shape.stars) : ''}${shape.suffix}`,
      isParameter: node.kind === 'parameter_declaration' || scope === tree.root,
      isStatic: words.includes('static'),
      isExtern: words.includes('extern') || shape.isFunction,
      isVolatile: (VOLATILE.test(specifiers) && shape.stars === 0 && !shape.isFunctionPointer) || shape.isVolatile,
      isArray: shape.isArray && node.kind !== 'parameter_declaration',
      isPointer: shape.stars > 0 || (shape.isArray && node.kind === 'parameter_declaration') || shape.isFunctionPointer,
      isAddressed: false,
      isAssigned:
        shape.initializer !== undefined &&
        !/^(initializer_list|string_literal|concatenated_string)$/.test(shape.initializer.kind),
      storage: words.includes('static') ? textOf(tree, node).replace(/\s+/g, ' ') : '',
      node: shape.identifier,
      statement: node,
      initializer: shape.initializer,
      scope,
      ordinal: drafts.filter((other) => other.name === name).length,
    };
    drafts.push(draft);
    byScope.set(scope.id, [...(byScope.get(scope.id) ?? []), draft]);
  }
}

/** Parameters of function pointers and prototypes inside the function declare nothing here. */
function scopeOf(tree: FunctionTree, node: SyntaxNode): SyntaxNode | undefined {
  if (node.kind === 'parameter_declaration') {
    // The parameter list of the function itself: only pointer and function declarators stand between it and the root.
    for (let up = node.parent; up; up = up.parent) {
      if (up === tree.root) return tree.root;
      if (up.kind === 'parameter_declaration' || up.kind === 'declaration' || up.kind === 'compound_statement')
        return undefined;
    }
    return undefined;
  }
  for (let up = node.parent; up; up = up.parent) {
    if (up.kind === 'compound_statement' || up.kind === 'for_statement') return up;
    // K&R parameter declarations stand between the declarator and the body.
    if (up === tree.root) return tree.root;
    if (up.kind === 'field_declaration_list') return undefined;
  }
  return undefined;
}

function specifierText(tree: FunctionTree, node: SyntaxNode): string {
  const parts: string[] = [];
  // What was masked (`__volatile__`) is not in the tree.
  const end = fieldOf(node, 'declarator')?.start ?? node.end;
  const hidden = VOLATILE.exec(tree.source.slice(node.start, end))?.[0];
  if (hidden !== undefined && !VOLATILE.test(tree.masked.slice(node.start, end))) parts.push(hidden);
  for (const child of node.children) {
    if (child.field === 'declarator' || child.kind === ',' || child.kind === ';' || child.kind === 'comment') continue;
    if (child.kind === 'storage_class_specifier' || child.kind.startsWith('attribute')) continue;
    const text = textOf(tree, child);
    if (child.kind === 'type_qualifier' && !VOLATILE.test(text) && text !== 'const') continue;
    parts.push(text);
  }
  return parts.join(' ').replace(/\s+/g, ' ').trim();
}

interface DeclaratorShape {
  identifier: SyntaxNode;
  stars: number;
  suffix: string;
  isArray: boolean;
  isFunction: boolean;
  isFunctionPointer: boolean;
  isVolatile: boolean;
  initializer: SyntaxNode | undefined;
}

function declaratorShape(tree: FunctionTree, declarator: SyntaxNode): DeclaratorShape | undefined {
  const shape: Omit<DeclaratorShape, 'identifier'> = {
    stars: 0,
    suffix: '',
    isArray: false,
    isFunction: false,
    isFunctionPointer: false,
    isVolatile: false,
    initializer: undefined,
  };
  let node: SyntaxNode | undefined = declarator;
  let hasParentheses = false;
  while (node) {
    if (node.kind === 'identifier') return { identifier: node, ...shape };
    if (node.kind === 'init_declarator') {
      shape.initializer = fieldOf(node, 'value');
    } else if (node.kind === 'pointer_declarator') {
      // `int (*p)[4]` is a pointer to an array, not an array.
      if (hasParentheses) shape.isArray = false;
      if (!shape.isFunction) shape.stars++;
      else shape.isFunctionPointer = true;
      // `char *volatile p`: the pointer itself is volatile.
      if (node.children.some((child) => child.kind === 'type_qualifier' && VOLATILE.test(textOf(tree, child))))
        shape.isVolatile = true;
    } else if (node.kind === 'array_declarator') {
      shape.isArray = true;
      shape.suffix += textOf(tree, { start: fieldOf(node, 'declarator')?.end ?? node.end, end: node.end }).replace(
        /\s+/g,
        '',
      );
    } else if (node.kind === 'function_declarator') {
      shape.isFunction = true;
      shape.suffix += textOf(tree, { start: fieldOf(node, 'declarator')?.end ?? node.end, end: node.end }).replace(
        /\s+/g,
        ' ',
      );
    } else if (node.kind === 'parenthesized_declarator') {
      hasParentheses = true;
    } else if (node.kind !== 'attributed_declarator') {
      return undefined;
    }
    node =
      fieldOf(node, 'declarator') ??
      node.children.find(
        (child) => child.isNamed && (child.kind.endsWith('declarator') || child.kind === 'identifier'),
      );
    // `int (*fp)(void)` is a pointer object, not a function.
    if (node && hasParentheses && node.kind === 'pointer_declarator') {
      shape.isFunction = false;
      shape.isFunctionPointer = true;
    }
  }
  return undefined;
}

/** Marks what has its address taken and what is assigned. */
function markUses(root: SyntaxNode, table: ReadonlyMap<number, Draft>): void {
  walk(root, (node) => {
    if (node.kind !== 'identifier') return;
    const draft = table.get(node.id);
    if (!draft || node === draft.node) return;
    let use: SyntaxNode = node;
    while (use.parent?.kind === 'parenthesized_expression') use = use.parent;
    const parent = use.parent;
    if (!parent) return;
    if (parent.kind === 'assignment_expression' && use.field === 'left') draft.isAssigned = true;
    if (parent.kind === 'update_expression') draft.isAssigned = true;
    if (parent.kind === 'pointer_expression' && parent.children[0]?.kind === '&') draft.isAddressed = true;
    if (parent.kind === 'field_expression' && parent.children.some((child) => child.kind === '.'))
      draft.isAddressed = true;
    if (parent.kind === 'subscript_expression' && use.field === 'argument' && !draft.isPointer)
      draft.isAddressed = true;
    // asm may write what it names.
    for (let up: SyntaxNode | undefined = parent; up; up = up.parent) {
      if (up.kind === 'gnu_asm_expression') draft.isAddressed = true;
      if (up.kind.endsWith('statement')) break;
    }
  });
}
