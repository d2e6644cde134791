/* Memory. What is released waits in quarantine, filled with a pattern, before the library gets it back. */

USE_REAL(malloc)
USE_REAL(calloc)
USE_REAL(realloc)
USE_REAL(free)
USE_REAL(aligned_alloc)
USE_REAL(posix_memalign)
USE_REAL(memalign)
USE_REAL(malloc_usable_size)
USE_REAL(strdup)
USE_REAL(strndup)
USE_REAL(getdelim)
USE_REAL(vasprintf)
USE_REAL(mmap)
USE_REAL(munmap)

enum { POISON = 0xdb, MOVED_LIMIT = 1 << 20 };
enum { QUARANTINE_SLOTS = 1 << 16, QUARANTINE_BYTES = 64 << 20 };

static uint64_t *quarantine; /* a ring of handles */
static uint32_t quarantine_first, quarantine_count;
static uint64_t quarantine_bytes;

#define CALLER __builtin_return_address(0)

static void *torture_failed_pointer(void) {
  errno = ENOMEM;
  return NULL;
}

static void *torture_got_memory(void *memory, size_t size, void *caller) {
  if (memory != NULL) torture_hold(KIND_MEMORY, (uintptr_t)memory, size, caller);
  return memory;
}

/* Is the pattern still there? What is written after the release would be written into another's memory. */
static void torture_check_poison(const struct held *held) {
  const unsigned char *bytes = (const unsigned char *)(uintptr_t)held->handle;
  for (uint64_t at = 0; at < held->size; at++)
    if (bytes[at] != POISON) {
      torture_log_fault("write-after-release", at, 0, held->stack, held->released);
      return;
    }
}

static void torture_check_quarantine(void) {
  for (uint32_t at = 0; at < quarantine_count; at++) {
    const struct held *held = torture_find(KIND_MEMORY, quarantine[(quarantine_first + at) % QUARANTINE_SLOTS]);
    if (held != NULL && held->state == STATE_QUARANTINED) torture_check_poison(held);
  }
}

/* Takes the oldest out; the lock is held. What is returned goes to the library. */
static void *torture_end_quarantine(void) {
  uint64_t handle = quarantine[quarantine_first];
  quarantine_first = (quarantine_first + 1) % QUARANTINE_SLOTS;
  quarantine_count--;
  struct held *held = torture_find(KIND_MEMORY, handle);
  if (held == NULL || held->state != STATE_QUARANTINED) return NULL;
  quarantine_bytes -= held->size;
  torture_check_poison(held);
  torture_drop(held);
  return (void *)(uintptr_t)handle;
}

static void torture_quarantine(struct held *held, uint32_t released) {
  if (quarantine == NULL) quarantine = torture_pages(QUARANTINE_SLOTS * sizeof *quarantine);
  memset((void *)(uintptr_t)held->handle, POISON, held->size);
  held->state = STATE_QUARANTINED;
  held->released = released;
  quarantine[(quarantine_first + quarantine_count++) % QUARANTINE_SLOTS] = held->handle;
  quarantine_bytes += held->size;
}

/* The second release of a block. The process ends here, as the library would end it if it noticed. */
__attribute__((noreturn)) static void torture_released_twice(const struct held *held, const char *what, void *caller) {
  struct walk walk;
  torture_walk(&walk, caller);
  torture_log_fault(what, held->size, torture_keep_stack(&walk), held->stack, held->released);
  torture_unlock();
  is_armed = 0;
  REAL(abort)();
  __builtin_unreachable();
}

static int has_quarantine(const struct held *held) {
  return (control->flags & FLAG_QUARANTINE) != 0 && held->size <= QUARANTINE_BYTES / 8 && !has_sanitizer();
}

static void torture_free(void *memory, void *caller) {
  if (control == NULL || busy) {
    REAL(free)(memory);
    return;
  }
  int kept = errno;
  struct walk walk;
  walk.count = 0;
  int may_quarantine = is_armed && !is_from_loader(caller) && (control->flags & FLAG_QUARANTINE) != 0;
  busy++;
  if (may_quarantine) torture_walk(&walk, caller);
  torture_lock();
  struct held *held = torture_find(KIND_MEMORY, (uintptr_t)memory);
  if (held != NULL && held->state == STATE_QUARANTINED) torture_released_twice(held, "double-release", caller);
  if (held != NULL && lock_count > 0) torture_forget_locks((uintptr_t)memory, held->size);
  if (held != NULL && may_quarantine && has_quarantine(held)) {
    torture_quarantine(held, torture_keep_stack(&walk));
    memory = NULL;
  } else if (held != NULL) {
    torture_drop(held);
  }
  while (quarantine_count > QUARANTINE_SLOTS / 2 || quarantine_bytes > QUARANTINE_BYTES) {
    void *oldest = torture_end_quarantine();
    torture_unlock();
    if (oldest != NULL) REAL(free)(oldest);
    torture_lock();
  }
  torture_unlock();
  if (memory != NULL) REAL(free)(memory);
  busy--;
  errno = kept;
}

