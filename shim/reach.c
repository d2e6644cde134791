/*
 * What can still be reached at the end: mark from all writable memory that is not itself a block held, as leak
 * sanitizers do. A pointer into the middle of a block keeps it. Of the stack of the main thread only the frames that
 * are still running count; what returned functions left there would hide leaks.
 */

enum { BLOCK_HELD, BLOCK_ROOT, BLOCK_HIDDEN };

struct block {
  uintptr_t start, end;
  uint32_t slot; /* in the table of holdings */
  uint8_t role;  /* HIDDEN: freed, or the shim's own */
  uint8_t is_marked;
};

static struct block *blocks;
static size_t block_count, block_room;
static uint32_t *marking; /* blocks found and not yet looked into */
static size_t marking_count;
/* One below the first block, and behind the last: linked in, these words are searched too, and must be no pointers. */
static uintptr_t below_blocks, behind_blocks;

static int is_before(const struct block *left, const struct block *right) { return left->start < right->start; }

/* Heapsort: in place, and never slow. */
static void torture_sift(struct block *heap, size_t root, size_t count) {
  for (size_t child; (child = 2 * root + 1) < count; root = child) {
    if (child + 1 < count && is_before(&heap[child], &heap[child + 1])) child++;
    if (!is_before(&heap[root], &heap[child])) return;
    struct block kept = heap[root];
    heap[root] = heap[child];
    heap[child] = kept;
  }
}

static void torture_sort_blocks(void) {
  for (size_t at = block_count / 2; at-- > 0;) torture_sift(blocks, at, block_count);
  for (size_t left = block_count; left > 1; left--) {
    struct block kept = blocks[0];
    blocks[0] = blocks[left - 1];
    blocks[left - 1] = kept;
    torture_sift(blocks, 0, left - 1);
  }
}

static void torture_add_block(uintptr_t start, uintptr_t end, uint32_t slot, uint8_t role) {
  if (end > start) blocks[block_count++] = (struct block){start, end, slot, role, 0};
}

static void torture_gather_blocks(void) {
  size_t needed = holding_count + sizeof own_pages / sizeof *own_pages;
  blocks = torture_pages(needed * sizeof *blocks);
  marking = torture_pages(needed * sizeof *marking);
  block_count = marking_count = 0;
  block_room = needed;
  for (size_t slot = 0; slot < holding_slots; slot++) {
    const struct held *held = &holdings[slot];
    if (held->state == STATE_FREE_SLOT || held->kind > KIND_MAPPING) continue;
    uint8_t role = held->state == STATE_QUARANTINED ? BLOCK_HIDDEN : BLOCK_HELD;
    if (held->state == STATE_EARLY || held->fork_depth < fork_depth) role = BLOCK_ROOT;
    /* An empty block still has an address that may be kept. */
    uint64_t size = held->size != 0 ? held->size : 1;
    torture_add_block(held->handle, held->handle + size, (uint32_t)slot, role);
  }
  for (unsigned at = 0; at < own_page_count; at++)
    torture_add_block(own_pages[at].start, own_pages[at].end, 0, BLOCK_HIDDEN);
  torture_sort_blocks();
  below_blocks = block_count > 0 ? blocks[0].start - 1 : UINTPTR_MAX;
  behind_blocks = 0;
  for (size_t at = 0; at < block_count; at++)
    if (blocks[at].end > behind_blocks) behind_blocks = blocks[at].end;
}

/* The last block that starts at or before an address; block_count if there is none. */
static size_t torture_block_before(uintptr_t address) {
  size_t low = 0, high = block_count;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (blocks[middle].start <= address)
      low = middle + 1;
    else
      high = middle;
  }
  return low > 0 ? low - 1 : block_count;
}

/*
 * Where glibc's next chunk begins: in the last eight bytes that a block may use. The arena points to its topmost chunk,
 * and would keep the block below it.
 */
static int is_next_chunk(const struct block *block, uintptr_t word) {
  uintptr_t chunk = (block->end - block->start + 23) & ~(uintptr_t)15;
  return word == block->start - 16 + (chunk < 32 ? 32 : chunk);
}

