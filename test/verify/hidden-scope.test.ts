/** What a macro of the file hides is refused by the judge for itself, whoever made the second version. */
import { describe, expect, test } from 'vitest';
import { verify } from '../../src/index.ts';

const before = (macro: string, use: string): string => `#include <stdlib.h>
int enter(char *pass, int n);
void punch(int *ticket);
${macro}

int board(int n) {
  char *pass = malloc(n);
  if (enter(pass, 1)) {
    free(pass);
    return -1;
  }
  ${use}
  if (enter(pass, 2)) {
    free(pass);
    return -1;
  }
  free(pass);
  return 0;
}
`;

const after = (macro: string, use: string): string =>
  before(macro, use)
    .replaceAll('    free(pass);\n    return -1;', '    goto out;')
    .replace('  char *pass', '  int ret = -1;\n  char *pass')
    .replace('  free(pass);\n  return 0;', '  ret = 0;\nout:\n  free(pass);\n  return ret;');

describe('a macro that hides what no jump may pass', () => {
  test.each([
    ['#define PUNCHED __attribute__((cleanup(punch)))', 'int ticket PUNCHED = n;'],
    ['#define PUNCHED __attribute__((unused, __cleanup__(punch)))', 'PUNCHED int ticket = n;'],
    ['#define _hidden_ __attribute__((cleanup(punch)))', '_hidden_ int ticket = n;'],
    ['#define TICKET_T int __attribute__((cleanup(punch)))', 'TICKET_T ticket = n;'],
    ['#define AUTO(type, f) __attribute__((cleanup(f))) type', 'AUTO(int, punch) ticket = n;'],
    ['#define TICKET(t) int t __attribute__((cleanup(punch))) = 1', 'TICKET(ticket);'],
    ['#define INNER(t) int t __attribute__((cleanup(punch))) = 1\n#define TICKET(t) INNER(t)', 'TICKET(ticket);'],
    ['#define TICKETS(t, n) int t[n]', 'TICKETS(tickets, n);'],
    ['#define TICKETS(t, n) int t[4], *u[n]', 'TICKETS(tickets, n);'],
    ['#define TICKETS int tickets[n]', 'TICKETS;'],
    ['#define TICKETS(n) typedef int row[n]', 'TICKETS(n);'],
  ])('%s', (macro, use) => {
    const [board] = verify(before(macro, use), after(macro, use)).functions;
    expect([board?.verdict, board?.reason]).toEqual(['unproved', expect.stringMatching(/^the macro `\w+` /)]);
  });

  test.each([
    ['#define TICKET(t) int t = 1', 'TICKET(ticket);'],
    ['#define TICKETS(t) int t[4]', 'TICKETS(tickets);'],
    ['#define FIRST(t) ((t)[0])', 'int tickets[4]; FIRST(tickets) = n;'],
    ['void cleanup(int *t);\n#define DONE(t) cleanup(&(t))', 'int ticket = n; DONE(ticket);'],
    ['#define SWAP(a) do { int t[sizeof(a)]; t[0] = 1; } while (0)', 'SWAP(n);'],
  ])('but not: %s', (macro, use) => {
    const [board] = verify(before(macro, use), after(macro, use)).functions;
    expect([board?.verdict, board?.reason]).toEqual(['identical', undefined]);
  });
});
