import { describe, expect, test } from 'vitest';
import { plansOf, rewritten } from './rewrite-text.ts';

describe('one block', () => {
  test('three exits and success share: success falls in, one constant initialises the status', () => {
    const before = `int f(int n)
{
    char *a = malloc(n);
    char *b = malloc(n);
    if (!a || !b) {
        free(a);
        free(b);
        return -1;
    }

    if (fill_in(a) < 0) {
        log_error("fill");
        free(a);
        free(b);
        return -1;
    }

    use_both(a, b);

    free(a);
    free(b);
    return 0;
}
`;
    expect(rewritten(before)).toBe(`int f(int n)
{
    int result = -1;
    char *a = malloc(n);
    char *b = malloc(n);
    if (!a || !b) {
        goto cleanup;
    }

    if (fill_in(a) < 0) {
        log_error("fill");
        goto cleanup;
    }

    use_both(a, b);

    result = 0;

cleanup:
    free(a);
    free(b);
    return result;
}
`);
  });

  test('success hands over: it returns before the block', () => {
    const before = `char *f(int n)
{
    char *a = malloc(n);
    if (!a)
        return NULL;
    if (fill_in(a) < 0) {
        free(a);
        return NULL;
    }
    if (check_it(a) < 0) {
        free(a);
        return NULL;
    }
    if (send_it(a) < 0) {
        log_error("send");
        free(a);
        return NULL;
    }
    return a;
}
`;
    expect(rewritten(before)).toBe(`char *f(int n)
{
    char *a = malloc(n);
    if (!a)
        return NULL;
    if (fill_in(a) < 0) {
        goto cleanup;
    }
    if (check_it(a) < 0) {
        goto cleanup;
    }
    if (send_it(a) < 0) {
        log_error("send");
        goto cleanup;
    }
    return a;

cleanup:
    free(a);
    return NULL;
}
`);
  });

  test('void function: the end of the body takes part', () => {
    const before = `static void f(struct s *s)
{
\tchar *a = read_it(s);

\tif (!a) {
\t\tput_it(s);
\t\tfree(a);
\t\treturn;
\t}
\tif (bad_one(a)) {
\t\tput_it(s);
\t\tfree(a);
\t\treturn;
\t}
\tuse_it(a);
\tput_it(s);
\tfree(a);
}
`;
    expect(rewritten(before)).toBe(`static void f(struct s *s)
{
\tchar *a = read_it(s);

\tif (!a) {
\t\tgoto cleanup;
\t}
\tif (bad_one(a)) {
\t\tgoto cleanup;
\t}
\tuse_it(a);

cleanup:
\tput_it(s);
\tfree(a);
}
`);
  });

  test('void function whose end keeps the resource: a return stands before the block', () => {
    const before = `static void f(struct s *s)
{
    char *a = read_it(s);
    if (bad_one(a)) {
        put_it(s);
        free(a);
        return;
    }
    if (bad_two(a)) {
        put_it(s);
        free(a);
        return;
    }
    keep_it(a);
}
`;
    expect(rewritten(before)).toBe(`static void f(struct s *s)
{
    char *a = read_it(s);
    if (bad_one(a)) {
        goto cleanup;
    }
    if (bad_two(a)) {
        goto cleanup;
    }
    keep_it(a);
    return;

cleanup:
    put_it(s);
    free(a);
}
`);
  });
});

