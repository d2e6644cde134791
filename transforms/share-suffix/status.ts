/** How differing return values reach the one `return` of the block: the choice of a status variable. */
import { refuse } from '../../src/diagnostics/refusal.ts';
import type { Refusal } from '../../src/diagnostics/refusal.ts';
import type { Declaration } from '../../src/syntax/bindings.ts';
import { fieldOf, namedChildren, textOf, walk } from '../../src/syntax/tree.ts';
import type { FunctionTree, SyntaxNode } from '../../src/syntax/tree.ts';
import type { Draft } from './draft.ts';
import type { Study } from './study.ts';
import { exitEnd, isVoid } from './exits.ts';
import type { FunctionExit } from './exits.ts';
import { isFieldName, lexSpan } from './tokens.ts';

export interface StatusPlan {
  /** Undefined: every exit returns the same text, which stays in the block. */
  readonly variable: string | undefined;
  /** The variable was there; it may have to be declared earlier. */
  readonly existing: Declaration | undefined;
  /** The declaration is moved to the head of the body, without a value. */
  readonly isHoisted: boolean;
  /** The value a hoisted variable begins with, where all early jumps return it. */
  readonly initial?: string | undefined;
  /** For a new variable: its declaration without `;`. */
  readonly declaration: string | undefined;
  /** Exits that set the variable before they jump or fall in, and to what. */
  readonly assignments: ReadonlyMap<FunctionExit, SyntaxNode>;
}

const NO_STATUS: StatusPlan = {
  variable: undefined,
  existing: undefined,
  isHoisted: false,
  declaration: undefined,
  assignments: new Map(),
};

/** Picks the status variable of a draft. */
export function chooseStatus(study: Study, draft: Draft): StatusPlan | Refusal {
  const exits = sharers(draft);
  if (isVoid(study.tree)) return NO_STATUS;
  const missing = exits.find((exit) => !exit.value);
  if (missing)
    return refuse('status-type', 'an exit of a function that returns a value returns none', missing.container);
  if (isOneText(study, draft, exits)) return NO_STATUS;
  for (const candidate of candidates(study, draft, exits)) {
    const plan = reuse(study, draft, exits, candidate);
    if (plan) return plan;
  }
  return introduce(study, draft, exits);
}

function sharers(draft: Draft): FunctionExit[] {
  const joins = draft.joins.map((join) => join.exit);
  return draft.host ? [...joins, draft.host] : joins;
}

/** The same text at each exit that may stand behind the label: no call that records where it stands. */
function isOneText(study: Study, draft: Draft, exits: readonly FunctionExit[]): boolean {
  const value = draft.host?.value ?? draft.donor.value;
  if (!value || exits.some((exit) => exit.valueKey !== draft.donor.valueKey)) return false;
  const { tokens } = lexSpan(study.tree.source, value.start, value.end);
  return tokens.every((token, index) => {
    if (token.kind !== 'name' || isFieldName(tokens, index)) return true;
    const there = study.names.resolve(token.text, value.start);
    if (there) return draft.host !== undefined || study.names.resolve(token.text, study.tree.body.end - 1) === there;
    if (!draft.host && study.names.resolve(token.text, study.tree.body.end - 1)) return false;
    const facts = study.context.knowledge.name(token.text);
    if (facts.macro && (facts.macro.isStateful || facts.macro.freeNames.includes('__LINE__'))) return false;
    return (
      tokens[index + 1]?.text !== '(' || (facts.kind !== 'unknown' && !facts.diagnostic) || token.text === 'sizeof'
    );
  });
}

/** Variables that exits return, the host's and the last exit's first. */
function candidates(study: Study, draft: Draft, exits: readonly FunctionExit[]): Declaration[] {
  const inOrder = [draft.host, study.exits.findLast((exit) => exit.isTop), ...exits];
  const found = inOrder.map((exit) => exit && returnedVariable(study, exit));
  const declarations = [...new Set(found.filter((declaration) => declaration !== undefined))];
  const returns = (declaration: Declaration): number =>
    study.exits.filter((exit) => exit.kind !== 'branch' && returnedVariable(study, exit) === declaration).length;
  // A count or a pointer that one exit returns is data; it would read badly as a status.
  return declarations.filter(
    (declaration) =>
      STATUS_NAME.test(declaration.name) ||
      returns(declaration) >= 3 ||
      isWhatAllReturn(study, exits, declaration) ||
      isMadeLast(study, draft, declaration),
  );
}

