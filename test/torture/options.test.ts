/** What the options of `torture` do, and what it says where it can't run, on programs of our own. */
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { main } from '../../src/cli/main.ts';
import type { TortureComparison } from '../../src/torture/report.ts';
import { findCompiler } from '../behaviour/compilers.ts';
import { fakeIo } from '../cli/fake-io.ts';
import { git, makeRepository, put } from '../cli/project.ts';
import { GCC, Workbench } from './sample-programs.ts';

const gcc = findCompiler('gcc');
const reason = process.platform !== 'linux' ? 'not Linux' : 'skip' in gcc ? gcc.skip : undefined;
if (reason !== undefined) console.warn(`skipped: options of torture: ${reason}`);

const bench = new Workbench();
afterAll(() => bench.dispose());

/** Two functions that lose the first of two blocks, and one that works. */
const TWO_LEAKS = `
#include <stdlib.h>

static int first(void) {
  char *one = malloc(1);
  char *two = malloc(2);
  if (one == NULL || two == NULL) return -1;
  free(two);
  free(one);
  return 0;
}

static int second(void) {
  char *one = malloc(3);
  char *two = malloc(4);
  if (one == NULL || two == NULL) return -1;
  free(two);
  free(one);
  return 0;
}

int main(void) { return first() != 0 || second() != 0; }
`;

describe.skipIf(reason !== undefined)('what is failed', () => {
  it('the whole sweep: every acquisition alone, and all from it on', async () => {
    const program = bench.compile(TWO_LEAKS, 'two');
    const { summary, findings } = await bench.report(['--', program]);
    // One run without failures, four acquisitions in two modes.
    expect(summary).toMatchObject({ acquisitions: 4, runs: 9, notReached: 0, findings: { 'memory-left': 4 } });
    // With either of two, the other is lost: but from then on both fail.
    expect(findings.map(({ failure, others }) => [failure.number, failure.mode, others])).toEqual([
      [1, 'once', []],
      [2, 'once', [{ number: 2, mode: 'onward' }]],
      [3, 'once', []],
      [4, 'once', [{ number: 4, mode: 'onward' }]],
    ]);
  });

  it('--from, --mode and --only narrow it', async () => {
    const program = bench.compile(TWO_LEAKS, 'two');
    const from = await bench.report(['--from', '3', '--mode', 'once', '--', program]);
    expect(from.findings.map(({ failure }) => failure.number)).toEqual([3, 4]);
    const only = await bench.report(['--only', 'first', '--', program]);
    expect(only.findings.map(({ failure }) => failure.number)).toEqual([1, 2]);
    expect(only.summary.runs).toBe(5);
  });

  it('--at is one failure alone, and the command that repeats a finding finds it', async () => {
    const program = bench.compile(TWO_LEAKS, 'two');
    const [first, second] = (await bench.report(['--', program])).findings;
    expect(second?.repeat).toEqual(['torture', '--at', '2', '--', program]);
    const { findings, summary } = await bench.report(second?.repeat.slice(1) ?? []);
    expect(findings).toEqual([{ ...second, others: [] }]);
    expect(findings).not.toEqual([first]);
    expect(summary.runs).toBe(2);
    expect((await bench.report(['--at', '4+', '--', program])).findings).toHaveLength(1);
  });

  it('--shallow is a sample that its seed decides; --jobs changes nothing', async () => {
    const program = bench.compile(TWO_LEAKS, 'two');
    const sample = (seed: string, jobs: string): Promise<{ code: number; out: string; err: string }> =>
      bench.torture(['-f', 'json', '--shallow', '3', '--seed', seed, '--jobs', jobs, '--', program]);
    expect(await sample('1', '1')).toEqual(await sample('1', '3'));
    expect((await sample('1', '1')).err).toContain('4 acquisitions, 4 runs: ');
    const seeds = await Promise.all(['1', '2', '3', '4', '5', '6'].map((seed) => sample(seed, '1')));
    expect(new Set(seeds.map(({ out }) => out)).size).toBeGreaterThan(1);
  });

  it('--per-stack takes the first failures of each call stack', async () => {
    const { summary } = await bench.report(['--per-stack', '2', '--', bench.compile('array-half-filled', 'array')]);
    // calloc once, strdup two of three times, in two modes; and the run without failures.
    expect(summary.runs).toBe(1 + 2 * 3);
  });

  it('--fail chooses classes, --custom adds functions by name', async () => {
    const library = join(bench.folder, 'libwidget.so');
    const source = 'int room; \n void *make_widget(double size, const char *name) { return name ? &room : (void *)0; }';
    const made = spawnSync(GCC, ['-shared', '-fPIC', '-x', 'c', '-o', library, '-'], { input: source });
    expect(made.status).toBe(0);
    const text = `
      #include <stdlib.h>
      void *make_widget(double, const char *);
      int main(void) {
        free(malloc(3));
        *(int *)make_widget(2.5, "name") = 1;
        return 0;
      }`;
    const program = bench.compile(text, 'widgets', [library, `-Wl,-rpath,${bench.folder}`]);
    expect((await bench.report(['--', program])).findings).toEqual([]);
    const { findings } = await bench.report(['--custom', 'make_widget', '--', program]);
    expect(findings).toMatchObject([{ code: 'crash', failure: { acquisition: 'make_widget', number: 2 } }]);
    expect((await bench.report(['--fail', 'descriptor', '--', program])).summary).toMatchObject({ acquisitions: 0 });
    expect(await bench.torture(['--fail', 'memry', '--', program])).toMatchObject({
      code: 2,
      err: expect.stringContaining('unknown class of acquisitions "memry"; did you mean "memory"?') as string,
    });
  });

  it('--program leaves the other programs of a command alone', async () => {
    const program = bench.compile(TWO_LEAKS, 'two');
    const report = await bench.report(['--program', 'two', '--', 'sh', '-c', `${program}; true`]);
    expect(report.summary).toMatchObject({ acquisitions: 4, findings: { 'memory-left': 4 } });
    const { code, err } = await bench.torture(['--program', 'three', '--', 'sh', '-c', program]);
    expect({ code, err }).toEqual({
      code: 2,
      err: 'goto-cleanup: no program "three" was started by "sh" (--program)\n',
    });
  });
});

