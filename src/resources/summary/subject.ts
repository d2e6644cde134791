/**
 * What is summarised: the body of a function or of a macro, and what its names mean.
 * A macro is read as a function whose parameters are lvalues of the caller: to assign one is an effect.
 */
import { resolveNames, type Bindings, type Declaration } from '../../syntax/bindings.ts';
import { fieldOf, namedChildren, textOf, type FunctionTree, type SyntaxNode } from '../../syntax/tree.ts';
import type { NameFacts } from '../knowledge.ts';
import { refineCall } from '../refine-call.ts';

export interface Subject {
  readonly tree: FunctionTree;
  readonly bindings: Bindings;
  readonly isMacro: boolean;
  /** The position of the argument that stands for all further ones: `__VA_ARGS__` of a macro, `...` of a function. */
  readonly variadic: number | undefined;
  /** Parameters by position; undefined where one has no name. */
  readonly parameters: readonly (Declaration | undefined)[];
  /** Names of the `static` and thread-local objects of the file that holds the definition. */
  readonly fileStatics: ReadonlySet<string>;
  /** Objects of that file that are numbers, flags, or streams of its own: nothing else is reached through them. */
  readonly plainObjects: ReadonlySet<string>;
  readonly isConstant: (name: string) => boolean;
  readonly isVolatileField: (field: string) => boolean;
  /** Facts of the calls of the body, by node. */
  readonly calls: Map<number, NameFacts>;
  /** Facts of a called name, as far as they are known without this definition. */
  readonly lookup: (name: string) => NameFacts;
}

/** Reads the parameters of a parsed definition. */
export function subjectOf(
  tree: FunctionTree,
  context: Omit<Subject, 'tree' | 'bindings' | 'parameters' | 'calls'>,
): Subject {
  const bindings = resolveNames(tree);
  return { ...context, tree, bindings, parameters: parametersOf(tree, bindings), calls: new Map() };
}

function parametersOf(tree: FunctionTree, bindings: Bindings): (Declaration | undefined)[] {
  const list = parameterList(tree.root);
  const own = bindings.declarations.filter((declaration) => declaration.isParameter);
  return (list ? namedChildren(list) : [])
    .filter((child) => child.kind === 'parameter_declaration')
    .map((child) => own.find((declaration) => declaration.statement === child));
}

/** Where the `...` of a function stands. */
export function variadicPosition(tree: FunctionTree): number | undefined {
  const list = parameterList(tree.root);
  const position = list ? namedChildren(list).findIndex((child) => child.kind === 'variadic_parameter') : -1;
  return position < 0 ? undefined : position;
}

/** The parameter list of the function itself: `int *(*f(int a))(void)` has two. */
function parameterList(root: SyntaxNode): SyntaxNode | undefined {
  let found: SyntaxNode | undefined;
  for (let node = fieldOf(root, 'declarator'); node; node = fieldOf(node, 'declarator') ?? inner(node)) {
    if (node.kind === 'function_declarator') found = fieldOf(node, 'parameters');
  }
  return found;
}

function inner(node: SyntaxNode): SyntaxNode | undefined {
  return node.kind === 'parenthesized_declarator' ? namedChildren(node)[0] : undefined;
}

/** What an identifier in an expression stands for. */
export type Storage =
  | { readonly kind: 'parameter'; readonly index: number; readonly declaration: Declaration }
  | { readonly kind: 'local'; readonly declaration: Declaration }
  /** A static object of the function or its file. */
  | { readonly kind: 'static'; readonly name: string }
  | { readonly kind: 'global'; readonly name: string };

export function storageOf(subject: Subject, identifier: SyntaxNode): Storage {
  const name = textOf(subject.tree, identifier);
  const declaration = subject.bindings.of(identifier);
  if (!declaration) return { kind: subject.fileStatics.has(name) ? 'static' : 'global', name };
  if (declaration.isStatic) return { kind: 'static', name };
  if (declaration.isExtern) return { kind: 'global', name };
  const index = subject.parameters.indexOf(declaration);
  return index < 0 ? { kind: 'local', declaration } : { kind: 'parameter', index, declaration };
}

/** The expression inside parentheses, which may hold a statement expression. */
export function stripParentheses(node: SyntaxNode): SyntaxNode {
  if (node.kind !== 'parenthesized_expression') return node;
  const [inside] = namedChildren(node);
  return inside ? stripParentheses(inside) : node;
}

/** Arguments of a call, in order. */
export function argumentsOf(call: SyntaxNode): SyntaxNode[] {
  const list = fieldOf(call, 'arguments');
  return list ? namedChildren(list) : [];
}

/** The name that a call calls; undefined for a function pointer, a field, a parameter or a local. */
export function calledName(subject: Subject, call: SyntaxNode): string | undefined {
  const callee = fieldOf(call, 'function');
  const target = callee && stripParentheses(callee);
  if (target?.kind !== 'identifier' || subject.bindings.of(target)) return undefined;
  return textOf(subject.tree, target);
}

/** What is known of a call: nothing where the callee is not a plain name. */
export function factsOfCall(subject: Subject, call: SyntaxNode): NameFacts {
  const facts = subject.calls.get(call.id) ?? lookUpCall(subject, call);
  subject.calls.set(call.id, facts);
  return facts;
}

function lookUpCall(subject: Subject, call: SyntaxNode): NameFacts {
  const name = calledName(subject, call);
  if (name === undefined) return { kind: 'unknown', from: 'nothing' };
  return refineCall(
    subject.lookup(name),
    argumentsOf(call).map((argument) => textOf(subject.tree, argument)),
  );
}

/** One entry per argument; what stands for several arguments, `__VA_ARGS__`, gives one for each that may follow. */
export function perArgument<T>(subject: Subject, call: SyntaxNode, read: (argument: SyntaxNode) => T): T[] {
  const nodes = argumentsOf(call);
  const values = nodes.map(read);
  const last = nodes.at(-1);
  const value = values.at(-1);
  if (!last || value === undefined || !isVariadic(subject, last)) return values;
  return [...values, ...Array.from({ length: MOST_ARGUMENTS - values.length }, () => value)];
}

/** C guarantees this many arguments in a call. */
export const MOST_ARGUMENTS = 127;

function isVariadic(subject: Subject, argument: SyntaxNode): boolean {
  if (subject.variadic === undefined || argument.kind !== 'identifier') return false;
  return subject.bindings.of(argument) === subject.parameters[subject.variadic];
}
