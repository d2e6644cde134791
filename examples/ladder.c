/* A ladder: locks have no value that says "not held", so each exit must release exactly what it took. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct account {
  pthread_mutex_t lock;
  long balance;
  int is_frozen;
};

int transfer(struct account *from, struct account *to, long amount, char **receipt) {
  char *text = malloc(64);
  if (text == NULL) {
    return -1;
  }

  if (pthread_mutex_lock(&from->lock) != 0) {
    free(text);
    return -2;
  }

  if (from->is_frozen) {
    pthread_mutex_unlock(&from->lock);
    free(text);
    return -3;
  }

  if (pthread_mutex_lock(&to->lock) != 0) {
    pthread_mutex_unlock(&from->lock);
    free(text);
    return -2;
  }

  if (to->is_frozen) {
    pthread_mutex_unlock(&to->lock);
    pthread_mutex_unlock(&from->lock);
    free(text);
    return -3;
  }

  if (from->balance < amount) {
    pthread_mutex_unlock(&to->lock);
    pthread_mutex_unlock(&from->lock);
    free(text);
    return -4;
  }

  from->balance -= amount;
  to->balance += amount;
  pthread_mutex_unlock(&to->lock);
  pthread_mutex_unlock(&from->lock);

  strcpy(text, "paid");
  *receipt = text;
  return 0;
}
