/** From a draft with its names to edits of the original text. */
import type { Span } from '../../src/base/span.ts';
import { refuse } from '../../src/diagnostics/refusal.ts';
import type { Refusal, RefusalCode } from '../../src/diagnostics/refusal.ts';
import type { Edit } from '../../src/rewrite/plan.ts';
import { fieldOf, textOf } from '../../src/syntax/tree.ts';
import type { SyntaxNode } from '../../src/syntax/tree.ts';
import type { Declaration } from '../../src/syntax/bindings.ts';
import { claimComments } from './claims.ts';
import type { Claims } from './claims.ts';
import type { Draft, Join } from './draft.ts';
import type { Study } from './study.ts';
import { completesNormally, exitEnd, isVoid, statementsOf } from './exits.ts';
import type { FunctionExit } from './exits.ts';
import { Layout } from './layout.ts';
import type { Item } from './statements.ts';
import type { StatusPlan } from './status.ts';

export type Labels = ReadonlyMap<number, { readonly name: string; readonly isNew: boolean }>;

/** One exit cannot take part as it is written; the others may. */
export interface Misfit {
  readonly kind: 'misfit';
  readonly join: Join;
  readonly code: RefusalCode;
  readonly reason: string;
}

export interface Rendering {
  readonly study: Study;
  readonly layout: Layout;
  readonly draft: Draft;
  readonly status: StatusPlan;
  readonly labels: Labels;
  readonly claims: Claims;
}

/** All edits of a draft; a misfit when an exit has to be left out, a refusal when nothing helps. */
export function renderDraft(study: Study, draft: Draft, status: StatusPlan, labels: Labels): Edit[] | Misfit | Refusal {
  const layout = new Layout(study);
  const claims = claimComments(study, layout, draft);
  if (claims.kind === 'misfit') return claims;
  const rendering: Rendering = { study, layout, draft, status, labels, claims };
  const edits: Edit[] = [];
  for (const join of draft.joins) {
    const region = regionOf(join);
    if (study.statements.isFrozen(region)) {
      return {
        kind: 'misfit',
        join,
        code: 'preprocessor-in-region',
        reason: 'preprocessor lines stand between the releases and the return',
      };
    }
    edits.push(renderJoin(rendering, join, { ...region, start: claims.startOf(join) ?? region.start }));
  }
  const block = draft.host ? renderInPlace(rendering) : renderAtEnd(rendering);
  if (!Array.isArray(block)) return block;
  const all = [...edits, ...block, ...renderDeclarations(rendering)];
  const frozen = all.find((edit) =>
    study.statements.isFrozen({ start: edit.start, end: Math.max(edit.end, edit.start) }),
  );
  if (frozen) return refuse('preprocessor-in-region', 'preprocessor lines stand where an edit is needed', frozen);
  return all.sort((a, b) => a.start - b.start || a.end - b.end);
}

/** What a jump replaces: from the first statement given away to the end of the return. */
export function regionOf(join: Join): Span {
  const start = join.consumed[0]?.start ?? exitEnd(join.exit);
  return { start, end: exitEnd(join.exit) };
}

/** `status = value; goto label;` in place of the statements given away; the rest of the exit stays. */
function renderJoin(rendering: Rendering, join: Join, region: Span): Edit {
  const { layout, labels } = rendering;
  const kept = keptPieces(rendering, join);
  const assignment = assignmentOf(rendering, join);
  const target = `goto ${labels.get(join.entry)?.name ?? ''};`;
  const statement = join.exit.statement;
  const end = endOfRegion(rendering, join, assignment !== undefined);
  const bare = kept.length === 0 && assignment === undefined ? withoutBraces(rendering, join, target) : undefined;
  if (bare) return bare;
  const lines = [...kept, ...(assignment ? [assignment] : []), target];
  const anchor = layout.isFirstOnLine(region.start)
    ? region.start
    : statement && layout.isFirstOnLine(statement.start)
      ? statement.start
      : undefined;
  const separator = anchor === undefined ? ' ' : layout.newline + layout.indentAt(anchor);
  return { start: region.start, end, text: joinLines(lines, separator, layout.newline) };
}

