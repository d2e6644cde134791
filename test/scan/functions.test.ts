import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scanFunctions } from '../../src/scan/functions.ts';
import { shareable } from '../../src/scan/prefilter.ts';
import { scanDefinitions } from '../../src/scan/definitions.ts';
import { anyBytes, scrambledC } from './c-text.ts';

/** Name and text of each function, in order. */
function scan(text: string): string[] {
  return scanFunctions(text).functions.map(({ name, problem }) => (problem === undefined ? name : `${name}!`));
}

function textOfFirst(text: string): string {
  const [first] = scanFunctions(text).functions;
  return first ? text.slice(first.start, first.end) : '';
}

describe('heads', () => {
  const heads: [string, string][] = [
    ['int f(void) {}', 'f'],
    ['static inline struct s *f(struct s *s)\n{\n}', 'f'],
    ['int f(a, b) int a; char *b; {}', 'f'],
    ['int f(a, cb) int a; int (*cb)(); {}', 'f'],
    ['int (*f(int a))(void) {}', 'f'],
    ['int (f)(void) {}', 'f'],
    ['STATIC_FN int f(void) {}', 'f'],
    ['ATTR(1, 2) int f(void) {}', 'f'],
    ['ATTR(1, 2)\nstatic int f(void) {}', 'f'],
    ['__attribute__((noinline)) int f(void) {}', 'f'],
    ['int f(void) __must_hold(lock) {}', 'f'],
    ['int __f(void) must_hold(lock) {}', '__f'],
    ['static EXPORT(int) f(int a) {}', 'f'],
    ['EXPORT(int) f(int a) ATTR(x) {}', 'f'],
    ['F77(f)(int a) {}', 'f'],
    ['static void __init f(void) {}', 'f'],
    ['DEFINE_X(foo) {}', 'DEFINE_X'],
    ['SYSCALL_DEFINE3(read, int, fd, char *, buf, int, n) {}', 'SYSCALL_DEFINE3'],
    ['main() {}', 'main'],
    ['enum e f(enum e x) {}', 'f'],
    ['static enum { A, B } f(int x) {}', 'f'],
    ['struct PACKED(4) s { int a; }; int f(void) {}', 'f'],
  ];
  it.each(heads)('%s', (text, name) => {
    expect(scan(text)).toEqual([name]);
  });
});

describe('what is no function', () => {
  const texts = [
    'int f(void);',
    'struct s { int (*f)(void); };',
    'struct s x = { .f = g, };',
    'int a[] = { 1, 2 };',
    'typedef struct { int f(void); } t;',
    'static const struct ops o = { .open = open_it(1), };',
    '#define F(x) int f(x) { }\n',
    "#if 0\nint f(void) { if (don't) {\n#endif\n",
    'enum { A = F(1), B };',
    'TRACE_EVENT(x, TP_fast_assign(a = b; { c; }));',
  ];
  it.each(texts)('%s', (text) => {
    expect(scan(text)).toEqual([]);
  });
});

describe('ranges', () => {
  it('runs from the first token of the head to behind the closing brace', () => {
    expect(textOfFirst('int x;\n/* c */ static int\nf(void)\n{ "}" ; \'}\'; /* } */ // }\n}\nint y;')).toBe(
      'static int\nf(void)\n{ "}" ; \'}\'; /* } */ // }\n}',
    );
  });

  it('starts behind a macro invocation that lacks its semicolon', () => {
    expect(textOfFirst('MODULE("x")\n\nint f(void) {}')).toBe('int f(void) {}');
    expect(textOfFirst('EXPORT(x)\nstatic int f(void) {}')).toBe('static int f(void) {}');
    expect(textOfFirst('A(x)\nB(y)\n\nint f(void) {}')).toBe('int f(void) {}');
  });

  it('sees functions in extern "C" blocks', () => {
    expect(scan('extern "C" {\nint f(void) {}\nint g(void) {}\n}\nint h(void) {}')).toEqual(['f', 'g', 'h']);
  });
});

