/** Members of structs by the lexer alone: their shapes, and which of them stand together. */
import { expect, test } from 'vitest';
import { membersOf, typeNamesOf } from '../../src/scan/members.ts';

/** `names { base stars name dimensions }` of each struct. */
function listed(text: string): string[] {
  return membersOf(text).map(
    ({ names, list }) =>
      `${names.join(', ')}: ${list.map(({ base, stars, name, dimensions }) => `${base} ${'*'.repeat(stars)}${name}${'[]'.repeat(dimensions)}`).join('; ')}`,
  );
}

test('the shape of each declarator', () => {
  expect(listed('struct s { const char *name, **all; int n : 3, v[2][4]; void (*call)(int); };')).toEqual([
    'struct s: char *name; char **all; int n; int v[][];  *call',
  ]);
});

test('members of unnamed structs belong to the one around, those of named ones do not', () => {
  expect(listed('struct o { union { int a; long b; }; struct in { int c; } d; };')).toEqual([
    ': int a; long b',
    'struct in: int c',
    'struct o: int a; long b; struct in {} d',
  ]);
});

test('a typedef names its struct', () => {
  expect(listed('typedef struct tag { int a; } first, *second; struct tag x;')).toEqual(['struct tag, first: int a']);
});

test('what a macro declares is not told', () => {
  expect(
    listed('struct s { LIST_ENTRY(s) link; char name[8] ATTRIBUTE(1); int *p __attribute__((aligned(8))); };'),
  ).toEqual(['struct s:  link; char name[]']);
});

test('type names wherever they are defined', () => {
  expect(typeNamesOf('typedef char text[8], *word; void f(void) { typedef struct { int a; } inner; }')).toEqual([
    { name: 'text', base: 'char', stars: 0, dimensions: 1 },
    { name: 'word', base: 'char', stars: 1, dimensions: 0 },
    { name: 'inner', base: 'struct {}', stars: 0, dimensions: 0 },
  ]);
});
