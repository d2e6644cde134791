/* memory-left in grow, when realloc fails: the old block is overwritten with NULL. */
#include <stdlib.h>
#include <string.h>

static char *grow(size_t size) {
  char *text = malloc(8);
  if (text == NULL) return NULL;
  strcpy(text, "start");
#ifdef MENDED
  char *grown = realloc(text, size);
  if (grown == NULL) {
    free(text);
    return NULL;
  }
  text = grown;
#else
  text = realloc(text, size);
  if (text == NULL) return NULL;
#endif
  strcat(text, " and end");
  return text;
}

int main(void) {
  char *text = grow(100);
  int status = text == NULL;
  free(text);
  return status;
}
