// One process of the fuzzer: takes the number of a round, makes its mutant, and runs everything on it.
import { readFileSync } from 'node:fs';
import { explain, plan, verify } from '../../dist/src/index.js';
import { scanFunctions } from '../../dist/src/scan/functions.js';
import { createMutants } from './mutants.js';

const { files, seed } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const mutantOf = createMutants(files, seed);

/** What is wrong with a round, or undefined. An exception says so by itself. */
function check({ original, mutant }) {
  const outcome = plan(mutant);
  if (outcome.wrongPlans?.length > 0) return `a plan is wrong: ${outcome.wrongPlans[0].reason}`;
  if (outcome.newText !== mutant) {
    const names = outcome.rewrites.map(({ name }) => name).join();
    if (plan(outcome.newText).rewrites.length > 0) return `a second run changes more of ${names}`;
    const { different, unproved } = verify(mutant, outcome.newText).summary;
    if (different + unproved > 0) return `verify does not accept what was proved, in ${names}`;
  }
  verify(original, mutant);
  for (const { name } of scanFunctions(mutant).functions.slice(0, 3)) explain(mutant, name);
  return undefined;
}

process.on('message', (round) => {
  const start = process.cpuUsage();
  let problem;
  try {
    problem = check(mutantOf(round));
  } catch (error) {
    problem = error.stack;
  }
  const { user, system } = process.cpuUsage(start);
  process.send({ round, problem, seconds: (user + system) / 1e6 });
});
