import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scanFunctions, type FunctionRange } from '../../src/scan/functions.ts';
import { errorsTouchSkeleton, keywordCensus } from '../../src/syntax/census.ts';
import { maskFunction } from '../../src/syntax/mask.ts';
import { parseFunction, type ParsedFunction } from '../../src/syntax/parse-function.ts';
import { createParser } from '../../src/syntax/parse.ts';
import { walk, type FunctionTree } from '../../src/syntax/tree.ts';
import { anyBytes, scrambledC } from '../scan/c-text.ts';

const parser = createParser();

function firstFunction(text: string): FunctionRange {
  const [range] = scanFunctions(text).functions;
  if (!range) throw new Error(`no function in ${text}`);
  return range;
}

function parse(text: string): ParsedFunction {
  const parsed = parseFunction(parser, text, text, firstFunction(text));
  if (!parsed) throw new Error(`not parsed: ${text}`);
  return parsed;
}

/** The function around a body. */
function inFunction(body: string): string {
  return `int f(int a, char *p)\n{\n${body}\n}\n`;
}

/** What the parser saw of the body, blanks squeezed. */
function maskedBody(body: string): string {
  const text = inFunction(body);
  const { masked } = maskFunction(text, firstFunction(text));
  return masked
    .slice(text.indexOf('{') + 1, text.lastIndexOf('}'))
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** Named nodes of a kind, by their original text. */
function nodes(tree: FunctionTree, kind: string): string[] {
  const found: string[] = [];
  walk(tree.root, (node) => {
    if (node.kind === kind) found.push(tree.source.slice(node.start, node.end));
  });
  return found;
}

function problems(text: string): string[] {
  const { tree } = parse(text);
  const refusals = [keywordCensus(tree, text), errorsTouchSkeleton(tree)];
  return refusals.flatMap((refusal) => (refusal ? [refusal.code] : []));
}

describe('what parses with its masks', () => {
  const bodies = [
    'T *q = SAFE_MALLOC(a, T *);',
    'q = SAFE_MALLOC(a, struct s *); r = va_arg(ap, unsigned char *);',
    's = container_of(p, struct s, m.n[0]);',
    'x = offsetof(struct s, u.v[2]) + __builtin_offsetof(struct s, w);',
    'x = min_t(unsigned int, a, 3);',
    'F(a, , b); G(, b); CMP(a, <, b); CHECK(a, == 3);',
    'printf("a" PRIu64 "b" STR(X) "\\n", 1); printf(STR(X) FMT "c", 1);',
    'open(DIR BRANCH, 1); attach(EV_DEFAULT_ p);',
    'void __iomem *base = (void __force __iomem *)p; int flag UNUSED; char *r __maybe_unused = p;',
    'struct s buffer __aligned(64); struct { u8 x __aligned(8); DECLARE_BITMAP(m, 3); } data;',
    'static DEFINE_STATE(rs, 5); static DEFINE_TABLE(struct t, tab) = { 1 };',
    'typeof(*p) q = *p; __auto_type r = p; const typeof(a) *s;',
    'switch (a) { case 1 ... 5: return 1; case A: default: break; }',
    'list_for_each_entry(pos, &h, m) { if (pos->x) break; }',
    'list_for_each(pos, h) foo(pos);',
    'FOREACH(int i, 0, n) *p = 1;',
    'TEST("one") { a = 1; }',
    'MACRO(a)\n  a = 2;\n  OTHER(a)\n',
    'BEGIN_BLOCK\na = 2;\nEND_BLOCK',
    'TODO break;',
    'if IS_X(a) { a = 1; } else if (a) TODO',
    'asm volatile(INSN(%0) : "=r"(a) : CONSTRAINT(x) (a)); register long r asm("r0") = 1;',
    'f(.x = 1, .y.z = a); link(10baseT_Full);',
    'x = __alignof__(p->x); STACK_OF(X) *sk = NULL; TAILQ_HEAD(, s) head;',
    '_cleanup_free_ char *q = NULL; _cleanup_(close_it) T fd = { 0 }; char *r __free(kfree) = NULL;',
    '_Thread_local static char buffer[20];',
  ];
  it.each(bodies)('%s', (body) => {
    const { tree } = parse(inFunction(body));
    expect(tree.errors.map(({ start, end }) => tree.source.slice(start, end))).toEqual([]);
    expect(problems(inFunction(body))).toEqual([]);
  });

  const heads = [
    'static int __init f(void) { return 0; }',
    'STATIC_FN int f(void) { return 0; }',
    'API_EXPORT T *CALL_CONV f(const char __user *p, struct s *x UNUSED) { return 0; }',
    'ATTR(1, 2)\nstatic T f(EV_P_ int a) __must_hold(l) { return 0; }',
    'int (*__init f(int a UNUSED))(void) { return 0; }',
    'int f(a, p) int a; char *p; { return 0; }',
    'DEFINE_X(foo, bar) { return 0; }',
    'static DEFINE_X(foo, int a) { return 0; }',
  ];
  it.each(heads)('%s', (text) => {
    expect(parse(text).tree.errors).toEqual([]);
  });
});

describe('what the tree shows under a mask', () => {
  it('keeps the original text in the node of a masked type', () => {
    const { tree } = parse(inFunction('q = SAFE_MALLOC(a, T **);'));
    expect(nodes(tree, 'argument_list')).toEqual(['(a, T **)']);
    expect(nodes(tree, 'identifier')).toContain('T **');
  });

  it('covers both limits of a case range', () => {
    expect(nodes(parse(inFunction('switch (a) { case 1 ... 5: ; }')).tree, 'binary_expression')).toEqual(['1 ... 5']);
  });

  it('never takes a macro name for the type of a function', () => {
    const { tree } = parse('DEFINE_X(foo, bar) { return 0; }');
    expect(nodes(tree, 'type_identifier')).toEqual(['(']);
  });

  it('records loop macros, and only those', () => {
    const text = inFunction('list_for_each(x, h) { while (a) a--; }');
    const { iteratorMacros, tree } = parse(text);
    expect(iteratorMacros.map(({ start, end }) => text.slice(start, end))).toEqual(['list_for_each(x, h)']);
    expect(nodes(tree, 'while_statement')).toHaveLength(2);
  });
});

describe('what is never hidden', () => {
  it.each([
    ['(a * b)', 'x = (a * b) / 2; y = 10baseT_Full;', '(a * b) / 2'],
    ['an assignment in a macro argument', 'EACH(int i = 0, i) { }', 'i = 0, i'],
    ['a plain word in a declaration', 'foo bar baz = 1;', 'foo bar baz = 1;'],
    ['a call beside a string', 'f(g(a, b = 2) "x");', 'g(a, b = 2)'],
    ['an initialiser macro behind a star', 'int *x SILENCE_INIT(NULL);', 'SILENCE_INIT(NULL)'],
    ['an initialiser macro', 'int x SILENCE_INIT(0);', 'SILENCE_INIT(0)'],
  ])('%s', (_, body, kept) => {
    expect(maskedBody(body)).toContain(kept);
  });

  it('leaves a loop shape off a block that a break may leave, unless its name says loop', () => {
    expect(maskedBody('WITH_LOCK(p) { if (a) break; }')).toBe('WITH_LOCK(p) { if (a) break; }');
    expect(maskedBody('WITH_LOCK(p) { for (;;) { break; } }')).toMatch(/^while +\(p\)/);
    expect(maskedBody('EACH_ITER(p) { if (a) break; }')).toMatch(/^while +\(p\)/);
  });
});

describe('cleanup marks', () => {
  it.each([
    '_cleanup_free_ char *q = NULL;',
    '__attribute__((unused, cleanup(f))) int x;',
    'int x __attribute__((__cleanup__(f)));',
    'guard(mutex)(&lock);',
    'char *q __free(kfree) = NULL;',
    'g_autofree char *q = NULL;',
    'g_autoptr(T) q = NULL;',
    'QEMU_LOCK_GUARD(&lock);',
    'defer { free(p); }',
  ])('%s', (body) => {
    expect(parse(inFunction(body)).hasCleanupAttribute).toBe(true);
  });

  it.each(['goto cleanup; cleanup: free(p);', 'cleanup(p);', 'int guard = 1;', 'defer(p); int defer = 1;'])(
    'not %s',
    (body) => {
      expect(parse(inFunction(body)).hasCleanupAttribute).toBe(false);
    },
  );
});

describe('census', () => {
  it.each([
    ['a keyword as a macro argument', 'ASSERT(a, return -1);', 'keyword-census'],
    ['statements as a macro argument', 'WITH(p, a = 1; if (a) return 2;);', 'parse-error'],
    ['a macro before an assignment', 'int x = 1;\nNEXT x = 2;', 'parse-error'],
    ['a macro before a call', 'foo_t free(p);', 'parse-error'],
    ['an ERROR among statements', 'if (a) ) return 1;', 'parse-error'],
  ])('refuses %s', (_, body, code) => {
    expect(problems(inFunction(body))).toContain(code);
  });

  it('tolerates an ERROR inside the arguments of a call', () => {
    const text = inFunction('f(1, p[0] @ 2); return 1;');
    expect(parse(text).tree.errors).not.toEqual([]);
    expect(problems(text)).toEqual([]);
  });

  it('accepts plain control flow of every kind', () => {
    const body =
      'for (;;) { if (a) continue; else break; }\ndo { a--; } while (a);\nswitch (a) { case 1: goto out; default: return 2; }\nout: while (a) a--;';
    expect(problems(inFunction(body))).toEqual([]);
  });
});

describe('properties', () => {
  it.each([
    ['scrambled C', scrambledC],
    ['any bytes', anyBytes],
  ] as const)(
    'masks of %s keep the length, the text outside, and all line ends but those behind a macro call',
    (_, texts) => {
      fc.assert(
        fc.property(texts, (middle) => {
          const text = `int f(void)\n{\n${middle}\n}\nint after;\n`;
          for (const range of scanFunctions(text).functions) {
            const { masked, spans } = maskFunction(text, range);
            expect(masked).toHaveLength(text.length);
            expect(masked.slice(range.end + 1)).toBe(text.slice(range.end + 1));
            expect(masked.slice(0, range.start)).toBe(text.slice(0, range.start));
            for (let i = range.start; i < range.end; i++) {
              if (/[\r\n]/.test(text[i] ?? '')) expect([text[i], ';', ')', '(']).toContain(masked[i]);
              if (masked[i] !== text[i]) expect(spans.some(({ start, end }) => start <= i && i < end)).toBe(true);
            }
          }
        }),
        { numRuns: 500 },
      );
    },
  );

  it('parses, counts and refuses without throwing', () => {
    fc.assert(
      fc.property(scrambledC, (middle) => {
        const text = `int f(void)\n{\n${middle}\n}\n`;
        for (const range of scanFunctions(text).functions) {
          const parsed = parseFunction(parser, text, text, range);
          if (!parsed) continue;
          keywordCensus(parsed.tree, text, parsed.iteratorMacros);
          errorsTouchSkeleton(parsed.tree);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('depth', () => {
  const bodies: readonly (readonly [name: string, body: (depth: number) => string])[] = [
    ['parentheses', (depth) => `x = ${'('.repeat(depth)}1${')'.repeat(depth)};`],
    ['a sum', (depth) => `x = a${' + a'.repeat(depth)};`],
    ['else if', (depth) => `${'if (a) b(); else '.repeat(depth)} c();`],
  ];

  it.each(bodies)('%s: what code may hold is read whole', (_, body) => {
    const text = inFunction(body(700));
    expect(problems(text)).toEqual([]);
    expect(parse(text).tree.isCut).toBe(false);
  });

  it.each(bodies)('%s: what is deeper than any walk goes is cut, and an error of the tree', (_, body) => {
    const { tree } = parse(inFunction(body(9000)));
    expect(tree.isCut).toBe(true);
    expect(tree.errors).not.toEqual([]);
  });
});
