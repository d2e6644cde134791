/** One record a line, for reading as it comes: functions, findings and errors in the order of the files, then the rest. */
import type { FileReport } from '../engine/report.ts';
import type { Reporter } from './reporter.ts';

export const jsonlReporter: Reporter = {
  name: 'jsonl',
  encoding: 'utf8',
  render: ({ report }) => {
    const { files, ...rest } = report;
    const records = [...files.flatMap(recordsOf), { record: 'summary', ...rest }];
    return records.map((record) => `${JSON.stringify(record)}\n`).join('');
  },
};

function recordsOf({ path, functions, findings, errors }: FileReport): object[] {
  return [
    ...functions.map((entry) => ({ record: 'function', path, ...entry })),
    // The way to a finding is called `path` too: in a line it is `steps`, or the line would not name its file.
    ...findings.map(({ path: steps, ...entry }) => ({ record: 'finding', path, ...entry, ...(steps && { steps }) })),
    ...errors.map((entry) => ({ record: 'error', path, ...entry })),
  ];
}
