/**
 * The joint states that are still to be explored, by their places in the text: those that meet at a join are all there
 * before one of them goes on, and a loop settles before what follows it. (Reverse post-order, as for data flow: Kam,
 * Ullman, JACM 1976.)
 */
import type { State } from './state.ts';

interface Entry {
  readonly state: State;
  readonly before: number;
  readonly after: number;
  /** Entries of one place come out in the order they went in. */
  readonly order: number;
  isDropped: boolean;
}

export class Worklist {
  /** A binary heap: no entry comes before the one at half its index. */
  readonly #heap: Entry[] = [];
  readonly #entries = new Map<State, Entry>();
  #order = 0;

  push(state: State): void {
    const entry = {
      state,
      before: state.before.at,
      after: state.after.at,
      order: this.#order++,
      isDropped: false,
    };
    this.#entries.set(state, entry);
    this.#heap.push(entry);
    this.#rise(this.#heap.length - 1);
  }

  /** The next state, or undefined when all are explored. */
  pop(): State | undefined {
    for (;;) {
      const [first] = this.#heap;
      const last = this.#heap.pop();
      if (!first || !last) return undefined;
      if (this.#heap.length > 0) {
        this.#heap[0] = last;
        this.#sink();
      }
      if (first.isDropped) continue;
      this.#entries.delete(first.state);
      return first.state;
    }
  }

  /** Does another state stand before this one? */
  hasEarlier(state: State): boolean {
    const [first] = this.#heap;
    if (!first) return false;
    if (first.before !== state.before.at) return first.before < state.before.at;
    return first.after < state.after.at;
  }

  /** Takes a state out that is still to be explored; false when it is not there. */
  drop(state: State): boolean {
    const entry = this.#entries.get(state);
    if (!entry) return false;
    entry.isDropped = true;
    this.#entries.delete(state);
    return true;
  }

  #rise(from: number): void {
    for (let at = from; at > 0;) {
      const up = (at - 1) >> 1;
      if (!this.#swapIfEarlier(at, up)) return;
      at = up;
    }
  }

  #sink(): void {
    for (let at = 0; ;) {
      const left = 2 * at + 1;
      const down = this.#isEarlier(left + 1, left) ? left + 1 : left;
      if (!this.#swapIfEarlier(down, at)) return;
      at = down;
    }
  }

  /** Exchanges two entries when the first comes earlier. */
  #swapIfEarlier(one: number, other: number): boolean {
    const [a, b] = [this.#heap[one], this.#heap[other]];
    if (!a || !b || !this.#isEarlier(one, other)) return false;
    this.#heap[one] = b;
    this.#heap[other] = a;
    return true;
  }

  #isEarlier(one: number, other: number): boolean {
    const [a, b] = [this.#heap[one], this.#heap[other]];
    if (!a || !b) return false;
    return (a.before - b.before || a.after - b.after || a.order - b.order) < 0;
  }
}
