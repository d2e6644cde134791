/* The life of a process under test: its start, each acquisition, its end by every road, and forks. */

USE_REAL(abort)
USE_REAL(exit)
USE_REAL(_exit)
USE_REAL(_Exit)
USE_REAL(kill)
USE_REAL(raise)

enum { END_NONE, END_RETURN, END_EXIT, END_IMMEDIATE };
static int ended_by;
static int is_accounted;
static uint32_t exit_stack;
/* Where the running frames of the main thread begin: of main's caller, or of the call of exit. */
static uintptr_t main_frame, exit_frame;
static unsigned char initial_descriptors[1024];
static unsigned logged_failures;

static void torture_name_stack_and_send(struct record *record, uint32_t id) {
  torture_stack_field(record, id);
  torture_send(record);
}

static uint32_t torture_take_stack(void *caller) {
  struct walk walk;
  torture_walk(&walk, caller);
  torture_lock();
  uint32_t id = walk.count > 0 ? torture_keep_stack(&walk) : 0;
  torture_unlock();
  return id;
}

static void torture_log_with_stack(const char *letter, uint64_t number, const char *word, uint32_t stack) {
  torture_name_modules_of(stack);
  struct record record;
  torture_begin(&record, letter);
  torture_field(&record, number);
  torture_word(&record, word);
  torture_name_stack_and_send(&record, stack);
}

/* The acquisitions seen, with their stacks, where the tool has asked for them. */
static struct traced {
  uint64_t number;
  uint32_t stack;
  const char *name;
} *trace;
static size_t trace_count, trace_room;

static void torture_trace(uint64_t number, const char *name, uint32_t stack) {
  torture_lock();
  if (trace_count == trace_room) {
    size_t room = trace_room == 0 ? 1 << 12 : trace_room * 2;
    struct traced *grown = torture_pages(room * sizeof *grown);
    for (size_t at = 0; at < trace_count; at++) grown[at] = trace[at];
    if (trace != NULL) torture_unmap(trace, trace_room * sizeof *trace);
    trace = grown;
    trace_room = room;
  }
  trace[trace_count++] = (struct traced){number, stack, name};
  torture_unlock();
}

/* The same in every run of a build: of addresses in the files, not in memory. As hashStack of control.ts. */
static uint32_t torture_hash_of_run(uint32_t id) {
  uint32_t hash = 2166136261u;
  for (uint32_t at = 0; id != 0 && at < stack_by_id[id]->count; at++) {
    uintptr_t frame = stack_by_id[id]->frames[at];
    const struct module *module = torture_module_at(frame - 1);
    hash = (hash ^ (uint32_t)(frame - (module != NULL ? module->bias : 0))) * 16777619u;
  }
  return hash != 0 ? hash : 1;
}

/* Counts an acquisition at a stack, where only those are to fail; the number of this one, 0 for another stack. */
static uint64_t torture_number_at_stack(void *caller) {
  int kept = errno;
  busy++;
  uint32_t id = torture_take_stack(caller);
  torture_lock();
  int is_there = torture_hash_of_run(id) == control->stack;
  torture_unlock();
  busy--;
  errno = kept;
  return is_there ? __atomic_add_fetch(&control->at_stack, 1, __ATOMIC_RELAXED) : 0;
}

static int torture_is_due(uint64_t number, void *caller) {
  uint64_t fail_at = control->fail_at;
  if (fail_at == 0) return 0;
  if (control->stack == 0) return control->from_then_on ? number >= fail_at : number == fail_at;
  uint64_t seen = __atomic_load_n(&control->at_stack, __ATOMIC_RELAXED);
  if (control->from_then_on && seen >= fail_at) return 1;
  return torture_number_at_stack(caller) == fail_at;
}

/*
 * Counts an acquisition; is it one that has to fail? The caller sets errno.
 * In the loader, before main and inside another acquisition nothing is counted.
 */
