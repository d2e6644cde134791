/* hang in insist, when malloc fails: it tries again until it works, which it never does. */
#include <stdlib.h>

static char *insist(size_t size) {
  char *memory = malloc(size);
#ifdef MENDED
  for (int tries = 0; memory == NULL && tries < 3; tries++) memory = malloc(size);
#else
  while (memory == NULL) memory = malloc(size);
#endif
  return memory;
}

int main(void) {
  char *memory = insist(12);
  int status = memory == NULL;
  free(memory);
  return status;
}
