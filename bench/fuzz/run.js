// The fuzzer: `npm run fuzz -- [--rounds N] [--seed S] [--first K] [--jobs J] [--out FOLDER] [PATH]...`
// Takes functions from the .c files of the paths (the fixtures and examples where none is given), damages them, and
// plans, proves and explains every mutant. A crash, a hang, a wrong plan, or a rewrite that a second run changes again is
// reported with its round, and the mutant is kept in the folder. The same seed and round give the same mutant.
// The exit code is 1 when something was found.
import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createMutants } from './mutants.js';

/** A round that takes more seconds has hanged. */
const LIMIT = 300;

const root = join(import.meta.dirname, '../..');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    first: { type: 'string', default: '0' },
    jobs: { type: 'string', default: '1' },
    out: { type: 'string' },
  },
});
const first = Number(values.first);
const end = first + Number(values.rounds);
const out = values.out ?? mkdtempSync(join(tmpdir(), 'goto-cleanup-fuzz-'));
mkdirSync(out, { recursive: true });

function cFiles(path) {
  if (!statSync(path).isDirectory()) return [path];
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.c'));
  return names
    .toSorted()
    .map((name) => join(path, name))
    .filter((name) => statSync(name, { throwIfNoEntry: false })?.isFile());
}

const paths = positionals.length > 0 ? positionals : [join(root, 'fixtures'), join(root, 'examples')];
const files = paths.flatMap(cFiles);
if (files.length === 0) throw new Error('there are no .c files to take functions from');
const seed = Number(values.seed);
// In a file: the names of a large tree are more than an argument may hold.
const task = join(out, 'task.json');
writeFileSync(task, JSON.stringify({ files, seed }));
const mutantOf = createMutants(files, seed);

let next = first;
let done = 0;
let slowest = { round: -1, seconds: 0 };
const found = [];

function report(round, problem) {
  found.push(round);
  writeFileSync(join(out, `round-${round}.c`), mutantOf(round).mutant, 'latin1');
  writeFileSync(join(out, `round-${round}.txt`), `${problem}\n`);
  console.log(`round ${round}: ${problem}`);
}

/** Keeps one process busy; one that dies or hangs is replaced. */
function work() {
  return new Promise((resolve) => {
    let child;
    let timer;
    let round;
    const go = () => {
      clearTimeout(timer);
      if (next >= end) {
        round = undefined;
        child.disconnect();
        return resolve();
      }
      round = next++;
      timer = setTimeout(() => child.kill('SIGKILL'), LIMIT * 1000);
      child.send(round);
    };
    const start = () => {
      child = fork(join(import.meta.dirname, 'worker.js'), [task], { execArgv: ['--max-old-space-size=2000'] });
      child.on('message', (answer) => {
        done++;
        if (answer.problem !== undefined) report(answer.round, answer.problem);
        if (answer.seconds > slowest.seconds) slowest = answer;
        if (done % 1000 === 0) console.error(`${done} rounds, ${found.length} problems`);
        go();
      });
      child.on('exit', (code, signal) => {
        if (round === undefined) return;
        done++;
        report(round, signal === 'SIGKILL' ? `took more than ${LIMIT} s` : `the process died: ${code ?? signal}`);
        start();
      });
      go();
    };
    start();
  });
}

await Promise.all(Array.from({ length: Number(values.jobs) }, work));
const { round, seconds } = slowest;
console.log(`${done} rounds, seed ${values.seed}, ${files.length} files: ${found.length} problems`);
console.log(`slowest: round ${round}, ${seconds.toFixed(1)} s of CPU`);
if (found.length > 0) {
  console.log(`kept in ${out}`);
  process.exitCode = 1;
}
