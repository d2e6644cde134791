/** What an audit finds in C, and in its twin, which differs by one thing and must not be reported. */
import { describe, expect, test } from 'vitest';
import { FINDING_CODES } from '../../src/engine/finding-codes.ts';
import { auditFile } from '../../src/engine/audit-file.ts';
import { AuditIndex } from '../../src/engine/audit-index.ts';
import type { FileContext } from '../../src/engine/pipeline.ts';
import { createKnowledgeSource, createRepositoryDefinitions } from '../../src/engine/knowledge-source.ts';
import { createParser } from '../../src/syntax/parse.ts';

const parser = createParser();
const HEAD =
  '#include <stdlib.h>\n#include <stdio.h>\n#include <string.h>\n#include <fcntl.h>\n#include <unistd.h>\n#include <stdarg.h>\n';
const CONFIG = {
  pairs: [],
  extends: [],
  diagnostics: [],
  neverReturns: [],
  retainsNothing: [],
  transfersOwnership: [],
};

type Files = Readonly<Record<string, string>>;

function audit(files: Files, path = 'a.c', hasIndex = true): ReturnType<typeof auditFile> {
  const repository = {
    list: () => Object.keys(files).toSorted(),
    readFile: (name: string) => files[name],
    readConfig: () => undefined,
  };
  const source = createKnowledgeSource(createRepositoryDefinitions(repository), CONFIG, 'posix', () => parser);
  const context: FileContext = {
    ...source,
    options: { proof: 'equivalent', style: 'auto', label: undefined, functionPattern: undefined },
    parser: () => parser,
    styleAround: () => undefined,
    ...(hasIndex && { index: new AuditIndex(repository) }),
  };
  return auditFile(files[path] ?? '', path, context);
}

/** `code: message` of each finding. */
function found(text: string, others: Files = {}): string[] {
  const { findings, unread } = audit({ ...others, 'a.c': HEAD + text });
  expect(unread).toEqual([]);
  return findings.map(({ code, message }) => `${code}: ${message}`);
}

/** Something wrong, and a twin in which it is not. */
interface Pair {
  readonly what: string;
  readonly bad: string;
  readonly finding: string;
  readonly good: string;
}

