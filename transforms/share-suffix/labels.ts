/** Names for labels: the project's word for one block, what it releases for a rung of a ladder. */
import { fieldOf, namedChildren, textOf, walk } from '../../src/syntax/tree.ts';
import type { SyntaxNode } from '../../src/syntax/tree.ts';
import type { Draft } from './draft.ts';
import type { Study } from './study.ts';
import { soundsLikeRelease, topicOf } from './callee-names.ts';
import { callsOf } from './statements.ts';
import type { Item } from './statements.ts';

/** Label for each entry of a draft; those that stand in the host already are reused. */
export function nameLabels(study: Study, draft: Draft): Map<number, { name: string; isNew: boolean }> {
  const entries = [...new Set(draft.joins.map((join) => join.entry))].sort((a, b) => a - b);
  const labels = new Map<number, { name: string; isNew: boolean }>();
  const taken = new Set<string>();
  const objects = entries.map((entry) => draft.block[entry] && objectOf(study, draft.block[entry]));
  const isClear = (entry: number): boolean => {
    const object = objects[entries.indexOf(entry)];
    return objects.filter((other) => other === object).length === 1;
  };
  for (const [index, entry] of entries.entries()) {
    const there = draft.host ? draft.block[entry]?.labels[0] : undefined;
    const isBase = index === entries.length - 1;
    const rung = draft.block.slice(entry, entries[index + 1] ?? draft.block.length);
    const wishes =
      entries.length === 1 ? singleNames(study, draft, rung) : rungNames(study, rung, isBase, isClear(entry));
    const name = there ?? pick(study, wishes, taken);
    taken.add(name);
    labels.set(entry, { name, isNew: there === undefined });
  }
  return labels;
}

const GENERIC =
  /^(?:out|cleanup|clean_up|clean|err|error|done|fail|failed|failure|exit|end|finish|bail|err_out|out_err|error_out|err_exit|on_error|Exit|Error|Cleanup|Done|Fail)$/;
const FAILURE = /err|fail|bail/i;
const SUCCESS = /^(?:done|exit|end|finish)$/i;

function singleNames(study: Study, draft: Draft, rung: readonly Item[]): string[] {
  const { label, houseStyle } = study.context;
  const house = houseStyle.labelNames.filter(
    (name) => GENERIC.test(name) && !(draft.host ? FAILURE : SUCCESS).test(name),
  );
  return [...(label ? [label] : []), ...house, 'cleanup', ...rungNames(study, rung, true, true), 'out', 'done'];
}

/**
 * `cleanup_turn` for a rung that releases `s->turn_servers` and resets `s->turn_count`. One that does not begin with a
 * release, or whose object another rung begins with too, is named for what its call does; the last of the ladder,
 * which all jumps reach, needs no such name.
 */
function rungNames(study: Study, rung: readonly Item[], isBase: boolean, isClear: boolean): string[] {
  const [first] = rung;
  const objects = rung.map((item) => objectOf(study, item)).filter((name) => name !== undefined);
  const prefix = ladderPrefix(study);
  const topics = (first ? callsOf(study.tree, first.node) : [])
    .map(topicOf)
    .filter((topic) => topic.length > 1)
    .map((topic) => prefix + topic);
  const named = [commonWords(objects) || objects[0], ...objects].flatMap((name) => (name ? [prefix + name] : []));
  const isNamed = isClear && first !== undefined && (first.isRelease || first.isReset);
  return [...(isNamed ? named : []), ...(isBase ? ['cleanup'] : []), ...topics, ...named, `${prefix}rest`];
}

/** How the file names the rungs it has: `err_free_`, `out_`, else `cleanup_`. */
function ladderPrefix(study: Study): string {
  const { label, houseStyle } = study.context;
  if (label) return `${label}_`;
  for (const name of houseStyle.labelNames) {
    const match = /^(?:err|out|error|fail|cleanup)_(?:free_)?(?=\w)/.exec(name);
    if (match && !GENERIC.test(name)) return match[0];
  }
  return 'cleanup_';
}

/** The leading words that all names share: `turn` of `turn_servers` and `turn_count`. */
function commonWords(names: readonly string[]): string {
  const [first, ...others] = [...new Set(names)].map((name) => name.split('_'));
  if (!first) return '';
  let length = first.length;
  for (const words of others) {
    let same = 0;
    while (same < length && words[same] === first[same]) same++;
    length = same;
  }
  return first.slice(0, length).join('_');
}

/** The last name of the lvalue that a statement releases or sets. */
function objectOf(study: Study, item: Item): string | undefined {
  let call: SyntaxNode | undefined;
  let release: SyntaxNode | undefined;
  walk(item.node, (node) => {
    if (node.kind !== 'call_expression' && node.kind !== 'assignment_expression') return;
    call ??= node;
    const callee = node.kind === 'call_expression' ? fieldOf(node, 'function') : undefined;
    if (callee && soundsLikeRelease(textOf(study.tree, callee))) release ??= node;
  });
  call = release ?? call;
  if (!call) return undefined;
  const named = call.kind === 'call_expression' ? argumentsOf(call) : [fieldOf(call, 'left')];
  for (const node of named) {
    const name = node && lastName(node);
    const index = node && elementIndex(study, node);
    if (name)
      return (
        textOf(study.tree, name)
          .toLowerCase()
          .replace(/^(?:[gms]_|_+)(?=[a-z])/, '') + (index ?? '')
      );
  }
  const callee = fieldOf(call, 'function');
  return callee?.kind === 'identifier' ? topicOf(textOf(study.tree, callee)) : undefined;
}

function argumentsOf(call: SyntaxNode): SyntaxNode[] {
  const list = fieldOf(call, 'arguments');
  return list ? namedChildren(list) : [];
}

/** `1` of `plane[1]`. */
function elementIndex(study: Study, node: SyntaxNode): string | undefined {
  const index = node.kind === 'subscript_expression' ? fieldOf(node, 'index') : undefined;
  return index?.kind === 'number_literal' ? textOf(study.tree, index) : undefined;
}

function lastName(node: SyntaxNode): SyntaxNode | undefined {
  if (node.kind === 'identifier' || node.kind === 'field_identifier') return node;
  if (node.kind === 'field_expression') return fieldOf(node, 'field');
  if (node.kind === 'subscript_expression' || node.kind === 'pointer_expression') {
    const inner = fieldOf(node, 'argument');
    return inner && lastName(inner);
  }
  if (node.kind === 'cast_expression') {
    const inner = fieldOf(node, 'value');
    return inner && lastName(inner);
  }
  return node.kind === 'parenthesized_expression' ? namedChildren(node).map(lastName)[0] : undefined;
}

function pick(study: Study, wishes: readonly string[], taken: ReadonlySet<string>): string {
  const base = wishes[0] ?? 'cleanup';
  const numbered = Array.from({ length: 99 }, (_, index) => `${base}${index + 2}`);
  const free = [...wishes, ...numbered].find((name) => !taken.has(name) && isFreeLabel(study, name));
  return free ?? `${base}_goto_cleanup`;
}

/** Labels have a name space of their own: a function of that name does no harm, a macro would. */
function isFreeLabel(study: Study, name: string): boolean {
  return !study.names.used.has(name) && study.context.knowledge.name(name).kind !== 'macro';
}