/** Lines under each other; an empty one has no indentation. */
function joinLines(lines: readonly string[], separator: string, newline: string): string {
  return lines.reduce((text, line, index) => {
    if (index === 0) return line;
    return text + (line === '' && separator !== ' ' ? newline : separator + line);
  }, '');
}

/** The comment behind a return moves to the status assignment; one behind the last release went with it. */
function endOfRegion(rendering: Rendering, join: Join, isAssigned: boolean): number {
  const { layout } = rendering;
  const end = exitEnd(join.exit);
  const comment = join.exit.statement && !isAssigned ? undefined : layout.trailing(end)?.end;
  return layout.pastBlanks(comment ?? end);
}

function assignmentOf(rendering: Rendering, join: Join): string | undefined {
  const { study, layout, status } = rendering;
  const value = status.assignments.get(join.exit);
  if (!value || !status.variable) return undefined;
  const statement = join.exit.statement;
  const moved = statement ? `${status.variable} = `.length - (value.start - statement.start) : 0;
  const text = statement ? layout.shifted(value, moved) : textOf(study.tree, value);
  if (!statement) return `${status.variable} = ${text};`;
  // The lines that go on with the comment stay under it: it moves as far as the last line of the value.
  const lineOf = (from: number, to: number): number => layout.between(from, to).split('\n').at(-1)?.length ?? 0;
  const delta = text.includes('\n')
    ? (text.split('\n').at(-1)?.length ?? 0) - lineOf(value.start, value.end)
    : moved - (statement.end - value.end - 1);
  return `${status.variable} = ${text};${layout.tail(statement.end, delta)}`;
}

/** Statements and comments of the region that stay at the exit, in order; an empty one for a blank line between them. */
function keptPieces(rendering: Rendering, join: Join): string[] {
  const { study, layout, claims } = rendering;
  const consumed = new Set(join.consumed.map((item) => item.node));
  const pieces: string[] = [];
  const first = join.consumed[0];
  const add = (text: string, at: number): void => {
    if (pieces.length > 0 && layout.hasBlankAbove(at)) pieces.push('');
    pieces.push(text);
  };
  let inside = false;
  let end = first?.start ?? 0;
  for (const node of join.exit.list) {
    const item = study.statements.item(node);
    if (item === first) inside = true;
    if (!inside) continue;
    for (const comment of layout.ownLineComments({ start: end, end: node.start })) {
      if (!claims.moved.has(comment.start)) add(comment.text, comment.start);
    }
    if (!consumed.has(item.node)) {
      add(textOf(study.tree, node) + layout.tail(node.end), node.start);
    }
    end = node.end;
  }
  const last = join.exit.statement;
  if (last)
    for (const comment of layout.ownLineComments({ start: end, end: last.start })) add(comment.text, comment.start);
  if (last && pieces.length > 0 && layout.hasBlankAbove(last.start)) pieces.push('');
  return pieces;
}

/** `if (x) { goto out; }` without its braces, where the project writes single statements so. */
function withoutBraces(rendering: Rendering, join: Join, target: string): Edit | undefined {
  const { study, layout } = rendering;
  const { container, statement } = join.exit;
  const parent = container.parent;
  const condition = parent?.kind === 'if_statement' ? fieldOf(parent, 'condition') : undefined;
  if (study.context.houseStyle.bracesForSingle || !parent || !condition || container.field !== 'consequence')
    return undefined;
  if (fieldOf(parent, 'alternative') || join.exit.list.length !== join.consumed.length || !statement) return undefined;
  const first = join.consumed[0];
  if (!first || !layout.isFirstOnLine(parent.start) || !layout.isFirstOnLine(first.start)) return undefined;
  const around = [
    { start: condition.end, end: first.start },
    { start: statement.end, end: container.end },
  ];
  if (around.some((gap) => layout.comments(gap).length > 0 || study.statements.isFrozen(gap))) return undefined;
  // GNU style indents the brace itself; the statement takes its column.
  const isGnu =
    layout.isFirstOnLine(container.start) && layout.indentAt(container.start) !== layout.indentAt(parent.start);
  const indent = layout.indentAt(isGnu ? container.start : first.start);
  return { start: condition.end, end: container.end, text: layout.newline + indent + target };
}

