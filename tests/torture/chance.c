/* The system's randomness for one program, loaded before the system's own library (LD_PRELOAD): the same numbers at every
 * start. Orders of hash tables, and which of several ready tasks is looked at first, come from there; without this the same
 * seed would not be the same run.
 *
 *   CHAIRSIDE_CHANCE   the seed */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/types.h>

static uint64_t place;
static uint64_t seed;

__attribute__((constructor)) static void begin(void) {
    const char *text = getenv("CHAIRSIDE_CHANCE");
    seed = text ? strtoull(text, NULL, 10) : 0;
}

/* SplitMix64. */
static uint64_t next(void) {
    uint64_t z = seed + __atomic_add_fetch(&place, 0x9E3779B97F4A7C15u, __ATOMIC_RELAXED);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

ssize_t getrandom(void *to, size_t count, unsigned flags) {
    (void)flags;
    for (size_t i = 0; i < count; i++) ((unsigned char *)to)[i] = (unsigned char)(next() >> 32);
    return (ssize_t)count;
}

int getentropy(void *to, size_t count) {
    if (count > 256) {
        errno = EIO;
        return -1;
    }
    getrandom(to, count, 0);
    return 0;
}