void HOOK(free)(void *memory) {
  if (memory == NULL) return;
#ifndef TORTURE_WRAP
  if (is_boot_memory(memory)) return;
#endif
  torture_free(memory, CALLER);
}

void *HOOK(malloc)(size_t size) {
#ifndef TORTURE_WRAP
  if (resolving) return torture_boot_alloc(size);
#endif
  if (torture_must_fail(CLASS_MEMORY, "malloc", CALLER)) return torture_failed_pointer();
  return torture_got_memory(REAL(malloc)(size), size, CALLER);
}

void *HOOK(calloc)(size_t count, size_t size) {
#ifndef TORTURE_WRAP
  /* Fresh, so already zero. */
  if (resolving) return torture_boot_alloc(count * size);
#endif
  if (torture_must_fail(CLASS_MEMORY, "calloc", CALLER)) return torture_failed_pointer();
  return torture_got_memory(REAL(calloc)(count, size), count * size, CALLER);
}

/*
 * A block that grows moves, always: C allows it, and whoever keeps the old address is found out. Large ones stay with
 * the library, for speed.
 */
static void *torture_realloc(void *memory, size_t size, void *caller) {
  if (control == NULL || busy) return REAL(realloc)(memory, size);
  torture_lock();
  struct held *held = torture_find(KIND_MEMORY, (uintptr_t)memory);
  if (held != NULL && held->state == STATE_QUARANTINED) {
    busy++;
    torture_released_twice(held, "use-after-release", caller);
  }
  size_t old_size = held != NULL ? held->size : 0;
  int must_move = held != NULL && is_armed && has_quarantine(held) && size < MOVED_LIMIT && old_size < MOVED_LIMIT;
  torture_unlock();
  if (must_move) {
    void *moved = REAL(malloc)(size);
    if (moved == NULL) return NULL;
    memcpy(moved, memory, old_size < size ? old_size : size);
    torture_free(memory, caller);
    return torture_got_memory(moved, size, caller);
  }
  /* Struck out first: as soon as it is given back, another thread may get the same address. */
  torture_let_go(KIND_MEMORY, (uintptr_t)memory);
  void *grown = REAL(realloc)(memory, size);
  if (grown == NULL) torture_hold(KIND_MEMORY, (uintptr_t)memory, old_size, caller);
  return torture_got_memory(grown, size, caller);
}

static void *torture_resize(void *memory, size_t size, const char *name, void *caller) {
  if (size == 0 && memory != NULL) {
    torture_free(memory, caller);
    return NULL;
  }
  if (torture_must_fail(CLASS_MEMORY, name, caller)) return torture_failed_pointer();
  if (memory == NULL) return torture_got_memory(REAL(malloc)(size), size, caller);
#ifndef TORTURE_WRAP
  if (is_boot_memory(memory)) {
    void *copy = REAL(malloc)(size);
    size_t room = (size_t)(boot_heap + sizeof boot_heap - (char *)memory);
    if (copy != NULL) memcpy(copy, memory, size < room ? size : room);
    return torture_got_memory(copy, size, caller);
  }
#endif
  return torture_realloc(memory, size, caller);
}

/* As much as was asked for: what a program writes behind it would not be moved with the block, nor be searched. */
size_t HOOK(malloc_usable_size)(void *memory) {
  if (control != NULL && !busy && memory != NULL) {
    torture_lock();
    const struct held *held = torture_find(KIND_MEMORY, (uintptr_t)memory);
    int is_known = held != NULL && held->state != STATE_QUARANTINED;
    size_t size = is_known ? held->size : 0;
    torture_unlock();
    if (is_known) return size;
  }
  return REAL(malloc_usable_size)(memory);
}

void *HOOK(realloc)(void *memory, size_t size) { return torture_resize(memory, size, "realloc", CALLER); }

void *HOOK(reallocarray)(void *memory, size_t count, size_t size) {
  size_t total;
  if (__builtin_mul_overflow(count, size, &total)) return torture_failed_pointer();
  return torture_resize(memory, total, "reallocarray", CALLER);
}

void *HOOK(aligned_alloc)(size_t alignment, size_t size) {
  if (torture_must_fail(CLASS_MEMORY, "aligned_alloc", CALLER)) return torture_failed_pointer();
  return torture_got_memory(REAL(aligned_alloc)(alignment, size), size, CALLER);
}

void *HOOK(memalign)(size_t alignment, size_t size) {
  if (torture_must_fail(CLASS_MEMORY, "memalign", CALLER)) return torture_failed_pointer();
  return torture_got_memory(REAL(memalign)(alignment, size), size, CALLER);
}

