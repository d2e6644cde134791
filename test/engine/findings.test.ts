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

  test.each([
    ['with choices of the preprocessor', ['#ifdef A', 'seal(3);', '#endif']],
    ['that gives it to somebody who may give it back', ['fill(p, n);']],
  ])('nothing is said of a function %s', (_, lines) => {
    const [first = '', second = '', ...rest] = LEAK;
    expect(outcomeOf(make(first, second, ...lines, ...rest)).findings).toEqual([]);
  });
});
