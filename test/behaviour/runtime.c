/*
 * Runs one function under every outcome of its callees, and prints what it did.
 *
 * Every callee outside the file is a stub that ends in rt_call: the call and its arguments are recorded, and the next
 * outcome is taken from a script (success first). Each script runs in a child of its own, so that a crash or an endless
 * loop is an outcome like any other. Afterwards every decision of the run is turned round in a new script, until the
 * tree of outcomes or the budget is used up.
 *
 * What is printed leaves out what may differ: the order of free() among itself, addresses, free(NULL).
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

void driver_main(void); /* calls the function under test, once */

enum { MAX_DECISIONS = 24, MAX_CALLS = 160, MAX_OBJECTS = 200, OBJECT_SIZE = 2048, ARENA_SIZE = 4096, ARENAS = 12 };
enum { TEXT_SIZE = 1 << 16 };

/* What a child hands back. */
struct shared {
    int decisions;
    int alternatives[MAX_DECISIONS];
    size_t length;
    char text[TEXT_SIZE];
    size_t log_length;
    char log[TEXT_SIZE];
};

static struct shared *shared;
static const unsigned char *script; /* outcome of each decision */
static int script_length;
static int calls;
static int logs_apart; /* log lines in a stream of their own: their order among other effects is accepted */

struct object {
    unsigned char *at;
    unsigned char fill;
    int is_freed;
};
static struct object objects[MAX_OBJECTS];
static int object_count;
static unsigned char arenas[ARENAS][ARENA_SIZE];
static int next_descriptor = 100;

static void append(char *to, size_t *length, const char *format, va_list ap)
{
    int n = vsnprintf(to + *length, TEXT_SIZE - *length, format, ap);
    if (n > 0 && *length + (size_t)n < TEXT_SIZE)
        *length += (size_t)n;
}

static void say(const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    append(shared->text, &shared->length, format, ap);
    va_end(ap);
}

static void finish(void)
{
    fflush(NULL);
    _exit(0);
}

static void cut(const char *why)
{
    say("cut: %s\n", why);
    finish();
}

static void *new_object(size_t size, unsigned char fill)
{
    if (object_count == MAX_OBJECTS)
        cut("objects");
    struct object *o = &objects[object_count++];
    o->at = malloc(OBJECT_SIZE > size ? OBJECT_SIZE : size);
    o->fill = fill;
    memset(o->at, fill, OBJECT_SIZE > size ? OBJECT_SIZE : size);
    return o->at;
}

static int object_of(const void *p)
{
    for (int i = 0; i < object_count; i++)
        if ((const unsigned char *)p >= objects[i].at && (const unsigned char *)p < objects[i].at + OBJECT_SIZE)
            return i;
    return -1;
}

/* A pointer as both versions of a function would print it. */
static const char *name_pointer(const void *p, char *to, size_t room)
{
    int o = object_of(p);
    if (!p)
        snprintf(to, room, "NULL");
    else if (o >= 0)
        snprintf(to, room, "#%d+%ld%s", o, (long)((const unsigned char *)p - objects[o].at),
                 objects[o].is_freed ? " RELEASED" : "");
    else if ((const unsigned char *)p >= arenas[0] && (const unsigned char *)p < arenas[0] + sizeof arenas)
        snprintf(to, room, "arg%ld+%ld", (long)(((const unsigned char *)p - arenas[0]) / ARENA_SIZE),
                 (long)(((const unsigned char *)p - arenas[0]) % ARENA_SIZE));
    else if ((uintptr_t)p >= (uintptr_t)-4095)
        snprintf(to, room, "error %ld", (long)(intptr_t)p);
    else
        snprintf(to, room, "&");
    return to;
}

static void *arena(int i)
{
    return arenas[i % ARENAS];
}

void *rt_arena(int i)
{
    return arena(i);
}

long rt_callback(void)
{
    say("callback\n");
    return 0;
}

static int decide(int alternatives)
{
    int at = shared->decisions;
    if (at == MAX_DECISIONS)
        return alternatives - 1; /* let loops end */
    shared->alternatives[at] = alternatives;
    shared->decisions++;
    return at < script_length ? script[at] : 0;
}

/* A number for an argument: each is an outcome like those of the callees. */
long rt_number(void)
{
    static const long numbers[] = { 3, 0, 1000, -7 };
    return numbers[decide(4)];
}

static void count_call(void)
{
    if (++calls > MAX_CALLS)
        cut("calls");
}

