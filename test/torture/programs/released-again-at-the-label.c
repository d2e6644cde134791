/* double-release in load, when malloc fails: what was released in the middle is released again at the label. */
#include <stdlib.h>

static int load(void) {
  int result = -1;
  char *head = malloc(16);
  char *body = NULL;
  if (head == NULL) goto done;
  head[0] = 'x';
  free(head);
#ifdef MENDED
  head = NULL;
#endif
  body = malloc(64);
  if (body == NULL) goto done;
  head = NULL;
  result = 0;
done:
  free(body);
  free(head);
  return result;
}

int main(void) { return load() != 0; }
