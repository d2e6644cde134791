/**
 * The function as a list of small operations on a stack of terms: what the simulation steps through.
 * Short-circuit operators and `?:` inside expressions are jumps here, so every value has one place of evaluation.
 */
import type { Span } from '../base/span.ts';
import type { Declaration } from '../syntax/bindings.ts';
import type { SyntaxNode } from '../syntax/tree.ts';
import type { NameFacts } from '../resources/knowledge.ts';
import type { Term } from './terms.ts';

/** A call that is compared by its text: a macro, or a name that may be one. Its arguments may be evaluated any number of times. */
export interface TextCall {
  /** Name and arguments, white space and comments folded. */
  readonly text: string;
  /** Locals its text names (or its definition does). */
  readonly mentions: readonly Declaration[];
  /** Those it may assign. */
  readonly writes: readonly Declaration[];
  /** Set where two expansions are not one: the how-manieth expansion of this name in the text. */
  readonly site: string | undefined;
  /** It may be a macro that jumps. */
  readonly mayJump: boolean;
  /** It may, and only to the end of the function, by a return of its own. */
  readonly onlyReturns: boolean;
  /** It may be a macro that reads and assigns locals which are not its arguments: those in sight. */
  readonly mayName: boolean;
  readonly inSight: readonly Declaration[];
  /** Names in it that mean nothing declared in the function: variables of the file, most likely. */
  readonly globals: readonly string[];
  /** Set where C does not order it against something else: the text of the whole expression. */
  readonly tag: string;
}

export type Op =
  | { readonly op: 'push'; readonly term: Term }
  | { readonly op: 'get'; readonly declaration: Declaration }
  /** Pops a value, converts it, assigns; pushes it again. */
  | { readonly op: 'set'; readonly declaration: Declaration }
  | { readonly op: 'undefine'; readonly declaration: Declaration }
  /** Pops an address, pushes what is stored there. */
  | {
      readonly op: 'load';
      readonly isVolatile: boolean;
      /** The lvalue may be an array, whose value is its address. */
      readonly mayDecay?: boolean;
    }
  /** Pops a value and an address; pushes the value. */
  | { readonly op: 'store'; readonly isVolatile: boolean; readonly isInitial: boolean; readonly tag: string }
  | {
      readonly op: 'apply';
      readonly name: string;
      readonly arity: number;
      readonly text: string;
    }
  | { readonly op: 'convert'; readonly type: string }
  | {
      readonly op: 'call';
      readonly name: string | undefined;
      readonly arity: number;
      readonly facts: NameFacts;
      readonly tag: string;
      readonly writes: readonly (Declaration | undefined)[];
      /** `malloc(sizeof *p)`: the type of p. */
      readonly sizedAs: string | undefined;
      /** The type of numbers that it is declared to return; empty where that is not known. */
      readonly returns: string;
    }
  | { readonly op: 'text'; readonly call: TextCall; readonly facts: NameFacts | undefined }
  | { readonly op: 'drop' }
  | { readonly op: 'copy' }
  /** Exchanges the two values on top. */
  | { readonly op: 'swap' }
  | { readonly op: 'jump'; readonly to: number }
  /** Pops a value; goes on when it is not zero, jumps when it is. */
  | { readonly op: 'unless'; readonly to: number }
  /** Compares the value on top with a case label: on a match pops it and jumps. */
  | { readonly op: 'case'; readonly label: Term | undefined; readonly text: string; readonly to: number }
  | { readonly op: 'leave'; readonly declarations: readonly Declaration[] }
  | { readonly op: 'leave-macro'; readonly text: string }
  | { readonly op: 'join' }
  | { readonly op: 'header' }
  | { readonly op: 'exit'; readonly hasValue: boolean }
  | { readonly op: 'stuck' };

/** A local that is kept in memory, and where in the text it is alive: from the head of its block to the end. */
export interface LocalObject {
  readonly term: Term;
  readonly start: number;
  readonly end: number;
}

export interface Program {
  readonly ops: readonly Op[];
  /** For each operation, the node it comes from. */
  readonly nodes: readonly SyntaxNode[];
  /** For each operation a byte offset in the text from which one sees the same objects; undefined: not known. */
  readonly places: readonly (number | undefined)[];
  /** Locals that are kept in memory or may be; no parameters. */
  readonly objects: readonly LocalObject[];
  /** Label name to operation. */
  readonly labels: ReadonlyMap<string, number>;
  /** For each operation the private locals that may be read later, as declaration ids. */
  readonly live: readonly ReadonlySet<number>[];
  readonly returnType: string;
  /** For an operation inside a loop or switch that may be a macro: where a `break` or `continue` in it would go. */
  readonly around: ReadonlyMap<number, ReadonlyMap<string, number>>;
  readonly parameters: readonly Declaration[];
  /** The function's body, from brace to brace. */
  readonly body: Span;
  readonly isPrivate: (declaration: Declaration) => boolean;
}

/**
 * Is the object alive where the operation stands? Whether its block was entered by a jump makes no difference (C11
 * 6.2.4p6). Where the place is not known it may be.
 */
export function mayBeAlive(program: Program, at: number, object: LocalObject): boolean {
  const place = program.places[at];
  return place === undefined || (object.start <= place && place < object.end);
}

/** Does the object live as long as the function? */
export function isAlwaysAlive(program: Program, object: LocalObject): boolean {
  return object.start <= program.body.start && program.body.end <= object.end;
}

/** What people are shown of a decision: the condition, and of a case its label. */
export function conditionSpan(node: SyntaxNode): Span {
  const colon = node.kind === 'case_statement' ? node.children.find((child) => child.kind === ':') : undefined;
  return { start: node.start, end: colon?.start ?? node.end };
}
