/**
 * resources: what is known of a name, and from where. Takes definitions, presets and config as data; returns facts.
 * May not look at a function's paths, read files, or guess from the sound of a name.
 */

import type { Member } from '../scan/members.ts';
import type { Signature } from './signature.ts';

/** The value of a handle when nothing is held. */
export type Sentinel = 'null' | '-1' | 'map-failed' | 'none';

/**
 * Where the handle stands in a call: its result; argument n (from 0) itself, `pthread_mutex_init(&m, 0)`; or what
 * argument n points to, `posix_memalign(&p, 64, n)`.
 */
export type HandlePosition = 'result' | `arg:${number}` | `out:${number}` | ElementPosition;

/** `element:0:1`: element 1 of the array that argument 0 points to. `pipe(fds)` fills two. */
export type ElementPosition = `element:${number}:${number}`;

export type ResourceKind = 'memory' | 'handle' | 'descriptor' | 'lock' | 'reference' | 'other';

/** The call obtains a resource. */
export interface AcquireFacts {
  readonly kind: ResourceKind;
  readonly handle: HandlePosition;
  readonly sentinel: Sentinel;
  /** What the handle is after a failure. */
  readonly afterFailure: 'sentinel' | 'unchanged' | 'unspecified' | 'held';
  readonly zeroes: boolean;
  /** How the call's result shows that nothing was acquired; absent: not known. `never`: it ends the program instead. */
  readonly failure?: 'sentinel' | 'nonzero' | 'negative' | 'zero' | 'never';
  /** Names of the calls that release it. */
  readonly releasers: readonly string[];
}

/** The call gives a resource back. */
export interface ReleaseFacts {
  readonly kind: ResourceKind;
  /** Which argument (from 0) is released. */
  readonly argument: number;
  readonly sentinel: Sentinel;
  readonly acceptsSentinel: boolean;
  /** No effect at all on the sentinel: errno and logs included. */
  readonly noopOnSentinel: boolean;
  /** The argument is an lvalue (macro) that is set to its sentinel afterwards. */
  readonly resetting: boolean;
  readonly keepsErrno: boolean;
  /** Does nothing but give back storage: that of its argument, and, unless shallow, what is reached from there. */
  readonly isMemoryRelease: boolean;
  /** Does not even read what is stored in the object (`free`); a destroyer that frees fields first is not shallow. */
  readonly isShallow?: boolean;
  /** A seen definition shows that it neither logs nor sets the thread's last-error record. Absent: not known. */
  readonly isSilent?: boolean;
  /** A seen definition shows that it logs: always for a memory release, sometimes for one that is silent otherwise. */
  readonly logs?: boolean;
}

/** What a macro's replacement text can do behind the caller's back. */
export interface MacroFacts {
  /** return, goto, break or continue that leaves the macro. */
  readonly hasJump: boolean;
  /** Its jumps are all `return`s, and its text is whole: it is one more exit where it stands, and nothing else. */
  readonly onlyReturns?: boolean;
  /** static storage, a label, __COUNTER__: two expansions are not one. */
  readonly isStateful: boolean;
  /** Identifiers of the body (and of macros it uses) that are not parameters: it may read or write these. */
  readonly freeNames: readonly string[];
  /** Parameters (from 0) that the body assigns, increments or takes the address of. */
  readonly writes: readonly number[];
  /** Those of them whose address it takes, or may take in what it calls: somebody may keep it. */
  readonly addresses?: readonly number[];
  /** Free names whose address it may take. */
  readonly addressedNames?: readonly string[];
  /** There is an `#undef` of it, or a variable of its name: where it is used it may be that. */
  readonly isDoubtful?: boolean;
  /** Several statements, or an `if` that a following `else` would belong to: behind `if (c)` it is not what it looks like. */
  readonly isFragment?: boolean;
  /** What no jump may pass where it is used: a variable that is cleaned up by its attribute, an array of a length that may vary. */
  readonly hides?: 'cleanup' | 'array';
}

