/**
 * Where the value of an expression may point: flow-insensitive, one set per local.
 * Reaching through a pointer stays with its root: what `p->next->name` points to belongs to the root of `p`.
 */
import { fieldOf, namedChildren, walk, type SyntaxNode } from '../../syntax/tree.ts';
import type { Declaration } from '../../syntax/bindings.ts';
import { argumentsOf, calledName, factsOfCall, storageOf, stripParentheses, type Subject } from './subject.ts';

/**
 * `parameter:n` the caller's argument and what it reaches; `local:id` an object of this call; `own` a static of the
 * file; `fresh` what a call acquired here; `world` anything else that exists beyond the call.
 */
export type Root = `parameter:${number}` | `local:${number}` | 'own' | 'fresh' | 'world';
export type Roots = ReadonlySet<Root>;

const NOTHING: Roots = new Set();
const WORLD: Roots = new Set(['world']);

export interface RootTable {
  /** Where the value of an expression may point, or what it may reach from there. */
  of(expression: SyntaxNode): Roots;
  /** The objects that an assignment to this lvalue may change. A plain local changes `local:id`. */
  written(lvalue: SyntaxNode): Roots;
}

/** Solves the sets of one body. */
export function findRoots(subject: Subject): RootTable {
  const ofLocal = new Map<number, Set<Root>>();
  const solver = new Solver(subject, ofLocal);
  for (let changed = true; changed;) changed = solver.pass();
  return {
    of: (expression) => solver.close(solver.value(expression)),
    written: (lvalue) => solver.close(solver.target(lvalue), solver.isPlainLocal(lvalue)),
  };
}

class Solver {
  readonly #subject: Subject;
  readonly #ofLocal: Map<number, Set<Root>>;

  constructor(subject: Subject, ofLocal: Map<number, Set<Root>>) {
    this.#subject = subject;
    this.#ofLocal = ofLocal;
  }

