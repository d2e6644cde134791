import { execFileSync } from 'node:child_process';
import { array, assert, constantFrom, property, sample, tuple } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyHunks, countLines, diffTexts } from '../../src/engine/diff.ts';
import { renderFilePatch } from '../../src/engine/patch.ts';
import { quotePath } from '../../src/engine/quote-path.ts';
import { get, makeRepository } from '../cli/project.ts';

/** Texts of few different lines, so that hunks meet; odd line ends, and often no newline at the end. */
const text = array(
  constantFrom('a\n', 'b\n', '\n', 'c\r\n', '\td', '\r', '\x0c\n', '\xe9\n', '\\ No newline\n', '--- x\n'),
  {
    maxLength: 30,
  },
).map((lines) => lines.join(''));

describe('differences', () => {
  test('the hunks turn one text into the other, and back', () => {
    assert(
      property(text, text, (before, after) => {
        expect(applyHunks(before, diffTexts(before, after))).toBe(after);
        expect(applyHunks(after, diffTexts(after, before))).toBe(before);
      }),
      { numRuns: 2000 },
    );
  });

  test('hunks for another text do not apply', () => {
    expect(applyHunks('x\ny\n', diffTexts('a\nb\n', 'a\nc\n'))).toBeUndefined();
  });

  test('counts', () => {
    expect(countLines(diffTexts('a\nb\nc\n', 'a\nx\ny\nc\n'))).toEqual({ added: 2, removed: 1 });
  });
});

describe('patches', () => {
  test('git apply gives the text, for many texts', () => {
    const pairs = sample(tuple(text, text), { numRuns: 60, seed: 7 });
    const files = Object.fromEntries(pairs.map(([before], index) => [`f${index}.c`, `${before}end`]));
    const folder = makeRepository(files);
    const note = { name: 'f', line: 1, endLine: 99, summary: 'identical', details: ['--- a\r\n+++ b', '@@ -1 +1 @@'] };
    const patch = pairs.map(([before, after], index) =>
      renderFilePatch(`f${index}.c`, diffTexts(`${before}end`, `${after}end`), [note]),
    );
    execFileSync('git', ['apply', '-'], { cwd: folder, input: Buffer.from(patch.join(''), 'latin1') });
    expect(pairs.map((_, index) => get(folder, `f${index}.c`))).toEqual(pairs.map(([, after]) => `${after}end`));
  });

  test('no change, no patch', () => {
    expect(renderFilePatch('a.c', diffTexts('a', 'a'), [])).toBe('');
  });

  test.each([
    ['a b.c', 'a b.c'],
    ['tab\t.c', '"tab\\t.c"'],
    ['q"\\.c', '"q\\"\\\\.c"'],
    ['ü.c', '"\\303\\274.c"'],
    ['\x01\x7f.c', '"\\001\\177.c"'],
  ])('%j is quoted as git does', (path, quoted) => {
    expect(quotePath(path)).toBe(quoted);
  });
});
