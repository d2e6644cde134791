/** The two arguments of a proof: the simulation, and the ledgers that may object. */
import { describe, expect, test, vi } from 'vitest';
import { PRESETS } from '../../src/resources/presets/index.ts';
import { createKnowledge } from '../../src/resources/known-names.ts';
import { EMPTY_RESOURCE_CONFIG } from '../../src/resources/resource-config.ts';
import { SeenFile } from '../../src/resources/seen-file.ts';
import { proveFunction } from '../../src/engine/prove.ts';
import { readFunction, type ReadFunction } from '../../src/engine/read-function.ts';
import { scanFunctions } from '../../src/scan/functions.ts';
import { createParser } from '../../src/syntax/parse.ts';
import { DEFAULT_VERIFY_OPTIONS } from '../../src/verify/verify-function.ts';

// A simulation that proves everything: what is left is the second argument.
vi.mock('../../src/verify/verify-function.ts', async (original) => ({
  ...(await original()),
  verifyFunction: () => ({ verdict: 'identical', uses: [], restsOn: [], exits: 1 }),
}));

const HEAD = '#include <stdlib.h>\nint g(void);\n';
const parser = createParser();

function read(body: string): ReadFunction {
  const text = `${HEAD}int f(int n) { char *p = malloc(n); if (!p) return -1; ${body} }`;
  const range = scanFunctions(text).functions[0];
  const found = range && readFunction(parser, text, range);
  if (found?.kind !== 'function') throw new Error(`not read: ${text}`);
  return found;
}

function prove(before: string, after: string) {
  const knowledge = createKnowledge({
    file: new SeenFile('x.c', HEAD),
    headers: [],
    systemIncludes: new Set(['stdlib.h']),
    presets: Object.values(PRESETS),
    config: EMPTY_RESOURCE_CONFIG,
    platform: 'glibc',
    parser: () => parser,
  });
  return proveFunction(read(before), read(after), knowledge, DEFAULT_VERIFY_OPTIONS);
}

const BEFORE = 'if (g()) { free(p); return -1; } free(p); return 0;';

describe('whatever the simulation proved', () => {
  test('ledgers that agree let it stand', () => {
    const after = 'int r = -1; if (g()) goto out; r = 0; out: free(p); return r;';
    expect(prove(BEFORE, after)).toMatchObject({ verdict: 'identical', ledgers: 'equal' });
  });

  test.each([
    ['a release that is lost on one path', 'if (g()) { return -1; } free(p); return 0;'],
    ['a release that is made twice', 'int r = -1; if (g()) { free(p); goto out; } r = 0; out: free(p); return r;'],
    ['another value returned with the release', 'int r = -1; if (g()) goto out; out: free(p); return r;'],
  ])('%s is an objection', (_, after) => {
    const verdict = prove(BEFORE, after);
    expect(verdict).toMatchObject({ verdict: 'unproved', code: 'not-proved' });
    expect(verdict.reason).toMatch(/^the exit ledgers differ: /);
  });

  test('a ledger that can not say lets it stand, and says so', () => {
    const after = `${BEFORE.replace('free(p)', 'WHAT(p); free(p)')}`;
    expect(prove(after, BEFORE)).toMatchObject({ verdict: 'identical', ledgers: { unknown: expect.any(String) } });
  });
});
