import { describe, expect, test } from 'vitest';
import { factsOf, know } from './know.ts';

const macro = (text: string, name = 'M') => factsOf(name, text).macro;

describe('jumps out of a macro', () => {
  test.each([
    ['#define M(p) do { if (!(p)) return -1; } while (0)'],
    ['#define M(p) do { if (!(p)) goto fail; } while (0)'],
    ['#define M(p) if (!(p)) break'],
    ['#define M(p) { if (!(p)) continue; }'],
    ['#define M(p) switch (p) { case 0: continue; }'],
    ['#define M(p) ({ if (!(p)) return 0; (p); })'],
    // Two levels: the inner one jumps.
    ['#define BAIL return -1\n#define M(p) do { if (!(p)) BAIL; } while (0)'],
    ['#define CHECK(x) if (!(x)) goto out\n#define M(p) do { CHECK(p); } while (0)'],
    ['#define M(p) do { if (p) {'],
  ])('%s', (text) => {
    expect(macro(text)?.hasJump).toBe(true);
  });

  test.each([
    ['#define M(p) do { if (!(p)) break; use(p); } while (0)\nvoid use(int);'],
    ['#define M(p) for (;;) { if (p) break; else continue; }'],
    ['#define M(p) switch (p) { case 0: break; default: use(p); }\nvoid use(int);'],
    ['#define M(p) use("return", \'g\') /* goto out */\nvoid use(char *, int);'],
    ['#define M(fmt, ...) use(fmt, ##__VA_ARGS__)\nvoid use(char *, ...);'],
  ])('stays inside: %s', (text) => {
    expect(macro(text)?.hasJump).toBe(false);
  });
});

describe('state of a macro', () => {
  test.each([
    ['#define M(p) do { static int once; if (!once++) use(p); } while (0)'],
    ['#define M(p) use(__COUNTER__, p)'],
    ['#define M(p) do { again: if (use(p)) break; } while (0)'],
    ['#define ONCE static int seen\n#define M(p) do { ONCE; use(p, seen++); } while (0)'],
    ['#define M(p) __asm__ volatile ("" : : "r" (p))'],
  ])('%s', (text) => {
    expect(macro(`${text}\nint use(int, ...);`)?.isStateful).toBe(true);
  });

  test('a pasted name can be anything', () => {
    const facts = factsOf('M', '#define M(p) do { ret ## p; } while (0)');
    expect(facts.kind).toBe('unknown');
    expect(facts.macro?.isStateful).toBe(true);
  });

  test('a conditional expression is no label', () => {
    expect(macro('#define M(p) ((p) ? use(p) : 0)\nint use(int);')?.isStateful).toBe(false);
  });
});

describe('parameters that a macro writes', () => {
  test.each([
    ['(p) = 0', [0]],
    ['((p)) += 1', [0]],
    ['(p)++', [0]],
    ['use(&(p))', [0]],
    ['(p).field = 0', [0]],
    ['SET(q)', [1]],
    ['SET(p), SET(q)', [0, 1]],
    ['*(p) = 0', []],
    ['(p)->field = 0', []],
    ['use(p)', []],
    ['SET((p)->field)', []],
  ])('%s', (body, written) => {
    const text = `#define SET(x) ((x) = 0)\n#define M(p, q) do { ${body}; } while (0)\nvoid use();`;
    expect(macro(text)?.writes).toEqual(written);
  });

  test('what stands for all further arguments', () => {
    const set = '#define SET(n, x, y) ((y) = (x) + (n))\n';
    expect(macro(`${set}#define M(n, ...) SET(n, __VA_ARGS__)`)?.writes).toEqual([1]);
    expect(macro(`${set}#define M(n, rest...) SET(n, ##rest)`)?.writes).toEqual([1]);
  });

  test('a name of which nothing is known may write its arguments', () => {
    expect(macro('#define M(p) mystery(p)')?.writes).toEqual([0]);
  });
});

describe('the kind of a macro', () => {
  test('one that calls an unknown name is unknown itself', () => {
    expect(factsOf('M', '#define M(p) mystery(p)').kind).toBe('unknown');
    expect(factsOf('M', '#define M(p) known(p)\nvoid known(void *);').kind).not.toBe('unknown');
  });

  test('one call with each parameter once is like a function', () => {
    expect(factsOf('M', 'void f(void *, int);\n#define M(p) f((p), 1)').kind).toBe('function');
    expect(factsOf('M', 'void f(void *, int);\n#define M(p) f((p), __LINE__)').kind).toBe('macro');
    expect(factsOf('M', 'void f(int, int);\n#define M(p) f((p), (p))').kind).toBe('macro');
    expect(factsOf('M', 'void f(int);\n#define M(p, q) f(p)').kind).toBe('macro');
  });

  test('in its own body its name is the function', () => {
    const facts = factsOf('f', 'int f(int, int);\n#define f(x) (f((x), 1), (x))');
    expect(facts.kind).toBe('macro');
    expect(facts.macro?.hasJump).toBe(false);
  });

  test('free names go through the macros it uses', () => {
    const text =
      'int depth;\nvoid f(int);\n#define INNER(x) f(depth + (x))\n#define M(x) do { int y = x; INNER(y); } while (0)';
    expect(factsOf('M', text).macro?.freeNames).toEqual(['INNER', 'depth', 'f', 'y']);
  });

  test('the value of an object-like macro is not what a call of it does', () => {
    const facts = factsOf('git_free', 'struct t { void (*gfree)(void *); } table;\n#define git_free table.gfree');
    expect(facts).toEqual({
      kind: 'macro',
      macro: { hasJump: false, isStateful: false, freeNames: ['table'], writes: [] },
      from: 'main.c:2',
    });
  });

  test('macros that use one another in a circle are read whichever is asked for first', () => {
    const text = '#define A(x) B(x)\n#define B(x) (A(x), 1)\nvoid C(int);';
    for (const order of [
      ['A', 'B'],
      ['B', 'A'],
    ]) {
      const knowledge = know(text);
      for (const name of order) knowledge.name(name);
      expect(knowledge.name('A').kind).toBe('unknown');
      expect(knowledge.name('B').kind).toBe('unknown');
    }
  });
});
