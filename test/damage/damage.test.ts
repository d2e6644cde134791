/**
 * Mutation test of the judge: every rewritten fixture is damaged in every way known, and no damaged version may be
 * proved. A version that is proved all the same has to be shown by execution to do what the input does.
 */
import { afterAll, describe, expect, it } from 'vitest';
import { findCompiler } from '../behaviour/compilers.ts';
import { changedFunctions, Workshop } from '../behaviour/run.ts';
import { runOptions } from '../behaviour/run-options.ts';
import { type Fixture, loadFixtures } from '../fixtures/load-fixtures.ts';
import { contextOf, judge } from '../fixtures/pipeline-of.ts';
import { DAMAGE_KINDS, type DamageKind } from './kinds.ts';
import { subjectsOf } from './subject.ts';

const LEAST_APPLICATIONS = 10;

interface Damaged {
  readonly fixture: Fixture;
  readonly text: string;
}

const rewritten = loadFixtures().filter(({ expected }) => expected !== undefined);
const gcc = findCompiler('gcc');
const workshop = 'skip' in gcc ? undefined : new Workshop();
afterAll(() => workshop?.dispose());

describe.each(DAMAGE_KINDS)('$name', (kind) => {
  const damaged = rewritten.flatMap((fixture) => damage(fixture, kind));

  it.runIf(process.env['FIXTURE'] === undefined)(`applies at ${LEAST_APPLICATIONS} places and more`, () => {
    expect(damaged.length).toBeGreaterThanOrEqual(LEAST_APPLICATIONS);
  });

  it(`is never proved, or is no damage (${damaged.length} versions)`, () => {
    const accepted = damaged.filter((version) => isProved(version));
    const wrong = accepted.filter((version) => !behavesAsInput(version));
    expect(wrong.map(({ fixture, text }) => `${fixture.name}:\n${text}`)).toEqual([]);
  });
});

function damage(fixture: Fixture, kind: DamageKind): Damaged[] {
  const { expected = '' } = fixture;
  const texts = subjectsOf(expected).flatMap((subject) => kind.apply(subject));
  return texts.filter((text) => text !== expected).map((text) => ({ fixture, text }));
}

function isProved({ fixture, text }: Damaged): boolean {
  const { functions } = judge(fixture.input, text, contextOf(fixture.folder));
  return functions.every(({ verdict }) => verdict === 'identical' || verdict === 'equivalent');
}

/** Without a compiler nothing can be shown. */
function behavesAsInput({ fixture, text }: Damaged): boolean {
  if (!workshop) return false;
  return changedFunctions(fixture.input, text).every((target) => {
    const options = runOptions(fixture);
    return workshop.trace(text, target, options) === workshop.trace(fixture.input, target, options);
  });
}
