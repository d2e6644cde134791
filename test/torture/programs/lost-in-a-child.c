/* memory-left in serve, when strdup fails: it happens in a process that was forked. */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int serve(void) {
  char *request = malloc(50);
  if (request == NULL) return 1;
  char *answer = strdup("answer");
  if (answer == NULL) {
#ifdef MENDED
    free(request);
#endif
    return 1;
  }
  free(answer);
  free(request);
  return 0;
}

int main(void) {
  pid_t child = fork();
  if (child < 0) return 1;
  if (child == 0) return serve();
  int status = 0;
  return waitpid(child, &status, 0) != child || status != 0;
}