/** What success returns, made behind all jumps, which return one constant: it begins with that, higher up. */
function isMadeLast(study: Study, draft: Draft, declaration: Declaration): boolean {
  if (!draft.host || returnedVariable(study, draft.host) !== declaration || !declaration.isPointer) return false;
  const [first] = draft.joins;
  return draft.joins.every(
    ({ exit }) =>
      exitEnd(exit) < declaration.statement.start &&
      exit.valueKey === first?.exit.valueKey &&
      exit.value !== undefined &&
      isConstant(study, exit.value),
  );
}

/** Each exit returns the variable, or NULL where a test of the variable has just shown that it holds NULL. */
function isWhatAllReturn(study: Study, exits: readonly FunctionExit[], declaration: Declaration): boolean {
  return (
    declaration.isPointer &&
    exits.every((exit) => returnedVariable(study, exit) === declaration || isNullThere(study, declaration, exit))
  );
}

/** `if (!p) { ...; return NULL; }`: no statement of the branch touches the variable. */
function isNullThere(study: Study, declaration: Declaration, exit: FunctionExit): boolean {
  const { container, value } = exit;
  const condition = container.field === 'consequence' && container.parent && fieldOf(container.parent, 'condition');
  if (!condition || !value || !/^(?:NULL|nullptr|0)$/.test(textOf(study.tree, value))) return false;
  const tested = /^\(\s*(?:!\s*(\w+)|(\w+)\s*==\s*NULL|NULL\s*==\s*(\w+))\s*\)$/.exec(textOf(study.tree, condition));
  const name = tested?.[1] ?? tested?.[2] ?? tested?.[3];
  if (name === undefined || study.names.resolve(name, condition.start + 1) !== declaration) return false;
  return exit.list.every((node) => !study.statements.item(node).mentions.has(declaration));
}

const STATUS_NAME =
  /^(?:ret|rc|err|errno_|r|result|error|res|retval|ret_val|rv|status|st|stat|code|ok|success|rval|retcode|errcode|error_code|\w*_(?:ret|rc|err|result|status|error))$/;

/** `open_result` says what it is the result of: it cannot carry another's, nor begin above that call. */
const SPECIAL = /^[a-z]\w*_(?:ret|rc|err|result|status|error)$/;

/** The local that an exit returns, if it returns just that. */
export function returnedVariable(study: Study, exit: FunctionExit): Declaration | undefined {
  if (exit.value?.kind !== 'identifier') return undefined;
  return study.names.resolve(textOf(study.tree, exit.value), exit.value.start);
}

function reuse(
  study: Study,
  draft: Draft,
  exits: readonly FunctionExit[],
  candidate: Declaration,
): StatusPlan | undefined {
  if (!isStatus(study, draft, candidate)) return undefined;
  // A name of unknown kind may be a macro that assigns: only what is in the variable anyway may then be carried by it.
  if (study.unknownCall !== undefined && !isWhatAllReturn(study, exits, candidate)) return undefined;
  const isLate = draft.joins.some((join) => exitEnd(join.exit) < candidate.statement.end);
  const isSpecial = SPECIAL.test(candidate.name);
  if (isLate && (isSpecial || !canHoist(study, candidate))) return undefined;
  for (const exit of exits) {
    const there = study.names.resolve(candidate.name, exitEnd(exit) - 1);
    if (there !== candidate && !(isLate && there === undefined)) return undefined;
    if (!isLate && there === undefined) return undefined;
  }
  const assignments = new Map<FunctionExit, SyntaxNode>();
  for (const exit of exits) {
    if (!exit.value || returnedVariable(study, exit) === candidate || isNullThere(study, candidate, exit)) continue;
    if (!survives(study, candidate, exit.value)) return undefined;
    if (!holdsAlready(study, candidate, exit, isLate)) assignments.set(exit, exit.value);
  }
  if (isSpecial && [...assignments.values()].some((value) => !isConstant(study, value))) return undefined;
  const initial = isLate ? earlyConstant(study, draft, candidate, assignments) : undefined;
  if (initial !== undefined) for (const join of draft.joins) assignments.delete(join.exit);
  return {
    variable: candidate.name,
    existing: candidate,
    isHoisted: isLate,
    initial,
    declaration: undefined,
    assignments,
  };
}

