/* crash in main, when strdup fails: a pointer is read from memory that is released, and followed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct session {
  char *name;
  int *state;
};

static struct session *start(struct session *session) {
  session->name = strdup("session");
  if (session->name == NULL) {
#ifndef MENDED
    free(session);
#endif
    return NULL;
  }
  return session;
}

int main(void) {
  static int state = 3;
  struct session *session = malloc(sizeof *session);
  if (session == NULL) return 1;
  session->state = &state;
  if (start(session) == NULL) {
    int final = *session->state;
#ifdef MENDED
    free(session);
#endif
    return final;
  }
  free(session->name);
  free(session);
  return 0;
}
