/* The control page, the lock of the shim's own data, pages of its own, and what a thread is doing. */

_Static_assert(offsetof(struct control, fail_at) == 8, "layout of control.ts");
_Static_assert(offsetof(struct control, stack) == 28, "layout of control.ts");
_Static_assert(offsetof(struct control, program) == 32, "layout of control.ts");
_Static_assert(offsetof(struct control, count) == 256, "layout of control.ts");
_Static_assert(offsetof(struct control, pids) == 272, "layout of control.ts");

/* NULL while the program is not under test: then every hook only passes on. */
static struct control *control;
static char log_path[PATH_MAX];

/* From entering main until the account is drawn up. */
static int is_armed;
static uint32_t fork_depth;
static pid_t own_pid;
static pid_t main_tid;

/* Inside the shim: nothing is counted or recorded. */
static __thread int busy __attribute__((tls_model("initial-exec")));
/* Inside an acquisition of the library, or in the loader: what it acquires is recorded, but not failed by itself. */
static __thread int nested __attribute__((tls_model("initial-exec")));
static __thread int loading __attribute__((tls_model("initial-exec")));

static int own_lock;

static void torture_lock(void) {
  while (__atomic_exchange_n(&own_lock, 1, __ATOMIC_ACQUIRE) != 0)
    sched_yield();
}

static void torture_unlock(void) { __atomic_store_n(&own_lock, 0, __ATOMIC_RELEASE); }

/* Everything the shim maps for itself: not part of the program, so not searched for its pointers. */
static struct {
  uintptr_t start, end;
} own_pages[512];
static unsigned own_page_count;

static void *torture_pages(size_t size) {
  size = (size + 4095) & ~(size_t)4095;
  long got = syscall(SYS_mmap, NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0L);
  if (got == -1) {
    static const char words[] = "goto-cleanup: the shim of torture is out of memory\n";
    syscall(SYS_write, 2, words, sizeof words - 1);
    syscall(SYS_exit_group, 125);
  }
  if (own_page_count < sizeof own_pages / sizeof *own_pages) {
    own_pages[own_page_count].start = (uintptr_t)got;
    own_pages[own_page_count++].end = (uintptr_t)got + size;
  }
  return (void *)got;
}

static void torture_unmap(void *pages, size_t size) {
  size = (size + 4095) & ~(size_t)4095;
  for (unsigned at = 0; at < own_page_count; at++)
    if (own_pages[at].start == (uintptr_t)pages) own_pages[at] = own_pages[--own_page_count];
  syscall(SYS_munmap, pages, size);
}

#ifndef TORTURE_WRAP
/* While dlsym runs it may allocate; that comes from here, and is never given back. */
static char boot_heap[1 << 16] __attribute__((aligned(16)));
static size_t boot_used;
static __thread int resolving __attribute__((tls_model("initial-exec")));

static void *torture_find_next(const char *name) {
  resolving++;
  void *found = dlsym(RTLD_NEXT, name);
  resolving--;
  return found;
}

static void *torture_real(void **kept, const char *name) {
  if (*kept == NULL) *kept = torture_find_next(name);
  return *kept;
}

static void *torture_boot_alloc(size_t size) {
  size = (size + 15) & ~(size_t)15;
  if (size > sizeof boot_heap - boot_used) return NULL;
  boot_used += size;
  return boot_heap + boot_used - size;
}

static int is_boot_memory(const void *memory) {
  return (const char *)memory >= boot_heap && (const char *)memory < boot_heap + sizeof boot_heap;
}
#endif

/* Where AddressSanitizer is linked in, memory and crashes are its business. */
extern void __asan_init(void) __attribute__((weak));
static int has_sanitizer(void) { return __asan_init != NULL; }
