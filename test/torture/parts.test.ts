/** The parts of torture that need no compiler. */
import { describe, expect, it, test } from 'vitest';
import { sample } from '../../src/torture/choose-points.ts';
import { decodeControl, encodeControl } from '../../src/torture/control.ts';
import { groupFindings, isLibrarysOwn, placeOf } from '../../src/torture/group-findings.ts';
import { readLog } from '../../src/torture/read-log.ts';
import { RewrittenFunctions } from '../../src/torture/rewritten-functions.ts';
import { readToolReports } from '../../src/torture/sanitizer-report.ts';
import type { Frame } from '../../src/torture/symbolize.ts';

const LIBC = '/lib/x86_64-linux-gnu/libc.so.6';

function frame(name: string, line: number, module = '/bin/program'): Frame {
  return { function: name, path: '/src/a.c', line, module, address: '1' };
}

test('the control page has the layout of shim/shim.h', () => {
  const page = encodeControl({
    failAt: 2 ** 33,
    stack: 9,
    fromThenOn: true,
    classes: ['memory', 'lock'],
    trace: true,
    quarantine: false,
    reachable: true,
    program: 'server',
  });
  const view = new DataView(page.buffer, page.byteOffset);
  const isLittle = view.getUint32(0, true) === 0x54524f54;
  expect([8, 16, 20, 24, 28].map((at) => view.getUint32(at, isLittle))).toEqual([0, 1, 65, 5, 9]);
  expect(view.getBigUint64(8, isLittle)).toBe(2n ** 33n);
  expect(page.toString('latin1', 32, 40)).toBe('server\0\0');
  view.setBigUint64(256, 7n, isLittle);
  view.setUint32(264, 3, isLittle);
  view.setUint32(268, 2, isLittle);
  view.setUint32(272, 11, isLittle);
  view.setUint32(276, 12, isLittle);
  expect(decodeControl(page)).toEqual({ count: 7, injected: 3, pids: [11, 12] });
});

test('a log is read process by process, its modules by number', () => {
  const log = readLog(
    [
      'P 7 1 /bin/a program',
      'M 7 0 /bin/a program',
      'M 8 0 /bin/other',
      'F 7 3 strdup 0+1f,0+20',
      'L 7 descriptor lost 1 0 0+30 a file',
      'L 8 memory reachable 2 64 - ',
      'S 8 1 stack 0+1f',
      'A 8 2 malloc 1',
      'A 8 1 calloc 1',
      'X 7 double-release 8 0+1 0+2 0+3',
      'E 7 0 exit 0+40',
      'E 8 0 ret',
    ].join('\n'),
  );
  expect(log.programs).toEqual([{ pid: 7, path: '/bin/a program' }]);
  expect(log.failures).toEqual([
    {
      number: 3,
      name: 'strdup',
      stack: [
        { module: '/bin/a program', address: 31 },
        { module: '/bin/a program', address: 32 },
      ],
    },
  ]);
  expect(log.holdings).toMatchObject([
    { kind: 'descriptor', isLost: true, detail: 'a file' },
    { kind: 'memory', isLost: false, count: 2, size: 64, stack: [], detail: '' },
  ]);
  expect(log.trace.map(({ number, name, stack }) => [number, name, stack[0]?.module])).toEqual([
    [1, 'calloc', '/bin/other'],
    [2, 'malloc', '/bin/other'],
  ]);
  expect(log.faults).toMatchObject([{ what: 'double-release', size: 8, released: [{ address: 3 }] }]);
  // The last line was not finished.
  expect(log.ends).toMatchObject([{ pid: 7, how: 'exit' }]);
});

