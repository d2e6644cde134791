/** A code quality report of GitLab: the part of the Code Climate format that it reads. */
import { type Level, listIssues } from './issues.ts';
import type { Reporter } from './reporter.ts';

export const gitlabReporter: Reporter = {
  name: 'gitlab',
  encoding: 'utf8',
  render: ({ report }) => {
    const issues = listIssues(report).map(({ rule, level, path, line, endLine, message, fingerprint }) => ({
      description: message,
      check_name: rule,
      fingerprint,
      severity: SEVERITIES[level],
      location: { path, lines: { begin: line, end: endLine } },
    }));
    return `${JSON.stringify(issues, undefined, 2)}\n`;
  },
};

const SEVERITIES: Readonly<Record<Level, string>> = { error: 'critical', warning: 'major', note: 'minor' };
