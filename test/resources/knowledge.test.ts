import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/base/usage-error.ts';
import { parsePair, type PairDeclaration } from '../../src/resources/resource-config.ts';
import { factsOf, know } from './know.ts';

const pair = (more: Partial<PairDeclaration> = {}): PairDeclaration => ({
  acquire: 'thing_new',
  release: 'thing_free',
  from: 'goto-cleanup.json:3',
  ...more,
});

describe('the kind of a name', () => {
  test('nothing is known', () => {
    expect(factsOf('mystery', 'int x;')).toEqual({ kind: 'unknown', from: 'nothing' });
  });

  test('a prototype, a definition, a macro, a variable', () => {
    const text =
      'int proto(int);\nstatic int body(int n) { return n; }\n#define MAC(n) do { (n)++; } while (0)\nextern void (*hook)(int);\nint count = 0, *list[3];';
    const knowledge = know(text);
    expect(knowledge.name('proto')).toEqual({ kind: 'function', from: 'main.c:1' });
    expect(knowledge.name('body').kind).toBe('function');
    expect(knowledge.name('MAC').kind).toBe('macro');
    expect(knowledge.name('hook').kind).toBe('object');
    expect(knowledge.name('count').kind).toBe('object');
    expect(knowledge.name('list').kind).toBe('object');
  });

  test('a library function', () => {
    expect(factsOf('strlen', '')).toMatchObject({
      kind: 'function',
      isPure: true,
      from: expect.stringContaining('strings'),
    });
    expect(factsOf('exit', '').neverReturns).toBe(true);
    expect(factsOf('errno', '').kind).toBe('macro');
  });

  test('noreturn by attribute, or by a macro that is one', () => {
    const text =
      '#if defined(__GNUC__)\n#define NORETURN __attribute__((noreturn))\n#endif\nvoid die(const char *) NORETURN;\n' +
      '_Noreturn void stop(void);\nvoid NORETURNING(int);';
    const knowledge = know(text);
    expect(knowledge.name('die').neverReturns).toBe(true);
    expect(knowledge.name('stop').neverReturns).toBe(true);
    expect(knowledge.name('NORETURNING').neverReturns).toBeUndefined();
  });

  test('constants', () => {
    const knowledge = know(
      'enum e { A, B, C = 7, D };\n#define SIZE 0x10\n#define NEGATIVE (-1)\n#define TEXT "x"\n#define SUM (1 + 2)\n' +
        '#ifdef BIG\n#define N 2\n#else\n#define N 1\n#endif\nint variable;',
    );
    const values = ['A', 'B', 'C', 'D', 'SIZE', 'NEGATIVE', 'TEXT', 'SUM', 'N', 'variable'].map((name) =>
      knowledge.constant?.(name),
    );
    expect(values).toEqual([
      { value: 0 },
      { value: 1 },
      { value: 7 },
      { value: 8 },
      { value: 16 },
      { value: -1 },
      {},
      undefined,
      {},
      undefined,
    ]);
  });

  test('volatile fields and members of unions', () => {
    const knowledge = know({
      'main.c': '#include "a.h"\nstruct s { int plain; };',
      'a.h': 'struct t { volatile int busy; union { int one; long two; } u; };',
    });
    expect(['busy', 'one', 'two', 'plain'].map((field) => knowledge.isVolatileField(field))).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });
});