static int torture_must_fail(uint32_t acquisition_class, const char *name, void *caller) {
  if (control == NULL || !is_armed || busy || nested || is_from_loader(caller)) return 0;
  if ((control->classes & acquisition_class) == 0 || (pid_t)syscall(SYS_getpid) != own_pid) return 0;
  uint64_t number = __atomic_add_fetch(&control->count, 1, __ATOMIC_RELAXED);
  int must_fail = torture_is_due(number, caller);
  int is_traced = (control->flags & FLAG_TRACE) != 0;
  if (must_fail) __atomic_add_fetch(&control->injected, 1, __ATOMIC_RELAXED);
  if (!is_traced && (!must_fail || logged_failures >= 16)) return must_fail;
  int kept = errno;
  busy++;
  uint32_t stack = torture_take_stack(caller);
  if (is_traced) torture_trace(number, name, stack);
  if (must_fail && logged_failures < 16) {
    logged_failures++;
    torture_log_with_stack("F", number, name, stack);
  }
  busy--;
  errno = kept;
  return must_fail;
}

static void torture_log_fault(const char *what, uint64_t size, uint32_t stack, uint32_t acquired, uint32_t released) {
  torture_name_modules_of(stack);
  torture_name_modules_of(acquired);
  torture_name_modules_of(released);
  struct record record;
  torture_begin(&record, "X");
  torture_word(&record, what);
  torture_field(&record, size);
  torture_stack_field(&record, stack);
  torture_stack_field(&record, acquired);
  torture_name_stack_and_send(&record, released);
}

/* Ends of processes. */

static void torture_check_quarantine(void);

static void torture_log_holding(const char *kind, int is_lost, uint64_t count, uint64_t size, uint32_t stack,
                                const char *detail) {
  torture_name_modules_of(stack);
  struct record record;
  torture_begin(&record, "L");
  torture_word(&record, kind);
  torture_word(&record, is_lost ? "lost" : "reachable");
  torture_field(&record, count);
  torture_field(&record, size);
  torture_stack_field(&record, stack);
  torture_word(&record, detail);
  torture_send(&record);
}

/* Memory and mappings, added up by the stack they were acquired at. */
static void torture_log_blocks(void) {
  struct sum {
    uint64_t count[2], size[2];
  };
  size_t room = ((size_t)stack_count + 1) * 2 * sizeof(struct sum);
  struct sum *sums = torture_pages(room);
  for (size_t at = 0; at < block_count; at++) {
    if (blocks[at].role != BLOCK_HELD) continue;
    const struct held *held = &holdings[blocks[at].slot];
    struct sum *sum = &sums[held->stack * 2 + held->kind];
    sum->count[blocks[at].is_marked]++;
    sum->size[blocks[at].is_marked] += held->size;
  }
  for (uint32_t stack = 0; stack <= stack_count; stack++)
    for (int kind = KIND_MEMORY; kind <= KIND_MAPPING; kind++)
      for (int marked = 0; marked <= ((control->flags & FLAG_REACHABLE) != 0); marked++) {
        const struct sum *sum = &sums[stack * 2 + (uint32_t)kind];
        if (sum->count[marked] > 0)
          torture_log_holding(kind == KIND_MEMORY ? "memory" : "mapping", !marked, sum->count[marked],
                              sum->size[marked], stack, "");
      }
  torture_unmap(sums, room);
}

static void torture_read_link(int descriptor, char *path, size_t size) {
  char link[64] = "/proc/self/fd/";
  char digits[16];
  unsigned at = sizeof digits - 1, number = (unsigned)descriptor;
  digits[at] = '\0';
  do
    digits[--at] = (char)('0' + number % 10);
  while ((number /= 10) != 0);
  strcat(link, digits + at);
  long got = syscall(SYS_readlink, link, path, size - 1);
  path[got > 0 ? got : 0] = '\0';
}

static int is_open(int descriptor) { return syscall(SYS_fcntl, (long)descriptor, F_GETFD) != -1; }

