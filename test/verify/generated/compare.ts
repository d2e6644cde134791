/** Do two routines do the same under every outcome of what they call? Said by running both. */
import type { Routine } from './program.ts';
import { canJump, run, USUAL_NUMBERS } from './run.ts';
import type { Effect, World } from './run.ts';

/** Outcomes tried are those of the first so many calls. */
const MOST_OUTCOMES = 7;

/** `exact`: in the same order. `by-table`: releases, logs and stores may have changed places (DESIGN §8). */
export type Order = 'exact' | 'by-table';

/** The first outcomes under which they differ, in words; undefined where there are none. */
export function findDifference(before: Routine, after: Routine, order: Order): string | undefined {
  return among(before, after, order, [USUAL_NUMBERS]);
}

/** The same, whatever the function is given: numbers that are zero, small, negative, and some of each. */
export function findAnyDifference(before: Routine, after: Routine, order: Order): string | undefined {
  const some = [0, 1, -1, 3];
  const mixed = Array.from({ length: 48 }, (_, row) =>
    USUAL_NUMBERS.map((usual, column) => [...some, usual][(row * (column + 2) + (row >> 2) * column) % 5] ?? usual),
  );
  return among(before, after, order, [USUAL_NUMBERS, ...some.map((one) => USUAL_NUMBERS.map(() => one)), ...mixed]);
}

function among(
  before: Routine,
  after: Routine,
  order: Order,
  givens: readonly (readonly number[])[],
): string | undefined {
  const jumps = canJump(before) ? [false, true] : [false];
  const links = [
    [false, false],
    [true, false],
    [false, true],
  ] as const;
  for (const numbers of givens) {
    for (const hasJump of jumps) {
      for (const [isShared, isSame] of links) {
        const difference = inWorld(before, after, order, { isShared, isSame, hasJump, numbers });
        if (difference !== undefined) return difference;
      }
    }
  }
  return undefined;
}

function inWorld(before: Routine, after: Routine, order: Order, world: World): string | undefined {
  const work: boolean[][] = [[]];
  for (let outcomes = work.pop(); outcomes; outcomes = work.pop()) {
    const one = run(before, outcomes, world);
    for (let at = outcomes.length; at < Math.min(one.asked, MOST_OUTCOMES); at++) {
      work.push([...outcomes, ...Array.from({ length: at - outcomes.length }, () => true), false]);
    }
    // What is undefined may become anything.
    if (one.end !== 'returned') continue;
    const other = run(after, outcomes, world);
    const [first, second] = [one, other].map((each) => `${each.end}: ${trace(each.effects, order)} -> ${each.result}`);
    if (first !== second) return `${JSON.stringify({ ...world, outcomes })}\n  ${first}\n  ${second}`;
  }
  return undefined;
}

function trace(effects: readonly Effect[], order: Order): string {
  if (order === 'exact') return effects.map((one) => `${one.kind} ${one.what}`).join('; ');
  const segments: Effect[][] = [[]];
  for (const effect of effects) {
    segments.at(-1)?.push(effect);
    if (effect.kind === 'opaque') segments.push([]);
  }
  return segments.map((segment) => inOrder(segment)).join(' | ');
}

/** Between two opaque calls: the releases as a set, the logs in order, the stores in order for each place. */
function inOrder(segment: readonly Effect[]): string {
  const of = (kind: Effect['kind']): string[] => segment.filter((one) => one.kind === kind).map((one) => one.what);
  const places = new Map<string, string[]>();
  for (const { kind, what, changesNothing } of segment) {
    // The table lets a reset pass that finds its place reset.
    if (kind !== 'store' || changesNothing) continue;
    const place = what.slice(0, what.indexOf('='));
    places.set(place, [...(places.get(place) ?? []), what]);
  }
  const stores = [...places.values()].map((whats) => whats.join(',')).toSorted();
  return [of('free').toSorted(), of('close'), of('log'), stores, of('opaque')].map((list) => list.join(';')).join('/');
}
