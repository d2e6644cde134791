/* double-release in main, when malloc fails: the function releases its argument, and so does the caller. */
#include <stdlib.h>

static int attach(char *node) {
  char *edge = malloc(16);
  if (edge == NULL) {
#ifndef MENDED
    free(node);
#endif
    return -1;
  }
  free(edge);
  return 0;
}

int main(void) {
  char *node = malloc(32);
  if (node == NULL) return 1;
  int status = attach(node) != 0;
  free(node);
  return status;
}
