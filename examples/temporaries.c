/* Temporaries: every exit, success included, releases the same three. One block serves all of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int count_common_words(const char *left, const char *right, size_t limit) {
  char *first = malloc(limit);
  char *second = malloc(limit);
  char *seen = calloc(limit, 1);

  if (first == NULL || second == NULL || seen == NULL) {
    free(seen);
    free(second);
    free(first);
    return -1;
  }

  if (strlen(left) >= limit) {
    /* Nothing was copied yet. */
    free(seen);
    free(second);
    free(first);
    return -2;
  }
  strcpy(first, left);

  if (strlen(right) >= limit) {
    free(seen);
    free(second);
    free(first);
    return -3;
  }
  strcpy(second, right);

  int common = 0;
  for (char *word = strtok(first, " "); word != NULL; word = strtok(NULL, " ")) {
    if (strstr(second, word) != NULL && !seen[word - first]) {
      seen[word - first] = 1;
      common++;
    }
  }

  free(seen);
  free(second);
  free(first);
  return common;
}
