/** The judge of one function: two parsed versions in, a verdict out. Knows nothing of who wrote the second. */
import { buildGraph } from '../cfg/build.ts';
import { refuse } from '../diagnostics/refusal.ts';
import type { Refusal } from '../diagnostics/refusal.ts';
import type { Knowledge } from '../resources/knowledge.ts';
import { lex } from '../scan/lex.ts';
import { findObscure } from '../scan/plain-text.ts';
import { errorsTouchSkeleton, keywordCensus, unnamedJump } from '../syntax/census.ts';
import { resolveNames } from '../syntax/bindings.ts';
import { fieldOf, textOf, walk } from '../syntax/tree.ts';
import type { FunctionTree, SyntaxNode } from '../syntax/tree.ts';
import { definitionsDiffer, ownNames } from './definitions.ts';
import { findCounterexample } from './counterexample.ts';
import { describeCounterexample, describeMismatch } from './difference.ts';
import { foldedText, lowerFunction } from './lower.ts';
import type { Program } from './program.ts';
import { simulate } from './simulate.ts';
import { TermTable } from './terms.ts';
import type { RestsOn, Verdict } from './verdict.ts';

export interface VerifyOptions {
  readonly acceptLogOrder: boolean;
  /** Joint states after which the proof is given up. */
  readonly budget: number;
  /** Worlds in which both versions are run after a failed proof, to see whether they differ for certain. */
  readonly worlds: number;
}

export const DEFAULT_VERIFY_OPTIONS: VerifyOptions = { acceptLogOrder: false, budget: 20_000, worlds: 400 };

const JUMP_CONTEXTS =
  /^(_?_?sig)?_?setjmp$|^__builtin_setjmp$|^(sig)?longjmp$|^(get|swap)context$|^vfork$|^PG_(TRY|CATCH|FINALLY|END_TRY)$/;

/** What no proof goes through, whoever asks: the reason, or undefined. */
export function refuseFunction(tree: FunctionTree): Refusal | undefined {
  let found: Refusal | undefined;
  walk(tree.root, (node) => {
    found ??= refuseNode(tree, node);
    return !found;
  });
  return found;
}

/** Nodes inside each other that the recursive walks of this layer can stand, with a wide margin. */
const DEEPEST_TREE = 1600;

function nestsTooDeep(tree: FunctionTree): Refusal | undefined {
  if (tree.isCut) return refuse('budget-exceeded', 'the function nests too deep', tree.root);
  let level: readonly SyntaxNode[] = [tree.root];
  for (let depth = 0; level.length > 0; depth++) {
    const [first] = level;
    if (depth > DEEPEST_TREE && first) return refuse('budget-exceeded', 'the function nests too deep', first);
    const next: SyntaxNode[] = [];
    for (const node of level) for (const child of node.children) next.push(child);
    level = next;
  }
  return undefined;
}

function refuseNode(tree: FunctionTree, node: SyntaxNode): Refusal | undefined {
  if (node.kind === 'call_expression' || node.kind === 'identifier') {
    const name = textOf(tree, node.kind === 'identifier' ? node : (fieldOf(node, 'function') ?? node));
    if (JUMP_CONTEXTS.test(name)) return refuse('setjmp', `\`${name}\` saves or restores a jump context`, node);
  }
  if (node.kind === 'attribute_specifier' && /\bcleanup\b|\b__cleanup__\b/.test(textOf(tree, node))) {
    return refuse('cleanup-attribute', 'a variable has a cleanup attribute', node);
  }
  return undefined;
}

