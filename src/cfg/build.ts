/** Builds the control-flow graph of one function, conditions split into their short-circuit parts. */
import { refuse } from '../diagnostics/refusal.ts';
import type { Refusal } from '../diagnostics/refusal.ts';
import { fieldOf, namedChildren, textOf } from '../syntax/tree.ts';
import type { FunctionTree, SyntaxNode } from '../syntax/tree.ts';
import type { Bindings, Declaration } from '../syntax/bindings.ts';
import { successors } from './graph.ts';
import type { BasicBlock, Exit, Graph, Step, SwitchCase, Terminator } from './graph.ts';

interface DraftBlock {
  readonly id: number;
  readonly steps: Step[];
  terminator: Terminator | undefined;
  label: string | undefined;
}

/** Where `break` and `continue` inside a loop or switch go. */
interface LoopTargets {
  readonly breakTo: number;
  readonly continueTo: number | undefined;
}

/** Where `break` or `continue` goes, and the statement it leaves. */
interface Target {
  readonly block: number;
  readonly statement: SyntaxNode;
}

/** The tree holds something the graph has no shape for: an expected outcome inside the builder only. */
class Unshapeable extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.reason);
    this.refusal = refusal;
  }
}

/**
 * Builds the graph.
 * @returns a refusal for a computed goto, an asm goto, a statement expression, a goto without its label
 */
export function buildGraph(tree: FunctionTree, bindings: Bindings): Graph | Refusal {
  try {
    return new GraphBuilder(tree, bindings).build();
  } catch (error) {
    if (error instanceof Unshapeable) return error.refusal;
    throw error;
  }
}

/** Is the statement a loop only because an iterator macro was masked as one? */
export function isIteratorMacro(tree: FunctionTree, node: SyntaxNode): boolean {
  const keyword = node.children[0];
  return keyword !== undefined && textOf(tree, keyword) !== tree.masked.slice(keyword.start, keyword.end);
}

class GraphBuilder {
  readonly #tree: FunctionTree;
  readonly #blocks: DraftBlock[] = [];
  readonly #labels = new Map<string, DraftBlock>();
  readonly #labelNodes = new Map<string, SyntaxNode>();
  readonly #byScope = new Map<number, Declaration[]>();
  readonly #byStatement = new Map<number, Declaration[]>();
  readonly #targets = new Map<number, LoopTargets>();
  readonly #breaks: Target[] = [];
  readonly #continues: Target[] = [];
  readonly #switches: { cases: SwitchCase[]; otherwise: number | undefined }[] = [];
  #current: DraftBlock;

