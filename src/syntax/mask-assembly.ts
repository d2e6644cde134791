/**
 * Masks inside `asm (...)`: a macro where the grammar wants a string literal becomes one. The statement stays an asm
 * statement, about which nothing is ever assumed.
 */
import type { MaskText } from './mask-text.ts';

/** Masks one asm statement; returns the index behind it. */
export function maskAssembly(text: MaskText, i: number, to: number): number {
  let open = i + 1;
  while (open < to && text.word(open) !== '(' && text.word(open) !== ';') open++;
  if (text.word(open) !== '(') return open + 1;
  const close = text.behind(open) - 1;
  let at = maskTemplate(text, open + 1, close);
  for (; at < close; at = text.behind(at)) if (isOperandMacro(text, at)) maskMacro(text, at, 'string');
  return close + 1;
}

/** The instructions, up to the first `:`. Returns its index. */
function maskTemplate(text: MaskText, from: number, close: number): number {
  let hasString = false;
  for (let i = from; i < close && text.word(i) !== ':'; i++) hasString ||= text.isString(i);
  let at = from;
  while (at < close && text.word(at) !== ':') {
    if (!text.isIdentifier(at)) {
      at = text.behind(at);
      continue;
    }
    at = maskMacro(text, at, hasString ? 'blank' : 'string');
    hasString = true;
  }
  return at;
}

/** `: CONSTRAINT(a) (x)`: a macro instead of the string before an operand. */
function isOperandMacro(text: MaskText, index: number): boolean {
  const before = text.word(index - 1);
  if (!text.isIdentifier(index) || (before !== ':' && before !== ',' && before !== ']')) return false;
  const behind = text.word(index + 1) === '(' ? text.behind(index + 1) : index + 1;
  return text.word(behind) === '(';
}

function maskMacro(text: MaskText, index: number, filling: 'blank' | 'string'): number {
  const behind = text.word(index + 1) === '(' ? text.behind(index + 1) : index + 1;
  text.mask(index, behind, filling);
  return behind;
}
