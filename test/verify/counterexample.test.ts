/**
 * `different` is only said where a run shows it. Each pair that does the same, or of which nobody can say here that it
 * does not, has a twin from which it differs by one hazard, and which is different.
 */
import { describe, expect, it } from 'vitest';
import { HEAD, judge } from './judge.ts';

/** Bodies of `int f(int n, unsigned u, bool b, struct s *s, const char *a)`. */
const head = 'int f(int n, unsigned u, bool b, struct s *s, const char *a)';

/** What stands above it, beside the head of the other tests. */
const SIGHT = `${HEAD}
#define ERR -1
#define ASSERT(x) do { if (!(x)) abort(); } while (0)
#define NOTHING(x) do { } while (0)
#define kfree free
typedef unsigned char tiny_t;
static int never(void) { return 0; }
static void nothing(void) { }
static void drop(void *p) { free(p); }
static void die_if(int n) { if (n) exit(1); }
static int is_null(const void *p) { return p == NULL; }
static const int LIMIT = 5;
static int debug = 0;
unsigned ucount(void);
bool flag(void);
tiny_t tiny(void);
unknown_t other(void);
void set_flag(bool);
void set_level(int);
union un { int whole; char part; };
`;

const verdictOf = (before: string, after: string) => judge(`${head} { ${before} }`, `${head} { ${after} }`, SIGHT);

interface Twins {
  readonly why: string;
  /** Before and after: not certain. */
  readonly same: readonly [before: string, after: string];
  readonly different: readonly [before: string, after: string];
}

const STRINGS = 'char *p = malloc(3); if (!p) return -1; use(p, 1);';