describe('presets and platforms', () => {
  test('free keeps errno, but not by the letter of C', () => {
    expect(know('').name('free')).toMatchObject({
      keepsErrno: true,
      releases: { keepsErrno: true, noopOnSentinel: true },
    });
    expect(know('', {}, 'strict').name('free').releases).toMatchObject({ keepsErrno: false, noopOnSentinel: true });
    expect(know('', {}, 'windows').name('free').releases?.keepsErrno).toBe(false);
  });

  test('closedir(NULL) and freeaddrinfo(NULL) are harmless on glibc only', () => {
    expect(know('').name('closedir').releases).toMatchObject({ acceptsSentinel: false, noopOnSentinel: false });
    expect(know('', {}, 'glibc').name('closedir').releases).toMatchObject({
      acceptsSentinel: true,
      noopOnSentinel: false,
    });
    expect(know('').name('freeaddrinfo').releases?.acceptsSentinel).toBe(false);
    expect(know('', {}, 'glibc').name('freeaddrinfo').releases?.noopOnSentinel).toBe(true);
    expect(know('', {}, 'musl').name('freeaddrinfo').releases?.acceptsSentinel).toBe(false);
  });

  test('what crashes on NULL, sets errno, or keeps what it is given', () => {
    const knowledge = know('');
    for (const name of ['fclose', 'pclose', 'regfree', 'munmap', 'pthread_mutex_destroy']) {
      expect(knowledge.name(name).releases).toMatchObject({ acceptsSentinel: false, noopOnSentinel: false });
    }
    expect(knowledge.name('close').releases).toMatchObject({
      acceptsSentinel: true,
      noopOnSentinel: false,
      keepsErrno: false,
    });
    expect(knowledge.name('setvbuf').retains).toEqual([1]);
    expect(knowledge.name('putenv').retains).toEqual([0]);
    expect(knowledge.name('getline').acquires).toMatchObject([{ handle: 'out:0', afterFailure: 'held' }]);
    expect(knowledge.name('posix_memalign').acquires).toMatchObject([{ handle: 'out:0', afterFailure: 'unspecified' }]);
    expect(knowledge.name('realloc')).toMatchObject({ consumes: [0], consumesWhen: 'success' });
    expect(knowledge.name('qsort')).toEqual({ kind: 'function', from: 'preset process' });
  });

  test('a library of its own counts where its header is included, or where the user says so', () => {
    expect(know('#include <stdlib.h>').name('g_free').kind).toBe('unknown');
    expect(know('#include <glib.h>').name('g_free').releases?.noopOnSentinel).toBe(true);
    expect(know({ 'main.c': '#include "all.h"', 'all.h': '#include <glib.h>' }).name('g_free').releases).toBeDefined();
    expect(know('', { extends: ['glib'] }).name('g_free').releases).toBeDefined();
    expect(know('#include <glib.h>').name('g_return_if_fail').macro?.hasJump).toBe(true);
  });

  test('a function of this name with its body in sight is not the library function', () => {
    expect(factsOf('getline', 'static int getline(char *s, int n) { s[0] = n; return 1; }').acquires).toBeUndefined();
    expect(factsOf('free', 'static void free(void *p) { (void)p; }').releases).toBeUndefined();
  });

  test('a macro of this name is not the library function, but for one that calls that', () => {
    const hook = 'extern void (*cfree)(void *);\n';
    expect(factsOf('free', `${hook}#undef free\n#define free(p) cfree(p)`).releases).toBeUndefined();
    expect(factsOf('free', 'void pfree(void *);\n#define free pfree').releases).toBeUndefined();
    const chosen = 'void pfree(void *);\n#ifdef A\n#define free(p) pfree(p)\n#endif';
    expect(factsOf('free', chosen).releases).toBeUndefined();
    expect(factsOf('free', '#define free(p) free((p))').releases).toMatchObject({ isMemoryRelease: true });
    const said = { pairs: [pair({ acquire: 'malloc', release: 'free', kind: 'memory', noopOnSentinel: true })] };
    expect(factsOf('free', `${hook}#define free(p) cfree(p)`, said).releases?.noopOnSentinel).toBe(true);
    const counts = 'int frees;\nvoid my_free(void *);\n#define free(p) do { frees++; my_free(p); } while (0)';
    expect(factsOf('free', counts).releases).toBeUndefined();
    expect(factsOf('free', '#define free(p) if (p) return').macro?.hasJump).toBe(true);
    expect(factsOf('free', '#define free(p) mystery(p)').kind).toBe('unknown');
  });
});

