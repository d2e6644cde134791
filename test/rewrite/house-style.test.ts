import { describe, expect, test } from 'vitest';
import { readFileStyle, readHouseStyle, readProjectStyle } from '../../src/rewrite/house-style.ts';

const KERNEL = `static int probe(struct dev *d)
{
\tint ret;

\tret = start(d);
\tif (ret)
\t\tgoto err_free;
\tif (d->x)
\t\tgoto err_free;
\treturn 0;

err_free:
\tfree(d);
\treturn ret;
}
`;

describe('house style', () => {
  test('braces are only left out where the project leaves them out, too', () => {
    const project = readProjectStyle(['int f(int x) {\n  if (x) {\n    g(x);\n  }\n}\n']);
    expect(readFileStyle(KERNEL.repeat(4), project).bracesForSingle).toBe(true);
    expect(readFileStyle(KERNEL.repeat(4), readProjectStyle([KERNEL.repeat(4)])).bracesForSingle).toBe(false);
  });

  test("what the file does not show is the project's", () => {
    const project = readProjectStyle([KERNEL.repeat(8)]);
    expect(readFileStyle('int f(void) { return 1; }\n', project)).toMatchObject({ labelIndent: '', indent: '\t' });
    expect(readFileStyle(KERNEL.replaceAll(/\bret\b/g, 'rc'), project).statusNames).toEqual(['rc', 'ret']);
  });

  test('of a kernel-like file', () => {
    expect(readFileStyle(KERNEL.repeat(4))).toMatchObject({
      indent: '\t',
      newline: '\n',
      labelIndent: '',
      labelNames: ['err_free'],
      statusNames: ['ret'],
      bracesForSingle: false,
      blankLineBeforeLabel: { afterReturn: true, fallingIn: true },
      returnParens: false,
    });
  });

  test('the rungs of a ladder say nothing about other labels', () => {
    const ladder = 'int f(void)\n{\n\tgo();\nput_b:\n\tput(b);\nput_a:\n\tput(a);\n}\n';
    const jumps = 'int g(void)\n{\n\tgoto put_b;\n\tgoto put_a;\n}\n';
    expect(readFileStyle(ladder + jumps).blankLineBeforeLabel.fallingIn).toBe(false);
    const apart = ladder.replace('put_b:', '\nput_b:');
    expect(readFileStyle(apart + jumps).blankLineBeforeLabel.fallingIn).toBe(true);
  });

  test('labels one column in, parenthesised returns, no blank line before labels', () => {
    const text = `int f(void)\n{\n  int rc = 0;\n  if (g()) {\n    goto out;\n  }\n  h();\n out:\n  return (rc);\n}\n`;
    expect(readFileStyle(text)).toMatchObject({
      indent: '  ',
      labelIndent: ' ',
      labelNames: ['out'],
      returnParens: true,
      bracesForSingle: true,
      blankLineBeforeLabel: { afterReturn: true, fallingIn: false },
    });
  });

  test('labels at the column of the statements', () => {
    expect(readFileStyle('void f(void)\n{\n    goto done;\n\n    done:\n    g();\n}\n').labelIndent).toBe('body');
  });

  test('the function comes before its file', () => {
    const other = 'int g(void)\n{\n    int rc = h();\n    return rc;\n}\n';
    const style = readHouseStyle(KERNEL.repeat(4) + other, {
      start: 4 * KERNEL.length,
      end: 4 * KERNEL.length + other.length,
    });
    expect(style.indent).toBe('    ');
    expect(style.statusNames).toEqual(['rc', 'ret']);
    expect(style.bracesForSingle).toBe(false);
  });

  test('line ends', () => {
    expect(readFileStyle('int f(void)\r\n{\r\n}\r\n').newline).toBe('\r\n');
  });

  test('a declaration behind a statement makes the file mixed; only head declarations make it C89', () => {
    const head = 'int f(void)\n{\n    int a;\n    g();\n}\n';
    expect(readFileStyle(head.repeat(8)).declarations).toBe('c89');
    expect(readFileStyle('int f(void)\n{\n    int a;\n    g();\n    int b = 1;\n}\n').declarations).toBe('mixed');
  });
});
