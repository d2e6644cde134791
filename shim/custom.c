/*
 * Acquisitions by name, of whatever signature: TORTURE_CUSTOM(HOOK) calls HOOK(name, value) for each. The registers
 * that carry arguments are kept while it is decided whether the call fails; if not, it goes on as if nothing had been.
 */
#ifdef TORTURE_CUSTOM

#ifndef __x86_64__
#error "acquisitions by name need an x86-64 machine"
#endif

/* Where the call goes on; NULL: it fails. */
__attribute__((used, visibility("hidden"))) void *torture_custom(const char *name, void *caller, void *real) {
#ifndef TORTURE_WRAP
  real = torture_find_next(name);
#endif
  return torture_must_fail(CLASS_CUSTOM, name, caller) ? NULL : real;
}

#ifdef TORTURE_WRAP
#define CUSTOM_ENTRY(name) "__wrap_" #name
#define CUSTOM_REAL(name) "mov __real_" #name "@GOTPCREL(%rip), %rdx\n"
#else
#define CUSTOM_ENTRY(name) #name
#define CUSTOM_REAL(name) "xor %edx, %edx\n"
#endif

#define CUSTOM_HOOK(name, value)                                                                                       \
  __asm__(".section .rodata\n"                                                                                         \
          "torture_name_" #name ": .asciz \"" #name "\"\n"                                                             \
          ".text\n.globl " CUSTOM_ENTRY(name) "\n.type " CUSTOM_ENTRY(name) ", @function\n" CUSTOM_ENTRY(name) ":\n"   \
          ".cfi_startproc\npush %rbp\n.cfi_def_cfa_offset 16\n.cfi_offset %rbp, -16\n"                                 \
          "mov %rsp, %rbp\n.cfi_def_cfa_register %rbp\nsub $192, %rsp\n"                                               \
          "mov %rdi, (%rsp)\nmov %rsi, 8(%rsp)\nmov %rdx, 16(%rsp)\nmov %rcx, 24(%rsp)\n"                              \
          "mov %r8, 32(%rsp)\nmov %r9, 40(%rsp)\nmov %rax, 48(%rsp)\nmov %r10, 56(%rsp)\n"                             \
          "movups %xmm0, 64(%rsp)\nmovups %xmm1, 80(%rsp)\nmovups %xmm2, 96(%rsp)\nmovups %xmm3, 112(%rsp)\n"          \
          "movups %xmm4, 128(%rsp)\nmovups %xmm5, 144(%rsp)\nmovups %xmm6, 160(%rsp)\nmovups %xmm7, 176(%rsp)\n"       \
          "lea torture_name_" #name "(%rip), %rdi\nmov 8(%rbp), %rsi\n" CUSTOM_REAL(name)                              \
          "call torture_custom\nmov %rax, %r11\n"                                                                      \
          "mov (%rsp), %rdi\nmov 8(%rsp), %rsi\nmov 16(%rsp), %rdx\nmov 24(%rsp), %rcx\n"                              \
          "mov 32(%rsp), %r8\nmov 40(%rsp), %r9\nmov 48(%rsp), %rax\nmov 56(%rsp), %r10\n"                             \
          "movups 64(%rsp), %xmm0\nmovups 80(%rsp), %xmm1\nmovups 96(%rsp), %xmm2\nmovups 112(%rsp), %xmm3\n"          \
          "movups 128(%rsp), %xmm4\nmovups 144(%rsp), %xmm5\nmovups 160(%rsp), %xmm6\nmovups 176(%rsp), %xmm7\n"       \
          "leave\n.cfi_def_cfa %rsp, 8\ntest %r11, %r11\njz 1f\njmp *%r11\n"                                           \
          "1: movabs $" #value ", %rax\nret\n.cfi_endproc\n.size " CUSTOM_ENTRY(name) ", .-" CUSTOM_ENTRY(name) "\n");

TORTURE_CUSTOM(CUSTOM_HOOK)

#endif
