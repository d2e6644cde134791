/**
 * The body of a macro as a function that can be parsed: `#define F(p) BODY` becomes `void F(int p) { BODY }`.
 * The parameters' types mean nothing.
 */
import type { FunctionRange } from '../scan/functions.ts';
import { lex, type Token } from '../scan/lex.ts';
import { parseFunction } from '../syntax/parse-function.ts';
import type { FunctionParser } from '../syntax/parse.ts';
import type { FunctionTree } from '../syntax/tree.ts';

/** What a `#define` line says. */
export interface WrittenMacro {
  readonly name: string;
  /** Absent for `#define N 3`; `args...` keeps its dots, a bare `...` is left out. */
  readonly params: readonly string[] | undefined;
  readonly isVariadic: boolean;
  /** The replacement text as it stands in the file, splices and comments included. */
  readonly body: string;
}

export interface MacroBody {
  readonly name: string;
  readonly params: readonly string[];
  readonly text: string;
  /** Tokens of the replacement, without `#` and `##`. Offsets are those of `text`. */
  readonly tokens: readonly Token[];
  /** `a##b` makes names that are not written here. `, ##__VA_ARGS__` does not. */
  readonly pastes: boolean;
  readonly range: FunctionRange;
}

/** Writes the function down. A variadic macro gets `__VA_ARGS__`, or the name it gives, as its last parameter. */
export function readMacroBody(macro: WrittenMacro): MacroBody {
  const params = parametersOf(macro);
  const head = `void ${macro.name}(${params.map((name) => `int ${name}`).join(', ')}) {`;
  const whole = `${head} ${macro.body}\n;}`;
  const { text, pastes } = withoutOperators(whole, head.length);
  const { tokens } = lex(text, head.length, text.length - 3);
  const range = {
    name: macro.name,
    start: 0,
    nameStart: 'void '.length,
    bodyStart: head.length - 1,
    end: text.length,
    isStatic: false,
  };
  return { name: macro.name, params, text, tokens, pastes, range };
}

function parametersOf({ params, isVariadic }: WrittenMacro): string[] {
  const named = (params ?? []).map((name) => name.replace(/\s*\.\.\.$/, '').trim()).filter((name) => name !== '');
  const hasOwnName = params?.some((name) => /^\w+\s*\.\.\.$/.test(name.trim())) ?? false;
  return isVariadic && !hasOwnName && !named.includes('__VA_ARGS__') ? [...named, '__VA_ARGS__'] : named;
}

/** Blanks over `#` and `##`; only `##` behind a comma is known to make no new name. */
function withoutOperators(whole: string, from: number): { text: string; pastes: boolean } {
  const { tokens } = lex(whole, from);
  let text = whole;
  let pastes = false;
  let before = '';
  for (const token of tokens) {
    const spelling = whole.slice(token.start, token.end);
    if (spelling === '#' || spelling === '##') {
      text = text.slice(0, token.start) + ' '.repeat(spelling.length) + text.slice(token.end);
      if (spelling === '##' && before !== ',') pastes = true;
    }
    before = spelling;
  }
  return { text, pastes };
}

/** Parses the body; undefined where it does not parse as statements. */
export function parseMacroBody(parser: FunctionParser, body: MacroBody): FunctionTree | undefined {
  const tree = parseFunction(parser, body.text, body.text, body.range)?.tree;
  return tree && tree.errors.length === 0 ? tree : undefined;
}
