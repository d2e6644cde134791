/** Classes of the 256 byte values, as tables: one look-up per character is what makes the scan fast. */

/** 1 for letters, `_`, `$` and bytes above 127 (UTF-8 identifiers); 2 for digits; 0 for the rest. */
export const WORD: Readonly<Uint8Array> = wordTable();

/** 1 for blanks, line ends included. */
export const BLANK: Readonly<Uint8Array> = tableOf(' \t\n\r\v\f');

/** Makes a table with 1 for each of the characters. */
export function tableOf(characters: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const c of characters) table[c.charCodeAt(0)] = 1;
  return table;
}

function wordTable(): Uint8Array {
  const table = tableOf('_$');
  for (let c = 128; c < 256; c++) table[c] = 1;
  for (let c = 0; c < 26; c++) table[65 + c] = table[97 + c] = 1;
  for (let c = 48; c <= 57; c++) table[c] = 2;
  return table;
}

/** May an identifier start with this character? */
export function isWordStart(c: number): boolean {
  return WORD[c] === 1;
}

/** May an identifier or number go on with this character? */
export function isWord(c: number): boolean {
  return (WORD[c] ?? 0) > 0;
}
