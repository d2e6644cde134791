import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { createProgress } from '../../src/cli/progress.ts';
import { complainAboutNode } from '../../src/cli/start.ts';
import { REPORTERS } from '../../src/reporters/registry.ts';
import { FORMATS, PLATFORMS, PROOFS, STYLES } from '../../src/cli/flags.ts';
import { configSchema } from '../../src/engine/config-shape.ts';
import { fakeIo } from './fake-io.ts';
import { fakePipeline, pipelinesOf } from './fake-pipeline.ts';
import { cFunction, get, makeFolder, makeRepository, put, run } from './project.ts';

describe('wrong usage', () => {
  test.each([
    [['--style', 'lader'], 'unknown --style "lader"; did you mean "ladder"? (known: auto, single, ladder)'],
    [['--proof', 'maybe'], 'unknown --proof "maybe" (known: identical, equivalent)'],
    [['-f', 'jsn'], 'unknown --format "jsn"; did you mean "json"? (known: text, json, jsonl, sarif,'],
    [['--platform', 'glibcc'], 'unknown --platform "glibcc"; did you mean "glibc"?'],
    [['--color', 'no'], 'unknown --color "no"'],
    [['--report', 'xml:out'], 'unknown --report "xml"'],
    [['--report', 'json'], '--report "json" is not of the form FORMAT:FILE'],
    [['--pair', 'a-b'], '--pair "a-b": write ACQUIRE=RELEASE or ACQUIRE=RELEASE:noop-on-null'],
    [['--pair', 'a=b:noop'], '--pair "a=b:noop": write ACQUIRE=RELEASE'],
    [['--preset', 'glibb', 'a.c'], 'unknown preset "glibb"; did you mean "glib"?'],
    [['--function', '('], '--function "("'],
    [['--label', '1x'], '--label "1x" is not a name that C allows'],
    [['--max-functions', '-1'], '--max-functions "-1" is not a number'],
    [['--config', 'a.json', '--isolated'], '--config and --isolated exclude each other'],
    [['--config', 'a.json'], "can't read the config a.json"],
    [['--files-from', 'nope'], 'can\'t read the list of files "nope"'],
    [['--root', 'nope'], 'no such folder: "nope"'],
    [['-', 'a.c'], '"-" can\'t stand beside other paths'],
    [['--stlye', 'auto'], "error: unknown option '--stlye'\n(Did you mean --style?)"],
    [['verify', 'a.c'], 'verify wants BEFORE AFTER'],
    [['verify', 'a.c', 'nope.c'], "nope.c: can't be read: no such file"],
    [['explain', 'nothing-gaind'], 'unknown code "nothing-gaind"; did you mean "nothing-gained"?'],
    [['explain', 'a.c:g'], 'no function at "a.c:g"'],
    [['explain', 'nope.c:f'], 'no such file: "nope.c"'],
    [['explain', 'a.c:'], '"a.c:" is not of the form FILE:FUNCTION or FILE:LINE'],
    [['undo', 'x'], 'too many arguments'],
  ])('%j: a message on stderr, exit 2, nothing on stdout', async (argv, message) => {
    const folder = makeFolder({ 'a.c': 'int f(int x)\n{\n}\n' });
    const { code, out, err } = await run(folder, argv);
    expect(err).toContain(message);
    expect({ code, out }).toEqual({ code: 2, out: '' });
  });

  test('an error of the config names its place', async () => {
    const folder = makeRepository({ 'goto-cleanup.json': '{\n  "lable": "x"\n}\n', 'sub/a.c': '' });
    const { code, err } = await run(join(folder, 'sub'), []);
    expect(err).toMatch(/^goto-cleanup: goto-cleanup\.json:2:3: unknown setting "lable"; did you mean "label"\?/);
    expect(code).toBe(2);
  });

  test('an unknown error is not swallowed', async () => {
    const folder = makeFolder({ 'a.c': '' });
    const broken = { ...fakePipeline, processFile: () => expect.fail('boom') };
    await expect(main(['a.c'], fakeIo(folder), pipelinesOf(broken))).rejects.toMatchObject({
      message: 'at a.c',
      cause: { message: 'boom' },
    });
  });
});

describe('help and version', () => {
  test('help goes to stdout and lists every command', async () => {
    const { code, out } = await run('/', ['--help']);
    expect(code).toBe(0);
    for (const name of ['check', 'diff', 'apply', 'verify', 'explain', 'undo', 'config'])
      expect(out).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
    expect((await run('/', ['apply', '--help'])).out).toContain('--allow-dirty');
  });

  test('version', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect((await run('/', ['--version'])).out).toBe(`${version}\n`);
  });

  test('Node that is too old gets a sentence', () => {
    expect(complainAboutNode('18.20.1')).toBe('goto-cleanup: needs Node 20.19 or newer; this is Node 18.20.1');
    expect(complainAboutNode('20.18.3')).toBeDefined();
    expect(['20.19.0', '22.0.0', '24.1.0'].map(complainAboutNode)).toEqual([undefined, undefined, undefined]);
  });

  test('every format of the flags has its reporter', () => {
    expect(Object.keys(REPORTERS)).toEqual([...FORMATS]);
  });
});

