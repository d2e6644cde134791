/** What stands between the functions of a file, for those who compare two versions of it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { topLevelItems } from '../../src/scan/top-level.ts';
import { anyBytes, scrambledC } from './c-text.ts';

/** Kind, names and text of each piece. */
function pieces(text: string): [string, ...string[]][] {
  return topLevelItems(text).map((item) => [item.kind, ...item.names, item.text]);
}

/** The names that a text gives a meaning. */
function names(text: string): string[] {
  return topLevelItems(text).flatMap((item) => item.names);
}

describe('names that a declaration defines', () => {
  test.each([
    ['int x;', 'x'],
    ['static const struct option *a = &b, c[3] = { d, e };', 'a c'],
    ['typedef struct s { int f; enum { A, B = 3 } k; } t, *u;', 's A B t u'],
    ['enum color { RED = (1, 2), GREEN };', 'color RED GREEN'],
    ['typedef old_t new_t;', 'new_t'],
    ['struct s;', ''],
    ['union u { int i; };', 'u'],
    ['void (*hook)(int n);', 'hook n'],
    ['typedef int (*compare_fn)(void *, size_t);', 'compare_fn size_t'],
    ['unsigned long flags ATTR(8);', 'flags ATTR'],
    ['static LIST_HEAD(all);', 'all'],
    ['extern __thread FILE *log;', 'log'],
    ['struct list list = { 0 };', 'list'],
    ['int f(int count);', 'f'],
  ])('%s', (text, expected) => {
    expect(names(text).toSorted()).toEqual(expected.split(' ').filter(Boolean).toSorted());
  });
});

describe('pieces', () => {
  test('macros, with those inside functions, and what takes them back', () => {
    expect(pieces('#define A(x) \\\n  f(x) // c\nint f(void) {\n# define B 1\n}\n#undef A\n')).toEqual([
      ['macro', 'A', '#define A(x) f(x)'],
      ['function', 'f', 'int f ( void )'],
      ['macro', 'B', '#define B 1'],
      ['undef', 'A', '#undef A'],
    ]);
  });

  test('a prototype says the same as the definition it announces, whatever the parameters are called', () => {
    const [one, other, third] = topLevelItems(
      'extern int f(const char *name, struct s *t, unsigned n, size_t);\nstatic inline int f(const char *path, struct s *, unsigned, size_t b)\n{\n}\nint f(char *, struct s *, unsigned, size_t);\n',
    );
    expect(one?.text).toBe(other?.text);
    expect(third?.text).not.toBe(one?.text);
  });

  test('includes, pragmas, and what belongs to nothing', () => {
    const text = '#include <a.h>\n#include HEADER\n#pragma once\nMODULE("x")\n\nextern "C" {\nint x;\n}\n';
    expect(pieces(text)).toEqual([
      ['include', '#include <a.h>'],
      ['include', '#include HEADER'],
      ['pragma', '#pragma once'],
      ['rest', 'MODULE ( "x" ) extern "C" { }'],
      ['declaration', 'x', 'int x ;'],
    ]);
    expect(topLevelItems(text).map(({ words }) => [...words].join(' '))).toEqual(
      expect.arrayContaining(['', 'HEADER', 'MODULE x extern C']),
    );
  });

  test('the conditions around a piece are among its words; comments and blanks make no difference', () => {
    const [item] = topLevelItems('#if A > 1\nint  x /* c */ = y;\n#endif\n');
    expect(item).toMatchObject({ text: 'int x = y ;', conditions: ['A>1'], isStaticObject: false });
    expect([...(item?.words ?? [])].toSorted()).toEqual(['A', 'int', 'x', 'y']);
    expect(topLevelItems('static int x;')[0]?.isStaticObject).toBe(true);
    expect(topLevelItems('static int f(void);')[0]?.isStaticObject).toBe(false);
  });
});

test('never throws, and every token is in a function or in a piece', () => {
  fc.assert(
    fc.property(fc.oneof(anyBytes, scrambledC), (text) => {
      for (const item of topLevelItems(text)) expect(item.start).toBeLessThan(text.length);
    }),
  );
});
