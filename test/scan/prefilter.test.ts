import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canMatter, scanFunctions } from '../../src/scan/functions.ts';

function matters(body: string, leastRepeats?: number): boolean {
  const text = `int f(void)\n{\n${body}\n}\n`;
  const [range] = scanFunctions(text).functions;
  if (!range) throw new Error('no function');
  return canMatter(text, range, leastRepeats);
}

describe('exits that repeat a call', () => {
  it.each([
    ['two returns', 'if (a) { free(p); return 1; } free(p); return 0;'],
    ['white space between', 'if (a) { free( p ) ; return 1; } free (p); return 0;'],
    ['the end of a void function', 'if (a) { free(p); return; } g(); free(p);'],
    ['a guard', 'if (a) { if (p) free(p); return 1; } if (p) { free(p); } return 0;'],
    ['a cast', 'if (a) { (void)close(fd); return 1; } close(fd); return 0;'],
    ['a goto', 'if (a) { free(p); goto out; } if (b) { free(p); goto out; } out: return 0;'],
    ['a label', 'if (a) { unlock(l); return 1; } b(); out: unlock(l); return 0;'],
    ['a switch', 'switch (a) { case 1: free(p); return 1; case 2: free(p); return 2; }'],
    ['a call through a pointer', 'if (a) { o->ops->put(o); return 1; } o->ops->put(o); return 0;'],
    ['a call through a starred pointer', 'if (a) { (*o->put)(o); return 1; } (*o->put)(o); return 0;'],
    ['a comment before the return', 'if (a) { free(p); // f()\n return 1; } free(p); /* x */ return 0;'],
    ['a directive before the return', 'if (a) { free(p);\n#if F(1)\n return 1;\n#endif\n} free(p); return 0;'],
    ['an else', 'if (a) { free(p); return 1; } else { free(p); return 2; }'],
    ['a loop', 'if (a) { for (;;) free(p[i]); return 1; } for (;;) free(p[i]); return 0;'],
  ])('%s', (_, body) => {
    expect(matters(body)).toBe(true);
  });
});

describe('exits that repeat none', () => {
  it.each([
    ['one exit', 'free(p); free(p); return 0;'],
    ['different arguments', 'if (a) { free(p); return 1; } free(q); return 0;'],
    ['a call that one path makes', 'free(p); if (a) return 1; return 0;'],
    ['calls in the values', 'if (a) { return f(x); } return f(x);'],
    ['calls in conditions', 'if (f(x)) { return 1; } if (f(x)) { return 2; } return 0;'],
    ['calls before another exit', 'f(x); if (a) return 1; g(); if (b) { f(x); return 2; } return 0;'],
    ['assignments alone', 'if (a) { *n = 0; return 1; } *n = 0; return 0;'],
    [
      'text of comments and literals',
      'g("free(p); return"); /* free(p); return */ if (a) { h(); return 1; } return 0;',
    ],
  ])('%s', (_, body) => {
    expect(matters(body)).toBe(false);
  });
});

describe('what can be worth it', () => {
  it('takes three exits with one call, or two with two statements', () => {
    const one = 'if (a) { free(p); return 1; }';
    expect(matters(`${one} free(p); return 0;`, 2)).toBe(false);
    expect(matters(`${one} ${one} free(p); return 0;`, 2)).toBe(true);
    expect(matters('if (a) { free(p); n = 0; return 1; } free(p); n = 0; return 0;', 2)).toBe(true);
  });
});

it('says yes wherever two exits end in the same call, whatever stands around them', () => {
  const filler = fc.constantFrom(
    'g();',
    'if (x) return 3;',
    'for (;;) { h(i); }',
    'n = 1;',
    '/* { */',
    '"}";',
    'do { k(); } while (n);',
    '{ int m; }',
  );
  fc.assert(
    fc.property(fc.array(filler), fc.array(filler), fc.array(filler), (before, between, after) => {
      const body = `${before.join(' ')} if (a) { ${between.join(' ')} put(&o); return 1; } ${after.join(' ')} put(&o); return 0;`;
      expect(matters(body)).toBe(true);
    }),
  );
});

it('counts a store through a pointer as a statement before an exit, like any other', () => {
  const exit = 'if (g()) { free(*p); *p = NULL; return -1; }';
  expect(matters(`${exit} ${exit} return 0;`, 2)).toBe(true);
});
