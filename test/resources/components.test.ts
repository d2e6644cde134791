import { array, assert, constantFrom, dictionary, property, shuffledSubarray } from 'fast-check';
import { expect, test } from 'vitest';
import { ComponentReader } from '../../src/resources/components.ts';

/** Reads `a` as `a(b,c)` where it depends on b and c; names of a circle as their own name in upper case. */
function reader(edges: Readonly<Record<string, readonly string[]>>): ComponentReader<string> {
  const read: ComponentReader<string> = new ComponentReader(
    (name) => `${name}(${(edges[name] ?? []).map((next) => read.get(next)).join()})`,
    (name) => name.toUpperCase(),
  );
  return read;
}

test('a chain is read, a circle is not', () => {
  const edges = { a: ['b'], b: ['c', 'd'], c: [], d: ['e'], e: ['d'], f: ['f'] };
  expect(reader(edges).get('a')).toBe('a(b(c(),D))');
  expect(reader(edges).get('e')).toBe('E');
  expect(reader(edges).get('f')).toBe('F');
});

test('no answer depends on which name was asked for first', () => {
  const name = constantFrom('a', 'b', 'c', 'd', 'e', 'f');
  const graph = dictionary(name, array(name, { maxLength: 3 }));
  assert(
    property(graph, shuffledSubarray([...'abcdef'], { minLength: 6 }), (edges, order) => {
      const inOrder = reader(edges);
      for (const one of order) inOrder.get(one);
      for (const one of 'abcdef') expect(inOrder.get(one)).toBe(reader(edges).get(one));
    }),
    { numRuns: 2000 },
  );
});