describe('status variable', () => {
  const body = (first: string, second: string, last: string, head = ''): string => `int f(int n)
{
${head}    char *a = malloc(n);
    if (fill_in(a) < 0) {
        free(a);
        return ${first};
    }
    if (check_it(a) < 0) {
        free(a);
        return ${second};
    }
    free(a);
    return ${last};
}
`;

  test('different constants: set at each exit, declared without a value', () => {
    const after = rewritten(body('-1', '-2', '0'));
    expect(after).toContain('    int result;\n    char *a');
    expect(after).toContain('        result = -1;\n        goto cleanup;');
    expect(after).toContain('        result = -2;\n        goto cleanup;');
    expect(after).toContain('    result = 0;\n\ncleanup:\n    free(a);\n    return result;\n}');
  });

  test('the variable that the last exit returns is reused', () => {
    const after = rewritten(
      body('-1', 'ret', 'ret', '    int ret;\n').replace(
        'if (check_it(a) < 0)',
        'ret = check_it(a);\n    if (ret < 0)',
      ),
    );
    expect(after).toContain('        ret = -1;\n        goto cleanup;');
    expect(after).toContain('    if (ret < 0) {\n        goto cleanup;');
    expect(after).toContain('cleanup:\n    free(a);\n    return ret;\n}');
    expect(after).not.toContain('result');
  });

  test('a variable declared below the first jump is declared earlier', () => {
    const after = rewritten(
      body('-1', 'ret', 'ret').replace('if (check_it(a) < 0)', 'int ret = check_it(a);\n    if (ret < 0)'),
    );
    expect(after).toContain('    int ret = -1;\n    char *a');
    expect(after).toContain('    ret = check_it(a);\n    if (ret < 0) {\n        goto cleanup;');
  });

  test('what success returns, made behind all jumps, begins with what they return', () => {
    const after = rewritten(`char *f(int n)
{
    char *a = malloc(n);
    if (fill_in(a) < 0) {
        free(a);
        return NULL;
    }
    if (check_it(a) < 0) {
        free(a);
        return NULL;
    }
    char *made = malloc(7);
    free(a);
    return made;
}
`);
    expect(after).toContain('    char *made = NULL;\n    char *a');
    expect(after).toContain('    made = malloc(7);\n\ncleanup:\n    free(a);\n    return made;\n}');
    expect(after).not.toContain('result');
  });

  test('one that is made before a jump does not', () => {
    const after = rewritten(`char *f(int n)
{
    char *a = malloc(n);
    if (fill_in(a) < 0) {
        free(a);
        return NULL;
    }
    char *made = strdup(a);
    if (made != NULL && check_it(made) < 0) {
        put_it(n);
        free(a);
        return NULL;
    }
    free(a);
    return made;
}
`);
    expect(after).toContain('char *result = NULL;');
    expect(after).toContain('result = made;');
  });

  test('a pointer that a test has shown to be NULL is returned as it is, one that it has not is not', () => {
    const text = (condition: string): string => `char *f(int n)
{
    put_it(n);
    char *a = malloc(n);
    if (${condition}) {
        put_it(n);
        drop_it(n);
        return NULL;
    }
    if (check_it(a) < 0) {
        put_it(n);
        drop_it(n);
        return a;
    }
    put_it(n);
    drop_it(n);
    return a;
}
`;
    expect(rewritten(text('!a'))).not.toContain('result');
    expect(rewritten(text('a == NULL'))).not.toContain('result');
    expect(rewritten(text('!a || n > 5'))).toContain('char *result');
    expect(rewritten(text('a != NULL'))).toContain('char *result');
  });

  test('a variable of another type is not reused', () => {
    const after = rewritten(body('-1', '-1', 'ret', '    unsigned ret = n;\n'));
    expect(after).toContain('int result = -1;');
    expect(after).toContain('result = ret;');
  });

  test('an inner variable of the same name is a collision', () => {
    const inner = body('-1', 'ret', 'ret', '    int ret = 0;\n').replace(
      '        free(a);\n        return -1',
      '        int ret = 5;\n        note_it(ret);\n        free(a);\n        return -1',
    );
    const after = rewritten(inner);
    expect(after).toContain('int result;');
    expect(after).toContain('result = -1;');
  });

  test('a new name occurs nowhere in the function', () => {
    const after = rewritten(body('-1', '-2', '0').replace('fill_in(a)', 'fill_in(a, result)'));
    expect(after).toContain('int ret;');
  });

  test('no existing variable is reused where a name of unknown kind is called', () => {
    const after = rewritten(
      body('-1', 'ret', 'ret', '    int ret;\n').replace('if (check_it(a) < 0)', 'UNKNOWN(a);\n    if (ret < 0)'),
    );
    expect(after).toContain('result = -1;');
    expect(after).toContain('result = ret;');
  });

  test('the return is evaluated at the exit when it calls something that records where it stands', () => {
    const after = rewritten(body('SET_ERRNO(1, "x")', 'SET_ERRNO(1, "x")', '0'));
    expect(after.match(/result = SET_ERRNO\(1, "x"\);\n        goto cleanup;/g)).toHaveLength(2);
  });
});

