/**
 * Reads names in the order of their dependencies. Names that depend on one another in a circle form a component
 * (Tarjan 1972) and get a fallback, all of them, so that no result depends on which one was asked for first.
 */
export class ComponentReader<T> {
  readonly #read: (name: string) => T;
  readonly #fallback: (name: string) => T;
  readonly #done = new Map<string, T>();
  /** Order of discovery of the names whose component is not complete. */
  readonly #index = new Map<string, number>();
  readonly #low = new Map<string, number>();
  readonly #stack: string[] = [];
  readonly #active: string[] = [];
  #next = 0;

  /**
   * @param read reads one name; asks `get` for the names it depends on
   * @param fallback what a name of a circle is; may not call `get`
   */
  constructor(read: (name: string) => T, fallback: (name: string) => T) {
    this.#read = read;
    this.#fallback = fallback;
  }

  get(name: string): T {
    const done = this.#done.get(name);
    if (done !== undefined) return done;
    const index = this.#index.get(name);
    if (index === undefined) return this.#visit(name);
    this.#lower(this.#active.at(-1), index);
    return this.#fallback(name);
  }

  #visit(name: string): T {
    const index = this.#next++;
    this.#index.set(name, index);
    this.#low.set(name, Number.POSITIVE_INFINITY);
    this.#stack.push(name);
    this.#active.push(name);
    const value = this.#read(name);
    this.#active.pop();
    const low = this.#low.get(name) ?? index;
    if (low < index) {
      this.#lower(this.#active.at(-1), low);
      return this.#fallback(name);
    }
    // `low` is its own index where it asks for itself, infinite where it stands in no circle.
    return this.#complete(name, low === index ? undefined : value);
  }

  /** Closes the component whose first name this is. */
  #complete(name: string, value: T | undefined): T {
    const members = this.#stack.splice(this.#stack.indexOf(name));
    for (const member of members) this.#index.delete(member);
    for (const member of members) this.#done.set(member, value ?? this.#fallback(member));
    return this.#done.get(name) ?? this.#fallback(name);
  }

  #lower(name: string | undefined, index: number): void {
    if (name !== undefined) this.#low.set(name, Math.min(this.#low.get(name) ?? index, index));
  }
}
