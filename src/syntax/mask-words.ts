/** What words say about themselves: keywords of types, and how much an identifier looks like an attribute macro. */

/** Words that can only be part of a declaration's type or storage. */
export const SPECIFIERS: ReadonlySet<string> = new Set(
  (
    'static extern register auto inline __inline __inline__ _Noreturn _Thread_local __thread constexpr thread_local ' +
    'const volatile restrict __restrict __restrict__ __const __volatile__ _Atomic __signed__ ' +
    'void char short int long float double signed unsigned _Bool bool _Complex __int128 ' +
    'typedef'
  ).split(' '),
);

/** Specifiers that name a type by themselves. */
export const TYPE_WORDS: ReadonlySet<string> = new Set(
  'void char short int long float double signed unsigned _Bool bool _Complex __int128 __signed__'.split(' '),
);

/** Standard words the grammar does not know; none changes which object a name means. */
export const UNKNOWN_SPECIFIERS: ReadonlySet<string> = new Set([
  '_Thread_local',
  '__restrict',
  '__const',
  '__signed__',
]);

export const TAG_WORDS: ReadonlySet<string> = new Set(['struct', 'union', 'enum']);

/** A parenthesis behind these belongs to a declaration. */
export const ATTRIBUTE_WORDS: ReadonlySet<string> = new Set(
  '__attribute__ __attribute __declspec _Alignas alignas'.split(' '),
);

export const TYPEOF_WORDS: ReadonlySet<string> = new Set([
  'typeof',
  '__typeof__',
  '__typeof',
  'typeof_unqual',
  '__auto_type',
]);

export const ASM_WORDS: ReadonlySet<string> = new Set(['asm', '__asm__', '__asm', 'asm_volatile', 'asm_inline']);

/** Words that open or continue a statement. */
export const STATEMENT_WORDS: ReadonlySet<string> = new Set(
  'if else for while do switch case default goto break continue return'.split(' '),
);

const ATTRIBUTE_PARTS =
  /(^|_)(UNUSED|NORETURN|NO_RETURN|RESTRICT|INLINE|NOINLINE|STATIC|EXPORT|EXPORTS|EXTERN|EXTERNAL|API|PUBLIC|PRIVATE|LOCAL|INTERNAL|HIDDEN|PACKED|ALIGNED|ALIGN|CALL|CALLBACK|CDECL|STDCALL|NOTHROW|DEPRECATED|CONST|VOLATILE|FUNC|FN|FUNCTION|ATTR|ATTRIBUTE|DECL|DECLSPEC|IMPORT|COLD|HOT|PURE|WEAK|NODISCARD|INIT|EXIT|LINKAGE|SECTION|SANITIZE|UNITTEST|TESTABLE|WARN)(_|$|\d)/;
const LOWER_ATTRIBUTES =
  /^(_?no_?inline\w*|\w*_inline|inline_\w+|internal_function|asmlinkage|notrace|noinstr|noreturn|no_return|maybe_unused|unused|fastcall|cdecl|stdcall|pascal|far|near|huge|hidden|g_autofree|_cleanup_\w*|_unused_?|_public_|_hidden_|_pure_|_const_|_sentinel_|_noreturn_|_packed_|_weak_|_alignas?_|\w+_unused|\w+_const|always_inline|forceinline|interrupt|attribute_\w+|static_\w*inline|av_\w+|not_?used|export\w*)$/;
const DOUBLE_UNDERSCORE_TYPES =
  /^__((u|s|be|le|uint|int|i|c|cpu_?)\d+(_t)?|builtin_va_list|gnuc_va_list|wsum|sum16|poll_t|int\d+|kernel_\w+|\w+_t|float\d+|m\d+\w*|vector\w*)$/;
const TYPE_LIKE =
  /(_t|_type|_T)$|^[us](8|16|32|64)$|^(u?int\d+|uint|ulong|ushort|uchar|size_t|ssize_t|BOOL|DWORD|HANDLE|LONG|ULONG|UINT|INT|WORD|BYTE|CHAR|VOID|Bool|FILE)$/;

/** From -1 (surely a type) to 3 (surely an attribute); identifiers that say nothing have 0. */
export function attributeLikeness(word: string): number {
  if (TYPE_LIKE.test(word) && !word.startsWith('__')) return -1;
  if (word.startsWith('__')) return DOUBLE_UNDERSCORE_TYPES.test(word) ? -0.5 : 3;
  if (LOWER_ATTRIBUTES.test(word)) return 2.5;
  if (word !== word.toUpperCase() || !/[A-Z]/.test(word)) return 0;
  return ATTRIBUTE_PARTS.test(word) || /(API|ENTRY|CALL|EXPORT|UNUSED|FUN)$/.test(word) ? 3 : 1;
}

/** `list_for_each_entry`, `TAILQ_FOREACH_SAFE`, `HASH_ITER`, `skb_queue_walk`: as good as surely a loop. */
export function isLoopName(word: string): boolean {
  return /for_?each|for_all|^for(_|all|both|each|three|four|five|every)|(^|_)(iter|iterate|walk|loop)(_|$)/i.test(word);
}