/** All that is known of one called name. An absent fact is not known. */
export interface NameFacts {
  /**
   * `function`: a prototype, definition or preset says so, or it is a macro that is nothing but one call of a function
   * with each parameter as an argument once. `object`: a variable, which when called is a function pointer.
   * `unknown`: it may be a macro that assigns or jumps.
   */
  readonly kind: 'function' | 'macro' | 'object' | 'unknown';
  readonly macro?: MacroFacts;
  readonly acquires?: readonly AcquireFacts[];
  readonly releases?: ReleaseFacts;
  /** Only reads its arguments and touches nothing but the logger's own state (DESIGN §2, diagnostic). */
  readonly diagnostic?: { readonly readsErrno: boolean };
  /** `true`: control never comes back. `false`: it is known to return. Absent: not known. */
  readonly neverReturns?: boolean;
  /** Its declaration says noreturn under some choice of the preprocessor: no proof rests on that. */
  readonly mayNeverReturn?: boolean;
  /** Its declaration says returns_twice: it is a setjmp. */
  readonly returnsTwice?: boolean;
  /** A seen definition shows that it gives nothing back and hands nothing on, in no callee. */
  readonly releasesNothing?: boolean;
  /** Arguments (from 0) it may keep a pointer to after it returned; absent: any. `[]`: retains nothing. */
  readonly retains?: readonly number[];
  /** Arguments (from 0) it may write through; absent: any. */
  readonly writesThrough?: readonly number[];
  readonly keepsErrno?: boolean;
  /** Absent: it may read errno. */
  readonly readsErrno?: boolean;
  /** No effects, no reads of memory but through its arguments: strcmp, strlen. */
  readonly isPure?: boolean;
  /** Adds: its definition follows no pointer and makes none of a number. Its result depends on the arguments' values. */
  readonly isArithmetic?: boolean;
  /**
   * Its only effects are those through its arguments and on errno: memcpy, snprintf, clock_gettime. It may read
   * anything: the clock, the locale, the environment.
   */
  readonly isLocal?: boolean;
  /** It copies what one argument points to, pointers included, to where another one points: memcpy. */
  readonly copies?: boolean;
  /** Arguments (from 0) whose ownership passes to the callee. */
  readonly consumes?: readonly number[];
  /** `success`: a failing call leaves them with the caller (`fdopen`, `realloc`). Absent: always. */
  readonly consumesWhen?: 'success' | 'always';
  /** The result points into this argument (from 0) or is it: `strcpy`, `strchr`. */
  readonly returnsArgument?: number;
  /** The result points to storage of the callee, which its next call may overwrite: `strerror`, `localtime`. */
  readonly returnsOwnStorage?: boolean;
  /**
   * The argument (from 0) that is a printf format, whose `%n` writes through an argument and whose `%m` reads errno.
   * With a literal format `refineCall` knows more of one call than of the name.
   */
  readonly format?: number;
  /** The argument (from 0) that is the va_list of a printf-like call; what the format writes is its caller's. */
  readonly formatList?: number;
  /** Its only effect is text, to a log or to the stream that an argument (from 0) names: see `refineCall`. */
  readonly output?: 'log' | { readonly stream: number };
  /** For the proof's list: the definition, preset or config line this comes from, e.g. `preset libc`, `x.h:12`. */
  readonly from: string;
}

/** What one translation unit may assume of the names it uses. Pure look-up; never undefined. */
export interface Knowledge {
  name(name: string): NameFacts;
  /** False: certainly `name` tells of nothing that is acquired or released. Much cheaper than to ask it. Absent: ask. */
  mayManage?(name: string): boolean;
  /**
   * Fields declared `volatile` or `_Atomic`, and members of unions, are never cached or swapped. So are variables, types
   * and macros that say it, and functions that give a pointer to such a thing.
   */
  isVolatileField(field: string): boolean;
  /**
   * A struct with both members is in sight (the one that is named, `struct s` or a type name, if one is), and no
   * declaration makes one of them volatile, atomic or part of a union.
   */
  arePlainMembers?(one: string, other: string, owner?: string): boolean;
  /** All declarations of the member in sight, those of its struct if that is; none: nothing is known of it. */
  members?(name: string, owner?: string): readonly Member[];
  /** May the type, named by its words without stars, be that of an array? */
  mayBeArrayType?(base: string): boolean;
  /** The name is a constant (an enumerator, an object-like macro with a literal body, `EINVAL`): it reads no memory. */
  constant?(name: string): { readonly value?: number } | undefined;
  /** The words of the type a type name stands for, where that is one of numbers or an `enum` in every definition in sight. */
  numberType?(name: string): string | undefined;
  /** What is in sight of a function of this name; without it nothing is. */
  signature?(name: string): Signature;
  /** The word is a macro in sight that declares such a variable, or makes one of what it stands at. */
  hiddenScope?(word: string): MacroFacts['hides'];
  /** Does a macro in sight give this word of the language (`NULL`, `true`, `return`) another meaning? */
  redefines?(word: string): boolean;
}
