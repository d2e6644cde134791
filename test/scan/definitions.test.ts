import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scanDefinitions } from '../../src/scan/definitions.ts';
import { anyBytes, scrambledC } from './c-text.ts';

describe('macros', () => {
  it('reads parameters, bodies and what is variadic', () => {
    const text =
      '#define A\n#define B(x, y) f(x, \\\n  "a  // b" /* c */, y)\n#define C(f, ...) f\n# define D(a...) a\n#define E (x)\n';
    expect(scanDefinitions(text).macros).toMatchObject([
      { name: 'A', params: undefined, isVariadic: false, body: '' },
      { name: 'B', params: ['x', 'y'], isVariadic: false, body: 'f(x, "a  // b" , y)' },
      { name: 'C', params: ['f'], isVariadic: true, body: 'f' },
      { name: 'D', params: ['a'], isVariadic: true, body: 'a' },
      { name: 'E', params: undefined, body: '(x)' },
    ]);
  });

  it('finds those inside functions, and not those in dead text', () => {
    const text = 'int f(void) {\n#define IN 1\n}\n#if 0\n#define DEAD 1\n#endif\n';
    expect(scanDefinitions(text).macros.map(({ name }) => name)).toEqual(['IN']);
  });
});

describe('conditions', () => {
  it('lists what must hold, outermost first, without the include guard', () => {
    const text =
      '#ifndef X_H\n#define X_H\n#ifdef _WIN32\nint a(void);\n#elif B > 1\nint b(void);\n#else\n#if !defined(C)\nint c(void) { return 0; }\n#endif\n#endif\n#endif\n';
    const { prototypes, functions } = scanDefinitions(text);
    expect(prototypes.map(({ name, conditions }) => [name, conditions])).toEqual([
      ['a', ['defined(_WIN32)']],
      ['b', ['!defined(_WIN32)', 'B>1']],
    ]);
    expect(functions.map(({ name, conditions }) => [name, conditions])).toEqual([
      ['c', ['!defined(_WIN32)', '!(B>1)', '!defined(C)']],
    ]);
  });
});

describe('includes', () => {
  it('tells system headers from others', () => {
    expect(scanDefinitions('#include <a/b.h>\n#  include "c.h" // d\n#include MACRO\n').includes).toMatchObject([
      { path: 'a/b.h', isSystem: true },
      { path: 'c.h', isSystem: false },
    ]);
  });
});

describe('prototypes', () => {
  it('takes declarations of functions, with their attributes', () => {
    const text =
      'extern void die(int) __attribute__((noreturn));\nNORETURN void stop(void);\nAPI char *dup(const char *s) MALLOC(free, 1);\nint (*find(int a))(void);\nstruct s *make(void);\n';
    expect(scanDefinitions(text).prototypes.map(({ name, attributes }) => [name, ...attributes])).toEqual([
      ['die', '__attribute__((noreturn))'],
      ['stop', 'NORETURN'],
      ['dup', 'API', 'MALLOC(free, 1)'],
      ['find'],
      ['make'],
    ]);
  });

  it.each([
    'int (*hook)(int);',
    'MODULE_LICENSE("GPL");',
    'static DEFINE_MUTEX(lock);',
    'typedef int fn(void);',
    'int x __aligned(8);',
    'int a[SIZE(3)];',
    'int y = f(1);',
    'struct s { int (*f)(void); };',
  ])('not %s', (text) => {
    expect(scanDefinitions(text).prototypes).toEqual([]);
  });
});

describe('fields that may never be cached', () => {
  it('takes volatile and atomic ones, and the members of unions', () => {
    const text =
      'struct s { volatile int a, b; int c; _Atomic(int) d; int *volatile e; atomic_int f; };\nunion { int g; struct { char h[2]; } i; };\nstruct { int j; };';
    expect(scanDefinitions(text).volatileFields).toEqual(['a', 'b', 'd', 'e', 'f', 'g', 'h', 'i']);
  });
});

it('lists typedefs, with the words of those that are numbers', () => {
  const text = [
    'typedef struct s { int a; } t;',
    'typedef int (*fn)(void);',
    'typedef char buf[3];',
    'typedef enum { A, B /* last */ } color_t;',
    'typedef enum color color_e;',
    'typedef unsigned   int word;',
    'typedef word bits;',
    'typedef const char *name_t;',
    '#ifdef WIDE',
    'typedef long either;',
    '#else',
    'typedef char *either;',
    '#endif',
    '#ifdef _WIN32',
    'typedef int handle;',
    '#endif',
  ].join('\n');
  expect(Object.fromEntries(scanDefinitions(text).typedefs)).toEqual({
    t: undefined,
    fn: undefined,
    buf: undefined,
    color_t: 'enum',
    color_e: 'enum',
    word: 'unsigned int',
    bits: 'word',
    name_t: undefined,
    either: undefined,
    handle: undefined,
  });
});

it('never throws', () => {
  fc.assert(
    fc.property(fc.oneof(scrambledC, anyBytes), (text) => void scanDefinitions(text)),
    { numRuns: 500 },
  );
});
