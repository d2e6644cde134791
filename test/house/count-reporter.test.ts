import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { countTests } from './count-reporter.ts';

describe('the counts of a run', () => {
  test('a test that never finished is a failure, and so is a file that did not load', () => {
    const counts = countTests(
      [
        { name: 'a', state: 'passed' },
        { name: 'b', state: 'failed' },
        { name: 'c', state: 'pending' },
        { name: 'd', state: 'skipped', reason: 'no gcc' },
        { name: 'e', state: 'skipped' },
      ],
      2,
    );
    expect(counts).toEqual({
      passed: 1,
      failed: 4,
      skipped: [
        { name: 'd', reason: 'no gcc' },
        { name: 'e', reason: 'no reason given' },
      ],
    });
  });

  test('are printed for the shell, with the reason of each skip', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'goto-cleanup-counts-')), 'counts.json');
    writeFileSync(file, JSON.stringify({ passed: 7, failed: 2, skipped: [{ name: 'x', reason: 'no gcc' }] }));
    const script = join(import.meta.dirname, '../../.ci/counts.js');
    const print = (what: string): string => execFileSync('node', [script, file, what], { encoding: 'utf8' });
    expect(print('totals')).toBe('7 2 1\n');
    expect(print('skips')).toBe('skipped: x (no gcc)\n');
    expect(readFileSync(file, 'utf8')).toContain('no gcc');
  });
});