/** The one constant that all jumps return which leave before a hoisted variable gets its own value. */
function earlyConstant(
  study: Study,
  draft: Draft,
  candidate: Declaration,
  assignments: ReadonlyMap<FunctionExit, SyntaxNode>,
): string | undefined {
  const values = draft.joins.map((join) => assignments.get(join.exit)).filter((value) => value !== undefined);
  const [first] = values;
  if (!first || !isConstant(study, first)) return undefined;
  const key = study.statements.key(first);
  const early = draft.joins.every(
    ({ exit }) => !assignments.has(exit) || (exitEnd(exit) < candidate.statement.start && exit.valueKey === key),
  );
  return early ? textOf(study.tree, first) : undefined;
}

/** A plain local of the body that the block does not look at. */
function isStatus(study: Study, draft: Draft, candidate: Declaration): boolean {
  if (candidate.isParameter || candidate.isStatic || candidate.isExtern || candidate.isVolatile) return false;
  if (candidate.isArray || candidate.isAddressed || candidate.scope !== study.tree.body) return false;
  if (/\bconst\b/.test(lastQualifiers(study.tree, candidate))) return false;
  // `struct span none = { -1, -1 };` is a constant by another name.
  if (candidate.initializer?.kind === 'initializer_list') return false;
  return !draft.block.some((item) => item.mentions.has(candidate));
}

/** `const` of the object itself: behind the last star, or among the specifiers where there is none. */
function lastQualifiers(tree: FunctionTree, declaration: Declaration): string {
  const text = tree.source.slice(declaration.statement.start, declaration.node.start);
  const star = text.lastIndexOf('*');
  return star >= 0 && declaration.isPointer ? text.slice(star) : text;
}

/** The value comes out of the variable as it went in. */
function survives(study: Study, candidate: Declaration, value: SyntaxNode): boolean {
  const own = normalType(candidate.type);
  if (own === normalType(returnType(study.tree) ?? '')) return true;
  const wide = /^(?:int|long|long long|ssize_t|signed|signed int|off_t|ptrdiff_t|int32_t|int64_t)$/;
  const text = textOf(study.tree, value).replace(/[()\s]/g, '');
  return wide.test(own) && wide.test(normalType(returnType(study.tree) ?? '')) && /^-?\d{1,4}$/.test(text);
}

function normalType(type: string): string {
  return type
    .replace(/\s*\*\s*/g, '*')
    .replace(/\s+/g, ' ')
    .trim();
}

/** `int ret = -1;` and nothing assigned it before this exit, which returns -1. */
function holdsAlready(study: Study, candidate: Declaration, exit: FunctionExit, isLate: boolean): boolean {
  if (isLate || !candidate.initializer || !exit.value) return false;
  if (study.statements.key(candidate.initializer) !== exit.valueKey) return false;
  if (isInLoop(exit.container, study.tree.body) || hasLabelBefore(study, exit)) return false;
  let touched = false;
  const { tokens } = lexSpan(study.tree.source, candidate.statement.end, exit.container.start);
  for (const [index, token] of tokens.entries()) {
    if (token.text !== candidate.name || isFieldName(tokens, index)) continue;
    if (study.names.resolve(token.text, token.start) === candidate) touched = true;
  }
  return !touched;
}

