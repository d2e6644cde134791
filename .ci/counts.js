// Reads the counts a test run left (test/house/count-reporter.ts): `counts.js FILE totals` prints "passed failed
// skipped", `counts.js FILE skips` one line for each skipped test with its reason.
import { readFileSync } from 'node:fs';

const [path, what] = process.argv.slice(2);
const counts = JSON.parse(readFileSync(path, 'utf8'));
if (what === 'totals') {
  console.log(counts.passed, counts.failed, counts.skipped.length);
} else {
  for (const test of counts.skipped) console.log(`skipped: ${test.name} (${test.reason})`);
}
