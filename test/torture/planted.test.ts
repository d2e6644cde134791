/** Every planted fault is found at its place, by its failure, and nothing is found in the mended version. */
import { afterAll, describe, expect, it } from 'vitest';
import { findCompiler } from '../behaviour/compilers.ts';
import { placeOf } from '../../src/torture/group-findings.ts';
import type { TortureFinding } from '../../src/torture/report.ts';
import { plantedFaults, Workbench } from './sample-programs.ts';

const gcc = findCompiler('gcc');
const reason = process.platform !== 'linux' ? 'not Linux' : 'skip' in gcc ? gcc.skip : undefined;
if (reason !== undefined) console.warn(`skipped: torture of sample programs: ${reason}`);

describe.skipIf(reason !== undefined)('planted faults', () => {
  const bench = new Workbench();
  afterAll(() => bench.dispose());
  // The data that some programs read; and a limit for those that hang.
  const options = ['--timeout', '5'];
  const input = `${import.meta.dirname}/programs/asserted.c`;

  it.each(plantedFaults())('$name: $code', async ({ name, code, function: place, acquisition }) => {
    const program = bench.compile(name, name);
    const { findings } = await bench.report([...options, '--', program, input]);
    const describeFinding = (finding: TortureFinding): object => ({
      code: finding.code,
      function: placeOf(finding.stack)?.function,
      acquisition: finding.failure.acquisition,
    });
    expect(findings.map(describeFinding)).toEqual([{ code, function: place, acquisition }]);
  });

  it.each(plantedFaults())('$name, mended: nothing', async ({ name }) => {
    const program = bench.compile(name, `${name}-mended`, ['-DMENDED']);
    const report = await bench.report([...options, '--', program, input]);
    expect(report.findings).toEqual([]);
    expect(report.summary.runs).toBeGreaterThan(2);
  });
});
