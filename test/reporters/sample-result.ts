/** One run with something of everything in it. */
import type { FunctionReport, Report } from '../../src/engine/report.ts';
import type { RunResult } from '../../src/engine/run.ts';
import type { RenderOptions } from '../../src/reporters/reporter.ts';

const TEXT = '/* h\xc3\xa9 */ int f(void) {\n  return 1;\n}\n';

const REWRITE: FunctionReport = {
  name: 'f',
  line: 1,
  endLine: 3,
  status: 'rewritable',
  style: 'single',
  labels: ['out'],
  exits: 3,
  releasesBefore: 6,
  releasesAfter: 2,
  linesAdded: 1,
  linesRemoved: 1,
  proof: {
    verdict: 'equivalent',
    uses: ['reorder'],
    restsOn: [{ name: 'PUT', fact: 'releases memory', from: 'put.h:3' }],
    exits: 3,
  },
  edits: [
    { byteOffset: 10, byteLength: 3, text: 'long' },
    { byteOffset: 26, byteLength: 9, text: 'goto out;\n' },
    { byteOffset: 35, byteLength: 0, text: '\xe9', encoding: 'latin1' },
  ],
};

export const REPORT: Report = {
  schema: 'goto-cleanup/report-1',
  tool: { name: 'goto-cleanup', version: '1.2.3', configHash: 'abc' },
  command: 'check',
  files: [
    {
      path: 'lib/a b,%.c',
      functions: [
        REWRITE,
        {
          name: 'g',
          line: 9,
          endLine: 12,
          status: 'refused',
          code: 'alias',
          reason: 'p | q',
          at: { line: 10, column: 3 },
        },
        { ...REWRITE, name: 'done', status: 'applied' },
      ],
      findings: [
        {
          code: 'leak-on-path',
          function: 'h',
          line: 20,
          column: 5,
          message: '`ring` leaks\nwhen it fails',
          resource: { name: 'ring', acquire: 'ring_new', line: 18 },
          path: [
            { line: 18, what: 'ring_new succeeds' },
            { line: 20, what: 'returns' },
          ],
        },
        { code: 'double-release', function: 'h', line: 30, column: 5, message: '`p` is released twice' },
      ],
      errors: [],
    },
    { path: 'bin.c', functions: [], findings: [], errors: [{ code: 'binary-file', message: 'a binary file' }] },
  ],
  summary: {
    files: 2,
    functions: 1234,
    attempted: 4,
    parsed: 4,
    candidates: 4,
    rewritable: 1,
    applied: 1,
    refused: { alias: 1 },
    findings: { 'double-release': 1, 'leak-on-path': 1 },
    unusedPairs: [],
  },
};

export const RESULT: RunResult = {
  report: REPORT,
  changes: [{ path: 'lib/a b,%.c', absolute: '/x', before: TEXT, after: '', functions: [], patch: '' }],
  namedErrors: [],
  ownBugs: [],
  skipped: [],
  configPaths: [],
  ledgers: new Map(),
};

export const PLAIN: RenderOptions = {
  color: false,
  showRefusals: false,
  statistics: false,
  displayPath: (path) => path,
};
