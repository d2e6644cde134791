/**
 * diagnostics: every refusal code with its words. Takes a code and a detail; returns values. May not print, throw for an
 * expected outcome, or know who asks.
 */
import type { Span } from '../base/span.ts';

/** What each refusal code means and what the user can do about it. The one place for these words. */
export const REFUSALS = {
  'parse-error': {
    means: 'the function does not parse where its control flow matters',
    advice: 'simplify the macro that the parser stumbles over',
  },
  'keyword-census': {
    means: 'a control keyword of the body has no node in the tree',
    advice: 'report the function; nothing was changed',
  },
  'hidden-control-flow': {
    means: 'a macro of the function returns or jumps',
    advice: 'write the jump out, or leave the function',
  },
  'stateful-macro': {
    means: 'a macro with state of its own would be merged or moved',
    advice: 'keep these exits apart',
  },
  'preprocessor-in-region': {
    means: 'preprocessor lines stand in the region',
    advice: 'move the preprocessor lines out of the error paths',
  },
  'vla-scope': {
    means: 'a jump would enter the scope of a variable length array',
    advice: 'declare the array before the first exit',
  },
  'cleanup-attribute': {
    means: 'the function uses a cleanup attribute or guard, which never mixes with goto',
    advice: 'use the attribute for the other resources too',
  },
  setjmp: { means: 'the function saves or restores a jump context', advice: 'none' },
  'computed-goto': { means: 'the function has a computed goto', advice: 'none' },
  'asm-goto': { means: 'the function has an asm goto', advice: 'none' },
  'statement-expression': { means: 'the body has a statement expression', advice: 'write it as statements' },
  'order-conflict': {
    means: 'two exits release in orders that may not be swapped',
    advice: 'bring the releases into one order by hand',
  },
  'different-arguments': { means: 'the same releaser is called with different arguments', advice: 'none' },
  'errno-after-release': {
    means: 'an exit reads errno after a release that may change it',
    advice: 'save errno before the release',
  },
  'return-reads-resource': {
    means: 'a return value reads what was released',
    advice: 'compute the value before the release',
  },
  'inner-address': {
    means: 'the address of an object of an inner block would be used after the block has ended',
    advice: 'declare the object in the outer block',
  },
  'ownership-unclear': {
    means: 'it is not known who owns the resource at an exit',
    advice: 'declare the transfer in goto-cleanup.json',
  },
  alias: { means: 'a handle has an alias that is not understood', advice: 'none' },
  'loop-resource': { means: 'a resource belongs to one iteration of a loop', advice: 'none' },
  'status-type': {
    means: 'no variable can carry every return value unchanged',
    advice: 'give the status the type of the function',
  },
  'name-collision': {
    means: 'a name that is needed means something else there',
    advice: 'rename the inner variable or label',
  },
  'unnameable-type': {
    means: 'a type that a declaration needs cannot be written',
    advice: 'name the type with a typedef',
  },
  'existing-leak': { means: 'the function leaks today', advice: 'mend the leak first' },
  'existing-double-release': { means: 'the function releases twice today', advice: 'mend the double release first' },
  'nothing-gained': { means: 'sharing would not remove enough repetition', advice: 'none' },
  'generated-file': { means: 'the file is generated', advice: 'name the file to override' },
  suppressed: { means: 'a suppression comment covers the function', advice: 'remove the comment' },
  'budget-exceeded': { means: 'the proof took more steps than allowed', advice: 'split the function' },
  'not-proved': { means: 'the rewrite could not be proved', advice: 'report the function; nothing was changed' },
} as const;

export type RefusalCode = keyof typeof REFUSALS;

/** Why a function is left alone: an expected outcome, never an exception. */
export interface Refusal {
  readonly kind: 'refusal';
  readonly code: RefusalCode;
  /** A sentence with the particulars: names and lines of this function. */
  readonly reason: string;
  readonly at: Span;
}

/** Makes a refusal. */
export function refuse(code: RefusalCode, reason: string, at: Span): Refusal {
  return { kind: 'refusal', code, reason, at };
}
