import { describe, expect, test } from 'vitest';
import { findLeaks, placeFinding } from '../../src/audit/find-leaks.ts';
import { LineIndex } from '../../src/base/span.ts';
import { ledgerOf } from '../analysis/analyse.ts';

function findings(text: string): string[] {
  return findLeaks(ledgerOf(text)).map((one) => `${one.code}: ${one.message}`);
}

describe('a leak', () => {
  test('on a path, with the way to it', () => {
    const text = `int f(int n)
{
  char *a = malloc(n);
  if (!a)
    return -1;
  char *b = malloc(n);
  if (!b)
    return -1;
  free(b);
  free(a);
  return 0;
}`;
    const [leak, ...more] = findLeaks(ledgerOf(text));
    expect(more).toEqual([]);
    expect(leak && placeFinding(leak, 'f', new LineIndex(text))).toEqual({
      code: 'leak-on-path',
      function: 'f',
      line: 3,
      column: 13,
      message: '`a` leaks when the function returns in line 8',
      resource: { name: 'a', acquire: 'malloc(n)', line: 3 },
      path: [
        { line: 3, what: '`a` is acquired by `malloc(n)`' },
        { line: 4, what: '`a` is true' },
        { line: 6, what: '`b` is acquired by `malloc(n)`' },
        { line: 7, what: '`b` is false' },
        { line: 8, what: '`a` is still held, and nobody else has it' },
      ],
    });
  });

  test('of what hangs from an object that is released', () => {
    expect(
      findings(
        'struct s *f(int n) { struct s *s = malloc(9); if (!s) return NULL; s->b = malloc(n); if (!s->b) { free(s); return NULL; } if (looks(n)) { free(s); return NULL; } return s; }',
      ),
    ).toEqual(['leak-on-path: `s->b` leaks when the function returns']);
  });

  test('of a lock that the other exits release', () => {
    expect(
      findings(
        'int f(struct m *m) { if (pthread_mutex_lock(&m->l) != 0) return -1; if (looks(m)) return -2; pthread_mutex_unlock(&m->l); return 0; }',
      ),
    ).toEqual(['leak-on-path: `&m->l` leaks when the function returns']);
  });
});

