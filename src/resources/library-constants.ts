/** Names of the C and POSIX headers that stand for one constant as long as the program runs. */
import { isErrnoName } from './errno-names.ts';

/** C11 5.2.4.2.1 and 7.10 (limits.h): constant expressions that serve in `#if`. `MB_LEN_MAX`, not `MB_CUR_MAX`. */
const LIMITS =
  'CHAR_BIT SCHAR_MIN SCHAR_MAX UCHAR_MAX CHAR_MIN CHAR_MAX MB_LEN_MAX SHRT_MIN SHRT_MAX USHRT_MAX INT_MIN INT_MAX ' +
  'UINT_MAX LONG_MIN LONG_MAX ULONG_MAX LLONG_MIN LLONG_MAX ULLONG_MAX SSIZE_MAX PATH_MAX NAME_MAX IOV_MAX';

/** C11 7.20.2 and 7.20.3 (stdint.h). */
const INTEGERS =
  'INT8_MIN INT16_MIN INT32_MIN INT64_MIN INT8_MAX INT16_MAX INT32_MAX INT64_MAX UINT8_MAX UINT16_MAX UINT32_MAX ' +
  'UINT64_MAX INTPTR_MIN INTPTR_MAX UINTPTR_MAX INTMAX_MIN INTMAX_MAX UINTMAX_MAX PTRDIFF_MIN PTRDIFF_MAX SIZE_MAX';

/** C11 7.21.1 (stdio.h) and 7.22 (stdlib.h). */
const OTHERS = 'EOF BUFSIZ EXIT_SUCCESS EXIT_FAILURE RAND_MAX';

const NAMES: ReadonlySet<string> = new Set(`${LIMITS} ${INTEGERS} ${OTHERS}`.split(' '));

/** Does every evaluation of the name give the same value, if it is the library's? */
export function isLibraryConstant(name: string): boolean {
  return NAMES.has(name) || isErrnoName(name);
}
