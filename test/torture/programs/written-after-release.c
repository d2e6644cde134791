/* write-after-release in drop, when calloc fails: the counter of a record that is released is set. */
#include <stdlib.h>

struct record {
  int count;
  int *values;
};

static void drop(struct record *record) { free(record); }

static struct record *make(void) {
  struct record *record = malloc(sizeof *record);
  if (record == NULL) return NULL;
  record->values = calloc(4, sizeof *record->values);
  if (record->values == NULL) {
#ifdef MENDED
    record->count = 0;
    drop(record);
#else
    drop(record);
    record->count = 0;
#endif
    return NULL;
  }
  record->count = 4;
  return record;
}

int main(void) {
  struct record *record = make();
  if (record == NULL) return 1;
  free(record->values);
  drop(record);
  return 0;
}
