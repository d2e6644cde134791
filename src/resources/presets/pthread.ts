/** Threads, and what they wait for. */
import type { AcquireFacts, ReleaseFacts } from '../knowledge.ts';
import {
  local,
  FUNCTION,
  NEVER_RETURNS,
  PURE,
  READS,
  type Preset,
  type PresetEntry,
  each,
  quiet,
  writes,
} from '../preset.ts';

/** The thread functions return their errors; glibc and musl say that they leave errno alone. */
function threads(entry: PresetEntry): PresetEntry {
  const because = 'pthreads(7): these functions do not set errno';
  return { ...entry, on: [{ platforms: ['glibc', 'musl'], because, facts: { keepsErrno: true } }] };
}

/** An object in the caller's storage, named by its address: no value says that nothing is held. */
function initialises(releaser: string): PresetEntry {
  const made: AcquireFacts = {
    kind: 'handle',
    handle: 'arg:0',
    sentinel: 'none',
    afterFailure: 'unspecified',
    failure: 'nonzero',
    zeroes: false,
    releasers: [releaser],
  };
  return threads({ ...writes(0), acquires: [made] });
}

function locks(...releasers: readonly string[]): PresetEntry {
  const taken: AcquireFacts = {
    kind: 'lock',
    handle: 'arg:0',
    sentinel: 'none',
    afterFailure: 'unchanged',
    failure: 'nonzero',
    zeroes: false,
    releasers,
  };
  // What other threads do meanwhile is the caller's to see: it may write anything shared.
  return threads({ neverReturns: false, retains: [], readsErrno: false, acquires: [taken] });
}

function release(kind: 'handle' | 'lock'): Omit<ReleaseFacts, 'keepsErrno'> {
  return {
    kind,
    argument: 0,
    sentinel: 'none',
    acceptsSentinel: false,
    noopOnSentinel: false,
    resetting: false,
    isMemoryRelease: false,
    isSilent: true,
  };
}

const DESTROYS: PresetEntry = threads({ ...writes(0), releases: release('handle') });
const UNLOCKS: PresetEntry = threads({
  neverReturns: false,
  retains: [],
  readsErrno: false,
  releases: release('lock'),
});
const WAITS: PresetEntry = { neverReturns: false, retains: [], readsErrno: false };

export const preset: Preset = {
  name: 'pthread',
  title: 'POSIX threads, C threads, semaphores',
  names: {
    pthread_mutex_init: initialises('pthread_mutex_destroy'),
    pthread_cond_init: initialises('pthread_cond_destroy'),
    pthread_rwlock_init: initialises('pthread_rwlock_destroy'),
    pthread_spin_init: initialises('pthread_spin_destroy'),
    pthread_barrier_init: initialises('pthread_barrier_destroy'),
    pthread_attr_init: initialises('pthread_attr_destroy'),
    pthread_mutexattr_init: initialises('pthread_mutexattr_destroy'),
    pthread_condattr_init: initialises('pthread_condattr_destroy'),
    pthread_rwlockattr_init: initialises('pthread_rwlockattr_destroy'),
    ...each('pthread_mutex_destroy pthread_cond_destroy pthread_rwlock_destroy pthread_spin_destroy', DESTROYS),
    ...each('pthread_barrier_destroy pthread_attr_destroy pthread_mutexattr_destroy', DESTROYS),
    ...each('pthread_condattr_destroy pthread_rwlockattr_destroy', DESTROYS),

    ...each('pthread_mutex_lock pthread_mutex_trylock pthread_mutex_timedlock', locks('pthread_mutex_unlock')),
    ...each('pthread_rwlock_rdlock pthread_rwlock_wrlock', locks('pthread_rwlock_unlock')),
    ...each('pthread_rwlock_tryrdlock pthread_rwlock_trywrlock', locks('pthread_rwlock_unlock')),
    ...each('pthread_spin_lock pthread_spin_trylock', locks('pthread_spin_unlock')),
    ...each('pthread_mutex_unlock pthread_rwlock_unlock pthread_spin_unlock', UNLOCKS),
    ...each('pthread_cond_wait pthread_cond_timedwait pthread_cond_signal pthread_cond_broadcast', WAITS),
    pthread_barrier_wait: WAITS,

    mtx_init: initialises('mtx_destroy'),
    cnd_init: initialises('cnd_destroy'),
    ...each('mtx_destroy cnd_destroy', { ...writes(0), releases: release('handle') }),
    ...each('mtx_lock mtx_trylock mtx_timedlock', locks('mtx_unlock')),
    mtx_unlock: UNLOCKS,
    ...each('cnd_wait cnd_timedwait cnd_signal cnd_broadcast', WAITS),
    thrd_exit: NEVER_RETURNS,
    ...each('thrd_create thrd_join thrd_detach thrd_yield call_once', FUNCTION),

    // A failing call says so with -1.
    sem_init: {
      ...writes(0),
      acquires: [
        {
          kind: 'handle',
          handle: 'arg:0',
          sentinel: 'none',
          afterFailure: 'unspecified',
          failure: 'negative',
          zeroes: false,
          releasers: ['sem_destroy'],
        },
      ],
    },
    sem_destroy: { ...writes(0), releases: release('handle') },
    ...each('sem_wait sem_trywait sem_timedwait sem_post', WAITS),
    sem_getvalue: writes(1),
    ...each('sem_open sem_close sem_unlink', FUNCTION),

    // The new thread may still use its argument after the call.
    pthread_create: { neverReturns: false, retains: [0, 3], readsErrno: false },
    ...each('pthread_join pthread_detach pthread_cancel pthread_kill pthread_once pthread_atfork', FUNCTION),
    pthread_exit: NEVER_RETURNS,
    pthread_self: PURE,
    pthread_equal: PURE,
    pthread_key_create: { ...writes(0), retains: [1] },
    pthread_key_delete: READS,
    pthread_setspecific: { ...READS, retains: [1] },
    pthread_getspecific: quiet(local(READS)),
    pthread_sigmask: threads(writes(2)),
    ...each('pthread_attr_setdetachstate pthread_attr_setstacksize pthread_attr_setscope', threads(local(writes(0)))),
    ...each(
      'pthread_mutexattr_settype pthread_mutexattr_setpshared pthread_condattr_setclock',
      threads(local(writes(0))),
    ),
    ...each('pthread_mutexattr_setprotocol pthread_mutexattr_setrobust', threads(local(writes(0)))),
    pthread_setname_np: READS,
    sched_yield: WAITS,
  },
};
