/** Whether a program can be tested at all. What can't be said beforehand shows in the first run. */
import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { UsageError } from '../base/usage-error.ts';

export interface ProgramQuestion {
  readonly name: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The shim is linked into it. */
  readonly isWrapped: boolean;
}

/** The words in the shim by which a program that it was linked into is known. */
const MARKER = 'goto-cleanup torture shim 1';

/**
 * Finds the program of a command and looks at it.
 * @returns its absolute path
 * @throws UsageError for one that is not there, or that no failure can be injected into
 */
export function checkProgram(question: ProgramQuestion): string {
  const path = findProgram(question);
  const { name } = question;
  const bytes = readProgram(path, name);
  const elf = describeElf(bytes);
  if (question.isWrapped) {
    if (elf && !bytes.includes(MARKER)) throw new UsageError(`"${name}" was not linked with the flags of --wrap`);
    return path;
  }
  if (isSetUid(path)) {
    throw new UsageError(`"${name}" is set-uid: the system loads no shim into it; test a copy without that bit`);
  }
  // A script: its interpreter is what runs, and what it starts.
  if (!elf) return path;
  if (!elf.isDynamic) {
    throw new UsageError(
      `"${name}" is statically linked: no shim can be loaded into it; link it with the flags that torture --wrap prints`,
    );
  }
  if (bytes.includes('__asan_init')) {
    throw new UsageError(
      `"${name}" has AddressSanitizer, which must come first: link it with the flags that torture --wrap prints`,
    );
  }
  return path;
}

/** @throws UsageError elsewhere: the shim stands on the ELF loader, /proc and the C library of Linux */
export function requireLinux(): void {
  if (process.platform !== 'linux') throw new UsageError('torture works on Linux only');
}

function findProgram({ name, cwd, env }: ProgramQuestion): string {
  const isPath = name.includes('/');
  const folders = isPath ? [''] : (env['PATH'] ?? '').split(delimiter).map((folder) => folder || '.');
  const candidates = folders.map((folder) => resolve(cwd, join(folder, name)));
  const there = candidates.filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true);
  const runnable = there.find((path) => isExecutable(path));
  if (runnable !== undefined) return runnable;
  if (there.length > 0) throw new UsageError(`"${name}" can't be executed: permission denied`);
  throw new UsageError(isPath ? `no such program: "${name}"` : `no such program in PATH: "${name}"`);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function readProgram(path: string, name: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UsageError(`"${name}" can't be read: ${(error as Error).message}`);
  }
}

/** The loader drops what is preloaded when the program runs with other rights than the one who starts it. */
function isSetUid(path: string): boolean {
  const { mode, uid, gid } = statSync(path);
  const changesUser = (mode & 0o4000) !== 0 && uid !== process.getuid?.();
  const changesGroup = (mode & 0o2010) === 0o2010 && gid !== process.getgid?.();
  return changesUser || changesGroup;
}

const PT_INTERP = 3;

/** undefined for what is no ELF file. Dynamic: it has an interpreter, the loader. */
function describeElf(bytes: Buffer): { readonly isDynamic: boolean } | undefined {
  if (bytes.length < 64 || bytes.readUInt32BE(0) !== 0x7f454c46) return undefined;
  const is64 = bytes[4] === 2;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isLittle = bytes[5] === 1;
  const start = is64 ? Number(view.getBigUint64(32, isLittle)) : view.getUint32(28, isLittle);
  const [size, count] = [54, 56].map((at) => view.getUint16(is64 ? at : at - 12, isLittle));
  const types = Array.from({ length: count ?? 0 }, (_, at) => start + at * (size ?? 0))
    .filter((at) => at + 4 <= bytes.length)
    .map((at) => view.getUint32(at, isLittle));
  return { isDynamic: types.includes(PT_INTERP) };
}
