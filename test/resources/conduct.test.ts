import { describe, expect, test } from 'vitest';
import { refineCall } from '../../src/resources/refine-call.ts';
import { factsOf } from './know.ts';

const HEAD =
  '#include <stdlib.h>\n#include <stdio.h>\n#include <string.h>\n#include <stdarg.h>\n#include <errno.h>\n' +
  'struct s { struct s *next; char *name; int n; };\nvoid other(void *);\nstatic void *saved;\nint shared;\n';
const facts = (text: string) => factsOf('F', HEAD + text);

describe('what a function keeps of its arguments', () => {
  test.each([
    ['static int F(struct s *p) { return p->n; }', []],
    ['static void F(struct s *p) { saved = p; }', [0]],
    ['static void F(struct s *p) { saved = p->next; }', [0]],
    ['static void F(struct s *p, struct s *q) { p->next = q; }', [1]],
    ['static void F(struct s *p, struct s *q) { struct s *t = q; struct s **u = &t; p->next = *u; }', [1]],
    ['static void F(struct s *p) { other(p); }', [0]],
    ['static void F(struct s *p, int n) { struct s t; t.next = p; other(&t); shared = n; }', [0]],
    ['static void F(struct s *p, struct s *q) { memcpy(&p->next, &q->next, 8); }', [1]],
    ['static struct s *F(struct s *p) { return p->next; }', []],
  ])('%s', (text, retains) => {
    expect(facts(text).retains).toEqual(retains);
  });

  test('nothing is said of one that calls through a pointer it can not see', () => {
    expect(facts('static void F(void (*f)(void), void *p) { f(); }').retains).toBeUndefined();
  });
});

describe('what a function writes', () => {
  test.each([
    ['static void F(struct s *p) { p->n = 1; }', [0]],
    ['static void F(struct s *p, int *n) { *n = p->n; }', [1]],
    ['static void F(struct s *p, char *b) { snprintf(b, 9, "%d", p->n); }', [1]],
    ['static void F(struct s *p) { struct s *q; for (q = p; q; q = q->next) q->n++; }', [0]],
    ['static int F(struct s *p) { int n = p->n; n++; return n; }', []],
    ['static void F(struct s *p) { shared = p->n; }', undefined],
    ['static void F(struct s *p) { other(p); }', undefined],
    [
      'static void F(char *b, const char *f, ...) { va_list l; va_start(l, f); vsprintf(b, f, l); va_end(l); }',
      'all but 1',
    ],
  ])('%s', (text, writesThrough) => {
    const written = facts(text).writesThrough;
    if (writesThrough !== 'all but 1') return expect(written).toEqual(writesThrough);
    expect(written).toHaveLength(126);
    expect(written).not.toContain(1);
  });
});

describe('purity and errno', () => {
  test('a predicate on its arguments', () => {
    expect(facts('static int F(const struct s *p, int c) { return p->n == c && strlen(p->name) > 3; }')).toMatchObject({
      isPure: true,
      keepsErrno: true,
      readsErrno: false,
      neverReturns: false,
    });
  });

  test('one that looks at a volatile or atomic field is not pure', () => {
    const text = 'struct v { volatile int busy; };\nstatic int F(struct v *p) { return p->busy; }';
    expect(facts(text).isPure).toBeUndefined();
    expect(facts(text).isLocal).toBeUndefined();
  });

  test('an enumerator is no object', () => {
    expect(facts('enum e { ONE };\nstatic int F(int c) { return c == ONE; }').isPure).toBe(true);
  });

  test('what is handed on to a callee that takes it over', () => {
    expect(facts('static FILE *F(int fd) { return fdopen(fd, "r"); }')).toMatchObject({
      consumes: [0],
      consumesWhen: 'success',
    });
  });

  test('one that looks at a global is not pure', () => {
    expect(facts('static int F(int c) { return shared == c; }').isPure).toBeUndefined();
  });

  test('one that writes is not pure', () => {
    expect(facts('static int F(int *c) { return (*c)++; }').isPure).toBeUndefined();
  });

  test('errno', () => {
    expect(facts('static int F(void) { return errno; }')).toMatchObject({ readsErrno: true });
    expect(facts('static void F(void) { errno = 1; }').keepsErrno).toBeUndefined();
    expect(facts('#define my_errno errno\nstatic int F(void) { return my_errno; }').readsErrno).toBe(true);
  });

  test('a loop, or an unknown callee, may not come back', () => {
    expect(facts('static void F(int n) { while (n) ; }').neverReturns).toBeUndefined();
    expect(facts('static void F(int n) { other(0); }').neverReturns).toBeUndefined();
    expect(facts('static void F(int n) { exit(n); }').neverReturns).toBe(true);
    expect(facts('#define F(n) do { if (n) abort(); else exit(1); } while (0)').neverReturns).toBe(true);
    expect(facts('#define F(n) do { if (n) abort(); } while (0)').neverReturns).toBeUndefined();
  });
});

