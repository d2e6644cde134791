import { describe, expect, test } from 'vitest';
import { ledgerOf, rendered, tryLedger } from './analyse.ts';

/** The lines of the rendering without the list of acquire calls. */
function exits(text: string): string[] {
  return rendered(text)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('acquired:'));
}

describe('a cascade', () => {
  test('says for each exit what it releases, in order', () => {
    expect(
      exits(`int f(int n)
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
  free(b);
  free(a);
  return 0;
}`),
    ).toEqual([
      'line 5: returns -1; nothing held',
      'line 9: returns -1; releases free(a); nothing held',
      'line 14: returns -2; releases free(b), free(a); nothing held',
      'line 18: returns 0; releases free(b), free(a); nothing held',
    ]);
  });

  test('behind a label keeps apart what differs in its releases', () => {
    expect(
      exits(`int f(int n)
{
  int ret = -1;
  char *a = NULL, *b = NULL;
  a = malloc(n);
  if (!a)
    goto out;
  b = malloc(n);
  if (!b)
    goto out;
  if (looks(a, b) < 0) {
    ret = -2;
    goto out;
  }
  ret = 0;
out:
  free(b);
  free(a);
  return ret;
}`),
    ).toEqual([
      'line 19: returns -1; nothing held',
      'line 19: returns -1; releases free(a); nothing held',
      'line 19: returns 0 or -2; releases free(b), free(a); nothing held',
    ]);
  });

  test('as a ladder of labels', () => {
    expect(
      exits(`int f(int n)
{
  FILE *a = fopen("a", "r");
  if (a == NULL)
    goto fail;
  char *b = malloc(n);
  if (b == NULL)
    goto fail_a;
  if (looks(a, b))
    goto fail_b;
  free(b);
  fclose(a);
  return 0;
fail_b:
  free(b);
fail_a:
  fclose(a);
fail:
  return -1;
}`),
    ).toEqual([
      'line 13: returns 0; releases free(b), fclose(a); nothing held',
      'line 19: returns -1; nothing held',
      'line 19: returns -1; releases fclose(a); nothing held',
      'line 19: returns -1; releases free(b), fclose(a); nothing held',
    ]);
  });
});

describe('handing over', () => {
  test('to the caller, with what hangs from it', () => {
    expect(
      exits(`struct s *f(int n)
{
  struct s *s = calloc(1, sizeof *s);
  if (!s) return NULL;
  s->buf = malloc(n);
  if (!s->buf) { free(s); return NULL; }
  return s;
}`),
    ).toEqual([
      'line 4: returns NULL; nothing held',
      'line 6: returns NULL; releases free(s); nothing held',
      'line 7: returns s; s goes to the caller; s->buf goes to the caller in s',
    ]);
  });

  test('to a field of a parameter', () => {
    expect(exits('int f(struct s *s) { s->buf = malloc(9); if (!s->buf) return -1; return 0; }')).toEqual([
      'line 1: returns -1; nothing held',
      'line 1: returns 0; s->buf stays there',
    ]);
  });

  test('to an out-parameter, through an alias and a cast', () => {
    expect(
      exits(
        'int f(void **out) { char *p = malloc(9); void *q; if (p == NULL) return -1; q = (void *)p; *out = q; return 0; }',
      ),
    ).toEqual(['line 1: returns -1; nothing held', 'line 1: returns 0; p is stored in *out']);
  });

  test('to a global, inside a struct that is copied whole', () => {
    expect(exits('void f(struct pair *to) { struct pair local; local.first = malloc(9); *to = local; }')).toEqual([
      'line 1: ends; local.first is stored in to->first',
    ]);
  });

  test('to a call that consumes it', () => {
    expect(exits('int f(void) { char *p = malloc(9); if (!p) return -1; take(p); return 0; }')).toEqual([
      'line 1: returns -1; nothing held',
      'line 1: returns 0; p is taken over by take(p)',
    ]);
  });

  test('perhaps, to an unseen callee', () => {
    expect(exits('int f(void) { char *p = malloc(9); if (!p) return -1; use(p); return 0; }')).toEqual([
      'line 1: returns -1; nothing held',
      'line 1: returns 0; p may be kept or released by use(p)',
    ]);
  });

  test('of a pointer into it is handing it over', () => {
    expect(exits('char *f(char *s) { char *p = strdup(s); if (!p) return NULL; return strchr(p, 47); }')).toEqual([
      'line 1: returns NULL; nothing held',
      'line 1: returns strchr(p, 47); p goes to the caller in strchr(p, 47)',
    ]);
  });
});

