/* memory-left in read_lines, when getline fails: it returns -1 and the buffer of the line before is still there. */
#include <stdio.h>
#include <stdlib.h>

static int read_lines(FILE *file) {
  char *line = NULL;
  size_t room = 0;
  for (int count = 0; count < 2; count++) {
    if (getline(&line, &room, file) < 0) {
#ifdef MENDED
      free(line);
#endif
      return -1;
    }
  }
  free(line);
  return 0;
}

int main(int count, char **arguments) {
  FILE *file = fopen(arguments[count - 1], "rb");
  if (file == NULL) return 1;
  int status = read_lines(file) != 0;
  fclose(file);
  return status;
}