describe('ladder', () => {
  const before = `int f(struct dev *dev)
{
    int err;

    err = lock_dev(dev);
    if (err)
        return err;
    err = get_ref(dev);
    if (err) {
        unlock_dev(dev);
        return err;
    }
    err = map_dma(dev);
    if (err) {
        put_ref(dev->parent);
        unlock_dev(dev);
        return err;
    }
    err = start_it(dev);
    if (err) {
        unmap_dma(dev->ring);
        put_ref(dev->parent);
        unlock_dev(dev);
        return err;
    }
    return 0;
}
`;

  test('a growing cascade becomes labels that fall into each other', () => {
    expect(rewritten(before)).toBe(`int f(struct dev *dev)
{
    int err;

    err = lock_dev(dev);
    if (err)
        return err;
    err = get_ref(dev);
    if (err) {
        goto cleanup_dev;
    }
    err = map_dma(dev);
    if (err) {
        goto cleanup_parent;
    }
    err = start_it(dev);
    if (err) {
        goto cleanup_ring;
    }
    return 0;

cleanup_ring:
    unmap_dma(dev->ring);
cleanup_parent:
    put_ref(dev->parent);
cleanup_dev:
    unlock_dev(dev);
    return err;
}
`);
  });

  test('with --style single it stays: one block would release what is not held', () => {
    expect(plansOf(before, { style: 'single' })).toMatchObject({ code: 'not-proved' });
  });
});

describe('comments and layout', () => {
  test('what a comment above other statements speaks of does not move from under it', () => {
    const text = (comment: string): string => `int f(int n)
{
    char *a = malloc(n);
    if (fill_in(a) < 0) {
        free(a);
        return -1;
    }
    if (check_it(a) < 0) {
        free(a);
        return -1;
    }

    // ${comment}
    n = 0;
    free(a);
    n += 2;

    return 0;
}
`;
    expect(rewritten(text('count anew'))).toContain('    n = 0;\n    n += 2;\n');
    expect(rewritten(text('count anew, and free the rest'))).toContain('nothing-gained: a comment');
  });

  test('comments go where DESIGN says', () => {
    const before = `int f(int n)
{
    char *a = malloc(n);

    if (fill_in(a) < 0) {
        // nothing to fill
        free(a); /* the buffer */
        put_it(n);
        return -1; // lost
    }
    if (check_it(a) < 0) {
        free(a);
        put_it(n);
        // give up
        return -2;
    }
    free(a);
    put_it(n);
    return 0; // fine
}
`;
    expect(rewritten(before)).toBe(`int f(int n)
{
    int result;
    char *a = malloc(n);

    if (fill_in(a) < 0) {
        // nothing to fill
        result = -1; // lost
        goto cleanup;
    }
    if (check_it(a) < 0) {
        // give up
        result = -2;
        goto cleanup;
    }
    result = 0; // fine

cleanup:
    free(a); /* the buffer */
    put_it(n);
    return result;
}
`);
  });

  test('two comments that claim one place: that exit stays', () => {
    const before = `int f(int n)
{
    char *a = malloc(n);
    if (fill_in(a) < 0) {
        free(a); // one
        put_it(n);
        return -1;
    }
    if (check_it(a) < 0) {
        free(a);
        put_it(n);
        return -1;
    }
    free(a); // two
    put_it(n);
    return -1;
}
`;
    const after = rewritten(before);
    expect(after).toContain('free(a); // one\n        put_it(n);\n        return -1;');
    expect(after).toContain('goto cleanup;');
  });

  test('CRLF and tabs stay', () => {
    const before =
      'int f(int n)\r\n{\r\n\tchar *a = malloc(n);\r\n\tif (fill_in(a)) {\r\n\t\tfree(a);\r\n\t\treturn 1;\r\n\t}\r\n\tif (check_it(a)) {\r\n\t\tfree(a);\r\n\t\treturn 1;\r\n\t}\r\n\tfree(a);\r\n\treturn 0;\r\n}\r\n';
    const after = rewritten(before);
    expect(after).toContain('\tint result = 1;\r\n\tchar *a');
    expect(after).toContain('\r\n\tresult = 0;\r\n\r\ncleanup:\r\n\tfree(a);\r\n\treturn result;\r\n}\r\n');
    expect(after.replaceAll('\r\n', '')).not.toContain('\n');
  });

  test('one-line blocks stay on their line', () => {
    const before = `int f(int n)
{
    char *a = malloc(n);
    if (fill_in(a)) { free(a); return -1; }
    if (check_it(a)) { free(a); return -2; }
    free(a);
    return 0;
}
`;
    const after = rewritten(before);
    expect(after).toContain(
      '    if (fill_in(a)) { result = -1; goto cleanup; }\n    if (check_it(a)) { result = -2; goto cleanup; }\n',
    );
  });

  test('a second run plans nothing', () => {
    const before = `int f(int n)
{
    char *a = malloc(n);
    if (fill_in(a)) {
        free(a);
        return 1;
    }
    if (check_it(a)) {
        free(a);
        return 1;
    }
    free(a);
    return 0;
}
`;
    expect(rewritten(rewritten(before))).toMatch(/^nothing-gained/);
  });
});

