/** What the language and its headers define as macros, and operators of the compilers that look like calls. */
import { ARITHMETIC, NEVER_RETURNS, PURE, READS, type Preset, each, local, plainMacro, writes } from '../preset.ts';

export const preset: Preset = {
  name: 'language',
  title: 'macros of the C headers and operators of the compilers',
  names: {
    ...each('NULL true false bool errno static_assert offsetof EXIT_SUCCESS EXIT_FAILURE', plainMacro()),
    // It may end the program, with a message.
    assert: { kind: 'macro', macro: { hasJump: false, isStateful: false, freeNames: [], writes: [] } },
    ...each('INT_MIN INT_MAX UINT_MAX LONG_MIN LONG_MAX ULONG_MAX LLONG_MIN LLONG_MAX ULLONG_MAX', plainMacro()),
    ...each('CHAR_BIT CHAR_MAX SCHAR_MAX UCHAR_MAX SHRT_MAX USHRT_MAX SIZE_MAX SSIZE_MAX PATH_MAX', plainMacro()),
    ...each('INT8_MAX INT16_MAX INT32_MAX INT64_MAX UINT8_MAX UINT16_MAX UINT32_MAX UINT64_MAX', plainMacro()),
    ...each('INT64_C UINT64_C INT32_C UINT32_C PRIu64 PRId64 PRIx64 PRIu32 PRId32 PRIx32 PRIuPTR', plainMacro()),
    // They change the list itself, and nothing that it stands for.
    ...each('va_start va_arg va_copy va_end', { ...plainMacro(0), writesThrough: [] }),
    ...each('__FILE__ __LINE__ __func__ __FUNCTION__ __PRETTY_FUNCTION__ __DATE__ __TIME__', plainMacro()),

    ...each('S_ISREG S_ISDIR S_ISLNK S_ISCHR S_ISBLK S_ISFIFO S_ISSOCK', plainMacro()),
    ...each('WIFEXITED WEXITSTATUS WIFSIGNALED WTERMSIG WIFSTOPPED WSTOPSIG WCOREDUMP', plainMacro()),
    ...each('FD_SET FD_CLR', plainMacro(1)),
    FD_ZERO: plainMacro(0),
    FD_ISSET: plainMacro(),
    ...each('MAP_FAILED INADDR_ANY INADDR_LOOPBACK INADDR_NONE', plainMacro()),
    ...each('isnan isinf isfinite signbit', plainMacro()),

    ...each('atomic_load atomic_load_explicit atomic_is_lock_free', local(READS)),
    ...each('atomic_fetch_add atomic_fetch_sub atomic_fetch_or atomic_fetch_and atomic_fetch_xor', local(writes(0))),
    ...each('atomic_fetch_add_explicit atomic_fetch_sub_explicit', local(writes(0))),
    // Pointers are stored so, too: what they point to is known elsewhere from then on.
    ...each('atomic_store atomic_exchange atomic_init', { ...local(writes(0)), retains: [1] }),
    ...each('atomic_store_explicit atomic_exchange_explicit', { ...local(writes(0)), retains: [1] }),
    ...each('atomic_compare_exchange_strong atomic_compare_exchange_weak', { ...local(writes(0, 1)), retains: [2] }),
    ...each('__atomic_add_fetch __atomic_sub_fetch __atomic_fetch_add __atomic_fetch_sub', local(writes(0))),
    ...each('__atomic_store_n __atomic_exchange_n __sync_lock_test_and_set', { ...local(writes(0)), retains: [1] }),
    ...each('__sync_add_and_fetch __sync_sub_and_fetch', local(writes(0))),
    ...each('__sync_fetch_and_add __sync_fetch_and_sub', local(writes(0))),
    __atomic_load_n: local(READS),
    ...each('sizeof _Alignof alignof __alignof__ typeof __typeof__ _Static_assert', PURE),
    ...each('__builtin_expect __builtin_constant_p __builtin_clz __builtin_ctz __builtin_popcount', ARITHMETIC),
    ...each('__builtin_offsetof __builtin_types_compatible_p', PURE),
    ...each('__builtin_bswap16 __builtin_bswap32 __builtin_bswap64', ARITHMETIC),
    ...each('__builtin_object_size __builtin_strlen __builtin_memcmp __builtin_strcmp', PURE),
    ...each('__builtin_abort __builtin_exit', NEVER_RETURNS),
  },
};