/** The host's statements stay; labels are put between them, its value is carried in the status. */
function renderInPlace(rendering: Rendering): Edit[] | Refusal {
  const { study, layout, draft, status, labels } = rendering;
  const host = draft.host;
  if (!host || draft.block.length === 0) return [];
  const span = { start: Math.min(...draft.block.map((item) => item.labelStart)), end: exitEnd(host) };
  if (study.statements.isFrozen(span)) {
    return refuse(
      'preprocessor-in-region',
      'preprocessor lines stand in the cleanup that the others would share',
      span,
    );
  }
  if (!isContiguous(rendering, host)) return renderMovedHost(rendering, host);
  const edits: Edit[] = [];
  const value = status.assignments.get(host);
  const entries = [...labels.keys()].sort((a, b) => a - b);
  for (const entry of entries) {
    const item = draft.block[entry];
    const label = labels.get(entry);
    if (!item || !label) continue;
    if (!layout.isFirstOnLine(item.labelStart))
      return refuse('nothing-gained', 'the shared statements do not stand on lines of their own', item);
    const at = speaksOf(study, layout, item)
      ? layout.attachedAbove(item.labelStart).start
      : layout.lineStart(item.labelStart);
    const assignment = entry === entries[0] && value ? hostAssignment(rendering, value, at) : '';
    const line = label.isNew ? labelLine(rendering, label.name, item.start) : '';
    const isFirst = entry === entries[0] && !hasLabelAbove(host, item);
    const room = label.isNew && isFirst && needsBlank(rendering, at, assignment) ? layout.newline : '';
    if (assignment || line) edits.push({ start: at, end: at, text: assignment + room + line });
  }
  return [...edits, ...renderHostReturn(rendering), ...claimedEdits(rendering)];
}

/**
 * The comment above a shared statement is about it: `// Release the lock`. One that says how control came here, as
 * `// not found`, is true of the host alone and stays above the label.
 */
function speaksOf(study: Study, layout: Layout, item: Item): boolean {
  const { start } = layout.attachedAbove(item.labelStart);
  const said = wordsOf(layout.between(start, item.labelStart));
  const meant = new Set(item.tokens.filter((token) => token.kind === 'name').flatMap((token) => wordsOf(token.text)));
  return said.some((word) => CLEANING.test(word) || meant.has(word));
}

/** Lower-case words of three letters and more; `turnCount` and `turn_count` are two. */
function wordsOf(text: string): string[] {
  const parts = text.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  return parts.match(/[a-z]{3,}/g) ?? [];
}

const CLEANING =
  /^(?:free|releas|clean|clos|destroy|unlock|dispos|tear|drop|delet|reset|restor|remov|discard|deallocat|undo|give|put$)/;

/** The shared statements are the last of the host, in their order. */
function isContiguous(rendering: Rendering, host: FunctionExit): boolean {
  const { draft } = rendering;
  return draft.block.every((item, index) => host.items.fromEnd(draft.block.length - 1 - index) === item);
}

