// The corpus run: `npm run corpus -- [--write] TREE...`. Each TREE is a folder of real C. It is copied into a git
// repository of its own, and there
// - `diff` and `apply` have to say the same: the patch, taken by `git apply`, gives byte for byte what `apply` writes;
// - `undo` has to bring every byte back, and a second run may find nothing more to do;
// - no line that was added ends in a blank, and each label that was added has a goto.
// Prints a summary for each tree (functions, rewritten, refused by code) and how it differs from the one that is
// committed in bench/corpus/summary.json under the tree's name and content; `--write` puts it there.
// Exit code 0: all checks hold; 1: one does not, or it could not go on; 2: wrong use.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';

const bin = join(import.meta.dirname, '../../bin/goto-cleanup.js');
const summaryPath = join(import.meta.dirname, 'summary.json');

/** Runs a command; throws when its exit code is none of those expected. */
function run(cwd, command, args, { input, codes = [0] } = {}) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, input, maxBuffer: 1 << 30 });
  if (status === null || !codes.includes(status))
    throw new Error(`${command} ${args.join(' ')}: exit code ${status}\n${stderr.toString('utf8').slice(-2000)}`);
  return { status, out: stdout.toString('latin1'), err: stderr.toString('utf8') };
}

/** Signed by nobody, its line endings left alone. */
const GIT = [
  '-c',
  'core.autocrlf=false',
  '-c',
  'core.safecrlf=false',
  '-c',
  'user.name=corpus',
  '-c',
  'user.email=c@o',
];

function git(cwd, ...args) {
  return run(cwd, 'git', [...GIT, ...args]).out;
}

/** A copy of the tree as a repository with one commit, the attributes of the original out of force. */
function copyTree(tree) {
  const copy = mkdtempSync(join(tmpdir(), 'goto-cleanup-corpus-'));
  cpSync(tree, copy, { recursive: true, verbatimSymlinks: true, filter: (path) => basename(path) !== '.git' });
  git(copy, 'init', '-q');
  writeFileSync(join(copy, '.git/info/attributes'), '* -text -filter -ident\n');
  git(copy, 'add', '-Af', '.');
  git(copy, 'commit', '-qm', 'tree');
  return copy;
}

/** A name for the bytes of everything in the work tree. */
function contentOf(copy) {
  git(copy, 'add', '-Af', '.');
  const id = git(copy, 'write-tree').trim();
  git(copy, 'reset', '-q');
  return id;
}

function tool(copy, ...args) {
  return run(copy, process.execPath, [bin, ...args], { codes: [0, 1] });
}

/** What holds of one tree: the report's counts, and a line for each check that fails. */
function examine(copy) {
  const failures = [];
  const check = (holds, what) => holds || failures.push(what);
  const before = contentOf(copy);
  const reportPath = join(copy, '.git/report.json');
  const patch = tool(copy, 'diff', '-q', '--report', `json:${reportPath}`).out;
  const report = JSON.parse(readFileSync(reportPath, 'utf8'));
  check(contentOf(copy) === before, 'diff writes nothing');
  run(copy, 'git', [...GIT, 'apply', '--whitespace=nowarn', '--allow-empty', '-'], {
    input: Buffer.from(patch, 'latin1'),
  });
  const byGit = contentOf(copy);
  git(copy, 'checkout', '-q', '.');
  tool(copy, 'apply', '-q');
  check(contentOf(copy) === byGit, 'git apply of the diff gives what apply writes');
  check(tool(copy, 'diff', '-q').out === '', 'a second run changes nothing');
  if (byGit !== before) tool(copy, 'undo');
  check(contentOf(copy) === before, 'undo brings every byte back');
  for (const problem of problemsOf(patch)) failures.push(problem);
  return { report, patch, failures };
}

