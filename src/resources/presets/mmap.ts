/** Mappings of memory. */
import { READS, type Preset, each, writes } from '../preset.ts';

export const preset: Preset = {
  name: 'mmap',
  title: 'POSIX memory mappings',
  names: {
    ...Object.fromEntries(
      ['mmap', 'mmap64'].map((name) => [
        name,
        {
          ...READS,
          acquires: [
            {
              kind: 'other',
              handle: 'result',
              sentinel: 'map-failed',
              afterFailure: 'sentinel',
              failure: 'sentinel',
              zeroes: false,
              releasers: ['munmap'],
            },
          ],
        } as const,
      ]),
    ),
    // It needs the length too, and MAP_FAILED is no address of a page.
    munmap: {
      ...writes(0),
      releases: {
        kind: 'other',
        argument: 0,
        sentinel: 'map-failed',
        acceptsSentinel: false,
        noopOnSentinel: false,
        resetting: false,
        isMemoryRelease: false,
        isSilent: true,
      },
    },
    mremap: writes(0),
    ...each('mprotect msync madvise posix_madvise mlock munlock mlockall munlockall mincore', writes(0, 2)),
    shm_unlink: READS,
  },
};
