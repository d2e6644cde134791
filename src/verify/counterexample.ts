/**
 * Is a difference certain? A proof that fails shows only that the judge could not do it. `different` is said where a world
 * is found in which the two versions, run one after the other, do different things: the worlds around the path on which
 * the proof has failed are tried first, those that deviate from it once, then twice. (Limited discrepancy search: Harvey,
 * Ginsberg, IJCAI 1995.)
 */
import type { Knowledge } from '../resources/knowledge.ts';
import { compareRuns } from './compare-runs.ts';
import type { Finding } from './compare-runs.ts';
import { execute } from './execute.ts';
import type { Conditions, Run } from './execute.ts';
import type { Program } from './program.ts';
import type { Trace } from './state.ts';
import type { TermTable } from './terms.ts';
import { Unclear, World } from './world.ts';
import type { Setting } from './world.ts';

export interface Counterexample {
  readonly finding: Finding;
  readonly before: Run;
  readonly after: Run;
  readonly world: World;
}

type Sides<T> = Readonly<Record<'before' | 'after', T>>;

/** Choices of one world that may differ from the likely ones. */
const MOST_DEVIATIONS = 5;
/** Numbers of the text that are tried, each with its neighbours. */
const MOST_NUMBERS = 12;

/** Looks for a world in which the two do different things; `worlds`: so many are tried. `failed`: where the proof ended. */
export function findCounterexample(
  programs: Sides<Program>,
  terms: TermTable,
  knowledge: Knowledge,
  failed: Trace | undefined,
  worlds: number,
): Counterexample | undefined {
  const setting: Setting = {
    terms,
    numberType: (name) => knowledge.numberType?.(name),
    arePlainMembers: (one, other) => knowledge.arePlainMembers?.(one, other) === true,
    clock: { operations: 0 },
    near: numbersIn(terms, [programs.before, programs.after]),
  };
  const likely = { before: takenOn(failed, 'before'), after: takenOn(failed, 'after') };
  const work: (readonly number[])[] = [[]];
  for (let tried = 0; tried < worlds; tried++) {
    const script = work[tried];
    if (!script) return undefined;
    const world = new World(setting, script);
    const found = tryWorld(programs, knowledge, world, likely);
    if (found) return found;
    if (world.isSpent()) return undefined;
    if (work.length < worlds) work.push(...deviations(world, script));
  }
  return undefined;
}

function tryWorld(
  programs: Sides<Program>,
  knowledge: Knowledge,
  world: World,
  likely: Sides<ReadonlyMap<number, boolean>>,
): Counterexample | undefined {
  const conditions = (side: 'before' | 'after', other: Run | undefined): Conditions => ({
    signature: (name) => knowledge.signature?.(name),
    isLikely: (node) => likely[side].get(node.start),
    other,
  });
  try {
    const before = execute(programs.before, world, conditions('before', undefined));
    // What is undefined may become anything.
    if (before?.end.kind !== 'returned') return undefined;
    const after = execute(programs.after, world, conditions('after', before));
    if (!after) return undefined;
    const types = { before: programs.before.returnType, after: programs.after.returnType };
    const finding = compareRuns(world, before, after, types);
    return finding && world.isPossible() ? { finding, before, after, world } : undefined;
  } catch (error) {
    if (error instanceof Unclear) return undefined;
    throw error;
  }
}

/** The scripts that leave this one at one of its last choices. */
function deviations(world: World, script: readonly number[]): number[][] {
  if (script.filter((taken) => taken > 0).length >= MOST_DEVIATIONS) return [];
  const taken = world.choices.map((choice) => choice.taken);
  return world.choices.slice(script.length).flatMap(({ count }, index) => {
    const prefix = taken.slice(0, script.length + index);
    return Array.from({ length: count - 1 }, (_, alternative) => [...prefix, alternative + 1]);
  });
}

/** What the path on which the proof ended has taken, by the place of the condition. */
function takenOn(failed: Trace | undefined, side: 'before' | 'after'): ReadonlyMap<number, boolean> {
  const found = new Map<number, boolean>();
  for (let step = failed; step; step = step.previous)
    if (step.kind === 'decision' && step.side === side && !found.has(step.offset)) found.set(step.offset, step.taken);
  return found;
}

/** The numbers that stand in the programs, each with those before and behind it. */
function numbersIn(terms: TermTable, programs: readonly Program[]): number[] {
  const found = new Set<number>();
  for (const program of programs) {
    for (const op of program.ops) {
      const term = op.op === 'push' ? op.term : op.op === 'case' ? op.label : undefined;
      const number = term === undefined ? undefined : terms.numberOf(term);
      if (number !== undefined && Math.abs(number) < 0x3fff_ffff) found.add(number);
    }
  }
  const nearest = [...found].toSorted((a, b) => Math.abs(a) - Math.abs(b)).slice(0, MOST_NUMBERS);
  return [...new Set(nearest.flatMap((number) => [number, number + 1, number - 1, -number]))];
}