static void print_argument(char class, long value, char *to, size_t room)
{
    const char *p = (const char *)value;
    if (class == 's' && p && object_of(p) < 0 && !(p >= (char *)arenas[0] && p < (char *)arenas[0] + sizeof arenas))
        snprintf(to, room, "\"%.40s\"", p);
    else if (class == 'i')
        snprintf(to, room, "%d", (int)value);
    else if (class == 'l')
        snprintf(to, room, "%ld", value);
    else
        name_pointer(p, to, room);
}

/*
 * sig: result class, flags, ':' and argument classes.
 * Results: v nothing, i int, b bool, l long, d descriptor, p pointer, e pointer or error pointer, m mapping.
 * Flags: k keeps errno, g goes to the log, r a release: it always succeeds. Arguments: i l s p, o filled with a new object, n filled with a number.
 */
long rt_call(const char *name, const char *sig, long *a)
{
    char args[400] = "", one[80], line[600];
    const char *classes = strchr(sig, ':') + 1;
    int is_log = logs_apart && memchr(sig, 'g', (size_t)(classes - sig)) != NULL;
    int keeps_errno = memchr(sig, 'k', (size_t)(classes - sig)) != NULL;
    int saved = errno, outcome = 0, alternatives;
    long result = 0;

    count_call();
    for (int i = 0; classes[i]; i++) {
        print_argument(classes[i], a[i], one, sizeof one);
        snprintf(args + strlen(args), sizeof args - strlen(args), "%s%s", i ? ", " : "", one);
    }
    switch (sig[0]) {
    case 'v': alternatives = 1; break;
    case 'i': case 'l': case 'e': alternatives = 3; break;
    default: alternatives = 2; break;
    }
    if (memchr(sig, 'g', (size_t)(classes - sig)) || memchr(sig, 'r', (size_t)(classes - sig)))
        alternatives = 1;
    outcome = alternatives == 1 ? 0 : decide(alternatives);
    switch (sig[0]) {
    case 'i': result = outcome == 0 ? 0 : outcome == 1 ? -1 : 1; break;
    case 'l': result = outcome == 0 ? 3 : outcome == 1 ? 0 : -1; break;
    case 'b': result = outcome == 0; break;
    case 'd': result = outcome == 0 ? next_descriptor++ : -1; break;
    case 'p': result = outcome == 0 ? (long)new_object(OBJECT_SIZE, 0) : 0; break;
    case 'e': result = outcome == 0 ? (long)new_object(OBJECT_SIZE, 0) : outcome == 1 ? -12 : 0; break;
    case 'm': result = outcome == 0 ? (long)new_object(OBJECT_SIZE, 0) : -1; break;
    }
    for (int i = 0; classes[i]; i++) {
        if (classes[i] == 'o' && a[i])
            *(void **)a[i] = outcome == 0 ? new_object(OBJECT_SIZE, 0) : (void *)0xbad0;
        if (classes[i] == 'n' && a[i] && outcome == 0)
            *(int *)a[i] = 3;
    }
    if (strchr("pem", sig[0]))
        snprintf(line, sizeof line, "%s(%s) = %s\n", name, args, name_pointer((void *)result, one, sizeof one));
    else
        snprintf(line, sizeof line, "%s(%s) = %ld\n", name, args, result);
    if (is_log) {
        size_t n = strlen(line);
        memcpy(shared->log + shared->log_length, line, n + 1);
        shared->log_length += n;
    } else {
        say("%s", line);
    }
    errno = keeps_errno ? saved : 1000 + (is_log ? 0 : calls);
    return result;
}

void *stub_malloc(size_t n)
{
    count_call();
    say("malloc(%zu)\n", n);
    if (decide(2)) {
        errno = ENOMEM;
        return NULL;
    }
    return new_object(n, 0xa5);
}

void *stub_calloc(size_t n, size_t m)
{
    count_call();
    say("calloc(%zu, %zu)\n", n, m);
    if (decide(2)) {
        errno = ENOMEM;
        return NULL;
    }
    return new_object(n * m, 0);
}

char *stub_strdup(const char *s)
{
    count_call();
    say("strdup\n");
    if (decide(2)) {
        errno = ENOMEM;
        return NULL;
    }
    void *p = new_object(OBJECT_SIZE, 0);
    if (s)
        memcpy(p, "copy", 5);
    return p;
}

char *stub_strndup(const char *s, size_t n)
{
    (void)n;
    return stub_strdup(s);
}

void stub_free(void *p)
{
    char one[80];
    int o = object_of(p);
    if (!p)
        return;
    if (o < 0 || objects[o].at != p)
        say("BAD free(%s)\n", name_pointer(p, one, sizeof one));
    else if (objects[o].is_freed)
        say("DOUBLE free(#%d)\n", o);
    else {
        objects[o].is_freed = 1;
        objects[o].fill = 0xde;
        memset(p, 0xde, OBJECT_SIZE);
    }
}

