/**
 * Turns a graph into a program of small operations. Everything that could hide an effect becomes an event of its own:
 * calls, stores, volatile accesses, macros. What C leaves unordered is tagged, so that it only matches itself.
 */
import { refuse } from '../diagnostics/refusal.ts';
import type { Refusal, RefusalCode } from '../diagnostics/refusal.ts';
import type { BasicBlock, Graph, Step } from '../cfg/graph.ts';
import type { Knowledge, NameFacts } from '../resources/knowledge.ts';
import { refineCall } from '../resources/refine-call.ts';
import { lex } from '../scan/lex.ts';
import type { Member } from '../scan/members.ts';
import { VOLATILE } from '../syntax/bindings.ts';
import type { Bindings, Declaration } from '../syntax/bindings.ts';
import { fieldOf, namedChildren, textOf, walk } from '../syntax/tree.ts';
import type { FunctionTree, SyntaxNode } from '../syntax/tree.ts';
import { liveAt } from './live.ts';
import type { LocalObject, Op, Program, TextCall } from './program.ts';
import type { TermTable } from './terms.ts';

class Unlowerable extends Error {
  readonly refusal: Refusal;
  constructor(code: RefusalCode, reason: string, at: SyntaxNode) {
    super(reason);
    this.refusal = refuse(code, reason, at);
  }
}

export interface FunctionParts {
  readonly tree: FunctionTree;
  readonly bindings: Bindings;
  readonly graph: Graph;
  readonly knowledge: Knowledge;
}

/** Lowers one function. A refusal says what has no meaning here. */
export function lowerFunction(parts: FunctionParts, terms: TermTable): Program | Refusal {
  try {
    return new Lowering(parts, terms).program();
  } catch (error) {
    if (error instanceof Unlowerable) return error.refusal;
    throw error;
  }
}

/** The type of an expression as far as its declarators tell: `char *names[4]` has one star and one dimension. */
type Shape = Pick<Member, 'base' | 'stars' | 'dimensions'>;

