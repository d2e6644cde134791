import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fencedBlocks, type FencedBlock } from './markdown.ts';
import { presentCompilers, Sandbox } from './tool.ts';

/*
 * Each block of the README says behind its language what it is, and each is checked:
 *   c file=NAME         a source, which compiles
 *   diff of=NAME        what `goto-cleanup diff NAME` prints for that source
 *   console             `$ command`, then what it prints; only times may differ
 *   sh status=1,0       commands in a repository with the sources, and the exit code of each line
 *   sh five             commands in a clone beside a project: test/package/five-commands.test.ts runs them
 *   sh ci               commands in a clone: .ci/run or .ci/check-package has them word for word
 *   yaml file=NAME      a config of the pre-commit framework, whose entry is run
 *   json file=NAME      a config that the blocks after it use
 */
const root = join(import.meta.dirname, '../..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const blocks = fencedBlocks(readme);

function blocksWith(language: string, attribute: string): [string, FencedBlock][] {
  return blocks
    .filter((block) => block.language === language && block.attributes.has(attribute))
    .map((block) => [block.attributes.get(attribute) || `line ${block.line}`, block]);
}

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
  for (const [name, block] of blocksWith('c', 'file')) sandbox.write(name, block.text);
  sandbox.commitAll();
});
afterEach(() => sandbox.remove());

test('every block is of a kind that is checked', () => {
  const isChecked = ({ language, attributes }: FencedBlock): boolean =>
    language === 'console' ||
    (language === 'c' && attributes.has('file')) ||
    (['json', 'yaml'].includes(language) && attributes.has('file')) ||
    (language === 'diff' && attributes.has('of')) ||
    (language === 'sh' && ['status', 'ci', 'five'].some((name) => attributes.has(name)));
  expect(blocks.filter((block) => !isChecked(block)).map((block) => `line ${block.line}`)).toEqual([]);
  expect(blocks.length).toBeGreaterThan(4);
});

describe.each(['gcc', 'clang'])('%s', (compiler) => {
  test('compiles the sources without a warning, before and after', ({ skip }) => {
    skip(!presentCompilers().includes(compiler), `no ${compiler} on this machine`);
    const compile = `${compiler} -O2 -Wall -Wextra -Werror -c *.c`;
    expect(sandbox.run(compile)).toMatchObject({ status: 0, stderr: '' });
    expect(sandbox.run('goto-cleanup apply')).toMatchObject({ status: 0 });
    expect(sandbox.run('git diff --quiet').status).toBe(1);
    expect(sandbox.run(compile)).toMatchObject({ status: 0, stderr: '' });
  });
});

/** Editors and formatters of Markdown take them off; in a patch they stand on empty lines of context. */
function withoutTrailingBlanks(text: string): string {
  return text.replace(/ +$/gm, '');
}

test.for(blocksWith('diff', 'of'))('the patch of %s is what the tool prints', ([name, block]) => {
  const { status, stdout } = sandbox.run(`goto-cleanup diff ${name}`);
  expect(withoutTrailingBlanks(stdout)).toBe(withoutTrailingBlanks(block.text));
  expect(status).toBe(1);
});

/** `$ command` lines with what each prints. */
function transcript(text: string): { command: string; output: string }[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => ({ command: part.slice(0, part.indexOf('\n')), output: part.slice(part.indexOf('\n') + 1) }));
}

function withoutTimes(text: string): string {
  return withoutTrailingBlanks(text).replace(/\d+(?:\.\d+)? m?s$/gm, '0 s');
}

test.for(blocks.filter((block) => block.language === 'console').map((block) => [block.line, block] as const))(
  'the session in line %i shows what is printed',
  ([, block]) => {
    const parts = transcript(block.text);
    expect(parts.length).toBeGreaterThan(0);
    for (const { command, output } of parts) {
      const { stdout } = sandbox.run(`{ ${command}; } 2>&1`);
      expect(withoutTimes(stdout)).toBe(withoutTimes(output));
    }
  },
);

test.for(blocksWith('sh', 'status'))('the commands with exit codes %s', ([codes, block]) => {
  for (const [name, file] of blocksWith('json', 'file')) if (file.line < block.line) sandbox.write(name, file.text);
  const lines = block.text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  expect(lines.length).toBe(codes.split(',').length);
  const seen = lines.map((line) => ({ line, ...sandbox.run(line) }));
  expect(seen.map(({ status }) => status).join(','), JSON.stringify(seen, undefined, 2)).toBe(codes);
});

test('the hook stops a commit of repeated cleanup, and no other', () => {
  const install = blocksWith('sh', 'status').find(([, block]) => block.text.includes('init --hook'))?.[1].text ?? '';
  expect(sandbox.run(install)).toMatchObject({ status: 0 });
  const commit = (change: string): number | null =>
    sandbox.run(`${change} && git add . && git commit -qm Change`).status;
  expect(commit('echo note > note.txt')).toBe(0);
  expect(commit('echo >> clip.c')).toBe(0);
  expect(commit("sed -i 's/-ENODATA/-EINVAL/' clip.c")).toBe(1);
  expect(commit('goto-cleanup apply --allow-dirty clip.c')).toBe(0);
  expect(commit('git rm -q clip.c')).toBe(0);
});

test('the hook of the pre-commit framework runs what the git hook runs, from a release of this version', () => {
  const [[, { text }] = ['', { text: '' }]] = blocksWith('yaml', 'file');
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  expect(text).toContain(`goto-cleanup-${version}.tgz`);
  const entry = /entry: (.*)/.exec(text)?.[1] ?? '';
  sandbox.run("sed -i 's/-ENODATA/-EINVAL/' clip.c && git add .");
  expect(sandbox.run(entry)).toMatchObject({ status: 1 });
  expect(readme.split(entry).length).toBeGreaterThan(3);
});

test('the config is one', () => {
  for (const [name, block] of blocksWith('json', 'file')) sandbox.write(name, block.text);
  expect(sandbox.run('goto-cleanup config clip.c')).toMatchObject({ status: 0 });
  expect(sandbox.run('goto-cleanup diff clip.c').stdout).toContain('goto out;');
});

test.for(blocksWith('sh', 'ci'))('.ci/run has the commands of %s word for word', ([, block]) => {
  const scripts = ['.ci/run', '.ci/check-package'].map((name) => readFileSync(join(root, name), 'utf8')).join('\n');
  const commands = block.text.split('\n').map((line) => line.replace(/\s+#.*$/, ''));
  expect(commands.filter((command) => command !== '' && !scripts.includes(command))).toEqual([]);
});

test('every command it names exists', () => {
  const { stdout } = sandbox.run('goto-cleanup --help');
  const known = new Set([...stdout.matchAll(/^ {2}([a-z]+) \[options\]/gm)].map((match) => match[1]));
  expect(known.size).toBeGreaterThan(3);
  const named = [...readme.matchAll(/(?:`|\$ |\| )goto-cleanup ([a-z]+)/g)].map((match) => match[1]);
  expect(named.length).toBeGreaterThan(3);
  expect(named.filter((name) => !known.has(name))).toEqual([]);
});

test('every file it links to exists', () => {
  const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)/g)].map((match) => match[1] ?? '');
  expect(links.length).toBeGreaterThan(1);
  expect(links.filter((link) => !existsSync(join(root, link)))).toEqual([]);
});