  constructor(tree: FunctionTree, bindings: Bindings) {
    this.#tree = tree;
    for (const declaration of bindings.declarations) {
      push(this.#byScope, declaration.scope.id, declaration);
      push(this.#byStatement, declaration.statement.id, declaration);
    }
    for (const literal of bindings.literals) push(this.#byScope, literal.scope.id, literal);
    this.#current = this.#block();
    this.#collectLabels(tree.body);
  }

  build(): Graph {
    this.#statement(this.#tree.body);
    const end = this.#tree.body.children.at(-1) ?? this.#tree.body;
    this.#end({ kind: 'exit', exit: { kind: 'end', node: end, value: undefined } });
    return finish(this.#blocks, this.#labels, this.#targets);
  }

  #block(): DraftBlock {
    const block: DraftBlock = { id: this.#blocks.length, steps: [], terminator: undefined, label: undefined };
    this.#blocks.push(block);
    return block;
  }

  #end(terminator: Terminator): void {
    this.#current.terminator ??= terminator;
  }

  /** Goes on in `next`, reached from the current block if that has not ended yet. */
  #continueIn(next: DraftBlock): void {
    this.#end({ kind: 'jump', to: next.id });
    this.#current = next;
  }

  #collectLabels(node: SyntaxNode): void {
    if (node.kind === 'labeled_statement') {
      const name = this.#labelName(node);
      if (this.#labels.has(name))
        throw new Unshapeable(refuse('name-collision', `the label \`${name}\` is defined twice`, node));
      const block = this.#block();
      block.label = name;
      this.#labels.set(name, block);
      this.#labelNodes.set(name, node);
    }
    for (const child of node.children) if (child.isNamed) this.#collectLabels(child);
  }

  #labelName(node: SyntaxNode): string {
    const label = fieldOf(node, 'label');
    return label ? textOf(this.#tree, label) : '';
  }

  #statement(node: SyntaxNode): void {
    switch (node.kind) {
      case 'compound_statement':
        for (const child of namedChildren(node)) this.#statement(child);
        return this.#leaveScope(node);
      case 'declaration':
        return this.#declaration(node);
      case 'expression_statement':
        for (const child of namedChildren(node)) this.#evaluate(child);
        return;
      case 'return_statement':
        return this.#return(node);
      case 'if_statement':
        return this.#if(node);
      case 'while_statement':
        return this.#while(node);
      case 'do_statement':
        return this.#do(node);
      case 'for_statement':
        return this.#for(node);
      case 'switch_statement':
        return this.#switch(node);
      case 'case_statement':
        return this.#case(node);
      case 'labeled_statement':
        return this.#labeled(node);
      case 'goto_statement':
        return this.#goto(node);
      case 'break_statement':
        return this.#leaveTo(node, this.#breaks.at(-1));
      case 'continue_statement':
        return this.#leaveTo(node, this.#continues.at(-1));
      case 'attributed_statement':
        for (const child of namedChildren(node)) if (child.kind.endsWith('statement')) this.#statement(child);
        return;
      case 'comment':
      case ';':
      case 'type_definition':
      case 'struct_specifier':
      case 'union_specifier':
      case 'enum_specifier':
      case 'attribute_declaration':
      case 'attribute_specifier':
        return;
      default:
        throw new Unshapeable(
          refuse(
            'parse-error',
            `the statement \`${firstLine(textOf(this.#tree, node))}\` has no known shape (${node.kind})`,
            node,
          ),
        );
    }
  }

  #evaluate(node: SyntaxNode): void {
    this.#current.steps.push({ kind: 'evaluate', node });
  }

