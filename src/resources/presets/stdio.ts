/** Streams: opening and closing them, output, input. */
import type { AcquireFacts, ReleaseFacts } from '../knowledge.ts';
import {
  listFormats,
  local,
  FUNCTION,
  READS,
  type Preset,
  type PresetEntry,
  argumentsFrom,
  each,
  formats,
  plainMacro,
  quiet,
  writes,
} from '../preset.ts';

const STREAM: AcquireFacts = {
  kind: 'handle',
  handle: 'result',
  sentinel: 'null',
  afterFailure: 'sentinel',
  failure: 'sentinel',
  zeroes: false,
  releasers: ['fclose'],
};

/** fclose(NULL) and pclose(NULL) are undefined: they crash. */
const CLOSES: Omit<ReleaseFacts, 'keepsErrno'> = {
  kind: 'handle',
  argument: 0,
  sentinel: 'null',
  acceptsSentinel: false,
  noopOnSentinel: false,
  resetting: false,
  isMemoryRelease: false,
  isSilent: true,
};

/** Plain text to the logger's own sink: nothing in the text is interpreted. */
const PRINTS: PresetEntry = { ...READS, output: 'log' };

export const preset: Preset = {
  name: 'stdio',
  title: 'streams of the C library',
  names: {
    ...each('fopen fopen64 tmpfile tmpfile64', { ...READS, acquires: [STREAM] }),
    fdopen: { ...READS, acquires: [STREAM], consumes: [0], consumesWhen: 'success' },
    // Closes the stream it is given, whether or not it succeeds.
    freopen: { ...writes(2), acquires: [STREAM], consumes: [2], returnsArgument: 2 },
    popen: { ...READS, acquires: [{ ...STREAM, releasers: ['pclose'] }] },
    fmemopen: { ...READS, acquires: [STREAM], retains: [0] },
    open_memstream: { ...writes(0, 1), acquires: [STREAM], retains: [0, 1] },
    fclose: { ...writes(0), releases: CLOSES },
    pclose: { ...writes(0), releases: CLOSES },
    setvbuf: { ...writes(0), retains: [1] },
    setbuf: { ...writes(0), retains: [1] },
    setbuffer: { ...writes(0), retains: [1] },

    printf: { ...formats(0), output: 'log' },
    fprintf: { ...formats(1, 0), output: { stream: 0 } },
    dprintf: { ...formats(1), output: { stream: 0 } },
    sprintf: local(formats(1, 0)),
    snprintf: local(formats(2, 0)),
    vprintf: { ...listFormats(0, 1), output: 'log' },
    vfprintf: { ...listFormats(1, 2, 0), output: { stream: 0 } },
    vdprintf: { ...listFormats(1, 2), output: { stream: 0 } },
    vsprintf: local(listFormats(1, 2, 0)),
    vsnprintf: local(listFormats(2, 3, 0)),
    ...each('puts putchar putchar_unlocked', PRINTS),
    perror: { ...READS, readsErrno: true, output: 'log' },
    ...each('fputs fputc putc fputs_unlocked fputc_unlocked putc_unlocked', { ...writes(1), output: { stream: 1 } }),
    ...each('fputwc putwc fputws', { ...writes(1), output: { stream: 1 } }),
    ...each('fwrite fwrite_unlocked', { ...writes(3), output: { stream: 3 } }),
    // fflush(NULL) writes out every stream, those over the caller's memory too.
    fflush: { neverReturns: false, retains: [], readsErrno: false, output: { stream: 0 } },

    scanf: { ...writes(...argumentsFrom(1)) },
    fscanf: { ...writes(0, ...argumentsFrom(2)) },
    sscanf: local(writes(...argumentsFrom(2))),
    vscanf: writes(1),
    vfscanf: writes(0, 2),
    vsscanf: local(writes(2)),
    ...each('getchar getchar_unlocked', READS),
    ...each('fgetc getc fgetc_unlocked getc_unlocked getw fgetwc getwc', writes(0)),
    fgets: { ...writes(0, 2), returnsArgument: 0 },
    gets: { ...writes(0), returnsArgument: 0 },
    fread: writes(0, 3),
    fread_unlocked: writes(0, 3),
    ungetc: writes(1),

    ...each('fseek fseeko ftell ftello fseeko64 ftello64', writes(0)),
    rewind: writes(0),
    fgetpos: writes(0, 1),
    fsetpos: writes(0),
    ...each('feof ferror feof_unlocked ferror_unlocked', quiet(local(READS))),
    ...each('clearerr clearerr_unlocked', quiet(writes(0))),
    fileno: local(READS),
    ...each('flockfile funlockfile ftrylockfile', FUNCTION),
    ...each('remove rename renameat', READS),
    tmpnam: { ...writes(0), returnsOwnStorage: true },
    tempnam: { ...READS, acquires: [{ ...STREAM, kind: 'memory', releasers: ['free'] }] },
    ctermid: { ...writes(0), returnsOwnStorage: true },
    ...each('stdin stdout stderr EOF BUFSIZ FILENAME_MAX L_tmpnam SEEK_SET SEEK_CUR SEEK_END', plainMacro()),
    ...each('_IOFBF _IOLBF _IONBF TMP_MAX FOPEN_MAX', plainMacro()),
  },
};
