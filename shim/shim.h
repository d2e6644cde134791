/*
 * The shim of `goto-cleanup torture`: fails the n-th acquisition of a program, and keeps account of what is held.
 *
 * One translation unit (shim.c includes the others), compiled in one of two ways:
 *   preload   a shared object; its functions stand before those of the C library, which it finds with RTLD_NEXT
 *   wrap      an object file for the linker's --wrap: malloc becomes __wrap_malloc, which calls __real_malloc
 *
 * It is told what to do by a control page in a file, shared by all processes of a run, and appends what it sees to a
 * log, one record a line. It allocates nothing from the program's heap and calls nothing that could: its own memory
 * is mapped, its own I/O are plain system calls.
 */
#ifndef TORTURE_SHIM_H
#define TORTURE_SHIM_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef TORTURE_WRAP
#define HOOK(name) __wrap_##name
#define REAL(name) __real_##name
#define USE_REAL(name) extern __typeof__(name) __real_##name;
#else
#define HOOK(name) name
#define REAL(name) ((__typeof__(real_##name))torture_real((void **)&real_##name, #name))
#define USE_REAL(name) static __typeof__(name) *real_##name;
#endif

/* The page as src/torture/control.ts writes and reads it; offsets are asserted in control.c. */
struct control {
  uint32_t magic;
  uint32_t version;
  uint64_t fail_at; /* counted from 1, among those of the stack if there is one; 0: nothing fails */
  uint32_t from_then_on;
  uint32_t classes;
  uint32_t flags;
  uint32_t stack; /* the hash of the only stack to fail at; 0: any */
  char program[224]; /* fail and watch only in programs of this base name; empty: in all */
  uint64_t count;
  uint32_t injected;
  uint32_t processes;
  uint32_t pids[512];
  uint64_t at_stack; /* acquisitions seen at that stack */
};

enum { CONTROL_MAGIC = 0x54524f54, CONTROL_VERSION = 1 };
enum { FLAG_TRACE = 1, FLAG_QUARANTINE = 2, FLAG_REACHABLE = 4 };

/* Classes of acquisitions: bits of control.classes. */
enum {
  CLASS_MEMORY = 1,
  CLASS_FILE = 2,
  CLASS_DESCRIPTOR = 4,
  CLASS_SOCKET = 8,
  CLASS_MAPPING = 16,
  CLASS_THREAD = 32,
  CLASS_LOCK = 64,
  CLASS_CUSTOM = 128,
};

/* What can be held. */
enum kind { KIND_MEMORY, KIND_MAPPING, KIND_DESCRIPTOR, KIND_FILE, KIND_FOLDER, KIND_LOCK, KIND_COUNT };

/* A thing held. The handle is an address or a descriptor. */
struct held {
  uint64_t handle;
  uint64_t size;     /* bytes; of a FILE or DIR: its descriptor */
  uint32_t stack;    /* where it was acquired */
  uint32_t released; /* where it was released, while it is in quarantine */
  uint16_t kind;
  uint16_t state;
  uint32_t fork_depth; /* of the process that acquired it */
};

/* EARLY: acquired before main or by the loader; never reported, and whatever it points to is reachable. */
enum { STATE_FREE_SLOT, STATE_LIVE, STATE_EARLY, STATE_QUARANTINED };

enum { MAX_FRAMES = 48 };

#endif