  #declaration(node: SyntaxNode): void {
    for (const declaration of this.#byStatement.get(node.id) ?? []) {
      if (declaration.isExtern) continue;
      this.#current.steps.push({ kind: 'declare', declaration });
    }
  }

  #leaveScope(scope: SyntaxNode): void {
    const declarations = this.#byScope.get(scope.id);
    if (declarations && this.#current.terminator === undefined && scope !== this.#tree.body) {
      this.#current.steps.push({ kind: 'leave', declarations });
    }
  }

  /** The steps of a jump out of every scope that holds `from` but not `to`. */
  #leaveScopes(from: SyntaxNode, to: SyntaxNode): void {
    if (this.#current.terminator !== undefined) return;
    const kept = new Set<number>();
    for (let up: SyntaxNode | undefined = to; up; up = up.parent) kept.add(up.id);
    for (let up = from.parent; up && !kept.has(up.id); up = up.parent) {
      const declarations = this.#byScope.get(up.id);
      if (declarations) this.#current.steps.push({ kind: 'leave', declarations });
      if (up.kind === 'while_statement' && isIteratorMacro(this.#tree, up))
        this.#current.steps.push({ kind: 'leave-macro', node: up });
    }
  }

  #return(node: SyntaxNode): void {
    const value = namedChildren(node)[0];
    // Returning ends the life of all locals at once; only a body opened by a macro may have something to say.
    for (let up = node.parent; up; up = up.parent) {
      if (up.kind === 'while_statement' && isIteratorMacro(this.#tree, up) && this.#current.terminator === undefined) {
        this.#current.steps.push({ kind: 'leave-macro', node: up });
      }
    }
    const exit: Exit = { kind: 'return', node, value };
    this.#end({ kind: 'exit', exit });
    this.#current = this.#block();
  }

  #goto(node: SyntaxNode): void {
    const label = fieldOf(node, 'label');
    const name = label ? textOf(this.#tree, label) : undefined;
    const block = name === undefined ? undefined : this.#labels.get(name);
    const target = name === undefined ? undefined : this.#labelNodes.get(name);
    if (!block || !target)
      throw new Unshapeable(
        refuse('computed-goto', `\`${textOf(this.#tree, node)}\` jumps to no label of the function`, node),
      );
    this.#leaveScopes(node, target);
    this.#end({ kind: 'jump', to: block.id });
    this.#current = this.#block();
  }

  #leaveTo(node: SyntaxNode, target: Target | undefined): void {
    if (!target)
      throw new Unshapeable(refuse('parse-error', `\`${textOf(this.#tree, node)}\` has nothing to leave`, node));
    this.#leaveScopes(node, target.statement);
    this.#end({ kind: 'jump', to: target.block });
    this.#current = this.#block();
  }

  #labeled(node: SyntaxNode): void {
    const block = this.#labels.get(this.#labelName(node));
    if (!block) return;
    this.#continueIn(block);
    for (const child of namedChildren(node)) if (child.field !== 'label') this.#statement(child);
  }

  #if(node: SyntaxNode): void {
    const condition = fieldOf(node, 'condition');
    const consequence = fieldOf(node, 'consequence');
    const alternative = fieldOf(node, 'alternative');
    if (!condition || !consequence) throw new Unshapeable(refuse('parse-error', 'an if without its parts', node));
    const then = this.#block();
    const join = this.#block();
    const otherwise = alternative ? this.#block() : join;
    this.#condition(condition, then.id, otherwise.id);
    this.#current = then;
    this.#statement(consequence);
    this.#end({ kind: 'jump', to: join.id });
    if (alternative) {
      this.#current = otherwise;
      for (const child of namedChildren(alternative)) this.#statement(child);
      this.#end({ kind: 'jump', to: join.id });
    }
    this.#current = join;
  }

  #body(node: SyntaxNode, breakTo: DraftBlock, continueTo: DraftBlock): void {
    this.#targets.set(node.id, { breakTo: breakTo.id, continueTo: continueTo.id });
    this.#breaks.push({ block: breakTo.id, statement: node });
    this.#continues.push({ block: continueTo.id, statement: node });
    const body = fieldOf(node, 'body');
    if (body) this.#statement(body);
    this.#breaks.pop();
    this.#continues.pop();
  }

  #while(node: SyntaxNode): void {
    const condition = fieldOf(node, 'condition');
    if (!condition) throw new Unshapeable(refuse('parse-error', 'a while without its condition', node));
    const head = this.#block();
    const body = this.#block();
    const after = this.#block();
    this.#continueIn(head);
    if (isIteratorMacro(this.#tree, node)) this.#end({ kind: 'iterate', node, whenTrue: body.id, whenFalse: after.id });
    else this.#condition(condition, body.id, after.id);
    this.#current = body;
    this.#body(node, after, head);
    this.#end({ kind: 'jump', to: head.id });
    this.#current = after;
  }

  #do(node: SyntaxNode): void {
    const condition = fieldOf(node, 'condition');
    if (!condition) throw new Unshapeable(refuse('parse-error', 'a do without its condition', node));
    const body = this.#block();
    const test = this.#block();
    const after = this.#block();
    this.#continueIn(body);
    this.#body(node, after, test);
    this.#continueIn(test);
    this.#condition(condition, body.id, after.id);
    this.#current = after;
  }

  #for(node: SyntaxNode): void {
    const initializer = fieldOf(node, 'initializer');
    if (initializer?.kind === 'declaration') this.#declaration(initializer);
    else if (initializer) this.#evaluate(initializer);
    const head = this.#block();
    const body = this.#block();
    const step = this.#block();
    const after = this.#block();
    this.#continueIn(head);
    const condition = fieldOf(node, 'condition');
    if (condition) this.#condition(condition, body.id, after.id);
    else this.#end({ kind: 'jump', to: body.id });
    this.#current = body;
    this.#body(node, after, step);
    this.#continueIn(step);
    const update = fieldOf(node, 'update');
    if (update) this.#evaluate(update);
    this.#end({ kind: 'jump', to: head.id });
    this.#current = after;
    this.#leaveScope(node);
  }

  #switch(node: SyntaxNode): void {
    const condition = fieldOf(node, 'condition');
    const body = fieldOf(node, 'body');
    if (!condition || !body) throw new Unshapeable(refuse('parse-error', 'a switch without its parts', node));
    const head = this.#current;
    const after = this.#block();
    const frame: { cases: SwitchCase[]; otherwise: number | undefined } = { cases: [], otherwise: undefined };
    this.#switches.push(frame);
    this.#targets.set(node.id, { breakTo: after.id, continueTo: undefined });
    this.#breaks.push({ block: after.id, statement: node });
    // What stands before the first case is reached by a goto only.
    this.#current = this.#block();
    this.#statement(body);
    this.#end({ kind: 'jump', to: after.id });
    this.#breaks.pop();
    this.#switches.pop();
    head.terminator ??= {
      kind: 'switch',
      value: condition,
      cases: frame.cases,
      otherwise: frame.otherwise ?? after.id,
    };
    this.#current = after;
  }

  #case(node: SyntaxNode): void {
    const frame = this.#switches.at(-1);
    if (!frame) throw new Unshapeable(refuse('parse-error', 'a case outside a switch', node));
    const block = this.#block();
    this.#continueIn(block);
    if (node.children[0]?.kind === 'default') frame.otherwise = block.id;
    else frame.cases.push({ node, to: block.id });
    for (const child of namedChildren(node)) if (child.field !== 'value') this.#statement(child);
  }

  /** Splits `&&`, `||`, `!`, `?:`, parentheses and comma; what is left is one atom and a branch. C11 6.5.13-6.5.15. */
  #condition(node: SyntaxNode, whenTrue: number, whenFalse: number): void {
    const operator =
      node.kind === 'binary_expression' || node.kind === 'unary_expression'
        ? fieldOf(node, 'operator')?.kind
        : undefined;
    const left = fieldOf(node, 'left');
    const right = fieldOf(node, 'right');
    const only = namedChildren(node)[0];
    if (node.kind === 'parenthesized_expression' && only && namedChildren(node).length === 1) {
      if (only.kind === 'compound_statement')
        throw new Unshapeable(refuse('statement-expression', 'a condition is a statement expression', node));
      return this.#condition(only, whenTrue, whenFalse);
    }
    if (operator === '!' && only) return this.#condition(only, whenFalse, whenTrue);
    if ((operator === '&&' || operator === '||') && left && right) {
      const second = this.#block();
      if (operator === '&&') this.#condition(left, second.id, whenFalse);
      else this.#condition(left, whenTrue, second.id);
      this.#current = second;
      return this.#condition(right, whenTrue, whenFalse);
    }
    if (node.kind === 'comma_expression' && left && right) {
      this.#evaluate(left);
      return this.#condition(right, whenTrue, whenFalse);
    }
    const test = fieldOf(node, 'condition');
    const consequence = fieldOf(node, 'consequence');
    const alternative = fieldOf(node, 'alternative');
    if (node.kind === 'conditional_expression' && test && consequence && alternative) {
      const yes = this.#block();
      const no = this.#block();
      this.#condition(test, yes.id, no.id);
      this.#current = yes;
      this.#condition(consequence, whenTrue, whenFalse);
      this.#current = no;
      return this.#condition(alternative, whenTrue, whenFalse);
    }
    const constant = constantTruth(this.#tree, node);
    if (constant === undefined) this.#end({ kind: 'branch', condition: node, whenTrue, whenFalse });
    else this.#end({ kind: 'jump', to: constant ? whenTrue : whenFalse });
  }
}

