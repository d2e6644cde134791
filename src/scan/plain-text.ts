/**
 * Spellings that nobody uses and every compiler takes, in the usual one: `%:define`, `??=define`, a directive or name
 * that is cut in two by a line splice, blanks between a backslash and the end of its line. Offsets stay.
 */

/** As the compiler reads it, with the same number of characters. */
export function plainText(text: string): string {
  if (!/%:|\?\?=|\\[ \t\f\v\r]*\n/.test(text)) return text;
  const plain = text
    .replace(/^([ \t]*)%:(?!:)/gm, '$1# ')
    .replace(/^([ \t]*)\?\?=/gm, '$1#  ')
    .replace(/\\([ \t\f\v]+)(\r?\n)/g, '$1\\$2');
  // Macros of several lines are everywhere, names that are cut hardly anywhere: to look for one is cheaper.
  if (!/[\w$]\\\r?\n[\w$\\]/.test(plain)) return plain;
  return plain.replace(/([A-Za-z_$][\w$]*)((?:\\\r?\n)+)([\w$]+)/g, '$1$3$2');
}

/** What may read otherwise than it looks: trigraphs, of which the compiler's options decide, and such lines. */
export function findObscure(text: string): string | undefined {
  if (/\?\?[=/'()!<>-]/.test(text)) return 'a trigraph';
  if (/\\[ \t\f\v]+\r?\n/.test(text)) return 'a backslash with blanks between it and the end of its line';
  return /^[ \t]*%:/m.test(text) ? 'a directive that begins with %:' : undefined;
}
