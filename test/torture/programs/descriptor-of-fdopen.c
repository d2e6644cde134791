/* descriptor-left in read_first, when fdopen fails: the descriptor is still the caller's. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static int read_first(const char *path) {
  int descriptor = open(path, O_RDONLY);
  if (descriptor < 0) return -1;
  FILE *file = fdopen(descriptor, "r");
  if (file == NULL) {
#ifdef MENDED
    close(descriptor);
#endif
    return -1;
  }
  int status = fgetc(file) == EOF ? -1 : 0;
  fclose(file);
  return status;
}

int main(int count, char **arguments) { return read_first(arguments[count - 1]) != 0; }