function shapeOfType(type: string, declaration?: Declaration): readonly Shape[] | undefined {
  const dimensions = type.split('[').length - 1;
  const stars = type.split('*').length - 1;
  // `int (*p)[4]`, which is no array, has the same words as `int *p[4]`; a function's type has parameters.
  if (type.includes('(') || (stars > 0 && dimensions > 0 && declaration?.isArray !== true)) return undefined;
  const base = type
    .replace(/[*[].*$/s, '')
    .replace(/\bconst\b/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  // The outermost dimension of a parameter is a pointer, which makes no difference here.
  return declaration?.isParameter && dimensions === 1
    ? [{ base, stars: 1, dimensions: 0 }]
    : [{ base, stars, dimensions }];
}

/** White space and comments folded: how texts are compared. */
export function foldedText(tree: FunctionTree, node: { start: number; end: number }): string {
  return lex(tree.source, node.start, node.end)
    .tokens.map((token) => tree.source.slice(token.start, token.end))
    .join(' ');
}

/**
 * May the object be kept as a value of its own, invisible to everybody else? Automatic scalars whose address is never
 * taken: no callee, store or signal can reach them. C11 6.2.4.
 */
export function isPrivate(declaration: Declaration): boolean {
  if (
    declaration.isStatic ||
    declaration.isExtern ||
    declaration.isVolatile ||
    declaration.isArray ||
    declaration.isAddressed
  )
    return false;
  return declaration.isPointer || !/^(const )?(struct|union)\b/.test(declaration.type) || isWhole(declaration);
}

/** A struct that is only copied as a whole (a member named with `.` would make it addressed) is a value like others. */
function isWhole({ type, initializer }: Declaration): boolean {
  return /^struct\b/.test(type) && initializer?.kind !== 'initializer_list';
}

const SCALAR =
  /^(const )*((un)?signed|char|short|int|long|float|double|_Bool|bool|size_t|ssize_t|off_t|pid_t|uid_t|gid_t|mode_t|time_t|socklen_t|u?int(ptr|max|8|16|32|64)_t|ptrdiff_t|enum \w+)( (const|unsigned|signed|char|short|int|long|double))*$/;

/**
 * A name whose type may be an array behind a typedef (`va_list ap`, `mpz_t n`): a callee that is given it gets its
 * address. What is assigned is no array.
 */
export function mayBeArray(declaration: Declaration): boolean {
  return !declaration.isPointer && !declaration.isAssigned && !SCALAR.test(declaration.type);
}

/** Jumps in a row that are followed to see where an operation stands. */
const MOST_JUMPS = 200;

class Lowering {
  readonly #tree: FunctionTree;
  readonly #bindings: Bindings;
  readonly #graph: Graph;
  readonly #knowledge: Knowledge;
  readonly #terms: TermTable;
  readonly #ops: Op[] = [];
  readonly #nodes: SyntaxNode[] = [];
  readonly #sites = new Map<string, number>();
  readonly #siteOf = new Map<number, string>();
  /** Locals whose address a macro may take. */
  readonly #exposed: ReadonlySet<Declaration>;
  #tag = '';

  constructor(parts: FunctionParts, terms: TermTable) {
    this.#tree = parts.tree;
    this.#bindings = parts.bindings;
    this.#graph = parts.graph;
    this.#knowledge = parts.knowledge;
    this.#terms = terms;
    this.#exposed = this.#findExposed();
  }

  /** A local whose address somebody may keep is no value of its own: later calls may reach it. */
  readonly #isPrivate = (declaration: Declaration): boolean =>
    isPrivate(declaration) && !this.#exposed.has(declaration) && !this.#isVolatile(declaration);

  /** `reg_t x` with `typedef volatile int reg_t`. What `__auto_type` declares is not qualified. */
  #isVolatile(declaration: Declaration): boolean {
    if (declaration.isVolatile) return true;
    return !declaration.isPointer && declaration.type !== '__auto_type' && this.#saysVolatile(declaration.type);
  }

  /** `REGISTER(n)` with `#define REGISTER(x) keep(&(x))`, and bare arguments of names that may be such a macro. */
  #findExposed(): Set<Declaration> {
    const found = new Set<Declaration>();
    walk(this.#tree.body, (node) => {
      if (node.kind === 'identifier' && !this.#bindings.of(node)) this.#exposeFree(node, found);
      const name = this.#calledName(node);
      if (name === undefined) return;
      const facts = this.#knowledge.name(name);
      const isUnknown = facts.kind === 'unknown' && !facts.diagnostic;
      const list = fieldOf(node, 'arguments');
      for (const [position, argument] of (list ? namedChildren(list) : []).entries()) {
        // What is declared to keep nothing may be a macro, which keeps no address either.
        const mayKeep = isUnknown && facts.retains?.includes(position) !== false;
        if (!mayKeep && facts.macro?.addresses?.includes(position) !== true) continue;
        const target = stripParentheses(argument);
        const declaration = target.kind === 'identifier' ? this.#bindings.of(target) : undefined;
        if (declaration) found.add(declaration);
      }
    });
    return found;
  }

  /** `KEEP_N` with `#define KEEP_N keep(&n)`. */
  #exposeFree(identifier: SyntaxNode, found: Set<Declaration>): void {
    const names = this.#knowledge.name(textOf(this.#tree, identifier)).macro?.addressedNames;
    if (!names) return;
    for (const local of this.#bindings.visibleAt(identifier)) if (names.includes(local.name)) found.add(local);
  }

  program(): Program {
    this.#numberSites();
    const starts = this.#graph.blocks.map(() => 0);
    for (const block of this.#graph.blocks) {
      starts[block.id] = this.#ops.length;
      this.#blockOps(block);
    }
    const ops = this.#ops.map((op) => ('to' in op && op.to < 0 ? { ...op, to: starts[-op.to - 1] ?? 0 } : op));
    const labels = new Map([...this.#graph.labels].map(([name, block]) => [name, starts[block] ?? 0]));
    const around = this.#around(starts);
    return {
      ops,
      nodes: this.#nodes,
      places: this.#places(ops),
      objects: this.#objects(),
      labels,
      live: liveAt(ops, (at) => [...labels.values(), ...(around.get(at)?.values() ?? [])], this.#isPrivate),
      around,
      returnType: this.#returnType(),
      body: this.#tree.body,
      parameters: this.#bindings.declarations.filter((declaration) => declaration.isParameter),
      isPrivate: this.#isPrivate,
    };
  }

  /** Operations that stand for no expression of their own are where the next one is. */
  #places(ops: readonly Op[]): (number | undefined)[] {
    const next = ops.map((op, at) => {
      if (op.op === 'jump') return op.to;
      return op.op === 'header' || op.op === 'join' ? at + 1 : at;
    });
    return ops.map((_, at) => {
      let place = at;
      for (let steps = 0; next[place] !== place; steps++) {
        const to = next[place];
        if (to === undefined || steps > MOST_JUMPS) return undefined;
        place = to;
      }
      const op = ops[place];
      if (!op || op.op === 'stuck') return undefined;
      const scope = op.op === 'leave' ? op.declarations[0]?.scope : undefined;
      return scope ? scope.end - 1 : this.#nodes[place]?.start;
    });
  }

  #objects(): LocalObject[] {
    const found: LocalObject[] = [];
    for (const declaration of [...this.#bindings.declarations, ...this.#bindings.literals]) {
      if (declaration.isStatic || declaration.isExtern || declaration.isParameter) continue;
      if (this.#isPrivate(declaration) && !mayBeArray(declaration)) continue;
      const { scope, node } = declaration;
      const isVariable = this.#isVariableArray(declaration);
      // The life of a variable length array begins at its declaration. C11 6.2.4p7.
      const start = isVariable ? node.end : scope.start;
      found.push({ term: objectTerm(this.#terms, declaration), start, end: scope.end });
    }
    return found;
  }

  /** Each expansion of a name in the text has a number: two expansions of a stateful macro are two things. */
  #numberSites(): void {
    walk(this.#tree.body, (node) => {
      const name = this.#calledName(node);
      if (name === undefined) return;
      const count = this.#sites.get(name) ?? 0;
      this.#sites.set(name, count + 1);
      this.#siteOf.set(node.id, `${name}@${count}`);
    });
    for (const [id, site] of this.#siteOf)
      this.#siteOf.set(id, `${site}/${this.#sites.get(site.slice(0, site.lastIndexOf('@'))) ?? 0}`);
  }

  /** Loops and switches around each operation that may be a macro. */
  #around(starts: readonly number[]): Map<number, ReadonlyMap<string, number>> {
    const found = new Map<number, ReadonlyMap<string, number>>();
    this.#ops.forEach((op, at) => {
      if (op.op !== 'text' || !op.call.mayJump) return;
      const targets = new Map<string, number>();
      for (let up = this.#nodes[at]?.parent; up; up = up.parent) {
        const target = this.#graph.targets.get(up.id);
        if (target && !targets.has('break;')) targets.set('break;', starts[target.breakTo] ?? 0);
        if (target?.continueTo !== undefined && !targets.has('continue;'))
          targets.set('continue;', starts[target.continueTo] ?? 0);
      }
      if (targets.size > 0) found.set(at, targets);
    });
    return found;
  }

  #calledName(node: SyntaxNode): string | undefined {
    if (node.kind !== 'call_expression') return undefined;
    const callee = fieldOf(node, 'function');
    if (callee?.kind !== 'identifier' || this.#bindings.of(callee)) return undefined;
    return textOf(this.#tree, callee);
  }

  /** The specifiers before the function's name with the stars of its declarator. */
  #returnType(): string {
    const root = this.#tree.root;
    const specifiers = root.children
      .filter(
        (child) =>
          child.end <= (fieldOf(root, 'declarator')?.start ?? root.end) && child.kind !== 'storage_class_specifier',
      )
      .filter((child) => !child.kind.startsWith('attribute') && child.kind !== 'comment')
      .map((child) => textOf(this.#tree, child))
      .filter((text) => !/^(inline|__inline|__inline__|_Noreturn|noreturn|__extension__|static|extern)$/.test(text));
    let stars = 0;
    for (let node = fieldOf(root, 'declarator'); node; node = fieldOf(node, 'declarator'))
      if (node.kind === 'pointer_declarator') stars++;
    return `${specifiers.join(' ').replace(/\s+/g, ' ').trim()}${stars ? ' ' + '*'.repeat(stars) : ''}`;
  }

  #emit(op: Op, node: SyntaxNode): number {
    this.#ops.push(op);
    this.#nodes.push(node);
    return this.#ops.length - 1;
  }

  /** Fills in the target of a forward jump. */
  #here(at: number): void {
    const op = this.#ops[at];
    if (op && 'to' in op) this.#ops[at] = { ...op, to: this.#ops.length };
  }

  // Jumps to blocks not yet placed are written as negative numbers and resolved at the end.
  #to(block: number): number {
    return -block - 1;
  }

  #blockOps(block: BasicBlock): void {
    const first = block.steps[0];
    const at = this.#blockNode(block, first);
    if (this.#graph.headers.has(block.id)) this.#emit({ op: 'header' }, at);
    else if (block.predecessors.length > 1) this.#emit({ op: 'join' }, at);
    for (const step of block.steps) this.#step(step);
    this.#terminator(block, at);
  }

  #blockNode(block: BasicBlock, first: Step | undefined): SyntaxNode {
    if (first?.kind === 'evaluate' || first?.kind === 'leave-macro') return first.node;
    if (first?.kind === 'declare') return first.declaration.node;
    const terminator = block.terminator;
    if (terminator.kind === 'branch') return terminator.condition;
    if (terminator.kind === 'exit') return terminator.exit.node;
    return this.#tree.body;
  }

  #terminator(block: BasicBlock, at: SyntaxNode): void {
    const terminator = block.terminator;
    switch (terminator.kind) {
      case 'jump':
        this.#emit({ op: 'jump', to: this.#to(terminator.to) }, at);
        return;
      case 'branch':
        this.#value(terminator.condition);
        this.#emit({ op: 'unless', to: this.#to(terminator.whenFalse) }, terminator.condition);
        this.#emit({ op: 'jump', to: this.#to(terminator.whenTrue) }, terminator.condition);
        return;
      case 'iterate': {
        // The head of an iterator macro: an opaque thing that names its loop variables and may assign them.
        const head = fieldOf(terminator.node, 'condition') ?? terminator.node;
        this.#text(head, foldedText(this.#tree, { start: terminator.node.start, end: head.end }), true);
        this.#emit({ op: 'unless', to: this.#to(terminator.whenFalse) }, head);
        this.#emit({ op: 'jump', to: this.#to(terminator.whenTrue) }, head);
        return;
      }
      case 'switch':
        return this.#switch(terminator);
      case 'exit': {
        const value = terminator.exit.value;
        if (value) this.#value(value);
        this.#emit({ op: 'exit', hasValue: value !== undefined }, terminator.exit.node);
        return;
      }
      default:
        this.#emit({ op: 'stuck' }, at);
    }
  }

  #switch(terminator: Extract<BasicBlock['terminator'], { kind: 'switch' }>): void {
    this.#value(terminator.value);
    for (const one of terminator.cases) {
      const value = fieldOf(one.node, 'value');
      const colon = one.node.children.find((child) => child.kind === ':');
      const text = foldedText(this.#tree, { start: one.node.start, end: colon?.start ?? one.node.end });
      const number = value ? this.#caseNumber(value) : undefined;
      this.#emit(
        {
          op: 'case',
          label: number === undefined ? undefined : this.#terms.integer(number),
          text,
          to: this.#to(one.to),
        },
        one.node,
      );
    }
    this.#emit({ op: 'drop' }, terminator.value);
    this.#emit({ op: 'jump', to: this.#to(terminator.otherwise) }, terminator.value);
  }

  #caseNumber(value: SyntaxNode): number | undefined {
    if (value.kind === 'identifier') {
      const constant = this.#knowledge.constant?.(textOf(this.#tree, value))?.value;
      return constant === undefined ? undefined : this.#terms.numberOf(this.#terms.literal(String(constant)));
    }
    if (value.kind !== 'number_literal' || this.#isMasked(value.parent ?? value)) return undefined;
    return this.#terms.numberOf(this.#terms.literal(textOf(this.#tree, value)));
  }

  #step(step: Step): void {
    switch (step.kind) {
      case 'evaluate':
        this.#value(step.node);
        this.#emit({ op: 'drop' }, step.node);
        return;
      case 'leave':
        this.#emit({ op: 'leave', declarations: step.declarations }, step.declarations[0]?.node ?? this.#tree.body);
        return;
      case 'leave-macro':
        this.#emit(
          {
            op: 'leave-macro',
            text: foldedText(this.#tree, {
              start: step.node.start,
              end: fieldOf(step.node, 'condition')?.end ?? step.node.start,
            }),
          },
          step.node,
        );
        return;
      case 'declare':
        this.#declare(step.declaration);
    }
  }

  /**
   * `SAFE_FREE(p)` whose definition is known to release and then reset its argument is that: a release of the value, then
   * an assignment of the sentinel.
   */
  #resettingRelease(node: SyntaxNode, name: string, facts: NameFacts, operand: SyntaxNode): void {
    this.#value(operand);
    const known: NameFacts = { ...facts, kind: 'function' };
    this.#emit(
      {
        op: 'call',
        name,
        arity: 1,
        facts: known,
        tag: this.#tag,
        writes: [undefined],
        sizedAs: undefined,
        returns: '',
      },
      node,
    );
    const sentinel = facts.releases?.sentinel === '-1' ? this.#terms.integer(-1) : this.#terms.null();
    this.#assign(node, operand, undefined, () => void this.#emit({ op: 'push', term: sentinel }, node));
    this.#emit({ op: 'drop' }, node);
  }

  #declare(declaration: Declaration): void {
    const initializer = declaration.initializer;
    if (declaration.isStatic) return;
    if (this.#isPrivate(declaration)) {
      this.#arraySizes(declaration);
      if (!initializer) {
        this.#emit({ op: 'undefine', declaration }, declaration.node);
        return;
      }
      if (initializer.kind === 'initializer_list')
        throw new Unlowerable('parse-error', `\`${declaration.name}\` has a braced initialiser`, initializer);
      this.#value(initializer);
      this.#emit({ op: 'set', declaration }, declaration.node);
      this.#emit({ op: 'drop' }, declaration.node);
      return;
    }
    this.#emit({ op: 'undefine', declaration }, declaration.node);
    this.#arraySizes(declaration);
    if (!initializer) return;
    this.#object(declaration, declaration.node);
    this.#value(initializer);
    this.#emit(
      { op: 'store', isVolatile: this.#isVolatile(declaration), isInitial: true, tag: this.#tag },
      declaration.node,
    );
    this.#emit({ op: 'drop' }, declaration.node);
  }

  /** The size of a variable length array, or of one that is pointed to, is evaluated where it is declared. */
  #arraySizes(declaration: Declaration): void {
    for (let node = declaration.node.parent; node && node !== declaration.statement; node = node.parent) {
      const size = node.kind === 'array_declarator' ? fieldOf(node, 'size') : undefined;
      if (!size) continue;
      if (!this.#isVariable(size)) continue;
      this.#text(size, `vla ${declaration.name} ${foldedText(this.#tree, size)}`, false);
      this.#emit({ op: 'drop' }, size);
    }
  }

  /** Is it no constant, as the size of an array? `sizeof x` is one, unless x is itself of variable size. */
  #isVariable(size: SyntaxNode): boolean {
    let isVariable = false;
    walk(size, (part) => {
      const declaration = part.kind === 'identifier' ? this.#bindings.of(part) : undefined;
      if (declaration || part.kind === 'call_expression') isVariable = true;
      return part.kind !== 'sizeof_expression' || this.#hasVariableSize(part);
    });
    return isVariable;
  }

  /** Does `sizeof` evaluate its operand: is there a variable length array in it? C11 6.5.3.4p2. */
  #hasVariableSize(node: SyntaxNode): boolean {
    let isVariable = false;
    walk(node, (part) => {
      const declaration = part.kind === 'identifier' ? this.#bindings.of(part) : undefined;
      if (declaration && this.#isVariableArray(declaration)) isVariable = true;
      const size = part.kind.endsWith('array_declarator') ? fieldOf(part, 'size') : undefined;
      if (size && this.#isVariable(size)) isVariable = true;
      return !isVariable;
    });
    return isVariable;
  }

  #isVariableArray(declaration: Declaration): boolean {
    for (let node = declaration.node.parent; node && node !== declaration.statement; node = node.parent) {
      const size = node.kind === 'array_declarator' ? fieldOf(node, 'size') : undefined;
      if (size && this.#isVariable(size)) return true;
    }
    return false;
  }

  #object(declaration: Declaration, node: SyntaxNode): void {
    this.#emit({ op: 'push', term: objectTerm(this.#terms, declaration) }, node);
  }

  // ---- expressions

  /** Leaves the value of an expression on the stack. */
  #value(node: SyntaxNode): void {
    switch (node.kind) {
      case 'parenthesized_expression':
        return this.#parenthesized(node);
      case 'identifier':
        return this.#identifier(node);
      case 'null':
        this.#emit({ op: 'push', term: this.#terms.null() }, node);
        return;
      case 'true':
      case 'false':
        this.#emit({ op: 'push', term: this.#terms.integer(node.kind === 'true' ? 1 : 0) }, node);
        return;
      case 'number_literal':
        this.#emit({ op: 'push', term: this.#terms.literal(textOf(this.#tree, node)) }, node);
        return;
      case 'string_literal':
      case 'concatenated_string':
      case 'char_literal':
      case 'sizeof_expression':
      case 'alignof_expression':
      case 'offsetof_expression':
        return this.#constant(node);
      case 'generic_expression':
        // The chosen association is evaluated; which one that is, depends on types.
        return this.#text(node, foldedText(this.#tree, node), false);
      case 'assignment_expression':
        return this.#assignment(node);
      case 'update_expression':
        return this.#update(node);
      case 'binary_expression':
        return this.#binary(node);
      case 'unary_expression':
        return this.#unary(node);
      case 'conditional_expression':
        return this.#conditional(node);
      case 'comma_expression':
        return this.#comma(node);
      case 'cast_expression':
        return this.#cast(node);
      case 'pointer_expression':
        return this.#pointer(node);
      case 'field_expression':
      case 'subscript_expression':
        return this.#loadFrom(node);
      case 'call_expression':
        return this.#call(node);
      case 'initializer_list':
        return this.#initializerList(node);
      case 'gnu_asm_expression':
        return this.#asm(node);
      case 'compound_literal_expression':
        return this.#compoundLiteral(node);
      default:
        throw new Unlowerable(
          'parse-error',
          `\`${foldedText(this.#tree, node).slice(0, 60)}\` is not understood (${node.kind})`,
          node,
        );
    }
  }

  #parenthesized(node: SyntaxNode): void {
    const inner = namedChildren(node);
    const only = inner[0];
    if (!only || inner.length !== 1)
      throw new Unlowerable('parse-error', 'parentheses hold no single expression', node);
    if (only.kind === 'compound_statement')
      throw new Unlowerable('statement-expression', 'the body has a statement expression', node);
    this.#value(only);
  }

  #identifier(node: SyntaxNode): void {
    const declaration = this.#bindings.of(node);
    const name = textOf(this.#tree, node);
    if (declaration && this.#isPrivate(declaration)) {
      this.#emit({ op: 'get', declaration }, node);
    } else if (declaration?.isArray) {
      this.#object(declaration, node);
    } else if (declaration && !declaration.isExtern) {
      this.#object(declaration, node);
      this.#emit({ op: 'load', isVolatile: this.#isVolatile(declaration) }, node);
    } else {
      this.#global(node, name, declaration?.isVolatile === true);
    }
  }

  #global(node: SyntaxNode, name: string, isVolatile: boolean): void {
    if (name === '__COUNTER__') throw new Unlowerable('stateful-macro', '`__COUNTER__` counts its uses', node);
    const constant = this.#knowledge.constant?.(name);
    if (name === 'NULL') {
      this.#emit({ op: 'push', term: this.#terms.null() }, node);
    } else if (constant) {
      const term =
        constant.value === undefined ? this.#terms.named('literal', name) : this.#terms.literal(String(constant.value));
      this.#emit({ op: 'push', term }, node);
    } else if (this.#isOwnMacro(name) || this.#isShadowed(node, name)) {
      this.#objectMacro(node, name);
    } else if (this.#knowledge.name(name).kind === 'function') {
      this.#emit({ op: 'push', term: this.#terms.named('global', name) }, node);
    } else {
      this.#emit({ op: 'push', term: this.#terms.named('global', name) }, node);
      this.#emit({ op: 'load', isVolatile: isVolatile || this.#knowledge.isVolatileField(name) }, node);
    }
  }

  /** A macro without parameters that is no literal. Those of a library are objects of a kind: stdin. */
  #isOwnMacro(name: string): boolean {
    const facts = this.#knowledge.name(name);
    return facts.macro !== undefined && facts.kind !== 'function' && !/^preset [^;]*$/.test(facts.from);
  }

  /** `SUM`, which may stand for `a + b`: what it means depends on what stands around it, and on the names it uses. */
  #objectMacro(node: SyntaxNode, name: string): void {
    const facts = this.#knowledge.name(name);
    if (facts.macro?.hasJump)
      throw new Unlowerable('hidden-control-flow', `the macro \`${name}\` returns or jumps`, node);
    const isOperand = /^(binary|unary|cast|field|subscript|conditional|pointer)_expression$/.test(
      node.parent?.kind ?? '',
    );
    const text = isOperand && node.parent ? `${name} in ${this.#typedText(node.parent)}` : name;
    const names = facts.macro?.freeNames ?? [];
    const isConstant = (one: string): boolean => this.#knowledge.constant?.(one) !== undefined || this.#isOwnMacro(one);
    const isLocal = (one: string): boolean => this.#bindings.visibleAt(node).some((local) => local.name === one);
    if (
      facts.macro &&
      !facts.macro.isDoubtful &&
      !facts.macro.isStateful &&
      names.every((one) => isConstant(one) && !isLocal(one))
    )
      this.#emit({ op: 'push', term: this.#terms.named('literal', text) }, node);
    else this.#text(node, text, false);
  }

  /** Constants by their text, with what each name in it means. */
  #constant(node: SyntaxNode): void {
    this.#refuseMaskedEffects(node);
    // The grammar knows no index there.
    if (node.kind === 'offsetof_expression' && /\[(?!\s*\d+\s*\])/.test(textOf(this.#tree, node)))
      throw new Unlowerable('parse-error', 'an offset has an index that is no number', node);
    if (this.#hasVariableSize(node)) return this.#text(node, foldedText(this.#tree, node), false);
    this.#emit({ op: 'push', term: this.#terms.named('literal', this.#typedText(node)) }, node);
  }

  /** The text with the types of the locals it names. */
  #typedText(node: SyntaxNode): string {
    const names = this.#named(node).map((declaration) => `${declaration.name}:${declaration.type}`);
    return [foldedText(this.#tree, node), ...names].join(' ');
  }

  /** `sizeof` evaluates nothing, unless of a variable length array; a call inside is only its type. */
  #refuseMaskedEffects(node: SyntaxNode): void {
    walk(node, (part) => {
      if (part.kind === 'compound_statement')
        throw new Unlowerable('statement-expression', 'the body has a statement expression', part);
    });
  }

  #assignment(node: SyntaxNode): void {
    const left = fieldOf(node, 'left');
    const right = fieldOf(node, 'right');
    const operator = fieldOf(node, 'operator')?.kind ?? '=';
    if (!left || !right) throw new Unlowerable('parse-error', 'an assignment without its sides', node);
    this.#unordered(node, [left, right], () =>
      this.#assign(node, left, operator === '=' ? undefined : operator.slice(0, -1), () => this.#value(right)),
    );
  }

  /** Assigns to a local or to memory; `operator` for a compound assignment. Leaves the new value on the stack. */
  #assign(node: SyntaxNode, left: SyntaxNode, operator: string | undefined, right: () => void): void {
    const target = stripParentheses(left);
    const declaration = target.kind === 'identifier' ? this.#bindings.of(target) : undefined;
    if (declaration && this.#isPrivate(declaration)) {
      if (operator) this.#emit({ op: 'get', declaration }, target);
      right();
      if (operator) this.#operator(operator, node);
      this.#emit({ op: 'set', declaration }, node);
      return;
    }
    const isVolatile = this.#address(target);
    if (operator) {
      this.#emit({ op: 'copy' }, node);
      this.#emit({ op: 'load', isVolatile }, node);
    }
    right();
    if (operator) this.#operator(operator, node);
    this.#emit({ op: 'store', isVolatile, isInitial: false, tag: this.#tag }, node);
  }

  #operator(operator: string, node: SyntaxNode): void {
    this.#emit({ op: 'apply', name: operator, arity: 2, text: '' }, node);
  }

  #update(node: SyntaxNode): void {
    const argument = fieldOf(node, 'argument');
    const operator = fieldOf(node, 'operator')?.kind;
    if (!argument || !operator) throw new Unlowerable('parse-error', 'an increment without its parts', node);
    const isPrefix = node.children[0]?.kind === operator;
    const target = stripParentheses(argument);
    const one = (): void => void this.#emit({ op: 'push', term: this.#terms.integer(1) }, node);
    const declaration = target.kind === 'identifier' ? this.#bindings.of(target) : undefined;
    if (isPrefix) return this.#assign(node, target, operator.slice(1), one);
    if (declaration && this.#isPrivate(declaration)) {
      this.#emit({ op: 'get', declaration }, target);
      this.#assign(node, target, operator.slice(1), one);
      this.#emit({ op: 'drop' }, node);
      return;
    }
    const isVolatile = this.#address(target);
    this.#emit({ op: 'copy' }, node);
    this.#emit({ op: 'load', isVolatile }, node);
    this.#emit({ op: 'swap' }, node);
    this.#emit({ op: 'copy' }, node);
    this.#emit({ op: 'load', isVolatile }, node);
    one();
    this.#operator(operator.slice(1), node);
    this.#emit({ op: 'store', isVolatile, isInitial: false, tag: this.#tag }, node);
    this.#emit({ op: 'drop' }, node);
  }

  #binary(node: SyntaxNode): void {
    const left = fieldOf(node, 'left');
    const right = fieldOf(node, 'right');
    const operator = fieldOf(node, 'operator')?.kind;
    if (!left || !right || !operator) throw new Unlowerable('parse-error', 'an operator without its operands', node);
    if (operator === '&&' || operator === '||') return this.#shortCircuit(node, operator, left, right);
    this.#unordered(node, [left, right], () => {
      this.#value(left);
      this.#value(right);
    });
    this.#operator(operator, node);
  }

  /** `a && b` as a value: 0 or 1. */
  #shortCircuit(node: SyntaxNode, operator: string, left: SyntaxNode, right: SyntaxNode): void {
    this.#value(left);
    const first = this.#emit({ op: 'unless', to: 0 }, left);
    if (operator === '||') {
      this.#emit({ op: 'push', term: this.#terms.integer(1) }, node);
      const done = this.#emit({ op: 'jump', to: 0 }, node);
      this.#here(first);
      this.#truth(right, node);
      this.#here(done);
      this.#emit({ op: 'join' }, node);
      return;
    }
    this.#truth(right, node);
    const done = this.#emit({ op: 'jump', to: 0 }, node);
    this.#here(first);
    this.#emit({ op: 'push', term: this.#terms.integer(0) }, node);
    this.#here(done);
    this.#emit({ op: 'join' }, node);
  }

  #truth(operand: SyntaxNode, node: SyntaxNode): void {
    this.#value(operand);
    const no = this.#emit({ op: 'unless', to: 0 }, operand);
    this.#emit({ op: 'push', term: this.#terms.integer(1) }, node);
    const done = this.#emit({ op: 'jump', to: 0 }, node);
    this.#here(no);
    this.#emit({ op: 'push', term: this.#terms.integer(0) }, node);
    this.#here(done);
    this.#emit({ op: 'join' }, node);
  }

  #unary(node: SyntaxNode): void {
    const operator = fieldOf(node, 'operator')?.kind ?? node.children[0]?.kind;
    const argument = fieldOf(node, 'argument') ?? namedChildren(node)[0];
    if (!operator || !argument) throw new Unlowerable('parse-error', 'an operator without its operand', node);
    this.#value(argument);
    this.#emit({ op: 'apply', name: operator === '!' ? 'not' : `unary${operator}`, arity: 1, text: '' }, node);
  }

  #conditional(node: SyntaxNode): void {
    const condition = fieldOf(node, 'condition');
    const consequence = fieldOf(node, 'consequence');
    const alternative = fieldOf(node, 'alternative');
    if (!condition || !alternative) throw new Unlowerable('parse-error', 'a conditional without its parts', node);
    this.#value(condition);
    if (!consequence) this.#emit({ op: 'copy' }, condition);
    const no = this.#emit({ op: 'unless', to: 0 }, condition);
    if (consequence) this.#value(consequence);
    const done = this.#emit({ op: 'jump', to: 0 }, node);
    this.#here(no);
    if (!consequence) this.#emit({ op: 'drop' }, condition);
    this.#value(alternative);
    this.#here(done);
    this.#emit({ op: 'join' }, node);
    if (consequence && this.#isInt(consequence) && this.#isInt(alternative)) return;
    // The arms are brought to a common type that is not known here: a value of one arm alone is not the value of the whole.
    this.#emit({ op: 'convert', type: `common type of ${this.#typedText(node)}` }, node);
  }

  /** Is it certainly of type int: a local of that type, or an integer without suffix or its name, signed or in parentheses? */
  #isInt(node: SyntaxNode): boolean {
    const inner = stripParentheses(node);
    const declaration = inner.kind === 'identifier' ? this.#bindings.of(inner) : undefined;
    if (declaration) return declaration.type === 'int' && !declaration.isPointer && !declaration.isArray;
    const sign = fieldOf(inner, 'operator')?.kind;
    if (inner.kind === 'unary_expression' && (sign === '-' || sign === '+')) {
      const argument = fieldOf(inner, 'argument');
      return argument !== undefined && this.#isInt(argument);
    }
    const text = textOf(this.#tree, inner);
    // A macro that is a plain number, or an enumerator.
    const constant = inner.kind === 'identifier' ? this.#knowledge.constant?.(text)?.value : undefined;
    if (constant !== undefined) return this.#terms.typeOf(this.#terms.literal(String(constant))) === 'int';
    if (inner.kind !== 'number_literal' || this.#isMasked(inner)) return false;
    return this.#terms.typeOf(this.#terms.literal(text)) === 'int';
  }

  #comma(node: SyntaxNode): void {
    const left = fieldOf(node, 'left');
    const right = fieldOf(node, 'right');
    if (!left || !right) throw new Unlowerable('parse-error', 'a comma without its sides', node);
    this.#value(left);
    this.#emit({ op: 'drop' }, left);
    this.#value(right);
  }

  #cast(node: SyntaxNode): void {
    const type = fieldOf(node, 'type');
    const value = fieldOf(node, 'value');
    if (!type || !value) throw new Unlowerable('parse-error', 'a cast without its parts', node);
    const text = foldedText(this.#tree, type)
      .replace(/ (?=\*)/g, ' ')
      .replace(/\* (?=\*)/g, '*');
    this.#value(value);
    if (text === 'void') return;
    this.#emit({ op: 'convert', type: text }, node);
  }

  #pointer(node: SyntaxNode): void {
    const argument = fieldOf(node, 'argument');
    const operator = fieldOf(node, 'operator')?.kind ?? node.children[0]?.kind;
    if (!argument) throw new Unlowerable('parse-error', 'an operator without its operand', node);
    if (operator === '&') {
      const target = stripParentheses(argument);
      this.#address(target);
      // `&a` and `a` of an array are one address, but pointers to different types.
      if (target.kind === 'identifier' && this.#bindings.of(target)?.isArray)
        this.#emit({ op: 'apply', name: 'whole', arity: 1, text: '' }, node);
      return;
    }
    this.#loadFrom(node);
  }

  #loadFrom(node: SyntaxNode): void {
    const isVolatile = this.#address(node);
    this.#emit({ op: 'load', isVolatile, mayDecay: this.#mayBeArray(node) }, node);
  }

  /** May the lvalue be an array, so that its value is its address? It may where its declaration is not in sight. */
  #mayBeArray(lvalue: SyntaxNode): boolean {
    return (
      this.#shapesOf(lvalue)?.every(({ base, stars, dimensions }) => {
        if (dimensions > 0 || stars < 0) return false;
        return stars > 0 || this.#knowledge.mayBeArrayType?.(base) === false;
      }) !== true
    );
  }

  /** What the declarations say of the type of an expression; undefined where they are not seen or not understood. */
  #shapesOf(expression: SyntaxNode): readonly Shape[] | undefined {
    const node = stripParentheses(expression);
    const argument = fieldOf(node, 'argument');
    switch (node.kind) {
      case 'identifier': {
        const declaration = this.#bindings.of(node);
        return declaration && shapeOfType(declaration.type, declaration);
      }
      case 'field_expression': {
        const field = fieldOf(node, 'field');
        if (!field || !argument) return undefined;
        const arrow = node.children.some((child) => child.kind === '->') ? 1 : 0;
        const owners = this.#shapesOf(argument)?.map(({ base, stars, dimensions }) =>
          stars + dimensions === arrow ? base : undefined,
        );
        const found = (owners ?? [undefined]).map((owner) =>
          this.#knowledge.members?.(textOf(this.#tree, field), owner),
        );
        return found.every((list) => list && list.length > 0) ? found.flatMap((list) => list ?? []) : undefined;
      }
      case 'cast_expression': {
        const type = fieldOf(node, 'type');
        return type && shapeOfType(foldedText(this.#tree, type));
      }
      case 'subscript_expression':
      case 'pointer_expression': {
        if (node.children[0]?.kind === '&') return undefined;
        const inner = argument && this.#shapesOf(argument);
        return inner?.map((shape) =>
          shape.dimensions > 0 ? { ...shape, dimensions: shape.dimensions - 1 } : { ...shape, stars: shape.stars - 1 },
        );
      }
      case 'update_expression':
        return argument && this.#shapesOf(argument);
      case 'binary_expression': {
        const left = fieldOf(node, 'left');
        return left && this.#shapesOf(left);
      }
      default:
        return undefined;
    }
  }

  /** Leaves the address of an lvalue on the stack; true when the object is volatile. */
  #address(node: SyntaxNode): boolean {
    const argument = fieldOf(node, 'argument');
    switch (node.kind) {
      case 'parenthesized_expression':
        return this.#address(stripParentheses(node));
      case 'identifier': {
        const declaration = this.#bindings.of(node);
        if (declaration && !declaration.isExtern) {
          this.#object(declaration, node);
          return this.#isVolatile(declaration);
        }
        const name = textOf(this.#tree, node);
        if (this.#isOwnMacro(name) || this.#isShadowed(node, name))
          throw new Unlowerable('hidden-control-flow', `the macro \`${name}\` stands for an object`, node);
        this.#emit({ op: 'push', term: this.#terms.named('global', name) }, node);
        return declaration?.isVolatile === true || this.#knowledge.isVolatileField(name);
      }
      case 'field_expression': {
        const field = fieldOf(node, 'field');
        if (!argument || !field) break;
        if (node.children.some((child) => child.kind === '.')) this.#address(stripParentheses(argument));
        else this.#value(argument);
        this.#emit({ op: 'apply', name: 'field', arity: 1, text: textOf(this.#tree, field) }, node);
        return this.#mayBeVolatile(node);
      }
      case 'subscript_expression': {
        const index = fieldOf(node, 'index');
        if (!argument || !index) break;
        this.#unordered(node, [argument, index], () => {
          this.#value(argument);
          this.#value(index);
        });
        this.#emit({ op: 'apply', name: 'element', arity: 2, text: '' }, node);
        return this.#mayBeVolatile(node);
      }
      case 'pointer_expression':
        if (!argument || node.children[0]?.kind !== '*') break;
        this.#value(argument);
        return this.#mayBeVolatile(node);
      case 'compound_literal_expression':
        this.#compoundObject(node);
        return false;
      case 'call_expression':
        // `f().x` and macros that are lvalues: the address is whatever the call stands for.
        this.#refuseHiddenLocal(node);
        this.#value(node);
        this.#emit({ op: 'apply', name: 'place', arity: 1, text: '' }, node);
        return false;
      default:
        break;
    }
    throw new Unlowerable(
      'parse-error',
      `\`${foldedText(this.#tree, node).slice(0, 60)}\` is not understood as an lvalue (${node.kind})`,
      node,
    );
  }

  /** `VALUE(n) = 5` with `#define VALUE(x) (x)`: which local that is, is not seen. */
  #refuseHiddenLocal(call: SyntaxNode): void {
    const name = this.#calledName(call);
    if (name === undefined || (this.#knowledge.name(name).kind === 'function' && !this.#isShadowed(call, name))) return;
    const free = this.#knowledge.name(name).macro?.freeNames ?? [];
    const hidden = [
      ...this.#named(call),
      ...this.#bindings.visibleAt(call).filter((local) => free.includes(local.name)),
    ].find((declaration) => this.#isPrivate(declaration));
    if (hidden) throw new Unlowerable('hidden-control-flow', `\`${name}\` may be a macro for \`${hidden.name}\``, call);
  }

  /** Does the macro name something that is a local here? */
  #isShadowed(node: SyntaxNode, name: string): boolean {
    const free = this.#knowledge.name(name).macro?.freeNames ?? [];
    return free.length > 0 && this.#bindings.visibleAt(node).some((local) => free.includes(local.name));
  }

  /** Does any type, name or field that the lvalue is made of say volatile or atomic? */
  #mayBeVolatile(lvalue: SyntaxNode): boolean {
    let found = false;
    walk(lvalue, (part) => {
      const text = (): string => textOf(this.#tree, part);
      const declaration = part.kind === 'identifier' ? this.#bindings.of(part) : undefined;
      if (declaration) found ||= declaration.isVolatile || this.#saysVolatile(declaration.type);
      else if (part.kind === 'identifier' || part.kind === 'field_identifier')
        found ||= this.#knowledge.isVolatileField(text());
      else if (part.kind === 'type_descriptor') found ||= this.#saysVolatile(text());
      return !found;
    });
    return found;
  }

  /** Does the type say volatile, itself or by a name that stands for it? That of `__auto_type` is not seen. */
  #saysVolatile(type: string): boolean {
    if (VOLATILE.test(type) || /\b(__auto_type|typeof|__typeof__|__typeof|typeof_unqual)\b/.test(type)) return true;
    return (type.match(/[A-Za-z_]\w*/g) ?? []).some((word) => this.#knowledge.isVolatileField(word));
  }

  #initializerList(node: SyntaxNode): void {
    const parts = namedChildren(node);
    const designators: string[] = [];
    const values: SyntaxNode[] = [];
    for (const part of parts) {
      const value = part.kind === 'initializer_pair' ? fieldOf(part, 'value') : part;
      if (!value) throw new Unlowerable('parse-error', 'an initialiser without its value', part);
      designators.push(part === value ? '' : foldedText(this.#tree, { start: part.start, end: value.start }));
      values.push(value);
    }
    this.#unordered(node, values, () => {
      for (const value of values) this.#value(value);
    });
    this.#emit({ op: 'apply', name: 'list', arity: parts.length, text: designators.join('|') }, node);
  }

  #compoundLiteral(node: SyntaxNode): void {
    const type = fieldOf(node, 'type');
    const value = fieldOf(node, 'value');
    if (!type || !value) throw new Unlowerable('parse-error', 'a compound literal without its parts', node);
    // An array literal is its address.
    if (/\[/.test(textOf(this.#tree, type))) return this.#compoundObject(node);
    this.#value(value);
    this.#emit({ op: 'convert', type: foldedText(this.#tree, type) }, node);
  }

  /** The object of a compound literal lives as long as the block around it; it is compared by its place in the text. */
  #compoundObject(node: SyntaxNode): void {
    const value = fieldOf(node, 'value');
    const literal = this.#bindings.literals.find((one) => one.node === node);
    if (!value || !literal) throw new Unlowerable('parse-error', 'a compound literal without its value', node);
    const term = objectTerm(this.#terms, literal);
    this.#emit({ op: 'undefine', declaration: literal }, node);
    this.#emit({ op: 'push', term }, node);
    this.#value(value);
    this.#emit({ op: 'store', isVolatile: false, isInitial: true, tag: this.#tag }, node);
    this.#emit({ op: 'drop' }, node);
    this.#emit({ op: 'push', term }, node);
  }

  #asm(node: SyntaxNode): void {
    if (node.children.some((child) => textOf(this.#tree, child) === 'goto'))
      throw new Unlowerable('asm-goto', 'the function has an asm goto', node);
    this.#text(node, foldedText(this.#tree, node), false);
  }

  // ---- calls

  #call(node: SyntaxNode): void {
    const callee = fieldOf(node, 'function');
    const args = fieldOf(node, 'arguments');
    if (!callee || !args) throw new Unlowerable('parse-error', 'a call without its parts', node);
    const name = this.#calledName(node);
    if (name === undefined) return this.#indirectCall(node, callee, args);
    const facts = this.#knowledge.name(name);
    if (facts.macro?.hasJump && !isHiddenExit(facts, node))
      throw new Unlowerable('hidden-control-flow', `the macro \`${name}\` returns or jumps`, node);
    if (facts.macro?.isFragment && !isStatementOfBlock(node))
      throw new Unlowerable('hidden-control-flow', `the macro \`${name}\` is several statements`, node);
    const only = namedChildren(args)[0];
    if (
      facts.kind === 'macro' &&
      facts.releases?.resetting &&
      only &&
      namedChildren(args).length === 1 &&
      this.#isPlainPlace(only) &&
      !this.#isMasked(node) &&
      !this.#isShadowed(node, name)
    ) {
      return this.#resettingRelease(node, name, facts, only);
    }
    if (facts.kind !== 'function' || this.#isMasked(node) || this.#isShadowed(node, name))
      return this.#text(node, foldedText(this.#tree, node), false);
    const operands = namedChildren(args);
    this.#unordered(node, operands, () => {
      for (const operand of operands) this.#value(operand);
    });
    const refined = this.#refine(facts, operands);
    const [arity, writes] = [operands.length, this.#changed(operands)];
    const sizedAs = this.#sizedAs(facts, operands);
    const returns = this.#numberReturned(name, facts);
    this.#emit({ op: 'call', name, arity, facts: refined, tag: this.#tag, writes, sizedAs, returns }, node);
  }

  /**
   * The type of numbers that all declarations in sight say the function returns: `int r = f()` then is what `f()` is.
   * Keywords only; of a macro the declarations of its name say nothing.
   */
  #numberReturned(name: string, facts: NameFacts): string {
    const returns = facts.macro ? undefined : this.#knowledge.signature?.(name).returns;
    return returns !== undefined && NUMBERS.test(returns) ? returns : '';
  }

  /** `malloc(sizeof *p)` and `calloc(1, sizeof(*p))` of the C library, with p declared here: the type of p. */
  #sizedAs(facts: NameFacts, operands: readonly SyntaxNode[]): string | undefined {
    const last = operands.at(-1);
    const count = operands.length === 2 && operands[0] ? textOf(this.#tree, operands[0]) : '1';
    if (last?.kind !== 'sizeof_expression' || operands.length > 2 || !/^[1-9]\d*$/.test(count)) return undefined;
    if (!/^preset libc-memory[^;]*$/.test(facts.from) || !facts.acquires) return undefined;
    const value = fieldOf(last, 'value');
    const inner = value && stripParentheses(value);
    const name =
      inner?.kind === 'pointer_expression' && inner.children[0]?.kind === '*' ? fieldOf(inner, 'argument') : undefined;
    const declaration = name?.kind === 'identifier' ? this.#bindings.of(name) : undefined;
    return declaration?.isPointer && this.#isPrivate(declaration) ? declaration.type.replace(/^const /, '') : undefined;
  }

  /** What is known of this call: `fprintf(stderr, "%d", n)` is a diagnostic, where `stderr` is the library's. */
  #refine(facts: NameFacts, operands: readonly SyntaxNode[]): NameFacts {
    if (facts.format === undefined && facts.output === undefined) return facts;
    return refineCall(
      facts,
      operands.map((operand) => (this.#isOwnName(operand) ? '' : foldedText(this.#tree, operand))),
    );
  }

  /** A variable of this function, or a name that this file makes a macro, whatever the library calls so. */
  #isOwnName(operand: SyntaxNode): boolean {
    const name = stripParentheses(operand);
    if (name.kind !== 'identifier') return false;
    return (
      this.#bindings.of(name) !== undefined ||
      !/^preset [^;]*$/.test(this.#knowledge.name(textOf(this.#tree, name)).from)
    );
  }

  /** An lvalue that can be evaluated twice: names and fields only. */
  #isPlainPlace(node: SyntaxNode): boolean {
    if (node.kind === 'identifier') return this.#bindings.of(node) !== undefined;
    const argument = fieldOf(node, 'argument');
    return (
      (node.kind === 'field_expression' || (node.kind === 'pointer_expression' && node.children[0]?.kind === '*')) &&
      argument !== undefined &&
      this.#isPlainPlace(argument)
    );
  }

  #indirectCall(node: SyntaxNode, callee: SyntaxNode, args: SyntaxNode): void {
    const operands = namedChildren(args);
    if (this.#isMasked(node)) return this.#text(node, foldedText(this.#tree, node), false);
    this.#unordered(node, [callee, ...operands], () => {
      this.#value(callee);
      for (const operand of operands) this.#value(operand);
    });
    const facts = { kind: 'function' as const, from: 'nothing' };
    this.#emit(
      {
        op: 'call',
        name: undefined,
        arity: operands.length + 1,
        facts,
        tag: this.#tag,
        writes: [undefined, ...this.#changed(operands)],
        sizedAs: undefined,
        returns: '',
      },
      node,
    );
  }

  /** Arguments that are bare names of a type which may hide an array: the callee gets their address. */
  #changed(operands: readonly SyntaxNode[]): (Declaration | undefined)[] {
    return operands.map((operand) => {
      const target = stripParentheses(operand);
      const declaration = target.kind === 'identifier' ? this.#bindings.of(target) : undefined;
      const isArray = declaration && this.#isPrivate(declaration) && mayBeArray(declaration);
      return isArray && this.#knowledge.numberType?.(declaration.type) === undefined ? declaration : undefined;
    });
  }

  /** Was any token of the node blanked before parsing? Then its tree does not tell all, but its text does. */
  #isMasked(node: SyntaxNode): boolean {
    return this.#tree.source.slice(node.start, node.end) !== this.#tree.masked.slice(node.start, node.end);
  }

  /**
   * An event compared by its text and the values of the locals it names. Used for macros (arguments may be evaluated
   * twice, or never), for names of unknown kind, and for asm.
   */
  #text(node: SyntaxNode, text: string, isIterator: boolean): void {
    const calls = this.#callsIn(node);
    const own = this.#calledName(node);
    const mentions = new Set(this.#named(node));
    const writes = new Set<Declaration>(isIterator ? mentions : this.#assignedIn(node));
    let site = isIterator || node.kind === 'gnu_asm_expression' ? `${text}@${node.kind}` : '';
    const iterator = isIterator ? this.#knowledge.name(text.split(' ', 1)[0] ?? '') : undefined;
    let mayName = iterator?.kind === 'unknown';
    let onlyReturns = false;
    for (const free of iterator?.macro?.freeNames ?? []) this.#freeName(node, free, mentions, writes);
    // Macros without parameters.
    walk(node, (part) => {
      if (part.kind !== 'identifier' || this.#bindings.of(part)) return;
      const facts = this.#knowledge.name(textOf(this.#tree, part));
      for (const free of facts.macro?.freeNames ?? []) this.#freeName(node, free, mentions, writes);
    });
    for (const { name, call } of calls) {
      const facts = this.#knowledge.name(name);
      const isExit = call === node && isHiddenExit(facts, node);
      if (facts.macro?.hasJump && !isExit)
        throw new Unlowerable('hidden-control-flow', `the macro \`${name}\` returns or jumps`, call);
      onlyReturns ||= isExit;
      const isUnknown = facts.kind === 'unknown' && !facts.diagnostic;
      if (isUnknown || facts.macro?.isStateful) site += this.#siteOf.get(call.id) ?? '';
      if (isUnknown && !isStatementOfBlock(call)) site += ` in ${call.parent?.parent?.kind ?? ''}`;
      if (isUnknown) mayName = true;
      this.#macroWrites(
        call,
        isUnknown ? undefined : facts.macro?.writes,
        facts.kind === 'function' || facts.diagnostic !== undefined,
        writes,
      );
      for (const free of facts.macro?.freeNames ?? []) this.#freeName(node, free, mentions, writes);
    }
    const call: TextCall = {
      text,
      mentions: [...mentions],
      writes: [...writes].filter(this.#isPrivate),
      site: site || undefined,
      mayJump: isIterator || mayName || onlyReturns,
      onlyReturns: onlyReturns && !mayName,
      mayName,
      inSight: mayName ? this.#bindings.visibleAt(node) : [],
      globals: this.#globalsIn(node),
      tag: this.#tag,
    };
    this.#emit({ op: 'text', call, facts: own === undefined ? undefined : this.#textFacts(node, own) }, node);
  }

  /** What is known of the macro holds for the whole text only if nothing else happens in its arguments. */
  #textFacts(node: SyntaxNode, own: string): NameFacts {
    const facts = this.#knowledge.name(own);
    const args = fieldOf(node, 'arguments');
    const hasMore =
      !args ||
      this.#isMasked(node) ||
      this.#isShadowed(node, own) ||
      this.#callsIn(args).some(({ name }) => !this.#isPure(name)) ||
      this.#hasStore(args);
    if (!hasMore) return this.#refine(facts, namedChildren(args));
    return { kind: facts.kind, from: facts.from, ...(facts.macro && { macro: facts.macro }) };
  }

  #isPure(name: string): boolean {
    const facts = this.#knowledge.name(name);
    return facts.isPure === true || facts.diagnostic !== undefined;
  }

  /** Names of the text that are neither declared here, called, nor constants. */
  #globalsIn(node: SyntaxNode): string[] {
    const found = new Set<string>();
    walk(node, (part) => {
      if (part.kind !== 'identifier') return;
      const name = textOf(this.#tree, part);
      const isVariable = !this.#bindings.of(part) || this.#bindings.of(part)?.isExtern === true;
      if (isVariable && part.field !== 'function' && this.#isVariableName(name)) found.add(name);
    });
    return [...found].toSorted();
  }

  /** A name not declared in the function that is no function and no constant. */
  #isVariableName(name: string): boolean {
    return name !== 'NULL' && !this.#knowledge.constant?.(name) && this.#knowledge.name(name).kind !== 'function';
  }

  #callsIn(node: SyntaxNode): { name: string; call: SyntaxNode }[] {
    const calls: { name: string; call: SyntaxNode }[] = [];
    walk(node, (part) => {
      if (part.kind === 'compound_statement')
        throw new Unlowerable('statement-expression', 'the body has a statement expression', part);
      const name = this.#calledName(part);
      if (name !== undefined) calls.push({ name, call: part });
    });
    return calls;
  }

  #named(node: SyntaxNode): Declaration[] {
    const found = new Set<Declaration>();
    walk(node, (part) => {
      const declaration = part.kind === 'identifier' ? this.#bindings.of(part) : undefined;
      if (declaration) found.add(declaration);
    });
    return [...found];
  }

  #assignedIn(node: SyntaxNode): Declaration[] {
    const found: Declaration[] = [];
    walk(node, (part) => {
      const target =
        part.kind === 'assignment_expression'
          ? fieldOf(part, 'left')
          : part.kind === 'update_expression'
            ? fieldOf(part, 'argument')
            : undefined;
      const name = target ? stripParentheses(target) : undefined;
      const declaration = name?.kind === 'identifier' ? this.#bindings.of(name) : undefined;
      if (declaration) found.push(declaration);
    });
    return found;
  }

  /** Which locals the arguments of one call may change: all where the name is unknown, else those its definition assigns. */
  #macroWrites(
    call: SyntaxNode,
    positions: readonly number[] | undefined,
    isFunction: boolean,
    writes: Set<Declaration>,
  ): void {
    const args = fieldOf(call, 'arguments');
    if (!args || isFunction) return;
    const operands = namedChildren(args);
    for (const [position, operand] of operands.entries()) {
      if (positions && !positions.includes(position)) continue;
      for (const declaration of this.#named(operand)) writes.add(declaration);
    }
  }

  #freeName(node: SyntaxNode, name: string, mentions: Set<Declaration>, writes: Set<Declaration>): void {
    const declaration = this.#bindings.visibleAt(node).find((one) => one.name === name);
    if (!declaration) return;
    mentions.add(declaration);
    writes.add(declaration);
  }

  // ---- order

  /**
   * C does not order the operands of most operators (C11 6.5p3). Where more than one of them has an effect, or one has
   * an effect and another reads memory, their events carry the text of the whole, so that they match only themselves.
   */
  #unordered(node: SyntaxNode, operands: readonly SyntaxNode[], lower: () => void): void {
    const outer = this.#tag;
    const effects = operands.filter((operand) => this.#hasEffect(operand)).length;
    const reads = operands.filter((operand) => this.#readsMemory(operand)).length;
    if (effects > 0) this.#refuseUnsequenced(node, operands);
    if (effects > 1 || (effects === 1 && reads > 1)) this.#tag = foldedText(this.#tree, node);
    lower();
    this.#tag = outer;
  }

  /** `i = i++`, `f(n = 1, n)`: a local is changed and read, or changed twice, in no order. C11 6.5p2: undefined. */
  #refuseUnsequenced(node: SyntaxNode, operands: readonly SyntaxNode[]): void {
    const target = node.kind === 'assignment_expression' ? stripParentheses(operands[0] ?? node) : undefined;
    for (const operand of operands) {
      for (const declaration of this.#assignedIn(operand)) {
        const isUsed = operands.some((other) => other !== operand && this.#named(other).includes(declaration));
        if (isUsed && this.#isPrivate(declaration) && !(operand === operands[0] && operand === target))
          throw new Unlowerable('order-conflict', `\`${declaration.name}\` is changed and used in no order`, node);
      }
    }
  }

  #hasEffect(node: SyntaxNode): boolean {
    let found = false;
    walk(node, (part) => {
      if (part.kind === 'call_expression' || part.kind === 'assignment_expression' || part.kind === 'update_expression')
        found = true;
      return !found;
    });
    return found;
  }

  #hasStore(node: SyntaxNode): boolean {
    let found = false;
    walk(node, (part) => {
      if (part.kind === 'assignment_expression' || part.kind === 'update_expression') found = true;
      return !found;
    });
    return found;
  }

  /** Does the value of the operand depend on memory? The target of an assignment depends on what its address does. */
  #readsMemory(node: SyntaxNode): boolean {
    const target = node.parent?.kind === 'assignment_expression' && node.field === 'left' ? addressPart(node) : node;
    if (!target) return false;
    let found = this.#hasEffect(target);
    walk(target, (part) => {
      if (
        part.kind === 'field_expression' ||
        part.kind === 'subscript_expression' ||
        part.kind === 'pointer_expression'
      )
        found = true;
      if (part.kind !== 'identifier' || part.field === 'function') return !found;
      const declaration = this.#bindings.of(part);
      if (declaration && !declaration.isExtern) found ||= !this.#isPrivate(declaration);
      else found ||= this.#isVariableName(textOf(this.#tree, part));
      return !found;
    });
    return found;
  }
}

