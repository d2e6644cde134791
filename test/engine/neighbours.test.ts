// Where a file shows no habit, the files around it do: which ones are read, and what they may decide.
import { expect, test } from 'vitest';
import { createNeighbours } from '../../src/engine/neighbours.ts';

const BRACED = `int a(int x) {
  int rv = 0;
  if (x) {
    goto bail;
  }
  if (x > 2) {
    rv = 1;
  }
  use(x);

bail:
  done(x);
  return rv;
}
`;

function around(tree: Readonly<Record<string, string>>): ReturnType<typeof createNeighbours> & { read: string[] } {
  const read: string[] = [];
  const files = {
    list: () => Object.keys(tree).toSorted(),
    readFile: (path: string) => {
      read.push(path);
      return tree[path];
    },
  };
  return { ...createNeighbours(files), read };
}

function many(folder: string, count: number, text: string): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`${folder}f${index}.c`, text]));
}

test('the folder decides before the tree does', () => {
  const tree = { ...many('lib/', 24, BRACED), ...many('old/', 40, BRACED.replace('\nbail', 'bail')), 'lib/x.c': '' };
  const { styleAround, read } = around(tree);
  expect(styleAround('lib/x.c')).toMatchObject({
    bracesForSingle: true,
    blankLineBeforeLabel: { fallingIn: true },
    labelNames: ['bail'],
    statusNames: ['rv'],
  });
  expect(read.every((path) => path.startsWith('lib/') && path !== 'lib/x.c')).toBe(true);
});

test('a folder with few files is seen with those around it, evenly drawn', () => {
  const { styleAround, read } = around({ ...many('a/', 30, BRACED), ...many('b/', 30, BRACED), 'c/x.c': '' });
  styleAround('c/x.c');
  expect(read).toHaveLength(24);
  expect(read.filter((path) => path.startsWith('a/'))).toHaveLength(12);
  styleAround('c/x.c');
  expect(read).toHaveLength(24);
});

test('three files are no project, and headers do not count', () => {
  const { styleAround, read } = around({ ...many('', 3, BRACED), 'a.h': BRACED, 'b.h': BRACED, 'x.c': '' });
  expect(styleAround('x.c')).toBeUndefined();
  expect(read).toEqual([]);
});

test('a name that is there now and then is no habit', () => {
  const other = BRACED.replaceAll('bail', 'done');
  const tree = { ...many('n', 5, BRACED), ...many('m', 2, other), ...many('o', 9, 'int z;\n') };
  expect(around(tree).styleAround('x.c')).toMatchObject({ labelNames: [] });
});
