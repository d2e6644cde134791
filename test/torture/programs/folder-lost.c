/* folder-left in count_entries, when calloc fails: the DIR stays open. */
#include <dirent.h>
#include <stdlib.h>

static int count_entries(const char *path) {
  DIR *folder = opendir(path);
  if (folder == NULL) return -1;
  int *counter = calloc(1, sizeof *counter);
  if (counter == NULL) {
#ifdef MENDED
    closedir(folder);
#endif
    return -1;
  }
  while (readdir(folder) != NULL) ++*counter;
  int count = *counter;
  free(counter);
  closedir(folder);
  return count;
}

int main(void) { return count_entries("/") < 1; }
