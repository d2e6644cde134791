/** What a planner is told beside the function itself, and the working set its steps share. */
import type { Span } from '../../src/base/span.ts';
import type { Knowledge } from '../../src/resources/knowledge.ts';
import type { HouseStyle } from '../../src/rewrite/house-style.ts';
import type { Declaration } from '../../src/syntax/bindings.ts';
import { fieldOf, textOf, walk } from '../../src/syntax/tree.ts';
import type { FunctionTree } from '../../src/syntax/tree.ts';
import { Conditionals } from './conditionals.ts';
import { findExits } from './exits.ts';
import type { FunctionExit } from './exits.ts';
import { findVariableLength } from './hazards.ts';
import { once } from './once.ts';
import type { Names } from './names.ts';
import { bare, Releases } from './releases.ts';
import { callsOf, short, Statements } from './statements.ts';
import type { SyntaxNode } from '../../src/syntax/tree.ts';

export interface PlanContext {
  readonly knowledge: Knowledge;
  readonly houseStyle: HouseStyle;
  readonly style: 'auto' | 'single' | 'ladder';
  /** The label the user asks for. */
  readonly label: string | undefined;
  /** Preprocessor lines and branches not taken: edits may not touch them. */
  readonly frozen: readonly Span[];
  /** The file as it is written; the tree's source has those lines blanked. */
  readonly original: string;
  /** Byte offsets inside exits that have to stay as they are: a proof got no further there. */
  readonly left?: readonly number[];
  /** `status` of the config. */
  readonly status?: {
    /** Name of a variable that is introduced. */
    readonly variable?: string;
    /** Types of status values, and what success is called. */
    readonly types?: readonly string[];
    readonly success?: string;
  };
}

/** One function under study. */
export interface Study {
  readonly tree: FunctionTree;
  readonly context: PlanContext;
  readonly names: Names;
  readonly statements: Statements;
  readonly exits: readonly FunctionExit[];
  readonly releases: Releases;
  readonly conditionals: Conditionals;
  /** Exits that have to stay as they are. */
  readonly left: ReadonlySet<FunctionExit>;
  /** Variable length arrays: no jump may enter their scope. */
  readonly variableLength: readonly SyntaxNode[];
  /** A called name of which nothing is known, if there is one: it may be a macro that assigns or jumps. */
  readonly unknownCall: string | undefined;
  /** Places of the goto statements that lead to a label, in order. */
  readonly gotos: ReadonlyMap<string, readonly number[]>;
  /** Locals that got the result of a call: what they hold may have to be given back. */
  readonly acquired: ReadonlySet<Declaration>;
  /** The text of a statement on one line, shortened. */
  text(span: Span): string;
}

/** Gathers what every step needs. */
export function studyFunction(tree: FunctionTree, context: PlanContext, names: Names): Study {
  const statements = new Statements(tree, names, context.knowledge, context.frozen);
  const gotos = findGotos(tree);
  const variableLength = once(() => findVariableLength(tree, names));
  const unknownCall = once(() => findUnknownCall(tree, context.knowledge, names));
  const acquired = once(() => findAcquired(tree, names));
  const exits = findExits(tree, statements);
  return {
    tree,
    context,
    names,
    statements,
    exits,
    left: new Set((context.left ?? []).flatMap((offset) => exitsAround(exits, offset))),
    get variableLength() {
      return variableLength();
    },
    get unknownCall() {
      return unknownCall();
    },
    conditionals: new Conditionals(tree, context.original),
    releases: new Releases(tree, names, context.knowledge),
    gotos,
    get acquired() {
      return acquired();
    },
    text: (span) => short(tree, span),
  };
}

/** The innermost exit in whose last statements the offset lies, and the branches that end with it. */
function exitsAround(exits: readonly FunctionExit[], offset: number): FunctionExit[] {
  const around = exits.filter((exit) => {
    const end = exit.statement?.end ?? exit.container.end;
    return (exit.list.slice(-NEAR)[0]?.start ?? exit.statement?.start ?? end) <= offset && offset < end;
  });
  const size = (exit: FunctionExit): number => exit.container.end - exit.container.start;
  const smallest = Math.min(...around.map(size));
  return around.filter((exit) => size(exit) === smallest);
}

function findGotos(tree: FunctionTree): Map<string, number[]> {
  const gotos = new Map<string, number[]>();
  walk(tree.body, (node) => {
    const label = node.kind === 'goto_statement' ? fieldOf(node, 'label') : undefined;
    if (!label) return;
    const name = textOf(tree, label);
    gotos.set(name, [...(gotos.get(name) ?? []), node.start]);
  });
  return gotos;
}

function findAcquired(tree: FunctionTree, names: Names): Set<Declaration> {
  const acquired = new Set<Declaration>();
  for (const declaration of names.bindings.declarations) {
    const value = declaration.initializer && bare(declaration.initializer);
    if (value?.kind === 'call_expression') acquired.add(declaration);
  }
  walk(tree.body, (node) => {
    const target = acquiredTarget(node);
    if (target?.kind !== 'identifier') return;
    const declaration = names.resolve(textOf(tree, target), target.start);
    if (declaration) acquired.add(declaration);
  });
  return acquired;
}

/** `p` of `p = open_it()` and of `open_it(&p)`. */
function acquiredTarget(node: SyntaxNode): SyntaxNode | undefined {
  if (node.kind === 'assignment_expression') {
    const value = fieldOf(node, 'right');
    return value && bare(value).kind === 'call_expression' ? fieldOf(node, 'left') : undefined;
  }
  const isAddress = node.kind === 'pointer_expression' && node.children[0]?.kind === '&';
  return isAddress && node.parent?.kind === 'argument_list' ? fieldOf(node, 'argument') : undefined;
}

/** Is any call near the end of two exits the same? Without one there is nothing to share, and nothing to be asked. */
export function repeatsCalls(study: Study): boolean {
  const seen = new Set<string>();
  for (const exit of study.exits) {
    if (exit.kind === 'branch') continue;
    const own = new Set(exit.list.slice(-NEAR).flatMap((node) => callsOf(study.tree, node)));
    for (const name of own) {
      if (seen.has(name)) return true;
      seen.add(name);
    }
  }
  return false;
}

/** Statements looked at before each return. */
const NEAR = 12;

function findUnknownCall(tree: FunctionTree, knowledge: Knowledge, names: Names): string | undefined {
  return callsOf(tree, tree.body).find(
    (name) => /^[A-Za-z_]\w*$/.test(name) && !names.declares(name) && knowledge.name(name).kind === 'unknown',
  );
}
