/** From the README to a hook that stops a commit: its five commands, in a clone, by somebody who has nothing yet. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { fencedBlocks } from '../house/markdown.ts';
import { cascade, CLEAN, HEAD, Newcomer, ROOT } from './installed.ts';

const newcomer = new Newcomer();
afterAll(() => newcomer.remove());

test('the five commands of the README', () => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const [block] = fencedBlocks(readme).filter(
    ({ language, attributes }) => language === 'sh' && attributes.has('five'),
  );
  const commands = (block?.text ?? '')
    .trim()
    .split('\n')
    .map((line) => line.replace(/\s+#.*$/, ''));
  expect(commands).toHaveLength(5);

  const clone = join(newcomer.home, 'goto-cleanup');
  const project = join(newcomer.home, 'my-project');
  newcomer.must(`mkdir '${clone}' && git ls-files -z | xargs -0 cp -P --parents -t '${clone}'`, ROOT);
  mkdirSync(project);
  writeFileSync(join(project, 'clip.c'), HEAD + CLEAN);
  newcomer.must('git init -q . && git add . && git commit -qm start', project);
  writeFileSync(join(project, 'clip.c'), HEAD + CLEAN + cascade('fresh'));

  const global = join(newcomer.home, 'global');
  const settings = `npm_config_prefix='${global}' npm_config_prefer_offline=true npm_config_audit=false`;
  const path = `PATH='${[join(global, 'bin'), newcomer.env['PATH']].join(delimiter)}'`;
  const most = commands.slice(0, 4).join(' && ');
  newcomer.must(`export ${settings} ${path} && ${most}`, clone);
  const commit = newcomer.run(commands[4] ?? '', { cwd: project });
  expect(commit.code, commit.err).toBe(1);
  expect(commit.out + commit.err).toContain('clip.c:7:1 fresh: 4 exits repeat 6 releases -> 1 label');
  expect(newcomer.must('git log --oneline', project).trim().split('\n')).toHaveLength(1);

  writeFileSync(join(project, 'clip.c'), `${HEAD}${CLEAN}\n`);
  expect(newcomer.run(commands[4] ?? '', { cwd: project }).code).toBe(0);
});