int HOOK(posix_memalign)(void **memory, size_t alignment, size_t size) {
  if (torture_must_fail(CLASS_MEMORY, "posix_memalign", CALLER)) return ENOMEM;
  int result = REAL(posix_memalign)(memory, alignment, size);
  if (result == 0) torture_got_memory(*memory, size, CALLER);
  return result;
}

/* The library's own call of malloc has entered the block in a preload; linked in, it has not been seen. */
static void *torture_library_memory(void *memory, size_t size, void *caller) {
  if (memory != NULL) torture_hold_new(KIND_MEMORY, (uintptr_t)memory, size, caller);
  return memory;
}

char *HOOK(strdup)(const char *text) {
  if (torture_must_fail(CLASS_MEMORY, "strdup", CALLER)) return torture_failed_pointer();
  nested++;
  char *copy = REAL(strdup)(text);
  nested--;
  return torture_library_memory(copy, strlen(text) + 1, CALLER);
}

char *HOOK(strndup)(const char *text, size_t limit) {
  if (torture_must_fail(CLASS_MEMORY, "strndup", CALLER)) return torture_failed_pointer();
  nested++;
  char *copy = REAL(strndup)(text, limit);
  nested--;
  return torture_library_memory(copy, strnlen(text, limit) + 1, CALLER);
}

/* It acquires a buffer, or a larger one; where it has room already it still may fail, as reading may. */
static ssize_t torture_getdelim(char **line, size_t *room, int end, FILE *file, const char *name, void *caller) {
  if (torture_must_fail(CLASS_MEMORY, name, caller)) {
    errno = ENOMEM;
    return -1;
  }
  char *before = *line;
  nested++;
  ssize_t length = REAL(getdelim)(line, room, end, file);
  nested--;
  if (before != NULL && before != *line) torture_let_go(KIND_MEMORY, (uintptr_t)before);
  torture_library_memory(*line, *room, caller);
  return length;
}

ssize_t HOOK(getline)(char **line, size_t *room, FILE *file) {
  return torture_getdelim(line, room, '\n', file, "getline", CALLER);
}

ssize_t HOOK(getdelim)(char **line, size_t *room, int end, FILE *file) {
  return torture_getdelim(line, room, end, file, "getdelim", CALLER);
}

/* Glibc's name for getdelim, which its header calls where it expands getline. */
ssize_t HOOK(__getdelim)(char **line, size_t *room, int end, FILE *file) {
  return torture_getdelim(line, room, end, file, "getdelim", CALLER);
}

static int torture_asprintf(char **text, const char *format, va_list arguments, const char *name, void *caller) {
  if (torture_must_fail(CLASS_MEMORY, name, caller)) {
    errno = ENOMEM;
    return -1;
  }
  nested++;
  int length = REAL(vasprintf)(text, format, arguments);
  nested--;
  if (length >= 0) torture_library_memory(*text, (size_t)length + 1, caller);
  return length;
}

int HOOK(vasprintf)(char **text, const char *format, va_list arguments) {
  return torture_asprintf(text, format, arguments, "vasprintf", CALLER);
}

int HOOK(asprintf)(char **text, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int length = torture_asprintf(text, format, arguments, "asprintf", CALLER);
  va_end(arguments);
  return length;
}

/* What _FORTIFY_SOURCE makes of them. */
int HOOK(__vasprintf_chk)(char **text, int flag, const char *format, va_list arguments) {
  (void)flag;
  return torture_asprintf(text, format, arguments, "vasprintf", CALLER);
}

int HOOK(__asprintf_chk)(char **text, int flag, const char *format, ...) {
  (void)flag;
  va_list arguments;
  va_start(arguments, format);
  int length = torture_asprintf(text, format, arguments, "asprintf", CALLER);
  va_end(arguments);
  return length;
}

static void *torture_mmap(void *where, size_t size, int protection, int flags, int descriptor, off_t offset,
                          void *caller) {
  if (torture_must_fail(CLASS_MAPPING, "mmap", caller)) {
    errno = ENOMEM;
    return MAP_FAILED;
  }
  void *mapped = REAL(mmap)(where, size, protection, flags, descriptor, offset);
  if (mapped != MAP_FAILED) torture_hold(KIND_MAPPING, (uintptr_t)mapped, size, caller);
  return mapped;
}

void *HOOK(mmap)(void *where, size_t size, int protection, int flags, int descriptor, off_t offset) {
  return torture_mmap(where, size, protection, flags, descriptor, offset, CALLER);
}

void *HOOK(mmap64)(void *where, size_t size, int protection, int flags, int descriptor, off_t offset) {
  return torture_mmap(where, size, protection, flags, descriptor, offset, CALLER);
}

int HOOK(munmap)(void *where, size_t size) {
  torture_let_go(KIND_MAPPING, (uintptr_t)where);
  return REAL(munmap)(where, size);
}