/** Statements of the host that stand between the shared ones move before them; those may be in another order, too. */
function renderMovedHost(rendering: Rendering, host: FunctionExit): Edit[] | Refusal {
  const { study, layout, draft, status, labels, claims } = rendering;
  const inOrder = draft.block.toSorted((a, b) => a.start - b.start);
  const [first] = inOrder;
  if (!first || !layout.isFirstOnLine(first.start))
    return refuse('nothing-gained', 'the body stands on one line', study.tree.body);
  const told = inOrder.find((item) => isToldAbove(rendering, host, item));
  if (told) return refuse('nothing-gained', 'a comment above other statements speaks of one that would move', told);
  const indent = layout.indentAt(first.start);
  const own: Join = { exit: host, entry: 0, consumed: inOrder, places: new Map() };
  const lines = keptPieces(rendering, own).map((text) => (text === '' ? '' : indent + text));
  const isApart = standsApart(rendering, own);
  const assignment = assignmentOf(rendering, own);
  if (assignment) lines.push(indent + assignment);
  const isSetOff = isApart || study.context.houseStyle.blankLineBeforeLabel.fallingIn;
  if (isSetOff && lines.length > 0 && lines.at(-1) !== '') lines.push('');
  for (const [index, item] of draft.block.entries()) {
    const label = labels.get(index);
    if (label) lines.push(labelLine(rendering, label.name, first.start).replace(/\r?\n$/, ''));
    const claim = claims.of(item);
    for (const text of claim.leading) lines.push(indent + text);
    lines.push(indent + blockText(rendering, item, indent) + (claim.trailing ?? ''));
  }
  if (host.statement)
    lines.push(indent + (status.variable ? `return ${status.variable};` : textOf(study.tree, host.statement)));
  const end = endOfRegion(rendering, own, assignment !== undefined);
  // What stood apart from the releases before it stands apart from what is before it now.
  const room = lines[0] !== undefined && isApart && !layout.hasRoomAbove(first.start) ? layout.newline : '';
  return [{ start: layout.lineStart(first.start), end, text: room + lines.join(layout.newline) }];
}

/**
 * `// Close the socket and free the context` above two statements, of which the second would move from under it: what
 * the comment says would be done elsewhere.
 */
function isToldAbove({ study, layout, draft }: Rendering, host: FunctionExit, item: Item): boolean {
  const at = host.list.findIndex((node) => study.statements.item(node) === item);
  let head = at;
  while (head > 0 && !layout.hasBlankAbove(layout.attachedAbove(host.list[head]?.start ?? 0).start)) {
    if (layout.attachedAbove(host.list[head]?.start ?? 0).start < layout.lineStart(host.list[head]?.start ?? 0)) break;
    head--;
  }
  const top = host.list[head];
  if (!top || head === at || draft.block.includes(study.statements.item(top))) return false;
  const said = wordsOf(layout.between(layout.attachedAbove(top.start).start, top.start));
  const meant = new Set(item.tokens.filter((token) => token.kind === 'name').flatMap((token) => wordsOf(token.text)));
  return said.some((word) => meant.has(word));
}

/** A blank line is between the shared statements and the first of those that stood behind them. */
function standsApart({ study, layout }: Rendering, { exit, consumed }: Join): boolean {
  const inside = exit.list.filter((node) => node.start >= (consumed[0]?.start ?? 0));
  const kept = inside.find((node) => !consumed.some((item) => item === study.statements.item(node)));
  return kept !== undefined && layout.hasBlankAbove(layout.attachedAbove(kept.start).start);
}

/** The statements before are a rung already. */
function hasLabelAbove(host: FunctionExit, item: Item): boolean {
  return host.list.some((node) => node.kind === 'labeled_statement' && node.start < item.labelStart);
}

function needsBlank(rendering: Rendering, at: number, assignment: string): boolean {
  const { layout, study } = rendering;
  if (!study.context.houseStyle.blankLineBeforeLabel.fallingIn) return false;
  return assignment !== '' || !layout.hasRoomAbove(at);
}

