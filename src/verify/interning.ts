/** Numbers for operations with numbered operands: equal numbers for equal operations. (Hash consing: Ershov 1958.) */

/** Two operands below this make one number that is exact. */
const MOST_EXACT = 2 ** 26;

export class Interning {
  readonly #index = new Map<string, Map<string, Map<number | string, number>>>();
  #size = 0;

  /** The number of the operation, from 0 in the order of their first mention. */
  of(op: string, text: string, operands: readonly number[]): number {
    const texts = entry(this.#index, op, () => new Map<string, Map<number | string, number>>());
    return entry(
      entry(texts, text, () => new Map<number | string, number>()),
      keyOf(operands),
      () => this.#size++,
    );
  }

  /** The number of an operation that was mentioned before, or undefined. */
  find(op: string, text: string, operands: readonly number[]): number | undefined {
    return this.#index.get(op)?.get(text)?.get(keyOf(operands));
  }

  /** Takes a number for something that is equal to nothing else. */
  next(): number {
    return this.#size++;
  }

  get size(): number {
    return this.#size;
  }
}

/** Operands as a key: a number where that is possible, which is faster to look up. */
function keyOf(operands: readonly number[]): number | string {
  const [first, second] = operands;
  if (first === undefined) return -1;
  if (second === undefined) return first;
  if (operands.length === 2 && first < MOST_EXACT && second < MOST_EXACT) return MOST_EXACT * (first + 1) + second;
  return operands.join(',');
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
