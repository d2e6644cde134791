/**
 * Every rewritten fixture compiles without new warnings and does the same as its input when each acquisition, and each
 * other callee, fails in turn.
 */
import { afterAll, describe, expect, it } from 'vitest';
import { loadFixtures } from '../fixtures/load-fixtures.ts';
import { findCompiler, warningsOf } from './compilers.ts';
import { changedFunctions, Workshop } from './run.ts';
import { runOptions } from './run-options.ts';

const rewritten = loadFixtures().filter((fixture) => fixture.expected !== undefined);
const gcc = findCompiler('gcc');

for (const name of ['gcc', 'clang'] as const) {
  const compiler = findCompiler(name);
  if ('skip' in compiler) console.warn(`skipped: warnings of ${name}: ${compiler.skip}`);
  describe.skipIf('skip' in compiler)(`${name} has no new warning`, () => {
    it.each(rewritten)('$name', ({ input, expected }) => {
      if ('skip' in compiler) return;
      expect(warningsOf(compiler, expected ?? '')).toEqual(warningsOf(compiler, input));
    });
  });
}

if ('skip' in gcc) console.warn(`skipped: behaviour under failing acquisitions: ${gcc.skip}`);
describe.skipIf('skip' in gcc)('behaves as before under every outcome of its callees', () => {
  const workshop = 'skip' in gcc ? undefined : new Workshop();
  afterAll(() => workshop?.dispose());

  it.each(rewritten)('$name', (fixture) => {
    if (!workshop) return;
    const functions = changedFunctions(fixture.input, fixture.expected ?? '');
    expect(functions, 'functions that differ').not.toHaveLength(0);
    for (const target of functions) {
      const before = workshop.trace(fixture.input, target, runOptions(fixture));
      const after = workshop.trace(fixture.expected ?? '', target, runOptions(fixture));
      expect(runsOf(before), 'outcomes tried').toBeGreaterThan(1);
      expect(after).toBe(before);
    }
  });
});

function runsOf(trace: string): number {
  return Number(/-- (\d+) runs/.exec(trace)?.[1] ?? 0);
}
