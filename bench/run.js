// The benchmark: `npm run bench [-- FOLDER]`. Times vary from machine to machine, ratios taken in one run less so: each
// round times the things to compare one after the other, and the median of the rounds' ratios is reported.
// Writes bench/RESULTS.md. With a FOLDER of C files it also compares a whole run with plain tree-sitter and, where they
// are installed, with ripgrep, ast-grep and spatch over the same files.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { flatExits, growingExits, longFunction } from './generate.js';

const root = join(import.meta.dirname, '..');
const bin = join(root, 'bin/goto-cleanup.js');
const rounds = Number(process.env.BENCH_ROUNDS ?? 5);
const folder = process.argv[2];
const scratch = mkdtempSync(join(tmpdir(), 'goto-cleanup-bench-'));

const EXITS = [50, 100, 200, 500];
const LINES = [500, 1000, 2000, 5000];

/** A run that takes longer is stopped, and its time is given as this. */
const LIMIT = 120;

/** CPU seconds, of all cores together, that one child process takes: other load on the machine disturbs them least. */
function run(command, args) {
  const shell = ['-c', 'TIMEFORMAT="%U %S"; time timeout "$@"', 'bash', String(LIMIT), command, ...args];
  const options = { stdio: ['ignore', 'ignore', 'pipe'], maxBuffer: 1 << 30, encoding: 'utf8' };
  const { status, stderr } = spawnSync('bash', shell, options);
  if (status === 124) return LIMIT;
  if (status === null || status > 1) throw new Error(`${command} ${args.join(' ')}: exit code ${status}\n${stderr}`);
  const [user, system] = stderr.trim().split('\n').at(-1).split(' ').map(Number);
  return user + system;
}

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** The root keeps what is known to the folder: outside git it would be whatever stands around it. */
function tool(path, within) {
  return run(process.execPath, [bin, 'check', '--exit-zero', '--isolated', '-q', '--root', within, path]);
}

/** How the time grows with the size, without the start of the process; `bound`: of the largest against a tenth of it. */
function growth(name, make, sizes, bound) {
  const paths = sizes.map((size) => {
    const path = join(scratch, `${name.replaceAll(' ', '_')}_${size}.c`);
    writeFileSync(path, make(size));
    return path;
  });
  const empty = join(scratch, 'empty.c');
  writeFileSync(empty, '');
  const samples = Array.from({ length: rounds }, () => {
    const start = tool(empty, scratch);
    return paths.map((path) => Math.max(0.01, tool(path, scratch) - start));
  });
  const times = sizes.map((_, at) => median(samples.map((sample) => sample[at])));
  const small = sizes.indexOf(sizes.at(-1) / 10);
  const ratio = median(samples.map((sample) => sample.at(-1) / sample[small]));
  const isKept = ratio <= bound && times.at(-1) < LIMIT - 1;
  return { name, sizes, times, exponent: slope(sizes.map(Math.log), times.map(Math.log)), ratio, bound, isKept };
}

/** Of the line with the least squares: on logarithms, the exponent of a power. */
function slope(xs, ys) {
  const mean = (list) => list.reduce((sum, one) => sum + one, 0) / list.length;
  const [x, y] = [mean(xs), mean(ys)];
  const products = xs.map((one, at) => (one - x) * (ys[at] - y));
  return mean(products) / mean(xs.map((one) => (one - x) ** 2));
}

/** What a hook costs that judges some staged files, as a multiple of starting Node. */
function hook(name, text, count, bound) {
  const repository = mkdtempSync(join(scratch, 'hook-'));
  const git = (...args) => spawnSync('git', ['-C', repository, ...args], { stdio: 'ignore' });
  git('init', '-q');
  for (let at = 0; at < count; at++) writeFileSync(join(repository, `file${at}.c`), text);
  git('add', '.');
  const samples = Array.from({ length: 3 * rounds }, () => {
    const node = run(process.execPath, ['-e', '0']);
    return { node, own: run(process.execPath, [bin, 'check', '--staged', '--root', repository]) };
  });
  const ratio = median(samples.map(({ own, node }) => own / node));
  return { name, own: median(samples.map(({ own }) => own)), ratio, bound };
}

function renderHook({ name, own, ratio, bound }) {
  return `| ${name} | ${seconds(own)} | ${ratio.toFixed(2)} | ${bound} |`;
}

/** All C files below a folder. */
function cFiles(path) {
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.c'))
    .map((name) => join(path, name))
    .filter((name) => statSync(name).isFile());
}

