/* hang in tick, when calloc fails: a lock that was left held is waited for. */
#include <pthread.h>
#include <stdlib.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int ticks;

static int prepare(void) {
  pthread_mutex_lock(&lock);
  int *room = calloc(8, sizeof *room);
  if (room == NULL) {
#ifdef MENDED
    pthread_mutex_unlock(&lock);
#endif
    return -1;
  }
  free(room);
  pthread_mutex_unlock(&lock);
  return 0;
}

static void tick(void) {
  pthread_mutex_lock(&lock);
  ticks++;
  pthread_mutex_unlock(&lock);
}

int main(void) {
  int status = prepare() != 0;
  tick();
  return status;
}
