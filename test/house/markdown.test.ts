import { expect, test } from 'vitest';
import { fencedBlocks } from './markdown.ts';

test('a block has its language, attributes, text and line', () => {
  const [block, ...rest] = fencedBlocks('a\n\n```c file=x.c run\nint x;\n\n```\nb\n');
  expect(rest).toEqual([]);
  expect(block?.language).toBe('c');
  expect(block?.attributes.get('file')).toBe('x.c');
  expect(block?.attributes.has('run')).toBe(true);
  expect(block?.text).toBe('int x;\n\n');
  expect(block?.line).toBe(3);
});

test('a block that is never closed is an error', () => {
  expect(() => fencedBlocks('```sh\nls\n')).toThrow('line 1');
});
