/** File descriptors. */
import type { AcquireFacts, HandlePosition } from '../knowledge.ts';
import { local, FUNCTION, READS, type Preset, type PresetEntry, each, writes } from '../preset.ts';

const DESCRIPTOR: AcquireFacts = {
  kind: 'descriptor',
  handle: 'result',
  sentinel: '-1',
  afterFailure: 'sentinel',
  failure: 'negative',
  zeroes: false,
  releasers: ['close'],
};

const OPENS: PresetEntry = { ...READS, acquires: [DESCRIPTOR] };

/** A failing call leaves the array as it was (POSIX.1-2008, TC2). */
const PAIR: readonly AcquireFacts[] = (['element:0:0', 'element:0:1'] satisfies HandlePosition[]).map((handle) => ({
  ...DESCRIPTOR,
  handle,
  afterFailure: 'unspecified',
}));

export const preset: Preset = {
  name: 'descriptors',
  title: 'POSIX file descriptors',
  names: {
    ...each('open open64 openat openat64 creat creat64 dup shm_open memfd_create', OPENS),
    ...each('eventfd timerfd_create epoll_create epoll_create1 inotify_init inotify_init1', OPENS),
    ...each('posix_openpt getpt', OPENS),
    ...each('mkstemp mkostemp mkstemps mkostemps', { ...OPENS, writesThrough: [0] }),
    // A descriptor that was given comes back: acquired only when argument 0 is -1.
    signalfd: READS,
    // The result is the number the caller chose, which dup2 has closed first.
    ...each('dup2 dup3', READS),
    pipe: { ...writes(0), acquires: PAIR },
    pipe2: { ...writes(0), acquires: PAIR },
    close: {
      ...READS,
      releases: {
        kind: 'descriptor',
        argument: 0,
        sentinel: '-1',
        // It fails with EBADF: harmless, but errno is set.
        acceptsSentinel: true,
        noopOnSentinel: false,
        resetting: false,
        isMemoryRelease: false,
        isSilent: true,
      },
    },

    ...each('read pread pread64', writes(1)),
    ...each('readv preadv', writes(1)),
    ...each('write pwrite pwrite64 writev pwritev', { ...READS, output: { stream: 0 } }),
    ...each('lseek lseek64 fsync fdatasync ftruncate ftruncate64 truncate truncate64 sync syncfs', READS),
    ...each('posix_fadvise posix_fallocate fallocate flock lockf', READS),
    sendfile: writes(2),
    copy_file_range: writes(1, 3),
    fcntl: writes(2),
    // What it does depends on its number.
    ioctl: FUNCTION,
    poll: writes(0),
    ppoll: writes(0),
    ...each('select pselect', writes(1, 2, 3, 4)),
    epoll_wait: writes(1),
    epoll_pwait: writes(1),
    // The kernel keeps what the event holds, which may be a pointer.
    epoll_ctl: { ...READS, retains: [3] },
    ...each('inotify_add_watch inotify_rm_watch timerfd_settime', READS),
    eventfd_write: READS,
    eventfd_read: writes(1),
    ...each('isatty ttyname_r', { ...local(READS), writesThrough: [1] }),

    ...each('stat lstat fstat stat64 lstat64 fstat64 statvfs fstatvfs statfs fstatfs', local(writes(1))),
    fstatat: local(writes(2)),
    ...each('access faccessat euidaccess chmod fchmod fchmodat chown fchown lchown fchownat', READS),
    ...each('link linkat symlink symlinkat unlink unlinkat mkdir mkdirat rmdir mkfifo mkfifoat mknod mknodat', READS),
    ...each('utime utimes futimes utimensat futimens chdir fchdir chroot umask', READS),
    ...each('getxattr lgetxattr fgetxattr', writes(2)),
    ...each('setxattr lsetxattr fsetxattr removexattr', READS),
    readlink: local(writes(1)),
    readlinkat: writes(2),
    getcwd: { ...local(writes(0)), returnsArgument: 0 },
    realpath: { ...writes(1), returnsArgument: 1 },
    mkdtemp: { ...writes(0), returnsArgument: 0 },
    ...each('basename dirname', { ...writes(0), returnsArgument: 0, returnsOwnStorage: true }),
  },
};
