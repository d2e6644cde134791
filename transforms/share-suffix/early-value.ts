/** Return values that are computed before the releases although they were computed behind them. */
import type { Barrier, Item } from './statements.ts';
import type { Study } from './study.ts';
import { walk, textOf } from '../../src/syntax/tree.ts';
import type { SyntaxNode } from '../../src/syntax/tree.ts';
import { isFieldName, lexSpan } from './tokens.ts';

/** Why a value may not be computed before these statements; undefined where it may, or the proof has to tell. */
export function valueHazard(study: Study, value: SyntaxNode, before: readonly Item[]): Barrier | undefined {
  const words = lexSpan(study.tree.source, value.start, value.end).tokens;
  const text = textOf(study.tree, value);
  const calls = words.some(
    (token, index) => words[index + 1]?.text === '(' && token.kind === 'name' && token.text !== 'sizeof',
  );
  const readsErrno = words.some(
    (token, index) =>
      token.kind === 'name' &&
      !isFieldName(words, index) &&
      (token.text === 'errno' || study.context.knowledge.name(token.text).diagnostic?.readsErrno === true),
  );
  const reads = readsMemory(study, value);
  for (const item of before) {
    const release = study.releases.of(item);
    const keepsErrno = release?.facts.keepsErrno ?? (item.isStore || item.isReset);
    if (readsErrno && !keepsErrno) {
      return {
        code: 'errno-after-release',
        reason: `\`${text}\` reads errno after \`${study.text(item)}\`, which may change it`,
        at: value,
      };
    }
    if (!reads || calls || item.isStore) continue;
    if (release?.facts.kind === 'lock') {
      return {
        code: 'order-conflict',
        reason: `\`${text}\` is read after \`${study.text(item)}\` and would be read before it`,
        at: value,
      };
    }
    if (!release || (!release.facts.isMemoryRelease && !isLibrary(study, release.releaser))) {
      return {
        code: 'return-reads-resource',
        reason: `\`${text}\` is read after \`${study.text(item)}\`, which may change it`,
        at: value,
      };
    }
  }
  return undefined;
}

function isLibrary(study: Study, name: string): boolean {
  return study.context.knowledge.name(name).from.startsWith('preset');
}

/** Reads more than private locals and constants. */
function readsMemory(study: Study, value: SyntaxNode): boolean {
  let reads = false;
  walk(value, (node) => {
    if (node.kind === 'sizeof_expression') return false;
    if (['field_expression', 'subscript_expression', 'pointer_expression'].includes(node.kind)) reads = true;
    if (node.kind !== 'identifier' || node.field === 'function') return undefined;
    const name = textOf(study.tree, node);
    const declaration = study.names.resolve(name, node.start);
    const isConstant = /^[A-Z_][A-Z0-9_]*$/.test(name) || study.context.knowledge.constant?.(name) !== undefined;
    if (declaration ? declaration.isStatic || declaration.isExtern || declaration.isAddressed : !isConstant)
      reads = true;
    return undefined;
  });
  return reads;
}
