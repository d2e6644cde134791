/** Pairs of functions that do not do the same: each was once, or could easily be, called proved. */
import { describe, expect, test } from 'vitest';
import { judge } from './judge.ts';

type Pair = readonly [name: string, before: string, after: string];

/** What C calls an object, and who can reach it. */
const MEMORY: readonly Pair[] = [
  [
    'a store through a local pointer to a local',
    'int f(void) { int x = 1; int *p = &x; *p = 2; return x; }',
    'int f(void) { int x = 1; int *p = &x; *p = 2; return 1; }',
  ],
  [
    'a store through the sum of an array and a number',
    'int f(void) { char a[4]; a[1] = 1; *(a + 1) = 2; return a[1]; }',
    'int f(void) { char a[4]; a[1] = 1; *(a + 1) = 2; return 1; }',
  ],
  [
    'a store through what strchr returns',
    'int f(void) { char a[4]; char *q; a[0] = 1; q = strchr(a, 1); *q = 2; return a[0]; }',
    'int f(void) { char a[4]; char *q; a[0] = 1; q = strchr(a, 1); *q = 2; return 1; }',
  ],
  [
    'memset through what strchr returns',
    'int f(void) { char a[4]; char *q; a[0] = 1; q = strchr(a, 1); memset(q, 0, 1); return a[0]; }',
    'int f(void) { char a[4]; char *q; a[0] = 1; q = strchr(a, 1); memset(q, 0, 1); return 1; }',
  ],
  [
    'a store through a pointer joined in a loop',
    'int f(int n) { int x = 1, y = 1; int *p = &y; for (int i = 0; i < n; i++) { step(); if (i == 3) p = &x; } *p = 2; return x; }',
    'int f(int n) { int x = 1, y = 1; int *p = &y; for (int i = 0; i < n; i++) { step(); if (i == 3) p = &x; } *p = 2; return 1; }',
  ],
  [
    'a store to a narrow field and its value',
    'int f(struct s *s) { s->c = 300; return s->c; }',
    'int f(struct s *s) { s->c = 300; return 300; }',
  ],
  [
    'the value of an assignment to a narrow field',
    'int f(struct s *s) { return s->c = 300; }',
    'int f(struct s *s) { s->c = 300; return 300; }',
  ],
  [
    'a store through an alias of a parameter, moved over a release',
    'int f(struct s *p, struct s *q) { q->n = 0; free(p); return 0; }',
    'int f(struct s *p, struct s *q) { free(p); q->n = 0; return 0; }',
  ],
  [
    'a pointer to an array and the array',
    'int f(void) { char a[4]; return use(a + 1, 0); }',
    'int f(void) { char a[4]; return use(&a + 1, 0); }',
  ],
  [
    'a pointer to an array that is assigned',
    'void *f(int (*a)[4], int (*b)[4]) { int (*p)[4] = a; void *t = p; p = b; return t; }',
    'void *f(int (*a)[4], int (*b)[4]) { int (*p)[4] = a; void *t; p = b; t = p; return t; }',
  ],
  [
    'an element nobody read',
    'int f(int *p, int i, int n) { int x = p[0]; if (i < n) x = p[i]; return x; }',
    'int f(int *p, int i, int n) { int x = p[0]; int y = p[i]; if (i < n) x = y; return x; }',
  ],
  [
    'a read behind the release of its storage',
    'int f(char *p) { char *q = strchr(p, 120); int c = *q; free(p); return c; }',
    'int f(char *p) { char *q = strchr(p, 120); int c = *q; free(p); return *q; }',
  ],
  [
    'a read behind the release of fresh storage',
    'int f(void) { char *p = strdup("x"); char *q = strchr(p, 120); int c = *q; free(p); return c; }',
    'int f(void) { char *p = strdup("x"); char *q = strchr(p, 120); int c = *q; free(p); return *q; }',
  ],
  [
    'a read at an offset behind the release',
    'int f(char *p) { int c = *(p + 1); free(p); return c; }',
    'int f(char *p) { int c = *(p + 1); free(p); return *(p + 1); }',
  ],
  [
    'a read behind realloc',
    'int f(char **o, char *p) { int c = *p; *o = realloc(p, 10); return c; }',
    'int f(char **o, char *p) { int c; *o = realloc(p, 10); c = *p; return c; }',
  ],
  [
    'a read of the old line behind getline',
    'int f(FILE *fp) { char *l = NULL; size_t n = 0; getline(&l, &n, fp); char *q = l; int c = q[0]; getline(&l, &n, fp); return c; }',
    'int f(FILE *fp) { char *l = NULL; size_t n = 0; getline(&l, &n, fp); char *q = l; int c = q[0]; getline(&l, &n, fp); return q[0]; }',
  ],
  [
    'the size of a memory stream before and after it is closed',
    'int f(void) { char *p; size_t n; FILE *o = open_memstream(&p, &n); if (!o) return 0; fputs("x", o); fclose(o); return n; }',
    'int f(void) { char *p; size_t n; int r; FILE *o = open_memstream(&p, &n); if (!o) return 0; fputs("x", o); r = n; fclose(o); return r; }',
  ],
  [
    'a store to the buffer of a stream',
    'int f(char *b) { FILE *o = fmemopen(b, 10, "w"); if (!o) return 0; fputs("x", o); fclose(o); b[0] = 0; return 0; }',
    'int f(char *b) { FILE *o = fmemopen(b, 10, "w"); if (!o) return 0; fputs("x", o); b[0] = 0; fclose(o); return 0; }',
  ],
  [
    'a store to the buffer given to setvbuf',
    'int f(void) { static char b[10]; FILE *o = fopen("x", "w"); if (!o) return 0; setvbuf(o, b, 0, 10); fputs("x", o); fclose(o); b[0] = 0; return 0; }',
    'int f(void) { static char b[10]; FILE *o = fopen("x", "w"); if (!o) return 0; setvbuf(o, b, 0, 10); fputs("x", o); b[0] = 0; fclose(o); return 0; }',
  ],
  [
    'an object that would keep its value from one round of a loop to the next',
    'int f(int n) { int x; for (int i = 0; i < n; i++) { if (i == 0) x = 5; use(&x, i); } return 0; }',
    'int f(int n) { for (int i = 0; i < n; i++) { int x; if (i == 0) x = 5; use(&x, i); } return 0; }',
  ],
  [
    'a pointer to a compound literal of an inner block',
    'int f(int n) { if (n) { put(gs, &(struct t){ 1, 2 }); step(); return 1; } step(); return 0; }',
    'int f(int n) { int r = 0; if (n) { put(gs, &(struct t){ 1, 2 }); r = 1; goto out; } out: step(); return r; }',
  ],
  [
    'a store to an object of an inner block through memory',
    'int f(struct s *s, int n) { if (n) { int t; s->p = &t; step(); *s->p = 1; return 1; } *s->p = 1; return 0; }',
    'int f(struct s *s, int n) { int r = 0; if (n) { int t; s->p = &t; step(); r = 1; goto out; } out: *s->p = 1; return r; }',
  ],
  [
    'initialisers of a static object',
    'int f(void) { static int n = 0; return n++; }',
    'int f(void) { static int n = 5; return n++; }',
  ],
  [
    'storage of a static object',
    'int f(void) { static int n; return n++; }',
    'int f(void) { static __thread int n; return n++; }',
  ],
];

