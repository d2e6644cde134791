// The mutant of a round: the same for the same files, seed and round.
import { readFileSync } from 'node:fs';
import { scanFunctions } from '../../dist/src/scan/functions.js';
import { mutate, randomFrom } from './mutate.js';

/** Functions with more bytes are left out: they take most of the time and add no shapes. */
const MOST_BYTES = 20_000;
const MOST_CACHED = 200;

/** @returns the function of a round and what was made of it */
export function createMutants(files, seed) {
  const texts = new Map();
  const textOf = (path) => {
    const text = texts.get(path) ?? readFileSync(path, 'latin1');
    if (texts.size > MOST_CACHED) texts.clear();
    texts.set(path, text);
    return text;
  };
  /** A function of the files, by chance; at times with what stands before it in its file. */
  const choose = (random) => {
    for (let attempt = 0; attempt < 50; attempt++) {
      const text = textOf(files[Math.floor(random() * files.length)]);
      const { functions } = scanFunctions(text);
      const range = functions[Math.floor(random() * functions.length)];
      if (!range || range.end - range.start > MOST_BYTES) continue;
      const start = random() < 0.2 ? Math.max(0, range.start - 2000) : range.start;
      return `${text.slice(start, range.end)}\n`;
    }
    return 'int f(int n) { return n; }\n';
  };
  return (round) => {
    const random = randomFrom(Math.imul(round + 1, 0x9e3779b1) ^ seed);
    const original = choose(random);
    return { original, mutant: mutate(original, choose(random), random) };
  };
}
