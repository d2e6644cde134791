/*
 * The log: one record a line, each written at once, so that the records of several processes don't mix. A stack is a
 * list of MODULE+HEX joined by commas; modules are numbered by records `M`. Addresses are those of the file, so that
 * addr2line takes them, and point behind the call.
 */

struct record {
  char text[8192];
  size_t length;
};

static int log_descriptor = -1;
static ino_t log_inode;

/* Kept open above the numbers that programs use; opened again where the program has closed all it found. */
static int torture_log_descriptor(void) {
  struct stat now;
  if (log_descriptor >= 0 && syscall(SYS_newfstatat, log_descriptor, "", &now, AT_EMPTY_PATH) == 0 &&
      now.st_ino == log_inode)
    return log_descriptor;
  int low = (int)syscall(SYS_openat, AT_FDCWD, log_path, O_WRONLY | O_APPEND | O_CLOEXEC);
  if (low < 0) return -1;
  log_descriptor = (int)syscall(SYS_fcntl, low, F_DUPFD_CLOEXEC, 900L);
  if (log_descriptor < 0)
    log_descriptor = low;
  else
    syscall(SYS_close, low);
  if (syscall(SYS_newfstatat, log_descriptor, "", &now, AT_EMPTY_PATH) == 0) log_inode = now.st_ino;
  return log_descriptor;
}

static void torture_put(struct record *record, const char *text) {
  while (*text != '\0' && record->length < sizeof record->text - 1) {
    record->text[record->length++] = *text == '\n' ? '?' : *text;
    text++;
  }
}

static void torture_put_number(struct record *record, uint64_t number, unsigned base) {
  char digits[32];
  unsigned at = sizeof digits - 1;
  digits[at] = '\0';
  do
    digits[--at] = "0123456789abcdef"[number % base];
  while ((number /= base) != 0);
  torture_put(record, digits + at);
}

static void torture_begin(struct record *record, const char *letter) {
  record->length = 0;
  torture_put(record, letter);
  torture_put(record, " ");
  torture_put_number(record, (uint64_t)own_pid, 10);
}

static void torture_field(struct record *record, uint64_t number) {
  torture_put(record, " ");
  torture_put_number(record, number, 10);
}

static void torture_word(struct record *record, const char *word) {
  torture_put(record, " ");
  torture_put(record, word);
}

static void torture_send(struct record *record) {
  int to = torture_log_descriptor();
  record->text[record->length++] = '\n';
  if (to >= 0) syscall(SYS_write, to, record->text, record->length);
}

/* The files mapped into this process, as far as a record has named them. */
static struct module {
  uintptr_t start, end, bias;
  char path[256];
  int is_named;
} modules[192];
static unsigned module_count;
static uintptr_t loader_start, loader_end;

static int torture_see_module(struct dl_phdr_info *info, size_t size, void *data) {
  (void)size;
  (void)data;
  uintptr_t start = UINTPTR_MAX, end = 0;
  for (int at = 0; at < info->dlpi_phnum; at++) {
    const ElfW(Phdr) *part = &info->dlpi_phdr[at];
    if (part->p_type != PT_LOAD) continue;
    if (info->dlpi_addr + part->p_vaddr < start) start = info->dlpi_addr + part->p_vaddr;
    if (info->dlpi_addr + part->p_vaddr + part->p_memsz > end)
      end = info->dlpi_addr + part->p_vaddr + part->p_memsz;
  }
  if (info->dlpi_addr != 0 && info->dlpi_addr == getauxval(AT_BASE)) {
    loader_start = start;
    loader_end = end;
  }
  for (unsigned at = 0; at < module_count; at++)
    if (modules[at].start == start && modules[at].end == end) return 0;
  if (module_count == sizeof modules / sizeof *modules) return 0;
  struct module *module = &modules[module_count++];
  module->start = start;
  module->end = end;
  module->bias = info->dlpi_addr;
  module->is_named = 0;
  size_t length = 0;
  if (info->dlpi_name == NULL || info->dlpi_name[0] == '\0') {
    long got = syscall(SYS_readlink, "/proc/self/exe", module->path, sizeof module->path - 1);
    length = got > 0 ? (size_t)got : 0;
  } else {
    for (; info->dlpi_name[length] != '\0' && length < sizeof module->path - 1; length++)
      module->path[length] = info->dlpi_name[length];
  }
  module->path[length] = '\0';
  return 0;
}

static struct module *torture_module_at(uintptr_t address) {
  for (int tries = 0; tries < 2; tries++) {
    for (unsigned at = 0; at < module_count; at++)
      if (address >= modules[at].start && address < modules[at].end) return &modules[at];
    if (tries == 0) dl_iterate_phdr(torture_see_module, NULL);
  }
  return NULL;
}

static void torture_name_modules(const uintptr_t *frames, unsigned count) {
  for (unsigned at = 0; at < count; at++) {
    struct module *module = torture_module_at(frames[at] - 1);
    if (module == NULL || module->is_named) continue;
    module->is_named = 1;
    struct record record;
    torture_begin(&record, "M");
    torture_field(&record, (uint64_t)(module - modules));
    torture_word(&record, module->path);
    torture_send(&record);
  }
}

static void torture_frames(struct record *record, const uintptr_t *frames, unsigned count) {
  torture_put(record, " ");
  if (count == 0) torture_put(record, "-");
  for (unsigned at = 0; at < count; at++) {
    struct module *module = torture_module_at(frames[at] - 1);
    if (at > 0) torture_put(record, ",");
    if (module != NULL) torture_put_number(record, (uint64_t)(module - modules), 10);
    torture_put(record, "+");
    torture_put_number(record, frames[at] - (module != NULL ? module->bias : 0), 16);
  }
}

static void torture_name_modules_of(uint32_t id) {
  if (id != 0) torture_name_modules(stack_by_id[id]->frames, stack_by_id[id]->count);
}

static void torture_stack_field(struct record *record, uint32_t id) {
  if (id == 0)
    torture_put(record, " -");
  else
    torture_frames(record, stack_by_id[id]->frames, stack_by_id[id]->count);
}
