import { describe, expect, test } from 'vitest';
import { ledgerOf } from './analyse.ts';

function repeat(count: number, part: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => part(index)).join('');
}

/** Each exit releases what is held: one path goes on. */
function cascade(count: number): string {
  const exits = repeat(count, (index) => `  if (looks(p, ${index})) {\n    free(p);\n    return -${index + 1};\n  }\n`);
  return `int f(int n)\n{\n  char *p = malloc(n);\n  if (!p)\n    return -1;\n${exits}  free(p);\n  return 0;\n}`;
}

/** Two paths meet again and again: 2^count paths. */
function diamonds(count: number): string {
  const parts = repeat(count, (index) => `  if (looks(p, ${index}))\n    x${index % 7} = ${index};\n`);
  const locals = repeat(7, (index) => `  int x${index} = 0;\n`);
  const reads = repeat(7, (index) => `  looks(p, x${index});\n`);
  return `int f(int n)\n{\n${locals}  char *p = malloc(n);\n  if (!p)\n    return -1;\n${parts}${reads}  free(p);\n  return 0;\n}`;
}

/** Each step acquires something or does not: the states of the resources are 2^count, too. */
function choices(count: number): string {
  const locals = repeat(count, (index) => `  char *p${index} = NULL;\n`);
  const acquires = repeat(count, (index) => `  if (looks(${index}))\n    p${index} = malloc(n);\n`);
  const releases = repeat(count, (index) => `  free(p${index});\n`);
  return `void f(int n)\n{\n${locals}${acquires}${releases}}`;
}

/** One statement with many choices. */
function conditionals(count: number): string {
  const parts = repeat(count, (index) => `, n > ${index} ? ${index} : n`);
  return `void f(int n)\n{\n  use(0${parts});\n}`;
}

function steps(text: string): number {
  return ledgerOf(text, 10_000_000).steps;
}

describe('the cost, in steps', () => {
  test('of 500 sequential exits is about ten times that of 50', () => {
    expect(steps(cascade(500)) / steps(cascade(50))).toBeLessThanOrEqual(11);
  });

  test('of 500 sequential exits that jump to one label too', () => {
    const shared = (count: number): string =>
      cascade(count)
        .replaceAll(/\{\n {4}free\(p\);\n {4}return -(\d+);\n {2}\}/g, '{\n    ret = -$1;\n    goto out;\n  }')
        .replace('int f(int n)\n{', 'int f(int n)\n{\n  int ret = 0;')
        .replace('  free(p);\n  return 0;', 'out:\n  free(p);\n  return ret;');
    expect(shared(2)).toContain('goto out');
    expect(steps(shared(500)) / steps(shared(50))).toBeLessThanOrEqual(11);
  });

  test('of paths that part and meet is not that of all combinations', () => {
    expect(steps(diamonds(200)) / steps(diamonds(20))).toBeLessThanOrEqual(13);
  });

  test('of resources that are acquired or not is bounded, at the price of being exact', () => {
    const ledger = ledgerOf(choices(20), 10_000_000);
    expect(ledger.isExact).toBe(false);
    expect(ledger.steps).toBeLessThan(20_000);
    expect(ledgerOf(choices(4)).isExact).toBe(true);
  });

  test('of choices inside one expression is that of the expression', () => {
    expect(ledgerOf(conditionals(40)).outcomes).toHaveLength(1);
  });
});
