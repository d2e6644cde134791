import { describe, expect, test } from 'vitest';
import type { ReleaseFacts } from '../../src/resources/knowledge.ts';
import { factsOf, know } from './know.ts';

const HEAD = '#include <stdlib.h>\n#include <stdio.h>\nvoid log_it(const char *, ...);\nvoid other(void *);\n';
const release = (text: string, name = 'R') => factsOf(name, HEAD + text).releases;

const FREE: ReleaseFacts = {
  kind: 'memory',
  argument: 0,
  sentinel: 'null',
  acceptsSentinel: true,
  noopOnSentinel: true,
  resetting: false,
  keepsErrno: true,
  isMemoryRelease: true,
  isShallow: true,
  isSilent: true,
};

describe('macros that free and reset', () => {
  test.each([
    ['do { free(p); (p) = NULL; } while (0)'],
    ['do { if (p) { free(p); (p) = NULL; } } while (0)'],
    ['do { if ((p) != NULL) { free((void *)(p)); (p) = NULL; } } while (0)'],
    ['do { if (NULL != (p)) free(p); (p) = 0; } while (0)'],
    ['do { (void)(p); free((void *)(p)); p = ((void *)0); } while (0)'],
    ['{ free(p); (p) = NULL; }'],
    ['(free(p), (p) = NULL)'],
    ['do { INNER(p); (p) = NULL; } while (0)'],
    ['RESETTING(p)'],
    ['do { if (__builtin_expect(!!(p), 1)) { free(p); p = NULL; } } while (0)'],
  ])('%s', (body) => {
    const text = `#define INNER(q) free(q)\n#define RESETTING(q) do { free(q); (q) = NULL; } while (0)\n#define R(p) ${body}`;
    expect(release(text)).toEqual({ ...FREE, resetting: true });
  });

  test('without the reset', () => {
    expect(release('#define R(p) free(p)')).toEqual(FREE);
    expect(release('#define R(n, p) do { (void)n; free(p); } while (0)')).toEqual({ ...FREE, argument: 1 });
  });

  test('another name for free', () => {
    expect(release('#define R free')).toEqual(FREE);
  });
});

describe('damaged: a fact that no longer holds', () => {
  test('it logs on NULL: accepted, but not a no-op', () => {
    const text = '#define R(p) do { if (!(p)) fputs("null", stderr); free(p); (p) = NULL; } while (0)';
    expect(release(text)).toMatchObject({ acceptsSentinel: true, noopOnSentinel: false, isSilent: false });
  });

  test('it calls something unknown on NULL', () => {
    const text = '#define R(p) do { if (!(p)) log_it("null"); free(p); (p) = NULL; } while (0)';
    expect(release(text)).toMatchObject({ acceptsSentinel: false, noopOnSentinel: false, isMemoryRelease: false });
  });

  test('it reads through NULL', () => {
    const text = 'struct s { int n; };\nstatic int sum;\nstatic void R(struct s *p) { sum -= p->n; free(p); }';
    expect(release(text)).toMatchObject({ acceptsSentinel: false, noopOnSentinel: false, isMemoryRelease: true });
  });

  test('it resets on one path only', () => {
    expect(release('#define R(p, c) do { free(p); if (c) (p) = NULL; } while (0)')).toBeUndefined();
  });

  test('it resets to something else', () => {
    expect(release('#define R(p) do { free(p); (p) = (void *)1; } while (0)')?.resetting).toBe(false);
  });

  test('it releases on one path only', () => {
    expect(
      release('struct s { int refs; };\nstatic void R(struct s *p) { if (--p->refs == 0) free(p); }'),
    ).toBeUndefined();
    expect(release('static int on;\nstatic void R(void *p) { if (on) free(p); }')).toBeUndefined();
  });

  test('it releases twice, or in a loop', () => {
    expect(release('static void R(void *p) { free(p); free(p); }')).toBeUndefined();
    expect(release('static void R(void *p, int n) { while (n--) free(p); }')).toBeUndefined();
  });

  test('it may not come back', () => {
    expect(release('static void R(void *p, int n) { if (n) abort(); free(p); }')).toBeUndefined();
    expect(release('static void R(void *p) { if (!p) exit(1); free(p); }')).toMatchObject({
      acceptsSentinel: false,
      noopOnSentinel: false,
    });
  });

  test('it returns early from the user', () => {
    expect(release('#define R(p) do { if (!(p)) return; free(p); } while (0)')).toBeUndefined();
  });

  test('it does more than give back storage', () => {
    expect(release('int total;\nstatic void R(void *p) { total--; free(p); }')?.isMemoryRelease).toBe(false);
    expect(release('static void *last;\nstatic void R(void *p) { last = p; free(p); }')?.isMemoryRelease).toBe(false);
    expect(release('static void R(int *p) { printf("%d\\n", *p); free(p); }')?.isMemoryRelease).toBe(false);
    expect(
      release('struct n { struct n *next; };\nstatic void R(struct n *p) { p->next->next = 0; free(p); }'),
    ).toMatchObject({ isMemoryRelease: false });
    expect(release('static void R(void *p) { other(p); free(p); }')?.isMemoryRelease).toBe(false);
  });

  test('it touches errno', () => {
    expect(release('#include <errno.h>\nstatic void R(void *p) { free(p); errno = 0; }')?.keepsErrno).toBe(false);
    expect(release('static void R(void *p) { fflush(stdout); free(p); }')?.keepsErrno).toBe(false);
  });

  test('two definitions that disagree', () => {
    const silent = '#define R(p) do { free(p); (p) = NULL; } while (0)';
    const loud = '#define R(p) do { fputs("free", stderr); free(p); (p) = NULL; } while (0)';
    expect(release(`#ifdef LOUD\n${loud}\n#else\n${silent}\n#endif`)).toMatchObject({
      noopOnSentinel: false,
      resetting: true,
    });
    const keeping = '#define R(p) free(p)';
    expect(release(`#ifdef DEBUG\n${keeping}\n#else\n${silent}\n#endif`)).toBeUndefined();
  });
});