  /** Applies every assignment once; true while a set still grows. */
  pass(): boolean {
    let changed = false;
    walk(this.#subject.tree.body, (node) => {
      if (node.kind === 'assignment_expression') changed = this.#assign(node) || changed;
      else if (node.kind === 'call_expression') changed = this.#fill(node) || changed;
    });
    for (const declaration of this.#subject.bindings.declarations) {
      const value = declaration.initializer;
      if (value) changed = this.#grow(declaration, this.close(this.value(value))) || changed;
    }
    return changed;
  }

  #assign(node: SyntaxNode): boolean {
    const left = fieldOf(node, 'left');
    const right = fieldOf(node, 'right');
    if (!left || !right) return false;
    return this.#store(this.close(this.target(left), this.isPlainLocal(left)), this.close(this.value(right)));
  }

  /** A callee may store what it is given, or what it finds, in the locals whose addresses it gets. */
  #fill(call: SyntaxNode): boolean {
    const facts = factsOfCall(this.#subject, call);
    if (calledName(this.#subject, call) === 'va_start') return this.#startList(call);
    const given = argumentsOf(call).map((argument) => this.close(this.value(argument)));
    const stored = new Set(facts.isPure || facts.isLocal ? given.flatMap((roots) => [...roots]) : WORLD);
    for (const roots of given) for (const root of roots) stored.add(root);
    return given.reduce((changed, roots, index) => {
      const mayWrite = facts.writesThrough?.includes(index) ?? true;
      return (mayWrite && this.#store(roots, stored)) || changed;
    }, false);
  }

  /** A va_list stands for all arguments behind the last named parameter. */
  #startList(call: SyntaxNode): boolean {
    const [list] = argumentsOf(call).map(stripParentheses);
    const declaration = list?.kind === 'identifier' ? this.#subject.bindings.of(list) : undefined;
    const { variadic } = this.#subject;
    if (!declaration) return false;
    return this.#grow(declaration, variadic === undefined ? WORLD : new Set([`parameter:${variadic}` as const]));
  }

  #store(targets: Roots, value: Roots): boolean {
    let changed = false;
    for (const target of targets) {
      if (!target.startsWith('local:')) continue;
      const declaration = this.#subject.bindings.declarations[Number(target.slice('local:'.length))];
      if (declaration) changed = this.#grow(declaration, value) || changed;
    }
    return changed;
  }

  #grow(declaration: Declaration, value: Roots): boolean {
    const known = this.#ofLocal.get(declaration.id) ?? new Set<Root>();
    const before = known.size;
    for (const root of value) known.add(root);
    this.#ofLocal.set(declaration.id, known);
    return known.size > before;
  }

  /** Adds what is held in the locals that are pointed to: `char **pp = &p` reaches what p points to. */
  close(roots: Roots, isPlainLocal = false): Roots {
    if (isPlainLocal) return roots;
    const closed = new Set(roots);
    for (const root of closed) {
      if (!root.startsWith('local:')) continue;
      for (const inner of this.#held(Number(root.slice('local:'.length)))) closed.add(inner);
    }
    return closed;
  }

  /** The lvalue is a variable, or a field of one: nothing is followed to get there. */
  isPlainLocal(lvalue: SyntaxNode): boolean {
    const node = stripParentheses(lvalue);
    if (node.kind === 'identifier') return true;
    const argument = fieldOf(node, 'argument');
    const isDirect = node.kind === 'field_expression' && node.children.some((child) => child.kind === '.');
    return isDirect && argument !== undefined && this.isPlainLocal(argument);
  }

  #held(id: number): Roots {
    const declaration = this.#subject.bindings.declarations[id];
    const index = declaration ? this.#subject.parameters.indexOf(declaration) : -1;
    const held = this.#ofLocal.get(id) ?? NOTHING;
    return index < 0 ? held : new Set([...held, `parameter:${index}` as const]);
  }

  value(expression: SyntaxNode): Roots {
    const node = stripParentheses(expression);
    switch (node.kind) {
      case 'identifier':
        return this.#identifier(node);
      case 'call_expression':
        return this.#result(node);
      case 'pointer_expression':
        return node.children[0]?.kind === '&' ? this.#address(node) : this.#parts(node);
      case 'field_expression':
        return this.#field(node);
      case 'subscript_expression':
        return this.#part(node, 'argument');
      case 'assignment_expression':
        return this.#part(node, 'right');
      case 'comma_expression':
        return this.#part(node, 'right');
      case 'conditional_expression':
        return union([this.#part(node, 'consequence'), this.#part(node, 'alternative')]);
      case 'cast_expression':
        return this.#part(node, 'value');
      case 'compound_statement':
        return this.#statementExpression(node);
      case 'sizeof_expression':
      case 'alignof_expression':
      case 'offsetof_expression':
      case 'null':
      case 'true':
      case 'false':
        return NOTHING;
      default:
        return node.kind.endsWith('literal') ? NOTHING : this.#parts(node);
    }
  }

  #part(node: SyntaxNode, field: string): Roots {
    const part = fieldOf(node, field);
    return part ? this.value(part) : NOTHING;
  }

  #parts(node: SyntaxNode): Roots {
    return union(namedChildren(node).map((child) => this.value(child)));
  }

  /** `s.a` may be an array, which stands for an address inside s. */
  #field(node: SyntaxNode): Roots {
    const argument = fieldOf(node, 'argument');
    if (!argument) return WORLD;
    const isDirect = node.children.some((child) => child.kind === '.');
    return isDirect ? union([this.value(argument), this.target(argument)]) : this.value(argument);
  }

  #identifier(node: SyntaxNode): Roots {
    const storage = storageOf(this.#subject, node);
    if (storage.kind === 'static') return new Set(['own']);
    if (storage.kind === 'global') return WORLD;
    const { declaration } = storage;
    const held = this.#held(declaration.id);
    return declaration.isArray ? new Set([...held, `local:${declaration.id}` as const]) : held;
  }

  #result(call: SyntaxNode): Roots {
    const facts = factsOfCall(this.#subject, call);
    const given = union(argumentsOf(call).map((argument) => this.value(argument)));
    if (facts.acquires?.some((acquire) => acquire.handle === 'result')) return new Set(['fresh', ...given]);
    if (facts.isPure || (facts.isLocal && !facts.returnsOwnStorage)) return given;
    return new Set(['world', ...given]);
  }

  #address(node: SyntaxNode): Roots {
    const argument = fieldOf(node, 'argument');
    return argument ? this.target(argument) : WORLD;
  }

  #statementExpression(node: SyntaxNode): Roots {
    const last = namedChildren(node).at(-1);
    return last?.kind === 'expression_statement' ? this.#parts(last) : WORLD;
  }

  target(lvalue: SyntaxNode): Roots {
    const node = stripParentheses(lvalue);
    const argument = fieldOf(node, 'argument');
    if (node.kind === 'identifier') return this.#object(node);
    if (node.kind === 'field_expression' && argument) {
      const isDirect = node.children.some((child) => child.kind === '.');
      return isDirect ? this.target(argument) : this.value(argument);
    }
    if (node.kind === 'subscript_expression' && argument) return this.value(argument);
    if (node.kind === 'pointer_expression' && argument) return this.value(argument);
    if (node.kind === 'cast_expression') return this.#part(node, 'value');
    return WORLD;
  }

  #object(node: SyntaxNode): Roots {
    const storage = storageOf(this.#subject, node);
    if (storage.kind === 'static') return new Set(['own']);
    if (storage.kind === 'global') return WORLD;
    // The parameter of a function is a local of it; that of a macro is the caller's.
    if (storage.kind === 'parameter' && this.#subject.isMacro) return new Set([`parameter:${storage.index}` as const]);
    return new Set([`local:${storage.declaration.id}` as const]);
  }
}

function union(sets: readonly Roots[]): Roots {
  return new Set(sets.flatMap((set) => [...set]));
}
