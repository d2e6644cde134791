import { describe, expect, test } from 'vitest';
import { factsOf } from './know.ts';

const HEAD = '#include <stdlib.h>\nvoid die(const char *);\nvoid keep(void *);\nvoid *global;\n';
const acquires = (text: string, name = 'A') => factsOf(name, HEAD + text).acquires;

const MALLOC = {
  kind: 'memory',
  handle: 'result',
  sentinel: 'null',
  afterFailure: 'sentinel',
  failure: 'sentinel',
  zeroes: false,
  releasers: ['free'],
};

describe('what is returned is fresh', () => {
  test.each([
    ['#define A(n) malloc(n)'],
    ['#define A(n, type) ((type *)malloc((n) * sizeof(type)))'],
    ['#define A(n, type) ({ type _p = (type)malloc(n); if (!_p) { die("memory"); } _p; })'],
    ['static void *A(int n) { return malloc(n); }'],
    ['static void *A(int n) { void *p = malloc(n); if (!p) return NULL; return p; }'],
    ['static void *A(int n) { void *p = malloc(n); if (p == NULL) die("memory"); return p; }'],
    ['static char *A(int n) { char *p; if (n < 0) return 0; p = malloc(n); if (p) p[0] = 0; return p; }'],
  ])('%s', (text) => {
    expect(acquires(text)).toEqual([MALLOC]);
  });

  test('zeroed only while nothing is stored in it', () => {
    expect(acquires('#define A(n) calloc(1, n)')).toEqual([{ ...MALLOC, zeroes: true }]);
    expect(acquires('static int *A(void) { int *p = calloc(1, 4); if (p) *p = 3; return p; }')).toEqual([MALLOC]);
  });

  test('it ends the program instead of failing', () => {
    const text = 'static void *A(int n) { void *p = malloc(n); if (!p) abort(); return p; }';
    expect(acquires(text)).toEqual([{ ...MALLOC, failure: 'never' }]);
  });

  test('a macro that stores it in its argument', () => {
    expect(acquires('#define A(dst, n) do { (dst) = malloc(n); } while (0)')).toMatchObject([
      { handle: 'arg:0', sentinel: 'null', afterFailure: 'sentinel' },
    ]);
  });

  test('with more inside, plain free would leak', () => {
    const text =
      'struct s { char *b; };\nstatic struct s *A(void) { struct s *p = malloc(8); char *b; if (!p) return 0; ' +
      'b = malloc(2); if (!b) { free(p); return 0; } p->b = b; return p; }';
    expect(acquires(text)).toMatchObject([{ kind: 'memory', releasers: [] }]);
  });
});

test.each([
  [
    'a callee may have put something in it',
    'void fill(void *);\nstatic void *A(int n) { void *p = malloc(n); if (p) fill(p); return p; }',
  ],
  [
    'something was put in it',
    'void *make(void);\nstruct s { void *x; };\nstatic struct s *A(void) { struct s *p = malloc(8); if (p) p->x = make(); return p; }',
  ],
])('free alone may leave something behind: %s', (_, text) => {
  expect(acquires(text)?.[0]?.releasers ?? []).toEqual([]);
});

describe('damaged: nothing is known', () => {
  test.each([
    ['somebody else keeps it', 'static void *A(int n) { void *p = malloc(n); keep(p); return p; }'],
    ['a global holds it too', 'static void *A(int n) { global = malloc(n); return global; }'],
    ['an argument holds it too', 'static void *A(void **out) { void *p = malloc(1); *out = p; return p; }'],
    ['it was released', 'static void *A(int n) { void *p = malloc(n); free(p); return p; }'],
    ['it leaks on failure', 'static void *A(int n) { void *p = malloc(n); if (n > 9) return NULL; return p; }'],
    ['something else comes back', 'static void *A(int n) { if (n) return global; return malloc(n); }'],
    ['a cache', 'static void *A(int n) { static void *p; if (!p) p = malloc(n); return p; }'],
  ])('%s', (_, text) => {
    expect(acquires(text)).toBeUndefined();
  });
});
