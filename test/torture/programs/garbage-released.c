/* crash in index_words, when malloc fails: the label releases a pointer that was never set. */
#include <stdlib.h>
#include <string.h>

struct index {
  char *words, *places;
};

static int index_words(struct index *index) {
#ifdef MENDED
  index->places = NULL;
#endif
  index->words = malloc(32);
  if (index->words == NULL) goto fail;
  index->places = malloc(32);
  if (index->places == NULL) goto fail;
  return 0;
fail:
  free(index->places);
  free(index->words);
  return -1;
}

int main(void) {
  struct index index;
  memset(&index, 0x5a, sizeof index);
  if (index_words(&index) != 0) return 1;
  free(index.places);
  free(index.words);
  return 0;
}
