/* descriptor-left in measure, when malloc fails: the file is not closed. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static int measure(const char *path) {
  int file = open(path, O_RDONLY);
  if (file < 0) return -1;
  char *buffer = malloc(64);
  if (buffer == NULL) {
#ifdef MENDED
    close(file);
#endif
    return -1;
  }
  int status = read(file, buffer, 64) < 0 ? -1 : 0;
  free(buffer);
  close(file);
  return status;
}

int main(int count, char **arguments) { return measure(arguments[count - 1]) != 0; }
