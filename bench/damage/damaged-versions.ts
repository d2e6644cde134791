/** Rewrites the functions of one file, damages each rewrite in all known ways, and asks the judge about every result. */
import { LineIndex } from '../../src/base/span.ts';
import { chooseFunctions } from '../../src/engine/choose-functions.ts';
import type { FileContext } from '../../src/engine/pipeline.ts';
import { openSubject, processFunction, verifyOptions } from '../../src/engine/process-file.ts';
import { proveFunction } from '../../src/engine/prove.ts';
import { readFunction, type ReadFunction } from '../../src/engine/read-function.ts';
import type { Knowledge } from '../../src/resources/knowledge.ts';
import { applyEdits } from '../../src/rewrite/apply-edits.ts';
import { type FunctionRange, scanFunctions } from '../../src/scan/functions.ts';
import type { DamageKind } from '../../test/damage/kinds.ts';
import { subjectsOf } from '../../test/damage/subject.ts';

/** A rewrite with one damage. */
export interface DamagedVersion {
  readonly kind: string;
  /** The function alone: its rewrite, and that damaged. */
  readonly rewritten: string;
  readonly damaged: string;
  /** The judge proves that it does what the original does. */
  readonly isAccepted: boolean;
}

export interface DamagedFunction {
  readonly name: string;
  /** From 1. */
  readonly line: number;
  readonly versions: readonly DamagedVersion[];
}

/** The rewritten functions of a text, damaged. Functions whose rewrite has no place for any damage have no versions. */
export function damagedVersions(
  text: string,
  path: string,
  context: FileContext,
  kinds: readonly DamageKind[],
): DamagedFunction[] {
  const worthIt = chooseFunctions(text, context.options).chosen.filter(({ isWorthIt }) => isWorthIt);
  if (worthIt.length === 0) return [];
  const subject = openSubject(text, path, context);
  const lines = new LineIndex(text);
  return worthIt.flatMap(({ range }) => {
    const { read, result } = processFunction(subject, range);
    if (!read || result.kind !== 'proved') return [];
    const judge = judgeOf(read, subject.knowledge, context);
    const rewritten = rewrittenFunction(text, range, applyEdits(text, result.plan.edits));
    const versions = damage(rewritten, kinds).map(({ kind, damaged }) => ({
      kind,
      rewritten,
      damaged,
      isAccepted: judge(text.slice(0, range.start) + damaged + text.slice(range.end)),
    }));
    return [{ name: range.name, line: lines.place(range.start).line, versions }];
  });
}

/** The function alone in a text whose other functions are as they were. */
function rewrittenFunction(text: string, range: FunctionRange, newText: string): string {
  return newText.slice(range.start, newText.length - (text.length - range.end));
}

function damage(
  rewritten: string,
  kinds: readonly DamageKind[],
): { readonly kind: string; readonly damaged: string }[] {
  const subjects = subjectsOf(rewritten);
  return kinds.flatMap((kind) => {
    const texts = new Set(subjects.flatMap((subject) => kind.apply(subject)));
    texts.delete(rewritten);
    return [...texts].map((damaged) => ({ kind: kind.name, damaged }));
  });
}

/** Is the function at the same place of another text proved to do what this one does? No search for a difference. */
function judgeOf(before: ReadFunction, knowledge: Knowledge, context: FileContext): (text: string) => boolean {
  const options = { ...verifyOptions(context.options), worlds: 0 };
  const { name, start } = before.range;
  return (text) => {
    const range = scanFunctions(text).functions.find((one) => one.name === name && one.start === start);
    if (!range) return false;
    const after = readFunction(context.parser(), text, range);
    if (after.kind === 'refusal') return false;
    const { verdict } = proveFunction(before, after, knowledge, options);
    return verdict === 'identical' || verdict === 'equivalent';
  };
}
