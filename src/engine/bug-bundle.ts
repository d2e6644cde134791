/** Keeps what a report of a bug of ours needs: the text, the plan that was wrong, and the difference. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeAll } from './encoding.ts';
import type { OwnBug } from './run.ts';
import { hashBytes } from './state-folder.ts';

/** Writes the bundle; returns its folder. The same bug gives the same folder. */
export async function saveBundle(folder: string, bug: OwnBug, version: string): Promise<string> {
  const { text, ...plan } = bug;
  const bundle = join(folder, `bug-${bug.name}-${hashBytes(text + JSON.stringify(plan.edits)).slice(0, 8)}`);
  await mkdir(bundle, { recursive: true });
  await writeFile(join(bundle, 'input.c'), text, 'latin1');
  await writeFile(join(bundle, 'plan.json'), `${JSON.stringify({ version, ...decodeAll(plan) }, undefined, 2)}\n`);
  return bundle;
}
