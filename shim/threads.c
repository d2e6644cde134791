/* Threads and locks; and the loader, whose acquisitions are its own. */

USE_REAL(pthread_create)
USE_REAL(pthread_mutex_init)
USE_REAL(pthread_mutex_destroy)
USE_REAL(pthread_mutex_lock)
USE_REAL(pthread_mutex_trylock)
USE_REAL(pthread_mutex_timedlock)
USE_REAL(pthread_mutex_unlock)
USE_REAL(pthread_cond_init)
USE_REAL(pthread_rwlock_init)
USE_REAL(pthread_rwlock_rdlock)
USE_REAL(pthread_rwlock_wrlock)
USE_REAL(pthread_rwlock_tryrdlock)
USE_REAL(pthread_rwlock_trywrlock)
USE_REAL(pthread_rwlock_unlock)

int HOOK(pthread_create)(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument) {
  if (torture_must_fail(CLASS_THREAD, "pthread_create", CALLER)) return EAGAIN;
  nested++;
  loading++; /* what the library acquires for a thread is its own */
  int result = REAL(pthread_create)(thread, attributes, start, argument);
  loading--;
  nested--;
  return result;
}

int HOOK(pthread_mutex_init)(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes) {
  if (torture_must_fail(CLASS_LOCK, "pthread_mutex_init", CALLER)) return ENOMEM;
  return REAL(pthread_mutex_init)(mutex, attributes);
}

int HOOK(pthread_cond_init)(pthread_cond_t *condition, const pthread_condattr_t *attributes) {
  if (torture_must_fail(CLASS_LOCK, "pthread_cond_init", CALLER)) return ENOMEM;
  return REAL(pthread_cond_init)(condition, attributes);
}

int HOOK(pthread_rwlock_init)(pthread_rwlock_t *lock, const pthread_rwlockattr_t *attributes) {
  if (torture_must_fail(CLASS_LOCK, "pthread_rwlock_init", CALLER)) return ENOMEM;
  return REAL(pthread_rwlock_init)(lock, attributes);
}

#define LOCK_HOOK(name, declared, passed)                                                                              \
  int HOOK(name) declared {                                                                                            \
    int result = REAL(name) passed;                                                                                    \
    if (result == 0) torture_lock_taken(lock, CALLER);                                                                 \
    return result;                                                                                                     \
  }

LOCK_HOOK(pthread_mutex_lock, (pthread_mutex_t * lock), (lock))
LOCK_HOOK(pthread_mutex_trylock, (pthread_mutex_t * lock), (lock))
LOCK_HOOK(pthread_mutex_timedlock, (pthread_mutex_t * lock, const struct timespec *until), (lock, until))
LOCK_HOOK(pthread_rwlock_rdlock, (pthread_rwlock_t * lock), (lock))
LOCK_HOOK(pthread_rwlock_wrlock, (pthread_rwlock_t * lock), (lock))
LOCK_HOOK(pthread_rwlock_tryrdlock, (pthread_rwlock_t * lock), (lock))
LOCK_HOOK(pthread_rwlock_trywrlock, (pthread_rwlock_t * lock), (lock))

/* Struck out before it is given back: afterwards another thread may have it. */
int HOOK(pthread_mutex_unlock)(pthread_mutex_t *lock) {
  torture_lock_given_back(lock);
  return REAL(pthread_mutex_unlock)(lock);
}

int HOOK(pthread_rwlock_unlock)(pthread_rwlock_t *lock) {
  torture_lock_given_back(lock);
  return REAL(pthread_rwlock_unlock)(lock);
}

int HOOK(pthread_mutex_destroy)(pthread_mutex_t *lock) {
  torture_lock_given_back(lock);
  return REAL(pthread_mutex_destroy)(lock);
}

#ifndef TORTURE_WRAP
/* Linked in, the shim does not see what the loader acquires. */
USE_REAL(dlopen)

void *dlopen(const char *path, int mode) {
  loading++;
  nested++;
  void *handle = REAL(dlopen)(path, mode);
  nested--;
  loading--;
  return handle;
}
#endif