const VOLATILE: readonly Pair[] = [
  [
    'two volatile reads through a pointer',
    'int f(volatile int *p) { int x = *p; int y = *p; return x + y; }',
    'int f(volatile int *p) { int x = *p; int y = x; return x + y; }',
  ],
  [
    'two volatile reads through a cast',
    'int f(long p) { int x = *(volatile int *)p; int y = *(volatile int *)p; return x + y; }',
    'int f(long p) { int x = *(volatile int *)p; int y = x; return x + y; }',
  ],
  [
    'elements of a volatile array',
    'int f(volatile int *p) { int x = p[1]; int y = p[1]; return x + y; }',
    'int f(volatile int *p) { int x = p[1]; int y = x; return x + y; }',
  ],
  [
    'fields of a volatile struct',
    'int f(volatile struct t *p) { int x = p->a; int y = p->a; return x + y; }',
    'int f(volatile struct t *p) { int x = p->a; int y = x; return x + y; }',
  ],
  [
    'a volatile global',
    'int f(void) { int x = VG; int y = VG; return x + y; }',
    'int f(void) { int x = VG; int y = x; return x + y; }',
  ],
  [
    'an atomic pointee',
    'int f(_Atomic int *p) { int x = *p; int y = *p; return x + y; }',
    'int f(_Atomic int *p) { int x = *p; int y = x; return x + y; }',
  ],
  [
    'an atomic typedef',
    'int f(atomic_int *p) { int x = *p; int y = *p; return x + y; }',
    'int f(atomic_int *p) { int x = *p; int y = x; return x + y; }',
  ],
  [
    'a local whose volatile is spelled with underscores',
    'int f(void) { __volatile__ int x = g(); int a = x; int b = x; return a + b; }',
    'int f(void) { __volatile__ int x = g(); int a = x; int b = a; return a + b; }',
  ],
];