describe('several definitions', () => {
  const free = '#define R(p) free(p)';
  const fatal = '#define R(p) do { if (!(p)) return; free(p); } while (0)';

  test('one under #ifdef counts beside the function it replaces', () => {
    const text = 'void R(void *);\n#ifdef DEBUG\n#define R(p) do { static int n; n++; } while (0)\n#endif';
    expect(factsOf('R', text)).toMatchObject({ kind: 'macro', macro: { isStateful: true } });
  });

  test('an #else leaves no gap', () => {
    const text = `#ifdef A\n${free}\n#elif defined(B)\n${free}\n#else\n${free}\n#endif`;
    expect(factsOf('R', `#include <stdlib.h>\n${text}`).releases).toBeDefined();
  });

  test('a definition for another platform does not count', () => {
    const text = `#ifdef _WIN32\n${fatal}\n#else\n${free}\n#endif`;
    expect(know(text).name('R').macro?.hasJump).toBe(false);
    expect(know(text, {}, 'windows').name('R').macro?.hasJump).toBe(true);
    expect(know(text, {}, 'strict').name('R').macro?.hasJump).toBe(true);
  });

  test('the definition of the file is the one that is meant', () => {
    const files = { 'main.c': `#include "r.h"\n#undef R\n${free}`, 'r.h': fatal };
    expect(know(files).name('R').macro?.hasJump).toBe(false);
    const conditional = { ...files, 'main.c': `#include "r.h"\n#ifdef X\n${free}\n#endif` };
    expect(know(conditional).name('R').macro?.hasJump).toBe(true);
  });

  test('a default under #ifndef of itself counts beside the one it stands in for', () => {
    const files = {
      'main.c': '#include "a.h"\n#include "b.h"',
      'a.h': `#ifndef R\n${free}\n#endif`,
      'b.h': `#ifndef R\n${fatal}\n#endif`,
    };
    expect(know(files).name('R').macro?.hasJump).toBe(true);
  });

  test('in two headers, what both say', () => {
    const files = {
      'main.c': '#include "a.h"\n#include "b.h"',
      'a.h': free,
      'b.h': '#define R(p) do { free(p); (p) = 0; } while (0)',
    };
    expect(know(files).name('R').releases).toBeUndefined();
  });
});

