/** What this package knows of itself: its version, and how it is started. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Two folders up in the sources, three in what is built from them. */
function findManifest(): string | undefined {
  const candidates = ['../../package.json', '../../../package.json'].map((path) => new URL(path, import.meta.url));
  const found = candidates.find((candidate) => existsSync(candidate));
  return found && fileURLToPath(found);
}

/** Read from the package.json above this file. */
export function readVersion(): string {
  const path = findManifest();
  return path === undefined
    ? 'unknown'
    : (JSON.parse(readFileSync(path, 'utf8')) as { readonly version: string }).version;
}

/** The script of the command, absolute. */
export function ownScript(): string {
  const manifest = findManifest();
  if (manifest === undefined) throw new Error('the package has lost its package.json');
  return join(dirname(manifest), 'bin', 'goto-cleanup.js');
}
