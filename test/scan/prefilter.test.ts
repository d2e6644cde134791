import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scanFunctions } from '../../src/scan/functions.ts';
import { shareable, type Shareable } from '../../src/scan/prefilter.ts';

function look(body: string, type = 'void'): Shareable {
  const text = `${type} f(int a)\n{\n${body}\n}\n`;
  const [range] = scanFunctions(text).functions;
  if (!range) throw new Error('no function');
  return shareable(text, range);
}

function matters(body: string): boolean {
  return look(body) !== 'nothing';
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
  const one = 'if (a) { free(p); return 1; }';

  it.each([
    ['three exits with one call', `${one} ${one} free(p); return 0;`],
    ['two exits with two statements', 'if (a) { free(p); n = 0; return 1; } free(p); n = 0; return 0;'],
    ['a count that goes down', 'if (a) { free(p); --n; return 1; } free(p); --n; return 0;'],
    ['a call whose result is kept', 'if (a) { r = end(p); n++; return 1; } r = end(p); n++; return 0;'],
    ['a choice', 'if (a) { r = x ? f(p) : 0; n = 0; return 1; } r = x ? f(p) : 0; n = 0; return 0;'],
    ['comments inside', `${one} if (b) { free(/* mine */ p); return 2; } free(p // own\n); return 0;`],
    ['one that a label stands on', `if (b) goto out; ${one} g(); out: free(p); return 0;`],
    ['one that a label stands behind', `if (b) goto out; ${one} g(); free(p); out: h(); return 0;`],
    ['one behind a label, in a guard', 'if (b) goto out; if (a) { free(p); return 1; } out: if (p) free(p); return 0;'],
    [
      'branches of one if before a return',
      'if (a) { free(p); return 1; } if (b) { free(p); n = 1; } else { free(p); } return 0;',
    ],
  ])('%s', (_, body) => {
    expect(look(body, 'int')).toBe('worth it');
  });

  it.each([
    ['two exits with one call', `${one} free(p); return 0;`],
    ['a label that stands before it and other things', `${one} out: g(); free(p); return 0;`],
    ['exits that jump away', 'if (a) { free(p); goto out; } if (b) { free(p); goto out; } free(p); out: return 0;'],
    ['a case', 'switch (a) { case B: free(p); return 1; default: } free(p); return 0;'],
  ])('not %s', (_, body) => {
    expect(look(body, 'int')).toBe('something');
  });

  it('the end of a body is an exit only of a void function', () => {
    const body = `${one} ${'if (b) { free(p); return; }'} free(p);`;
    expect(look(body, 'int')).toBe('something');
    expect(look(body, 'static void')).toBe('worth it');
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
  expect(look(`${exit} ${exit} return 0;`, 'int')).toBe('worth it');
});
