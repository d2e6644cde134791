import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fencedBlocks } from './markdown.ts';
import { Sandbox } from './tool.ts';

const root = join(import.meta.dirname, '../..');
const blocks = fencedBlocks(readFileSync(join(root, 'CHANGELOG.md'), 'utf8'));
const before = blocks.filter((block) => block.language === 'c' && block.attributes.has('before'));
const after = blocks.filter((block) => block.language === 'c' && block.attributes.has('after'));

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.remove());

test('every block of C is a before or an after, and each has the other', () => {
  expect(blocks.filter((block) => !before.includes(block) && !after.includes(block))).toEqual([]);
  const names = (list: typeof blocks, key: string): (string | undefined)[] =>
    list.map((block) => block.attributes.get(key)).toSorted();
  expect(names(after, 'after')).toEqual(names(before, 'before'));
  expect(before.length).toBeGreaterThan(0);
});

test.for(before.map((block) => [block.attributes.get('before') ?? '', block.text] as const))(
  'the change shown for %s is what apply makes, and it is proved',
  ([name, text]) => {
    const wanted = after.find((block) => block.attributes.get('after') === name)?.text;
    sandbox.write(name, text);
    sandbox.write(`before/${name}`, text);
    sandbox.commitAll();
    expect(sandbox.run(`goto-cleanup apply ${name}`)).toMatchObject({ status: 0 });
    expect(readFileSync(join(sandbox.folder, name), 'latin1')).toBe(wanted);
    expect(sandbox.run(`goto-cleanup verify before/${name} ${name}`)).toMatchObject({ status: 0 });
  },
);
