/** The process, its environment, time, randomness, signals, users, dynamic loading, character sets. */
import type { AcquireFacts, ReleaseFacts } from '../knowledge.ts';
import {
  listFormats,
  local,
  FUNCTION,
  NEVER_RETURNS,
  OWN_STORAGE,
  PURE,
  READS,
  type Preset,
  type PresetEntry,
  each,
  formats,
  quiet,
  writes,
} from '../preset.ts';

const OBJECT: AcquireFacts = {
  kind: 'handle',
  handle: 'result',
  sentinel: 'null',
  afterFailure: 'sentinel',
  failure: 'sentinel',
  zeroes: false,
  releasers: [],
};

const CLOSES: Omit<ReleaseFacts, 'keepsErrno'> = {
  kind: 'handle',
  argument: 0,
  sentinel: 'null',
  acceptsSentinel: false,
  noopOnSentinel: false,
  resetting: false,
  isMemoryRelease: false,
};

/** Warns on stderr, with the text of errno. */
const WARNS: PresetEntry = { ...formats(0), readsErrno: true, output: 'log' };

export const preset: Preset = {
  name: 'process',
  title: 'process, environment, time, signals, users, dynamic loading',
  names: {
    ...each('exit _exit _Exit abort quick_exit __assert_fail __assert __builtin_unreachable', NEVER_RETURNS),
    ...each('__builtin_trap __stack_chk_fail longjmp siglongjmp _longjmp err errx verr verrx', NEVER_RETURNS),
    ...each('execl execlp execle execv execve execvp execvpe fexecve setjmp sigsetjmp _setjmp', FUNCTION),
    ...each('fork vfork daemon system raise kill killpg alarm pause sigsuspend', FUNCTION),
    ...each('atexit on_exit at_quick_exit signal qsort qsort_r bsearch lfind lsearch tsearch', FUNCTION),
    ...each('error error_at_line', FUNCTION),

    warn: WARNS,
    warnx: { ...formats(0), output: 'log' },
    vwarn: { ...listFormats(0, 1), readsErrno: true, output: 'log' },
    vwarnx: { ...listFormats(0, 1), output: 'log' },
    syslog: { ...formats(1), output: 'log' },
    vsyslog: { ...listFormats(1, 2), output: 'log' },
    // Keeps the identification it is given.
    openlog: { ...READS, retains: [0] },
    closelog: READS,
    setlogmask: READS,

    ...each('getpid getppid getpgrp getuid geteuid getgid getegid gettid', quiet(local(READS))),
    ...each('setsid setpgid setuid setgid seteuid setegid setreuid setregid nice', READS),
    ...each('sysconf pathconf fpathconf getpagesize getdtablesize getpgid getsid', local(READS)),
    getenv: local(OWN_STORAGE),
    secure_getenv: local(OWN_STORAGE),
    // What getenv has returned may change.
    ...each('setenv unsetenv clearenv', { ...READS, returnsOwnStorage: true }),
    putenv: { ...READS, retains: [0], returnsOwnStorage: true },
    wait: writes(0),
    waitpid: writes(1),
    wait3: writes(0, 2),
    wait4: writes(1, 3),
    waitid: writes(2),
    ...each('getrlimit getrusage', local(writes(1))),
    setrlimit: READS,
    ...each('prctl syscall ptrace', FUNCTION),
    uname: local(writes(0)),
    gethostname: local(writes(0)),
    getentropy: writes(0),
    getrandom: writes(0),
    getgroups: local(writes(1)),
    setgroups: READS,
    ...each('getlogin getpwnam getpwuid getgrnam getgrgid getpwent getgrent ttyname ptsname dlerror', OWN_STORAGE),
    // The entry that is filled points into the buffer, and the last argument at the entry.
    ...each('getpwnam_r getpwuid_r getgrnam_r getgrgid_r', { ...writes(1, 2, 4), retains: [1, 2] }),
    ...each('getopt getopt_long getopt_long_only', FUNCTION),

    time: quiet(local(writes(0))),
    clock: local(READS),
    gettimeofday: local(writes(0, 1)),
    settimeofday: READS,
    ...each('clock_gettime clock_getres', local(writes(1))),
    timespec_get: local(writes(0)),
    clock_nanosleep: writes(3),
    nanosleep: writes(1),
    ...each('sleep usleep', READS),
    ...each('localtime gmtime ctime asctime', OWN_STORAGE),
    ...each('localtime_r gmtime_r', { ...local(writes(1)), returnsArgument: 1 }),
    ...each('ctime_r asctime_r', { ...local(writes(1)), returnsArgument: 1 }),
    ...each('mktime timegm timelocal', local(writes(0))),
    difftime: PURE,
    strftime: local(writes(0)),
    strptime: { ...local(writes(2)), returnsArgument: 0 },
    tzset: READS,

    ...each('rand random srand srandom drand48 lrand48 mrand48 srand48 arc4random arc4random_uniform', READS),
    arc4random_buf: writes(0),
    rand_r: local(writes(0)),

    ...each('sigemptyset sigfillset sigaddset sigdelset', local(writes(0))),
    sigismember: local(READS),
    sigprocmask: writes(2),
    sigpending: writes(0),
    sigaction: writes(2),
    sigwait: writes(1),

    tcgetattr: local(writes(1)),
    ...each('tcsetattr tcflush tcdrain tcsendbreak cfsetispeed cfsetospeed', writes(0)),
    ...each('cfgetispeed cfgetospeed', local(READS)),
    grantpt: READS,
    unlockpt: READS,

    // Both run code of the library that is loaded or unloaded.
    dlopen: { ...FUNCTION, acquires: [{ ...OBJECT, releasers: ['dlclose'] }] },
    dlclose: { ...FUNCTION, releases: CLOSES },
    dlsym: READS,
    dladdr: local(writes(1)),

    // (iconv_t)-1 says that nothing was opened.
    iconv_open: { ...READS, acquires: [{ ...OBJECT, sentinel: '-1', releasers: ['iconv_close'] }] },
    iconv_close: { ...writes(0), releases: { ...CLOSES, sentinel: '-1' } },
    iconv: writes(0, 1, 2, 3, 4),
    newlocale: {
      ...writes(2),
      consumes: [2],
      consumesWhen: 'success',
      acquires: [{ ...OBJECT, releasers: ['freelocale'] }],
    },
    freelocale: { ...writes(0), releases: CLOSES },
    uselocale: READS,
    setlocale: OWN_STORAGE,
    localeconv: OWN_STORAGE,
    nl_langinfo: local(OWN_STORAGE),
    gettext: local(OWN_STORAGE),
    dgettext: local(OWN_STORAGE),
    ngettext: local(OWN_STORAGE),
    bindtextdomain: OWN_STORAGE,
    textdomain: OWN_STORAGE,

    ...each('fabs fabsf fabsl copysign', PURE),
    ...each('floor ceil round trunc floorf ceilf roundf truncf lround lrint rint nearbyint fmod fmodf', local(READS)),
    ...each(
      'sqrt sqrtf cbrt pow powf exp expf exp2 log logf log2 log10 log1p hypot fmin fmax fminf fmaxf',
      local(READS),
    ),
    ...each('sin cos tan asin acos atan atan2 sinh cosh tanh sinf cosf tanf atan2f', local(READS)),
  },
};