/* FILEs and DIRs first: their descriptors are not counted again. */
static void torture_log_descriptors(void) {
  static unsigned char is_known[1024];
  static char path[512];
  for (size_t slot = 0; slot < holding_slots; slot++) {
    const struct held *held = &holdings[slot];
    if (held->state == STATE_FREE_SLOT || (held->kind != KIND_FILE && held->kind != KIND_FOLDER)) continue;
    path[0] = '\0';
    if (held->size < sizeof is_known) {
      is_known[held->size] = 1;
      torture_read_link((int)held->size, path, sizeof path);
    }
    if (held->state == STATE_LIVE && held->fork_depth == fork_depth)
      torture_log_holding(held->kind == KIND_FILE ? "file" : "folder", 1, 1, 0, held->stack, path);
  }
  for (int descriptor = 0; descriptor < 1024; descriptor++) {
    if (initial_descriptors[descriptor] || is_known[descriptor] || descriptor == log_descriptor) continue;
    if (!is_open(descriptor)) continue;
    const struct held *held = torture_find(KIND_DESCRIPTOR, (uint64_t)descriptor);
    if (held != NULL && (held->state != STATE_LIVE || held->fork_depth < fork_depth)) continue;
    torture_read_link(descriptor, path, sizeof path);
    torture_log_holding("descriptor", 1, 1, 0, held != NULL ? held->stack : 0, path);
  }
}

static int is_thread_alive(pid_t thread) { return syscall(SYS_tgkill, (long)own_pid, (long)thread, 0L) == 0; }

/* A lock that a running thread holds is not left behind. */
static void torture_log_locks(void) {
  for (unsigned at = 0; at < lock_count; at++) {
    if (locks[at].fork_depth < fork_depth) continue;
    if (locks[at].owner != main_tid && is_thread_alive(locks[at].owner)) continue;
    torture_log_holding("lock", 1, 1, 0, locks[at].stack, "");
  }
}

/* Each stack once, then the acquisitions by number. */
static void torture_log_trace(void) {
  if (trace_count == 0) return;
  size_t room = (size_t)stack_count + 1;
  char *is_written = torture_pages(room);
  struct record record;
  for (size_t at = 0; at < trace_count; at++) {
    uint32_t stack = trace[at].stack;
    if (!is_written[stack]) {
      is_written[stack] = 1;
      torture_log_with_stack("S", stack, "stack", stack);
    }
    torture_begin(&record, "A");
    torture_field(&record, trace[at].number);
    torture_word(&record, trace[at].name);
    torture_field(&record, stack);
    torture_send(&record);
  }
  torture_unmap(is_written, room);
}

/* Draws up the account. Once a process, whichever way it ends. */
static void torture_account(void) {
  if (control == NULL || is_accounted || (pid_t)syscall(SYS_getpid) != own_pid || main_frame == 0) return;
  is_accounted = 1;
  is_armed = 0;
  busy++;
  if (ended_by == END_NONE) ended_by = END_RETURN;
  torture_lock();
  torture_check_quarantine();
  torture_log_locks();
  torture_log_descriptors();
  if (!has_sanitizer()) {
    int is_main = (pid_t)syscall(SYS_gettid) == main_tid;
    torture_mark_reachable(!is_main ? 0 : ended_by == END_RETURN ? main_frame : exit_frame);
    torture_log_blocks();
  }
  torture_log_trace();
  static const char *const words[] = {"none", "return", "exit", "immediate"};
  torture_log_with_stack("E", 0, words[ended_by], exit_stack);
  torture_unlock();
  busy--;
}

__attribute__((destructor)) static void torture_end_of_process(void) { torture_account(); }

/* In `saved` are the registers, on the stack that is searched for pointers. */
#define LEAVE(way, account, call)                                                                                      \
  jmp_buf saved;                                                                                                       \
  setjmp(saved);                                                                                                       \
  torture_leave(way, (uintptr_t)saved, __builtin_return_address(0));                                                   \
  if (account) torture_account();                                                                                      \
  call;                                                                                                                \
  __builtin_unreachable()

