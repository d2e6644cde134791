/* A void function: the last exit is the closing brace, and there is no value to carry. */
#include <stdio.h>
#include <stdlib.h>

void print_reversed(const char *path, long limit) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) {
    return;
  }

  char *bytes = malloc((size_t)limit);
  if (bytes == NULL) {
    fclose(file);
    return;
  }

  size_t size = fread(bytes, 1, (size_t)limit, file);
  if (size == 0) {
    free(bytes);
    fclose(file);
    return;
  }

  if (ferror(file)) {
    free(bytes);
    fclose(file);
    return;
  }

  while (size > 0) {
    putchar(bytes[--size]);
  }

  free(bytes);
  fclose(file);
}
