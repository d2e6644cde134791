import { describe, expect, test } from 'vitest';
import { compareLedgers, incomparable } from '../../src/analysis/compare-ledgers.ts';
import { ledgerOf } from './analyse.ts';

const CASCADE = `int f(int n)
{
  char *a = malloc(n);
  if (!a)
    return -1;
  FILE *in = fopen("x", "r");
  if (!in) {
    free(a);
    return -1;
  }
  if (looks(a, in)) {
    fclose(in);
    free(a);
    return -2;
  }
  fclose(in);
  free(a);
  return 0;
}`;

const LABEL = `int f(int n)
{
  int ret = -1;
  FILE *in = NULL;
  char *a = malloc(n);
  if (!a)
    return -1;
  in = fopen("x", "r");
  if (!in)
    goto out;
  if (looks(a, in)) {
    ret = -2;
    goto out;
  }
  ret = 0;
out:
  if (in)
    fclose(in);
  free(a);
  return ret;
}`;

const LADDER = `int f(int n)
{
  int ret = -1;
  char *a = malloc(n);
  if (!a)
    goto fail;
  FILE *in = fopen("x", "r");
  if (!in)
    goto fail_a;
  ret = looks(a, in) ? -2 : 0;
  fclose(in);
fail_a:
  free(a);
fail:
  return ret;
}`;

function difference(before: string, after: string): string | undefined {
  const [first, second] = [ledgerOf(before), ledgerOf(after)];
  expect(incomparable(first, second)).toBeUndefined();
  return compareLedgers(first, second)?.reason;
}

describe('equal', () => {
  test.each([
    ['itself', CASCADE, CASCADE],
    ['a cascade and a label', CASCADE, LABEL],
    ['a cascade and a ladder', CASCADE, LADDER],
    ['a label and a ladder', LABEL, LADDER],
    [
      'a release of NULL and a guard',
      'void f(char *p) { char *q = malloc(9); free(q); free(p); }',
      'void f(char *p) { char *q = malloc(9); if (q) free(q); if (p) free(p); }',
    ],
    [
      'an alias',
      'int f(void) { char *p = malloc(9); if (!p) return -1; free(p); return 0; }',
      'int f(void) { char *p = malloc(9); char *q = p; if (q == NULL) return -1; free(q); return 0; }',
    ],
    [
      'a loop of releases, once and repeated',
      'int f(struct n *l) { if (looks(l)) { while (l) { struct n *x = l->next; free(l); l = x; } return -1; } while (l) { struct n *x = l->next; free(l); l = x; } return 0; }',
      'int f(struct n *l) { int r = 0; if (looks(l)) r = -1; while (l) { struct n *x = l->next; free(l); l = x; } return r; }',
    ],
    [
      'a lock taken at two places and at one',
      'int f(struct m *m) { if (m->n) { pthread_mutex_lock(&m->l); pthread_mutex_unlock(&m->l); return 1; } pthread_mutex_lock(&m->l); pthread_mutex_unlock(&m->l); return 0; }',
      'int f(struct m *m) { int r = m->n ? 1 : 0; pthread_mutex_lock(&m->l); pthread_mutex_unlock(&m->l); return r; }',
    ],
  ])('%s', (_, before, after) => {
    const [first, second] = [ledgerOf(before), ledgerOf(after)];
    expect(incomparable(first, second)).toBeUndefined();
    expect(compareLedgers(first, second)).toBeUndefined();
    expect(compareLedgers(second, first)).toBeUndefined();
  });
});

describe('different', () => {
  test('a release that is left out', () => {
    const after = LABEL.replace('  if (in)\n    fclose(in);\n', '  if (ret == 0)\n    fclose(in);\n');
    expect(difference(CASCADE, after)).toContain('returns -2; releases fclose(in), free(a)');
  });

  test('a success that is lost', () => {
    expect(difference(CASCADE, LABEL.replace('  ret = 0;\n', ''))).toContain('`0`');
  });

  test('an error code that is lost', () => {
    expect(difference(CASCADE, LABEL.replace('    ret = -2;\n', ''))).toContain('`-2`');
  });

  test('a resource that goes to the caller, and is released too', () => {
    const before =
      'char *f(int n) { char *p = malloc(9); if (!p) return NULL; if (n) { free(p); return NULL; } return p; }';
    const after =
      'char *f(int n) { char *p = malloc(9); if (!p) return NULL; if (n) goto out; return p; out: return NULL; free(p); }';
    const released =
      'char *f(int n) { char *p = malloc(9); if (!p) return NULL; if (n) { free(p); return NULL; } free(p); return NULL; }';
    expect(difference(before, released)).toContain('goes to the caller');
    // The release is in the text, and on no path: nothing is compared by what could be released.
    expect(incomparable(ledgerOf(before), ledgerOf(after))).toContain('different calls');
  });

  test('a release of a parameter that is left out', () => {
    const before = 'void f(char *p, char *q) { free(q); free(p); }';
    expect(difference(before, 'void f(char *p, char *q) { free(q); }')).toContain(
      '`p` is released in the first version only',
    );
  });
});

describe('not compared', () => {
  test('what may be a macro', () => {
    const text = 'void f(int n) { whatever(n); }';
    expect(incomparable(ledgerOf(text), ledgerOf(text))).toContain('whatever');
  });

  test('two versions that acquire different things', () => {
    const [one, other] = ['malloc(9)', 'malloc(10)'].map((call) =>
      ledgerOf(`void f(void) { char *p = ${call}; free(p); }`),
    );
    expect(one && other && incomparable(one, other)).toContain('acquire different things');
  });
});
