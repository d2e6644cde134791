/** A sweep and a comparison of `torture` as reports, with something of everything. */
import type { TortureComparison, TortureReport } from '../../src/torture/report.ts';
import type { Frame } from '../../src/torture/symbolize.ts';

export const OPTIONS = { color: false, displayPath: (path: string): string => path.replace('/home/me/', '') };

export function frame(name: string, line: number): Frame {
  return { function: name, path: '/home/me/lib/a b.c', line, module: '/home/me/program', address: 'ff' };
}

export const libc: Frame = { function: 'strdup', module: '/lib/libc.so.6', address: '1' };
export const SWEEP: TortureReport = {
  schema: 'goto-cleanup/torture-1',
  tool: { name: 'goto-cleanup', version: '1.2.3' },
  command: ['./program', 'an argument'],
  classes: ['memory'],
  findings: [
    {
      code: 'memory-left',
      message: '8 bytes are left that nothing points to',
      stack: [libc, frame('make', 7), frame('main', 20)],
      count: 1,
      bytes: 8,
      failure: { number: 3, mode: 'once', acquisition: 'strdup', stack: [frame('make', 9), frame('main', 20)] },
      others: [
        { number: 4, mode: 'once' },
        { number: 5, mode: 'once' },
        { number: 8, mode: 'once' },
        { number: 3, mode: 'onward' },
      ],
      rewritten: ['make'],
      repeat: ['torture', '--at', '3', '--', './program', 'an argument'],
    },
    {
      code: 'crash',
      message: 'crashes: SIGSEGV',
      stack: [],
      count: 1,
      bytes: 0,
      failure: { number: 6, mode: 'onward', acquisition: 'malloc', stack: [] },
      others: [],
      rewritten: [],
      repeat: ['torture', '--at', '6+', '--', './program', 'an argument'],
    },
  ],
  summary: { acquisitions: 8, runs: 17, notReached: 0, inLibrary: 0, findings: { 'memory-left': 1, crash: 1 } },
};

export const COMPARISON: TortureComparison = {
  schema: 'goto-cleanup/torture-compare-1',
  tool: { name: 'goto-cleanup', version: '1.2.3' },
  before: 'old/program',
  after: 'new/program',
  differences: [
    {
      acquisition: 'malloc',
      mode: 'onward',
      functions: ['make', 'main'],
      occurrence: 2,
      before: { number: 4, outcome: ['exit code 1'] },
      after: { number: 5, outcome: ['ended by SIGSEGV', 'crash: at make < main'] },
      rewritten: [],
    },
  ],
  summary: { compared: 9, onlyBefore: 0, onlyAfter: 0, unstable: 0 },
};
