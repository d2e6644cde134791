import { describe, expect, test } from 'vitest';
import { TORTURE_REPORTERS } from '../../src/reporters/torture.ts';
import { COMPARISON, frame, libc, OPTIONS, SWEEP } from './sample-torture.ts';

test('text: the place, what was acquired where, the failure, how to repeat it', () => {
  expect(TORTURE_REPORTERS.text.sweep(SWEEP, OPTIONS)).toBe(
    `lib/a b.c:7:1 make: 8 bytes are left that nothing points to  memory-left
  acquired  make lib/a b.c:7 < main lib/a b.c:20
  when      strdup fails, number 3, in make lib/a b.c:9 < main lib/a b.c:20
  and when  4-5, 8; from 3 on
  rewritten make, by the last apply
  repeat    goto-cleanup torture --at 3 -- ./program 'an argument'
crashes: SIGSEGV  crash
  when      malloc fails, and all behind it, from number 6
  repeat    goto-cleanup torture --at 6+ -- ./program 'an argument'
`,
  );
});

test('text: a difference of two builds', () => {
  expect(TORTURE_REPORTERS.text.comparison(COMPARISON, OPTIONS)).toBe(
    `differs: malloc fails and all behind it, in make < main, call 2 at this stack
  before (number 4)
    exit code 1
  after (number 5)
    ended by SIGSEGV
    crash: at make < main
`,
  );
});

test('JSON: the report as it is', () => {
  expect(JSON.parse(TORTURE_REPORTERS.json.sweep(SWEEP, OPTIONS))).toEqual(SWEEP);
  expect(JSON.parse(TORTURE_REPORTERS.json.comparison(COMPARISON, OPTIONS))).toEqual(COMPARISON);
});

interface Sarif {
  readonly version: string;
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
    readonly results: readonly {
      readonly ruleId: string;
      readonly level: string;
      readonly message: { readonly text: string };
      readonly locations: readonly {
        readonly physicalLocation: { readonly artifactLocation: { readonly uri: string }; readonly region: object };
      }[];
      readonly codeFlows?: readonly {
        readonly threadFlows: readonly { readonly locations: readonly { readonly location: object }[] }[];
      }[];
      readonly partialFingerprints: Readonly<Record<string, string>>;
    }[];
  }[];
}

describe('SARIF', () => {
  const read = (text: string): Sarif['runs'][number] => {
    const sarif = JSON.parse(text) as Sarif;
    expect(sarif.version).toBe('2.1.0');
    return sarif.runs[0] ?? { tool: { driver: { rules: [] } }, results: [] };
  };

  test('a result for each finding, with a rule, a place, and the way to the failure from main inwards', () => {
    const { tool, results } = read(TORTURE_REPORTERS.sarif.sweep(SWEEP, OPTIONS));
    const rules = tool.driver.rules.map(({ id }) => id);
    expect(results.map(({ ruleId }) => ruleId)).toEqual(['memory-left', 'crash']);
    expect(results.every(({ ruleId }) => rules.includes(ruleId))).toBe(true);
    const [leak, crash] = results;
    expect(leak?.message.text).toBe('make: 8 bytes are left that nothing points to, when strdup number 3 fails');
    expect(leak?.locations[0]?.physicalLocation).toEqual({
      artifactLocation: { uri: 'lib/a%20b.c' },
      region: { startLine: 7 },
    });
    const flow = leak?.codeFlows?.[0]?.threadFlows[0]?.locations ?? [];
    expect(flow.map(({ location }) => location)).toMatchObject([
      { message: { text: 'main' } },
      { message: { text: 'make' } },
    ]);
    expect(crash).toMatchObject({ level: 'error', locations: [], codeFlows: [] });
  });

  test('a fingerprint does not move with the lines', () => {
    const [finding] = SWEEP.findings;
    if (!finding) throw new Error('no finding');
    const moved = { ...finding, stack: [libc, frame('make', 70), frame('main', 200)] };
    const prints = [finding, moved, { ...finding, stack: [frame('other', 7)] }].map(
      (one) =>
        read(TORTURE_REPORTERS.sarif.sweep({ ...SWEEP, findings: [one] }, OPTIONS)).results[0]?.partialFingerprints,
    );
    expect(prints[0]).toEqual(prints[1]);
    expect(prints[0]).not.toEqual(prints[2]);
  });

  test('a result for each difference', () => {
    const { results } = read(TORTURE_REPORTERS.sarif.comparison(COMPARISON, OPTIONS));
    expect(results).toMatchObject([{ ruleId: 'differs-after-failure', level: 'error' }]);
  });
});
