/** The whole report as one JSON document. */
import type { Reporter } from './reporter.ts';

export const jsonReporter: Reporter = {
  name: 'json',
  encoding: 'utf8',
  render: ({ report }) => `${JSON.stringify(report, undefined, 2)}\n`,
};
