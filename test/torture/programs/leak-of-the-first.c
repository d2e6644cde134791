/* memory-left in make_pair, when malloc fails: the first half is lost with the second. */
#include <stdlib.h>

struct pair {
  char *left, *right;
};

static int make_pair(struct pair *pair) {
  pair->left = malloc(24);
  if (pair->left == NULL) return -1;
  pair->right = malloc(40);
  if (pair->right == NULL) {
#ifdef MENDED
    free(pair->left);
#endif
    return -1;
  }
  return 0;
}

int main(void) {
  struct pair pair;
  if (make_pair(&pair) != 0) return 1;
  free(pair.right);
  free(pair.left);
  return 0;
}
