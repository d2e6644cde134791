/*
 * Two labels, the first falling into the second: two arrays in fields of a session, a release macro that resets, a
 * count that is reset only where its array is released, and a diagnostic that records the failure at its exit.
 * Success returns before them, since the session keeps the arrays. That SET_STATUS is a diagnostic can't be seen
 * here (record_status is defined elsewhere), so goto-cleanup.json says it.
 */
#include <stddef.h>
#include <stdlib.h>

typedef enum { STATUS_OK = 0, STATUS_INVALID, STATUS_MEMORY, STATUS_NETWORK } status_t;

typedef struct {
  char url[128];
  char secret[64];
} relay_t;

typedef struct peer_manager peer_manager_t;

typedef struct {
  relay_t *stun_relays;
  size_t stun_count;
  relay_t *turn_relays;
  size_t turn_count;
  const char *turn_secret;
  peer_manager_t *manager;
} session_t;

status_t record_status(status_t status, const char *file, int line, const char *message);
size_t parse_relays(const char *list, relay_t *relays, size_t capacity);
status_t peer_manager_create(const relay_t *stun, size_t stun_count, const relay_t *turn, size_t turn_count,
                             peer_manager_t **manager);

#define SET_STATUS(status, message) record_status((status), __FILE__, __LINE__, (message))
#define SAFE_FREE(pointer)                                                                                             \
  do {                                                                                                                 \
    if ((pointer) != NULL) {                                                                                           \
      free((void *)(pointer));                                                                                         \
      (pointer) = NULL;                                                                                                \
    }                                                                                                                  \
  } while (0)

status_t initialize_peer_manager(session_t *session, const char *stun_list, const char *turn_list) {
  const size_t capacity = 4;

  if (session == NULL) {
    return SET_STATUS(STATUS_INVALID, "no session");
  }

  session->stun_relays = malloc(capacity * sizeof(relay_t));
  if (session->stun_relays == NULL) {
    return SET_STATUS(STATUS_MEMORY, "no memory for the STUN relays");
  }
  session->stun_count = parse_relays(stun_list, session->stun_relays, capacity);

  if (session->turn_secret != NULL) {
    session->turn_relays = malloc(capacity * sizeof(relay_t));
    if (session->turn_relays == NULL) {
      SAFE_FREE(session->stun_relays);
      session->stun_relays = NULL;
      session->stun_count = 0;
      return SET_STATUS(STATUS_MEMORY, "no memory for the TURN relays");
    }
    session->turn_count = parse_relays(turn_list, session->turn_relays, capacity);
  } else {
    session->turn_relays = NULL;
    session->turn_count = 0;
  }

  status_t result = peer_manager_create(session->stun_relays, session->stun_count, session->turn_relays,
                                        session->turn_count, &session->manager);
  if (result != STATUS_OK) {
    // Clean up on error
    SAFE_FREE(session->stun_relays);
    session->stun_relays = NULL;
    session->stun_count = 0;
    if (session->turn_relays != NULL) {
      SAFE_FREE(session->turn_relays);
      session->turn_relays = NULL;
    }
    session->turn_count = 0;
  }

  return result;
}
