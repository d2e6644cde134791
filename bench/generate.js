// Makes C for the benchmark: functions whose size is the only thing that differs.

/** A function with `count` exits, each of which frees what the one before it freed and one thing more. */
export function growingExits(count) {
  const lines = ['#include <stdlib.h>', 'int check(int);', '', `int grow_${count}(int n) {`];
  for (let exit = 0; exit < count; exit++) {
    lines.push(`  char *p${exit} = malloc(${exit + 1});`, `  if (!p${exit}) {`);
    // A window: the text grows with the number of exits, not with its square.
    for (let held = exit - 1; held >= 0 && held >= exit - 4; held--) lines.push(`    free(p${held});`);
    lines.push('    return -1;', '  }');
  }
  lines.push('  return check(n);', '}', '');
  return lines.join('\n');
}

/** A function with `count` sequential exits that all release the same three. */
export function flatExits(count) {
  const releases = ['    free(c);', '    free(b);', '    free(a);'];
  const lines = ['#include <stdlib.h>', 'int check(int);', '', `int flat_${count}(int n) {`];
  lines.push('  char *a = malloc(1);', '  char *b = malloc(2);', '  char *c = malloc(3);');
  for (let exit = 0; exit < count; exit++)
    lines.push(`  if (check(n + ${exit})) {`, ...releases, '    return -1;', '  }');
  lines.push('  free(c);', '  free(b);', '  free(a);', '  return 0;', '}', '');
  return lines.join('\n');
}

/** A function of about `count` lines, mostly without exits, that ends in a few shared ones. */
export function longFunction(count) {
  const body = Array.from({ length: Math.floor(count / 5) }, (_, at) => [
    `  total += a[${at % 16}] * n;`,
    `  if (total > ${at}) {`,
    `    total -= b[${at % 16}];`,
    '  }',
    `  a[${at % 16}] = (char)total;`,
  ]).flat();
  const exit = ['  if (check(total)) {', '    free(b);', '    free(a);', '    return -1;', '  }'];
  const head = ['#include <stdlib.h>', 'int check(int);', '', `int long_${count}(int n) {`, '  int total = 0;'];
  const acquire = ['  char *a = calloc(16, 1);', '  char *b = calloc(16, 1);'];
  const tail = ['  free(b);', '  free(a);', '  return total;', '}', ''];
  return [...head, ...acquire, ...exit, ...body, ...exit, ...exit, ...tail].join('\n');
}