/** `while (1)`, `do { } while (0)`: no branch at all. */
function constantTruth(tree: FunctionTree, node: SyntaxNode): boolean | undefined {
  if (node.kind === 'true' || node.kind === 'false') return node.kind === 'true';
  const text = textOf(tree, node);
  return node.kind === 'number_literal' && /^[01]$/.test(text) ? text === '1' : undefined;
}

function firstLine(text: string): string {
  const line = text.split('\n', 1)[0] ?? '';
  return line.length > 60 ? `${line.slice(0, 57)}...` : line;
}

function push<V>(map: Map<number, V[]>, key: number, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

/** Drops what no path reaches, follows empty blocks, numbers in depth-first order, and finds the loop headers. */
function finish(
  drafts: readonly DraftBlock[],
  labels: ReadonlyMap<string, DraftBlock>,
  targets: ReadonlyMap<number, LoopTargets>,
): Graph {
  const resolve = (id: number): number => {
    const seen = new Set<number>();
    for (;;) {
      const draft = drafts[id];
      if (
        !draft ||
        seen.has(id) ||
        draft.steps.length > 0 ||
        draft.label !== undefined ||
        draft.terminator?.kind !== 'jump'
      )
        return id;
      seen.add(id);
      id = draft.terminator.to;
    }
  };
  const order: number[] = [];
  const headers = new Set<number>();
  const state = new Map<number, 'open' | 'done'>();
  const roots = [0, ...[...labels.values()].map((draft) => draft.id)];
  // A call of unknown kind in a loop may be a macro that breaks: the place behind the loop exists even if nothing else leads there.
  for (const target of targets.values())
    roots.push(resolve(target.breakTo), ...(target.continueTo === undefined ? [] : [resolve(target.continueTo)]));
  // Iterative: a function with thousands of exits must not exhaust the stack.
  for (const root of roots) {
    if (state.has(root)) continue;
    const stack: { id: number; next: number[] }[] = [];
    const open = (id: number): void => {
      state.set(id, 'open');
      order.push(id);
      stack.push({ id, next: successors(drafts[id]?.terminator ?? { kind: 'none' }).map(resolve) });
    };
    open(root);
    for (let frame = stack.at(-1); frame; frame = stack.at(-1)) {
      const to = frame.next.shift();
      if (to === undefined) {
        state.set(frame.id, 'done');
        stack.pop();
      } else if (!state.has(to)) open(to);
      else if (state.get(to) === 'open') headers.add(to);
    }
  }
  return renumber(drafts, order, headers, labels, targets, resolve);
}

function renumber(
  drafts: readonly DraftBlock[],
  order: readonly number[],
  headers: ReadonlySet<number>,
  labels: ReadonlyMap<string, DraftBlock>,
  targets: ReadonlyMap<number, LoopTargets>,
  resolve: (id: number) => number,
): Graph {
  const number = new Map(order.map((id, index) => [id, index]));
  const to = (id: number): number => number.get(resolve(id)) ?? 0;
  const predecessors: number[][] = order.map(() => []);
  const blocks: BasicBlock[] = order.map((id, index) => {
    const draft = drafts[id];
    const terminator = retarget(draft?.terminator ?? { kind: 'none' }, to);
    for (const next of new Set(successors(terminator))) predecessors[next]?.push(index);
    return {
      id: index,
      steps: draft?.steps ?? [],
      terminator,
      predecessors: predecessors[index] ?? [],
      label: draft?.label,
    };
  });
  return {
    blocks,
    entry: 0,
    exits: blocks.flatMap((block) =>
      block.terminator.kind === 'exit' ? [{ block: block.id, exit: block.terminator.exit }] : [],
    ),
    headers: new Set([...headers].map((id) => number.get(id) ?? 0)),
    targets: new Map(
      [...targets].map(([id, one]) => [
        id,
        { breakTo: to(one.breakTo), continueTo: one.continueTo === undefined ? undefined : to(one.continueTo) },
      ]),
    ),
    labels: new Map([...labels].map(([name, draft]) => [name, number.get(draft.id) ?? 0])),
  };
}

function retarget(terminator: Terminator, to: (id: number) => number): Terminator {
  switch (terminator.kind) {
    case 'jump':
      return { kind: 'jump', to: to(terminator.to) };
    case 'branch':
    case 'iterate':
      return { ...terminator, whenTrue: to(terminator.whenTrue), whenFalse: to(terminator.whenFalse) };
    case 'switch':
      return {
        ...terminator,
        cases: terminator.cases.map((one) => ({ ...one, to: to(one.to) })),
        otherwise: to(terminator.otherwise),
      };
    default:
      return terminator;
  }
}
