/**
 * Masks in a function's head: attribute macros become blank, so that storage, one type, the name and the parameters
 * stay. A head that is only a macro (`DEFINE_X(foo) {`) tells neither its type nor its parameters: it becomes `T f()`
 * written over the macro's parentheses, so that the text of the type node is never that of a type.
 */
import { maskDeclarators, maskParameters, maskSpecifiers, readSpecifiers } from './mask-declaration.ts';
import type { MaskText } from './mask-text.ts';

/** Masks the tokens before the body. */
export function maskHead(text: MaskText, nameStart: number): void {
  const body = text.bodyIndex;
  const name = text.tokens.findIndex((token) => token.start === nameStart);
  if (body < 0 || name < 0 || name > body) return;
  const open = text.word(name + 1) === '(' ? name + 1 : -1;
  const specifiers = readSpecifiers(text, 0, name);
  const isMacroHead =
    !specifiers.hasType && specifiers.words.length + specifiers.macros.length === 0 && name === specifiers.end;
  if (open < 0) return maskNestedHead(text, name, body);
  const behind = text.behind(open);
  if (isMacroHead && text.word(name - 1) !== '*') return maskMacroHead(text, open, behind);
  maskSpecifiers(text, specifiers, 0);
  for (let i = specifiers.end; i < name; i++) if (text.isIdentifier(i)) maskBetween(text, i);
  maskParameters(text, open, behind);
  if (text.word(behind) !== '(') maskTrailing(text, behind, body);
}

/** `int *ATTR f(void)`. */
function maskBetween(text: MaskText, index: number): void {
  if (!/^(const|volatile|restrict|__restrict|__restrict__)$/.test(text.word(index)))
    text.mask(index, index + 1, 'blank');
}

/** `int (*f(int a))(void)`, `int (f)(void)`. */
function maskNestedHead(text: MaskText, name: number, body: number): void {
  const specifiers = readSpecifiers(text, 0, name);
  maskSpecifiers(text, specifiers, 0);
  maskDeclarators(text, specifiers.end, body, false, () => {});
}

/** `int f(void) __must_hold(x) ATTR {`; K&R parameter declarations have a `;` and stay. */
function maskTrailing(text: MaskText, from: number, body: number): void {
  for (let i = from; i < body; i++) if (text.word(i) === ';') return;
  for (let i = from; i < body;) {
    const behind = text.word(i + 1) === '(' ? text.behind(i + 1) : i + 1;
    if (text.isIdentifier(i) && !text.word(i).startsWith('__attribute')) text.mask(i, behind, 'blank');
    i = behind;
  }
}

/** The five characters `T f()` need, counted from the `(` on, on its line. */
function maskMacroHead(text: MaskText, open: number, behind: number): void {
  const at = text.start(open);
  const limit = text.start(text.bodyIndex);
  const line = text.text.slice(at, limit).search(/[\r\n]/);
  if ((line < 0 ? limit - at : line) < 5) return;
  text.mask(0, open, 'blank');
  const rest = text.text.slice(at + 5, Math.max(text.end(behind - 1), at + 5)).replaceAll(/[^\r\n]/g, ' ');
  text.writeAt(at, `T f()${rest}`);
}
