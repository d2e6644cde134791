/**
 * The exit codes of the contract: every command, in every format it has, with every outcome it can have. 0 nothing to
 * report, 1 findings, 2 could not run, 3 a plan of ours was wrong; the format changes none of them.
 */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { FORMATS } from '../../src/cli/flags.ts';
import { COMMANDS } from '../../src/cli/registry.ts';
import { findCompiler } from '../behaviour/compilers.ts';
import { Workbench } from '../torture/sample-programs.ts';
import { fakeIo, type FakeIoOptions } from './fake-io.ts';
import { fakePipeline, pipelinesOf } from './fake-pipeline.ts';
import { cFunction, type Files, makeRepository } from './project.ts';

/** A repository, and what is done to it before the command runs. */
interface Outcome {
  readonly code: 0 | 1 | 2 | 3;
  readonly files?: Files;
  readonly before?: readonly string[][];
  readonly argv: readonly string[];
  readonly io?: FakeIoOptions;
}

const IDLE = { 'a.c': 'int idle(int x)\n{\n\treturn x;\n}\n' };
const BUSY = { 'a.c': cFunction('busy') };
const LEAKY = { 'a.c': 'int f(int x)\n{\n\tleak_me(x);\n}\n' };
/** The fake pipeline's plan for it turns out wrong. */
const WRONG = { 'a.c': `/* wrong */\n${cFunction('wrong')}` };
const BINARY = { 'bin.c': '\0' };
const STAGED = [['sh', 'echo "int g;" >> a.c; git add a.c']];

const PATHS = { env: { PATH: process.env['PATH'] ?? '' } };

const USAGE: Outcome = { code: 2, argv: ['--no-such-flag'] };
const CONFIG: Outcome = { code: 2, files: { ...BUSY, 'goto-cleanup.json': '{ "lable": 1 }' }, argv: [] };
const NAMED: Outcome = { code: 2, files: { ...BUSY, ...BINARY }, argv: ['a.c', 'bin.c'] };