const ORDER: readonly Pair[] = [
  ['a call beside a global', 'int f(void) { int t = h(); return t + G; }', 'int f(void) { return h() + G; }'],
  [
    'a macro call beside a read',
    'int f(int *p) { int t = UNKNOWN(1); return t + *p; }',
    'int f(int *p) { return UNKNOWN(1) + *p; }',
  ],
  [
    'two stores in one expression',
    'int f(int *p, int *q) { int a = (*p = 1); int b = (*q = 2); return a + b; }',
    'int f(int *p, int *q) { return (*p = 1) + (*q = 2); }',
  ],
  ['an unsequenced local', 'int f(int x) { x = 1; return 1 + x; }', 'int f(int x) { return (x = 1) + x; }'],
  ['an unsequenced increment', 'int f(int i) { i++; return i; }', 'int f(int i) { i = i++ + 1; return i; }'],
  [
    'calls of an initialiser list',
    'int f(void) { int a = g(); int b = h(); struct t t = { a, b }; return use(&t, 0); }',
    'int f(void) { struct t t = { g(), h() }; return use(&t, 0); }',
  ],
  [
    'a store moved over a log of what a global pointer shows',
    'int f(struct s *o) { LOG("%d", gs->n); gs->n = 0; return 0; }',
    'int f(struct s *o) { gs->n = 0; LOG("%d", gs->n); return 0; }',
  ],
  [
    'a release before a log that reads it from its owner',
    'int f(struct s *s) { log_error("%p", s); free(s->buf); return 0; }',
    'int f(struct s *s) { free(s->buf); log_error("%p", s); return 0; }',
  ],
  [
    'a release before a log in text that reads it',
    'int f(struct s *s) { LOG("%s", s->buf); free(s->buf); return 0; }',
    'int f(struct s *s) { free(s->buf); LOG("%s", s->buf); return 0; }',
  ],
  [
    'a release before a log of an alias',
    'int f(char *a, char *b) { log_error("%s", a); free(b); return 0; }',
    'int f(char *a, char *b) { free(b); log_error("%s", a); return 0; }',
  ],
  [
    'a diagnostic with a call among its arguments',
    'int f(struct s *s, char *b) { DIAG("%d", g()); free(b); s->n = 0; return 0; }',
    'int f(struct s *s, char *b) { free(b); s->n = 0; DIAG("%d", g()); return 0; }',
  ],
  [
    'a link made on one path only',
    'int f(struct s *s, char *a, int n) { if (n) { s->next = 0; memcpy(s, a, 1); } free(a); x_free(s); return 0; }',
    'int f(struct s *s, char *a, int n) { if (n) { s->next = 0; memcpy(s, a, 1); } x_free(s); free(a); return 0; }',
  ],
  [
    'values stored while a release is ahead',
    'int f(struct s *s, char *a, int c) { free(a); if (c) s->n = 1; else s->n = 2; return s->n; }',
    'int f(struct s *s, char *a, int c) { if (c) s->n = 1; else s->n = 2; free(a); return 1; }',
  ],
  [
    'a read after a debug release that counts',
    'int f(char *p) { int r = count; free_count(p); return r; }',
    'int f(char *p) { int r; free_count(p); r = count; return r; }',
  ],
  [
    'a release that looks into what is released before it',
    'int f(struct s *s) { char *b = s->buf; x_free(s); free(b); return 0; }',
    'int f(struct s *s) { char *b = s->buf; free(b); x_free(s); return 0; }',
  ],
  [
    'a read of a part behind the release of the whole',
    'int f(void) { struct s *s = x_new(); char *b = s->buf; int c = b[0]; x_free(s); return c; }',
    'int f(void) { struct s *s = x_new(); char *b = s->buf; int c = b[0]; x_free(s); return b[0]; }',
  ],
];

const VALUES: readonly Pair[] = [
  ['NaN', 'int f(double x) { if (x != x) return -1; return 0; }', 'int f(double x) { return 0; }'],
  [
    'the type of the other arm',
    'long f(int c) { unsigned y = 0; long r = c ? -1 : y; return r; }',
    'long f(int c) { long y = 0; long r = c ? -1 : y; return r; }',
  ],
  [
    'overflow before the check that prevents it',
    'int f(int a) { if (a == 2147483647) return 0; return a + 1; }',
    'int f(int a) { int s = a + 1; if (a == 2147483647) return 0; return s; }',
  ],
  [
    'a branch on an indeterminate value',
    'int f(char *p) { free(p); return 0; }',
    'int f(char *p) { int t; if (t) { free(p); return 0; } free(p); return 0; }',
  ],
  [
    'a generic selection with a call',
    'int f(int n) { int t = _Generic(n, int: one(n)); step(); return t; }',
    'int f(int n) { step(); int t = _Generic(n, int: one(n)); return t; }',
  ],
  [
    'the size of two arrays of variable length',
    'int f(int n) { char a[n]; use(a, 0); n = 9; { char a[n]; use(a, 0); return sizeof a; } }',
    'int f(int n) { int r; char a[n]; use(a, 0); n = 9; r = sizeof a; { char a[n]; use(a, 0); return r; } }',
  ],
  [
    'a size evaluated in a type',
    'int f(void) { char (*p)[g()]; step(); p = 0; return use(p, 0); }',
    'int f(void) { step(); char (*p)[g()]; p = 0; return use(p, 0); }',
  ],
  [
    'a case range',
    'int f(int x) { switch (x) { case 1 ... 3: return 1; } return 0; }',
    'int f(int x) { switch (x) { case 1 ... 2: return 1; } return 0; }',
  ],
  [
    'a case range and its first value',
    'int f(int x) { switch (x) { case 1 ... 3: return 1; } return 0; }',
    'int f(int x) { switch (x) { case 1: return 1; } return 0; }',
  ],
];

