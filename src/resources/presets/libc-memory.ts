/** Storage from the C library. */
import type { AcquireFacts } from '../knowledge.ts';
import { READS, local, type Preset, type PresetEntry, formats, listFormats, writes } from '../preset.ts';

const STORAGE: AcquireFacts = {
  kind: 'memory',
  handle: 'result',
  sentinel: 'null',
  afterFailure: 'sentinel',
  failure: 'sentinel',
  zeroes: false,
  releasers: ['free'],
};

const ALLOCATES: PresetEntry = { ...READS, acquires: [STORAGE] };

const PRINTED: AcquireFacts = { ...STORAGE, handle: 'out:0', afterFailure: 'unspecified', failure: 'negative' };

/** The buffer is the caller's even when -1 is returned, at the end of the file too. */
const LINE: AcquireFacts = { ...STORAGE, handle: 'out:0', afterFailure: 'held', failure: 'negative' };

/** On failure the old block is still the caller's. */
const REALLOCATES: PresetEntry = { ...writes(0), acquires: [STORAGE], consumes: [0], consumesWhen: 'success' };

export const preset: Preset = {
  name: 'libc-memory',
  title: 'malloc, free and what returns storage for free',
  names: {
    malloc: ALLOCATES,
    calloc: { ...READS, acquires: [{ ...STORAGE, zeroes: true }] },
    realloc: REALLOCATES,
    reallocarray: REALLOCATES,
    // BSD: a failing call has freed the old block.
    reallocf: { ...writes(0), acquires: [STORAGE], consumes: [0] },
    aligned_alloc: ALLOCATES,
    memalign: ALLOCATES,
    valloc: ALLOCATES,
    pvalloc: ALLOCATES,
    strdup: ALLOCATES,
    strndup: ALLOCATES,
    wcsdup: ALLOCATES,
    _strdup: ALLOCATES,
    malloc_usable_size: local(READS),
    posix_memalign: {
      ...writes(0),
      acquires: [{ ...STORAGE, handle: 'out:0', afterFailure: 'unspecified', failure: 'nonzero' }],
    },
    asprintf: { ...formats(1, 0), acquires: [PRINTED] },
    vasprintf: { ...listFormats(1, 2, 0), acquires: [PRINTED] },
    getline: { ...writes(0, 1, 2), acquires: [LINE] },
    getdelim: { ...writes(0, 1, 3), acquires: [LINE] },
    free: {
      ...writes(0),
      releases: {
        kind: 'memory',
        argument: 0,
        sentinel: 'null',
        acceptsSentinel: true,
        noopOnSentinel: true,
        resetting: false,
        isMemoryRelease: true,
        isShallow: true,
        isSilent: true,
      },
      on: [
        {
          platforms: ['posix', 'glibc', 'musl'],
          because: 'POSIX.1-2024, glibc since 2.33, musl since 1.2.3',
          facts: { keepsErrno: true },
        },
      ],
    },
  },
};