static void torture_leave(int way, uintptr_t frame, void *caller) {
  if (control == NULL || is_accounted || (pid_t)syscall(SYS_getpid) != own_pid) return;
  if (ended_by == END_NONE) {
    ended_by = way;
    exit_frame = frame;
    busy++;
    exit_stack = torture_take_stack(caller);
    busy--;
  }
}

void HOOK(exit)(int status) { LEAVE(END_EXIT, 0, REAL(exit)(status)); }
void HOOK(_exit)(int status) { LEAVE(END_IMMEDIATE, 1, REAL(_exit)(status)); }
void HOOK(_Exit)(int status) { LEAVE(END_IMMEDIATE, 1, REAL(_Exit)(status)); }

static void torture_log_abort(void *caller) {
  if (control == NULL || busy || !is_armed) return;
  busy++;
  torture_log_with_stack("B", 0, "abort", torture_take_stack(caller));
  is_armed = 0;
  busy--;
}

void HOOK(abort)(void) {
  torture_log_abort(__builtin_return_address(0));
  REAL(abort)();
  __builtin_unreachable();
}

/* The other ways to give up: a program that handles SIGABRT sends it to itself when it has said what it has to say. */
int HOOK(kill)(pid_t process, int number) {
  if (number == SIGABRT && process == own_pid) torture_log_abort(__builtin_return_address(0));
  return REAL(kill)(process, number);
}

int HOOK(raise)(int number) {
  if (number == SIGABRT) torture_log_abort(__builtin_return_address(0));
  return REAL(raise)(number);
}

/* A crash leaves its stack in the log; then it happens as it would have. No lock is taken: it may be held. */
static void torture_log_signal(const char *letter, int number) {
  static struct walk walk;
  busy++;
  torture_walk(&walk, NULL);
  torture_name_modules(walk.frames, walk.count);
  struct record record;
  torture_begin(&record, letter);
  torture_field(&record, (uint64_t)number);
  torture_word(&record, "signal");
  torture_frames(&record, walk.frames, walk.count);
  torture_send(&record);
  busy--;
}

static void torture_on_crash(int number) {
  if (is_armed) torture_log_signal("C", number);
  is_armed = 0;
  signal(number, SIG_DFL);
  raise(number);
}

/* The tool asks where a program hangs. */
static void torture_on_question(int number) {
  int kept = errno;
  torture_log_signal("H", number);
  errno = kept;
}

static void torture_watch_signals(void) {
  static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
  struct sigaction action, before;
  memset(&action, 0, sizeof action);
  action.sa_flags = SA_ONSTACK | SA_NODEFER;
  action.sa_handler = torture_on_crash;
  for (unsigned at = 0; at < sizeof crashes / sizeof *crashes && !has_sanitizer(); at++)
    if (sigaction(crashes[at], NULL, &before) == 0 && before.sa_handler == SIG_DFL)
      sigaction(crashes[at], &action, NULL);
  action.sa_flags = SA_ONSTACK | SA_RESTART;
  action.sa_handler = torture_on_question;
  /* A shell ignores it for what it starts in the background. */
  if (sigaction(SIGQUIT, NULL, &before) == 0 && (before.sa_handler == SIG_DFL || before.sa_handler == SIG_IGN))
    sigaction(SIGQUIT, &action, NULL);
}

/* Starts and forks. */

static void torture_enter_process(void) {
  own_pid = (pid_t)syscall(SYS_getpid);
  main_tid = (pid_t)syscall(SYS_gettid);
  uint32_t number = __atomic_fetch_add(&control->processes, 1, __ATOMIC_RELAXED);
  if (number < sizeof control->pids / sizeof *control->pids) control->pids[number] = (uint32_t)own_pid;
}

