/** `different` is only said where a run certainly takes the path, and where what one side does more is certainly done. */
import { describe, expect, it } from 'vitest';
import { judge } from './judge.ts';

/** Bodies of `int f(int n, unsigned u, bool b, struct s *s, const char *a)`. */
const head = 'int f(int n, unsigned u, bool b, struct s *s, const char *a)';
const f = (body: string): string => `${head} { ${body} }`;

const NOT_CERTAIN: readonly (readonly [why: string, before: string, after: string])[] = [
  ['no number is both', 'if (n < 10) { if (n > 40) one(1); return 1; } return 2;', 'if (n < 10) return 1; return 2;'],
  ['an unsigned number', 'if (u < 0) one(1); return 3;', 'return 3;'],
  ['a bool', 'if (b == 2) one(1); return 3;', 'return 3;'],
  [
    'the same question twice',
    'if (strcmp(a, "x") == 0) { if (strcmp(a, "x") != 0) one(1); return 1; } return 0;',
    'if (strcmp(a, "x") == 0) { strcmp(a, "x"); return 1; } return 0;',
  ],
  [
    'a field read twice',
    'if (s->n) { h(); if (!s->n) one(1); return 1; } return 0;',
    'if (s->n) { h(); return 1; } return 0;',
  ],
  [
    'a count',
    'int i; for (i = 0; i < 3; i++) h(); if (i != 3) one(1); return 1;',
    'int i; for (i = 0; i < 3; i++) h(); return 1;',
  ],
  ['two variables', 'if (n < s->n) { if (s->n < n) one(1); return 1; } return 0;', 'if (n < s->n) return 1; return 0;'],
  [
    'a release of null',
    'int r = -1; struct s *p = x_create(); if (!p) return r; h(); x_destroy(p); return 0;',
    'int r = -1; struct s *p = x_create(); if (!p) goto out; h(); r = 0; out: x_destroy(p); return r;',
  ],
  ['a release of what a callee has left', 'get(s->p); return 0;', 'get(s->p); free(s->buf); return 0;'],
  ['a macro that may do nothing', 'if (n) { TRACE(n); return 1; } return 0;', 'if (n) return 1; return 0;'],
];

describe('not certain', () => {
  it.each(NOT_CERTAIN)('%s', (_, before, after) => {
    expect(judge(f(before), f(after)).verdict).toBe('unproved');
  });
});

describe('certain', () => {
  it.each([
    ['n < 10 and n > 4', 'if (n < 10) { if (n > 4) one(1); return 1; } return 2;', 'if (n < 10) return 1; return 2;'],
    ['an unsigned number above zero', 'if (u > 0) one(1); return 3;', 'return 3;'],
    [
      'other questions',
      'if (use(a, 1)) { if (use(s, 2)) one(1); return 1; } return 0;',
      'if (use(a, 1)) { use(s, 2); return 1; } return 0;',
    ],
    [
      'a leak',
      'char *p = malloc(3); if (!p) return -1; step(); free(p); return 0;',
      'char *p = malloc(3); if (!p) return -1; step(); return 0;',
    ],
    ['a lost code', 'if (n) return -EINVAL; return 0;', 'int r = 0; if (n) goto out; out: return r;'],
  ])('%s', (_, before, after) => {
    expect(judge(f(before), f(after)).verdict).toBe('different');
  });

  it('both sides are followed to their exits', () => {
    const before =
      'char *p = malloc(3); if (!p) return -1; if (one(n)) { free(p); step(); return -2; } free(p); return 0;';
    const after = 'char *p = malloc(3); if (!p) return -1; if (one(n)) { step(); return -2; } free(p); return 0;';
    const { reason, difference } = judge(f(before), f(after));
    expect(reason).toMatch(/^the before version calls `free\(p\)` \(line \d+\), the after version never calls `free`$/);
    expect(difference?.before).toMatchObject({
      effects: ['malloc(3)', 'one(n)', 'free(p)', 'step()'],
      holds: [],
      returns: '-2',
    });
    expect(difference?.after).toMatchObject({
      effects: ['malloc(3)', 'one(n)', 'step()'],
      holds: ['malloc(3)'],
      returns: '-2',
    });
    expect(difference?.decisions.map(({ text, taken }) => [text, taken])).toEqual([
      ['p', true],
      ['one(n)', true],
    ]);
  });
});
