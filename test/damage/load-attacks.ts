/**
 * Reads the attacks: pairs of small functions that look alike and differ in one way that a careless judge overlooks.
 * A file of attacks: `#### name`, the text before, `====`, the text after.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ATTACKS = fileURLToPath(new URL('./attacks/', import.meta.url));

export interface Attack {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

export function loadAttacks(): Attack[] {
  const files = readdirSync(ATTACKS).filter((name) => name.endsWith('.txt'));
  return files.toSorted().flatMap((file) => readAttacks(readFileSync(join(ATTACKS, file), 'latin1')));
}

function readAttacks(text: string): Attack[] {
  return text
    .split(/^#### /m)
    .slice(1)
    .map((part) => {
      const [before = '', after = ''] = part.slice(part.indexOf('\n') + 1).split(/^====\n/m);
      return { name: part.slice(0, part.indexOf('\n')), before, after };
    });
}
