/** Where the tool keeps what belongs to one project and not into its tree. */
import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { findRepository } from './git.ts';

/** A folder in the git directory of the repository; outside git, one of the user's state. */
export function stateFolder(root: string, env: Readonly<Record<string, string | undefined>>): string {
  const repository = findRepository(root);
  if (repository) return join(repository.gitDir, 'goto-cleanup');
  const state = env['XDG_STATE_HOME'] ?? env['LOCALAPPDATA'] ?? join(homedir(), '.local', 'state');
  return join(state, 'goto-cleanup', hashBytes(Buffer.from(root).toString('latin1')).slice(0, 16));
}

/** SHA-256 of bytes as latin1, in hex. */
export function hashBytes(bytes: string): string {
  return createHash('sha256').update(bytes, 'latin1').digest('hex');
}
