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

const IN_FOLDERS: ReadonlySet<string> = new Set(
  (
    'arpa/inet net/if netinet/in netinet/tcp netinet/udp netinet/ip netinet/ip_icmp netinet/in_systm ' +
    'sys/cdefs sys/epoll sys/errno sys/eventfd sys/file sys/inotify sys/ioctl sys/ipc sys/mman sys/mount sys/msg ' +
    'sys/param sys/poll sys/prctl sys/queue sys/random sys/resource sys/select sys/sem sys/sendfile sys/shm ' +
    'sys/signalfd sys/socket sys/stat sys/statfs sys/statvfs sys/syscall sys/sysinfo sys/time sys/timerfd sys/times ' +
    'sys/types sys/uio sys/un sys/utsname sys/vfs sys/wait sys/xattr'
  ).split(' '),
);

/** Is this the include of a header of the C library? */
export function isLibraryHeader(path: string): boolean {
  const name = path.endsWith('.h') ? path.slice(0, -2) : path;
  return NAMES.has(name) || IN_FOLDERS.has(name);
}
