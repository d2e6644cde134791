// Damage on real trees: `npm run damage -- [--kind NAME] [--function REGEX] TREE...`. Each TREE is a folder of real C.
// All its rewrites are planned and proved; then each kind of damage of test/damage is done to each of them, and the
// judge is asked about the damaged function. What it accepts is printed as a change of the rewrite: it is no damage
// after all, or a hole in the judge.
// Exit code 0: nothing was accepted; 1: something was; 2: wrong use.
import { existsSync, realpathSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createConfigStore } from '../../src/engine/config.ts';
import { createContextSource } from '../../src/engine/context.ts';
import { diffTexts, renderHunk } from '../../src/engine/diff.ts';
import { discoverFiles } from '../../src/engine/discover.ts';
import { readSource } from '../../src/engine/read-source.ts';
import { workTreeFiles } from '../../src/engine/repository-files.ts';
import { DAMAGE_KINDS } from '../../test/damage/kinds.ts';
import { damagedVersions, type DamagedVersion } from './damaged-versions.ts';

interface Count {
  versions: number;
  accepted: number;
}

/** One tree: its rewrites damaged, and what was accepted printed. Counts by kind. */
async function runTree(
  tree: string,
  kinds: typeof DAMAGE_KINDS,
  functionPattern: RegExp | undefined,
): Promise<Map<string, Count>> {
  const root = realpathSync(tree);
  const configs = createConfigStore(root, undefined);
  const flags = { presets: [], pairs: [], ...(functionPattern && { functionPattern }) };
  const contexts = createContextSource(workTreeFiles(root), configs, flags);
  const counts = new Map(kinds.map(({ name }) => [name, { versions: 0, accepted: 0 }]));
  let functions = 0;
  for (const file of discoverFiles({ cwd: root, root, paths: ['.'], excludes: [] }, configs)) {
    // Native trees are given back between turns of the event loop.
    await setImmediate();
    const source = readSource(file);
    if (source.kind !== 'text') continue;
    const { context } = contexts.contextOf(file);
    for (const { name, line, versions } of damagedVersions(source.text, file.path, context, kinds)) {
      functions++;
      for (const version of versions) count(counts, version, `${file.path}:${line} ${name}`);
    }
  }
  console.log(`${basename(root)}: ${functions} rewritten functions damaged`);
  return counts;
}

function count(counts: ReadonlyMap<string, Count>, version: DamagedVersion, place: string): void {
  const sum = counts.get(version.kind);
  if (!sum) return;
  sum.versions++;
  if (!version.isAccepted) return;
  sum.accepted++;
  console.log(`accepted: ${version.kind}, ${place}`);
  const hunks = diffTexts(version.rewritten, version.damaged);
  console.log(hunks.map((hunk) => renderHunk(hunk, '')).join(''));
}

function printCounts(counts: ReadonlyMap<string, Count>): void {
  for (const [name, { versions, accepted }] of counts)
    console.log(`  ${name}: ${versions} versions${accepted > 0 ? `, ${accepted} ACCEPTED` : ''}`);
  const all = [...counts.values()];
  const sum = (key: keyof Count): number => all.reduce((total, one) => total + one[key], 0);
  console.log(`  all: ${sum('versions')} versions, ${sum('accepted')} accepted`);
  if (sum('accepted') > 0) process.exitCode = 1;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { kind: { type: 'string' }, function: { type: 'string' } },
});
const trees = positionals.map((tree) => resolve(tree));
const kinds = DAMAGE_KINDS.filter(({ name }) => values.kind === undefined || name === values.kind);
if (trees.length === 0 || !trees.every((tree) => existsSync(tree) && statSync(tree).isDirectory()) || !kinds.length) {
  console.error('npm run damage -- [--kind NAME] [--function REGEX] TREE...   each TREE a folder of C files');
  console.error(`kinds: ${DAMAGE_KINDS.map(({ name }) => name).join(', ')}`);
  process.exitCode = 2;
} else {
  const pattern = values.function === undefined ? undefined : new RegExp(values.function);
  for (const tree of trees) printCounts(await runTree(tree, kinds, pattern));
}
