/* lock-held in append, when malloc fails: it returns with the lock. */
#include <pthread.h>
#include <stdlib.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char *last;

static int append(size_t size) {
  pthread_mutex_lock(&lock);
  char *entry = malloc(size);
  if (entry == NULL) {
#ifdef MENDED
    pthread_mutex_unlock(&lock);
#endif
    return -1;
  }
  last = entry;
  pthread_mutex_unlock(&lock);
  return 0;
}

int main(void) {
  int status = append(20) != 0;
  free(last);
  return status;
}