describe.skipIf(reason !== undefined)('what is reported', () => {
  /** Leaves a block and a descriptor behind even without a failure; and with one, reachable memory. */
  const UNTIDY = `
    #include <fcntl.h>
    #include <stdlib.h>
    static char *kept;
    int main(void) {
      if (malloc(5) == NULL) return 2;
      if (open("/dev/null", O_RDONLY) < 0) return 3;
      kept = malloc(7);
      char *last = malloc(9);
      if (last == NULL) return 4;
      free(last);
      free(kept);
      return 0;
    }`;

  it('only what a run without failures does not leave, unless all is asked for', async () => {
    const program = bench.compile(UNTIDY, 'untidy');
    expect((await bench.report(['--', program])).findings).toEqual([]);
    const all = await bench.report(['--no-compare-to-baseline', '--', program]);
    expect(all.findings.map(({ code }) => code)).toEqual(['memory-left', 'descriptor-left']);
    const reachable = await bench.report(['--all-left', '--mode', 'once', '--', program]);
    expect(reachable.findings).toMatchObject([{ code: 'memory-reachable', bytes: 7, failure: { number: 4 } }]);
  });

  it('of a program that gives up by exit() only what nothing points to', async () => {
    const text = `
      #include <fcntl.h>
      #include <stdlib.h>
      #include <unistd.h>
      static char *need(size_t size) {
        char *memory = malloc(size);
        if (memory == NULL) exit(1);
        return memory;
      }
      static void work(int lose) {
        int file = open("/dev/null", O_RDONLY);
        char *mine = need(10);
        if (lose) { char *volatile lost = mine; lost = mine = NULL; (void)lost; }
        char *other = need(20);
        free(other);
        free(mine);
        if (file >= 0) close(file);
      }
      int main(int count, char **arguments) { work(count > 1); return 0; }`;
    const program = bench.compile(text, 'gives-up');
    expect((await bench.report(['--', program])).findings).toEqual([]);
    const { findings } = await bench.report(['--no-compare-to-baseline', '--mode', 'once', '--', program, 'lose']);
    expect(new Set(findings.map(({ code, bytes }) => `${code} ${bytes}`))).toEqual(new Set(['memory-left 10']));
  });

  it('a program may write as far as malloc_usable_size tells it', async () => {
    const text = `
      #include <malloc.h>
      #include <stdlib.h>
      #include <string.h>
      int main(void) {
        char *text = malloc(3);
        if (text == NULL) return 2;
        size_t room = malloc_usable_size(text);
        memset(text, 'x', room);
        char *grown = realloc(text, 100);
        if (grown == NULL) {
          free(text);
          return 2;
        }
        for (size_t at = 0; at < room; at++) if (grown[at] != 'x') abort();
        free(grown);
        return 0;
      }`;
    const program = bench.compile(text, 'usable');
    expect(await bench.torture(['--', program])).toMatchObject({
      code: 0,
      err: '2 acquisitions, 5 runs: 0 findings\n',
    });
  });

  it('--allow-abort accepts giving up by abort()', async () => {
    const program = bench.compile('asserted', 'asserted');
    expect(await bench.torture(['--allow-abort', '--', program])).toMatchObject({ code: 0, out: '' });
  });

  it('functions that the last apply has rewritten, and --since those that a change has touched', async () => {
    const folder = makeRepository({ 'load.c': LOAD });
    const env = { PATH: process.env['PATH'] ?? '', XDG_CACHE_HOME: join(bench.folder, 'cache') };
    const goto = async (...argv: string[]): Promise<{ code: number; out: string; err: string }> => {
      const io = fakeIo(folder, { env });
      return { code: await main(argv, io), out: io.out().toString(), err: io.err() };
    };
    expect(await goto('apply')).toMatchObject({ code: 0 });
    expect(git(folder, 'diff')).toContain('+    goto cleanup;');
    git(folder, 'commit', '-qam', 'rewritten');
    expect(spawnSync(GCC, ['-g', '-o', 'load', 'load.c'], { cwd: folder }).status).toBe(0);
    const { out } = await goto('torture', '--', './load');
    expect(out).toContain('load.c:5:1 note: 3 bytes are left that nothing points to  memory-left\n');
    expect(out).toContain('  rewritten load, by the last apply\n');
    put(folder, 'load.c', git(folder, 'show', 'HEAD:load.c').replace('return load(3) != 0;', 'return load(4) != 0;'));
    // The program is the same; through main, which has changed, all failures go.
    expect((await goto('torture', '--since', 'HEAD', '--', './load')).err).toBe('4 acquisitions, 9 runs: 2 findings\n');
    expect((await goto('torture', '--since', 'HEAD', '--only', 'nothing', '--', './load')).err).toContain('9 runs');
    git(folder, 'checkout', '-q', 'load.c');
    expect((await goto('torture', '--since', 'HEAD', '--', './load')).err).toBe('4 acquisitions, 1 run: 0 findings\n');
    expect(await goto('torture', '--since', 'nowhere', '--', './load')).toMatchObject({ code: 2, out: '' });
  });
});

