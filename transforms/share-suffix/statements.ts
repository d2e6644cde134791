/** Statements as they are compared: token keys with resolved names, and what forbids to merge two of them. */
import type { Span } from '../../src/base/span.ts';
import type { RefusalCode } from '../../src/diagnostics/refusal.ts';
import type { Knowledge } from '../../src/resources/knowledge.ts';
import type { Declaration } from '../../src/syntax/bindings.ts';
import { fieldOf, namedChildren, textOf, walk } from '../../src/syntax/tree.ts';
import type { FunctionTree, SyntaxNode } from '../../src/syntax/tree.ts';
import { soundsLikeOutput, soundsLikeRelease, soundsLikeWork } from './callee-names.ts';
import type { Names } from './names.ts';
import { once } from './once.ts';
import { isFieldName, lexSpan } from './tokens.ts';
import type { Comment, Token } from './tokens.ts';

/** Why a statement may not be merged with its like. */
export interface Barrier {
  readonly code: RefusalCode;
  readonly reason: string;
  readonly at: Span;
}

/** One statement of a straight list, without its labels. */
export interface Item extends Span {
  readonly node: SyntaxNode;
  /** goto labels that stand on it, outermost first. */
  readonly labels: readonly string[];
  /** Where the outermost label starts; `start` when there is none. */
  readonly labelStart: number;
  /** Equal keys: the same tokens, and each name means the same object. */
  readonly key: string;
  readonly tokens: readonly Token[];
  /** Locals and parameters it mentions. */
  readonly mentions: ReadonlySet<Declaration>;
  /** Comments inside the statement. */
  readonly comments: readonly Comment[];
  readonly barrier: Barrier | undefined;
  readonly isDiagnostic: boolean;
  /**
   * Gives something back, or may: a call on an object of the function that prints nothing. It decides what is worth
   * sharing, never what is right.
   */
  readonly isCleanup: boolean;
  /** Known as a release, or named like one. */
  readonly isRelease: boolean;
  /** No statement moves past it: a declaration, a jump, a label, what does not parse. */
  readonly isBoundary: boolean;
  /** A call that writes a log or a stream, as far as one may guess. */
  readonly isOutput: boolean;
  /** Lines it takes. */
  readonly weight: number;
  /** Sets something to a constant: `p = NULL;`. */
  readonly isReset: boolean;
  /** A plain assignment without a call in it. */
  readonly isStore: boolean;
}

/** Makes items of one function; remembers each, since statements are compared often. */
export class Statements {
  readonly #tree: FunctionTree;
  readonly #names: Names;
  readonly #knowledge: Knowledge;
  readonly #frozen: readonly Span[];
  readonly #items = new Map<number, Item>();

  constructor(tree: FunctionTree, names: Names, knowledge: Knowledge, frozen: readonly Span[]) {
    this.#tree = tree;
    this.#names = names;
    this.#knowledge = knowledge;
    this.#frozen = frozen;
  }

  /** The item of a statement that may carry labels. */
  item(statement: SyntaxNode): Item {
    const known = this.#items.get(statement.id);
    if (known) return known;
    const item = this.#make(statement);
    this.#items.set(statement.id, item);
    return item;
  }

