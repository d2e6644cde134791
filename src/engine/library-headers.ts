/** Headers of C and POSIX: an include of one means the system's, unless a file of that name stands beside it. */
const NAMES: ReadonlySet<string> = new Set(
  (
    'assert complex ctype errno fenv float inttypes iso646 limits locale math setjmp signal stdalign stdarg stdatomic ' +
    'stdbit stdbool stdckdint stddef stdint stdio stdlib stdnoreturn string tgmath threads time uchar wchar wctype ' +
    'aio cpio dirent dlfcn fcntl fmtmsg fnmatch ftw glob grp iconv langinfo libgen monetary mqueue ndbm netdb nl_types ' +
    'poll pthread pwd regex sched search semaphore spawn strings stropts syslog tar termios trace ulimit unistd utime ' +
    'utmpx wordexp malloc getopt endian byteswap features alloca err'
  ).split(' '),
);

const FOLDERS = /^(sys|net|netinet|arpa|bits|asm-generic)\//;

/** Is this the include of a header of the C library? */
export function isLibraryHeader(path: string): boolean {
  if (FOLDERS.test(path)) return true;
  return path.endsWith('.h') && NAMES.has(path.slice(0, -2));
}
