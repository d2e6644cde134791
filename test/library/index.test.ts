import { describe, expect, test } from 'vitest';
import { explain, plan, verify } from '../../src/index.ts';

const FLAT = `#include <stdlib.h>
#include "use.h"

int f(int n) {
  char *a = malloc(1);
  char *b = malloc(2);
  if (use(a, n)) {
    free(b);
    free(a);
    return -1;
  }
  if (use(b, n)) {
    free(b);
    free(a);
    return -1;
  }
  free(b);
  free(a);
  return 0;
}
`;

const HEADER = 'int use(char *text, int n);\n';
const headers = new Map([['lib/use.h', HEADER]]);
const options = { path: 'lib/f.c', headers };

describe('plan', () => {
  test('gives proved edits, and the text they make', () => {
    const { functions, rewrites, newText } = plan(FLAT, options);
    expect(functions.map(({ name, status, proof }) => [name, status, proof?.verdict])).toEqual([
      ['f', 'rewritable', 'identical'],
    ]);
    expect(rewrites).toHaveLength(1);
    expect(newText).toContain('goto cleanup;');
    expect(newText.match(/free\(a\);/g)).toHaveLength(1);
  });

  test('takes the name of the label', () => {
    expect(plan(FLAT, { ...options, label: 'out' }).newText).toContain('goto out;');
  });

  test('passes over functions whose name does not match', () => {
    expect(plan(FLAT, { ...options, functionPattern: /^g/ }).newText).toBe(FLAT);
  });

  test('says what is wrong with a pair', () => {
    expect(() => plan(FLAT, { pairs: ['nonsense'] })).toThrow(/nonsense/);
  });
});

describe('verify', () => {
  test('proves what plan made', () => {
    const { summary } = verify(FLAT, plan(FLAT, options).newText, options);
    expect(summary).toMatchObject({ identical: 1, equivalent: 0, different: 0, unproved: 0 });
  });

  test('finds a release that got lost', () => {
    const damaged = FLAT.replace('    free(b);\n', '');
    const { functions } = verify(FLAT, damaged, options);
    expect(functions.map(({ name, verdict }) => [name, verdict])).toEqual([['f', 'different']]);
  });
});

test('explain tells of one function, or that there is none', () => {
  expect(explain(FLAT, 'f', options)).toContain('can be rewritten');
  expect(explain(FLAT, 'g', options)).toBeUndefined();
});