/** A label above the exit: control may come back to there with another value. */
function hasLabelBefore(study: Study, exit: FunctionExit): boolean {
  let found = false;
  walk(study.tree.body, (node) => {
    if (node.kind === 'labeled_statement' && node.start < exitEnd(exit)) found = true;
  });
  return found;
}

function isInLoop(node: SyntaxNode, body: SyntaxNode): boolean {
  for (let at: SyntaxNode | undefined = node; at && at !== body; at = at.parent) {
    if (['for_statement', 'while_statement', 'do_statement'].includes(at.kind)) return true;
  }
  return false;
}

/** One declarator, plain or with a plain value, directly in the body. */
export function canHoist(study: Study, declaration: Declaration): boolean {
  const { statement } = declaration;
  if (statement.parent !== study.tree.body || study.statements.isFrozen(statement)) return false;
  if (statement.children.filter((child) => child.field === 'declarator').length !== 1) return false;
  if (declaration.initializer?.kind === 'initializer_list' || declaration.isArray) return false;
  if (/\b(?:typeof|__typeof__|auto|__auto_type)\b/.test(textOf(study.tree, statement))) return false;
  if (study.tree.source.slice(statement.start, declaration.node.start).includes('{')) return false;
  const words = statement.children.filter(
    (child) => child.kind === 'storage_class_specifier' || child.kind.startsWith('attribute'),
  );
  return words.length === 0 && !/\bconst\b/.test(lastQualifiers(study.tree, declaration));
}

/** A plain declarator of the body without a value, which can be given one. */
export function canInitialise(study: Study, declaration: Declaration): boolean {
  const { statement } = declaration;
  if (statement.parent !== study.tree.body || study.statements.isFrozen(statement)) return false;
  if (declaration.isArray || declaration.initializer) return false;
  return /^[\s*]*$/.test(study.tree.source.slice(declaration.node.end, declaration.node.end + 1).replace(/[,;]/, ''));
}

/** A new variable of exactly the function's return type. */
function introduce(study: Study, draft: Draft, exits: readonly FunctionExit[]): StatusPlan | Refusal {
  const type = returnType(study.tree);
  if (type === 'const member')
    return refuse(
      'status-type',
      'a struct with a const member cannot be assigned to a status variable',
      study.tree.root,
    );
  if (type === undefined)
    return refuse('unnameable-type', 'the return type of the function cannot be written', study.tree.root);
  const name = newName(study);
  if (name === undefined)
    return refuse('name-collision', 'every usual name for a status variable is taken', study.tree.root);
  const values = new Map<FunctionExit, SyntaxNode>();
  for (const exit of exits) if (exit.value) values.set(exit, exit.value);
  const common = constantOfJoins(study, draft);
  const stars = type.endsWith('*') ? '' : ' ';
  if (common === undefined) {
    return {
      variable: name,
      existing: undefined,
      isHoisted: false,
      declaration: `${type}${stars}${name}`,
      assignments: values,
    };
  }
  const declaration = `${type}${stars}${name} = ${common.text}`;
  const own = new Map([...values].filter(([exit]) => exit.valueKey !== common.key));
  return { variable: name, existing: undefined, isHoisted: false, declaration, assignments: own };
}

/**
 * The constant that most exits return: the variable begins with it, and only the others assign. What success returns
 * counts where a jump returns it, too.
 */
function constantOfJoins(study: Study, draft: Draft): { readonly key: string; readonly text: string } | undefined {
  const counts = new Map<string, number>();
  const add = (exit: FunctionExit): unknown => counts.set(exit.valueKey, (counts.get(exit.valueKey) ?? 0) + 1);
  for (const { exit } of draft.joins) add(exit);
  const joins = draft.joins.length;
  const isEveryJump = draft.host !== undefined && counts.size === 1;
  if (draft.host && counts.has(draft.host.valueKey)) add(draft.host);
  for (const { exit } of draft.joins) {
    const count = counts.get(exit.valueKey) ?? 0;
    const all = exit.valueKey === draft.host?.valueKey ? joins + 1 : joins;
    const isMost = isEveryJump || (count > 1 && count * 2 > all);
    if (exit.value && isMost && isConstant(study, exit.value))
      return { key: exit.valueKey, text: textOf(study.tree, exit.value) };
  }
  return undefined;
}

