/** What machines read, against its schemas: SARIF's official one, and those that come with the package. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Schema, Validator } from '@cfworker/json-schema';
import sarifSchema from '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json' with { type: 'json' };
import { beforeAll, describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { jsonReporter } from '../../src/reporters/json.ts';
import { jsonlReporter } from '../../src/reporters/jsonl.ts';
import { sarifReporter } from '../../src/reporters/sarif.ts';
import { TORTURE_REPORTERS } from '../../src/reporters/torture.ts';
import { fakeIo } from '../cli/fake-io.ts';
import { FIXTURES } from '../fixtures/load-fixtures.ts';
import { loadPairs } from '../fixtures/load-pairs.ts';
import { get, git, makeRepository } from '../cli/project.ts';
import { PLAIN, RESULT } from './sample-result.ts';
import { COMPARISON, OPTIONS, SWEEP } from './sample-torture.ts';

const ROOT = join(import.meta.dirname, '../..');

/** OASIS's schema of SARIF 2.1.0, by way of a package. It differs from the published one in a property of exceptions. */
const sarif = new Validator(sarifSchema as Schema, '4', false);

function ownSchema(name: string): Schema {
  return JSON.parse(readFileSync(join(ROOT, `schema/${name}.schema.json`), 'utf8')) as Schema;
}

function own(name: string): Validator {
  return new Validator(ownSchema(name), '2020-12', false);
}

function ownPart(name: string, part: string): Validator {
  const { $schema = '', $defs = {} } = ownSchema(name);
  return new Validator({ $schema, $defs, $ref: `#/$defs/${part}` }, '2020-12', false);
}

/** What is wrong, and where. */
function complaints(validator: Validator, text: string): string[] {
  return validator
    .validate(JSON.parse(text))
    .errors.map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`);
}

/** Everything of a run that a reader of JSON lines gets. */
function complaintsOfLines(text: string): string[] {
  const line = ownPart('report-1', 'line');
  return text
    .trimEnd()
    .split('\n')
    .flatMap((one) => complaints(line, one));
}

describe('a report with something of everything', () => {
  test('SARIF', () => {
    expect(complaints(sarif, sarifReporter.render(RESULT, PLAIN))).toEqual([]);
    expect(complaints(sarif, TORTURE_REPORTERS.sarif.sweep(SWEEP, OPTIONS))).toEqual([]);
    expect(complaints(sarif, TORTURE_REPORTERS.sarif.comparison(COMPARISON, OPTIONS))).toEqual([]);
  });

  test('JSON and JSON lines', () => {
    expect(complaints(own('report-1'), jsonReporter.render(RESULT, PLAIN))).toEqual([]);
    const lines = jsonlReporter.render(RESULT, PLAIN);
    expect(complaintsOfLines(lines)).toEqual([]);
    // A finding with a way to it has two paths: the line says which file it is in.
    expect(lines).toContain('{"record":"finding","path":"lib/a b,%.c","code":"leak-on-path"');
    expect(complaints(own('torture-1'), TORTURE_REPORTERS.json.sweep(SWEEP, OPTIONS))).toEqual([]);
    expect(complaints(own('torture-compare-1'), TORTURE_REPORTERS.json.comparison(COMPARISON, OPTIONS))).toEqual([]);
  });
});

describe('what is wrong is said', () => {
  test.each([
    ['a version that is none', (log: string) => log.replace('"version": "2.1.0"', '"version": "2.1"')],
    ['a property that SARIF does not know', (log: string) => log.replace('"ruleIndex"', '"ruleNumber"')],
    ['a line before the first', (log: string) => log.replace('"startLine": 20', '"startLine": 0')],
  ])('SARIF: %s', (_, damage) => {
    expect(complaints(sarif, damage(sarifReporter.render(RESULT, PLAIN)))).not.toEqual([]);
  });

  test.each([
    ['a property more', (text: string) => text.replace('"exits": 3', '"exists": 3')],
    ['a verdict that is none', (text: string) => text.replace('"equivalent"', '"different"')],
    ['a refusal without a code', (text: string) => text.replace('"code": "alias",', '')],
  ])('JSON: %s', (_, damage) => {
    expect(complaints(own('report-1'), damage(jsonReporter.render(RESULT, PLAIN)))).not.toEqual([]);
  });
});

describe('what the tool says of code', () => {
  let tree = '';

  beforeAll(async () => {
    // Every fifth of them has some of each status, and does not keep the others waiting.
    const inputs = readdirSync(FIXTURES)
      .filter((name) => existsSync(join(FIXTURES, name, 'input.c')))
      .filter((_, at) => at % 5 === 0)
      .map((name) => [`${name}.c`, readFileSync(join(FIXTURES, name, 'input.c'), 'latin1')] as const);
    tree = makeRepository(Object.fromEntries(inputs));
    const reports = ['json', 'jsonl', 'sarif'].flatMap((format) => ['--report', `${format}:.git/check.${format}`]);
    await main(['check', '--exit-zero', '-q', ...reports], fakeIo(tree));
    const audits = ['json', 'sarif'].flatMap((format) => ['--report', `${format}:.git/audit.${format}`]);
    await main(['audit', '-q', ...audits], fakeIo(tree));
    await main(['apply', '-q', '--report', 'json:.git/apply.json'], fakeIo(tree));
    git(tree, 'commit', '-qam', 'applied');
  });

  const saved = (name: string): string => Buffer.from(get(tree, `.git/${name}`), 'latin1').toString('utf8');

  test('SARIF', () => {
    expect(complaints(sarif, saved('check.sarif'))).toEqual([]);
    expect(saved('check.sarif')).toContain('"replacements"');
  });

  test('JSON of check and of apply, JSON lines', () => {
    expect(complaints(own('report-1'), saved('check.json'))).toEqual([]);
    expect(complaints(own('report-1'), saved('apply.json'))).toEqual([]);
    expect(complaintsOfLines(saved('check.jsonl'))).toEqual([]);
    for (const status of ['rewritable', 'refused']) expect(saved('check.json')).toContain(`"status": "${status}"`);
    expect(saved('apply.json')).toContain('"status": "applied"');
  });

  test('the audit as JSON and as SARIF', () => {
    expect(complaints(own('audit-1'), saved('audit.json'))).toEqual([]);
    expect(complaints(sarif, saved('audit.sarif'))).toEqual([]);
    for (const state of ['released', 'handed-over']) expect(saved('audit.json')).toContain(`"state": "${state}"`);
  });

  test('JSON of verify', async () => {
    const io = fakeIo(tree);
    await main(['verify', '-q', '-f', 'json', 'HEAD~1', 'HEAD'], io);
    expect(complaints(own('verify-1'), io.out().toString('utf8'))).toEqual([]);
    expect(io.out().toString('utf8')).toContain('"verdict": "identical"');
  });

  test('JSON of verify where the versions differ', async () => {
    const verdicts = new Set<string>();
    for (const { folder, damaged } of loadPairs().slice(0, 20)) {
      const after = damaged[0] ? `damaged-${damaged[0].kind}.c` : 'after.c';
      const io = fakeIo(folder);
      await main(['verify', '-q', '-f', 'json', '--isolated', 'before.c', after], io);
      const text = io.out().toString('utf8');
      expect(complaints(own('verify-1'), text)).toEqual([]);
      for (const [, verdict = ''] of text.matchAll(/"verdict": "(\w+)"/g)) verdicts.add(verdict);
    }
    expect(verdicts).toContain('different');
  });
});
