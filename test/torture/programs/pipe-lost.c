/* descriptor-left in connect_both, when pipe fails: both ends of the first pipe stay open. */
#include <unistd.h>

static int connect_both(int to[2], int from[2]) {
  if (pipe(to) != 0) return -1;
  if (pipe(from) != 0) {
#ifdef MENDED
    close(to[0]);
    close(to[1]);
#endif
    return -1;
  }
  return 0;
}

int main(void) {
  int to[2], from[2];
  if (connect_both(to, from) != 0) return 1;
  close(to[0]);
  close(to[1]);
  close(from[0]);
  close(from[1]);
  return 0;
}