describe('config', () => {
  test('a pair that nothing else is known of', () => {
    const knowledge = know('', { pairs: [pair({ kind: 'memory', noopOnSentinel: true, acceptsSentinel: true })] });
    expect(knowledge.name('thing_new')).toMatchObject({
      kind: 'function',
      acquires: [
        { kind: 'memory', handle: 'result', sentinel: 'null', afterFailure: 'sentinel', releasers: ['thing_free'] },
      ],
      from: 'goto-cleanup.json:3',
    });
    expect(knowledge.name('thing_free')).toMatchObject({
      kind: 'function',
      releases: { argument: 0, noopOnSentinel: true, isMemoryRelease: true, keepsErrno: false, resetting: false },
    });
  });

  test('what is not said is the weaker claim', () => {
    expect(know('', { pairs: [pair()] }).name('thing_free').releases).toEqual({
      kind: 'other',
      argument: 0,
      sentinel: 'null',
      acceptsSentinel: false,
      noopOnSentinel: false,
      resetting: false,
      keepsErrno: false,
      isMemoryRelease: false,
      isShallow: false,
    });
  });

  test('a definition in sight shows the contrary', () => {
    const loud =
      '#include <stdio.h>\n#include <stdlib.h>\nstatic void thing_free(void *p) { if (!p) fputs("x", stderr); free(p); }';
    const declared = { pairs: [pair({ kind: 'memory', acceptsSentinel: true, noopOnSentinel: true })] };
    expect(know(loud, declared).name('thing_free').releases).toMatchObject({
      noopOnSentinel: false,
      acceptsSentinel: true,
      isMemoryRelease: true,
      isShallow: false,
    });
    const macro = 'void f(void *);\n#define thing_free(p) f(p)';
    expect(know(macro, { pairs: [pair({ resetting: true })] }).name('thing_free').releases?.resetting).toBe(false);
  });

  test('a definition that can not be read says nothing', () => {
    const unseen = 'void other(void *);\nstatic void thing_free(void *p) { other(p); }';
    const declared = {
      pairs: [pair({ kind: 'memory', acceptsSentinel: true, noopOnSentinel: true, keepsErrno: true })],
    };
    expect(know(unseen, declared).name('thing_free').releases).toMatchObject({
      noopOnSentinel: true,
      isMemoryRelease: true,
      isShallow: true,
      keepsErrno: true,
    });
  });

  test('what is declared of a callee reaches the macro that uses it', () => {
    const text =
      'void debug_free(void *, int);\n#define FREE(p) do { if ((p) != NULL) { debug_free((p), __LINE__); (p) = NULL; } } while (0)';
    expect(know(text).name('FREE').releases).toBeUndefined();
    const declared = { pairs: [pair({ release: 'debug_free', kind: 'memory' })] };
    expect(know(text, declared).name('FREE').releases).toMatchObject({
      isMemoryRelease: true,
      isShallow: true,
      noopOnSentinel: true,
      resetting: true,
      keepsErrno: false,
    });
    // The proof names what it rests on, down to the line of config.
    expect(know(text, declared).name('FREE').from).toBe('main.c:2; goto-cleanup.json:3; main.c:1');
  });

  test('diagnostics', () => {
    const from = 'goto-cleanup.json:9';
    const declared = {
      diagnostics: [
        { name: 'LOG', from, readsErrno: false },
        { name: 'PERR', from },
      ],
    };
    expect(know('', declared).name('LOG')).toMatchObject({ kind: 'function', diagnostic: { readsErrno: false } });
    expect(know('', declared).name('PERR').diagnostic).toEqual({ readsErrno: true });
    const macro = 'void put(int, const char *, ...);\n#define LOG(...) put(__LINE__, __VA_ARGS__)';
    expect(know(macro, declared).name('LOG')).toMatchObject({ kind: 'macro', diagnostic: { readsErrno: false } });
    expect(know('#define LOG(p) ((p) = 0)', declared).name('LOG').diagnostic).toBeUndefined();
    expect(know('#define LOG(p) return', declared).name('LOG').diagnostic).toBeUndefined();
    expect(know('#include <stdio.h>\n#define LOG(p) perror(p)', declared).name('LOG').diagnostic).toEqual({
      readsErrno: true,
    });
  });

  test('the other lists', () => {
    const from = 'c';
    const knowledge = know('void *kept;\nstatic void liar(void *p) { kept = p; }\nvoid stop(void);', {
      neverReturns: [{ name: 'stop', from }],
      retainsNothing: [
        { name: 'peek', from },
        { name: 'liar', from },
      ],
      transfersOwnership: [{ name: 'take', from, arguments: [1], when: 'success' }],
    });
    expect(knowledge.name('stop')).toEqual({ kind: 'function', neverReturns: true, from: 'c; main.c:3' });
    expect(knowledge.name('peek')).toEqual({ kind: 'unknown', retains: [], from: 'c' });
    expect(knowledge.name('liar').retains).toEqual([0]);
    expect(knowledge.name('take')).toMatchObject({ consumes: [1], consumesWhen: 'success' });
  });

  test('--pair', () => {
    expect(parsePair('a=b')).toEqual({ acquire: 'a', release: 'b', from: '--pair' });
    expect(parsePair('a=b:noop-on-null')).toMatchObject({ noopOnSentinel: true, acceptsSentinel: true });
    for (const wrong of ['a', 'a=', 'a=b:c', 'a b=c']) expect(() => parsePair(wrong)).toThrow(UsageError);
  });
});