/** A value that is the same wherever it is evaluated: literals, and file-scope names in capitals (macros, enumerators). */
export function isConstant(study: Study, value: SyntaxNode): boolean {
  switch (value.kind) {
    case 'number_literal':
    case 'char_literal':
    case 'string_literal':
    case 'true':
    case 'false':
    case 'null':
      return true;
    case 'unary_expression':
    case 'binary_expression':
    case 'parenthesized_expression':
      return namedChildren(value).every((operand) => isConstant(study, operand));
    case 'cast_expression': {
      const operand = fieldOf(value, 'value');
      return operand !== undefined && isConstant(study, operand);
    }
    case 'identifier': {
      const name = textOf(study.tree, value);
      if (study.names.resolve(name, value.start)) return false;
      return /^[A-Z_][A-Z0-9_]*$/.test(name) || study.context.knowledge.constant?.(name) !== undefined;
    }
    default:
      return false;
  }
}

/** The return type as it is written, without storage class; pointers end in `*`. */
export function returnType(tree: FunctionTree): string | undefined {
  const type = fieldOf(tree.root, 'type');
  const declarator = fieldOf(tree.root, 'declarator');
  if (!type || !declarator || tree.errors.some((error) => error.end <= tree.body.start)) return undefined;
  if (declarator.kind !== 'pointer_declarator' && hasConstMember(tree, textOf(tree, type))) return 'const member';
  if (['struct_specifier', 'union_specifier', 'enum_specifier'].includes(type.kind) && fieldOf(type, 'body'))
    return undefined;
  let stars = 0;
  let inner: SyntaxNode | undefined = declarator;
  while (inner?.kind === 'pointer_declarator') {
    stars++;
    inner = fieldOf(inner, 'declarator');
  }
  if (inner?.kind !== 'function_declarator' || fieldOf(inner, 'declarator')?.kind !== 'identifier') return undefined;
  const parts = tree.root.children
    .filter((child) => child === type || (child.kind === 'type_qualifier' && child.end <= declarator.start))
    .filter(
      (child) =>
        child === type || stars > 0 || !/^(?:const|volatile|inline|__inline|_Noreturn)$/.test(textOf(tree, child)),
    )
    .filter((child) => child === type || /^(?:const|volatile)$/.test(textOf(tree, child)))
    .map((child) => textOf(tree, child).replace(/\s+/g, ' '));
  return parts.join(' ') + (stars > 0 ? ` ${'*'.repeat(stars)}` : '');
}

/** A struct of the file with a const member cannot be assigned; one that is not in the file might have one. */
function hasConstMember(tree: FunctionTree, type: string): boolean {
  const tag = /^struct\s+(\w+)$/.exec(type)?.[1];
  const pattern = tag
    ? `struct\\s+${tag}\\s*\\{([^{}]*)\\}`
    : `struct[^{};]*\\{([^{}]*)\\}\\s*${type.replace(/\W/g, '')}\\s*;`;
  const body = new RegExp(pattern).exec(tree.source)?.[1];
  if (body === undefined) return tag !== undefined;
  return body
    .split(';')
    .some((member) => /\bconst\b/.test(member.includes('*') ? member.slice(member.lastIndexOf('*')) : member));
}

/** The project's usual name that occurs nowhere in the function. */
function newName(study: Study): string | undefined {
  const { houseStyle, status } = study.context;
  const wishes = [...(status?.variable ? [status.variable] : []), ...houseStyle.statusNames];
  return [...wishes, 'result', 'ret', 'rc', 'status', 'retval', 'exit_status'].find((name) => isFreeName(study, name));
}

/** Occurs nowhere in the function and names nothing that is known. */
function isFreeName(study: Study, name: string): boolean {
  if (study.names.used.has(name)) return false;
  const facts = study.context.knowledge.name(name);
  return facts.kind === 'unknown';
}