const OUTCOMES: Readonly<Record<string, readonly Outcome[]>> = {
  check: [
    { code: 0, files: IDLE, argv: [] },
    { code: 0, files: BUSY, argv: ['--exit-zero'] },
    { code: 0, files: { ...IDLE, ...BINARY }, argv: [] },
    { code: 0, files: { 'a.c': 'int f(int x)\n{\n\trefuse_me(x);\n}\n' }, argv: ['--show-refusals'] },
    { code: 0, files: BUSY, before: [['baseline', '--write']], argv: [] },
    { code: 1, files: BUSY, argv: [] },
    { code: 1, files: LEAKY, argv: [] },
    { code: 2, files: BUSY, argv: ['nope.c'] },
    USAGE,
    CONFIG,
    NAMED,
    { code: 3, files: { ...WRONG, 'b.c': cFunction('b') }, argv: [] },
    { code: 3, files: WRONG, argv: ['--exit-zero'] },
  ],
  audit: [
    { code: 0, files: IDLE, argv: [] },
    { code: 0, files: BUSY, argv: [] },
    { code: 0, files: LEAKY, argv: ['--exit-zero'] },
    { code: 1, files: LEAKY, argv: [] },
    { code: 2, files: LEAKY, argv: ['nope.c'] },
    USAGE,
    CONFIG,
    NAMED,
    { code: 3, files: WRONG, argv: [] },
  ],
  diff: [
    { code: 0, files: IDLE, argv: [] },
    { code: 0, files: LEAKY, argv: [] },
    { code: 0, files: BUSY, argv: ['--exit-zero'] },
    { code: 1, files: BUSY, argv: [] },
    USAGE,
    CONFIG,
    NAMED,
    { code: 3, files: WRONG, argv: [] },
  ],
  apply: [
    { code: 0, files: IDLE, argv: [] },
    { code: 0, files: BUSY, argv: [] },
    { code: 0, files: LEAKY, argv: [] },
    { code: 1, files: BUSY, argv: ['--dry-run'] },
    { code: 2, files: BUSY, before: [['sh', 'echo >> a.c']], argv: [] },
    USAGE,
    CONFIG,
    NAMED,
    { code: 3, files: { ...WRONG, 'b.c': cFunction('b') }, argv: [] },
  ],
  review: [
    { code: 0, files: IDLE, argv: [] },
    { code: 0, files: BUSY, argv: [], io: { stdin: 'y\n' } },
    { code: 0, files: BUSY, argv: [], io: { stdin: 'n\n' } },
    { code: 2, files: BUSY, argv: ['-'] },
    { code: 2, files: BUSY, before: [['sh', 'echo >> a.c']], argv: [] },
    USAGE,
    CONFIG,
    NAMED,
    { code: 3, files: WRONG, argv: [] },
  ],
  verify: [
    { code: 0, files: BUSY, argv: ['a.c', 'a.c'] },
    { code: 0, files: { ...BUSY, 'b.c': cFunction('b') }, argv: ['--exit-zero', 'a.c', 'b.c'] },
    { code: 0, files: BUSY, argv: ['HEAD', 'HEAD'] },
    { code: 0, files: BUSY, argv: ['--staged'] },
    { code: 1, files: { ...BUSY, 'b.c': cFunction('b') }, argv: ['a.c', 'b.c'] },
    { code: 1, files: BUSY, before: STAGED, argv: ['--staged'] },
    { code: 1, files: { ...BUSY, ...BINARY }, before: [['sh', 'echo >> bin.c; git add bin.c']], argv: ['--staged'] },
    { code: 2, files: BUSY, argv: ['a.c'] },
    { code: 2, files: { ...BUSY, ...BINARY }, argv: ['a.c', 'bin.c'] },
    { code: 2, files: BUSY, argv: ['nope', 'HEAD'] },
    { code: 2, files: BUSY, argv: ['--patch', '-'] },
    {
      code: 2,
      files: { ...BUSY, ...BINARY },
      before: [['sh', 'echo >> bin.c; git add bin.c']],
      argv: ['--staged', 'bin.c'],
    },
    { code: 2, files: { ...BUSY, 'goto-cleanup.json': '{ "lable": 1 }' }, argv: ['a.c', 'a.c'] },
    USAGE,
  ],
  explain: [
    { code: 0, argv: ['order-conflict'] },
    { code: 0, argv: ['proof'] },
    { code: 0, files: BUSY, argv: ['a.c:busy'] },
    { code: 2, argv: [] },
    { code: 2, argv: ['no-such-code'] },
    { code: 2, files: BUSY, argv: ['a.c:nope'] },
    USAGE,
  ],
  undo: [
    { code: 0, files: BUSY, before: [['apply']], argv: [] },
    { code: 2, files: BUSY, before: [['apply'], ['sh', 'echo >> a.c']], argv: [] },
    { code: 2, argv: ['x'] },
    USAGE,
  ],
  init: [
    { code: 0, argv: [] },
    { code: 0, argv: ['--hook'] },
    { code: 2, files: { 'goto-cleanup.json': '{}' }, argv: [] },
    USAGE,
  ],
  config: [
    { code: 0, files: BUSY, argv: [] },
    { code: 0, files: BUSY, argv: ['a.c'] },
    { ...CONFIG, argv: ['a.c'] },
    USAGE,
  ],
  doctor: [
    { code: 0, files: IDLE, argv: [], io: PATHS },
    {
      code: 1,
      files: { ...IDLE, 'goto-cleanup.json': '{ "pairs": [{ "acquire": "no_get", "release": "no_put" }] }' },
      argv: [],
      io: PATHS,
    },
    CONFIG,
    USAGE,
  ],
  merge: [
    { code: 0, files: IDLE, before: [['check', '--report', 'json:r.json']], argv: ['r.json'] },
    {
      code: 0,
      files: BUSY,
      before: [['check', '--exit-zero', '--report', 'json:r.json']],
      argv: ['--exit-zero', 'r.json'],
    },
    { code: 1, files: BUSY, before: [['check', '--exit-zero', '--report', 'json:r.json']], argv: ['r.json'] },
    { code: 2, argv: ['nope.json'] },
    { code: 2, argv: [] },
    { code: 2, argv: ['--nope', 'r.json'] },
  ],
  baseline: [
    { code: 0, files: BUSY, argv: ['--write'] },
    { code: 0, files: BUSY, before: [['baseline', '--write']], argv: ['--prune'] },
    { code: 2, files: BUSY, argv: [] },
    { code: 2, files: BUSY, argv: ['--prune'] },
    { ...CONFIG, argv: ['--write'] },
    USAGE,
    { code: 3, files: WRONG, argv: ['--write'] },
  ],
};

/** What can't happen, and why; all other codes are reached above or below. */
const UNREACHABLE: Readonly<Record<string, string>> = {
  'review 1': 'it ends with what was accepted, not with what was found',
  'verify 3': 'the plans it judges are not ours',
  'explain 1': 'it answers a question',
  'explain 3': 'it proposes nothing',
  'undo 1': 'it finds nothing',
  'undo 3': 'it plans nothing',
  'init 1': 'it finds nothing',
  'init 3': 'it plans nothing',
  'config 1': 'it finds nothing',
  'config 3': 'it plans nothing',
  'doctor 3': 'it plans nothing',
  'baseline 1': 'what it finds it accepts',
  'merge 3': 'the run that found it has said so',
  'torture 3': 'it plans nothing',
};