/** The tools that are installed, each as what it costs to look at every file once. */
function competitors(files) {
  const list = join(scratch, 'files');
  writeFileSync(list, files.join('\n'));
  const rule = join(scratch, 'rule.cocci');
  writeFileSync(rule, '@@ expression e; @@\n* free(e);\n');
  const all = [
    ['tree-sitter, parsing only', process.execPath, [join(root, 'bench/parse-only.js'), list]],
    ['ripgrep, one word', 'rg', ['-c', '-w', 'free', '-g', '*.c', folder]],
    ['ast-grep, one pattern', 'ast-grep', ['run', '-p', 'free($A)', '-l', 'c', folder]],
    ['spatch, one rule', 'spatch', ['--very-quiet', '--no-includes', '--sp-file', rule, '--dir', folder]],
  ];
  const isThere = ([, command]) => spawnSync(command, ['--version']).status === 0;
  return { there: all.filter(isThere), missing: all.filter((one) => !isThere(one)).map(([name]) => name) };
}

function compare() {
  const files = cFiles(folder);
  const bytes = files.reduce((sum, path) => sum + statSync(path).size, 0);
  const { there, missing } = competitors(files);
  const rows = there.map(([name, command, args]) => {
    const samples = Array.from({ length: rounds }, () => {
      const own = tool(folder, folder);
      const other = run(command, args);
      return { own, other, ratio: own / other };
    });
    return {
      name,
      own: median(samples.map((s) => s.own)),
      other: median(samples.map((s) => s.other)),
      ratio: median(samples.map((s) => s.ratio)),
    };
  });
  return { files: files.length, bytes, rows, missing };
}

function seconds(value) {
  if (value > LIMIT - 1) return `over ${LIMIT} s`;
  return value < 1 ? `${Math.round(value * 1000)} ms` : `${value.toFixed(1)} s`;
}

function renderGrowth({ name, sizes, times, exponent, ratio, bound }) {
  const isMeasured = times.at(-1) < LIMIT - 1;
  const [fitted, tenfold] = isMeasured ? [exponent.toFixed(2), ratio.toFixed(1)] : ['not measured', 'not measured'];
  return `| ${name} | ${sizes.join(', ')} | ${times.map(seconds).join(', ')} | ${fitted} | ${tenfold} | ${bound} |`;
}

function render(growths, hooks, comparison) {
  const lines = [
    '# Benchmark results',
    '',
    `Written by \`npm run bench\`. Node ${process.versions.node}, ${cpus().length} cores, medians of ${rounds} rounds.`,
    '',
    '## Growth',
    '',
    `CPU time of \`check\` on one file without the start of the process; a run is stopped after ${LIMIT} s.`,
    '',
    'The exponent is that of the power of the size that fits the times best: 1 is linear, 2 quadratic.',
    '',
    '| what grows | sizes | times | exponent | ten times the size | bound |',
    '| --- | --- | --- | --- | --- | --- |',
    ...growths.map(renderGrowth),
    '',
    '## A hook',
    '',
    'CPU time of `check --staged`, git included, against `node -e 0`. The goal is not a condition: most of it is Node loading modules.',
    '',
    '| what is staged | time | ratio | goal |',
    '| --- | --- | --- | --- |',
    ...hooks.map(renderHook),
  ];
  if (!comparison) return `${lines.join('\n')}\n`;
  lines.push(
    '',
    '## A whole tree',
    '',
    `${comparison.files} files, ${(comparison.bytes / 1e6).toFixed(1)} MB; CPU time.`,
    '',
  );
  lines.push('| against | goto-cleanup check | the other | ratio |', '| --- | --- | --- | --- |');
  lines.push(
    ...comparison.rows.map(
      (row) => `| ${row.name} | ${seconds(row.own)} | ${seconds(row.other)} | ${row.ratio.toFixed(2)} |`,
    ),
  );
  if (comparison.missing.length > 0) lines.push('', `Not installed: ${comparison.missing.join('; ')}.`);
  return `${lines.join('\n')}\n`;
}

try {
  const growths = [
    growth('exits that repeat one set', flatExits, EXITS, 15),
    growth('exits and resources', growingExits, EXITS, 15),
    growth('lines', longFunction, LINES, 15),
  ];
  const hooks = [
    hook('one file, nothing to find', 'int f(int x)\n{\n\treturn x;\n}\n', 1, 1.5),
    hook('five files with rewrites', flatExits(5), 5, 4),
  ];
  const text = render(growths, hooks, folder ? compare() : undefined);
  writeFileSync(join(root, 'bench/RESULTS.md'), text);
  console.log(text);
  if (growths.some((entry) => !entry.isKept)) process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
