/* crash in align, when posix_memalign fails: it leaves the pointer as it was, which is released. */
#include <stdlib.h>
#include <string.h>

static int align(void) {
  void *block;
  memset(&block, 0x5a, sizeof block);
#ifdef MENDED
  if (posix_memalign(&block, 64, 256) != 0) return -1;
#else
  if (posix_memalign(&block, 64, 256) != 0) {
    free(block);
    return -1;
  }
#endif
  free(block);
  return 0;
}

int main(void) { return align() != 0; }
