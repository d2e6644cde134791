/* Ownership handed over: success returns what was built, so it returns before the cleanup. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct playlist {
  char *name;
  char **tracks;
  FILE *source;
};

struct playlist *playlist_open(const char *path, size_t capacity) {
  struct playlist *list = calloc(1, sizeof *list);
  if (list == NULL) {
    return NULL;
  }

  list->name = malloc(strlen(path) + 1);
  if (list->name == NULL) {
    free(list);
    return NULL;
  }
  strcpy(list->name, path);

  list->tracks = calloc(capacity, sizeof *list->tracks);
  if (list->tracks == NULL) {
    free(list->name);
    free(list);
    return NULL;
  }

  list->source = fopen(path, "r");
  if (list->source == NULL) {
    free(list->tracks);
    free(list->name);
    free(list);
    return NULL;
  }

  if (fseek(list->source, 0, SEEK_END) != 0) {
    fclose(list->source);
    free(list->tracks);
    free(list->name);
    free(list);
    return NULL;
  }

  return list;
}