function hostAssignment(rendering: Rendering, value: SyntaxNode, at: number): string {
  const { layout, status, draft } = rendering;
  const indent = layout.indentAt(draft.block[0]?.labelStart ?? at);
  const statement = draft.host?.statement;
  const column = value.start - layout.lineStart(value.start);
  const text = layout.shifted(value, indent.length + `${status.variable} = `.length - column);
  return `${indent}${status.variable} = ${text};${statement ? layout.tail(statement.end) : ''}${layout.newline}`;
}

function renderHostReturn(rendering: Rendering): Edit[] {
  const { study, layout, draft, status } = rendering;
  const host = draft.host;
  if (!host?.value || !host.statement || !status.variable || textOf(study.tree, host.value) === status.variable)
    return [];
  const edits: Edit[] = [{ start: host.value.start, end: host.value.end, text: status.variable }];
  const comment = status.assignments.has(host) ? layout.trailing(host.statement.end) : undefined;
  if (comment) edits.push({ start: host.statement.end, end: comment.end, text: '' });
  return edits;
}

/** Comments of exits that found their place at a statement of the host. */
function claimedEdits(rendering: Rendering): Edit[] {
  const { layout, draft, claims } = rendering;
  const edits: Edit[] = [];
  for (const item of draft.block) {
    const claim = claims.of(item);
    if (claim.trailing && !claim.isThere) edits.push({ start: item.end, end: item.end, text: claim.trailing });
    if (claim.leading.length > 0 && !claim.isLeadingThere) {
      const at = layout.lineStart(item.start);
      const indent = layout.indentAt(item.start);
      edits.push({ start: at, end: at, text: claim.leading.map((text) => indent + text + layout.newline).join('') });
    }
  }
  return edits;
}

/** The block behind the last statement of the body. */
function renderAtEnd(rendering: Rendering): Edit[] | Refusal {
  const { study, layout, draft, labels, claims } = rendering;
  const { tree } = study;
  const last = statementsOf(tree.body).at(-1);
  const lastTop = statementsOf(tree.body).findLast((node) => layout.isFirstOnLine(node.start));
  if (!last || !lastTop) return refuse('nothing-gained', 'the body stands on one line', tree.body);
  const indent = layout.indentAt(statementIndentAnchor(study, layout) ?? lastTop.start);
  const at = layout.lineStart(tree.body.end - 1);
  const lines: string[] = [];
  if (completesNormally(tree, last)) {
    if (study.context.houseStyle.blankLineBeforeReturn) lines.push('');
    lines.push(`${indent}return;`);
  }
  if (study.context.houseStyle.blankLineBeforeLabel.afterReturn) lines.push('');
  for (const [index, item] of draft.block.entries()) {
    const label = labels.get(index);
    if (label) lines.push(labelLine(rendering, label.name, undefined, indent).replace(/\r?\n$/, ''));
    else if (hasGap(layout, draft.block[index - 1], item)) lines.push('');
    const claim = claims.of(item);
    for (const text of claim.leading) lines.push(indent + text);
    lines.push(indent + blockText(rendering, item, indent) + (claim.trailing ?? ''));
  }
  const value = returnText(rendering);
  if (value !== undefined && setsReturnsApart(layout, draft)) lines.push('');
  if (value !== undefined) lines.push(indent + value);
  return [{ start: at, end: at, text: lines.map((line) => line + layout.newline).join('') }];
}

