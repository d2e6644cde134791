import { describe, expect, test } from 'vitest';
import { applyEdits, EditOverlapError, tryApplyEdits } from '../../src/rewrite/apply-edits.ts';

describe('applyEdits', () => {
  test('replaces, inserts and deletes by offsets of the original', () => {
    const edits = [
      { start: 6, end: 7, text: 'X' },
      { start: 0, end: 2, text: '' },
      { start: 4, end: 4, text: '--' },
    ];
    expect(applyEdits('abcdefgh', edits)).toBe('cd--efXh');
  });

  test('touching edits are fine, an insertion comes before the replacement at its place', () => {
    const edits = [
      { start: 2, end: 4, text: 'Y' },
      { start: 2, end: 2, text: '+' },
      { start: 4, end: 5, text: 'Z' },
    ];
    expect(applyEdits('abcdef', edits)).toBe('ab+YZf');
  });

  test.each([
    ['two replacements', { start: 0, end: 3 }, { start: 2, end: 4 }],
    ['two insertions at one place', { start: 2, end: 2 }, { start: 2, end: 2 }],
    ['an insertion inside a replacement', { start: 1, end: 4 }, { start: 2, end: 2 }],
    ['outside the text', { start: 5, end: 9 }, { start: 0, end: 1 }],
  ])('%s: nothing is applied', (_, first, second) => {
    const edits = [
      { ...first, text: 'x' },
      { ...second, text: 'y' },
    ];
    expect(tryApplyEdits('abcdef', edits)).toMatchObject({ kind: 'edit-overlap' });
    expect(() => applyEdits('abcdef', edits)).toThrow(EditOverlapError);
  });

  test('every byte outside the edits stays, bytes above 127 and CRLF too', () => {
    const text = '\xef\xbb\xbf/* \xe9 */\r\nint x;';
    expect(applyEdits(text, [{ start: text.length - 2, end: text.length - 1, text: 'y' }])).toBe(
      text.replace('x', 'y'),
    );
  });
});