describe('#if', () => {
  it('follows the first branch where branches open different braces', () => {
    const text = 'int f(void) {\n#ifdef A\nif (a) {\n#else\nif (b) {\n#endif\n}\n}\nint g(void) {}\n';
    expect(scan(text)).toEqual(['f', 'g']);
  });

  it('finds functions in every branch', () => {
    expect(scan('#ifdef A\nint f(void) {}\n#else\nint g(void) {}\n#endif\nint h(void) {}')).toEqual(['f', 'g', 'h']);
  });

  it('takes the #if line into a head that depends on it', () => {
    const text = '#ifdef A\nstatic\n#endif\nint f(void) {}';
    expect(textOfFirst(text)).toBe(text);
  });

  it('marks a function with two opening braces', () => {
    const text = '#ifdef A\nint f(int a) {\n#else\nint f(long a) {\n#endif\nreturn 0; }\nint g(void) {}';
    expect(scan(text)).toEqual(['f!', 'g']);
  });

  it('loses one function, not the file, where braces do not balance', () => {
    const text = 'int f(void)\n{\n#ifdef A\nif (a) {\n#endif\n}\nint g(void)\n{\n}\nint h(void)\n{\n}\n';
    expect(scan(text)).toEqual(['f!', 'g', 'h']);
  });

  it('takes the branches that are C, not C++', () => {
    const open = '#if defined(__cplusplus)\nnamespace n {\n#endif\n#ifdef __cplusplus /* c */\nextern "C" {\n#endif\n';
    expect(scan(`${open}int f(void) {}\n#ifndef __cplusplus\nint g(void) {}\n#else\nint h(void) {}\n#endif\n`)).toEqual(
      ['f', 'g'],
    );
  });

  it('looks into braces that are never closed', () => {
    expect(scan('namespace n {\nint f(void) {}\nint g(void) {}\n')).toEqual(['f', 'g']);
  });

  it('marks the function before a stray brace', () => {
    expect(scan('int f(void)\n{\n}\n}\nint g(void)\n{\n}\n')).toEqual(['f!', 'g']);
  });
});

describe('properties', () => {
  it.each([
    ['scrambled C', scrambledC],
    ['any bytes', anyBytes],
  ] as const)('never throws on %s, and ranges are in order and well formed', (_, texts) => {
    fc.assert(
      fc.property(texts, (text) => {
        for (const range of scanFunctions(text).functions) {
          expect(range.start).toBeLessThanOrEqual(range.nameStart);
          expect(range.nameStart).toBeLessThan(range.bodyStart);
          expect(text[range.bodyStart]).toBe('{');
          expect(range.end).toBeLessThanOrEqual(text.length);
          if (range.problem === undefined) expect(text[range.end - 1]).toBe('}');
          expect(shareable(text, range)).toBeTypeOf('string');
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('does not let a function without #if reach over the end of another', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('x = "}";', "c = '{';", '/* } */', 'if (a) { b(); }', '// {\n')), (body) => {
        const text = `int f(void) {${body.join('')}}\nint g(void) {}\n`;
        expect(scan(text)).toEqual(['f', 'g']);
      }),
    );
  });
});

describe('texts nobody writes by hand', () => {
  const many = 20_000;
  it.each([
    ['braces', `int f(void) ${'{'.repeat(many)}${'}'.repeat(many)}`],
    ['open functions', 'int f(void) {\n}\n{'.repeat(2000)],
    ['open #if', '#if X\nint f(void) {\n'.repeat(1000)],
    ['macros without an end', 'X(a) '.repeat(many)],
    ['a comment of stars', `/*${'*'.repeat(1_000_000)}`],
    ['open quotes', '"\n'.repeat(many)],
    ['functions without an exit', 'void f(void) { g(); }\n'.repeat(many)],
    ['nested unions', 'union { '.repeat(5000)],
  ])('%s are read to the end', (_, text) => {
    for (const range of scanDefinitions(text).functions.slice(0, 100)) shareable(text, range);
    expect(scanFunctions(text).functions.length).toBeLessThanOrEqual(many);
  });
});