/** Two statements that follow each other, in the text they are taken from, with a blank line between. */
function hasGap(layout: Layout, before: Item | undefined, item: Item): boolean {
  if (!before || before.end > item.start) return false;
  const between = layout.between(before.end, item.start);
  return /^[ \t]*(?:\/[/*][^\n]*)?\r?\n[ \t]*\r?\n/.test(between) && layout.isOnlyComments(before.end, item.start);
}

/** Most of the exits have a blank line between their releases and the return. */
function setsReturnsApart(layout: Layout, draft: Draft): boolean {
  const returns = draft.joins.flatMap((join) => join.exit.statement ?? []);
  return returns.filter((statement) => layout.hasBlankAbove(statement.start)).length * 2 > returns.length;
}

/** A statement of the body that is no label, whose indentation is that of the body. */
function statementIndentAnchor(study: Study, layout: Layout): number | undefined {
  return statementsOf(study.tree.body).find(
    (node) => node.kind !== 'labeled_statement' && layout.isFirstOnLine(node.start),
  )?.start;
}

function blockText(rendering: Rendering, item: Item, indent: string): string {
  const { layout } = rendering;
  return layout.reindented(item, layout.indentAt(item.start), indent);
}

function returnText(rendering: Rendering): string | undefined {
  const { study, draft, status } = rendering;
  if (isVoid(study.tree)) return undefined;
  const value = draft.donor.value;
  const text = status.variable ?? (value ? textOf(study.tree, value) : '');
  return study.context.houseStyle.returnParens ? `return (${text});` : `return ${text};`;
}

function labelLine(rendering: Rendering, name: string, at: number | undefined, body = ''): string {
  const { study, layout } = rendering;
  const column = study.context.houseStyle.labelIndent;
  const indent = column === 'body' ? (at === undefined ? body : layout.indentAt(at)) : column;
  return `${indent}${name}:${layout.newline}`;
}

/** New declarations at the head of the body, and what becomes of those that were there. */
function renderDeclarations(rendering: Rendering): Edit[] {
  const { study, layout, status, draft } = rendering;
  const head: string[] = [];
  const edits: Edit[] = [];
  if (status.declaration) head.push(`${status.declaration};`);
  if (status.isHoisted && status.existing) {
    head.push(`${declared(study, status.existing)}${status.initial === undefined ? '' : ` = ${status.initial}`};`);
    edits.push(withoutType(study, layout, status.existing));
  }
  for (const [declaration, { kind, value }] of draft.preparations) {
    if (kind === 'initialise') {
      edits.push({ start: declaration.node.end, end: declaration.node.end, text: ` = ${value}` });
      continue;
    }
    head.push(`${declared(study, declaration)} = ${value};`);
    edits.push(withoutType(study, layout, declaration));
  }
  if (head.length === 0) return edits;
  const place = draft.host ? exitEnd(draft.host) : study.tree.body.end - 1;
  return [...edits, declareAtHead(study, layout, head, place)];
}

/** `T *x` of a declaration. */
function declared(study: Study, declaration: Declaration): string {
  return study.tree.source.slice(declaration.statement.start, declaration.node.end);
}

/** `T *x = f();` becomes `x = f();`; without a value the line goes. */
function withoutType(study: Study, layout: Layout, declaration: Declaration): Edit {
  const { statement, initializer, node } = declaration;
  if (initializer) {
    const text = layout.shifted({ start: node.start, end: statement.end }, statement.start - node.start);
    return { start: statement.start, end: statement.end, text };
  }
  return { start: layout.lineStart(statement.start), end: layout.lineEnd(statement.end), text: '' };
}

/**
 * Declarations at the head of the body, before those that are there, so that an acquisition and its check stay together;
 * where the block stands in an `#if` branch, at the head of the branch.
 */
function declareAtHead(study: Study, layout: Layout, texts: readonly string[], place: number): Edit {
  const { body } = study.tree;
  const branch = study.conditionals.pathAt(place).at(-1);
  const at = branch ? branch.start : layout.lineEnd(body.start);
  const next = statementsOf(body).find((node) => node.start >= at);
  const indent = layout.indentAt(next?.start ?? body.end);
  const startsWithText = next?.kind !== 'declaration' || /^\s*\/[/*]/.test(study.tree.source.slice(at));
  const blank = next && startsWithText && !layout.hasBlankBelow(at - 1) ? layout.newline : '';
  return { start: at, end: at, text: texts.map((text) => indent + text + layout.newline).join('') + blank };
}
