/* file-left in copy, when fopen fails: the first FILE stays open. */
#include <stdio.h>

static int copy(const char *from, const char *to) {
  FILE *in = fopen(from, "rb");
  if (in == NULL) return -1;
  FILE *out = fopen(to, "wb");
  if (out == NULL) {
#ifdef MENDED
    fclose(in);
#endif
    return -1;
  }
  int character = fgetc(in);
  if (character != EOF) fputc(character, out);
  fclose(out);
  fclose(in);
  return 0;
}

int main(int count, char **arguments) { return copy(arguments[count - 1], "/dev/null") != 0; }
