/* The one file to compile: see shim.h. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#undef _FORTIFY_SOURCE
#undef _FILE_OFFSET_BITS
#include <features.h>
/* Else the header of glibc defines getline itself. */
#undef __USE_EXTERN_INLINES

#include <dirent.h>
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <malloc.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <unistd.h>
#include <unwind.h>

#include "shim.h"

/* So that the tool can tell whether a program was linked with this. */
__attribute__((used)) static const char torture_marker[] = "goto-cleanup torture shim 1";

#include "control.c"
#include "stack.c"
#include "log.c"
#include "holdings.c"
#include "reach.c"
#include "process.c"
#include "memory.c"
#include "files.c"
#include "threads.c"
#include "custom.c"