const NAMES: readonly Pair[] = [
  [
    'a local typedef',
    'int f(void) { typedef int T; T x = g(); return x; }',
    'int f(void) { typedef char T; T x = g(); return x; }',
  ],
  ['a local enumerator', 'int f(void) { enum { A = 1 }; return A; }', 'int f(void) { enum { A = 2 }; return A; }'],
  [
    'a local struct',
    'int f(void) { struct q { int a; }; struct q x = { 0 }; use(&x, 0); return x.a; }',
    'int f(void) { struct q { char a; }; struct q x = { 0 }; use(&x, 0); return x.a; }',
  ],
  [
    'a prototype inside',
    'int f(void) { extern int ext(void); return ext(); }',
    'int f(void) { extern char ext(void); return ext(); }',
  ],
  [
    'the scope of a local typedef',
    'int f(int n) { T r; { typedef char T; step(); } r = n; return r; }',
    'int f(int n) { { typedef char T; step(); T r = n; return r; } }',
  ],
  [
    'an inner enumerator that hides a variable',
    'int f(int A) { { enum { A = 5 }; return A; } }',
    'int f(int A) { { enum { A = 5 }; } return A; }',
  ],
  [
    'a name of unknown kind may be a macro that assigns a variable it does not name',
    'int f(char *a) { int rc = 0; CHECK(a); return rc; }',
    'int f(char *a) { int rc = 0; CHECK(a); return 0; }',
  ],
  [
    'a name of unknown kind may be a macro that reads a variable it does not name',
    'int f(char *a) { int rc = 0; CHECK(a); rc = 1; return rc; }',
    'int f(char *a) { int rc = 1; CHECK(a); return rc; }',
  ],
  [
    'a name of unknown kind may be a macro that breaks',
    'int f(char *a, int n) { int r = 0; while (n--) { CHECK(a); r = 1; step(); } return r; }',
    'int f(char *a, int n) { int r = 1; while (n--) { CHECK(a); step(); r = 1; } return r; }',
  ],
  [
    'a counter',
    'int f(void) { step(); return __COUNTER__; }',
    'int f(void) { int r = __COUNTER__; step(); return __COUNTER__; }',
  ],
];

