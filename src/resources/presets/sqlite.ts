/** Connections, statements and storage of SQLite. */
import type { AcquireFacts, ReleaseFacts } from '../knowledge.ts';
import { FUNCTION, type Preset, each, writes } from '../preset.ts';

/** "A harmless no-op" on NULL, says the manual of each of them. */
const RELEASES: Omit<ReleaseFacts, 'keepsErrno'> = {
  kind: 'handle',
  argument: 0,
  sentinel: 'null',
  acceptsSentinel: true,
  noopOnSentinel: true,
  resetting: false,
  isMemoryRelease: false,
};

/** A failing call leaves a connection as well, which has to be closed. */
const CONNECTION: AcquireFacts = {
  kind: 'handle',
  handle: 'out:1',
  sentinel: 'null',
  afterFailure: 'held',
  failure: 'nonzero',
  zeroes: false,
  releasers: ['sqlite3_close', 'sqlite3_close_v2'],
};

const STATEMENT: AcquireFacts = {
  ...CONNECTION,
  handle: 'out:3',
  afterFailure: 'sentinel',
  releasers: ['sqlite3_finalize'],
};

const STORAGE: AcquireFacts = {
  kind: 'memory',
  handle: 'result',
  sentinel: 'null',
  afterFailure: 'sentinel',
  failure: 'sentinel',
  zeroes: false,
  releasers: ['sqlite3_free'],
};

export const preset: Preset = {
  name: 'sqlite',
  title: 'SQLite connections, statements and storage',
  headers: ['sqlite3.h'],
  names: {
    ...each('sqlite3_open sqlite3_open_v2', { ...FUNCTION, acquires: [CONNECTION] }),
    ...each('sqlite3_prepare_v2 sqlite3_prepare_v3', { ...FUNCTION, acquires: [STATEMENT] }),
    ...each('sqlite3_malloc sqlite3_malloc64 sqlite3_mprintf sqlite3_vmprintf', { ...FUNCTION, acquires: [STORAGE] }),
    ...each('sqlite3_close sqlite3_close_v2 sqlite3_finalize', { ...FUNCTION, releases: RELEASES }),
    sqlite3_free: {
      ...writes(0),
      releases: { ...RELEASES, kind: 'memory', isMemoryRelease: true, isShallow: true, isSilent: true },
    },
    ...each(
      'sqlite3_exec sqlite3_step sqlite3_reset sqlite3_errmsg sqlite3_errcode sqlite3_extended_errcode sqlite3_errstr ' +
        'sqlite3_bind_blob sqlite3_bind_text sqlite3_bind_int sqlite3_bind_int64 sqlite3_bind_double sqlite3_bind_null ' +
        'sqlite3_column_blob sqlite3_column_text sqlite3_column_int sqlite3_column_int64 sqlite3_column_bytes ' +
        'sqlite3_column_double sqlite3_column_type sqlite3_column_count sqlite3_changes sqlite3_last_insert_rowid ' +
        'sqlite3_busy_timeout sqlite3_clear_bindings sqlite3_realloc sqlite3_realloc64',
      FUNCTION,
    ),
  },
};