describe('what stays as it is', () => {
  const twin = (replace: [string, string]): string =>
    rewritten(
      `int f(int n)
{
    char *a = malloc(n);
    if (fill_in(a)) {
        free(a);
        return 1;
    }
    if (check_it(a)) {
        free(a);
        return 1;
    }
    free(a);
    return 0;
}
`.replaceAll(...replace),
    );

  test('the twin is rewritten', () => expect(twin(['x_x', ''])).toContain('goto cleanup'));
  test.each([
    ['setjmp', 'fill_in(a)', 'setjmp(env)', 'setjmp'],
    ['a macro that returns', 'fill_in(a)', 'RETURN_IF(a)', 'hidden-control-flow'],
    ['a cleanup attribute', 'char *a', '__attribute__((cleanup(drop_it))) char *a', 'cleanup-attribute'],
    ['a glib auto pointer', 'char *a', 'g_autofree char *a', 'cleanup-attribute'],
    ['a statement expression', 'fill_in(a)', '({ fill_in(a); })', 'statement-expression'],
    ['a release of unknown kind', 'free(a)', 'unknown_free(a)', 'stateful-macro'],
    ['a stateful macro among the releases', '        free(a);', '        LOG_ONCE("x");\n        free(a);', ''],
    [
      'a variable length array between',
      '    if (check_it(a))',
      '    char line[n];\n    if (check_it(a, line))',
      'vla-scope',
    ],
  ])('%s', (_, from, to, code) => {
    const after = twin([from, to]);
    if (code === '') expect(after).toContain('LOG_ONCE("x");\n        goto cleanup;');
    else expect(after.split(':')[0]).toBe(code);
  });

  test('two exits, one release: not worth it', () => {
    const text = `int f(int n)
{
    char *a = malloc(n);
    if (fill_in(a)) {
        free(a);
        return 1;
    }
    free(a);
    return 0;
}
`;
    expect(rewritten(text)).toMatch(/^nothing-gained/);
  });

  test('preprocessor lines in an exit', () => {
    const text = `int f(int n)
{
    char *a = malloc(n);
    if (fill_in(a)) {
        free(a);
#ifdef X
        note_it();
#endif
        put_it(n);
        return 1;
    }
    if (check_it(a)) {
        free(a);
        note_it();
        put_it(n);
        return 1;
    }
    if (check_it(a)) {
        free(a);
        note_it();
        put_it(n);
        return 1;
    }
    return 0;
}
`;
    const after = rewritten(text);
    expect(after).toContain('#ifdef X\n        note_it();\n#endif\n        goto cleanup');
  });
});