  /** An `if` whose condition only asks whether there is something to release: `if (p) free(p);`. */
  isGuard(statement: SyntaxNode): boolean {
    const { node } = withoutLabels(this.#tree, statement);
    const condition = fieldOf(node, 'condition');
    if (node.kind !== 'if_statement' || !condition || fieldOf(node, 'alternative')) return false;
    const text = (part: SyntaxNode): string => textOf(this.#tree, part).replace(/\s+/g, '');
    const tested = text(condition)
      .replace(/^\(+|\)+$/g, '')
      .replace(/(?:!=|(?<!-)>|==).*$/, '');
    let releases = false;
    walk(node, (inner) => {
      if (inner.kind === 'call_expression' && text(inner).includes(tested)) releases = true;
    });
    return releases && this.item(statement).isRelease;
  }

  /** Comparable text of an expression: a return value. */
  key(node: Span): string {
    return keyOf(lexSpan(this.#tree.source, node.start, node.end).tokens, node, this.#names);
  }

  /** True when preprocessor lines or a branch not taken lie in the span. */
  isFrozen(span: Span): boolean {
    return this.#frozen.some((one) => one.start < span.end && span.start < one.end);
  }

  /** All but the place is worked out when it is asked for: most statements are only looked at from outside. */
  #make(statement: SyntaxNode): Item {
    const tree = this.#tree;
    const { node, labels } = withoutLabels(tree, statement);
    const lexed = once(() => lexSpan(tree.source, node.start, node.end));
    const key = once(() => keyOf(lexed().tokens, node, this.#names));
    const mentions = once(() => this.#mentions(lexed().tokens));
    const calls = once(() => callsOf(tree, node));
    const barrier = once(() => this.#barrier(node, lexed().tokens));
    const isRelease = once(() => calls().some((name) => this.#releases(name)));
    const isBoundary = once(() => this.#isBoundary(node));
    const isDiagnostic = once(() => this.#isDiagnostic(node));
    const isOutput = once(() => calls().some((name) => this.#prints(name)));
    const isCleanup = once(
      () => isRelease() || (mentions().size > 0 && calls().length > 0 && !isOutput() && !calls().some(soundsLikeWork)),
    );
    return {
      node,
      start: node.start,
      end: node.end,
      labels,
      labelStart: statement.start,
      isReset: isReset(node),
      isStore: isStore(node),
      weight: textOf(tree, node).split('\n').length,
      get key() {
        return key();
      },
      get tokens() {
        return lexed().tokens;
      },
      get comments() {
        return lexed().comments;
      },
      get mentions() {
        return mentions();
      },
      get barrier() {
        return barrier();
      },
      get isBoundary() {
        return isBoundary();
      },
      get isRelease() {
        return isRelease();
      },
      get isDiagnostic() {
        return isDiagnostic();
      },
      get isCleanup() {
        return isCleanup();
      },
      get isOutput() {
        return isOutput();
      },
    };
  }

  #mentions(tokens: readonly Token[]): Set<Declaration> {
    const mentions = new Set<Declaration>();
    for (const [index, token] of tokens.entries()) {
      if (token.kind !== 'name' || isFieldName(tokens, index)) continue;
      const declaration = this.#names.resolve(token.text, token.start);
      if (declaration) mentions.add(declaration);
    }
    return mentions;
  }

  #releases(name: string): boolean {
    return soundsLikeRelease(name) || this.#knowledge.name(name).releases !== undefined;
  }

  #isBoundary(node: SyntaxNode): boolean {
    if (node.kind === 'declaration' || node.kind === 'type_definition' || leavesBy(node) !== undefined) return true;
    return this.#tree.errors.some((error) => error.start >= node.start && error.end <= node.end);
  }

  #prints(name: string): boolean {
    if (soundsLikeOutput(name)) return true;
    const facts = this.#knowledge.name(name);
    return facts.diagnostic !== undefined || facts.output !== undefined;
  }

  #barrier(node: SyntaxNode, tokens: readonly Token[]): Barrier | undefined {
    const at = { start: node.start, end: node.end };
    if (node.kind === 'declaration' || node.kind === 'type_definition') {
      return { code: 'nothing-gained', reason: 'a declaration stands between the releases', at };
    }
    if (this.isFrozen(node)) {
      return {
        code: 'preprocessor-in-region',
        reason: `preprocessor lines stand in \`${short(this.#tree, node)}\``,
        at,
      };
    }
    const escape = leavesBy(node);
    if (escape) return { code: 'nothing-gained', reason: `a ${escape} stands between the releases`, at };
    if (this.#tree.errors.some((error) => error.start >= node.start && error.end <= node.end)) {
      return { code: 'parse-error', reason: `\`${short(this.#tree, node)}\` does not parse`, at };
    }
    return this.#barrierOfNames(tokens, at);
  }

  #barrierOfNames(tokens: readonly Token[], at: Span): Barrier | undefined {
    for (const [index, token] of tokens.entries()) {
      if (token.kind !== 'name' || isFieldName(tokens, index)) continue;
      if (token.text === 'asm' || token.text === '__asm__') {
        return { code: 'stateful-macro', reason: 'inline assembly cannot be merged', at };
      }
      if (this.#names.resolve(token.text, token.start)) continue;
      const facts = this.#knowledge.name(token.text);
      const isCall = tokens[index + 1]?.text === '(' && !KEYWORDS.has(token.text);
      if (facts.macro && (facts.macro.isStateful || facts.macro.hasJump)) {
        const what = facts.macro.hasJump ? 'jumps' : 'has state of its own';
        const code = facts.macro.hasJump ? 'hidden-control-flow' : 'stateful-macro';
        return { code, reason: `the macro \`${token.text}\` ${what}`, at };
      }
      if (isCall && facts.diagnostic) {
        return { code: 'nothing-gained', reason: `the diagnostic \`${token.text}\` stays at its exit`, at };
      }
      // A release or unlock that tells its debug wrapper the line stays what it is: proofs claim nothing on lines.
      if (token.text === '__LINE__') {
        return { code: 'stateful-macro', reason: `\`${token.text}\` records the line it stands on`, at };
      }
      if (isCall && facts.kind === 'unknown') {
        return {
          code: 'stateful-macro',
          reason: `\`${token.text}\` may be a macro with state of its own: nothing is known of it`,
          at,
        };
      }
    }
    return undefined;
  }

  #isDiagnostic(node: SyntaxNode): boolean {
    const call = callOf(node);
    return call !== undefined && this.#knowledge.name(textOf(this.#tree, call)).diagnostic !== undefined;
  }
}

const KEYWORDS = new Set([
  'if',
  'for',
  'while',
  'switch',
  'sizeof',
  'return',
  'do',
  'defined',
  '_Alignof',
  'typeof',
  '__typeof__',
]);

function keyOf(tokens: readonly Token[], within: Span, names: Names): string {
  const parts: string[] = [];
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== 'name' || isFieldName(tokens, index)) {
      parts.push(token.text);
      continue;
    }
    const declaration = names.resolve(token.text, token.start);
    if (!declaration) parts.push(token.text);
    // A variable of the statement's own: its name is enough, two copies declare two objects.
    else if (declaration.node.start >= within.start && declaration.node.end <= within.end)
      parts.push(`${token.text}#own`);
    else parts.push(`${token.text}#${declaration.id}`);
  }
  return parts.join(' ');
}

/** Strips `label:` from a statement. */
export function withoutLabels(tree: FunctionTree, statement: SyntaxNode): { node: SyntaxNode; labels: string[] } {
  const labels: string[] = [];
  let node = statement;
  while (node.kind === 'labeled_statement') {
    const label = fieldOf(node, 'label');
    if (label) labels.push(textOf(tree, label));
    const inner = namedChildren(node).find((child) => child.field !== 'label');
    if (!inner) break;
    node = inner;
  }
  return { node, labels };
}

/** The function name node of a statement that is one plain call, `(void)` before it allowed. */
export function callOf(node: SyntaxNode): SyntaxNode | undefined {
  if (node.kind !== 'expression_statement') return undefined;
  let inner = namedChildren(node)[0];
  while (inner && (inner.kind === 'cast_expression' || inner.kind === 'parenthesized_expression')) {
    inner = inner.kind === 'cast_expression' ? fieldOf(inner, 'value') : namedChildren(inner)[0];
  }
  if (inner?.kind !== 'call_expression') return undefined;
  const callee = fieldOf(inner, 'function');
  return callee?.kind === 'identifier' ? callee : undefined;
}

/** Names of everything called in a statement; a method counts by its field. */
export function callsOf(tree: FunctionTree, node: SyntaxNode): string[] {
  const names: string[] = [];
  walk(node, (inner) => {
    if (inner.kind !== 'call_expression') return;
    const callee = fieldOf(inner, 'function');
    const name = callee?.kind === 'field_expression' ? fieldOf(callee, 'field') : callee;
    if (name) names.push(textOf(tree, name));
  });
  return names;
}

/** `p = NULL;`, `n = 0;`, `fd = -1;`, `s->on = false;` */
function isReset(node: SyntaxNode): boolean {
  const inner = node.kind === 'expression_statement' ? namedChildren(node)[0] : undefined;
  if (inner?.kind !== 'assignment_expression') return false;
  const value = fieldOf(inner, 'right');
  return (
    inner.children.some((child) => child.kind === '=') &&
    value !== undefined &&
    (['null', 'number_literal', 'true', 'false'].includes(value.kind) ||
      isConstantName(value) ||
      isNegativeNumber(value))
  );
}

function isConstantName(node: SyntaxNode): boolean {
  return node.kind === 'identifier' && node.end - node.start > 1;
}

function isNegativeNumber(node: SyntaxNode): boolean {
  return node.kind === 'unary_expression' && namedChildren(node)[0]?.kind === 'number_literal';
}

/** `s->state = n;` */
function isStore(node: SyntaxNode): boolean {
  const inner = node.kind === 'expression_statement' ? namedChildren(node)[0] : undefined;
  if (inner?.kind !== 'assignment_expression' || !inner.children.some((child) => child.kind === '=')) return false;
  let calls = false;
  walk(inner, (part) => {
    if (['call_expression', 'assignment_expression', 'update_expression'].includes(part.kind) && part !== inner)
      calls = true;
  });
  return !calls;
}

/** Comparable text of a node of the function. */
export function statementKey(tree: FunctionTree, node: Span, names: Names): string {
  return keyOf(lexSpan(tree.source, node.start, node.end).tokens, node, names);
}

/** A jump out of the statement, or a label inside it. */
function leavesBy(node: SyntaxNode): string | undefined {
  let found: string | undefined;
  const visit = (inner: SyntaxNode, inLoop: boolean, inSwitch: boolean): void => {
    if (inner.kind === 'return_statement') found = 'return';
    else if (inner.kind === 'goto_statement') found = 'goto';
    else if (inner.kind === 'labeled_statement') found = 'label';
    else if (inner.kind === 'case_statement' && !inSwitch) found = 'case';
    else if (inner.kind === 'break_statement' && !inLoop && !inSwitch) found = 'break';
    else if (inner.kind === 'continue_statement' && !inLoop) found = 'continue';
    const loop = inLoop || ['for_statement', 'while_statement', 'do_statement'].includes(inner.kind);
    for (const child of inner.children) visit(child, loop, inSwitch || inner.kind === 'switch_statement');
  };
  visit(node, false, false);
  return found;
}

/** The first line of a statement, for a sentence. */
export function short(tree: FunctionTree, node: Span): string {
  const text = textOf(tree, node).replace(/\s+/g, ' ');
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