const PAIRS: readonly Pair[] = [
  {
    what: 'a local that nobody ever gives back',
    bad: 'int f(void) { char *p = malloc(9); if (!p) return -1; p[0] = 1; return p[0]; }',
    finding: 'leak-on-path: `p` leaks when the function returns in line 7',
    good: 'char *last; int f(void) { char *p = malloc(9); if (!p) return -1; p[0] = 1; last = p; return p[0]; }',
  },
  {
    what: 'a descriptor that is overwritten',
    bad: 'void f(void) { int d = open("a", O_RDONLY); d = open("b", O_RDONLY); if (d != -1) close(d); }',
    finding: 'leak-on-path: `d` leaks when the function ends in line 7',
    good: 'void f(void) { int d = open("a", O_RDONLY); if (d != -1) close(d); d = open("b", O_RDONLY); if (d != -1) close(d); }',
  },
  {
    what: 'what a failing realloc leaves behind',
    bad: 'int f(int n) { char *p = malloc(9); if (!p) return -1; p = realloc(p, n); if (!p) return -1; free(p); return 0; }',
    finding: 'leak-on-path: `p` leaks when the function returns in line 7',
    good: 'int f(int n) { char *p = malloc(9); if (!p) return -1; char *q = realloc(p, n); if (!q) { free(p); return -1; } free(q); return 0; }',
  },
  {
    what: 'a use after the release',
    bad: 'struct s { int n; struct s *next; }; int f(struct s *s) { free(s); return s->n; }',
    finding: 'use-after-release: `s` is used after its release by `s->n`',
    good: 'struct s { int n; struct s *next; }; int f(struct s *s) { int n = s->n; free(s); return n; }',
  },
  {
    what: 'a released string that a library function reads',
    bad: 'size_t f(void) { char *p = strdup("a"); if (!p) return 0; free(p); return strlen(p); }',
    finding: 'use-after-release: `p` is used after its release by `strlen(p)`',
    good: 'size_t f(void) { char *p = strdup("a"); if (!p) return 0; free(p); p = "b"; return strlen(p); }',
  },
  {
    what: 'a released pointer that is returned',
    bad: 'char *f(int n) { char *p = malloc(n); if (!p) return NULL; free(p); return p; }',
    finding: 'use-after-release: `p` is used after its release by `return p;`',
    good: 'int f(int n) { char *p = malloc(n); if (!p) return 0; free(p); return p != NULL; }',
  },
  {
    what: 'a pointer that is printed after its release',
    bad: 'void f(char *p) { free(p); puts(p); }',
    finding: 'use-after-release: `p` is used after its release by `puts(p)`',
    good: 'void f(char *p) { free(p); printf("%p\\n", (void *)p); }',
  },
  {
    what: 'a release of what was never set',
    bad: 'int f(int n) { char *p; if (n) { free(p); return -1; } p = malloc(9); free(p); return 0; }',
    finding: 'uninitialised-release: `free(p)` gets `p` before it has a value',
    good: 'int f(int n) { char *p = NULL; if (n) { free(p); return -1; } p = malloc(9); free(p); return 0; }',
  },
  {
    what: 'a field that a failing realloc overwrites',
    bad: 'struct s { char *b; }; int f(struct s *s, int n) { s->b = realloc(s->b, n); if (!s->b) return -1; return 0; }',
    finding: 'realloc-loses-old: `s->b = realloc(s->b, n)` loses what `s->b` was where it fails',
    good: 'struct s { char *b; }; int f(struct s *s, int n) { char *b = realloc(s->b, n); if (!b) return -1; s->b = b; return 0; }',
  },
  {
    what: 'a field of which the failure ends the program',
    bad: 'struct s { char *b; }; void f(struct s *s, int n) { s->b = realloc(s->b, n); if (!s->b) { puts("no memory"); return; } s->b[0] = 0; }',
    finding: 'realloc-loses-old: `s->b = realloc(s->b, n)` loses what `s->b` was where it fails',
    good: 'struct s { char *b; }; void f(struct s *s, int n) { s->b = realloc(s->b, n); if (!s->b) { puts("no memory"); exit(1); } s->b[0] = 0; }',
  },
  {
    what: 'a second release behind a condition that went the same way before',
    bad: 'int coin(void); void f(void) { char *p = malloc(9); if (coin()) free(p); if (coin()) free(p); else puts("a"); }',
    finding: 'double-release: `p` is released a second time by `free(p)`',
    good: 'int coin(void); void f(void) { char *p = malloc(9); if (coin()) free(p); else puts("a"); if (!coin()) free(p); }',
  },
  {
    what: 'a loop that runs once',
    bad: 'void f(char *p) { for (int i = 0; i < 1; i++) free(p); for (int j = 0; j < 1; j++) free(p); }',
    finding: 'double-release: `p` is released a second time by `free(p)`',
    good: 'void f(char *p, int n) { for (int i = 0; i < n; i++) { free(p); p = malloc(9); } for (int j = 0; j < 1; j++) free(p); }',
  },
  {
    what: 'a static that is never written',
    bad: 'static int on = 1; int f(void) { char *p = malloc(9); if (!p) return -1; if (on) { return 0; } free(p); return 0; }',
    finding: 'leak-on-path: `p` leaks when the function returns in line 7',
    good: 'static int on = 0; int f(void) { char *p = malloc(9); if (!p) return -1; if (on) { return 0; } free(p); return 0; }',
  },
  {
    what: 'a callee in the file that releases its argument',
    bad: 'static void drop(char *p) { if (p) free(p); } void f(char *p) { drop(p); free(p); }',
    finding: 'double-release: `p` is released a second time by `free(p)`',
    good: 'static void show(char *p) { if (p) p[0] = 0; } void f(char *p) { show(p); free(p); }',
  },
  {
    what: 'a callee that keeps nothing',
    bad: 'static int first(char *p) { return p[0]; } int f(void) { char *p = calloc(9, 1); if (!p) return -1; return first(p); }',
    finding: 'leak-on-path: `p` leaks when the function returns in line 7',
    good: 'static char *kept; static int first(char *p) { kept = p; return p[0]; } int f(void) { char *p = calloc(9, 1); if (!p) return -1; return first(p); }',
  },
  {
    what: 'a callee through a pointer that is known',
    bad: 'static void drop(char *p) { free(p); } void f(char *p) { void (*put)(char *) = drop; put(p); free(p); }',
    finding: 'double-release: `p` is released a second time by `free(p)`',
    good: 'static void drop(char *p) { free(p); } void f(char *p, void (*put)(char *)) { put(p); free(p); }',
  },
  {
    what: 'a flag in a static that decides in the callee',
    bad: 'static int last; static void drop(char *p) { if (last) free(p); } void f(char *p) { free(p); last = 1; drop(p); }',
    finding: 'double-release: `p` is released a second time by `drop(p)`',
    good: 'static int last; static void drop(char *p) { if (last) free(p); } void f(char *p) { free(p); last = 0; drop(p); }',
  },
  {
    what: 'members of a union',
    bad: 'union u { char *a; char *b; }; void f(char *p) { union u u; free(p); u.a = p; free(u.b); }',
    finding: 'double-release: `p` is released a second time by `free(u.b)`',
    good: 'struct u { char *a; char *b; }; void f(char *p) { struct u u; u.b = NULL; free(p); u.a = p; free(u.b); }',
  },
  {
    what: 'a callee that closes a descriptor only where it fails',
    bad: 'static int look(int d) { return d > 5; } int f(void) { int d = open("a", O_RDONLY); if (d < 0) return -1; return look(d) ? -1 : 0; }',
    finding: 'leak-on-path: `d` leaks when the function returns in line 7',
    good: 'static int look(int d) { if (d > 5) { close(d); return -1; } return 0; } int f(void) { int d = open("a", O_RDONLY); if (d < 0) return -1; return look(d) ? -1 : d; }',
  },
  {
    what: 'a callee that passes a descriptor on',
    bad: 'static void look(int d) { if (d > 5) puts("a"); } void f(void) { int d = open("a", O_RDONLY); if (d < 0) return; look(d); }',
    finding: 'leak-on-path: `d` leaks when the function ends in line 7',
    good: 'struct job { int d; }; void queue(struct job *j); static void look(int d) { struct job *j = malloc(9); if (!j) return; j->d = d; queue(j); } void f(void) { int d = open("a", O_RDONLY); if (d < 0) return; look(d); }',
  },
  {
    what: 'a callee with arguments that have no name',
    bad: 'static int set(const char *name, ...) { return name[0]; } int f(void) { char *p = malloc(9); if (!p) return -1; p[0] = 0; return p[0] + set("a", 1); }',
    finding: 'leak-on-path: `p` leaks when the function returns in line 7',
    good: 'static char *last; static int set(const char *name, ...) { va_list l; va_start(l, name); last = va_arg(l, char *); va_end(l); return name[0]; } int f(void) { char *p = malloc(9); if (!p) return -1; p[0] = 0; return p[0] + set("a", p); }',
  },
  {
    what: 'what a callee releases and gives back',
    bad: 'static char *gone(int n) { char *p = malloc(n); if (!p) exit(1); free(p); return p; } void f(void) { free(gone(9)); }',
    finding: 'use-after-release: `p` is used after its release by `return p;`',
    good: 'static char *here(int n) { char *p = malloc(n); if (!p) exit(1); return p; } void f(void) { free(here(9)); }',
  },
];