describe('diagnostics', () => {
  test.each([
    ['static void F(int n) { fprintf(stderr, "n is %d\\n", n); }'],
    ['static void F(const char *s) { fputs(s, stderr); fflush(stderr); }'],
    ['static int lines;\nstatic void F(const char *s) { lines++; fputs(s, stderr); }'],
    ['static FILE *file;\nstatic void F(const char *s) { if (file) fputs(s, file); }'],
    [
      '#include <time.h>\nstatic void F(const char *s) { time_t t = time(NULL); fprintf(stderr, "%ld %s", (long)t, s); }',
    ],
    ['static void F(const char *s) { char *c = malloc(9); if (c) { strncpy(c, s, 8); fputs(c, stderr); free(c); } }'],
    [
      '#include <pthread.h>\nstatic pthread_mutex_t lock;\n' +
        'static void F(const char *s) { pthread_mutex_lock(&lock); fputs(s, stderr); pthread_mutex_unlock(&lock); }',
    ],
    ['#define F(text) fprintf(stderr, "%s\\n", text)'],
    ['static void put(const char *s) { fputs(s, stderr); }\n#define F(text) do { if (1) put(text); } while (0)'],
  ])('%s', (text) => {
    expect(facts(text).diagnostic).toBeDefined();
  });

  test.each([
    [
      'it keeps what it prints',
      'static const char *last;\nstatic void F(const char *s) { last = s; fputs(s, stderr); }',
    ],
    ['it writes a global of the program', 'static void F(const char *s) { shared++; fputs(s, stderr); }'],
    ['it writes its argument', 'static void F(struct s *p) { p->n++; fputs(p->name, stderr); }'],
    ['it writes to a file of the caller', 'static void F(FILE *f) { fputs("x", f); }'],
    ['it calls something unknown', 'static void F(void *p) { other(p); fputs("x", stderr); }'],
    ['it may end the program', 'static void F(const char *s) { fputs(s, stderr); if (shared) abort(); }'],
    ['it frees what it was given', 'static void F(char *s) { fputs(s, stderr); free(s); }'],
    ['its format counts into its argument', 'static void F(int *n) { fprintf(stderr, "x%n", n); }'],
    [
      'it takes a lock of the caller',
      '#include <pthread.h>\nstatic void F(pthread_mutex_t *m) { pthread_mutex_lock(m); puts("x"); }',
    ],
    [
      'it looks where the program may look',
      'static struct s *current;\nstatic void F(int n) { fprintf(stderr, "%d", current->n + n); }',
    ],
    [
      'it writes what others of its file read',
      'static struct s config;\nstatic void F(int n) { config.n = n; puts("x"); }',
    ],
    ['it prints nothing', 'static void F(int n) { (void)n; }'],
  ])('not one: %s', (_, text) => {
    expect(facts(text).diagnostic).toBeUndefined();
  });

  test('does it read errno?', () => {
    expect(facts('static void F(int n) { fprintf(stderr, "%d", n); }').diagnostic).toEqual({ readsErrno: false });
    expect(facts('static void F(int n) { fprintf(stderr, "%m %d", n); }').diagnostic).toEqual({ readsErrno: true });
    expect(facts('static void F(int n) { perror("x"); }').diagnostic).toEqual({ readsErrno: true });
  });

  test('one that hands on its format is judged call by call', () => {
    const log =
      'static void F(int level, const char *format, ...) { va_list list; va_start(list, format); ' +
      'vfprintf(stderr, format, list); va_end(list); }';
    const known = facts(log);
    expect(known.diagnostic).toBeUndefined();
    expect(refineCall(known, ['1', '"%d of " "%s"', 'n', 's']).diagnostic).toEqual({ readsErrno: false });
    expect(refineCall(known, ['1', '"%m"']).diagnostic).toEqual({ readsErrno: true });
    expect(refineCall(known, ['1', '"%n"', '&n']).diagnostic).toBeUndefined();
    expect(refineCall(known, ['1', 'text']).diagnostic).toBeUndefined();
    expect(refineCall(known, ['1', '"%" PRIu64', 'n']).diagnostic).toBeUndefined();
  });
});

describe('what a function may give back', () => {
  test.each([
    ['static int F(struct s *p) { return p->n + (int)strlen(p->name); }', true],
    ['static void G(int *n) { printf("%d", *n); }\nstatic void F(int *n) { G(n); (*n)++; }', true],
    ['static void F(char **p) { free(p[0]); free(p[1]); }', undefined],
    ['static void G(char **p) { free(p[0]); free(p[1]); }\nstatic void F(char **p) { G(p); }', undefined],
    ['static void F(char *p) { other(p); }', undefined],
    ['static FILE *F(int fd) { return fdopen(fd, "r"); }', undefined],
  ])('%s', (text, releasesNothing) => {
    expect(facts(text).releasesNothing).toBe(releasesNothing);
  });
});

describe('a noreturn of one of two compilers', () => {
  const variants = '#ifdef X\n#define NORETURN __attribute__((noreturn))\n#else\n#define NORETURN\n#endif\n';

  test.each([
    [`${variants}NORETURN void F(const char *s);`, undefined, true],
    [`${variants}NORETURN static void F(const char *s) { other(0); }`, undefined, true],
    ['void F(const char *s) __attribute__((noreturn));', true, true],
    ['void F(const char *s);', undefined, undefined],
  ])('%s', (text, neverReturns, mayNeverReturn) => {
    expect([facts(text).neverReturns, facts(text).mayNeverReturn]).toEqual([neverReturns, mayNeverReturn]);
  });
});
