/* Call stacks, each kept once. A stack is a number; 0 is the one that could not be taken. */

struct stack {
  uint32_t hash;
  uint32_t count;
  uintptr_t frames[]; /* return addresses, the innermost first */
};

static struct stack **stack_table; /* open addressing */
static uint32_t *stack_ids;
static struct stack **stack_by_id;
static uint32_t stack_slots, stack_count;
static char *stack_room;
static size_t stack_room_left;

struct walk {
  uintptr_t from; /* the frame to begin with: the return address of the hook */
  uintptr_t frames[MAX_FRAMES];
  unsigned count;
  int has_begun;
};

static _Unwind_Reason_Code torture_walk_step(struct _Unwind_Context *context, void *data) {
  struct walk *walk = data;
  int is_before = 0;
  uintptr_t address = _Unwind_GetIPInfo(context, &is_before);
  if (address == 0) return _URC_END_OF_STACK;
  /* Where a signal struck there is no call behind which it could point. */
  if (is_before) address++;
  if (address == walk->from) walk->has_begun = 1;
  if (walk->has_begun) walk->frames[walk->count++] = address;
  return walk->count < MAX_FRAMES ? _URC_NO_REASON : _URC_END_OF_STACK;
}

static void torture_walk(struct walk *walk, void *from) {
  walk->from = (uintptr_t)from;
  walk->count = 0;
  walk->has_begun = from == NULL;
  _Unwind_Backtrace(torture_walk_step, walk);
  if (walk->count == 0 && from != NULL) {
    walk->frames[0] = (uintptr_t)from;
    walk->count = 1;
  }
}

static void torture_grow_stacks(void) {
  uint32_t slots = stack_slots == 0 ? 1 << 12 : stack_slots * 2;
  struct stack **table = torture_pages(slots * sizeof *table);
  uint32_t *ids = torture_pages(slots * sizeof *ids);
  struct stack **by_id = torture_pages(slots * sizeof *by_id);
  for (uint32_t old = 0; old < stack_slots; old++) {
    if (stack_table[old] == NULL) continue;
    uint32_t at = stack_table[old]->hash & (slots - 1);
    while (table[at] != NULL) at = (at + 1) & (slots - 1);
    table[at] = stack_table[old];
    ids[at] = stack_ids[old];
    by_id[stack_ids[old]] = stack_table[old];
  }
  if (stack_slots != 0) {
    torture_unmap(stack_table, stack_slots * sizeof *table);
    torture_unmap(stack_ids, stack_slots * sizeof *ids);
    torture_unmap(stack_by_id, stack_slots * sizeof *by_id);
  }
  stack_table = table;
  stack_ids = ids;
  stack_by_id = by_id;
  stack_slots = slots;
}

static struct stack *torture_new_stack(const struct walk *walk, uint32_t hash) {
  size_t size = sizeof(struct stack) + walk->count * sizeof(uintptr_t);
  if (size > stack_room_left) {
    stack_room_left = 1 << 20;
    stack_room = torture_pages(stack_room_left);
  }
  struct stack *stack = (struct stack *)stack_room;
  stack_room += size;
  stack_room_left -= size;
  stack->hash = hash;
  stack->count = walk->count;
  for (unsigned at = 0; at < walk->count; at++) stack->frames[at] = walk->frames[at];
  return stack;
}

static int is_same_stack(const struct stack *stack, const struct walk *walk, uint32_t hash) {
  if (stack->hash != hash || stack->count != walk->count) return 0;
  for (unsigned at = 0; at < walk->count; at++)
    if (stack->frames[at] != walk->frames[at]) return 0;
  return 1;
}

/* The number of a stack. The shim's lock is held. */
static uint32_t torture_keep_stack(const struct walk *walk) {
  uint32_t hash = 2166136261u;
  for (unsigned at = 0; at < walk->count; at++) hash = (hash ^ (uint32_t)(walk->frames[at] >> 1)) * 16777619u;
  hash ^= hash >> 15;
  if (stack_count * 2 >= stack_slots) torture_grow_stacks();
  uint32_t at = hash & (stack_slots - 1);
  for (; stack_table[at] != NULL; at = (at + 1) & (stack_slots - 1))
    if (is_same_stack(stack_table[at], walk, hash)) return stack_ids[at];
  stack_table[at] = torture_new_stack(walk, hash);
  stack_ids[at] = ++stack_count;
  stack_by_id[stack_count] = stack_table[at];
  return stack_count;
}