/** Paths that no run takes. */
const PATHS: readonly Twins[] = [
  {
    why: 'no number is both',
    same: ['if (n < 10) { if (n > 40) one(1); return 1; } return 2;', 'if (n < 10) return 1; return 2;'],
    different: ['if (n < 10) { if (n > 4) one(1); return 1; } return 2;', 'if (n < 10) return 1; return 2;'],
  },
  {
    why: 'the same question in other words',
    same: ['if (n > 3) { if (!(n > 2)) one(1); return 1; } return 0;', 'if (n > 3) return 1; return 0;'],
    different: ['if (n > 3) { if (!(n > 4)) one(1); return 1; } return 0;', 'if (n > 3) return 1; return 0;'],
  },
  {
    why: 'an unsigned number',
    same: ['if (u < 0) one(1); return 3;', 'return 3;'],
    different: ['if (u > 0) one(1); return 3;', 'return 3;'],
  },
  {
    why: 'a callee that returns unsigned',
    same: ['if (ucount() < 0) one(1); return 3;', 'ucount(); return 3;'],
    different: ['if (h() < 0) one(1); return 3;', 'h(); return 3;'],
  },
  {
    why: 'a type name for a small unsigned number',
    same: ['if (tiny() > 255) one(1); return 3;', 'tiny(); return 3;'],
    different: ['if (tiny() > 254) one(1); return 3;', 'tiny(); return 3;'],
  },
  {
    why: 'a type of which nothing is known',
    same: ['if (other() < 0) one(1); return 3;', 'other(); return 3;'],
    different: ['if (other() != 0) one(1); return 3;', 'other(); return 3;'],
  },
  {
    why: 'a bool',
    same: ['if (b == 2) one(1); return 3;', 'return 3;'],
    different: ['if (b == 1) one(1); return 3;', 'return 3;'],
  },
  {
    why: 'a callee that returns a bool',
    same: ['if (flag() > 1) one(1); return 3;', 'flag(); return 3;'],
    different: ['if (flag() > 0) one(1); return 3;', 'flag(); return 3;'],
  },
  {
    why: 'two questions about one text',
    same: [
      'if (strcmp(a, "x") == 0) { if (strcmp(a, "y") == 0) one(1); return 1; } return 0;',
      'if (strcmp(a, "x") == 0) { strcmp(a, "y"); return 1; } return 0;',
    ],
    different: [
      'if (strcmp(a, "x") == 0) { if (strcmp(s->buf, "y") == 0) one(1); return 1; } return 0;',
      'if (strcmp(a, "x") == 0) { strcmp(s->buf, "y"); return 1; } return 0;',
    ],
  },
  {
    why: 'a question about constants',
    same: ['if (strcmp("x", "y") == 0) one(1); return 0;', 'return 0;'],
    different: ['if (strcmp(a, "y") == 0) one(1); return 0;', 'return 0;'],
  },
  {
    why: 'a question about what the function has written itself',
    same: ['s->buf[0] = 0; if (strlen(s->buf)) one(1); return 0;', 's->buf[0] = 0; return 0;'],
    different: ['s->c = 0; if (strlen(s->buf)) one(1); return 0;', 's->c = 0; return 0;'],
  },
  {
    why: 'a count',
    same: [
      'int i; for (i = 0; i < 3; i++) h(); if (i != 3) one(1); return 1;',
      'int i; for (i = 0; i < 3; i++) h(); return 1;',
    ],
    different: [
      'int i; for (i = 0; i < 3; i++) h(); if (i != 2) one(1); return 1;',
      'int i; for (i = 0; i < 3; i++) h(); return 1;',
    ],
  },
  {
    why: 'two variables',
    same: ['if (n < s->n) { if (s->n < n) one(1); return 1; } return 0;', 'if (n < s->n) return 1; return 0;'],
    different: ['if (n < s->n) { if (s->n > n) one(1); return 1; } return 0;', 'if (n < s->n) return 1; return 0;'],
  },
  {
    why: 'a null pointer that was followed before',
    same: ['int x = s->n; if (!s) { one(1); return 1; } return x;', 'return s->n;'],
    different: ['if (!s) { one(1); return 1; } return s->n;', 'if (!s) return 1; return s->n;'],
  },
  {
    why: 'zeros of calloc',
    same: [
      'struct t *p = calloc(1, n); if (!p) return -1; if (p->a) { one(p->b); } free(p); return p == 0;',
      'struct t *p = calloc(1, n); if (!p) return -1; free(p); return p == 0;',
    ],
    different: [
      'struct s *p = x_create(); if (!p) return -1; if (p->n) one(1); x_destroy(p); return 0;',
      'struct s *p = x_create(); if (!p) return -1; x_destroy(p); return 0;',
    ],
  },
  {
    why: 'zeros of memset',
    same: [
      'struct s x; memset(&x, 0, sizeof x); if (x.n) one(1); return 0;',
      'struct s x; memset(&x, 0, sizeof x); return 0;',
    ],
    different: ['struct s x; put(&x, s); if (x.n) one(1); return 0;', 'struct s x; put(&x, s); return 0;'],
  },
  {
    why: 'storage of fewer bytes than none',
    same: [
      'char *p = malloc(n); if (!p) return -1; if (n < 0) one(1); free(p); return 0;',
      'char *p = malloc(n); if (!p) return -1; free(p); return 0;',
    ],
    different: [
      'char *p = malloc(n); if (!p) return -1; if (n < 1) one(1); free(p); return 0;',
      'char *p = malloc(n); if (!p) return -1; free(p); return 0;',
    ],
  },
  {
    why: 'errno, which any callee sets',
    same: ['errno = 0; h(); if (errno) one(1); return 0;', 'errno = 0; h(); return 0;'],
    different: ['errno = 0; if (h()) one(1); return 0;', 'errno = 0; h(); return 0;'],
  },
  {
    why: 'a variable of the file that nobody sets',
    same: ['if (debug) one(1); return 0;', 'return 0;'],
    different: ['if (s->n) one(1); return 0;', 'return 0;'],
  },
  {
    why: 'a constant of the file',
    same: ['if (LIMIT < 3) one(1); return 0;', 'return 0;'],
    different: ['if (n < 3) one(1); return 0;', 'return 0;'],
  },
  {
    why: 'members that share their storage',
    same: ['union un x; x.whole = 0; if (x.part) one(1); return 0;', 'return 0;'],
    different: ['struct s x; x.c = 1; x.n = 0; if (x.c) one(1); return 0;', 'return 0;'],
  },
  {
    why: 'what only an overflow shows',
    same: ['if (n + 1 < n) one(1); return 0;', 'return 0;'],
    different: ['if (n + 1 < 2) one(1); return 0;', 'return 0;'],
  },
  {
    why: 'what the before version leaves undefined',
    same: ['int r; if (n) return r; return 0;', 'if (n) return 7; return 0;'],
    different: ['int r = 0; if (n) return r; return 0;', 'if (n) return 7; return 0;'],
  },
  {
    why: 'an indeterminate value that nobody looks at',
    same: [
      'int r; int t; if (n) { r = 1; t = r; one(t); } return 0;',
      'int r; int t; t = r; if (n) { r = 1; t = r; one(t); } return 0;',
    ],
    different: ['int r = 0; if (n) r = 1; return r;', 'int r; if (n) r = 1; return r;'],
  },
];

