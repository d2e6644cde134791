import { describe, expect, test } from 'vitest';
import type { Knowledge, NameFacts } from '../../src/resources/knowledge.ts';
import { createParser } from '../../src/syntax/parse.ts';
import { verifyFunction } from '../../src/verify/verify-function.ts';

const parser = createParser();
const FREE: NameFacts = {
  kind: 'function',
  releases: {
    kind: 'memory',
    argument: 0,
    sentinel: 'null',
    acceptsSentinel: true,
    noopOnSentinel: true,
    resetting: false,
    keepsErrno: true,
    isMemoryRelease: true,
    isShallow: true,
  },
  retains: [],
  from: 'preset libc',
};
const MALLOC: NameFacts = {
  kind: 'function',
  acquires: [
    {
      kind: 'memory',
      handle: 'result',
      sentinel: 'null',
      afterFailure: 'sentinel',
      zeroes: false,
      releasers: ['free'],
    },
  ],
  writesThrough: [],
  retains: [],
  from: 'preset libc',
};
const KNOWN: Record<string, NameFacts> = {
  free: FREE,
  malloc: MALLOC,
  fclose: { kind: 'function', from: 'preset libc' },
  use: { kind: 'function', from: 'x.h' },
  lock: { kind: 'function', from: 'x.h' },
  unlock: { kind: 'function', from: 'x.h' },
  log_error: { kind: 'function', diagnostic: { readsErrno: false }, from: 'config' },
};
const knowledge: Knowledge = {
  name: (name) => KNOWN[name] ?? { kind: 'unknown', from: 'nothing' },
  isVolatileField: () => false,
};

function parse(text: string) {
  const tree = parser.parse(text, text, 0, text.length, 'f');
  if (!tree) throw new Error('no function');
  return tree;
}
function judge(before: string, after: string) {
  return verifyFunction(parse(before), parse(after), knowledge);
}

const CASCADE = `int f(int n)
{
    char *a = malloc(n);
    if (!a)
        return -1;
    char *b = malloc(n);
    if (!b) {
        free(a);
        return -1;
    }
    if (use(a, b) < 0) {
        free(b);
        free(a);
        return -2;
    }
    use(a, 0);
    free(b);
    free(a);
    return 0;
}`;

