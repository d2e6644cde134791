import { describe, expect, test } from 'vitest';
import { WordFilter } from '../../src/scan/words.ts';

describe('which words stand in a text', () => {
  const text = 'struct s { int n; }; /* of old */ char *name = "quoted"; #define a1 b$2\nint caf\u00e9;';
  test.each(['struct', 's', 'n', 'of', 'old', 'quoted', 'a1', 'b$2', 'caf\u00e9', 'define'])('%s does', (word) => {
    expect(new WordFilter(text).mayHave(word)).toBe(true);
  });

  test('no word of a large text is missed, and few are seen that are not there', () => {
    const words = Array.from({ length: 5000 }, (_, at) => `word_${at * 7919}`);
    const filter = new WordFilter(words.join(' '));
    expect(words.filter((word) => !filter.mayHave(word))).toEqual([]);
    const others = Array.from({ length: 5000 }, (_, at) => `other_${at * 7919}`);
    expect(others.filter((word) => filter.mayHave(word)).length).toBeLessThan(1000);
  });

  test('parts of words do not count', () => {
    expect(new WordFilter('cleanup_all(p);').mayHave('cleanup')).toBe(false);
  });

  test('a word that a spliced line divides may be any', () => {
    expect(new WordFilter('#define cle\\\nanup(p) free(p)').mayHave('cleanup')).toBe(true);
  });
});
