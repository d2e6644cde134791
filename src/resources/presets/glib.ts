/** Storage from GLib. Its allocators end the program instead of returning NULL, except where they say `try`. */
import type { AcquireFacts, MacroFacts, ReleaseFacts } from '../knowledge.ts';
import { NEVER_RETURNS, READS, type Preset, type PresetEntry, each, formats, listFormats, writes } from '../preset.ts';

const STORAGE: AcquireFacts = {
  kind: 'memory',
  handle: 'result',
  sentinel: 'null',
  afterFailure: 'sentinel',
  failure: 'never',
  zeroes: false,
  releasers: ['g_free'],
};

const TRIED: AcquireFacts = { ...STORAGE, failure: 'sentinel' };

const FREES: Omit<ReleaseFacts, 'keepsErrno'> = {
  kind: 'memory',
  argument: 0,
  sentinel: 'null',
  acceptsSentinel: true,
  noopOnSentinel: true,
  resetting: false,
  isMemoryRelease: true,
  isShallow: true,
  isSilent: true,
};

/** Expands to an expression; its arguments are types and counts. */
const EXPRESSION: MacroFacts = { hasJump: false, isStateful: false, freeNames: [], writes: [] };

/** Logs, and returns from the function that uses it. */
const RETURNS_FOR_ITS_USER: PresetEntry = {
  kind: 'macro',
  macro: { hasJump: true, isStateful: false, freeNames: [], writes: [] },
};

function allocates(how: AcquireFacts): PresetEntry {
  return { ...READS, acquires: [how] };
}

export const preset: Preset = {
  name: 'glib',
  title: 'GLib storage',
  headers: ['glib.h', 'glib-object.h', 'gio/gio.h', 'gmodule.h', 'gtk/gtk.h'],
  names: {
    ...each('g_malloc g_malloc_n g_memdup g_memdup2', allocates(STORAGE)),
    ...each('g_malloc0 g_malloc0_n', allocates({ ...STORAGE, zeroes: true })),
    ...each('g_try_malloc g_try_malloc_n', allocates(TRIED)),
    ...each('g_try_malloc0 g_try_malloc0_n', allocates({ ...TRIED, zeroes: true })),
    g_new: { ...allocates(STORAGE), kind: 'macro', macro: EXPRESSION },
    g_new0: { ...allocates({ ...STORAGE, zeroes: true }), kind: 'macro', macro: EXPRESSION },
    g_try_new: { ...allocates(TRIED), kind: 'macro', macro: EXPRESSION },
    g_try_new0: { ...allocates({ ...TRIED, zeroes: true }), kind: 'macro', macro: EXPRESSION },
    ...each('g_realloc g_realloc_n', { ...writes(0), acquires: [STORAGE], consumes: [0] }),
    ...each('g_try_realloc g_try_realloc_n', {
      ...writes(0),
      acquires: [TRIED],
      consumes: [0],
      consumesWhen: 'success',
    }),
    // NULL in, NULL out.
    ...each('g_strdup g_strndup', allocates({ ...STORAGE, failure: 'sentinel' })),
    g_strdup_printf: { ...formats(0), acquires: [STORAGE] },
    g_strdup_vprintf: { ...listFormats(0, 1), acquires: [STORAGE] },
    ...each('g_strconcat g_strjoin g_build_filename g_build_path', allocates(STORAGE)),
    ...each('g_strsplit g_strdupv', allocates({ ...STORAGE, releasers: ['g_strfreev'] })),
    g_free: { ...writes(0), releases: FREES },
    g_strfreev: { ...writes(0), releases: FREES },
    g_list_free: { ...writes(0), releases: FREES },
    g_slist_free: { ...writes(0), releases: FREES },
    g_abort: NEVER_RETURNS,
    ...each('g_return_if_fail g_return_val_if_fail g_return_if_reached g_return_val_if_reached', RETURNS_FOR_ITS_USER),
  },
};
