/** Workflow commands, which GitHub shows beside the lines of a pull request. */
import { type Level, listIssues } from './issues.ts';
import type { Reporter } from './reporter.ts';

export const githubReporter: Reporter = {
  name: 'github',
  encoding: 'utf8',
  render: ({ report }) => {
    const errors = report.files.flatMap(({ path, errors: all }) =>
      all.map(({ code, message }) => command('error', { file: path, title: code }, message)),
    );
    const issues = listIssues(report).map(({ level, path, line, column, endLine, rule, message }) =>
      command(COMMANDS[level], { file: path, line, endLine, col: column, title: rule }, message),
    );
    return [...errors, ...issues].map((line) => `${line}\n`).join('');
  },
};

const COMMANDS: Readonly<Record<Level, string>> = { error: 'error', warning: 'warning', note: 'notice' };

function command(name: string, properties: Readonly<Record<string, string | number>>, message: string): string {
  const shown = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(String(value))}`);
  return `::${name} ${shown.join(',')}::${escape(message)}`;
}

/** What the runner undoes again: a command is one line. */
function escape(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escape(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