const CONTROL: readonly Pair[] = [
  [
    'a lost break',
    'int f(int x) { switch (x) { case 1: g(); break; case 2: h(); break; } return 0; }',
    'int f(int x) { switch (x) { case 1: g(); case 2: h(); break; } return 0; }',
  ],
  [
    'a label that is there twice',
    'int f(int n) { if (n) goto out; step(); out: return 0; }',
    'int f(int n) { if (n) goto out; out: step(); out: return 0; }',
  ],
  [
    'default in the middle',
    'int f(int x) { switch (x) { case 1: g(); break; default: step(); break; case 2: h(); } return 0; }',
    'int f(int x) { switch (x) { case 1: g(); break; default: step(); case 2: h(); } return 0; }',
  ],
  [
    'a case moved into another arm',
    'int f(int x) { switch (x) { case 1: case 2: g(); break; case 3: h(); } return 0; }',
    'int f(int x) { switch (x) { case 1: g(); break; case 2: case 3: h(); } return 0; }',
  ],
  [
    'continue over the step of a for',
    'int f(int n) { for (int i = 0; i < n; i++) { if (one(i)) continue; step(); } return 0; }',
    'int f(int n) { int i = 0; while (i < n) { if (one(i)) continue; step(); i++; } return 0; }',
  ],
  [
    'continue in a do loop that runs once',
    'int f(int n) { do { if (n) continue; step(); } while (0); return 0; }',
    'int f(int n) { do { if (n) continue; step(); } while (n); return 0; }',
  ],
  [
    'an initialiser that runs once instead of each time',
    'int f(int n) { again: { char *b = NULL; if (one(n)) b = malloc(n); free(b); if (g()) goto again; } return 0; }',
    'int f(int n) { char *b = NULL; again: { if (one(n)) b = malloc(n); free(b); if (g()) goto again; } return 0; }',
  ],
  [
    'an initialiser that is jumped over',
    'int f(int n) { int x = 1; if (n) goto in; x = 5; in: return x; }',
    'int f(int n) { if (n) goto in; { int x = 5; in: return x; } }',
  ],
  [
    'both operands of a short circuit',
    'int f(void) { if (g() && h()) return 1; return 0; }',
    'int f(void) { if (h() && g()) return 1; return 0; }',
  ],
  [
    'a short circuit that is none',
    'int f(void) { if (g() && h()) return 1; return 0; }',
    'int f(void) { if (g() & h()) return 1; return 0; }',
  ],
  ['arms exchanged', 'int f(int n) { return n ? g() : h(); }', 'int f(int n) { return n ? h() : g(); }'],
  [
    'success falls into the error block',
    'int f(int n) { char *p = malloc(n); if (!p) return -1; if (one(n)) { free(p); return -1; } gs->buf = p; return 0; }',
    'int f(int n) { int r = -1; char *p = malloc(n); if (!p) return -1; if (one(n)) goto out; gs->buf = p; r = 0; out: free(p); return r; }',
  ],
  ['an endless loop', 'int f(int n) { if (n) for (;;) ; return 0; }', 'int f(int n) { return 0; }'],
  [
    'a loop that ends early',
    'int f(int n) { while (n--) step(); return n; }',
    'int f(int n) { while (--n) step(); return n; }',
  ],
  [
    'a label moved into a loop',
    'int f(int n) { int i = 0; L: step(); for (i = 0; i < n; i++) { if (one(i)) goto L; } return 0; }',
    'int f(int n) { int i = 0; step(); for (i = 0; i < n; i++) { L: if (one(i)) goto L; } return 0; }',
  ],
  [
    'an early release without a reset',
    'int f(int n) { char *p = malloc(n); if (!p) return -1; free(p); if (one(n)) return -2; return 0; }',
    'int f(int n) { int r = 0; char *p = malloc(n); if (!p) return -1; free(p); if (one(n)) { r = -2; goto out; } return 0; out: free(p); return r; }',
  ],
  [
    'two lives of one variable',
    'int f(int n) { char *p = malloc(n); free(p); p = NULL; if (one(n)) return 1; p = malloc(2); free(p); return 0; }',
    'int f(int n) { int r = 1; char *p = malloc(n); free(p); if (one(n)) goto out; p = malloc(2); r = 0; out: free(p); return r; }',
  ],
];

const STATUS: readonly Pair[] = [
  ['bool', 'int f(int n) { if (n) return 5; return 0; }', 'int f(int n) { bool r = 0; if (n) r = 5; return r; }'],
  ['char', 'int f(int n) { return 300; }', 'int f(int n) { char r = 300; return r; }'],
  ['unsigned', 'long f(int n) { return -1; }', 'long f(int n) { unsigned r = -1; return r; }'],
  ['long through int', 'long f(long n) { return n; }', 'long f(long n) { int r = n; return r; }'],
  ['float', 'double f(double d) { return d; }', 'double f(double d) { float r = d; return r; }'],
  ['a typedef', 'long f(long n) { return n; }', 'long f(long n) { rc_t r = n; return r; }'],
  ['an enum', 'int f(int n) { return n; }', 'int f(int n) { enum e r = n; return r; }'],
  ['a bit too many', 'int f(void) { return 010; }', 'int f(void) { return 10; }'],
  ['a negative constant', 'int f(void) { return -1; }', 'int f(void) { return 1; }'],
  ['one of another type', 'int f(int n) { return sizeof(1); }', 'int f(int n) { return sizeof(1L); }'],
  ['a pointer', 'char *f(char *p) { return p; }', 'char *f(char *p) { bool q = p; return (char *)q; }'],
  ['a struct', 'struct t f(struct t a, struct t b) { return a; }', 'struct t f(struct t a, struct t b) { return b; }'],
  [
    'an argument of another type',
    'int f(long n) { return use(0, n); }',
    'int f(long n) { short m = n; return use(0, m); }',
  ],
];

