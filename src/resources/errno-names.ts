/**
 * The error numbers of `<errno.h>`: constants above zero, all different but for the two pairs below. C11 7.5p2,
 * POSIX.1-2024 errno.h; behind them those that Linux has besides.
 */
const NAMES =
  'E2BIG EACCES EADDRINUSE EADDRNOTAVAIL EAFNOSUPPORT EAGAIN EALREADY EBADF EBADMSG EBUSY ECANCELED ECHILD ' +
  'ECONNABORTED ECONNREFUSED ECONNRESET EDEADLK EDESTADDRREQ EDOM EDQUOT EEXIST EFAULT EFBIG EHOSTUNREACH EIDRM ' +
  'EILSEQ EINPROGRESS EINTR EINVAL EIO EISCONN EISDIR ELOOP EMFILE EMLINK EMSGSIZE EMULTIHOP ENAMETOOLONG ENETDOWN ' +
  'ENETRESET ENETUNREACH ENFILE ENOBUFS ENODEV ENOENT ENOEXEC ENOLCK ENOLINK ENOMEM ENOMSG ENOPROTOOPT ENOSPC ENOSYS ' +
  'ENOTCONN ENOTDIR ENOTEMPTY ENOTRECOVERABLE ENOTSOCK ENOTSUP ENOTTY ENXIO EOPNOTSUPP EOVERFLOW EOWNERDEAD EPERM ' +
  'EPIPE EPROTO EPROTONOSUPPORT EPROTOTYPE ERANGE EROFS ESOCKTNOSUPPORT ESPIPE ESRCH ESTALE ETIMEDOUT ETXTBSY ' +
  'EWOULDBLOCK EXDEV ' +
  'ENODATA ENOKEY ENOMEDIUM ENONET ENOSTR ENOTBLK ENOTUNIQ EREMOTEIO ESHUTDOWN ETIME EUCLEAN';

const ERRNO_NAMES: ReadonlySet<string> = new Set(NAMES.split(' '));

const MAY_BE_SAME: readonly ReadonlySet<string>[] = [
  new Set(['EAGAIN', 'EWOULDBLOCK']),
  new Set(['ENOTSUP', 'EOPNOTSUPP']),
];

/** Is it the name of an error number? */
export function isErrnoName(name: string): boolean {
  return ERRNO_NAMES.has(name);
}

/** Are the two error numbers certainly two? Takes names for which `isErrnoName` holds. */
export function areOtherErrors(one: string, other: string): boolean {
  return one !== other && !MAY_BE_SAME.some((pair) => pair.has(one) && pair.has(other));
}