/** Callees and macros whose text is in sight, or that may be something else than a function. */
const CALLEES: readonly Twins[] = [
  {
    why: 'a body that always answers the same',
    same: ['if (never()) one(1); return 3;', 'never(); return 3;'],
    different: ['if (h()) one(1); return 3;', 'h(); return 3;'],
  },
  {
    why: 'a body that does nothing',
    same: ['nothing(); use(s, 1); return 0;', 'use(s, 1); return 0;'],
    different: ['step(); use(s, 1); return 0;', 'use(s, 1); return 0;'],
  },
  {
    why: 'a body that is the call of the other version',
    same: [`${STRINGS} drop(p); return 0;`, `${STRINGS} free(p); return 0;`],
    different: [`${STRINGS} use(p, 2); return 0;`, `${STRINGS} free(p); return 0;`],
  },
  {
    why: 'a body that may end the program',
    same: ['die_if(n); if (n) one(1); return 0;', 'die_if(n); return 0;'],
    different: ['one(n); if (n) one(1); return 0;', 'one(n); return 0;'],
  },
  {
    why: 'a body that answers what was asked before',
    same: [`${STRINGS} if (is_null(p)) one(1); free(p); return 0;`, `${STRINGS} is_null(p); free(p); return 0;`],
    different: [`${STRINGS} if (use(p, 2)) one(1); free(p); return 0;`, `${STRINGS} use(p, 2); free(p); return 0;`],
  },
  {
    why: 'an assertion',
    same: ['ASSERT(s); if (!s) { one(1); return -1; } return 0;', 'ASSERT(s); return 0;'],
    different: ['put(s, s); if (!s) { one(1); return -1; } return 0;', 'put(s, s); return 0;'],
  },
  {
    why: 'a macro that may do nothing',
    same: ['if (n) { TRACE(n); return 1; } return 0;', 'if (n) return 1; return 0;'],
    different: ['if (n) { KNOWN(n); return 1; } return 0;', 'if (n) return 1; return 0;'].map((text) =>
      text.replace('KNOWN', 'one'),
    ) as [string, string],
  },
  {
    why: 'a macro that does nothing',
    same: ['NOTHING(n); return 0;', 'return 0;'],
    different: ['one(n + 1); return 0;', 'return 0;'],
  },
  {
    why: 'a macro that is the call of the other version',
    same: [`${STRINGS} kfree(p); return 0;`, `${STRINGS} free(p); return 0;`],
    different: [`${STRINGS} put(s, p); return 0;`, `${STRINGS} free(p); return 0;`],
  },
  {
    why: 'a name that may be a macro that assigns',
    same: ['int r = 0; CHECK(r); if (r) one(1); return 0;', 'int r = 0; CHECK(r); return 0;'],
    different: ['int r = 0; get(&r); if (r) one(1); return 0;', 'int r = 0; get(&r); return 0;'],
  },
  {
    why: 'a name that may be a macro that returns',
    same: ['MYSTERY(n); if (n) { one(1); return 1; } return 0;', 'MYSTERY(n); return 0;'],
    different: ['one(n); if (n) { one(1); return 1; } return 0;', 'one(n); return 0;'],
  },
  {
    why: 'a function pointer that may be the function',
    same: ['int (*fn)(int) = one; fn(3); return 0;', 'one(3); return 0;'],
    different: ['int x = 3; one(x); return 0;', 'one(4); return 0;'],
  },
];

