/** POSIX regular expressions and word expansion. */
import type { AcquireFacts } from '../knowledge.ts';
import { FUNCTION, READS, type Preset, type PresetEntry, writes } from '../preset.ts';

/** The object is the caller's; after a failure its content is undefined. */
function fills(handle: 'arg:0' | 'arg:1' | 'arg:3', releaser: string): readonly AcquireFacts[] {
  return [
    {
      kind: 'handle',
      handle,
      sentinel: 'none',
      afterFailure: 'unspecified',
      failure: 'nonzero',
      zeroes: false,
      releasers: [releaser],
    },
  ];
}

/** regfree(NULL) crashes, and so do the others. */
const EMPTIES: PresetEntry = {
  ...writes(0),
  releases: {
    kind: 'handle',
    argument: 0,
    sentinel: 'none',
    acceptsSentinel: false,
    noopOnSentinel: false,
    resetting: false,
    isMemoryRelease: false,
    isSilent: true,
  },
};

export const preset: Preset = {
  name: 'regex',
  title: '<regex.h>, <glob.h>, <wordexp.h>, <fnmatch.h>',
  names: {
    regcomp: { ...writes(0), acquires: fills('arg:0', 'regfree') },
    regfree: EMPTIES,
    regexec: writes(3),
    regerror: writes(2),
    // It may call the caller's error function.
    glob: { ...FUNCTION, acquires: fills('arg:3', 'globfree') },
    globfree: EMPTIES,
    wordexp: { ...writes(1), acquires: fills('arg:1', 'wordfree') },
    wordfree: EMPTIES,
    fnmatch: READS,
  },
};
