/** Which names may acquire or release, told from words: no fewer than facts tell of (know.ts), and not all of them. */
import { expect, test } from 'vitest';
import { createDefinitionSource } from '../../src/engine/definitions.ts';
import { EMPTY_RESOURCE_CONFIG, parsePair } from '../../src/resources/resource-config.ts';
import { PRESETS } from '../../src/resources/presets/index.ts';
import { ResourceNames } from '../../src/resources/resource-names.ts';
import { know } from './know.ts';

test('a wrapper of a wrapper, and another name for it', () => {
  const { mayManage } = know({
    'main.c': '#include "a.h"\n#define drop_it drop\n#define drop_both(a, b) do { drop_it(a); drop(b); } while (0)\n',
    'a.h': '#include "b.h"\nstatic inline void drop(void *p) { give_back(p); }\n',
    'b.h': 'static inline void give_back(void *p) { (free)(p); }\n',
  });
  for (const name of ['free', 'give_back', 'drop', 'drop_it', 'drop_both']) expect(mayManage?.(name)).toBe(true);
});

test('a field of that name is another thing, and a longer word is another word', () => {
  const { mayManage } = know(
    'struct ops { void (*free)(void *); };\n' +
      'static void call(struct ops *o, void *p) { o->free(p); }\n' +
      'static int free_slots(int n) { return n - freed; }\n' +
      '#define OPS { .free = 0 }\n#define FIELD table.free\n',
  );
  for (const name of ['call', 'free_slots', 'OPS', 'FIELD']) expect(mayManage?.(name)).toBe(false);
});

test('a macro that is defined inside a function, and the function around it', () => {
  const text = 'static void f(void *p)\n{\n#define DROP(x) free(x)\n\tDROP(p);\n}\nstatic void g(void *p) { f(p); }\n';
  const { mayManage } = know(text);
  for (const name of ['DROP', 'f', 'g']) expect(mayManage?.(name)).toBe(true);
});

test('what config declares', () => {
  const { mayManage } = know('static void end(void *p) { thing_close(p); }\n', {
    pairs: [parsePair('thing_open=thing_close')],
  });
  for (const name of ['thing_open', 'thing_close', 'end']) expect(mayManage?.(name)).toBe(true);
  expect(mayManage?.('other')).toBe(false);
});

test('what a later file brings to light is found in headers that were read before', () => {
  const tree: Readonly<Record<string, string>> = {
    'one.c': '#include "a.h"\n',
    'two.c': '#include "a.h"\n#include "b.h"\n',
    'a.h': '#define end_it(p) inner_end(p)\n',
    'b.h': 'static void inner_end(void *p) { free(p); }\n',
  };
  const source = createDefinitionSource({ readFile: (path) => tree[path] }, Object.keys(tree), 'posix');
  const names = new ResourceNames(Object.values(PRESETS), EMPTY_RESOURCE_CONFIG);
  const has = (path: string, name: string): boolean => {
    const { file, headers } = source.inSightOf(path, tree[path] ?? '');
    const files = [file, ...headers.map((header) => header.file)];
    names.read(files);
    return names.has(name, () => files);
  };
  expect(has('one.c', 'end_it')).toBe(false);
  expect(has('two.c', 'end_it')).toBe(true);
  // And what one file has in sight says nothing of another, whichever came first.
  expect(has('one.c', 'end_it')).toBe(false);
});