/** Types of whole numbers in their usual words. */
const NUMBERS = /^(unsigned )?(char|short|int|long|long long)$|^unsigned$/;

/** A statement of its own whose macro may return for its user, and do nothing else that is not in its text. */
function isHiddenExit(facts: NameFacts, call: SyntaxNode): boolean {
  return facts.kind === 'macro' && facts.macro?.onlyReturns === true && isStatementOfBlock(call);
}

/** Does the call stand alone as a statement of a block, so that it may as well be several statements? */
function isStatementOfBlock(call: SyntaxNode): boolean {
  const statement = call.parent;
  return (
    statement?.kind === 'expression_statement' &&
    /^(compound|case|labeled)_statement$/.test(statement.parent?.kind ?? '')
  );
}

/** What an lvalue's address is computed from: of `p->x` it is `p`. */
function addressPart(lvalue: SyntaxNode): SyntaxNode | undefined {
  const node = stripParentheses(lvalue);
  if (node.kind === 'identifier') return undefined;
  const isPlain =
    node.kind === 'field_expression' || (node.kind === 'pointer_expression' && node.children[0]?.kind === '*');
  return isPlain ? (fieldOf(node, 'argument') ?? node) : node;
}

/**
 * The address of a local that is kept in memory. The same name, type and ordinal mean the same object on both sides; a
 * static one is the same if it is declared alike.
 */
export function objectTerm(terms: TermTable, declaration: Declaration): number {
  const name = declaration.isStatic ? `static ${declaration.storage} ${declaration.name}` : declaration.name;
  return terms.named('object', `${name.replaceAll(':', '')}:${declaration.type}#${declaration.ordinal}`);
}

function stripParentheses(node: SyntaxNode): SyntaxNode {
  let inner = node;
  while (inner.kind === 'parenthesized_expression') {
    const only = namedChildren(inner)[0];
    if (!only || namedChildren(inner).length !== 1) return inner;
    inner = only;
  }
  return inner;
}