/** Effects that come to the same, or that nobody sees. */
const EFFECTS: readonly Twins[] = [
  {
    why: 'a custom release of null',
    same: [
      'struct s *p = x_create(); if (!p) { x_destroy(p); return -1; } put(p, s); x_destroy(p); return 0;',
      'struct s *p = x_create(); if (!p) return -1; put(p, s); x_destroy(p); return 0;',
    ],
    different: [
      'struct s *p = x_create(); if (!p) { step(); return -1; } put(p, s); x_destroy(p); return 0;',
      'struct s *p = x_create(); if (!p) return -1; put(p, s); x_destroy(p); return 0;',
    ],
  },
  {
    why: 'a release of what stands in memory, which may be null by agreement',
    same: ['get(s->p); return 0;', 'get(s->p); free(s->buf); return 0;'],
    different: [
      'get(s->p); if (s->buf) step(); return 0;',
      'get(s->p); if (s->buf) { step(); free(s->buf); } return 0;',
    ],
  },
  {
    why: 'two releases that change places',
    same: [
      'put(s, s->buf); free(s->buf); free(s->p); return 0;',
      'put(s, s->buf); free(s->p); free(s->buf); return 0;',
    ],
    different: ['put(s, s->buf); lock(s); unlock(s); return 0;', 'put(s, s->buf); unlock(s); lock(s); return 0;'],
  },
  {
    why: 'two lines of a log that change places',
    same: ['log_error("x"); log_error("y"); return 0;', 'log_error("y"); log_error("x"); return 0;'],
    different: ['log_error("x"); log_error("y"); return 0;', 'log_error("y"); return 0;'],
  },
  {
    why: 'a line of a log put together in another way',
    same: ['log_error("%s b", "a"); return 0;', 'log_error("a b"); return 0;'],
    different: ['log_error("a b"); log_error("a b"); return 0;', 'log_error("a b"); return 0;'],
  },
  {
    why: 'a text in two parts',
    same: ['use("a" "b", 1); return 0;', 'use("ab", 1); return 0;'],
    different: ['use("a", 1); return 0;', 'use("ab", 1); return 0;'],
  },
  {
    why: 'another way to write the same',
    same: ['puts("x"); return 0;', 'printf("x\\n"); return 0;'],
    different: ['puts("x"); return 0;', 'return 0;'],
  },
  {
    why: 'two numbers that are one bool',
    same: ['set_flag(1); return 0;', 'set_flag(2); return 0;'],
    different: ['set_level(1); return 0;', 'set_level(2); return 0;'],
  },
  {
    why: 'the size of calloc turned round',
    same: [
      'char *p = calloc(1, n); if (!p) return -1; use(p, 2); free(p); return 0;',
      'char *p = calloc(n, 1); if (!p) return -1; use(p, 2); free(p); return 0;',
    ],
    different: [
      'char *p = calloc(1, n); if (!p) return -1; use(p, 2); free(p); return 0;',
      'char *p = calloc(2, n); if (!p) return -1; use(p, 2); free(p); return 0;',
    ],
  },
  {
    why: 'writing to what is released',
    same: [`${STRINGS} memset(p, 0, 3); free(p); return 0;`, `${STRINGS} free(p); return 0;`],
    different: [`${STRINGS} put(s, p); free(p); return 0;`, `${STRINGS} free(p); return 0;`],
  },
  {
    why: 'a store beside what a callee was given before',
    same: [
      'if (put(s, s) < 0) { get(&s->n); s->c = 1; return -1; } return 0;',
      'if (put(s, s) < 0) { s->c = 1; get(&s->n); return -1; } return 0;',
    ],
    different: [
      'if (put(s, s) < 0) { get(&s->n); s->n = 1; return -1; } return 0;',
      'if (put(s, s) < 0) { s->n = 1; get(&s->n); return -1; } return 0;',
    ],
  },
  {
    why: 'a dead store',
    same: ['s->n = 1; s->n = 2; return 0;', 's->n = 2; return 0;'],
    different: ['s->n = 1; return 0;', 's->n = 2; s->n = 0; return 0;'],
  },
  {
    why: 'a store of what is there',
    same: ['s->n = n; return 0;', 'if (s->n != n) s->n = n; return 0;'],
    different: ['s->n = n; return 0;', 'if (s->n == n) s->n = n; return 0;'],
  },
  {
    why: 'a local by another name',
    same: ['int x; get(&x); return 0;', 'int y; get(&y); return 0;'],
    different: ['int x; get(&x); return 0;', 'int y; get(&s->n); return 0;'],
  },
  {
    why: 'locals of two blocks in another order',
    same: [
      'if (n) { int x = 1; get(&x); return x; } { int x = 2; get(&x); return x; }',
      'if (!n) { int x = 2; get(&x); return x; } { int x = 1; get(&x); return x; }',
    ],
    different: [
      'if (n) { int x = 1; get(&x); return 1; } { int x = 2; get(&x); return 2; }',
      'if (!n) { int x = 2; get(&x); return 1; } { int x = 1; get(&x); return 2; }',
    ],
  },
  {
    why: 'a loop unrolled',
    same: ['int i; for (i = 0; i < 3; i++) h(); return 0;', 'h(); h(); h(); return 0;'],
    different: ['int i; for (i = 0; i < 3; i++) h(); return 0;', 'h(); h(); return 0;'],
  },
  {
    why: 'a status equal by value',
    same: ['if (n) return -1; step(); return 0;', 'long r = ERR; if (n) goto out; step(); r = 0; out: return r;'],
    different: [
      'if (n) return -1; step(); return 0;',
      'unsigned char r = ERR; if (n) goto out; step(); r = 0; out: return r;',
    ],
  },
  {
    why: 'a number in other words',
    same: ["if (n == 'x') return n - n; return 0;", 'if (n == 120) return n ^ n; return 0;'],
    different: ["if (n == 'x') return n - n; return 0;", 'if (n == 121) return n; return 0;'],
  },
  {
    why: 'a cast',
    same: ['use((const void *)s, 1); return !!s;', 'use(s, 1); return s != NULL;'],
    different: ['use((const void *)s, 1); return !!s;', 'use(s, 1); return s == NULL;'],
  },
];

