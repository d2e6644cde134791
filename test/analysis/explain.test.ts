import { expect, test } from 'vitest';
import { explainFunction } from '../../src/engine/explain.ts';
import { contextOf } from '../fixtures/pipeline-of.ts';
import { FIXTURES } from '../fixtures/load-fixtures.ts';

const TEXT = `#include <stdlib.h>
int f(int n)
{
  char *p = malloc(n);
  if (!p)
    return -1;
  free(p);
  return 0;
}
`;

test('`explain` shows the ledger with the lines of the file', () => {
  const text = explainFunction({ path: 'input.c', text: TEXT }, { name: 'f' }, 'text', contextOf(FIXTURES));
  expect(text).toContain(`exit ledger:
  acquired: p by malloc(n) (line 4)
  line 6: returns -1; nothing held
  line 8: returns 0; releases free(p); nothing held

control flow:`);
});

test('`explain` says why there is no ledger', () => {
  const jumps = TEXT.replace('int f', '#define CHECK(x) if (!(x)) return -2\nint f').replace(
    'free(p);',
    'CHECK(n); free(p);',
  );
  const text = explainFunction({ path: 'input.c', text: jumps }, { name: 'f' }, 'text', contextOf(FIXTURES));
  expect(text).toContain('exit ledger:\n  (none: the macro `CHECK` returns or jumps)');
});

test('`explain` of parentheses that do not parse', () => {
  const broken = TEXT.replace('free(p);', 'check(n, (, p)); free(p);');
  const text = explainFunction({ path: 'input.c', text: broken }, { name: 'f' }, 'text', contextOf(FIXTURES));
  expect(text).toContain('exit ledger:\n  (none: what stands in parentheses does not parse)');
});