describe('verifyFunction', () => {
  test('a function is identical to itself', () => {
    expect(judge(CASCADE, CASCADE)).toMatchObject({ verdict: 'identical', exits: 4 });
  });
  const ladder = `int f(int n)
{
    int result = 0;
    char *a = malloc(n);
    if (!a)
        return -1;
    char *b = malloc(n);
    if (!b) {
        result = -1;
        goto free_a;
    }
    if (use(a, b) < 0) {
        result = -2;
        goto free_b;
    }
    use(a, 0);
free_b:
    free(b);
free_a:
    free(a);
    return result;
}`;
  test('a ladder that carries the status is identical', () => {
    expect(judge(CASCADE, ladder)).toMatchObject({ verdict: 'identical', exits: 4 });
  });
  test.each([
    ['status not set', ladder.replace('result = -2;', '')],
    ['status of another value', ladder.replace('result = -2;', 'result = -3;')],
    ['wrong label, a leak', ladder.replace('goto free_b', 'goto free_a')],
    ['release dropped', ladder.replace('    free(a);\n', '')],
    ['release doubled', ladder.replace('    free(b);\n', '    free(b);\n    free(b);\n')],
    ['narrower status', ladder.replace('int result', 'signed char result')],
    ['unsigned status', ladder.replace('int result', 'unsigned char result')],
    ['effect dropped', ladder.replace('    use(a, 0);\n', '')],
    ['effect doubled', ladder.replace('    use(a, 0);\n', '    use(a, 0);\n    use(a, 0);\n')],
    ['inner status shadows', ladder.replace('        result = -2;', '        int result = -2;')],
    ['condition negated', ladder.replace('if (!b)', 'if (b)')],
  ])('%s is rejected', (_, damaged) => {
    expect(judge(CASCADE, damaged).verdict).toMatch(/different|unproved/);
  });
  const single = `int f(int n)
{
    int result = -1;
    char *b = NULL;
    char *a = malloc(n);
    if (!a)
        return -1;
    b = malloc(n);
    if (!b)
        goto cleanup;
    if (use(a, b) < 0) {
        result = -2;
        goto cleanup;
    }
    use(a, 0);
    result = 0;
cleanup:
    free(b);
    free(a);
    return result;
}`;
  test('a single block rests on free(NULL)', () => {
    expect(judge(CASCADE, single)).toMatchObject({ verdict: 'equivalent', uses: ['noop-release'] });
  });
  test.each([
    [
      'sentinel lost',
      single.replace('char *b = NULL;', 'char *b;').replace('return -1;\n    b', 'goto cleanup;\n    b'),
    ],
    ['success falls in without its value', single.replace('    result = 0;\n', '')],
    [
      'other order against a reader',
      single.replace('use(a, 0);\n', 'free(b);\n    use(a, 0);\n').replace('cleanup:\n    free(b);', 'cleanup:\n'),
    ],
  ])('%s is rejected', (_, damaged) => {
    expect(judge(CASCADE, damaged).verdict).toMatch(/different|unproved/);
  });
  test('releases in another order', () => {
    const other = CASCADE.replace(
      'free(b);\n        free(a);\n        return -2',
      'free(a);\n        free(b);\n        return -2',
    );
    expect(judge(CASCADE, other)).toMatchObject({ verdict: 'equivalent', uses: ['errno: free', 'reorder'] });
  });
  test('inverted ifs and merged conditions', () => {
    const before = 'int f(char *p, int n) { if (!p || n < 0) { return -1; } use(p, n); return 0; }';
    expect(
      judge(before, 'int f(char *p, int n) { if (p != NULL) { if (!(n < 0)) { use(p, n); return 0; } } return -1; }')
        .verdict,
    ).toBe('identical');
    expect(
      judge(before, 'int f(char *p, int n) { if (NULL == p) return -1; if (n < 0) return -1; use(p, n); return 0; }')
        .verdict,
    ).toBe('identical');
    expect(
      judge(before, 'int f(char *p, int n) { if (NULL == p) return -1; if (n <= 0) return -1; use(p, n); return 0; }')
        .verdict,
    ).not.toBe('identical');
  });
  test('loops', () => {
    const before =
      'int f(char *p, int n) { for (int i = 0; i < n; i++) { if (use(p, i)) { free(p); return -1; } } free(p); return 0; }';
    const after =
      'int f(char *p, int n) { int ret = 0; for (int i = 0; i < n; i++) { if (use(p, i)) { ret = -1; goto out; } } out: free(p); return ret; }';
    expect(judge(before, after)).toMatchObject({ verdict: 'identical' });
    expect(judge(before, after.replace('ret = -1', 'ret = i')).verdict).not.toBe('identical');
    expect(judge(before, after.replace('i < n', 'i <= n')).verdict).not.toBe('identical');
    expect(judge(before, after.replace('ret = 0;', 'ret;')).verdict).not.toBe('identical');
  });
  test('reads are not moved to where they may trap', () => {
    expect(
      judge(
        'int f(struct s *s) { if (!s) return -1; return s->n; }',
        'int f(struct s *s) { int n = s->n; if (!s) return -1; return n; }',
      ),
    ).toMatchObject({ verdict: 'different', reason: expect.stringContaining('follows a null pointer') });
    expect(
      judge(
        'int f(struct s *s) { int n = s->n; free(s->b); return n; }',
        'int f(struct s *s) { int n; free(s->b); n = s->n; return n; }',
      ).verdict,
    ).toBe('unproved');
  });
  test('locks keep their order', () => {
    const before = 'int f(int n) { lock(n); if (n) { log_error(n); unlock(n); return -1; } unlock(n); return 0; }';
    expect(judge(before, before.replace('log_error(n); unlock(n);', 'unlock(n); log_error(n);')).verdict).not.toMatch(
      /identical|equivalent/,
    );
  });
  test('a name of unknown kind may be a macro that assigns its argument', () => {
    const before = 'int f(char *a) { int rc = 0; CHECK(rc); if (rc) { free(a); return rc; } free(a); return rc; }';
    const after = 'int f(char *a) { int rc = 0; CHECK(rc); free(a); return rc; }';
    expect(judge(before, after).verdict).toBe('identical');
    expect(judge(before, after.replace('return rc', 'return 0')).verdict).not.toBe('identical');
  });
  test('a name of unknown kind may be a macro that jumps to a label', () => {
    const before =
      'int f(char *a) { int rc = -1; CHECK(a); if (use(a)) { free(a); return -2; } rc = 0; out: free(a); return rc; }';
    const after =
      'int f(char *a) { int rc = -1; CHECK(a); if (use(a)) { rc = -2; goto out; } rc = 0; out: free(a); return rc; }';
    expect(judge(before, after).verdict).toBe('identical');
    expect(
      judge(
        before,
        'int f(char *a) { int rc; CHECK(a); if (use(a)) { rc = -2; goto out; } rc = 0; out: free(a); return rc; }',
      ).verdict,
    ).not.toBe('identical');
  });
  test('an object of an inner block is not used behind it', () => {
    const before =
      'int f(struct h *h) { if (use(h)) { char t[8]; use(h, t); unlock(h); return -1; } unlock(h); return 0; }';
    const after =
      'int f(struct h *h) { int r = 0; if (use(h)) { char t[8]; use(h, t); r = -1; goto out; } out: unlock(h); return r; }';
    expect(judge(before, after)).toMatchObject({ verdict: 'unproved', code: 'inner-address' });
    expect(judge(before.replaceAll('use(h, t)', 't[0] = 1'), after.replaceAll('use(h, t)', 't[0] = 1')).verdict).toBe(
      'identical',
    );
  });
});

test('what nests deeper than a tree is copied is never proved, whatever the difference below', () => {
  const nested = (inner: string): string => `int f(void) { int x = ${'!'.repeat(3000)}${inner}; return x; }`;
  for (const inner of ['one(1)', 'one(2)']) {
    const { verdict, code } = judge(nested('one(1)'), nested(inner));
    expect({ verdict, code }).toEqual({ verdict: 'unproved', code: 'budget-exceeded' });
  }
});