static void torture_before_fork(void) { torture_lock(); }
static void torture_after_fork_in_parent(void) { torture_unlock(); }

static void torture_after_fork_in_child(void) {
  torture_unlock();
  if (control == NULL) return;
  fork_depth++;
  trace_count = 0;
  logged_failures = 0;
  for (unsigned at = 0; at < module_count; at++) modules[at].is_named = 0;
  torture_enter_process();
  for (int descriptor = 0; descriptor < 1024; descriptor++)
    if (is_open(descriptor)) initial_descriptors[descriptor] = 1;
}

static int is_other_program(const char *wanted) {
  char path[PATH_MAX];
  long got = syscall(SYS_readlink, "/proc/self/exe", path, sizeof path - 1);
  path[got > 0 ? got : 0] = '\0';
  const char *slash = strrchr(path, '/');
  return strcmp(slash != NULL ? slash + 1 : path, wanted) != 0;
}

static struct control *torture_map_control(void) {
  const char *path = getenv("GOTO_CLEANUP_TORTURE");
  if (path == NULL || strlen(path) + 5 > sizeof log_path) return NULL;
  int descriptor = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC);
  if (descriptor < 0) return NULL;
  long page = syscall(SYS_mmap, NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0L);
  syscall(SYS_close, descriptor);
  if (page == -1) return NULL;
  struct control *found = (struct control *)page;
  if (found->magic != CONTROL_MAGIC || found->version != CONTROL_VERSION) return NULL;
  if (found->program[0] != '\0' && is_other_program(found->program)) return NULL;
  strcpy(log_path, path);
  strcat(log_path, ".log");
  return found;
}

/* As early as it can be, so that what is acquired before main is known as such. */
__attribute__((constructor(101))) static void torture_start(void) {
  if (control != NULL) return;
  struct control *found = torture_map_control();
  if (found == NULL) return;
  dl_iterate_phdr(torture_see_module, NULL);
  control = found;
  torture_enter_process();
  pthread_atfork(torture_before_fork, torture_after_fork_in_parent, torture_after_fork_in_child);
}

typedef int main_function(int, char **, char **);
static main_function *program_main;

/* The frame below main. Everything above it on a stack belongs to the C library's start. */
__attribute__((noinline)) static int torture_main(int count, char **arguments, char **environment) {
  torture_start();
  if (control != NULL) {
    struct record record;
    torture_begin(&record, "P");
    torture_field(&record, (uint64_t)syscall(SYS_getppid));
    char path[512];
    long got = syscall(SYS_readlink, "/proc/self/exe", path, sizeof path - 1);
    path[got > 0 ? got : 0] = '\0';
    torture_word(&record, path);
    torture_send(&record);
    for (int descriptor = 0; descriptor < 1024; descriptor++) initial_descriptors[descriptor] = (unsigned char)is_open(descriptor);
    torture_watch_signals();
    main_frame = (uintptr_t)__builtin_frame_address(0);
    is_armed = 1;
  }
  int status = program_main(count, arguments, environment);
  if (ended_by == END_NONE) ended_by = END_RETURN;
  /* Not a tail call: this frame has to be there while main runs. */
  __asm__ volatile("" ::: "memory");
  return status;
}

#ifdef TORTURE_WRAP
int __real_main(int, char **, char **);

int __wrap_main(int count, char **arguments, char **environment) {
  program_main = __real_main;
  return torture_main(count, arguments, environment);
}
#else
typedef int start_function(main_function *, int, char **, void (*)(void), void (*)(void), void (*)(void), void *);

int __libc_start_main(main_function *main, int count, char **arguments, void (*init)(void), void (*fini)(void),
                      void (*loader_fini)(void), void *stack_end) {
  start_function *start = (start_function *)torture_find_next("__libc_start_main");
  program_main = main;
  return start(torture_main, count, arguments, init, fini, loader_fini, stack_end);
}
#endif