describe('reports of leak tools', () => {
  it('AddressSanitizer: what, and where it happened, not where the memory came from', () => {
    const text = `=================================================================
==123==ERROR: AddressSanitizer: heap-use-after-free on address 0x602000000010 at pc 0x1 bp 0x2 sp 0x3
READ of size 4 at 0x602000000010 thread T0
    #0 0x55d in use /src/a.c:12:3
    #1 0x55e in main /src/a.c:20

0x602000000010 is located 0 bytes inside of 16-byte region
freed by thread T0 here:
    #0 0x7f in __interceptor_free (/lib/libasan.so.8+0xb)
`;
    const frames = [
      { function: 'use', path: '/src/a.c', line: 12, module: '', address: '' },
      { function: 'main', path: '/src/a.c', line: 20, module: '', address: '' },
    ];
    expect(readToolReports(text)).toEqual([{ tool: 'AddressSanitizer', what: 'heap-use-after-free', stack: frames }]);
  });

  it('LeakSanitizer: direct leaks, without those that go with them', () => {
    const text = `==9==ERROR: LeakSanitizer: detected memory leaks

Direct leak of 8 byte(s) in 1 object(s) allocated from:
    #0 0x1 in __interceptor_malloc ../x.cpp:69
    #1 0x2 in make /src/a.c:3

Indirect leak of 8 byte(s) in 1 object(s) allocated from:
    #0 0x1 in __interceptor_malloc ../x.cpp:69
`;
    expect(readToolReports(text).map(({ what, stack }) => [what, stack.at(-1)?.function])).toEqual([
      ['Direct leak of 8 byte(s) in 1 object(s)', 'make'],
    ]);
  });

  it('UndefinedBehaviorSanitizer and valgrind', () => {
    const text = `/src/a.c:4:7: runtime error: load of null pointer
==5== Invalid read of size 4
==5==    at 0x10915E: use (a.c:9)
==5==    by 0x109176: main (a.c:14)
==5==  Address 0x4a8 is 0 bytes inside a block of size 4 free'd
==5== 16 bytes in 1 blocks are definitely lost in loss record 1 of 1
==5==    at 0x4843: malloc (in /usr/libexec/valgrind/vgpreload_memcheck.so)
==5== 32 bytes in 1 blocks are still reachable in loss record 2 of 2
==5==    at 0x4843: malloc (in /usr/libexec/valgrind/vgpreload_memcheck.so)
==5== ERROR SUMMARY: 2 errors from 2 contexts (suppressed: 0 from 0)
`;
    expect(readToolReports(text).map(({ tool, what }) => `${tool}: ${what}`)).toEqual([
      'UndefinedBehaviorSanitizer: load of null pointer',
      'valgrind: Invalid read of size 4',
      'valgrind: 16 bytes in 1 blocks are definitely lost in loss record 1 of 1',
    ]);
  });

  it('nothing in the words of a program', () => {
    expect(readToolReports('error: out of memory\n  #0 is not a frame\n')).toEqual([]);
  });
});

describe('places', () => {
  it('the first frame above the C library that has a line', () => {
    const stack = [frame('strlen', 1, LIBC), { ...frame('wrap', 2), function: 'own' }, frame('main', 3)];
    expect(placeOf(stack)?.function).toBe('own');
    expect(placeOf([])).toBeUndefined();
  });

  it('a fault within one call of the C library is its own, one in another call is not', () => {
    const call = [frame('setlocale', 5, LIBC), frame('start', 10), frame('main', 20)];
    const other = [frame('strlen', 5, LIBC), frame('start', 11), frame('main', 20)];
    expect(isLibrarysOwn(call, [frame('_nl_find', 1, LIBC), ...call])).toBe(true);
    expect(isLibrarysOwn(other, call)).toBe(false);
    expect(isLibrarysOwn(call.slice(1), call)).toBe(false);
  });

  it('findings are one for each place, whatever the failures', () => {
    const run = (number: number, line: number): Parameters<typeof groupFindings>[0][number] => ({
      failure: { number, mode: 'once', acquisition: 'malloc', stack: [frame('f', 9)] },
      faults: [{ code: 'memory-left', message: 'm', stack: [frame('f', line)], count: 1, bytes: number }],
    });
    const repeat = ({ number }: { number: number }): string[] => [String(number)];
    const rewritten = new RewrittenFunctions(['a.c:f', 'b.c:g']);
    const findings = groupFindings([run(1, 5), run(2, 6), run(3, 5)], rewritten, repeat);
    expect(findings).toMatchObject([
      { bytes: 1, others: [{ number: 3 }], repeat: ['1'], rewritten: ['f'] },
      { bytes: 2, others: [], repeat: ['2'], rewritten: ['f'] },
    ]);
  });

  it('a recursion without end is one hang, wherever it is found', () => {
    const cycle = [frame('panic', 1), frame('report', 2), frame('allocate', 3)];
    const run = (number: number, from: number): Parameters<typeof groupFindings>[0][number] => ({
      failure: { number, mode: 'onward', acquisition: 'malloc', stack: [] },
      faults: [{ code: 'hang', message: 'm', stack: [...cycle, ...cycle, ...cycle].slice(from), count: 1, bytes: 0 }],
    });
    const findings = groupFindings([run(1, 0), run(2, 1), run(3, 2)], new RewrittenFunctions([]), () => []);
    expect(findings).toHaveLength(1);
  });
});

test('a sample keeps the order, has no doubles, and its seed decides it', () => {
  const all = Array.from({ length: 50 }, (_, at) => at);
  const chosen = sample(all, 20, 3);
  expect(chosen).toEqual(sample(all, 20, 3));
  expect(chosen).not.toEqual(sample(all, 20, 4));
  expect(chosen).toEqual([...new Set(chosen)].toSorted((left, right) => left - right));
  expect(chosen).toHaveLength(20);
  expect(sample(all, 99, 1)).toEqual(all);
});
