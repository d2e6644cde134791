/** Turns addresses into functions and lines, by addr2line or llvm-symbolizer. Without either, addresses they stay. */
import { spawnSync } from 'node:child_process';
import type { RawFrame, RawStack } from './read-log.ts';

/** One function of a call stack. Inlined ones have their own. */
export interface Frame {
  /** `??` where no symbol is known. */
  readonly function: string;
  readonly path?: string;
  readonly line?: number;
  /** The file the code is in: the program, or a library. */
  readonly module: string;
  /** Hexadecimal address in that file. */
  readonly address: string;
}

/** A call stack from the innermost frame up to main. */
export type Stack = readonly Frame[];

/** Frames of the shim, and those below main, are no part of a stack. */
const OWN = /^(?:torture_|__wrap_)/;
const MAIN = 'torture_main';

interface Location {
  readonly function: string;
  readonly path?: string;
  readonly line?: number;
}

export class Symbolizer {
  private readonly known = new Map<string, readonly Location[]>();
  private readonly shim: string | undefined;
  private readonly env: Readonly<Record<string, string | undefined>>;

  constructor(shim: string | undefined, env: Readonly<Record<string, string | undefined>>) {
    this.shim = shim;
    this.env = env;
  }

  /** Looks all addresses of some stacks up at once: a question for each file, not for each address. */
  load(stacks: readonly RawStack[]): void {
    const wanted = new Map<string, Set<number>>();
    for (const { module, address } of stacks.flat()) {
      if (module === '' || this.known.has(key(module, address))) continue;
      const addresses = wanted.get(module) ?? new Set();
      wanted.set(module, addresses.add(address));
    }
    for (const [module, addresses] of wanted) this.ask(module, [...addresses]);
  }

  /** The frames of one stack, without the shim's and what is below main. */
  resolve(stack: RawStack): Stack {
    this.load([stack]);
    const end = stack.findIndex((frame) => this.isBelowMain(frame));
    return (end < 0 ? stack : stack.slice(0, end)).flatMap((frame) => this.framesOf(frame));
  }

  private framesOf({ module, address }: RawFrame): Frame[] {
    if (module === this.shim) return [];
    const where = { module, address: address.toString(16) };
    const locations = this.known.get(key(module, address)) ?? [{ function: '??' }];
    return locations.flatMap((location) => (OWN.test(location.function) ? [] : [{ ...location, ...where }]));
  }

  private isBelowMain({ module, address }: RawFrame): boolean {
    const locations = this.known.get(key(module, address)) ?? [];
    return locations.some((location) => location.function === MAIN);
  }

  private ask(module: string, addresses: readonly number[]): void {
    // The addresses point behind the call: one less is in it.
    const input = addresses.map((address) => `0x${(address - 1).toString(16)}\n`).join('');
    const answers = this.askAddr2line(module, input);
    for (const [at, address] of addresses.entries())
      this.known.set(key(module, address), answers?.[at] ?? [{ function: '??' }]);
  }

  private askAddr2line(module: string, input: string): Location[][] | undefined {
    for (const program of ['addr2line', 'llvm-addr2line']) {
      const options = { input, encoding: 'latin1', env: this.env, maxBuffer: 1 << 30 } as const;
      const done = spawnSync(program, ['-a', '-f', '-i', '-e', module], options);
      if (done.status === 0) return splitAnswers(done.stdout);
    }
    return undefined;
  }
}

function key(module: string, address: number): string {
  return `${module}+${address}`;
}

/** After each address, which `-a` prints, a pair of lines for each function, the innermost first. */
function splitAnswers(output: string): Location[][] {
  const answers: Location[][] = [];
  const lines = output.split('\n');
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (/^0x[0-9a-f]+$/.test(line)) answers.push([]);
    else if (line !== '') answers.at(-1)?.push(readLocation(line, lines[++at] ?? ''));
  }
  return answers;
}

function readLocation(name: string, place: string): Location {
  const match = /^(.*):(\d+|\?)(?: \(discriminator \d+\))?$/.exec(place);
  const [, path = '??', line = '?'] = match ?? [];
  // `__GI_` and versions (`open@@GLIBC_2.2.5`) are the library's own business.
  const plain = name.replace(/@.*$/, '').replace(/^__GI_/, '');
  return {
    function: plain,
    ...(path !== '??' && { path }),
    ...(line !== '?' && line !== '0' && path !== '??' && { line: Number(line) }),
  };
}