describe('no leak', () => {
  test('of an element beside one that is stored to', () => {
    expect(
      findings(
        'char **f(char *x) { char **p = calloc(4, 8); if (!p) return NULL; p[1] = malloc(9); p[0] = x; return p; }',
      ),
    ).toEqual([]);
  });

  test.each([
    [
      'where the failure was tested',
      'int f(void) { char *p = malloc(9); if (p == NULL) return -1; free(p); return 0; }',
    ],
    ['where an unseen callee may keep it', 'int f(void) { char *p = malloc(9); if (!p) return -1; use(p); return 0; }'],
    [
      'where a callee that keeps nothing may give it back',
      'int f(void) { char *p = malloc(9); if (!p) return -1; if (looks(p)) { ends(p); return -1; } free(p); return 0; }',
    ],
    [
      'where it stands in braces',
      'int f(struct s *s) { *s = (struct s){ .p = malloc(9) }; if (looks(s)) return -1; free(s->p); return 0; }',
    ],
    ['in main', 'int main(int n) { char *p = malloc(9); if (n) return 1; free(p); return 0; }'],
    ['where it is stored', 'int f(struct s *s) { char *p = malloc(9); s->p = p; return 0; }'],
    ['where a pointer into it is stored', 'int f(struct s *s) { struct t *p = malloc(9); s->p = &p->list; return 0; }'],
    ['where it is stored with an offset', 'int f(struct s *s) { char *p = malloc(9); s->p = p + 4; return 0; }'],
    ['where it hangs from a list', 'void f(struct s *s, int n) { struct t *p = malloc(9); s->a[n] = p; }'],
    ['where it is static', 'char *f(void) { static char *p; if (!p) p = malloc(9); return 0; }'],
    ['of a lock that every exit keeps', 'void f(struct m *m) { pthread_mutex_lock(&m->l); }'],
    [
      'where a macro of unknown kind ran',
      'int f(void) { char *p = malloc(9); if (!p) return -1; CHECK_ALL(); return 0; }',
    ],
    [
      'where a status of unknown meaning tells',
      'int f(void) { void *p; int r = posix_memalign(&p, 8, 9); if (r != ALL_OK) return r; free(p); return 0; }',
    ],
    [
      'where the conditions of a list say so',
      'int f(struct l *l, struct n *o) { struct n *n = malloc(9); if (!n) return -1; n->next = o; if (l->head == o) l->head = n; if (n->next != NULL) n->next->prev = n; return 0; }',
    ],
    [
      'where a flag tells whether it is there',
      'int f(int n) { char *p = NULL; if (n > 3) p = malloc(9); if (looks(n)) n = 7; if (p) free(p); return 0; }',
    ],
    [
      'where a global decides twice',
      'void f(int n) { int fd = -1; if (by_hand) { fd = open("x", 0); if (fd < 0) return; } use(n); if (by_hand) close(fd); }',
    ],
    [
      'where a call decides twice',
      'void f(struct s *s) { char *p = NULL; if (get(s)) { p = malloc(9); if (!p) return; } looks(p); if (get(s)) free(p); }',
    ],
    [
      'where a bit decides twice',
      'void f(int n) { char *p = NULL; if (n & 4) p = malloc(9); looks(n); if (n & 4) free(p); }',
    ],
    [
      'where a bound decides twice',
      'void f(int n) { char *p = NULL; if (n > 4) p = malloc(9); looks(n); if (n >= 5) free(p); }',
    ],
    [
      'of a list that may be empty',
      'int f(struct h *h) { struct addrinfo *ai; if (!getaddrinfo("x", NULL, h, &ai)) { if (ai && ai->ai_canonname) looks(ai); freeaddrinfo(ai); } return 0; }',
    ],
    [
      'where a call tells whether it is there',
      'int f(void) { char *p = malloc(9); if (!looks(p != NULL)) return -1; free(p); return 0; }',
    ],
    ['of what is never released', 'int f(void) { char *p = malloc(9); if (looks(p)) return 1; return 0; }'],
    [
      'through a volatile variable',
      'int f(int n) { char *volatile p = malloc(9); if (n) return 1; free(p); return 0; }',
    ],
    [
      'of a stream opened anew',
      'int f(int n) { FILE *p = freopen("x", "w", stdout); if (n) return 1; fclose(p); return 0; }',
    ],
    ['of a standard descriptor', 'void f(void) { int fd = open("x", 0); if (fd != -1) { if (fd > 2) close(fd); } }'],
    ['of a fixed buffer', 'void f(char *b) { char *p = strdup(b); if (p != b) free(p); }'],
    ['of a descriptor that is returned', 'int f(int n) { int fd = n ? 1 : open("x", 0); return fd; }'],
    ['in the arms of a choice', 'int f(int n) { char *p = n ? malloc(9) : NULL; free(p); return 0; }'],
    [
      'of a descriptor that a stream owns',
      'FILE *f(void) { int fd = open("x", 0); if (fd == -1) return NULL; FILE *s = fdopen(fd, "r"); if (!s) close(fd); return s; }',
    ],
    ['in a struct returned by value', 'struct s f(void) { struct s s; s.p = malloc(9); return s; }'],
    ['in an array that is handed on', 'void f(struct g *g) { char *a[2]; a[0] = malloc(9); use(a); }'],
    [
      'where the result of realloc takes its place',
      'int f(struct s *s) { char *p = realloc(s->p, 9); if (!p) return -1; s->p = p; return 0; }',
    ],
    ['where the program ends', 'void f(void) { char *p = malloc(9); if (looks(p)) exit(1); free(p); }'],
  ])('%s', (_, text) => {
    expect(findings(text)).toEqual([]);
  });
});

describe('a double release', () => {
  test('of what was acquired here', () => {
    expect(findings('void f(int n) { char *p = malloc(9); if (n) free(p); free(p); }')).toEqual([
      'double-release: `p` is released a second time by `free(p)`',
    ]);
  });

  test('of a parameter', () => {
    expect(findings('void f(char *p, int n) { if (n) free(p); free(p); }')).toEqual([
      'double-release: `p` is released a second time by `free(p)`',
    ]);
  });

  test.each([
    ['where the handle was set anew', 'void f(void) { char *p = malloc(9); free(p); p = malloc(8); free(p); }'],
    ['where a callee between may never return', 'void f(char *p, int n) { if (n) { free(p); dies(); } free(p); }'],
    ['where the release resets', 'void f(char *p) { SAFE_FREE(p); SAFE_FREE(p); }'],
    ['where an unseen callee may have set it', 'void f(struct s *s) { free(s->p); get(s); free(s->p); }'],
    ['in rounds of a loop', 'void f(struct n *n) { while (n) { struct n *x = n->next; free(n->p); free(n); n = x; } }'],
    ['of two parts', 'void f(struct s *s) { free(s->a); free(s->b); free(s); }'],
    ['of what a guard keeps apart', 'void f(int n) { char *p = malloc(9); if (n) free(p); if (!n) free(p); }'],
    ['under two names', 'void f(struct s *s) { if (s->t == A) free(s->p); if (s->t == B) free(s->p); }'],
    ['of a lock', 'void f(struct m *m) { pthread_mutex_unlock(&m->l); use(m); pthread_mutex_unlock(&m->l); }'],
    ['of elements', 'void f(char **a, int i) { free(a[i]); i++; free(a[i]); }'],
  ])('is none %s', (_, text) => {
    expect(findings(text)).toEqual([]);
  });
});