const CONDITIONS: readonly Pair[] = [
  [
    'less or equal',
    'int f(double a, double b) { if (a < b) return 1; return 0; }',
    'int f(double a, double b) { if (a >= b) return 0; return 1; }',
  ],
  ['off by one', 'int f(int a) { if (a > 0) return 1; return 0; }', 'int f(int a) { if (a >= 0) return 1; return 0; }'],
  ['sign', 'int f(int a) { if (a < 0) return 1; return 0; }', 'int f(unsigned a) { if (a < 0) return 1; return 0; }'],
  [
    'a cast of a condition',
    'int f(long a) { if (a) return 1; return 0; }',
    'int f(long a) { if ((int)a) return 1; return 0; }',
  ],
  [
    'not equal to one is not false',
    'int f(int a) { if (a == 1) return 1; return 0; }',
    'int f(int a) { if (a) return 1; return 0; }',
  ],
  [
    'not x compared',
    'int f(int a) { if (!a == 0) return 1; return 0; }',
    'int f(int a) { if (a == 0) return 1; return 0; }',
  ],
  [
    'a fact about memory that a call may change',
    'int f(struct s *s) { if (s->buf) return 0; step(); if (s->buf) return 1; return 2; }',
    'int f(struct s *s) { if (s->buf) return 0; step(); return 2; }',
  ],
  [
    'a fact about a variable whose address was given away',
    'int f(void) { int x = 0; if (get(&x)) { if (x) return 1; return 2; } return 0; }',
    'int f(void) { int x = 0; if (get(&x)) { return 2; } return 0; }',
  ],
  [
    'a fact about a global',
    'int f(char *p) { if (!G) { step(); if (G) free(p); } return 0; }',
    'int f(char *p) { if (!G) { step(); } return 0; }',
  ],
  [
    'a fact kept over a store through another pointer',
    'int f(struct s *a, struct s *b) { if (a->n) { b->n = 0; if (a->n) return 1; return 2; } return 0; }',
    'int f(struct s *a, struct s *b) { if (a->n) { b->n = 0; return 1; } return 0; }',
  ],
];

const RELEASES: readonly Pair[] = [
  [
    'no sentinel after a failing call',
    'int f(void) { int *b = NULL; if (get2(&b) < 0) return -1; free(b); return 0; }',
    'int f(void) { int r = 0; int *b = NULL; if (get2(&b) < 0) { r = -1; goto out; } out: free(b); return r; }',
  ],
  [
    'a release that is no no-op on its sentinel',
    'int f(int n) { FILE *o = NULL; if (n) return -1; o = fopen("x", "r"); if (!o) return -1; fclose(o); return 0; }',
    'int f(int n) { int r = -1; FILE *o = NULL; if (n) goto out; o = fopen("x", "r"); if (!o) goto out; r = 0; out: fclose(o); return r; }',
  ],
  [
    'a custom release on its sentinel',
    'int f(int n) { struct s *x = NULL; if (n) return -1; x = x_create(); x_destroy(x); return 0; }',
    'int f(int n) { int r = -1; struct s *x = NULL; if (n) goto out; x = x_create(); r = 0; out: x_destroy(x); return r; }',
  ],
  [
    'two custom releases',
    'int f(struct s *a, struct s *b) { x_destroy(a); x_destroy(b); return 0; }',
    'int f(struct s *a, struct s *b) { x_destroy(b); x_destroy(a); return 0; }',
  ],
  [
    'a release moved over an unlock',
    'int f(struct s *s, char *p) { unlock(s); free(p); return 0; }',
    'int f(struct s *s, char *p) { free(p); unlock(s); return 0; }',
  ],
  [
    'a store moved over an unlock',
    'int f(struct s *s) { s->n = 1; unlock(s); return 0; }',
    'int f(struct s *s) { unlock(s); s->n = 1; return 0; }',
  ],
  [
    'a field released after its owner',
    'int f(struct s *s) { free(s->buf); free(s); return 0; }',
    'int f(struct s *s) { free(s); free(s->buf); return 0; }',
  ],
  [
    'a stream closed after its buffer was released',
    'int f(void) { char *b = malloc(9); FILE *o = fopen("x", "w"); if (!o || !b) return -1; setvbuf(o, b, 0, 9); fclose(o); free(b); return 0; }',
    'int f(void) { char *b = malloc(9); FILE *o = fopen("x", "w"); if (!o || !b) return -1; setvbuf(o, b, 0, 9); free(b); fclose(o); return 0; }',
  ],
  [
    'a stream closed after a buffer of unknown use',
    'int f(FILE *o, char *b) { fclose(o); free(b); return 0; }',
    'int f(FILE *o, char *b) { free(b); fclose(o); return 0; }',
  ],
  [
    'errno read behind a release that may set it',
    'int f(FILE *o) { int e = errno; fclose(o); return e; }',
    'int f(FILE *o) { fclose(o); return errno; }',
  ],
  [
    'errno set before a release that may set it',
    'int f(FILE *o) { fclose(o); errno = 5; return -1; }',
    'int f(FILE *o) { errno = 5; fclose(o); return -1; }',
  ],
  [
    'a reset that is missing',
    'int f(struct s *s) { SAFE_FREE(s->buf); return 0; }',
    'int f(struct s *s) { free(s->buf); return 0; }',
  ],
  [
    'a handle set to its sentinel instead of being released',
    'int f(struct s *s) { SAFE_FREE(s->buf); return 0; }',
    'int f(struct s *s) { s->buf = NULL; return 0; }',
  ],
  [
    'the returned value is read from released storage',
    'int f(struct s *s) { int n = s->n; free(s); return n; }',
    'int f(struct s *s) { free(s); return s->n; }',
  ],
  [
    'a pointer given back to who asks again',
    'int f(int n) { char *p = malloc(n); char *q = p; free(p); return use(0, q == NULL); }',
    'int f(int n) { char *p = malloc(n); char *q = p; free(p); q = NULL; return use(0, q == NULL); }',
  ],
];

