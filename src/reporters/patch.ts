/** The patch that `git apply` takes. */
import type { Reporter } from './reporter.ts';

export const patchReporter: Reporter = {
  name: 'patch',
  encoding: 'latin1',
  render: ({ changes }) => changes.map((change) => change.patch).join(''),
};
