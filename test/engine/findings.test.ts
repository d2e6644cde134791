/** What leaks in one function, and how a refusal says so first. */
import { describe, expect, test } from 'vitest';
import { createConfigStore } from '../../src/engine/config.ts';
import { createContextSource } from '../../src/engine/context.ts';
import { processFile, type FileOutcome } from '../../src/engine/process-file.ts';
import { workTreeFiles } from '../../src/engine/repository-files.ts';

const HEAD = '#include <stdlib.h>\nint fill(int *p, int n);\nint seal(int lid);\n';

function outcomeOf(text: string): FileOutcome {
  const source = createContextSource(workTreeFiles('/nowhere'), createConfigStore('/nowhere', false), {
    presets: [],
    pairs: [],
  });
  const { context } = source.contextOf({ absolute: '/nowhere/x.c', path: 'x.c', isNamed: true });
  return processFile(HEAD + text, 'x.c', context);
}

/** The body of `make`, one statement a line, from line 6. */
function make(...lines: string[]): string {
  return `int make(int n)\n{\n${lines.join('\n')}\n}\n`;
}

const LEAK = [
  'int *p = malloc(n * sizeof(*p));',
  'if (!p) return -1;',
  'if (seal(1) < 0) return -1;',
  'if (seal(2) < 0) { free(p); return -1; }',
  'free(p);',
  'return 0;',
];

describe('what a function does wrong today', () => {
  test('a leak is reported with the way to it', () => {
    expect(outcomeOf(make(...LEAK)).findings).toEqual([
      {
        code: 'leak-on-path',
        function: 'make',
        line: 6,
        column: 10,
        message: '`p` leaks when the function returns in line 8',
        resource: { name: 'p', acquire: 'malloc(n * sizeof(*p))', line: 6 },
        path: [
          { line: 6, what: '`p` is acquired by `malloc(n * sizeof(*p))`' },
          { line: 7, what: '`p` is true' },
          { line: 8, what: '`seal(1) < 0` is true' },
          { line: 8, what: '`p` is still held, and nobody else has it' },
        ],
      },
    ]);
  });

  test('it is the reason why nothing is shared', () => {
    const [report] = outcomeOf(make(...LEAK)).functions;
    expect(report).toMatchObject({ status: 'refused', code: 'existing-leak', at: { line: 6, column: 10 } });
    expect(report?.reason).toBe('`p` leaks at the exit in line 8, which its siblings release');
  });

  test('a double release is reported, and the reason too', () => {
    const twice = outcomeOf(
      make(
        'int *p = malloc(n * sizeof(*p));',
        'if (!p) return -1;',
        'if (seal(1) < 0) { free(p); return -1; }',
        'free(p);',
        'if (seal(2) < 0) { free(p); return -1; }',
        'return 0;',
      ),
    );
    expect(twice.findings.map(({ code, line, message }) => [code, line, message])).toEqual([
      ['double-release', 10, '`p` is released a second time by `free(p)`'],
    ]);
    expect(twice.functions.map(({ code }) => code)).toEqual(['existing-double-release']);
  });

  test('a function that leaks and is the same on every path is rewritten, and the leak stays', () => {
    const outcome = outcomeOf(
      make(
        'int *p = malloc(4);',
        'int *q = malloc(4);',
        'if (!p || !q) { free(p); free(q); return -1; }',
        'if (fill(p, n) < 0) { free(p); free(q); return -1; }',
        'if (seal(1) < 0) { free(p); free(q); return -1; }',
        'if (seal(2) < 0) { free(p); return seal(3); }',
        'free(p);',
        'free(q);',
        'return 0;',
      ),
    );
    expect(outcome.functions.map(({ status }) => status)).toEqual(['rewritable']);
    expect(outcome.findings.map(({ code, line }) => [code, line])).toEqual([['leak-on-path', 7]]);
    expect(outcomeOf(outcome.newText.slice(HEAD.length)).findings.map(({ code }) => code)).toEqual(['leak-on-path']);
  });

  const [first = '', second = '', leaking = '', ...rest] = LEAK;

  test.each([
    ['that gives it to somebody who may give it back', [first, second, 'fill(p, n);', leaking, ...rest]],
    ['that leaks under one choice only', [first, second, '#ifdef A', 'free(p); return 1;', '#endif', leaking, ...rest]],
    [
      'whose choices may never meet so',
      ['int *p = NULL;', '#ifdef A', 'p = malloc(8);', '#endif', '#ifndef B', leaking, '#endif', ...rest],
    ],
    [
      'whose exit may never be compiled with what it holds',
      [
        'int *p = NULL;',
        '#ifdef A',
        'p = malloc(8);',
        'if (!p) return -1;',
        '#endif',
        '#ifdef B',
        leaking,
        '#endif',
        ...rest,
      ],
    ],
    [
      'that leaks elsewhere under the other choice',
      [first, second, '#ifdef A', leaking, '#else', 'if (seal(4) < 0) return -1;', '#endif', ...rest],
    ],
  ])('nothing is said of a function %s', (_, lines) => {
    expect(outcomeOf(make(...lines)).findings).toEqual([]);
  });

  test('a leak under every choice of the preprocessor is reported, once', () => {
    const { findings } = outcomeOf(
      make(first, second, '#ifdef A', 'seal(3);', '#else', 'seal(4);', '#endif', ...LEAK.slice(2)),
    );
    expect(findings.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      'leak-on-path: `p` leaks when the function returns in line 13',
    ]);
  });

  test('a leak between what one choice acquires and its own exit is reported', () => {
    const text = make('#ifdef A', ...LEAK, '#else', 'return seal(3);', '#endif');
    expect(outcomeOf(text).findings.map(({ line }) => line)).toEqual([7]);
  });

  test('what leaks comes before what else is in the way', () => {
    const text = make(
      'int *p = malloc(8);',
      'int *q = malloc(8);',
      'if (seal(1) < 0) return -1;',
      'if (seal(2) < 0) { free(p); seal(5); free(q); return -1; }',
      'if (seal(3) < 0) { free(q); seal(5); free(p); return -2; }',
      'free(q); free(p);',
      'return 0;',
    );
    const [refused] = outcomeOf(text).functions;
    expect(refused?.code).toBe('existing-leak');
    expect(refused?.reason).toMatch(/^`p` leaks at the exit in line 8, which its siblings release; besides, [a-z-]+: /);
  });
});
