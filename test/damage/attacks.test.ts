/** Pairs that differ in one way each (a type, a scope, an alias, a volatile read): none may be proved. */
import { describe, expect, it } from 'vitest';
import { contextOf, judge } from '../fixtures/pipeline-of.ts';
import { ATTACKS, loadAttacks } from './load-attacks.ts';

describe('is not proved', () => {
  const context = contextOf(ATTACKS);
  it.each(loadAttacks())('$name', ({ before, after }) => {
    expect(after).not.toBe(before);
    const { functions } = judge(before, after, context);
    expect(functions.length).toBeGreaterThan(0);
    const proved = functions.filter(({ verdict }) => verdict === 'identical' || verdict === 'equivalent');
    // A change of a callee or macro may leave one of several functions as it was.
    expect(proved.length).toBeLessThan(functions.length);
  });
});
