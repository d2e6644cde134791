/* memory-left in copy_names, when strdup fails: the names copied so far are lost. */
#include <stdlib.h>
#include <string.h>

static char **copy_names(const char *const *names, size_t count) {
  char **copies = calloc(count, sizeof *copies);
  if (copies == NULL) return NULL;
  for (size_t at = 0; at < count; at++) {
    copies[at] = strdup(names[at]);
    if (copies[at] == NULL) {
#ifdef MENDED
      while (at-- > 0) free(copies[at]);
#endif
      free(copies);
      return NULL;
    }
  }
  return copies;
}

int main(void) {
  static const char *const names[] = {"one", "two", "three"};
  char **copies = copy_names(names, 3);
  if (copies == NULL) return 1;
  for (size_t at = 0; at < 3; at++) free(copies[at]);
  free(copies);
  return 0;
}
