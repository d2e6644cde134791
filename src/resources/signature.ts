/** What the declaration of a function says of its types, read off the tokens. */
import { lex } from '../scan/lex.ts';

/** What is in sight of a called name beside its facts. */
export interface Signature {
  /** A body or a macro of the name is in sight: what it does and returns is not free, but what stands there. */
  readonly isSeen: boolean;
  /** The body, or one that it calls, may end the program or stand for something else than a function. */
  readonly mayEnd: boolean;
  /** The type that is returned: `unsigned int`, `struct s *`. Undefined where no declaration says it, or two differ. */
  readonly returns: string | undefined;
  /** The types of the parameters, with their names; undefined as above. */
  readonly parameters: readonly string[] | undefined;
}

export interface DeclaredTypes {
  readonly returns: string;
  readonly parameters: readonly string[];
}

const STORAGE = /^(static|extern|inline|__inline|__inline__|_Noreturn|noreturn|__extension__)$/;

/**
 * Reads `extern unsigned f(int n, char *p)`. Undefined where more than a type stands before the name: an attribute with
 * arguments, a function that returns a pointer to a function.
 */
export function declaredTypes(declaration: string, name: string): DeclaredTypes | undefined {
  const words = lex(declaration).tokens.map((token) => declaration.slice(token.start, token.end));
  const at = words.findIndex((word, index) => word === name && words[index + 1] === '(');
  const specifiers = words.slice(0, at).filter((word) => !STORAGE.test(word));
  if (at < 1 || specifiers.some((word) => !/^([A-Za-z_]\w*|\*)$/.test(word))) return undefined;
  const parameters: string[][] = [[]];
  let depth = 0;
  for (const word of words.slice(at + 1)) {
    if (word === ')' && --depth === 0) break;
    if (word === ',' && depth === 1) parameters.push([]);
    else if (depth > 0) parameters.at(-1)?.push(word);
    if (word === '(') depth++;
  }
  return { returns: specifiers.join(' '), parameters: parameters.map((part) => part.join(' ')) };
}

/** The names that a body or the replacement of a macro calls, as far as its tokens tell. */
export function calledNames(text: string): ReadonlySet<string> {
  const words = lex(text).tokens.map((token) => text.slice(token.start, token.end));
  const isCalled = (word: string, index: number): boolean => words[index + 1] === '(' && /^[A-Za-z_]\w*$/.test(word);
  return new Set(words.filter((word, index) => isCalled(word, index) && !NO_CALL.test(word)));
}

const NO_CALL = /^(if|while|for|switch|return|sizeof|_Alignof|typeof|__typeof__|__attribute__|_Static_assert)$/;
