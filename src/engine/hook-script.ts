/** The pre-commit hook as text, and what to say where another one stands already. Pure: the file is written elsewhere. */

/** Where the hook finds the tool, tried in this order: in the project, on the PATH, where it was when it was installed. */
export interface ToolPlaces {
  /** A command below the repository's root, relative to it, with `/`: `node_modules/.bin/goto-cleanup`. */
  readonly inProject: string | undefined;
  /** Node and script, absolute. Only for a hook that stays on this machine. */
  readonly installed: readonly [node: string, script: string] | undefined;
}

/** What the hook runs, and what a reader of another hook has to add to it. */
export const HOOK_COMMAND = 'goto-cleanup check --staged';

const ARGUMENTS = HOOK_COMMAND.slice(HOOK_COMMAND.indexOf(' ') + 1);

/** The script of a hook that git runs with `sh` in the root of the work tree. */
export function renderHook({ inProject, installed }: ToolPlaces): string {
  const local = inProject === undefined ? [] : [tryFile(quoteForShell(inProject))];
  const baked = installed ? [tryFile(quoteForShell(installed[1]), `${quoteForShell(installed[0])} `)] : [];
  return [
    '#!/bin/sh',
    '# goto-cleanup: stops a commit that repeats cleanup in a function it touches. It looks at what is staged and writes',
    '# nothing. Installed by `goto-cleanup init --hook`; `git commit --no-verify` goes past it.',
    ...local,
    `command -v goto-cleanup >/dev/null 2>&1 && exec ${HOOK_COMMAND}`,
    ...baked,
    "echo 'pre-commit: goto-cleanup is not installed here, so nothing was checked' >&2",
    'exit 1',
    '',
  ].join('\n');
}

function tryFile(path: string, before = ''): string {
  const test = before === '' ? '-x' : '-f';
  return `[ ${test} ${path} ] && exec ${before}${path} ${ARGUMENTS}`;
}

function quoteForShell(word: string): string {
  return /^[\w./+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** Whether a hook runs the tool already. */
export function runsTool(script: string): boolean {
  return script.split('\n').some((line) => !/^\s*#/.test(line) && /\bgoto-cleanup\b.*\bcheck\b/.test(line));
}

/** How to bring the command into a hook that is there already, by who made it. */
export function adviceFor(script: string): string {
  if (/pre-commit\.com|pre_commit/.test(script))
    return 'it is run by pre-commit: add the hook goto-cleanup to .pre-commit-config.yaml';
  if (/lefthook/.test(script))
    return `it is run by lefthook: add the command \`${HOOK_COMMAND}\` to lefthook.yml, with its path (node_modules/.bin/)`;
  return `add this line to it: ${HOOK_COMMAND} || exit`;
}
