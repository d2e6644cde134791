/* mapping-left in map_room, when malloc fails: the mapping is not given back. */
#include <stdlib.h>
#include <sys/mman.h>

static int map_room(size_t size) {
  char *room = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (room == MAP_FAILED) return -1;
  int *plan = malloc(sizeof *plan);
  if (plan == NULL) {
#ifdef MENDED
    munmap(room, size);
#endif
    return -1;
  }
  room[0] = 1;
  free(plan);
  munmap(room, size);
  return 0;
}

int main(void) { return map_room(1 << 16) != 0; }
