/* memory-left in describe, when asprintf fails: the text before it is lost. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>

static int describe(int number) {
  char *head = NULL, *body = NULL;
  if (asprintf(&head, "number %d", number) < 0) return -1;
  if (asprintf(&body, "%s squared is %d", head, number * number) < 0) {
#ifdef MENDED
    free(head);
#endif
    return -1;
  }
  int status = body[0] == 'n' ? 0 : -1;
  free(body);
  free(head);
  return status;
}

int main(void) { return describe(7) != 0; }