describe('failures', () => {
  test('of an out-argument show in the result', () => {
    expect(exits('int f(void) { void *p; if (posix_memalign(&p, 64, 9) != 0) return -1; free(p); return 0; }')).toEqual(
      ['line 1: returns -1; nothing held', 'line 1: returns 0; releases free(p); nothing held'],
    );
  });

  test('of a descriptor are negative', () => {
    expect(exits('int f(void) { int fd = open("x", 0); if (fd < 0) return -1; close(fd); return 0; }')).toEqual([
      'line 1: returns -1; nothing held',
      'line 1: returns 0; releases close(fd); nothing held',
    ]);
  });

  test('of mmap are MAP_FAILED', () => {
    expect(
      exits(
        'int f(void) { void *p = mmap(0, 9, 1, 1, -1, 0); if (p == MAP_FAILED) return -1; munmap(p, 9); return 0; }',
      ),
    ).toEqual(['line 1: returns -1; nothing held', 'line 1: returns 0; releases munmap(p, 9); nothing held']);
  });

  test('kept in a status variable', () => {
    expect(
      exits('int f(void) { int ok; char *p = malloc(9); ok = p != NULL; if (!ok) return -1; free(p); return 0; }'),
    ).toEqual(['line 1: returns -1; nothing held', 'line 1: returns 0; releases free(p); nothing held']);
  });

  test('tested in one condition with another', () => {
    expect(
      exits(`int f(int n)
{
  char *a = malloc(n);
  char *b = malloc(n);
  if (!a || !b) {
    free(a);
    free(b);
    return -1;
  }
  free(a);
  free(b);
  return 0;
}`),
    ).toEqual([
      'line 8: returns -1; releases free(b); nothing held',
      'line 8: returns -1; releases free(a); nothing held',
      'line 12: returns 0; releases free(a), free(b); nothing held',
    ]);
  });

  test('of realloc leave the old block where it was', () => {
    expect(
      exits(`char *f(char *s)
{
  char *p = strdup(s);
  if (!p)
    return NULL;
  char *q = realloc(p, 99);
  if (!q) {
    free(p);
    return NULL;
  }
  return q;
}`),
    ).toEqual([
      'line 5: returns NULL; nothing held',
      'line 9: returns NULL; releases free(p); nothing held',
      'line 11: returns q; p is taken over by realloc(p, 99); q goes to the caller',
    ]);
  });

  test('of fdopen leave the descriptor with the caller', () => {
    expect(
      exits(`int f(void)
{
  int fd = open("x", 0);
  if (fd < 0)
    return -1;
  FILE *file = fdopen(fd, "r");
  if (!file) {
    close(fd);
    return -1;
  }
  fclose(file);
  return 0;
}`),
    ).toEqual([
      'line 5: returns -1; nothing held',
      'line 9: returns -1; releases close(fd); nothing held',
      'line 12: returns 0; releases fclose(file); fd is taken over by fdopen(fd, "r")',
    ]);
  });
});

describe('guards and resets', () => {
  test('a guard is decided by what the path knows', () => {
    expect(
      exits(`int f(int n)
{
  int ret = -1;
  FILE *a = NULL;
  char *b = malloc(n);
  if (!b)
    goto out;
  a = fopen("a", "r");
  if (!a)
    goto out;
  ret = 0;
out:
  if (a)
    fclose(a);
  free(b);
  return ret;
}`),
    ).toEqual([
      'line 16: returns -1; nothing held',
      'line 16: returns -1; releases free(b); nothing held',
      'line 16: returns 0; releases fclose(a), free(b); nothing held',
    ]);
  });

  test('a resetting release leaves the sentinel', () => {
    const text = 'void f(int n) { char *p = malloc(n); SAFE_FREE(p); if (p) use(p); SAFE_FREE(p); }';
    expect(exits(text)).toEqual(['line 1: ends; releases SAFE_FREE(p); nothing held']);
    expect(ledgerOf(text).faults).toEqual([]);
  });

  test('a field of a zeroed object is NULL until it is set', () => {
    expect(
      exits(`struct s *f(void)
{
  struct s *s = calloc(1, sizeof *s);
  if (!s)
    return NULL;
  s->fd = open("x", 0);
  if (s->fd < 0) {
    free(s->buf);
    free(s);
    return NULL;
  }
  return s;
}`),
    ).toEqual([
      'line 5: returns NULL; nothing held',
      'line 10: returns NULL; releases free(s); nothing held',
      'line 12: returns s; s goes to the caller; s->fd goes to the caller in s',
    ]);
  });

  test('a parameter is released or not, by its guard', () => {
    expect(exits('void f(char *p) { if (p) free(p); }')).toEqual([
      'line 1: ends; nothing held',
      'line 1: ends; releases free(p); nothing held',
    ]);
  });
});

