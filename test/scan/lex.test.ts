import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lex } from '../../src/scan/lex.ts';
import { anyBytes, scrambledC } from './c-text.ts';

function words(text: string): string[] {
  return lex(text).tokens.map(({ start, end }) => text.slice(start, end));
}

function kinds(text: string): string[] {
  return lex(text).tokens.map(({ kind }) => kind);
}

describe('tokens', () => {
  it('takes literals with prefixes, escapes and splices as one', () => {
    expect(words('L"a\\"b" u8\'x\' "a\\\nb" x')).toEqual(['L"a\\"b"', "u8'x'", '"a\\\nb"', 'x']);
    expect(kinds('L"a" u8\'x\' Lx')).toEqual(['string', 'char', 'identifier']);
  });

  it('ends an open literal before its line end', () => {
    expect(words("don't\nx")).toEqual(['don', "'t", 'x']);
  });

  it('joins an identifier over a splice', () => {
    expect(words('fo\\\no\\\r\no bar')).toEqual(['fo\\\no\\\r\no', 'bar']);
  });

  it('knows preprocessing numbers', () => {
    expect(words("0x1p-3 1e+5f 1'000 .5 1.2.3 0xE+1 10base")).toEqual([
      '0x1p-3',
      '1e+5f',
      "1'000",
      '.5',
      '1.2.3',
      '0xE',
      '+',
      '1',
      '10base',
    ]);
  });

  it('takes the longest punctuator', () => {
    expect(words('a<<=b->c...d>>e ##@')).toEqual(['a', '<<=', 'b', '->', 'c', '...', 'd', '>>', 'e', '##', '@']);
  });
});

describe('directives and comments', () => {
  it('takes a logical line, with the comment that runs over its end', () => {
    const text = 'a\n  # define X 1 \\\n 2 /* c\n */ 3\nb # c';
    const { directives } = lex(text);
    expect(directives.map(({ name, start, end }) => [name, text.slice(start, end)])).toEqual([
      ['define', '# define X 1 \\\n 2 /* c\n */ 3'],
    ]);
    expect(words(text)).toEqual(['a', 'b', '#', 'c']);
  });

  it('lets a line comment go on behind a splice', () => {
    const text = '// a \\\n b\nc /* // */ d // e';
    expect(lex(text).comments.map(({ start, end }) => text.slice(start, end))).toEqual([
      '// a \\\n b',
      '/* // */',
      '// e',
    ]);
    expect(words(text)).toEqual(['c', 'd']);
  });

  it('sees a directive behind a comment', () => {
    expect(lex('/* x */ #if A\n').directives).toHaveLength(1);
  });
});

describe('properties', () => {
  it.each([
    ['scrambled C', scrambledC],
    ['any bytes', anyBytes],
  ] as const)('tokens, directives, comments and blanks partition %s', (_, texts) => {
    fc.assert(
      fc.property(texts, (text) => {
        const { tokens, directives, comments } = lex(text);
        const spans = [...tokens, ...directives, ...comments].toSorted((a, b) => a.start - b.start);
        let at = 0;
        for (const { start, end } of spans) {
          expect(start).toBeGreaterThanOrEqual(at);
          expect(end).toBeGreaterThan(start);
          expect(text.slice(at, start)).toMatch(/^(?:[ \t\r\n\v\f]|\\\r?\n)*$/);
          at = end;
        }
        expect(text.slice(at)).toMatch(/^(?:[ \t\r\n\v\f]|\\\r?\n)*$/);
      }),
      { numRuns: 500 },
    );
  });
});