describe.each(PAIRS)('$what', ({ bad, finding, good }) => {
  test('is found', () => expect(found(bad)).toContain(finding));
  test('and nothing in its twin', () => expect(found(good)).toEqual([]));
});

describe('taken for granted', () => {
  const text =
    'void show(const char *text); int f(void) { char *p = malloc(9); if (!p) return -1; p[0] = 0; show(p); return 0; }';

  test('a pointer to const stays with its caller, and the finding says that it rests on this', () => {
    const { findings } = audit({ 'a.c': HEAD + text });
    expect(findings).toMatchObject([
      { code: 'leak-on-path', evidence: ['`show` keeps and releases nothing that it takes as a pointer to const'] },
    ]);
  });

  test('any other pointer may be kept', () => {
    expect(found(text.replace('const char', 'char'))).toEqual([]);
  });

  test('what is not even declared may be a macro', () => {
    expect(found(text.replace('void show(const char *text);', ''))).toEqual([]);
  });
});

describe('what other files show', () => {
  const caller = 'void drop(char *p); void f(char *p) { drop(p); free(p); }';
  const finding = 'double-release: `p` is released a second time by `free(p)`';

  test('a function that releases its argument', () => {
    expect(found(caller, { 'b.c': `${HEAD}void drop(char *p) { free(p); }` })).toEqual([finding]);
  });

  test('does not count where two files define it, where it is static there, or without the index', () => {
    const drop = `${HEAD}void drop(char *p) { free(p); }`;
    expect(found(caller, { 'b.c': drop, 'c.c': drop })).toEqual([]);
    expect(found(caller, { 'b.c': drop.replace('void drop', 'static void drop') })).toEqual([]);
    expect(audit({ 'a.c': HEAD + caller, 'b.c': drop }, 'a.c', false).findings).toEqual([]);
  });

  const tested = 'extern int on; int f(void) { char *p = malloc(9); if (!p) return -1; if (on) free(p); return 0; }';

  test('a global that nobody changes has its value', () => {
    expect(found(tested, { 'b.c': 'int on = 1;' })).toEqual([]);
    expect(found(tested, { 'b.c': 'int on = 0;' })).toEqual([
      'leak-on-path: `p` leaks when the function returns in line 7',
    ]);
  });

  test('functions that call each other come to an end', () => {
    const others = {
      'b.c': 'void a(char *p); void b(char *p) { a(p); }',
      'c.c': 'void b(char *p); void a(char *p) { b(p); }',
    };
    expect(found('void a(char *p); void f(void) { char *p = malloc(9); a(p); }', others)).toEqual([]);
  });
});

describe('the C of goto-cleanup explain', () => {
  const shown = Object.entries(FINDING_CODES).flatMap(([code, words]) =>
    'before' in words ? [{ code, ...words }] : [],
  );
  const inside = (text: string): string =>
    `struct list { char *rows; }; int f(FILE *in, ${text.includes('char *line') ? '' : 'char *line, '}struct list *list, size_t size) {\n${text}${text.includes('return') ? '' : 'return 0;'} }`;

  test.for(shown)('shows $code, and how it is mended', ({ code, before, after }) => {
    expect(found(inside(before)).map((one) => one.split(':')[0])).toContain(code);
    expect(found(inside(after))).toEqual([]);
  });
});
