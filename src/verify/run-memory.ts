/** Memory in one run of one version: what it has stored itself, and what callees may have left. */
import { areApart } from './concrete.ts';
import { baseOf, origin } from './memory.ts';
import type { Term, TermTable } from './terms.ts';
import { Unclear } from './world.ts';
import type { World } from './world.ts';

type Entry =
  | { readonly kind: 'store'; readonly address: Term; readonly value: Term }
  /** The declaration of an object was passed, or its block left. */
  | { readonly kind: 'lost'; readonly object: Term }
  /**
   * A callee was given pointers to these places. `isFree`: it may have left anything there, or all as it was; otherwise it has done
   * what its definition says, and that is not known here. Without places it may have been anywhere.
   */
  | {
      readonly kind: 'given';
      readonly by: Term;
      /** By the position of the argument. */
      readonly places: ReadonlyMap<number, Term> | undefined;
      readonly isFree: boolean;
    };

/** An object that a run has released, or whose block it has left, is read or written. */
export class Gone extends Error {
  readonly address: Term;
  constructor(address: Term) {
    super();
    this.address = address;
  }
}

export class RunMemory {
  readonly #world: World;
  readonly #entries: Entry[] = [];
  readonly #released = new Map<Term, number>();
  /** Storage that the run has allocated: whether it is made of zeros. */
  readonly #allocated = new Map<Term, boolean>();
  /** What the objects of parameters hold on entry. */
  readonly #parameters: ReadonlyMap<Term, Term>;

  constructor(world: World, parameters: ReadonlyMap<Term, Term>) {
    this.#world = world;
    this.#parameters = parameters;
  }