/** Proves or refutes that two versions of a function do the same on every path. */
export function verifyFunction(
  before: FunctionTree,
  after: FunctionTree,
  known: Knowledge,
  options: VerifyOptions = DEFAULT_VERIFY_OPTIONS,
): Verdict {
  if (headText(before) !== headText(after)) return unproved('the heads of the two versions differ');
  for (const tree of [before, after]) {
    const refusal =
      nestsTooDeep(tree) ??
      unnamedJump(tree, tree.source) ??
      errorsTouchSkeleton(tree) ??
      keywordCensus(tree, tree.source) ??
      refuseFunction(tree);
    if (refusal) return fromRefusal(refusal);
  }
  for (const tree of [before, after]) {
    const refusal = refuseObscure(tree) ?? refuseHidden(tree, known);
    if (refusal) return fromRefusal(refusal);
  }
  const knowledge = withoutOwn(known, new Set([...ownNames(before), ...ownNames(after)]));
  const word = redefinedWord(before, knowledge) ?? redefinedWord(after, knowledge);
  if (word !== undefined)
    return { ...unproved(`a macro gives \`${word}\` another meaning`), code: 'hidden-control-flow' };
  const hidden = hiddenScope(before, knowledge) ?? hiddenScope(after, knowledge);
  if (hidden) return fromRefusal(hidden);
  const difference = definitionsDiffer(before, after);
  if (difference !== undefined) return unproved(difference);
  const terms = new TermTable((name) => knowledge.numberType?.(name));
  const [first, second] = [before, after].map((tree) => lower(tree, knowledge, terms));
  if (!first || 'kind' in first) return fromRefusal(first);
  if (!second || 'kind' in second) return fromRefusal(second);
  const simulation = simulate(first, second, terms, {
    ...options,
    arePlainMembers: (one, other, owner) => knowledge.arePlainMembers?.(one, other, owner) === true,
  });
  const rest = {
    uses: [...simulation.uses].toSorted(),
    restsOn: restsOnOf(simulation.restsOn),
    exits: simulation.exits.size,
  };
  if (!simulation.mismatch)
    return {
      verdict: rest.uses.length > 0 ? 'equivalent' : 'identical',
      ...rest,
      restsOn: rest.uses.length > 0 ? rest.restsOn : [],
    };
  const { mismatch } = simulation;
  const stoppedAt = first.nodes[mismatch.stoppedAt]?.start;
  const programs = { before: first, after: second };
  const found = findCounterexample(programs, terms, knowledge, mismatch.state.trace, options.worlds);
  const told = found ? describeCounterexample(before, after, found) : describeMismatch(before, after, mismatch);
  return {
    verdict: found ? 'different' : 'unproved',
    uses: [],
    restsOn: [],
    exits: 0,
    ...told,
    code: mismatch.code,
    ...(stoppedAt !== undefined && { stoppedAt }),
  };
}

function refuseObscure(tree: FunctionTree): Refusal | undefined {
  const obscure = findObscure(tree.source.slice(tree.root.start, tree.root.end));
  return obscure === undefined ? undefined : refuse('parse-error', `the function has ${obscure}`, tree.root);
}

/**
 * A macro that stands for setjmp, whatever it is called, and a word in a declaration that was blanked for the parser, and
 * of which nothing is known: it may stand for a cleanup attribute.
 */
function refuseHidden(tree: FunctionTree, knowledge: Knowledge): Refusal | undefined {
  const { tokens } = lex(tree.source, tree.body.start, tree.body.end);
  const words = tokens.flatMap(({ kind, start, end }) =>
    kind === 'identifier' ? [tree.source.slice(start, end)] : [],
  );
  const jump = [...new Set(words)].find((word) => {
    const { macro, returnsTwice } = knowledge.name(word);
    return returnsTwice || macro?.freeNames.some((name) => JUMP_CONTEXTS.test(name));
  });
  if (jump !== undefined) return refuse('setjmp', `\`${jump}\` saves or restores a jump context`, tree.root);
  let found: Refusal | undefined;
  walk(tree.body, (node) => {
    if (node.kind === 'declaration') found ??= refuseBlanked(tree, node, knowledge);
    return !found;
  });
  return found;
}

/** Attributes, and extensions of the compilers: none of them runs anything. */
const HARMLESS =
  /^__\w+$|^(const|volatile|restrict|inline|register|_Alignas|alignas|_Noreturn|noreturn|unused|aligned)$/;

