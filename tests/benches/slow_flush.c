/* Loaded into a program before the system's own library (LD_PRELOAD): every flush takes SLOW_FLUSH_US longer.
 * A tracer can do the same, but it also makes every other step of the program slower, which is not what is measured. */
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static void slow(void) {
    const char *us = getenv("SLOW_FLUSH_US");
    if (us) usleep((useconds_t)atoi(us));
}

int fdatasync(int fd) {
    slow();
    return (int)syscall(SYS_fdatasync, fd);
}

int fsync(int fd) {
    slow();
    return (int)syscall(SYS_fsync, fd);
}