  get #terms(): TermTable {
    return this.#world.setting.terms;
  }

  /** How many things have happened to it: a moment that `at` can go back to. */
  get now(): number {
    return this.#entries.length;
  }

  /** Addresses the run has stored to, until a moment. */
  storedUntil(moment: number): Term[] {
    return this.#entries.slice(0, moment).flatMap((entry) => (entry.kind === 'store' ? [entry.address] : []));
  }

  allocate(object: Term, isZeroed: boolean): void {
    this.#allocated.set(object, isZeroed);
  }

  isAllocated(object: Term): boolean {
    return this.#allocated.has(object);
  }

  release(object: Term): void {
    this.#released.set(object, this.now);
  }

  isReleased(object: Term): boolean {
    return this.#released.has(object);
  }

  /** Has the run stored there, or given it to a callee of which it is not known what it leaves there? */
  isTouched(object: Term): boolean {
    return this.#entries.some((entry) => {
      if (entry.kind === 'store') return baseOf(this.#terms, entry.address) === object;
      return entry.kind === 'given' && !entry.isFree && this.#isGiven(entry.places, object);
    });
  }

  lose(object: Term): void {
    this.#entries.push({ kind: 'lost', object });
  }

  /** A callee that got these addresses, by the positions of its arguments. */
  give(by: Term, addresses: ReadonlyMap<number, Term> | undefined, isFree: boolean): void {
    const places = addresses && new Map([...addresses].map(([index, address]) => [index, this.#arrayOf(address)]));
    if (places?.size !== 0) this.#entries.push({ kind: 'given', by, places, isFree });
  }

  /** From an element one gets to the others. */
  #arrayOf(address: Term): Term {
    const { op, args } = this.#terms.node(address);
    return op === 'element' && args[0] !== undefined ? this.#arrayOf(args[0]) : address;
  }

  store(address: Term | undefined, value: Term): void {
    if (address === undefined) {
      // Nobody knows where to.
      this.#entries.push({ kind: 'given', by: value, places: undefined, isFree: false });
      return;
    }
    this.#check(address);
    this.#entries.push({ kind: 'store', address, value });
  }

  load(address: Term): Term {
    this.#check(address);
    return this.at(address, this.now);
  }

  #check(address: Term): void {
    const base = baseOf(this.#terms, address);
    if (this.#released.has(base)) throw new Gone(address);
    const { op, args } = this.#terms.node(address);
    // How many elements there are is not known, unless the caller brings them.
    const isOwn = this.#terms.node(base).op === 'object' || this.#allocated.has(base);
    if (isOwn && this.#hasElement(address)) throw new Unclear();
    if (op === 'element' && args[1] !== undefined && (this.#terms.numberOf(args[1]) ?? -1) < 0) throw new Unclear();
  }

  #hasElement(address: Term): boolean {
    const { op, args } = this.#terms.node(address);
    return op === 'element' || (op === 'field' && args[0] !== undefined && this.#hasElement(args[0]));
  }

  /** What was found at the address at a moment. */
  at(address: Term, moment: number): Term {
    const base = baseOf(this.#terms, address);
    for (let index = moment - 1; index >= 0; index--) {
      const entry = this.#entries[index];
      if (!entry) break;
      if (entry.kind === 'store') {
        if (entry.address === address) return entry.value;
        if (!areApart(this.#terms, entry.address, address, this.#world.setting.arePlainMembers))
          return this.#part(entry.address, address, entry.value);
      } else if (entry.kind === 'lost') {
        if (entry.object === base) return this.#indeterminate(base);
      } else if (this.#isGiven(entry.places, address)) {
        const given = entry.isFree ? this.#asGiven(address, entry.by, entry.places) : undefined;
        if (given === undefined) return this.#world.unknown();
        const earlier = this.at(address, index);
        return this.#isWritten(given, earlier) ? this.#content(given, base, true) : earlier;
      }
    }
    return this.#initial(address, base);
  }

  /** Does who is given the places get to the address, or to a part of what is there? */
  #isGiven(places: ReadonlyMap<number, Term> | undefined, address: Term): boolean {
    if (!places) return true;
    return [...places.values()].some((place) => this.#isInside(address, place) || this.#isInside(place, address));
  }

  /** The address as the callee has it: what its argument points to, or a member of that. The same for both versions. */
  #asGiven(address: Term, by: Term, places: ReadonlyMap<number, Term> | undefined): Term | undefined {
    const found = [...(places ?? [])].find(([, place]) => this.#isInside(address, place));
    if (!found) return undefined;
    const [index, place] = found;
    return this.#moved(address, place, this.#terms.apply('argument', [by, this.#terms.integer(index)]));
  }

  #moved(address: Term, from: Term, to: Term): Term {
    if (address === from) return to;
    const { op, text, args } = this.#terms.node(address);
    const [inner, ...others] = args;
    return inner === undefined ? to : this.#terms.apply(op, [this.#moved(inner, from, to), ...others], text);
  }

  /** A part of an object that was stored as a whole: of `{0}` every part is zero. */
  #part(whole: Term, address: Term, value: Term): Term {
    const { op, args } = this.#terms.node(origin(this.#terms, value));
    const isInside = this.#isInside(address, whole);
    const isZero = op === 'list' && args.every((arg) => this.#terms.numberOf(arg) === 0);
    return isInside && isZero ? this.#terms.integer(0) : this.#world.unknown();
  }

  #isInside(address: Term, whole: Term): boolean {
    if (address === whole) return true;
    const { op, args } = this.#terms.node(address);
    return (op === 'field' || op === 'element') && args[0] !== undefined && this.#isInside(args[0], whole);
  }

  /** Has the callee written where this was found before? What was never assigned it has; all else it may have left. */
  #isWritten(given: Term, earlier: Term): boolean {
    return this.#world.valueOf(earlier).kind === 'indeterminate' || this.#world.isChanged(given);
  }

  #indeterminate(base: Term): Term {
    return this.#terms.named('undefined', this.#terms.node(base).text);
  }

  #initial(address: Term, base: Term): Term {
    const { op, text } = this.#terms.node(base);
    const given = this.#parameters.get(base);
    if (given !== undefined && address === base) return given;
    const isZeroed = this.#allocated.get(base);
    if (isZeroed === true) return this.#terms.integer(0);
    if (isZeroed === false) return this.#indeterminate(base);
    if (op === 'object' && given === undefined && !text.startsWith('static ')) return this.#indeterminate(base);
    // What a variable of the file holds may be fixed by what is in sight.
    const isFree = op !== 'global' && !text.startsWith('static ');
    return this.#content(address, base, isFree);
  }

  #content(address: Term, base: Term, isFree: boolean): Term {
    const { op, text } = this.#terms.node(base);
    const type =
      op === 'object' && !/^(field|element)$/.test(this.#terms.node(address).op)
        ? text.slice(text.indexOf(':') + 1, text.lastIndexOf('#'))
        : undefined;
    return this.#world.content(address, type, isFree);
  }
}