const LOAD = `#include <stddef.h>
#include <stdlib.h>

static int note(void) {
  char *a = malloc(3);
  char *b = malloc(4);
  if (a == NULL || b == NULL) return -1;
  free(b);
  free(a);
  return 0;
}

int load(int n) {
  char *x = malloc(16);
  char *y = malloc(16);
  if (x == NULL || y == NULL) {
    free(y);
    free(x);
    return -1;
  }
  if (note() != 0) {
    free(y);
    free(x);
    return -1;
  }
  if (n == 2) {
    free(y);
    free(x);
    return -1;
  }
  free(y);
  free(x);
  return 0;
}

int main(void) {
  return load(3) != 0;
}
`;

describe.skipIf(reason !== undefined)('--compare', () => {
  it('finds nothing between two builds of one program', async () => {
    const [before, after] = ['before', 'after'].map((name) => bench.compile(TWO_LEAKS, name));
    const { code, out, err } = await bench.torture(['--compare', before ?? '', after ?? '']);
    expect({ code, out, err }).toEqual({ code: 0, out: '', err: '8 failures compared: 0 end differently\n' });
  });

  it('finds the failure after which they end differently, by its stack', async () => {
    const before = bench.compile('file-lost', 'file-mended', ['-DMENDED']);
    const after = bench.compile('file-lost', 'file-lost');
    const input = join(import.meta.dirname, 'programs/file-lost.c');
    const argv = ['-f', 'json', '--compare', before, after, '--', input];
    const { code, out } = await bench.torture(argv);
    expect(code).toBe(1);
    const { differences } = JSON.parse(out) as TortureComparison;
    const second = { acquisition: 'fopen', functions: ['copy', 'main'], occurrence: 2 };
    expect(differences).toMatchObject([
      { ...second, mode: 'once' },
      { ...second, mode: 'onward' },
    ]);
    expect(differences[0]?.before.outcome).toEqual([expect.stringContaining('fails fopen') as string, 'exit code 1']);
    expect(differences[0]?.after.outcome.at(-1)).toBe('file-left: at copy < main');
  });

  it('puts the build where the arguments have {}', async () => {
    const [before, after] = ['before', 'after'].map((name) => bench.compile(TWO_LEAKS, name));
    const { code, err } = await bench.torture(['--compare', before ?? '', after ?? '', '--', 'sh', '-c', 'exec {}']);
    expect({ code, err }).toMatchObject({ code: 0, err: expect.stringContaining('0 end differently') as string });
  });
});