test('flags and config take the same words', () => {
  const { properties } = configSchema() as { properties: Record<string, { enum?: string[] }> };
  expect(properties['platform']?.enum).toEqual([...PLATFORMS]);
  expect(properties['style']?.enum).toEqual([...STYLES]);
  expect(properties['proof']?.enum).toEqual([...PROOFS]);
});

describe('output', () => {
  const ESCAPE = '\u001b[';

  test.each([
    [{}, false, [], false],
    [{}, true, [], true],
    [{ NO_COLOR: '1' }, true, [], false],
    [{ NO_COLOR: '' }, true, [], true],
    [{ TERM: 'dumb' }, true, [], false],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, false, [], true],
    [{ FORCE_COLOR: '0' }, true, [], false],
    [{ NO_COLOR: '1' }, false, ['--color', 'always'], true],
    [{ FORCE_COLOR: '1' }, true, ['--color', 'never'], false],
  ])('colours with %j, terminal %s, flags %j: %s', async (env, isTty, flags, expected) => {
    const folder = makeFolder({ 'a.c': cFunction('a') });
    const { out } = await run(folder, [...flags, 'a.c'], { env, isTty });
    expect(out.includes(ESCAPE)).toBe(expected);
  });

  test('a terminal is told what to do next', async () => {
    const folder = makeFolder({ "it's.c": cFunction('a') });
    const { err } = await run(folder, ["it's.c"], { isTty: true });
    expect(err).toContain("Next: goto-cleanup diff 'it'\\''s.c' | less     goto-cleanup apply 'it'\\''s.c'\n");
  });

  test('progress shows after half a second, on a terminal only', () => {
    let now = 0;
    const terminal = { ...fakeIo('/', { isTty: true }), now: () => now };
    const progress = createProgress(terminal, 0);
    progress.show(1, 9);
    now = 400;
    progress.show(2, 9);
    expect(terminal.err()).toBe('');
    now = 600;
    progress.show(3, 9);
    progress.show(4, 9);
    progress.clear();
    expect(terminal.err()).toBe('\r\u001b[K3/9 files\r\u001b[K');
    const pipe = { ...fakeIo('/'), now: () => 1e6 };
    createProgress(pipe, 0).show(1, 2);
    expect(pipe.err()).toBe('');
  });

  test('--report writes files beside the output', async () => {
    const folder = makeRepository({ 'a.c': cFunction('a') });
    const { out } = await run(folder, ['diff', '--report', 'json:r.json', '--report', 'text:sub:r.txt']);
    expect(JSON.parse(get(folder, 'r.json'))).toMatchObject({ schema: 'goto-cleanup/report-1', command: 'diff' });
    expect(get(folder, 'sub:r.txt')).toMatch(/^a\.c:1:1 a: /);
    expect(out).toMatch(/^# a\.c:1 a: /);
    const { code, err } = await run(folder, ['--report', 'json:no/such/r.json']);
    expect(err).toContain("can't write the report");
    expect(code).toBe(2);
  });

  test('JSON lines: a record a line, the summary last', async () => {
    const folder = makeFolder({ 'a.c': `${cFunction('a')}int l(void) {\n  leak_me();\n}\n`, 'b.c': '\0' });
    const { out } = await run(folder, ['-f', 'jsonl']);
    const records = Buffer.from(out, 'latin1').toString().trimEnd().split('\n');
    expect(records.map((line) => (JSON.parse(line) as { record: string }).record)).toEqual([
      'function',
      'finding',
      'error',
      'summary',
    ]);
  });

  test('JSON is UTF-8 whatever the source is', async () => {
    const folder = makeFolder({ 'a.c': cFunction('a') });
    const { out } = await run(folder, ['-f', 'json']);
    const report = JSON.parse(Buffer.from(out, 'latin1').toString()) as {
      files: { functions: { edits: object[] }[] }[];
    };
    expect(report.files[0]?.functions[0]?.edits).toEqual([
      { byteOffset: 25, byteLength: 9, text: 'goto out; /* ü */', encoding: 'latin1' },
    ]);
  });

  test('the settings in force change the hash in the report', async () => {
    const folder = makeFolder({ 'a.c': cFunction('a') });
    const hash = async (...flags: string[]): Promise<string> =>
      (JSON.parse((await run(folder, ['-f', 'json', ...flags])).out) as { tool: { configHash: string } }).tool
        .configHash;
    const before = await hash();
    expect(await hash('-q')).toBe(before);
    expect(await hash('--style', 'ladder')).not.toBe(before);
    put(folder, 'goto-cleanup.json', '{ "label": "out" }');
    expect(await hash()).not.toBe(before);
    expect(await hash('--isolated')).toBe(before);
  });
});

