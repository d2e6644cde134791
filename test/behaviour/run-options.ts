/** How the runs of a fixture are made and compared: what its comment and its config say. */
import type { Fixture } from '../fixtures/load-fixtures.ts';
import type { RunOptions } from './run.ts';
import type { ReleaseFact } from './stubs.ts';

export function runOptions(fixture: Fixture): RunOptions {
  return {
    budget: 300,
    logsApart: fixture.behaviour === 'logs apart',
    releases: (fixture.options['pairs'] ?? []) as ReleaseFact[],
  };
}
