import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scanFunctions } from '../../src/scan/functions.ts';
import { functionVariants } from '../../src/scan/variants.ts';
import { scrambledC } from './c-text.ts';

/** The first function's bodies, blanks squeezed; or the refusal's code and reason. */
function bodies(text: string): string[] {
  const [range] = scanFunctions(text).functions;
  if (!range) throw new Error('no function');
  const outcome = functionVariants(text, range);
  if ('refusal' in outcome) return [`${outcome.refusal.code}: ${outcome.refusal.reason}`];
  return outcome.variants.map((variant) => variant.text.slice(range.start, range.end).replaceAll(/\s+/g, ' '));
}

function inBody(body: string): string[] {
  return bodies(`void f(void) {\n${body}\n}\n`).map((text) => text.replace('void f(void) { ', '').replace(/ ?}$/, ''));
}

describe('choices', () => {
  it('gives the text itself where there is nothing to choose', () => {
    const text = 'int f(void) { return 1; }';
    const [range] = scanFunctions(text).functions;
    expect(range && functionVariants(text, range)).toEqual({ variants: [{ choices: [], text }] });
  });

  it('takes the first branch first, then the others, then none', () => {
    expect(inBody('#if A\na;\n#elif B\nb;\n#else\nc;\n#endif')).toEqual(['a;', 'b;', 'c;']);
    expect(inBody('#ifdef A\na;\n#endif\nb;')).toEqual(['a; b;', 'b;']);
    expect(inBody('#ifndef A\na;\n#endif\nb;')).toEqual(['a; b;', 'b;']);
  });

  it('chooses alike where the conditions are alike', () => {
    expect(inBody('#ifdef A\na;\n#endif\n#if defined( A )\nb;\n#endif\n#ifndef A\nc;\n#endif')).toEqual([
      'a; b;',
      'c;',
    ]);
    expect(inBody('#if A && B\na;\n#endif\n#if A\nb;\n#endif')).toEqual(['a; b;', 'b;', '']);
    expect(inBody('#if A > 1 /* x */\na;\n#endif\n#if A>1\nb;\n#endif')).toEqual(['a; b;', '']);
  });

  it('knows constants, and what is inside a branch that is not taken does not matter', () => {
    expect(inBody('#if 0\na;\n#define X\n#else\nb;\n#endif\n#if 1\nc;\n#endif')).toEqual(['b; c;']);
  });

  it('drops a variant with a live #error', () => {
    expect(inBody('#ifdef A\na;\n#else\n#error no\n#endif')).toEqual(['a;']);
    expect(inBody('#error no')).toEqual(['preprocessor-in-region: every choice ends in #error']);
  });

  it('names what was chosen', () => {
    const text = 'void f(void) {\n#if A // x\na;\n#else\nb;\n#endif\n}';
    const [range] = scanFunctions(text).functions;
    const outcome = range && functionVariants(text, range);
    expect(outcome && 'variants' in outcome && outcome.variants.map(({ choices }) => choices)).toMatchObject([
      [{ condition: '#if A', taken: 0 }],
      [{ condition: '#if A', taken: 1 }],
    ]);
  });
});

describe('refusals', () => {
  it.each(['#define X 1', '#undef X', '#include "x.c"', '#pragma omp parallel', '#embed "x"'])('%s', (line) => {
    expect(inBody(line)).toEqual([`preprocessor-in-region: it contains ${line}`]);
  });

  it.each(['#pragma GCC diagnostic push', '#line 3 "x"', '#', '#warning old'])('blanks %s', (line) => {
    expect(inBody(`${line}\na;`)).toEqual(['a;']);
  });

  it('gives up on more than 16 combinations', () => {
    const body = Array.from({ length: 5 }, (_, n) => `#ifdef A${n}\na${n};\n#endif`).join('\n');
    expect(inBody(body)).toEqual(['preprocessor-in-region: more than 16 combinations of #if']);
  });
});

describe('properties', () => {
  it('keeps the length, the line ends, and everything outside the function', () => {
    fc.assert(
      fc.property(scrambledC, (middle) => {
        const text = `int before;\nint f(void)\n{\n#ifdef A\na;\n#endif\n${middle}\n}\nint after;\n`;
        for (const range of scanFunctions(text).functions) {
          const outcome = functionVariants(text, range);
          if ('refusal' in outcome) continue;
          for (const variant of outcome.variants) {
            expect(variant.text).toHaveLength(text.length);
            expect(variant.text.replaceAll(/[^\r\n]/g, '')).toBe(text.replaceAll(/[^\r\n]/g, ''));
            expect(variant.text.slice(0, range.start)).toBe(text.slice(0, range.start));
            expect(variant.text.slice(range.end)).toBe(text.slice(range.end));
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});