function refuseBlanked(tree: FunctionTree, node: SyntaxNode, knowledge: Knowledge): Refusal | undefined {
  // What stood before the declaration is blank now.
  let start = node.start;
  while (start > tree.body.start && /\s/.test(tree.masked[start - 1] ?? '')) start--;
  if (tree.source.slice(start, node.end) === tree.masked.slice(start, node.end)) return undefined;
  const values = node.children.flatMap((child) => fieldOf(child, 'value') ?? []);
  const word = lex(tree.source, start, node.end).tokens.find((token) => {
    const text = tree.source.slice(token.start, token.end);
    const isBlanked = token.kind === 'identifier' && tree.masked.slice(token.start, token.end) !== text;
    if (!isBlanked || HARMLESS.test(text) || values.some((one) => one.start <= token.start && token.start < one.end))
      return false;
    return knowledge.name(text).macro === undefined;
  });
  if (!word) return undefined;
  const name = tree.source.slice(word.start, word.end);
  return refuse('cleanup-attribute', `\`${name}\` may give a variable a cleanup attribute`, node);
}

/** What the file says of a name is not said of one that the function defines for itself. */
function withoutOwn(knowledge: Knowledge, own: ReadonlySet<string>): Knowledge {
  if (own.size === 0) return knowledge;
  return {
    ...knowledge,
    constant: (name) => (own.has(name) ? undefined : knowledge.constant?.(name)),
    numberType: (name) => (own.has(name) ? undefined : knowledge.numberType?.(name)),
    mayBeArrayType: (base) => own.has(base) || knowledge.mayBeArrayType?.(base) !== false,
  };
}

/** Words that decide what a statement or a value is; `NULL` and its like are also in macros and in facts. */
const KEYWORDS =
  /^(if|else|for|while|do|switch|case|default|goto|break|continue|return|sizeof|struct|union|enum|static|typedef|void|char|short|int|long|unsigned|float|double|_Bool)$/;

function redefinedWord(tree: FunctionTree, knowledge: Knowledge): string | undefined {
  const { tokens } = lex(tree.source, tree.root.start, tree.root.end);
  const words = new Set(['NULL', 'true', 'false']);
  for (const token of tokens) {
    const word = token.kind === 'identifier' ? tree.source.slice(token.start, token.end) : '';
    if (KEYWORDS.test(word)) words.add(word);
  }
  return [...words].find((one) => knowledge.redefines?.(one) === true);
}

/** A macro whose variable no jump may pass: the graph does not show where its scope begins. */
function hiddenScope(tree: FunctionTree, knowledge: Knowledge): Refusal | undefined {
  for (const token of lex(tree.source, tree.body.start, tree.body.end).tokens) {
    if (token.kind !== 'identifier') continue;
    const word = tree.source.slice(token.start, token.end);
    const hidden = knowledge.hiddenScope?.(word);
    if (hidden === 'cleanup')
      return refuse('cleanup-attribute', `the macro \`${word}\` has a cleanup attribute`, token);
    if (hidden) return refuse('vla-scope', `the macro \`${word}\` declares an array whose length may vary`, token);
  }
  return undefined;
}

function restsOnOf(list: readonly RestsOn[]): RestsOn[] {
  return list.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

function lower(tree: FunctionTree, knowledge: Knowledge, terms: TermTable): Program | Refusal {
  const bindings = resolveNames(tree);
  const graph = buildGraph(tree, bindings);
  if ('kind' in graph) return graph;
  return lowerFunction({ tree, bindings, graph, knowledge }, terms);
}

function headText(tree: FunctionTree): string {
  return foldedText(tree, { start: tree.root.start, end: tree.body.start });
}

function unproved(reason: string): Verdict {
  return { verdict: 'unproved', uses: [], restsOn: [], exits: 0, reason, code: 'not-proved' };
}

function fromRefusal(refusal: Refusal | undefined): Verdict {
  if (!refusal) return unproved('a version has no program');
  return {
    verdict: 'unproved',
    uses: [],
    restsOn: [],
    exits: 0,
    reason: refusal.reason,
    code: refusal.code,
    at: { start: refusal.at.start, end: refusal.at.end },
  };
}
