/** Storage from mimalloc. What it does to errno is not documented. */
import type { AcquireFacts } from '../knowledge.ts';
import { READS, type Preset, type PresetEntry, each, writes } from '../preset.ts';

const STORAGE: AcquireFacts = {
  kind: 'memory',
  handle: 'result',
  sentinel: 'null',
  afterFailure: 'sentinel',
  failure: 'sentinel',
  zeroes: false,
  releasers: ['mi_free'],
};

const REALLOCATES: PresetEntry = { ...writes(0), acquires: [STORAGE], consumes: [0], consumesWhen: 'success' };

export const preset: Preset = {
  name: 'mimalloc',
  title: 'mimalloc storage',
  headers: ['mimalloc.h'],
  names: {
    ...each('mi_malloc mi_mallocn mi_malloc_aligned mi_malloc_small', { ...READS, acquires: [STORAGE] }),
    ...each('mi_calloc mi_zalloc mi_zalloc_aligned', { ...READS, acquires: [{ ...STORAGE, zeroes: true }] }),
    ...each('mi_strdup mi_strndup', { ...READS, acquires: [STORAGE] }),
    ...each('mi_realloc mi_reallocn mi_realloc_aligned', REALLOCATES),
    ...each('mi_free mi_free_aligned mi_free_size', {
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
    }),
  },
};