describe('locks', () => {
  test('are named by their address', () => {
    expect(
      exits(`void f(struct m *m)
{
  pthread_mutex_lock(&m->lock);
  if (m->n) {
    pthread_mutex_unlock(&m->lock);
    return;
  }
  pthread_mutex_unlock(&m->lock);
}`),
    ).toEqual([
      'line 6: returns; releases pthread_mutex_unlock(&m->lock); nothing held',
      'line 9: ends; releases pthread_mutex_unlock(&m->lock); nothing held',
    ]);
  });

  test('and their objects are two resources', () => {
    expect(
      exits(`int f(struct m *m)
{
  if (pthread_mutex_init(&m->lock, NULL) != 0)
    return -1;
  pthread_mutex_lock(&m->lock);
  pthread_mutex_unlock(&m->lock);
  pthread_mutex_destroy(&m->lock);
  return 0;
}`),
    ).toEqual([
      'line 4: returns -1; nothing held',
      'line 8: returns 0; releases pthread_mutex_unlock(&m->lock), pthread_mutex_destroy(&m->lock); nothing held',
    ]);
  });
});

describe('loops', () => {
  test('what belongs to one round is released in it', () => {
    expect(
      exits(`int f(int n)
{
  for (int i = 0; i < n; i++) {
    char *p = malloc(n);
    if (!p)
      return -1;
    if (looks(p)) {
      free(p);
      continue;
    }
    free(p);
  }
  return 0;
}`),
    ).toEqual([
      'line 6: returns -1; in a loop: free(p); nothing held',
      'line 13: returns 0; in a loop: free(p); nothing held',
    ]);
  });

  test('getline goes on with its buffer', () => {
    expect(
      exits(`int f(FILE *in)
{
  char *line = NULL;
  size_t cap = 0;
  while (getline(&line, &cap, in) != -1)
    looks(line);
  free(line);
  return 0;
}`),
    ).toEqual(['line 8: returns 0; releases free(line); nothing held']);
  });

  test('an array of handles is not told apart', () => {
    expect(exits('void f(char **a, int n) { for (int i = 0; i < n; i++) a[i] = malloc(9); }')).toEqual([
      'line 1: ends; nothing held',
    ]);
  });

  test('a list is released node by node', () => {
    expect(exits('void f(struct n *p) { while (p) { struct n *next = p->next; free(p); p = next; } }')).toEqual([
      'line 1: ends; in a loop: free(p); nothing held',
    ]);
  });
});

describe('what is not known', () => {
  test('an unknown macro may assign what it names, and the ledger says so', () => {
    const ledger = ledgerOf('int f(void) { char *p = malloc(9); if (!p) return -1; whatever(p); free(p); return 0; }');
    expect(ledger.isExact).toBe(false);
    expect(ledger.inexactBecause).toContain('whatever');
    expect(ledger.outcomes.at(-1)?.uncertain).toEqual([0]);
  });

  test('a macro that is known to jump is refused', () => {
    expect(tryLedger('int f(void) { JUMPS(1); return 0; }')).toMatchObject({
      kind: 'refusal',
      code: 'hidden-control-flow',
    });
  });

  test('an unseen callee may replace a field, whose release then is uncertain', () => {
    const ledger = ledgerOf(
      'int f(struct s *s) { s->buf = malloc(9); if (!s->buf) return -1; get(s); free(s->buf); return 0; }',
    );
    const last = ledger.outcomes.at(-1);
    expect(last?.releases.map((one) => one.text)).toEqual(['free(s->buf)']);
    expect(last?.uncertain).toEqual([0]);
  });

  test('a function beyond the budget is refused', () => {
    expect(tryLedger('int f(int n) { if (n) return 1; return 0; }', 1)).toMatchObject({ code: 'budget-exceeded' });
  });

  test('a call that never comes back is an exit', () => {
    expect(exits('void f(void) { char *p = malloc(9); if (!p) abort(); free(p); }')).toEqual([
      'line 1: never returns from abort(); nothing held',
      'line 1: ends; releases free(p); nothing held',
    ]);
  });
});
