/** What the bin calls: checks the version of Node before anything newer is loaded, then runs. */
import { inspect } from 'node:util';

const OLDEST_NODE = [20, 19] as const;

/** Runs the command line of this process; returns the exit code. */
export async function start(process: NodeJS.Process): Promise<number> {
  const complaint = complainAboutNode(process.versions.node);
  if (complaint !== undefined) {
    process.stderr.write(`${complaint}\n`);
    return 2;
  }
  const [{ main }, { createProcessIo }] = await Promise.all([import('./main.ts'), import('./process-io.ts')]);
  try {
    return await main(process.argv.slice(2), createProcessIo(process));
  } catch (error) {
    // Left to Node it would end with 1, which says that there are findings.
    process.stderr.write(`goto-cleanup: a bug of ours, please report it:\n${inspect(error)}\n`);
    return 2;
  }
}

/** A sentence when this version of Node is too old, else undefined. */
export function complainAboutNode(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return undefined;
  return `goto-cleanup: needs Node ${oldestMajor}.${oldestMinor} or newer; this is Node ${version}`;
}
