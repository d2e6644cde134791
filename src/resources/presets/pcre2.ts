/** Patterns and match data of PCRE2. The names are macros for the functions of one width of characters. */
import type { AcquireFacts, ReleaseFacts } from '../knowledge.ts';
import { FUNCTION, type Preset, READS, each, writes } from '../preset.ts';

/** A release may call back the memory functions that the program has given to PCRE2. */
const FREES: Omit<ReleaseFacts, 'keepsErrno'> = {
  kind: 'memory',
  argument: 0,
  sentinel: 'null',
  acceptsSentinel: true,
  noopOnSentinel: true,
  resetting: false,
  isMemoryRelease: true,
};

function storage(releaser: string): AcquireFacts {
  return {
    kind: 'memory',
    handle: 'result',
    sentinel: 'null',
    afterFailure: 'sentinel',
    failure: 'sentinel',
    zeroes: false,
    releasers: [releaser],
  };
}

export const preset: Preset = {
  name: 'pcre2',
  title: 'PCRE2 patterns and match data',
  headers: ['pcre2.h', 'pcre2posix.h'],
  names: {
    pcre2_compile: { ...FUNCTION, acquires: [storage('pcre2_code_free')] },
    pcre2_code_copy: { ...FUNCTION, acquires: [storage('pcre2_code_free')] },
    ...each('pcre2_match_data_create pcre2_match_data_create_from_pattern', {
      ...FUNCTION,
      acquires: [storage('pcre2_match_data_free')],
    }),
    ...each('pcre2_code_free pcre2_match_data_free', { ...writes(0), releases: FREES }),
    ...each('pcre2_get_ovector_count pcre2_get_startchar', READS),
    ...each(
      'pcre2_match pcre2_jit_match pcre2_dfa_match pcre2_substitute pcre2_jit_compile pcre2_get_ovector_pointer ' +
        'pcre2_get_error_message pcre2_pattern_info pcre2_get_mark pcre2_substring_get_byname ' +
        'pcre2_substring_get_bynumber pcre2_substring_copy_byname pcre2_substring_copy_bynumber ' +
        'pcre2_substring_number_from_name pcre2_config pcre2_maketables',
      FUNCTION,
    ),
  },
};