void *stub_realloc(void *old, size_t n)
{
    count_call();
    say("realloc(#%d, %zu)\n", object_of(old), n);
    if (decide(2)) {
        errno = ENOMEM;
        return NULL;
    }
    void *p = new_object(n, 0xa5);
    if (old) {
        memcpy(p, old, OBJECT_SIZE);
        stub_free(old);
    }
    return p;
}

int stub_posix_memalign(void **to, size_t align, size_t n)
{
    count_call();
    say("posix_memalign(%zu, %zu)\n", align, n);
    if (decide(2))
        return ENOMEM;
    *to = new_object(n, 0xa5);
    return 0;
}

void stub_exit(int code)
{
    say("exit(%d)\n", code);
    finish();
}

void stub_abort(void)
{
    say("abort\n");
    finish();
}

/* The memory of arguments and of live objects, word by word, where it is not as it was made. */
static void print_words(const char *name, int number, const unsigned char *at, size_t size, unsigned char fill)
{
    char one[80];
    unsigned long plain;
    memset(&plain, fill, sizeof plain);
    for (size_t i = 0; i + 8 <= size; i += 8) {
        unsigned long word;
        memcpy(&word, at + i, sizeof word);
        if (word == plain)
            continue;
        if (object_of((void *)word) >= 0 || (word >= (unsigned long)arenas && word < (unsigned long)(arenas + ARENAS)))
            say("%s%d+%zu: %s\n", name, number, i, name_pointer((void *)word, one, sizeof one));
        else if (word > 0x10000000000UL && word < 0x800000000000UL)
            say("%s%d+%zu: an address\n", name, number, i);
        else
            say("%s%d+%zu: %lx\n", name, number, i, word);
    }
}

/* kind: 'p' a pointer, 'x' anything else, 'v' nothing. */
void rt_returned(char kind, const void *value, size_t size)
{
    int saved = errno;
    char one[80];
    say("returned");
    if (kind == 'p')
        say(" %s", name_pointer(*(void *const *)value, one, sizeof one));
    else
        for (size_t i = 0; i < size; i++)
            say(" %02x", ((const unsigned char *)value)[i]);
    say("\nerrno %d\n", logs_apart ? 0 : saved);
    for (int i = 0; i < ARENAS; i++)
        print_words("arg", i, arenas[i], ARENA_SIZE, 0);
    for (int i = 0; i < object_count; i++) {
        if (objects[i].is_freed)
            say("freed #%d\n", i);
        print_words("#", i, objects[i].at, OBJECT_SIZE, objects[i].fill);
    }
}

void rt_global(const char *name, const void *at, size_t size)
{
    say("global %s:", name);
    for (size_t i = 0; i < size && i < 64; i++)
        say(" %02x", ((const unsigned char *)at)[i]);
    say("\n");
}

struct node {
    unsigned char script[MAX_DECISIONS];
    int length;
};

static void print_run(const struct node *n, int status)
{
    printf("-- outcomes");
    for (int i = 0; i < shared->decisions; i++)
        printf(" %d", i < n->length ? n->script[i] : 0);
    printf("\n%s", shared->text);
    if (shared->log_length)
        printf("log:\n%s", shared->log);
    if (WIFSIGNALED(status))
        printf("signal %d\n", WTERMSIG(status));
    else if (WEXITSTATUS(status) != 0)
        printf("status %d\n", WEXITSTATUS(status));
}

static int run_child(const struct node *n)
{
    int status;
    memset(shared, 0, sizeof *shared);
    pid_t pid = fork();
    if (pid == 0) {
        alarm(2);
        script = n->script;
        script_length = n->length;
        errno = 0;
        driver_main();
        finish();
    }
    waitpid(pid, &status, 0);
    return status;
}

int main(int argc, char **argv)
{
    int budget = argc > 1 ? atoi(argv[1]) : 500;
    struct node *queue = calloc((size_t)budget + 1, sizeof *queue);
    int first = 0, last = 1;

    logs_apart = argc > 2 && strcmp(argv[2], "logs-apart") == 0;
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED || !queue)
        return 3;
    while (first < last) {
        const struct node now = queue[first++];
        int status = run_child(&now);
        print_run(&now, status);
        for (int at = now.length; at < shared->decisions; at++)
            for (int outcome = 1; outcome < shared->alternatives[at] && last < budget; outcome++) {
                queue[last] = now;
                queue[last].script[at] = (unsigned char)outcome;
                queue[last].length = at + 1;
                last++;
            }
    }
    printf("-- %d runs%s\n", last, last == budget ? ", budget used up" : "");
    free(queue);
    return 0;
}