/** Members that calloc made zero, and for how long they are known to be. */
const NEW = 'struct s *x = calloc(1, sizeof *x); if (!x) return 0;';
const ZEROES: readonly Pair[] = [
  [
    'a member of what malloc returned',
    'int f(void) { struct s *x = malloc(sizeof *x); if (!x) return 0; free(x); return 1; }',
    'int f(void) { struct s *x = malloc(sizeof *x); if (!x) return 0; free(x->buf); free(x); return 1; }',
  ],
  [
    'a member that was set by name',
    `int f(char *b) { ${NEW} x->buf = b; if (g()) { free(x); return 1; } free(x); return 2; }`,
    `int f(char *b) { ${NEW} x->buf = b; if (g()) { free(x->buf); free(x); return 1; } free(x); return 2; }`,
  ],
  [
    'a member that was set through its address',
    `int f(char *b) { ${NEW} char **q = &x->buf; *q = b; free(x); return 1; }`,
    `int f(char *b) { ${NEW} char **q = &x->buf; *q = b; free(x->buf); free(x); return 1; }`,
  ],
  [
    'a member set by a callee that got the object',
    `int f(void) { ${NEW} put(x, 0); free(x); return 1; }`,
    `int f(void) { ${NEW} put(x, 0); free(x->buf); free(x); return 1; }`,
  ],
  [
    'a member set by a callee that knew the object',
    `int f(void) { ${NEW} gs = x; step(); free(x); return 1; }`,
    `int f(void) { ${NEW} gs = x; step(); free(x->buf); free(x); return 1; }`,
  ],
  [
    'a member that memcpy wrote over',
    `int f(struct s *o) { ${NEW} memcpy(x, o, sizeof *x); free(x); return 1; }`,
    `int f(struct s *o) { ${NEW} memcpy(x, o, sizeof *x); free(x->buf); free(x); return 1; }`,
  ],
  [
    'a member set with the whole object',
    `int f(struct s *o) { ${NEW} *x = *o; free(x); return 1; }`,
    `int f(struct s *o) { ${NEW} *x = *o; free(x->buf); free(x); return 1; }`,
  ],
  [
    'a member set through another type',
    `int f(void) { ${NEW} ((struct t *)x)->a = 1; free(x); return 1; }`,
    `int f(void) { ${NEW} ((struct t *)x)->a = 1; free(x->p); free(x); return 1; }`,
  ],
  [
    'a member set on one of two paths that meet',
    `int f(char *b) { ${NEW} if (g()) x->buf = b; free(x); return 1; }`,
    `int f(char *b) { ${NEW} if (g()) x->buf = b; free(x->buf); free(x); return 1; }`,
  ],
  [
    'a member set in an earlier round of a loop',
    `int f(char *b) { ${NEW} while (g()) x->buf = b; free(x); return 1; }`,
    `int f(char *b) { ${NEW} while (g()) x->buf = b; free(x->buf); free(x); return 1; }`,
  ],
  [
    'a member read where the object may be missing',
    'int f(void) { struct s *x = calloc(1, sizeof *x); free(x); return 1; }',
    'int f(void) { struct s *x = calloc(1, sizeof *x); free(x->buf); free(x); return 1; }',
  ],
  [
    'a member read in an object that is too small',
    'int f(int n) { struct s *x = calloc(n, sizeof *x); if (!x) return 0; free(x); return 1; }',
    'int f(int n) { struct s *x = calloc(n, sizeof *x); if (!x) return 0; free(x->buf); free(x); return 1; }',
  ],
  [
    'a member read through a type that is too large',
    'int f(void) { struct t *y = calloc(1, sizeof *y); if (!y) return 0; free(y); return 1; }',
    'int f(void) { struct t *y = calloc(1, sizeof *y); if (!y) return 0; free(((struct s *)y)->buf); free(y); return 1; }',
  ],
  [
    'a member read after the release',
    `int f(void) { ${NEW} free(x); return 1; }`,
    `int f(void) { ${NEW} free(x); free(x->buf); return 1; }`,
  ],
];

