/* A status variable: each exit has a value of its own, and the last one already returns a variable. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int copy_start(const char *from, const char *to, size_t size) {
  char buffer[512];
  int ret;

  int in = open(from, O_RDONLY);
  if (in < 0) {
    return -ENOENT;
  }

  int out = open(to, O_WRONLY | O_CREAT, 0600);
  if (out < 0) {
    close(in);
    return -EACCES;
  }

  if (size > sizeof buffer) {
    close(out);
    close(in);
    return -EINVAL;
  }

  ssize_t got = read(in, buffer, size);
  if (got < 0) {
    close(out);
    close(in);
    return -EIO;
  }

  if (write(out, buffer, (size_t)got) != got) {
    close(out);
    close(in);
    return -ENOSPC;
  }

  ret = (int)got;
  close(out);
  close(in);
  return ret;
}