static void torture_mark_word(uintptr_t word) {
  if (word <= below_blocks || word >= behind_blocks) return;
  size_t at = torture_block_before(word);
  if (at == block_count || word >= blocks[at].end) return;
  if (blocks[at].role != BLOCK_HELD || blocks[at].is_marked || is_next_chunk(&blocks[at], word)) return;
  blocks[at].is_marked = 1;
  marking[marking_count++] = (uint32_t)at;
}

/* By a system call, which fails where memory can't be read, and does not crash. */
static void torture_mark_range(uintptr_t start, uintptr_t end) {
  static uintptr_t words[4096];
  start = (start + 7) & ~(uintptr_t)7;
  while (start + 8 <= end) {
    size_t size = end - start < sizeof words ? end - start : sizeof words;
    struct iovec to = {words, size}, from = {(void *)start, size};
    long got = syscall(SYS_process_vm_readv, (long)own_pid, &to, 1L, &from, 1L, 0L);
    if (got <= 0) {
      start = (start + 4096) & ~(uintptr_t)4095;
      continue;
    }
    for (size_t at = 0; at < (size_t)got / 8; at++) torture_mark_word(words[at]);
    start += ((size_t)got + 7) & ~(size_t)7;
  }
}

/* What of a mapping is no block. */
static void torture_mark_between_blocks(uintptr_t start, uintptr_t end) {
  size_t at = torture_block_before(start);
  if (at == block_count) at = 0;
  for (; at < block_count && blocks[at].start < end; at++) {
    if (blocks[at].end <= start) continue;
    if (blocks[at].start > start) torture_mark_range(start, blocks[at].start);
    start = blocks[at].end;
  }
  if (start < end) torture_mark_range(start, end);
}

static uintptr_t torture_read_hex(const char **text) {
  uintptr_t number = 0;
  for (;; (*text)++) {
    char digit = **text;
    if (digit >= '0' && digit <= '9')
      number = number * 16 + (uintptr_t)(digit - '0');
    else if (digit >= 'a' && digit <= 'f')
      number = number * 16 + (uintptr_t)(digit - 'a' + 10);
    else
      return number;
  }
}

/* Is this mapping the data of the shim itself? Linked in, it has none of its own. */
static int is_shim_data(uintptr_t start) {
#ifdef TORTURE_WRAP
  (void)start;
  return 0;
#else
  struct module *own = torture_module_at((uintptr_t)&own_lock);
  return own != NULL && start >= own->start && start < own->end;
#endif
}

/* `live_stack`: where the running frames of the main thread begin; 0: all of its stack counts. */
static void torture_mark_line(const char *line, uintptr_t live_stack) {
  uintptr_t start = torture_read_hex(&line);
  line++;
  uintptr_t end = torture_read_hex(&line);
  if (line[0] != ' ' || line[1] != 'r' || line[2] != 'w' || is_shim_data(start)) return;
  if (live_stack >= start && live_stack < end) start = live_stack;
  torture_mark_between_blocks(start, end);
}

static void torture_mark_roots(uintptr_t live_stack) {
  int maps = (int)syscall(SYS_openat, AT_FDCWD, "/proc/self/maps", O_RDONLY | O_CLOEXEC);
  static char text[8192];
  size_t length = 0;
  for (long got; maps >= 0 && (got = syscall(SYS_read, maps, text + length, sizeof text - 1 - length)) > 0;) {
    length += (size_t)got;
    text[length] = '\0';
    char *line = text;
    for (char *newline; (newline = strchr(line, '\n')) != NULL; line = newline + 1) torture_mark_line(line, live_stack);
    length = (size_t)(text + length - line);
    memmove(text, line, length);
    /* A line longer than the buffer: its addresses have been seen with its beginning. */
    if (length == sizeof text - 1) length = 0;
  }
  if (maps >= 0) syscall(SYS_close, maps);
}

/* Marks every block that can be reached; afterwards those with is_marked unset are lost. */
static void torture_mark_reachable(uintptr_t live_stack) {
  torture_gather_blocks();
  for (size_t at = 0; at < block_count; at++)
    if (blocks[at].role == BLOCK_ROOT) torture_mark_range(blocks[at].start, blocks[at].end);
  torture_mark_roots(live_stack);
  while (marking_count > 0) {
    const struct block *block = &blocks[marking[--marking_count]];
    torture_mark_range(block->start, block->end);
  }
}
