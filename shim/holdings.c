/* The account of what is held: memory, mappings, descriptors, FILEs and DIRs in one table, locks in a list. */

static struct held *holdings; /* open addressing over kind and handle */
static size_t holding_slots, holding_count;

static size_t torture_slot_of(unsigned kind, uint64_t handle) {
  uint64_t hash = (handle ^ ((uint64_t)kind << 56)) * 0x9e3779b97f4a7c15u;
  return (size_t)(hash >> 20) & (holding_slots - 1);
}

static struct held *torture_find(unsigned kind, uint64_t handle) {
  if (holding_slots == 0) return NULL;
  for (size_t at = torture_slot_of(kind, handle);; at = (at + 1) & (holding_slots - 1)) {
    if (holdings[at].state == STATE_FREE_SLOT) return NULL;
    if (holdings[at].handle == handle && holdings[at].kind == kind) return &holdings[at];
  }
}

static void torture_place(const struct held *held) {
  size_t at = torture_slot_of(held->kind, held->handle);
  while (holdings[at].state != STATE_FREE_SLOT) at = (at + 1) & (holding_slots - 1);
  holdings[at] = *held;
}

static void torture_grow_holdings(void) {
  struct held *old = holdings;
  size_t old_slots = holding_slots;
  holding_slots = old_slots == 0 ? 1 << 14 : old_slots * 2;
  holdings = torture_pages(holding_slots * sizeof *holdings);
  for (size_t at = 0; at < old_slots; at++)
    if (old[at].state != STATE_FREE_SLOT) torture_place(&old[at]);
  if (old != NULL) torture_unmap(old, old_slots * sizeof *old);
}

/* Takes an entry out; those behind it move up, so that no gap stops a search. */
static void torture_drop(struct held *held) {
  size_t gap = (size_t)(held - holdings);
  for (size_t at = (gap + 1) & (holding_slots - 1); holdings[at].state != STATE_FREE_SLOT;
       at = (at + 1) & (holding_slots - 1)) {
    size_t home = torture_slot_of(holdings[at].kind, holdings[at].handle);
    if (((at - home) & (holding_slots - 1)) < ((at - gap) & (holding_slots - 1))) continue;
    holdings[gap] = holdings[at];
    gap = at;
  }
  holdings[gap].state = STATE_FREE_SLOT;
  holding_count--;
}

static int is_from_loader(void *caller) {
  return loading || ((uintptr_t)caller >= loader_start && (uintptr_t)caller < loader_end);
}

/* Enters a thing that was acquired. */
static void torture_hold(unsigned kind, uint64_t handle, uint64_t size, void *caller) {
  if (control == NULL || busy) return;
  int kept = errno;
  busy++;
  int is_early = !is_armed || is_from_loader(caller);
  struct walk walk;
  walk.count = 0;
  if (!is_early) torture_walk(&walk, caller);
  torture_lock();
  struct held held = {handle, size, 0, 0, (uint16_t)kind, is_early ? STATE_EARLY : STATE_LIVE, fork_depth};
  if (walk.count > 0) held.stack = torture_keep_stack(&walk);
  struct held *before = torture_find(kind, handle);
  if (before != NULL) {
    *before = held;
  } else {
    if (holding_count * 2 >= holding_slots) torture_grow_holdings();
    holding_count++;
    torture_place(&held);
  }
  torture_unlock();
  busy--;
  errno = kept;
}

/* For what the library has acquired inside another call: the entry may be there already, with a better stack. */
static void torture_hold_new(unsigned kind, uint64_t handle, uint64_t size, void *caller) {
  if (control == NULL || busy) return;
  torture_lock();
  int is_there = torture_find(kind, handle) != NULL;
  torture_unlock();
  if (!is_there) torture_hold(kind, handle, size, caller);
}

/* Strikes a thing out that was released. */
static void torture_let_go(unsigned kind, uint64_t handle) {
  if (control == NULL || busy) return;
  torture_lock();
  struct held *held = torture_find(kind, handle);
  if (held != NULL && held->state != STATE_QUARANTINED) torture_drop(held);
  torture_unlock();
}

/* Locks held. There are few at any time. Addresses are kept inverted, so that they are no pointers into a block. */
static struct lock {
  uintptr_t hidden_address;
  uint32_t stack, count, fork_depth;
  pid_t owner;
} locks[1024];
static unsigned lock_count;

static void torture_lock_taken(void *address, void *caller) {
  if (control == NULL || busy || !is_armed || is_from_loader(caller)) return;
  int kept = errno;
  busy++;
  struct walk walk;
  torture_walk(&walk, caller);
  pid_t owner = (pid_t)syscall(SYS_gettid);
  torture_lock();
  unsigned at = 0;
  while (at < lock_count && !(locks[at].hidden_address == ~(uintptr_t)address && locks[at].owner == owner)) at++;
  if (at < lock_count) {
    locks[at].count++;
  } else if (lock_count < sizeof locks / sizeof *locks) {
    locks[lock_count++] = (struct lock){~(uintptr_t)address, torture_keep_stack(&walk), 1, fork_depth, owner};
  }
  torture_unlock();
  busy--;
  errno = kept;
}

/* The owner need not be the one who unlocks: a read lock's last holder, or a lock used as a semaphore. */
static void torture_lock_given_back(void *address) {
  if (control == NULL || busy || lock_count == 0) return;
  pid_t owner = (pid_t)syscall(SYS_gettid);
  torture_lock();
  unsigned found = lock_count;
  for (unsigned at = 0; at < lock_count; at++)
    if (locks[at].hidden_address == ~(uintptr_t)address && (found == lock_count || locks[at].owner == owner)) found = at;
  if (found < lock_count && --locks[found].count == 0) locks[found] = locks[--lock_count];
  torture_unlock();
}

/* A lock in memory that is given back is gone with it. */
static void torture_forget_locks(uintptr_t start, uint64_t size) {
  for (unsigned at = 0; at < lock_count;)
    if (~locks[at].hidden_address - start < size)
      locks[at] = locks[--lock_count];
    else
      at++;
}