describe('functions that free', () => {
  test.each([
    ['static void R(void *p) { free(p); }'],
    ['static void R(void *p) { if (!p) return; free(p); }'],
    ['static void R(void *p) { if (p != NULL) { free(p); } }'],
    ['static void R(char *p) { char *real; if (p == NULL) return; real = p - 16; free(real); }'],
  ])('%s', (text) => {
    expect(release(text)).toEqual(FREE);
  });

  test.each([
    ['static void R(struct s *p) { if (p) { p->n = 0; free(p); } }\nstruct s { int n; };'],
    ['static void R(char *p) { if (p[-1] != 0) p -= 8; free(p); }'],
    // A wrapper that counts for itself.
    ['static unsigned long count;\nstatic void R(void *p) { if (!p) return; count++; free(p); }'],
    ['#include <string.h>\nstatic void R(void *p, int n) { if (!p) return; memset(p, 0, n); free(p); }'],
  ])('looks at more than the pointer: %s', (text) => {
    expect(release(text)).toMatchObject({ isMemoryRelease: true, isShallow: false });
  });

  test('counts on NULL too: not a no-op', () => {
    const text = 'static unsigned long count;\nstatic void R(void *p) { count++; free(p); }';
    expect(release(text)).toEqual({ ...FREE, noopOnSentinel: false, isShallow: false });
  });

  test('a debug wrapper with a lock of its own is a memory release, and not silent', () => {
    const text =
      '#include <pthread.h>\nstatic pthread_mutex_t m;\nstatic long n;\n' +
      'static void R(void *p) { if (!p) return; pthread_mutex_lock(&m); n--; fprintf(stderr, "free"); ' +
      'pthread_mutex_unlock(&m); free(p); }';
    expect(release(text)).toMatchObject({
      isMemoryRelease: true,
      isShallow: false,
      noopOnSentinel: true,
      isSilent: false,
      keepsErrno: false,
    });
  });

  test('a wrapper that logs: always, only when something is wrong, and beside other effects', () => {
    const log = 'static void say(const char *s) { fprintf(stderr, "%s", s); }\n';
    const always = `${log}static void R(void *p) { say("free"); free(p); }`;
    expect(release(always)).toMatchObject({ isSilent: false, logs: true });
    const stderr = 'static void R(void *p) { fputs("free", stderr); free(p); }';
    expect(release(stderr)).toMatchObject({ isMemoryRelease: true, isSilent: false, logs: true });
    const wrong = `${log}static void R(void *p) { if (!p) { say("null"); return; } free(p); }`;
    expect(release(wrong)).toMatchObject({ isMemoryRelease: true, isSilent: false });
    expect(release(wrong)?.logs).toBeUndefined();
    const more = `extern int shared;\n${log}static void R(void *p) { say("free"); shared++; free(p); }`;
    expect(release(more)?.logs).toBeUndefined();
    const closes = `${log}static void R(FILE *p) { say("close"); fclose(p); }`;
    expect(release(closes)?.logs, 'errno is not kept beside the log').toBeUndefined();
  });

  test('one that gives back a lock which somebody else took is not silent', () => {
    const head = '#include <pthread.h>\nstruct c { FILE *f; };\nstatic pthread_mutex_t m;\n';
    const close = 'static void R(FILE *f)';
    expect(release(`${head}${close} { fclose(f); }`)).toMatchObject({ isSilent: true });
    expect(release(`${head}${close} { fclose(f); pthread_mutex_unlock(&m); }`)?.isSilent).not.toBe(true);
  });

  test('what it owns is released too: storage, but not that of its argument alone', () => {
    const text = 'struct f { char *x; };\nstatic void R(struct f *f) { if (!f) return; free(f->x); free(f); }';
    expect(release(text)).toEqual({ ...FREE, isShallow: false });
    const closes = 'struct f { FILE *x; };\nstatic void R(struct f *f) { if (!f) return; fclose(f->x); free(f); }';
    expect(release(closes)).toMatchObject({ isMemoryRelease: false, isShallow: false });
    const other = 'static char *cache;\nchar *shared;\nstatic void R(char *p) { free(shared); free(p); }';
    expect(release(other)).toMatchObject({ isMemoryRelease: false });
  });

  test('a lock inside the object goes with it', () => {
    const head = '#include <pthread.h>\nstruct s { pthread_mutex_t m; };\n';
    const both = `${head}static void R(struct s *p) { if (!p) return; pthread_mutex_destroy(&p->m); free(p); }`;
    expect(release(both)).toMatchObject({ kind: 'memory', noopOnSentinel: true, isMemoryRelease: false });
    const lock = `${head}static void R(struct s *p) { pthread_mutex_destroy(&p->m); }`;
    expect(release(lock)).toMatchObject({ kind: 'handle', sentinel: 'none', acceptsSentinel: false });
    expect(release('struct s { char b[4]; };\nstatic void R(struct s *p) { free(&p->b); }')).toBeUndefined();
  });

  test('a guarded fclose accepts NULL and is no memory release', () => {
    const text = 'static void R(FILE *f) { if (f) fclose(f); }';
    expect(release(text)).toMatchObject({
      kind: 'handle',
      acceptsSentinel: true,
      noopOnSentinel: true,
      isMemoryRelease: false,
      isShallow: false,
    });
    expect(release('static void R(FILE *f) { fclose(f); }')).toMatchObject({
      acceptsSentinel: false,
      noopOnSentinel: false,
    });
  });

  test('descriptors have -1', () => {
    const unistd = '#include <unistd.h>\n';
    expect(release(`${unistd}static void R(int fd) { if (fd >= 0) close(fd); }`)).toMatchObject({
      sentinel: '-1',
      noopOnSentinel: true,
      keepsErrno: false,
    });
    expect(release(`${unistd}static void R(int fd) { if (fd != -1) close(fd); }`)).toMatchObject({
      noopOnSentinel: true,
    });
    expect(release(`${unistd}static void R(int fd) { close(fd); }`)).toMatchObject({
      acceptsSentinel: true,
      noopOnSentinel: false,
    });
    expect(release(`${unistd}#define R(fd) do { if ((fd) >= 0) { close(fd); (fd) = -1; } } while (0)`)).toMatchObject({
      resetting: true,
      noopOnSentinel: true,
    });
    // 0 is a descriptor as well: on it nothing is closed.
    expect(release(`${unistd}static void R(int fd) { if (fd > 0) close(fd); }`)).toBeUndefined();
  });

  test('under each choice of #if inside', () => {
    const text = (last: string) =>
      `static void R(void *p) {\n#ifdef DEBUG\n  if (!p) return;\n  free(p);\n#else\n  ${last}\n#endif\n}`;
    expect(release(text('free(p);'))).toEqual(FREE);
    expect(release(text('(void)p;'))).toBeUndefined();
  });

  test('recursion gives no facts, whichever is asked for first', () => {
    const text = `${HEAD}static void B(void *p);\nstatic void A(void *p) { B(p); free(p); }\nstatic void B(void *p) { A(p); }`;
    for (const first of ['A', 'B']) {
      const knowledge = know(text);
      knowledge.name(first);
      expect(knowledge.name('A').releases).toBeUndefined();
      expect(knowledge.name('B').releases).toBeUndefined();
      expect(knowledge.name('A').kind).toBe('function');
    }
  });
});
