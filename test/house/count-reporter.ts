/**
 * A vitest reporter that writes the true counts of a run as JSON, for `.ci/run`. Takes what vitest reports; writes the
 * file that VITEST_COUNTS names, and nothing when it is not set. A run that crashes leaves no file, which counts as a
 * failure there.
 */
import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

/** What `.ci/run` reads. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
}

/** One test as the counting needs it: a plain view of what vitest hands over. */
export interface CountedTest {
  readonly name: string;
  readonly state: 'passed' | 'failed' | 'skipped' | 'pending';
  readonly reason?: string | undefined;
}

/** A test that never finished is a failure; `broken` are files that could not be loaded and errors outside any test. */
export function countTests(tests: readonly CountedTest[], broken: number): TestCounts {
  const skipped = tests.filter((test) => test.state === 'skipped');
  const passed = tests.filter((test) => test.state === 'passed').length;
  return {
    passed,
    failed: tests.length - passed - skipped.length + broken,
    skipped: skipped.map((test) => ({ name: test.name, reason: test.reason ?? 'no reason given' })),
  };
}

/** Writes the counts when the run has ended. */
export class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const path = process.env['VITEST_COUNTS'];
    if (!path) return;
    const tests = modules.flatMap((module) => [...module.children.allTests()].map((test) => viewOf(module, test)));
    // A failed hook or import fails its file or suite without any failed test; it must not vanish from the count.
    const broken = modules.reduce((sum, module) => sum + errorsOutsideTests(module), 0);
    writeFileSync(path, JSON.stringify(countTests(tests, broken + unhandledErrors.length)));
  }
}

function viewOf(
  module: TestModule,
  test: ReturnType<TestModule['children']['allTests']> extends Generator<infer T> ? T : never,
): CountedTest {
  const result = test.result();
  return {
    name: `${module.relativeModuleId} > ${test.fullName}`,
    state: result.state,
    reason: result.state === 'skipped' ? result.note : undefined,
  };
}

function errorsOutsideTests(module: TestModule): number {
  return [module, ...module.children.allSuites()].filter((part) => part.errors().length > 0).length;
}
