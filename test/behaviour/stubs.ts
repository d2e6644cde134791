/** Writes the C that surrounds a fixture in a run: the stubs of its callees, and the call of the function itself. */
import { type Parameter, prototypeOf, type Signature } from './declarations.ts';
import { LIBRARY_CALLS, RUNTIME_CALLS } from './library-calls.ts';

/** What a fixture's config promises of a release. */
export interface ReleaseFact {
  readonly release: string;
  readonly kind?: string;
  readonly noopOnSentinel?: boolean;
  readonly keepsErrno?: boolean;
}

/** The stub of one undefined name, or undefined where the real library serves. */
export function stubOf(name: string, source: string, releases: readonly ReleaseFact[]): string | undefined {
  if (RUNTIME_CALLS.has(name)) return undefined;
  const prototype = prototypeOf(source, name);
  const library = LIBRARY_CALLS[name];
  if (library === undefined && prototype === undefined) return undefined;
  const fact = releases.find(({ release }) => release === name);
  const behaviour = library ?? behaviourOf(prototype, source, fact?.keepsErrno ?? false);
  return [
    `long stub_${name}(long a, long b, long c, long d, long e, long f) {`,
    ...(fact?.noopOnSentinel ? ['    if (a == 0) return 0;'] : []),
    ...(fact?.kind === 'memory' ? ['    return stub_free((void *)a), 0;'] : []),
    '    long args[6] = { a, b, c, d, e, f };',
    `    return rt_call("${name}", "${behaviour}", args);`,
    '}',
  ].join('\n');
}

function behaviourOf(prototype: Signature | undefined, source: string, keepsErrno: boolean): string {
  const returns = prototype?.returns ?? 'int';
  const flags = keepsErrno ? 'k' : '';
  const classes = (prototype?.parameters ?? []).slice(0, 6).map(classOf).join('');
  return `${resultClass(returns, source)}${flags}:${classes}`;
}

function resultClass(type: string, source: string): string {
  if (type.includes('*')) return /\bIS_(?:ERR|BAD)\b/.test(source) ? 'e' : 'p';
  if (/^void$/.test(type)) return 'v';
  if (/\b_?[Bb]ool\b/.test(type)) return 'b';
  return /\b(?:long|s?size_t|off_t)\b/.test(type) ? 'l' : 'i';
}

function classOf({ type }: Parameter): string {
  if (/\(\s*\*/.test(type) || type.includes('[')) return 'p';
  const stars = type.split('*').length - 1;
  if (stars >= 2 && !/\bconst\b/.test(type)) return 'o';
  if (stars === 1 && /\bconst\s+char\b/.test(type)) return 's';
  if (stars === 1 && /^\s*int\s*\*/.test(type)) return 'n';
  if (stars >= 1) return 'p';
  return /\b(?:long|size_t|ssize_t)\b/.test(type) ? 'l' : 'i';
}

/** C that includes the fixture and calls one of its functions with plausible arguments. */
export function driverOf(target: Signature, globals: readonly string[]): string {
  const args = target.parameters.map(argumentOf).join(', ');
  const call = `${target.name}(${args})`;
  const isVoid = /^void$/.test(target.returns);
  return [
    '#include "fixture.c"',
    'void *rt_arena(int); long rt_callback(void); long rt_number(void);',
    'void rt_returned(char, const void *, unsigned long); void rt_global(const char *, const void *, unsigned long);',
    'void driver_main(void);',
    'void driver_main(void) {',
    isVoid
      ? `    ${call}; rt_returned('v', 0, 0);`
      : `    __auto_type result = ${call};\n` +
        "    rt_returned(__builtin_classify_type(result) == 5 ? 'p' : 'x', &result, sizeof result);",
    ...globals.map((name) => `    rt_global("${name}", (const void *)&${name}, sizeof ${name});`),
    '}',
    '',
  ].join('\n');
}

function argumentOf({ type }: Parameter, at: number): string {
  if (/\(\s*\*/.test(type)) return '(void *)rt_callback';
  if (/\bconst\s+char\s*\*\s*\w*$/.test(type)) return '"sample"';
  if (type.includes('*') || type.includes('[')) return `rt_arena(${at})`;
  const byValue = /^(?:const\s+)?((?:struct|union)\s+\w+)/.exec(type);
  return byValue ? `(${byValue[1]}){0}` : 'rt_number()';
}
