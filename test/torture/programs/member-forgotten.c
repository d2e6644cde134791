/* memory-left in open_box, when calloc fails: the destructor of a half-made box forgets its label. */
#include <stdlib.h>
#include <string.h>

struct box {
  char *label;
  int *content;
};

static struct box *open_box(const char *label) {
  struct box *box = malloc(sizeof *box);
  if (box == NULL) return NULL;
  box->content = NULL;
  box->label = strdup(label);
  if (box->label == NULL) goto fail;
  box->content = calloc(16, sizeof *box->content);
  if (box->content == NULL) goto fail;
  return box;
fail:
#ifdef MENDED
  free(box->label);
#endif
  free(box);
  return NULL;
}

int main(void) {
  struct box *box = open_box("tools");
  if (box == NULL) return 1;
  free(box->content);
  free(box->label);
  free(box);
  return 0;
}
