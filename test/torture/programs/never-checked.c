/* crash in fill, when calloc fails: the result is not looked at. */
#include <stdlib.h>

static int fill(size_t count) {
  int *values = calloc(count, sizeof *values);
#ifdef MENDED
  if (values == NULL) return -1;
#endif
  values[count - 1] = 1;
  free(values);
  return 0;
}

int main(void) { return fill(10) != 0; }
