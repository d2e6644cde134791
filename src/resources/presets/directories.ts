/** Directory streams. */
import type { AcquireFacts } from '../knowledge.ts';
import { FUNCTION, READS, type Preset, writes } from '../preset.ts';

const DIRECTORY: AcquireFacts = {
  kind: 'handle',
  handle: 'result',
  sentinel: 'null',
  afterFailure: 'sentinel',
  failure: 'sentinel',
  zeroes: false,
  releasers: ['closedir'],
};

const CLOSES = {
  kind: 'handle',
  argument: 0,
  sentinel: 'null',
  acceptsSentinel: false,
  noopOnSentinel: false,
  resetting: false,
  isMemoryRelease: false,
  isSilent: true,
} as const;

export const preset: Preset = {
  name: 'directories',
  title: 'POSIX directory streams',
  names: {
    opendir: { ...READS, acquires: [DIRECTORY] },
    fdopendir: { ...READS, acquires: [DIRECTORY], consumes: [0], consumesWhen: 'success' },
    closedir: {
      ...writes(0),
      releases: CLOSES,
      on: [
        {
          platforms: ['glibc'],
          because: 'glibc answers NULL with EINVAL',
          facts: { releases: { ...CLOSES, acceptsSentinel: true } },
        },
      ],
    },
    // The entry lives in the stream and is overwritten by the next call.
    readdir: { ...writes(0), returnsArgument: 0, returnsOwnStorage: true },
    readdir64: { ...writes(0), returnsArgument: 0, returnsOwnStorage: true },
    readdir_r: { ...writes(0, 1, 2), retains: [1] },
    rewinddir: writes(0),
    seekdir: writes(0),
    telldir: READS,
    dirfd: READS,
    scandir: FUNCTION,
    ftw: FUNCTION,
    nftw: FUNCTION,
  },
};
