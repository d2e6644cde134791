/** Which words stand in a text, told fast and nearly exactly. (A Bloom filter with two probes: Bloom, CACM 1970.) */
import { isWord } from './characters.ts';

/** Bits for each word of the text, repetitions counted: few words that are not there seem to be. */
const BITS_PER_WORD = 4;

/** A line ends within a word: what the words are then is for others to say. */
const SPLICED = /[\w$\x80-\xff]\\\r?\n[\w$\x80-\xff]/;

export class WordFilter {
  readonly #bits: Uint32Array;
  readonly #mask: number;
  readonly #isSpliced: boolean;

  constructor(text: string) {
    this.#isSpliced = SPLICED.test(text);
    const hashes = hashWords(text);
    let size = 32;
    while (size < hashes.length * BITS_PER_WORD) size *= 2;
    this.#mask = size - 1;
    this.#bits = new Uint32Array(size / 32);
    for (const hash of hashes) {
      this.#set(hash & this.#mask);
      this.#set(second(hash) & this.#mask);
    }
  }

  /** May the word stand in the text, in a comment or literal perhaps? False: certainly not. */
  mayHave(word: string): boolean {
    return this.#isSpliced || this.hasHash(hashWord(word));
  }

  /** The same for a word whose hash is known. */
  hasHash(hash: number): boolean {
    return this.#isSpliced || (this.#has(hash & this.#mask) && this.#has(second(hash) & this.#mask));
  }

  #set(bit: number): void {
    this.#bits[bit >>> 5] = (this.#bits[bit >>> 5] ?? 0) | (1 << (bit & 31));
  }

  #has(bit: number): boolean {
    return ((this.#bits[bit >>> 5] ?? 0) & (1 << (bit & 31))) !== 0;
  }
}

/** FNV-1a of a word. */
export function hashWord(word: string): number {
  let hash = START;
  for (let at = 0; at < word.length; at++) hash = Math.imul(hash ^ word.charCodeAt(at), PRIME);
  return hash >>> 0;
}

const START = 0x811c9dc5;
const PRIME = 0x01000193;

/** The second probe takes the bits that the first one leaves. */
function second(hash: number): number {
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 3;
}

function hashWords(text: string): number[] {
  const hashes: number[] = [];
  let hash = START;
  let isInside = false;
  for (let at = 0; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (isWord(c)) {
      hash = Math.imul(hash ^ c, PRIME);
      isInside = true;
    } else if (isInside) {
      hashes.push(hash >>> 0);
      hash = START;
      isInside = false;
    }
  }
  if (isInside) hashes.push(hash >>> 0);
  return hashes;
}
