/**
 * Generated pairs: whatever the judge calls proved must be the same under every outcome of what is called, as an
 * interpreter of its own finds; and what it calls different that interpreter finds to differ, as far as its worlds go. A
 * change is judged by the same pairs as the one before it; GENERATED_PAIRS=100000
 * GENERATED_SEED=random goes hunting.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findAnyDifference, findDifference } from './generated/compare.ts';
import { Maker } from './generated/make.ts';
import { write } from './generated/program.ts';
import type { Routine } from './generated/program.ts';
import { judge } from './judge.ts';

const HEAD = `
#include <stdio.h>
#include <stdlib.h>
#include <errno.h>
struct s { int n; char c; char *buf; };
int G;
int g(int);
int get(int *);
int use(const void *, int);
void step(void);
void log_error();
#define SAFE_FREE(p) do { free(p); (p) = NULL; } while (0)
`;

const PAIRS = Number(process.env.GENERATED_PAIRS ?? 2000);
const WANTED = process.env.GENERATED_SEED ?? '20261122';
const SEED = WANTED === 'random' ? Math.floor(Math.random() * 0x7fff_ffff) : Number(WANTED);
/** Milliseconds: it is all computation, and the machine may be busy. */
const LIMIT = 120 * PAIRS + 60_000;

const pairs = fc.gen().map((random) => new Maker((below) => random(fc.nat, Math.max(below - 1, 0))).pair());

interface Tally {
  proved: number;
  /** Pairs that were not proved, and how many of those that were run do differ. */
  unproved: number;
  run: number;
  different: number;
  /** Pairs that were called different, and how many of those that were run differ in no world of the interpreter. */
  refuted: number;
  tested: number;
  unconfirmed: string[];
}

/** Running a pair that was not proved only shows that the pairs are worth judging. */
const RUN_ONE_OF = 8;
const TEST_ONE_OF = 4;
/**
 * In the interpreter's worlds callees answer 0 or -1 and change all they can reach, so that a difference that needs
 * another one is not found: of each hundred that were read, one or two, all of them true.
 */
const MOST_UNCONFIRMED = 0.04;

function isProved(verdict: string): boolean {
  return verdict === 'identical' || verdict === 'equivalent';
}

/** Judges one pair; what was proved is run. */
function check({ before, after }: { before: Routine; after: Routine }, tally: Tally): void {
  const { verdict, reason } = judge(write(before), write(after), HEAD);
  if (verdict === 'different' && tally.refuted++ % TEST_ONE_OF === 0) {
    tally.tested++;
    if (findAnyDifference(before, after, 'by-table') === undefined)
      tally.unconfirmed.push(`${reason}\n${write(before)}${write(after)}`);
  }
  if (!isProved(verdict)) {
    if (tally.unproved++ % RUN_ONE_OF > 0) return;
    tally.run++;
    if (findDifference(before, after, 'exact') !== undefined) tally.different++;
    return;
  }
  tally.proved++;
  const difference = findDifference(before, after, verdict === 'equivalent' ? 'by-table' : 'exact');
  expect(difference, `${verdict} ${reason ?? ''}\n${write(before)}${write(after)}${difference ?? ''}`).toBeUndefined();
}

describe('generated pairs', () => {
  test(`no wrong proof in ${PAIRS} pairs (seed ${SEED})`, { timeout: LIMIT }, () => {
    const tally: Tally = {
      proved: 0,
      unproved: 0,
      run: 0,
      different: 0,
      refuted: 0,
      tested: 0,
      unconfirmed: [],
    };
    fc.assert(
      fc.property(pairs, (pair) => check(pair, tally)),
      { numRuns: PAIRS, seed: SEED, endOnFailure: process.env.GENERATED_SHRINK === undefined },
    );
    // The judge is neither blind nor is everything alike.
    expect(tally.proved).toBeGreaterThan(PAIRS / 10);
    expect(tally.different).toBeGreaterThan(tally.run / 4);
    expect(tally.refuted).toBeGreaterThan(PAIRS / 10);
    const most = MOST_UNCONFIRMED * tally.tested;
    expect(tally.unconfirmed.length, tally.unconfirmed.join('\n')).toBeLessThanOrEqual(most);
    console.log({ ...tally, unconfirmed: tally.unconfirmed.length });
  });
});
