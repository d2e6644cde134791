/* descriptor-left in listen_at, when strdup fails: the socket stays open. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct listener {
  int socket;
  char *name;
};

static int listen_at(struct listener *listener, const char *name) {
  listener->socket = socket(AF_UNIX, SOCK_STREAM, 0);
  if (listener->socket < 0) return -1;
  listener->name = strdup(name);
  if (listener->name == NULL) {
#ifdef MENDED
    close(listener->socket);
#endif
    return -1;
  }
  return 0;
}

int main(void) {
  struct listener listener;
  if (listen_at(&listener, "here") != 0) return 1;
  free(listener.name);
  close(listener.socket);
  return 0;
}