/** Text to a log or a standard stream, and what it may have been told of before. */
const OUTPUT: readonly Pair[] = [
  [
    'a release moved before output through the buffer it releases',
    'int f(int n) { char *b = malloc(n); setvbuf(stdout, b, 0, 64); puts("x"); free(b); return 0; }',
    'int f(int n) { char *b = malloc(n); setvbuf(stdout, b, 0, 64); free(b); puts("x"); return 0; }',
  ],
  [
    'a release moved before a line of a logger that was given the object',
    'int f(int n) { char *b = malloc(n); use(b, 0); log_error("x"); free(b); return 0; }',
    'int f(int n) { char *b = malloc(n); use(b, 0); free(b); log_error("x"); return 0; }',
  ],
  [
    'a release moved before a line of a logger that may know the parameter',
    'int f(char *b) { log_error("x"); free(b); return 0; }',
    'int f(char *b) { free(b); log_error("x"); return 0; }',
  ],
  [
    'output to a stream of the caller, moved over a release',
    'int f(FILE *o, int n) { char *b = malloc(n); setvbuf(o, b, 0, 64); fprintf(o, "x"); free(b); return 0; }',
    'int f(FILE *o, int n) { char *b = malloc(n); setvbuf(o, b, 0, 64); free(b); fprintf(o, "x"); return 0; }',
  ],
  [
    'output to a local that has the name of a standard stream',
    'int f(FILE *o, char *b) { FILE *stderr = o; free(b); fprintf(stderr, "x"); return 0; }',
    'int f(FILE *o, char *b) { FILE *stderr = o; fprintf(stderr, "x"); free(b); return 0; }',
  ],
  [
    'a format that writes',
    'int f(struct s *s) { free(s->buf); printf("x%n", &s->n); return s->n; }',
    'int f(struct s *s) { int n = s->n; free(s->buf); printf("x%n", &s->n); return n; }',
  ],
  [
    'output of what was released',
    'int f(int n) { char *b = malloc(n); if (!b) return 0; b[0] = 0; printf("%s", b); free(b); return 0; }',
    'int f(int n) { char *b = malloc(n); if (!b) return 0; b[0] = 0; free(b); printf("%s", b); return 0; }',
  ],
  [
    'two lines of output',
    'int f(void) { puts("a"); puts("b"); return 0; }',
    'int f(void) { puts("b"); puts("a"); return 0; }',
  ],
];

/** What no proof goes through: undefined in C, or counting its own uses, or not understood. */
const UNDEFINED: ReadonlySet<string> = new Set([
  'int f(void) { __volatile__ int x = g(); int a = x; int b = x; return a + b; }',
  'int f(void) { __volatile__ int x = g(); int a = x; int b = a; return a + b; }',
  'int f(int n) { if (n) goto out; out: step(); out: return 0; }',
  'int f(int x) { return (x = 1) + x; }',
  'int f(int i) { i = i++ + 1; return i; }',
  'int f(void) { step(); return __COUNTER__; }',
  'int f(void) { int r = __COUNTER__; step(); return __COUNTER__; }',
]);

describe.each([
  ['memory', MEMORY],
  ['volatile', VOLATILE],
  ['order', ORDER],
  ['values', VALUES],
  ['names', NAMES],
  ['control', CONTROL],
  ['status', STATUS],
  ['conditions', CONDITIONS],
  ['releases', RELEASES],
  ['zeroes', ZEROES],
  ['output', OUTPUT],
])('%s', (_, pairs) => {
  test.each(pairs)('%s', (_name, before, after) => {
    const verdict = judge(before, after);
    expect(verdict.verdict, JSON.stringify(verdict)).toMatch(/^(different|unproved)$/);
    // It is the difference that is found, not something that no proof goes through.
    const selves = [before, after].filter((text) => !UNDEFINED.has(text)).map((text) => judge(text, text));
    expect(selves.map((self) => self.verdict + (self.reason ?? ''))).toEqual(selves.map(() => 'identical'));
  });
});

test('a name that keeps the address of a local, and one that is declared to keep nothing', () => {
  const before = 'int f(int c) { int n = 1; PEEK(n); if (n != 1) return 5; g(); if (c) return n; return 0; }';
  const after = before.replace('if (c) return n;', 'if (c) return 1;');
  expect(judge(before, after).verdict).toBe('identical');
  const [one = '', other = ''] = [before, after].map((text) => text.replace('PEEK', 'HOLD'));
  expect(judge(one, other).verdict).not.toBe('identical');
  // It may assign its argument all the same.
  expect(judge(before, before.replace('if (n != 1) return 5;', '')).verdict).not.toBe('identical');
});
