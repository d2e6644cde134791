/* abort in check, when malloc fails: an assertion is no treatment of a failure. */
#include <assert.h>
#include <stdlib.h>

static int check(void) {
  char *memory = malloc(9);
#ifdef MENDED
  if (memory == NULL) return -1;
#endif
  assert(memory != NULL);
  free(memory);
  return 0;
}

int main(void) { return check() != 0; }
