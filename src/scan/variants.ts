/**
 * The preprocessor choices inside one function, each as a text of its own: same length as the file, the directive lines
 * and the branches not taken replaced by blanks. A function whose directives are more than choices is refused.
 */
import { refuse, type Refusal } from '../diagnostics/refusal.ts';
import { evaluate, parseCondition, withoutComments, type Assignment, type Condition } from './condition.ts';
import type { FunctionRange } from './functions.ts';
import { lex, type Directive } from './lex.ts';

/** One consistent set of choices. The first variant takes the first branch of each conditional where it can. */
export interface Variant {
  /** Per conditional met, in source order: the text of its `#if` line and which branch is live (from 0; the number of
   * branches when none is). */
  readonly choices: readonly { readonly condition: string; readonly taken: number }[];
  /** The whole file; inside the function only what is live. */
  readonly text: string;
}

/** More combinations than this, and the function is refused. */
export const MOST_VARIANTS = 16;

/** All texts the function can have, or why they can't be told. */
export function functionVariants(
  text: string,
  range: FunctionRange,
): { readonly variants: readonly Variant[] } | { readonly refusal: Refusal } {
  const hash = text.indexOf('#', range.start);
  if (hash < 0 || hash >= range.end) return { variants: [{ choices: [], text }] };
  const { directives } = lex(text, range.start, range.end);
  if (directives.length === 0) return { variants: [{ choices: [], text }] };
  const block = parseBlock(text, directives, range);
  if (!block) return { refusal: refuse('preprocessor-in-region', 'an #if has its #endif elsewhere', range) };
  return enumerate(text, range, block);
}

/** A run of text with the directives in it, in source order. */
interface Block {
  readonly start: number;
  readonly end: number;
  readonly items: readonly (Directive | Conditional)[];
}

interface Conditional {
  readonly condition: string;
  readonly start: number;
  readonly end: number;
  readonly branches: readonly { readonly condition: Condition; readonly block: Block }[];
}

function parseBlock(text: string, directives: readonly Directive[], range: FunctionRange): Block | undefined {
  let next = 0;
  const block = (start: number, isNested: boolean): Block | undefined => {
    const items: (Directive | Conditional)[] = [];
    for (;;) {
      const directive = directives[next];
      if (!directive) return isNested ? undefined : { start, end: range.end, items };
      if (isBranch(directive)) return isNested ? { start, end: directive.start, items } : undefined;
      next++;
      const item = directive.name.startsWith('if') ? conditional(directive) : directive;
      if (!item) return undefined;
      items.push(item);
    }
  };
  const conditional = (opening: Directive): Conditional | undefined => {
    const branches: { condition: Condition; block: Block }[] = [];
    let directive = opening;
    for (;;) {
      const inner = block(directive.end, true);
      if (!inner) return undefined;
      branches.push({ condition: conditionOf(text, directive), block: inner });
      directive = directives[next++] ?? opening;
      if (directive.name !== 'endif') continue;
      const condition = withoutComments(text.slice(opening.start, opening.end));
      return { condition, start: opening.start, end: directive.end, branches };
    }
  };
  return block(range.start, false);
}

function isBranch({ name }: Directive): boolean {
  return name === 'endif' || name === 'else' || name.startsWith('elif');
}

function conditionOf(text: string, directive: Directive): Condition {
  if (directive.name === 'else') return { kind: 'constant', value: true };
  return parseCondition(text.slice(directive.start, directive.end));
}

/** One way through the conditionals, as far as it has been decided. */
interface Choice {
  readonly known: Assignment;
  readonly choices: readonly { readonly condition: string; readonly taken: number; readonly start: number }[];
  readonly dead: readonly { readonly start: number; readonly end: number }[];
  readonly hasError: boolean;
}

const UNDECIDED: Choice = { known: new Map(), choices: [], dead: [], hasError: false };

type Enumeration = { readonly variants: readonly Variant[] } | { readonly refusal: Refusal };

function enumerate(text: string, range: FunctionRange, block: Block): Enumeration {
  const ways = walkBlock(text, block, [UNDECIDED]);
  if ('kind' in ways) return { refusal: ways };
  const live = ways.filter((way) => !way.hasError);
  if (live.length === 0) return { refusal: refuse('preprocessor-in-region', 'every choice ends in #error', range) };
  return { variants: live.map((way) => ({ choices: way.choices, text: blank(text, range, way.dead) })) };
}

/** Takes every way through one block, in order; a way splits where a conditional is undecided. */
function walkBlock(text: string, block: Block, ways: readonly Choice[]): readonly Choice[] | Refusal {
  let current = ways;
  for (const item of block.items) {
    const next = 'branches' in item ? walkConditional(text, item, current) : walkDirective(text, item, current);
    if ('kind' in next) return next;
    if (next.length > MOST_VARIANTS) {
      return refuse('preprocessor-in-region', `more than ${MOST_VARIANTS} combinations of #if`, block);
    }
    current = next;
  }
  return current;
}

function walkConditional(text: string, item: Conditional, ways: readonly Choice[]): readonly Choice[] | Refusal {
  const result: Choice[] = [];
  for (const way of ways) {
    for (const { known, taken } of outcomes(item, way.known)) {
      const branch = item.branches[taken]?.block;
      const dead = branch
        ? [...way.dead, { start: item.start, end: branch.start }, { start: branch.end, end: item.end }]
        : [...way.dead, { start: item.start, end: item.end }];
      const choices = [...way.choices, { condition: item.condition, taken, start: item.start }];
      const inner = walkBlock(text, branch ?? { ...item, items: [] }, [{ ...way, known, choices, dead }]);
      if ('kind' in inner) return inner;
      result.push(...inner);
    }
  }
  return result;
}

/** Which branches can be live, the earliest first, each with what it assumes; one branch may come twice. */
function outcomes(item: Conditional, known: Assignment): { known: Assignment; taken: number }[] {
  for (const [taken, branch] of item.branches.entries()) {
    const value = evaluate(branch.condition, known);
    if (value === true) return [{ known, taken }];
    if (value === false) continue;
    const both = [true, false].flatMap((assumed) => outcomes(item, new Map([...known, [value.undecided, assumed]])));
    return both.toSorted((a, b) => a.taken - b.taken);
  }
  return [{ known, taken: item.branches.length }];
}

function walkDirective(text: string, directive: Directive, ways: readonly Choice[]): readonly Choice[] | Refusal {
  const line = withoutComments(text.slice(directive.start, directive.end));
  if (directive.name === 'error') return ways.map((way) => ({ ...way, hasError: true }));
  if (!isHarmless(directive.name, line)) return refuse('preprocessor-in-region', `it contains ${line}`, directive);
  const { start, end } = directive;
  return ways.map((way) => ({ ...way, dead: [...way.dead, { start, end }] }));
}

/** Lines that change nothing about the statements: `#pragma GCC diagnostic`, `#line`, `#warning`, a bare `#`. */
function isHarmless(name: string, line: string): boolean {
  if (name === 'pragma') return !/^# ?pragma (omp|acc)\b/.test(line);
  return name === 'line' || name === '' || name === 'warning' || name === 'ident';
}

function blank(text: string, range: FunctionRange, dead: readonly { start: number; end: number }[]): string {
  const parts = [text.slice(0, range.start)];
  let at = range.start;
  for (const { start, end } of dead.toSorted((a, b) => a.start - b.start)) {
    parts.push(text.slice(at, start), text.slice(start, end).replaceAll(/[^\r\n]/g, ' '));
    at = end;
  }
  parts.push(text.slice(at));
  return parts.join('');
}
