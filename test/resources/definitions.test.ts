import { describe, expect, test } from 'vitest';
import { createDefinitionSource } from '../../src/engine/definitions.ts';
import type { Platform } from '../../src/resources/preset.ts';

function sight(files: Readonly<Record<string, string>>, main = 'src/main.c', platform: Platform = 'posix') {
  const source = createDefinitionSource({ readFile: (path) => files[path] }, Object.keys(files).toSorted(), platform);
  const found = source.inSightOf(main, files[main] ?? '');
  return {
    ...found,
    paths: found.headers.map(({ file, isConditional }) => (isConditional ? `${file.path}?` : file.path)),
  };
}

describe('which file an include means', () => {
  test('the one beside it, then the nearest whose path ends with it', () => {
    const files = {
      'src/main.c': '#include "here.h"\n#include "net/deep.h"\n#include "../up.h"',
      'src/here.h': '',
      'include/here.h': '',
      'include/net/deep.h': '',
      'other/far/net/deep.h': '',
      'up.h': '',
    };
    expect(sight(files).paths).toEqual(['src/here.h', 'include/net/deep.h', 'up.h']);
  });

  test('includes of includes, each once, nearest first', () => {
    const files = {
      'src/main.c': '#include "a.h"\n#include "b.h"',
      'src/a.h': '#include "c.h"\n#include "b.h"',
      'src/b.h': '#include "a.h"',
      'src/c.h': '#include "main.c"',
    };
    expect(sight(files).paths).toEqual(['src/a.h', 'src/b.h', 'src/c.h']);
  });

  test('headers of C and POSIX are the system’s, unless they stand beside', () => {
    const files = {
      'src/main.c': '#include <regex.h>\n#include <sys/queue.h>\n#include "string.h"',
      'lib/regex.h': '',
      'lib/sys/queue.h': '',
      'lib/string.h': '',
    };
    expect(sight(files).paths).toEqual([]);
    expect([...sight(files).systemIncludes]).toEqual(['regex.h', 'sys/queue.h', 'string.h']);
    expect(sight({ ...files, 'src/regex.h': '' }).paths).toEqual(['src/regex.h']);
  });

  test('in angle brackets: the repository’s, but for headers of the C library and of bundled libraries', () => {
    const files = {
      'src/main.c': '#include <zlib.h>\n#include <project/api.h>\n#include <core.h>\n#include <regex.h>',
      'deps/zlib.h': '',
      'include/project/api.h': '',
      'src/core/core.h': '',
      'src/regex/regex.h': '',
    };
    expect(sight(files).paths).toEqual(['include/project/api.h', 'src/core/core.h']);
  });

  test('a bundled library by its folder, whose name the include has', () => {
    const files = { 'src/main.c': '#include <zlib/zlib.h>', 'deps/zlib/zlib.h': '' };
    expect(sight(files).paths).toEqual(['deps/zlib/zlib.h']);
  });

  test('several that are equally far away count together', () => {
    const files = {
      'src/main.c': '#include "asm/bug.h"',
      'arch/x/include/asm/bug.h': '',
      'arch/y/include/asm/bug.h': '',
    };
    expect(sight(files).paths).toEqual(['arch/x/include/asm/bug.h?', 'arch/y/include/asm/bug.h?']);
  });
});

describe('what counts', () => {
  test('conditions of an include', () => {
    const files = {
      'src/main.c':
        '#ifdef _WIN32\n#include "win.h"\n#else\n#include "unix.h"\n#endif\n#ifdef DEBUG\n#include "debug.h"\n#endif',
      'src/win.h': '',
      'src/unix.h': '',
      'src/debug.h': '#include "more.h"',
      'src/more.h': '',
    };
    expect(sight(files).paths).toEqual(['src/unix.h', 'src/debug.h?', 'src/more.h?']);
    expect(sight(files, 'src/main.c', 'windows').paths).toEqual(['src/win.h', 'src/debug.h?', 'src/more.h?']);
  });

  test('an include in any case wins over one under a condition', () => {
    const files = {
      'src/main.c': '#ifdef X\n#include "a.h"\n#endif\n#include "b.h"',
      'src/a.h': '',
      'src/b.h': '#include "a.h"',
    };
    expect(sight(files).paths).toEqual(['src/a.h', 'src/b.h']);
  });

  test('a windows folder', () => {
    const files = {
      'src/main.c': '#include "windows/file.h"',
      'src/windows/file.h': '',
      'src/windows/main.c': '#include "file.h"',
    };
    expect(sight(files)).toMatchObject({ paths: [], platform: 'posix' });
    expect(sight(files, 'src/windows/main.c')).toMatchObject({ paths: ['src/windows/file.h'], platform: 'windows' });
  });

  test('the text that is given, not the one on disk', () => {
    const files = { 'src/main.c': '#include "old.h"', 'src/old.h': '', 'src/new.h': '' };
    const source = createDefinitionSource(
      { readFile: (path) => files[path as keyof typeof files] },
      Object.keys(files),
    );
    expect(source.inSightOf('src/main.c', '#include "new.h"').headers.map(({ file }) => file.path)).toEqual([
      'src/new.h',
    ]);
  });

  test('the same whatever was looked at before', () => {
    const files = { 'a/main.c': '#include "x.h"', 'b/main.c': '#include "x.h"', 'a/inc/x.h': '', 'b/inc/x.h': '' };
    const list = Object.keys(files);
    const source = createDefinitionSource({ readFile: (path) => files[path as keyof typeof files] }, list);
    const first = source.inSightOf('a/main.c', files['a/main.c']).headers.map(({ file }) => file.path);
    source.inSightOf('b/main.c', files['b/main.c']);
    expect(source.inSightOf('a/main.c', files['a/main.c']).headers.map(({ file }) => file.path)).toEqual(first);
    expect(first).toEqual(['a/inc/x.h']);
  });
});
