/** Runs the judge on two texts of one function, read, masked and known as in a file with a given head. */
import { createKnowledge } from '../../src/resources/known-names.ts';
import { PRESETS } from '../../src/resources/presets/index.ts';
import { EMPTY_RESOURCE_CONFIG, type ResourceConfig } from '../../src/resources/resource-config.ts';
import { SeenFile } from '../../src/resources/seen-file.ts';
import { scanFunctions } from '../../src/scan/functions.ts';
import { createParser } from '../../src/syntax/parse.ts';
import { parseFunction } from '../../src/syntax/parse-function.ts';
import type { FunctionTree } from '../../src/syntax/tree.ts';
import type { Verdict } from '../../src/verify/verdict.ts';
import { DEFAULT_VERIFY_OPTIONS, verifyFunction } from '../../src/verify/verify-function.ts';

const parser = createParser();

/** What stands above the function, in both versions. */
export const HEAD = `
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
struct s { int n; char c; int *p; char *buf; struct s *next; };
struct t { int a; int b; };
int g(void);
int h(void);
int one(int);
int get(int *);
int get2(int **);
typedef short rc_t;
enum e { E0, E1 };
#include <errno.h>
#include <stdbool.h>
int put(struct s *, void *);
int use(const void *, int);
void step(void);
void lock(struct s *);
void unlock(struct s *);
void log_error(const char *, ...);
struct s *x_create(void);
void x_destroy(struct s *);
extern int G;
extern struct s *gs;
extern volatile int VG;
static int count;
static void free_count(void *p) { count--; free(p); }
static struct s *x_new(void) { return calloc(1, sizeof(struct s)); }
static void x_free(struct s *x) { if (x) { free(x->buf); free(x); } }
#define KNOWN(x) one(x)
#define TWICE(x) ((x) + (x))
#define SAFE_FREE(p) do { free(p); (p) = NULL; } while (0)
#define LOG(...) log_error(__VA_ARGS__)
`;

const CONFIG: ResourceConfig = {
  ...EMPTY_RESOURCE_CONFIG,
  diagnostics: [
    { name: 'log_error', readsErrno: false, from: 'config' },
    { name: 'DIAG', readsErrno: false, from: 'config' },
  ],
  retainsNothing: [{ name: 'PEEK', from: 'config' }],
};

/** The function `f` of a text, parsed as the tool does it. */
export function parseOne(text: string, name = 'f'): FunctionTree {
  const range = scanFunctions(text).functions.find((one) => one.name === name);
  const parsed = range && parseFunction(parser, text, text, range);
  if (!parsed) throw new Error(`no function in ${text}`);
  return parsed.tree;
}

/** What a file with this head knows. */
export function knowledgeOf(head: string, config: ResourceConfig = CONFIG) {
  return createKnowledge({
    file: new SeenFile('x.c', head),
    headers: [],
    systemIncludes: new Set(['stdio.h', 'stdlib.h', 'string.h']),
    presets: Object.values(PRESETS),
    config,
    platform: 'glibc',
    parser: () => parser,
  });
}

const known = new Map<string, ReturnType<typeof knowledgeOf>>();

/** The verdict on two functions called `f` below a head. */
export function judge(before: string, after: string, head = HEAD): Verdict {
  const knowledge = known.get(head) ?? knowledgeOf(head);
  known.set(head, knowledge);
  return verifyFunction(parseOne(`${head}\n${before}\n`), parseOne(`${head}\n${after}\n`), knowledge, {
    ...DEFAULT_VERIFY_OPTIONS,
  });
}
