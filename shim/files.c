/* Descriptors, FILEs and DIRs. */

USE_REAL(open)
USE_REAL(openat)
USE_REAL(creat)
USE_REAL(socket)
USE_REAL(socketpair)
USE_REAL(accept)
USE_REAL(accept4)
USE_REAL(pipe)
USE_REAL(pipe2)
USE_REAL(dup)
USE_REAL(mkstemp)
USE_REAL(mkostemp)
USE_REAL(epoll_create)
USE_REAL(epoll_create1)
USE_REAL(eventfd)
USE_REAL(timerfd_create)
USE_REAL(close)
USE_REAL(fopen)
USE_REAL(fdopen)
USE_REAL(tmpfile)
USE_REAL(popen)
USE_REAL(pclose)
USE_REAL(fclose)
USE_REAL(opendir)
USE_REAL(fdopendir)
USE_REAL(closedir)

static int torture_failed_descriptor(void) {
  errno = EMFILE;
  return -1;
}

static int torture_got_descriptor(int descriptor, void *caller) {
  if (descriptor >= 0) torture_hold(KIND_DESCRIPTOR, (uint64_t)descriptor, 0, caller);
  return descriptor;
}

/* A function that takes an acquisition's arguments on and returns a descriptor. */
#define DESCRIPTOR_HOOK(kind, name, declared, passed)                                                                  \
  int HOOK(name) declared {                                                                                            \
    if (torture_must_fail(kind, #name, CALLER)) return torture_failed_descriptor();                                    \
    return torture_got_descriptor(REAL(name) passed, CALLER);                                                          \
  }

DESCRIPTOR_HOOK(CLASS_DESCRIPTOR, creat, (const char *path, mode_t mode), (path, mode))
DESCRIPTOR_HOOK(CLASS_DESCRIPTOR, dup, (int descriptor), (descriptor))
DESCRIPTOR_HOOK(CLASS_DESCRIPTOR, mkstemp, (char *pattern), (pattern))
DESCRIPTOR_HOOK(CLASS_DESCRIPTOR, mkostemp, (char *pattern, int flags), (pattern, flags))
DESCRIPTOR_HOOK(CLASS_DESCRIPTOR, epoll_create, (int size), (size))
DESCRIPTOR_HOOK(CLASS_DESCRIPTOR, epoll_create1, (int flags), (flags))
DESCRIPTOR_HOOK(CLASS_DESCRIPTOR, eventfd, (unsigned initial, int flags), (initial, flags))
DESCRIPTOR_HOOK(CLASS_DESCRIPTOR, timerfd_create, (int clock, int flags), (clock, flags))
DESCRIPTOR_HOOK(CLASS_SOCKET, socket, (int domain, int type, int protocol), (domain, type, protocol))

int HOOK(accept)(int listener, __SOCKADDR_ARG address, socklen_t *length) {
  if (torture_must_fail(CLASS_SOCKET, "accept", CALLER)) return torture_failed_descriptor();
  return torture_got_descriptor(REAL(accept)(listener, address, length), CALLER);
}

int HOOK(accept4)(int listener, __SOCKADDR_ARG address, socklen_t *length, int flags) {
  if (torture_must_fail(CLASS_SOCKET, "accept4", CALLER)) return torture_failed_descriptor();
  return torture_got_descriptor(REAL(accept4)(listener, address, length, flags), CALLER);
}

#ifndef O_TMPFILE
#define O_TMPFILE 0
#endif

static mode_t torture_mode(int flags, va_list arguments) {
  int has_mode = (flags & O_CREAT) != 0 || (O_TMPFILE != 0 && (flags & O_TMPFILE) == O_TMPFILE);
  return has_mode ? va_arg(arguments, mode_t) : 0;
}

/* `extra` is what the variant with 64-bit offsets adds; on 64-bit systems it is nothing. */
#define OPEN_HOOK(name, extra)                                                                                         \
  int HOOK(name)(const char *path, int flags, ...) {                                                                   \
    if (torture_must_fail(CLASS_DESCRIPTOR, "open", CALLER)) return torture_failed_descriptor();                       \
    va_list arguments;                                                                                                 \
    va_start(arguments, flags);                                                                                        \
    mode_t mode = torture_mode(flags, arguments);                                                                      \
    va_end(arguments);                                                                                                 \
    return torture_got_descriptor(REAL(open)(path, flags | (extra), mode), CALLER);                                    \
  }

OPEN_HOOK(open, 0)
OPEN_HOOK(open64, O_LARGEFILE)

#define OPENAT_HOOK(name, extra)                                                                                       \
  int HOOK(name)(int folder, const char *path, int flags, ...) {                                                       \
    if (torture_must_fail(CLASS_DESCRIPTOR, "openat", CALLER)) return torture_failed_descriptor();                     \
    va_list arguments;                                                                                                 \
    va_start(arguments, flags);                                                                                        \
    mode_t mode = torture_mode(flags, arguments);                                                                      \
    va_end(arguments);                                                                                                 \
    return torture_got_descriptor(REAL(openat)(folder, path, flags | (extra), mode), CALLER);                          \
  }

OPENAT_HOOK(openat, 0)
OPENAT_HOOK(openat64, O_LARGEFILE)

/* What _FORTIFY_SOURCE makes of an open without a mode. */
int HOOK(__open_2)(const char *path, int flags) {
  if (torture_must_fail(CLASS_DESCRIPTOR, "open", CALLER)) return torture_failed_descriptor();
  return torture_got_descriptor(REAL(open)(path, flags), CALLER);
}

int HOOK(__open64_2)(const char *path, int flags) {
  if (torture_must_fail(CLASS_DESCRIPTOR, "open", CALLER)) return torture_failed_descriptor();
  return torture_got_descriptor(REAL(open)(path, flags | O_LARGEFILE), CALLER);
}

int HOOK(creat64)(const char *path, mode_t mode) {
  if (torture_must_fail(CLASS_DESCRIPTOR, "creat", CALLER)) return torture_failed_descriptor();
  return torture_got_descriptor(REAL(open)(path, O_CREAT | O_WRONLY | O_TRUNC | O_LARGEFILE, mode), CALLER);
}

static int torture_got_pair(int result, const int ends[2], void *caller) {
  if (result != 0) return result;
  torture_got_descriptor(ends[0], caller);
  torture_got_descriptor(ends[1], caller);
  return 0;
}

int HOOK(pipe)(int ends[2]) {
  if (torture_must_fail(CLASS_DESCRIPTOR, "pipe", CALLER)) return torture_failed_descriptor();
  return torture_got_pair(REAL(pipe)(ends), ends, CALLER);
}

int HOOK(pipe2)(int ends[2], int flags) {
  if (torture_must_fail(CLASS_DESCRIPTOR, "pipe2", CALLER)) return torture_failed_descriptor();
  return torture_got_pair(REAL(pipe2)(ends, flags), ends, CALLER);
}

int HOOK(socketpair)(int domain, int type, int protocol, int ends[2]) {
  if (torture_must_fail(CLASS_SOCKET, "socketpair", CALLER)) return torture_failed_descriptor();
  return torture_got_pair(REAL(socketpair)(domain, type, protocol, ends), ends, CALLER);
}

int HOOK(close)(int descriptor) {
  torture_let_go(KIND_DESCRIPTOR, (uint64_t)descriptor);
  return REAL(close)(descriptor);
}

/* The library's FILEs are memory too, which is not counted again: the entry of the block goes. */
static FILE *torture_got_file(FILE *file, void *caller) {
  if (file == NULL) return NULL;
  int descriptor = fileno(file);
  torture_let_go(KIND_MEMORY, (uintptr_t)file);
  if (descriptor >= 0) torture_let_go(KIND_DESCRIPTOR, (uint64_t)descriptor);
  torture_hold(KIND_FILE, (uintptr_t)file, descriptor >= 0 ? (uint64_t)descriptor : UINT64_MAX, caller);
  return file;
}

static void *torture_failed_file(void) {
  errno = EMFILE;
  return NULL;
}

#define FILE_HOOK(name, real, declared, passed)                                                                        \
  FILE *HOOK(name) declared {                                                                                          \
    if (torture_must_fail(CLASS_FILE, #real, CALLER)) return torture_failed_file();                                    \
    nested++;                                                                                                          \
    FILE *file = REAL(real) passed;                                                                                    \
    nested--;                                                                                                          \
    return torture_got_file(file, CALLER);                                                                             \
  }

FILE_HOOK(fopen, fopen, (const char *path, const char *mode), (path, mode))
FILE_HOOK(fopen64, fopen, (const char *path, const char *mode), (path, mode))
FILE_HOOK(fdopen, fdopen, (int descriptor, const char *mode), (descriptor, mode))
FILE_HOOK(tmpfile, tmpfile, (void), ())
FILE_HOOK(tmpfile64, tmpfile, (void), ())
FILE_HOOK(popen, popen, (const char *command, const char *mode), (command, mode))

int HOOK(fclose)(FILE *file) {
  torture_let_go(KIND_FILE, (uintptr_t)file);
  return REAL(fclose)(file);
}

int HOOK(pclose)(FILE *file) {
  torture_let_go(KIND_FILE, (uintptr_t)file);
  return REAL(pclose)(file);
}

static DIR *torture_got_folder(DIR *folder, void *caller) {
  if (folder == NULL) return NULL;
  torture_let_go(KIND_MEMORY, (uintptr_t)folder);
  torture_let_go(KIND_DESCRIPTOR, (uint64_t)dirfd(folder));
  torture_hold(KIND_FOLDER, (uintptr_t)folder, (uint64_t)dirfd(folder), caller);
  return folder;
}

DIR *HOOK(opendir)(const char *path) {
  if (torture_must_fail(CLASS_FILE, "opendir", CALLER)) return torture_failed_file();
  nested++;
  DIR *folder = REAL(opendir)(path);
  nested--;
  return torture_got_folder(folder, CALLER);
}

DIR *HOOK(fdopendir)(int descriptor) {
  if (torture_must_fail(CLASS_FILE, "fdopendir", CALLER)) return torture_failed_file();
  nested++;
  DIR *folder = REAL(fdopendir)(descriptor);
  nested--;
  return torture_got_folder(folder, CALLER);
}

int HOOK(closedir)(DIR *folder) {
  torture_let_go(KIND_FOLDER, (uintptr_t)folder);
  return REAL(closedir)(folder);
}