/** The fake pipeline, with a plan that turns out wrong in a text that says so. */
const pipelines = pipelinesOf({
  ...fakePipeline,
  processFile: (text, path, context) => {
    const outcome = fakePipeline.processFile(text, path, context);
    if (!text.startsWith('/* wrong */')) return outcome;
    const plan = { name: 'wrong', line: 2, reason: 'it frees twice', edits: outcome.rewrites[0]?.edits ?? [] };
    return { ...outcome, newText: text, rewrites: [], functions: [], wrongPlans: [plan] };
  },
});

/** The formats that the help of a command names. */
async function formatsOf(command: string): Promise<string[]> {
  const io = fakeIo(process.cwd());
  await main([command, '--help'], io);
  const listed = /--format <format>\s+output: ([\w, \n]+?)\n {2}-/.exec(io.out().toString())?.[1];
  return listed === undefined ? [] : listed.split(/[,\s]+/);
}

async function prepare({ files, before }: Outcome): Promise<string> {
  const folder = makeRepository(files ?? {});
  for (const [first = '', ...rest] of before ?? []) {
    if (first === 'sh') execFileSync('sh', ['-c', ...rest], { cwd: folder });
    else expect(await main([first, ...rest], fakeIo(folder), pipelines)).toBe(0);
  }
  return folder;
}

const WRITERS = new Set(['apply', 'review', 'undo', 'init', 'baseline']);

/** The code that each format of the command ends with. */
async function codesOf(command: string, outcome: Outcome): Promise<Record<string, number>> {
  const formats = (await formatsOf(command)).map((format) => [format, ['-f', format]] as const);
  const seen: Record<string, number> = {};
  let folder: string | undefined;
  for (const [format, flags] of formats.length > 0 ? formats : [['alone', []] as const]) {
    folder = folder === undefined || WRITERS.has(command) ? await prepare(outcome) : folder;
    const io = fakeIo(folder, outcome.io);
    seen[format] = await main([command, ...flags, ...outcome.argv], io, pipelines);
    if (seen[format] === 2) expect(io.err()).toMatch(/goto-cleanup: |error: /);
    if (WRITERS.has(command)) rmSync(folder, { recursive: true });
  }
  return seen;
}

describe.each(Object.entries(OUTCOMES))('%s', (command, outcomes) => {
  test.each(outcomes.map((outcome) => [outcome.code, outcome.argv.join(' '), outcome] as const))(
    '%i: %s',
    async (code, _, outcome) => {
      const seen = await codesOf(command, outcome);
      expect(seen).toEqual(Object.fromEntries(Object.keys(seen).map((format) => [format, code])));
    },
  );
});

const gcc = findCompiler('gcc');
const reason = process.platform !== 'linux' ? 'not Linux' : 'skip' in gcc ? gcc.skip : undefined;
if (reason !== undefined) console.warn(`skipped: exit codes of torture: ${reason}`);
const bench = new Workbench();
afterAll(() => bench.dispose());

const TORTURE: Readonly<Record<number, readonly (readonly string[])[]>> = {
  0: [
    ['--', 'sound'],
    ['--exit-zero', '--', 'leaky'],
  ],
  1: [['--', 'leaky']],
  2: [[], ['--', 'nope'], ['--mode', 'never', '--', 'sound']],
};

describe.skipIf(reason !== undefined)('torture', () => {
  test.each(Object.entries(TORTURE))('%s', async (code, all) => {
    const programs: Readonly<Record<string, string>> = {
      sound: bench.compile('#include <stdlib.h>\nint main(void) { free(malloc(1)); return 0; }\n', `sound${code}`),
      leaky: bench.compile('leak-of-the-first', `leaky${code}`),
    };
    for (const format of await formatsOf('torture'))
      for (const argv of all) {
        const answer = await bench.torture(['-f', format, ...argv.map((word) => programs[word] ?? word)]);
        expect([format, ...argv, answer.code]).toEqual([format, ...argv, Number(code)]);
      }
  });
});

test('every command is here, and every code that it can end with', () => {
  const all: Record<string, readonly number[]> = Object.fromEntries(
    Object.entries(OUTCOMES).map(([command, outcomes]) => [command, outcomes.map(({ code }) => code)]),
  );
  all['torture'] = Object.keys(TORTURE).map(Number);
  expect(Object.keys(all).toSorted()).toEqual(Object.keys(COMMANDS).toSorted());
  const missing = Object.entries(all).flatMap(([command, codes]) =>
    [0, 1, 2, 3].filter((code) => !codes.includes(code)).map((code) => `${command} ${code}`),
  );
  expect(missing.toSorted()).toEqual(Object.keys(UNREACHABLE).toSorted());
});

test('the formats are all there', async () => {
  expect(await formatsOf('check')).toEqual([...FORMATS]);
  expect(await formatsOf('verify')).toEqual(['text', 'json']);
  expect(await formatsOf('torture')).toEqual(['text', 'json', 'sarif']);
});
