/* memory-left in launch, when pthread_create fails: nobody takes the argument over. */
#include <pthread.h>
#include <stdlib.h>

static void *work(void *argument) {
  free(argument);
  return NULL;
}

static int launch(void) {
  pthread_t thread;
  int *argument = malloc(sizeof *argument);
  if (argument == NULL) return -1;
  if (pthread_create(&thread, NULL, work, argument) != 0) {
#ifdef MENDED
    free(argument);
#endif
    return -1;
  }
  pthread_join(thread, NULL);
  return 0;
}

int main(void) { return launch() != 0; }