describe.each([
  ['paths', PATHS],
  ['callees', CALLEES],
  ['effects', EFFECTS],
])('certain: %s', (_, twins) => {
  it.each(twins)('not with $why', ({ same: [before, after] }) => {
    expect(verdictOf(before, after)).not.toMatchObject({ verdict: 'different' });
  });

  it.each(twins)('without $why', ({ different: [before, after] }) => {
    expect(verdictOf(before, after)).toMatchObject({ verdict: 'different' });
  });
});

describe('what is told', () => {
  it('both sides are followed to their exits', () => {
    const before =
      'char *p = malloc(3); if (!p) return -1; if (one(n)) { free(p); step(); return -2; } free(p); return 0;';
    const after = 'char *p = malloc(3); if (!p) return -1; if (one(n)) { step(); return -2; } free(p); return 0;';
    const { reason, difference } = verdictOf(before, after);
    expect(reason).toMatch(
      /^the before version releases what `malloc\(3\)` has acquired, by `free\(p\)` \(line \d+\); the after version leaks it$/,
    );
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

  it('a decision on a case shows its label', () => {
    const before = 'switch (n) { case 3: step(); return 1; default: return 0; }';
    const { difference } = verdictOf(before, before.replace('step();', ''));
    expect(difference?.decisions.map(({ text, taken }) => [text, taken])).toEqual([['case 3', true]]);
  });
});
