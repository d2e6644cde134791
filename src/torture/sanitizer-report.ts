/** Reads what sanitizers and valgrind print on stderr. */
import type { Frame } from './symbolize.ts';

/** One complaint of a leak tool. */
export interface ToolReport {
  /** AddressSanitizer, LeakSanitizer, UndefinedBehaviorSanitizer, valgrind ... */
  readonly tool: string;
  /** In the tool's words: `heap-use-after-free`, `Direct leak of 8 byte(s) in 1 object(s)`. */
  readonly what: string;
  readonly stack: readonly Frame[];
}

const HEAD =
  /^==\d+==\s?ERROR: (?<tool>\w+Sanitizer): (?<what>.*)$|^(?<leak>(?:Direct|Indirect) leak of .*?)(?: allocated from:)?$|^(?<place>\S+:\d+:\d+): runtime error: (?<runtime>.*)$|^==\d+== (?<memcheck>(?:Invalid|Conditional jump|Use of uninit|Mismatched|\d[\d,]* (?:\([^)]*\) )?bytes in ).*)$/;
const SANITIZER_FRAME = /^\s+#\d+ 0x[0-9a-f]+ (?:in (?<function>\S+) )?(?<place>.*)$/;
const VALGRIND_FRAME = /^==\d+==\s+(?:at|by) 0x[0-9A-F]+: (?<function>\S+) \((?<place>.*)\)$/;

/** The complaints in a text, in its order. Indirect leaks are left out: they go with a direct one. */
export function readToolReports(text: string): ToolReport[] {
  const reports: ToolReport[] = [];
  let current: { tool: string; what: string; stack: Frame[] } | undefined;
  const close = (): void => {
    if (current && isComplaint(current.what)) reports.push(current);
    current = undefined;
  };
  for (const line of text.split(/\r?\n/)) {
    const head = HEAD.exec(line)?.groups;
    if (head) {
      close();
      current = openReport(head);
    } else if (current) {
      const frame = SANITIZER_FRAME.exec(line) ?? VALGRIND_FRAME.exec(line);
      if (frame) current.stack.push(readFrame(frame.groups ?? {}));
      // Behind the first stack others follow (freed by, allocated by): the first is where it happened.
      else if (current.stack.length > 0) close();
    }
  }
  close();
  return reports;
}

function openReport(head: Record<string, string | undefined>): { tool: string; what: string; stack: Frame[] } {
  const { tool, what = '', leak, place, runtime, memcheck } = head;
  if (leak !== undefined) return { tool: 'LeakSanitizer', what: leak, stack: [] };
  if (memcheck !== undefined) return { tool: 'valgrind', what: memcheck, stack: [] };
  if (runtime !== undefined)
    return { tool: 'UndefinedBehaviorSanitizer', what: runtime, stack: [readFrame({ function: '??', place })] };
  return {
    tool: tool ?? '',
    what: what.replace(/ on (?:unknown )?address .*$/, '').replace(/\s*\(pc .*$/, ''),
    stack: [],
  };
}

/** `detected memory leaks` is a headline; of valgrind's records of blocks only those that nothing points to count. */
function isComplaint(what: string): boolean {
  if (what.startsWith('detected memory leaks') || what.startsWith('Indirect leak')) return false;
  return !/bytes in .* (?:still reachable|indirectly lost|possibly lost|suppressed)/.test(what);
}

function readFrame({ function: name = '??', place = '' }: Record<string, string | undefined>): Frame {
  const match = /^(.*?):(\d+)(?::\d+)?$/.exec(place);
  const module = /^\((.*?)\+0x[0-9a-f]+\)/.exec(place)?.[1] ?? '';
  return {
    function: name,
    ...(match && { path: match[1] ?? '', line: Number(match[2]) }),
    module,
    address: '',
  };
}