describe.skipIf(reason !== undefined)('--wrap', () => {
  const link = async (source: string, name: string, ...flags: string[]): Promise<string> => {
    const { out } = await bench.torture(['--wrap']);
    return bench.compile(source, name, [...flags, ...out.trim().split(' ')]);
  };

  it('lets AddressSanitizer and LeakSanitizer see through it', async () => {
    const leak = await link('leak-of-the-first', 'wrapped-leak', '-fsanitize=address');
    const { findings } = await bench.report(['--wrap', '--', leak]);
    expect(findings).toMatchObject([{ code: 'memory-left', stack: [{ function: 'make_pair', line: 9 }, {}] }]);
    const use = await link('written-after-release', 'wrapped-use', '-fsanitize=address');
    expect((await bench.report(['--wrap', '--', use])).findings).toMatchObject([{ code: 'use-after-release' }]);
    const mended = await link('leak-of-the-first', 'wrapped-mended', '-fsanitize=address', '-DMENDED');
    expect((await bench.report(['--wrap', '--', mended])).findings).toEqual([]);
  });

  it('works for a static program', async () => {
    const program = await link('leak-of-the-first', 'wrapped-static', '-static');
    expect((await bench.report(['--wrap', '--', program])).findings).toMatchObject([{ code: 'memory-left' }]);
  });

  it('says so when a program was not linked with it', async () => {
    const program = bench.compile(TWO_LEAKS, 'two');
    expect(await bench.torture(['--wrap', '--', program])).toMatchObject({
      code: 2,
      err: `goto-cleanup: "${program}" was not linked with the flags of --wrap\n`,
    });
  });
});

describe.skipIf(reason !== undefined)('what it says where it can not run', () => {
  const complaint = async (argv: readonly string[], env: Record<string, string> = {}): Promise<string> => {
    const { code, out, err } = await bench.torture(argv, env);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    return err;
  };

  it('no command, no such program, no program', async () => {
    expect(await complaint([])).toContain('torture needs a command');
    expect(await complaint(['--', './absent'])).toBe('goto-cleanup: no such program: "./absent"\n');
    expect(await complaint(['--', 'no-such-command'])).toBe(
      'goto-cleanup: no such program in PATH: "no-such-command"\n',
    );
    writeFileSync(join(bench.folder, 'text'), 'words');
    expect(await complaint(['--', './text'])).toBe('goto-cleanup: "./text" can\'t be executed: permission denied\n');
  });

  it('no compiler', async () => {
    const program = bench.compile(TWO_LEAKS, 'two');
    const cache = join(bench.folder, 'empty-cache');
    const words = 'no C compiler found (cc, gcc, clang); torture compiles its shim with one, once';
    expect(await complaint(['--', program], { PATH: bench.folder, XDG_CACHE_HOME: cache })).toContain(words);
    const named = await complaint(['--', program], { CC: 'no-such-compiler -m64', XDG_CACHE_HOME: cache });
    expect(named).toContain('the compiler "no-such-compiler -m64" (CC) can\'t be run');
  });

  it('a static program, one with AddressSanitizer', async () => {
    const fixed = bench.compile(TWO_LEAKS, 'two-static', ['-static']);
    expect(await complaint(['--', fixed])).toContain('is statically linked: no shim can be loaded into it');
    const sanitized = bench.compile(TWO_LEAKS, 'two-sanitized', ['-fsanitize=address']);
    expect(await complaint(['--', sanitized])).toContain('has AddressSanitizer, which must come first');
  });

  it.skipIf(process.getuid?.() !== 0)('a set-uid program of another user', async () => {
    const path = join(bench.folder, 'two-suid');
    copyFileSync(bench.compile(TWO_LEAKS, 'two'), path);
    chownSync(path, 65_534, 65_534);
    chmodSync(path, 0o4755);
    expect(await complaint(['--', path])).toContain('is set-uid: the system loads no shim into it');
  });

  it('a program that fails by itself, or takes too long', async () => {
    const crash = bench.compile('#include <stdlib.h>\nint main(void) { abort(); }\n', 'aborts');
    expect(await complaint(['--', crash])).toContain('is ended by SIGABRT without any failure injected, in main');
    const slow = bench.compile('#include <unistd.h>\nint main(void) { for (;;) pause(); }\n', 'waits');
    expect(await complaint(['--timeout', '1', '--', slow])).toContain('does not end within 1 s without any failure');
  });
});