/** Faults that show in the patch alone. */
function problemsOf(patch) {
  const problems = [];
  for (const file of patch.split(/^diff --git /m).slice(1)) {
    const path = file.slice(2, file.indexOf(' b/'));
    const added = file.split('\n').filter((line) => line.startsWith('+') && !line.startsWith('+++'));
    for (const line of added) if (/[ \t]\r?$/.test(line)) problems.push(`${path}: a blank at the end of ${line}`);
    for (const line of added) {
      const label = /^\+[ \t]*(\w+):\r?$/.exec(line)?.[1];
      if (label && !added.some((other) => other.includes(`goto ${label};`))) problems.push(`${path}: no goto ${label}`);
    }
  }
  return problems;
}

/** The counts of a run that do not depend on where and when it was made. */
function summaryOf({ report, patch }) {
  const { files, functions, attempted, parsed, rewritable, refused } = report.summary;
  const all = report.files.flatMap((file) => file.functions).filter((one) => one.status === 'rewritable');
  const verdicts = { identical: 0, equivalent: 0 };
  for (const one of all) verdicts[one.proof.verdict]++;
  const lines = (sign) =>
    patch.split('\n').filter((line) => line.startsWith(sign) && !line.startsWith(sign.repeat(3))).length;
  return {
    files,
    functions,
    attempted,
    parsed,
    rewritable,
    ...verdicts,
    ladders: all.filter((one) => one.style === 'ladder').length,
    linesAdded: lines('+'),
    linesRemoved: lines('-'),
    refused: Object.fromEntries(Object.entries(refused).toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))),
  };
}

function printDifferences(then, now) {
  const flat = (summary) => new Map(Object.entries({ ...summary, ...summary.refused, refused: undefined }));
  const [old, fresh] = [flat(then), flat(now)];
  for (const key of new Set([...old.keys(), ...fresh.keys()])) {
    const [was, is] = [old.get(key) ?? 0, fresh.get(key) ?? 0];
    if (was !== is) console.log(`  ${key}: was ${was}, is ${is}`);
  }
}

function printSummary(name, summary, failures) {
  const { functions, rewritable, identical, equivalent, ladders, linesAdded, linesRemoved, refused } = summary;
  console.log(
    `${name}: ${functions} functions, ${rewritable} rewritten (${identical} identical, ${equivalent} equivalent, ` +
      `${ladders} with several labels, -${linesRemoved} +${linesAdded})`,
  );
  console.log(
    `  refused: ${
      Object.entries(refused)
        .map(([code, count]) => `${code} ${count}`)
        .join(', ') || 'none'
    }`,
  );
  console.log(
    failures.length === 0 ? '  all checks hold' : failures.map((failure) => `  FAILED: ${failure}`).join('\n'),
  );
}

/** One tree from its copy to its summary; true when all checks hold. */
function runTree(tree, committed) {
  const name = basename(tree);
  const copy = copyTree(tree);
  try {
    const content = createHash('sha256').update(contentOf(copy)).digest('hex').slice(0, 12);
    const result = examine(copy);
    const summary = { content, ...summaryOf(result) };
    printSummary(name, summary, result.failures);
    if (committed[name]?.content === content) printDifferences(committed[name], summary);
    committed[name] = summary;
    return result.failures.length === 0;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function writeSummaries(summaries) {
  const sorted = Object.fromEntries(Object.entries(summaries).toSorted((a, b) => (a[0] < b[0] ? -1 : 1)));
  writeFileSync(summaryPath, JSON.stringify(sorted, undefined, 2) + '\n');
}

const args = process.argv.slice(2);
const trees = args.filter((arg) => arg !== '--write').map((tree) => resolve(tree));
if (trees.length === 0 || !trees.every((tree) => existsSync(tree) && statSync(tree).isDirectory())) {
  console.error('npm run corpus -- [--write] TREE...   each TREE a folder of C files');
  process.exitCode = 2;
} else {
  const committed = existsSync(summaryPath) ? JSON.parse(readFileSync(summaryPath, 'utf8')) : {};
  for (const tree of trees) {
    if (!runTree(tree, committed)) process.exitCode = 1;
    if (args.includes('--write')) writeSummaries(committed);
  }
}