describe('settings', () => {
  test('rules switch reports off, overrides for some files', async () => {
    const folder = makeRepository({
      'goto-cleanup.json':
        '{ "rules": { "leak-on-path": "off" }, "overrides": [{ "files": ["b.c"], "rules": { "repeated-cleanup": "off" } }] }',
      'a.c': `${cFunction('a')}int l(void) {\n  leak_me();\n}\n`,
      'b.c': cFunction('b'),
    });
    const { out } = await run(folder, []);
    expect(out.match(/^\S+ \S+/gm)).toEqual(['a.c:1:1 a:']);
    expect((await run(folder, ['diff', 'b.c'])).out).toBe('');
  });

  test('include and exclude of the config, from its own folder', async () => {
    const folder = makeRepository({
      'lib/goto-cleanup.json': '{ "include": ["src/"], "exclude": ["src/vendor/"] }',
      'lib/src/a.c': cFunction('a'),
      'lib/src/vendor/b.c': cFunction('b'),
      'lib/c.c': cFunction('c'),
      'd.c': cFunction('d'),
    });
    expect((await run(folder, [])).out.match(/^\S+/gm)).toEqual(['d.c:1:1', 'lib/src/a.c:1:1']);
  });

  test('config shows what is in force and where it came from', async () => {
    const folder = makeRepository({
      'goto-cleanup.json': '{ "label": "out", "overrides": [{ "files": ["*.h"], "style": "ladder" }] }',
    });
    const { out } = await run(folder, ['config', '--show', 'a.h']);
    expect(out).toContain('config file: goto-cleanup.json\n');
    expect(out).toContain('label: "out"  (goto-cleanup.json)\n');
    expect(out).toContain('style: "ladder"  (goto-cleanup.json)\n');
    expect(out).toContain('proof: "equivalent"  (default)\n');
    expect((await run(folder, ['config'])).out).toContain('style: "auto"  (default)\n');
  });
});

describe('verify and explain', () => {
  const files = { 'a.c': cFunction('a'), 'b.c': cFunction('b'), 'bin.c': '\0' };

  test('verify: 0 when proved, 1 when different, 2 when a file is not C', async () => {
    const folder = makeFolder(files);
    expect(await run(folder, ['verify', 'a.c', 'a.c'])).toEqual({
      code: 0,
      out: 'a.c:1:1 f: identical\n',
      err: '1 identical, 0 equivalent, 0 different, 0 unproved\n',
    });
    expect(await run(folder, ['verify', '-q', 'a.c', 'b.c'])).toEqual({
      code: 1,
      out: 'b.c:1:1 f: different\n  the texts differ\n',
      err: '',
    });
    expect((await run(folder, ['verify', '--exit-zero', 'a.c', 'b.c'])).code).toBe(0);
    expect((await run(folder, ['verify', 'a.c', 'bin.c'])).code).toBe(2);
    const { out } = await run(folder, ['verify', '-f', 'json', 'a.c', 'b.c']);
    expect(JSON.parse(out)).toMatchObject({ schema: 'goto-cleanup/verify-1', summary: { different: 1 } });
  });

  test('explain: a code, the proof, a function, a line, a graph', async () => {
    const folder = makeFolder(files);
    expect((await run(folder, ['explain', 'order-conflict'])).out).toMatch(
      /^order-conflict \(refusal: .*\n.*\nWhat you/,
    );
    expect((await run(folder, ['explain', 'leak-on-path'])).out).toContain('(finding)');
    expect((await run(folder, ['explain', 'proof'])).out).toContain('What a proof rests on');
    expect((await run(folder, ['explain', 'a.c:a'])).out).toBe('text a.c {"name":"a"}\n');
    expect((await run(folder, ['explain', './a.c:3:7:'])).out).toBe('text a.c {"line":3}\n');
    expect((await run(folder, ['explain', '--dot', 'a.c:3'])).out).toBe('dot a.c {"line":3}\n');
  });
});

test('a wrong plan of ours: exit 3, the rest is written, and a bundle is kept', async () => {
  const folder = makeRepository({ 'a.c': cFunction('a'), 'b.c': `/* \xe9 */\n${cFunction('b')}` });
  const io = fakeIo(folder);
  const wrong = {
    ...fakePipeline,
    processFile: (...parameters: Parameters<typeof fakePipeline.processFile>) => {
      const outcome = fakePipeline.processFile(...parameters);
      if (parameters[1] !== 'b.c') return outcome;
      const plan = { name: 'b', line: 2, reason: 'it frees twice', edits: outcome.rewrites[0]?.edits ?? [] };
      return { ...outcome, rewrites: [], functions: [], wrongPlans: [plan] };
    },
  };
  expect(await main(['apply'], io, pipelinesOf(wrong))).toBe(3);
  expect(get(folder, 'a.c')).toContain('goto out;');
  expect(get(folder, 'b.c')).toContain('return 1;');
  expect(io.err()).toContain('goto-cleanup: b.c:2:1 b: our plan was wrong, and is not written: it frees twice\n');
  const bundle = /^Please report it with (.*)$/m.exec(io.err())?.[1] ?? '';
  expect(readFileSync(join(bundle, 'input.c'), 'latin1')).toBe(get(folder, 'b.c'));
  expect(existsSync(join(bundle, 'plan.json'))).toBe(true);
  expect(await main(['check', '--exit-zero'], fakeIo(folder), pipelinesOf(wrong))).toBe(3);
});
