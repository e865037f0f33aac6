/* A disk for one program, loaded before the system's own library (LD_PRELOAD): it counts flushes, writes and opens of the
 * files in one folder, lets any of them fail, and keeps what would be left if the power went now.
 *
 *   TORTURE_ROOT     the folder, which must be there
 *   TORTURE_IMAGE    a folder for what survives: a file of each file's bytes as of its last honest flush, named by a number;
 *                    `ids`, which number an inode has; `names`, which names the folder had at its own last flush
 *   TORTURE_CONTROL  a file of 64 numbers of 8 bytes, written by the tester while the program runs; the order is `enum` below
 *
 * A flush that fails forgets what it should have written, as the system does (the pages count as clean afterwards): a later
 * flush of the same file does not bring it back. CLOCK_REALTIME can be stepped, for this program alone. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum {
    FLUSH_FROM, FLUSH_TIMES, FLUSH_ERROR, FLUSH_DELAY_US,
    WRITE_FROM, WRITE_TIMES, WRITE_ERROR, WRITE_SHORT, WRITE_GROWING_ONLY,
    OPEN_FROM, OPEN_TIMES, OPEN_ERROR,
    LIE, CLOCK_OFFSET_US,
    FLUSHES = 32, WRITES, OPENS, INJECTED, LIED,
    NUMBERS = 64,
};

#define FDS 65536
#define FILES 4096
#define RANGES 8192

struct range { off_t from, to; };
struct file {
    ino_t inode;
    uint64_t id;
    int image;            /* descriptor of its durable bytes */
    int all;              /* everything may differ from them */
    unsigned count;
    struct range dirty[RANGES];
};

static volatile uint64_t *control;
static char root[PATH_MAX], image[PATH_MAX];
static dev_t root_device;
static ino_t root_inode;
static uint64_t next_id = 1;
static struct { ino_t inode; uint64_t id; } known[FILES];
static unsigned known_count;
static struct file *files[FILES];
static unsigned file_count;
static struct file *of_fd[FDS];
static unsigned char folder_fd[FDS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int ids = -1;

/* The system itself, past this library. */
static int sys_open(const char *path, int flags, mode_t mode) { return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode); }
static ssize_t sys_pwrite(int fd, const void *b, size_t n, off_t at) { return syscall(SYS_pwrite64, fd, b, n, at); }
static ssize_t sys_pread(int fd, void *b, size_t n, off_t at) { return syscall(SYS_pread64, fd, b, n, at); }

/* Whether this call, the next of its kind, is to fail. */
static int fails(int from, int counter) {
    uint64_t n = __sync_add_and_fetch((uint64_t *)&control[counter], 1);
    uint64_t first = control[from], times = control[from + 1];
    if (!first || n < first || n - first >= times) return 0;
    __sync_add_and_fetch((uint64_t *)&control[INJECTED], 1);
    return 1;
}

static void remember(ino_t inode, uint64_t id) {
    char line[64];
    int n = snprintf(line, sizeof line, "%llu %llu\n", (unsigned long long)inode, (unsigned long long)id);
    if (syscall(SYS_write, ids, line, n) < 0) abort();
    for (unsigned i = 0; i < known_count; i++)
        if (known[i].inode == inode) { known[i].id = id; return; }
    if (known_count == FILES) abort();
    known[known_count].inode = inode;
    known[known_count++].id = id;
}

static uint64_t id_of(ino_t inode) {
    for (unsigned i = 0; i < known_count; i++)
        if (known[i].inode == inode) return known[i].id;
    return 0;
}

/* The program may have opened the file for writing alone. */
static int readable(int fd) {
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int own = sys_open(path, O_RDONLY | O_CLOEXEC, 0);
    if (own < 0) abort();
    return own;
}

static void copy(int from, int to, off_t at, off_t end) {
    char bytes[65536];
    int own = readable(from);
    while (at < end) {
        size_t want = (size_t)(end - at) < sizeof bytes ? (size_t)(end - at) : sizeof bytes;
        ssize_t n = sys_pread(own, bytes, want, at);
        if (n < 0 || (n > 0 && sys_pwrite(to, bytes, (size_t)n, at) != n)) abort();
        if (!n) break;
        at += n;
    }
    syscall(SYS_close, own);
}

static int open_image(uint64_t id) {
    char path[PATH_MAX + 32];
    snprintf(path, sizeof path, "%s/%llu", image, (unsigned long long)id);
    int fd = sys_open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) abort();
    return fd;
}

/* The file behind a descriptor. One never seen before is durable as it is. */
static struct file *file_of(int fd, const struct stat *st) {
    uint64_t id = id_of(st->st_ino);
    for (unsigned i = 0; i < file_count; i++)
        if (files[i]->inode == st->st_ino && files[i]->id == id && id) return files[i];
    if (file_count == FILES) abort();
    struct file *file = calloc(1, sizeof *file);
    if (!file) abort();
    file->inode = st->st_ino;
    file->all = id != 0;
    if (!id) {
        id = next_id++;
        remember(st->st_ino, id);
    }
    file->id = id;
    file->image = open_image(id);
    if (!file->all) copy(fd, file->image, 0, st->st_size);
    files[file_count++] = file;
    return file;
}

static void forget(ino_t inode) {
    if (id_of(inode)) remember(inode, 0);
}

static int in_root(int fd, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, PATH_MAX - 1);
    if (n <= 0) return 0;
    path[n] = 0;
    size_t length = strlen(root);
    /* Files of the folder itself: what stands in folders below it is somebody else's. */
    return !strncmp(path, root, length) && path[length] == '/' && !strchr(path + length + 1, '/');
}

static int ends_with(const char *text, const char *end) {
    size_t a = strlen(text), b = strlen(end);
    return a >= b && !strcmp(text + a - b, end);
}

/* Writes which names there are: what a flush of the folder makes durable. */
static void keep_names(void) {
    char path[PATH_MAX + 512], done[PATH_MAX + 32];
    snprintf(path, sizeof path, "%s/names.new", image);
    FILE *out = fopen(path, "we");
    DIR *all = opendir(root);
    if (!out || !all) abort();
    for (struct dirent *e; (e = readdir(all));) {
        struct stat st;
        snprintf(path, sizeof path, "%s/%s", root, e->d_name);
        if (lstat(path, &st) || !S_ISREG(st.st_mode) || ends_with(path, "-shm")) continue;
        uint64_t id = id_of(st.st_ino);
        if (!id) {
            int fd = sys_open(path, O_RDONLY | O_CLOEXEC, 0);
            if (fd < 0) continue;
            id = file_of(fd, &st)->id;
            syscall(SYS_close, fd);
        }
        fprintf(out, "%llu %s\n", (unsigned long long)id, e->d_name);
    }
    closedir(all);
    fclose(out);
    snprintf(path, sizeof path, "%s/names.new", image);
    snprintf(done, sizeof done, "%s/names", image);
    if (syscall(SYS_renameat, AT_FDCWD, path, AT_FDCWD, done)) abort();
}

__attribute__((constructor)) static void begin(void) {
    const char *r = getenv("TORTURE_ROOT"), *i = getenv("TORTURE_IMAGE"), *c = getenv("TORTURE_CONTROL");
    struct stat st;
    if (!r || !i || !c || stat(r, &st) || !realpath(r, root) || !realpath(i, image)) return;
    root_device = st.st_dev;
    root_inode = st.st_ino;
    int fd = sys_open(c, O_RDWR | O_CLOEXEC, 0);
    if (fd < 0) return;
    void *shared = mmap(NULL, NUMBERS * 8, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    syscall(SYS_close, fd);
    if (shared == MAP_FAILED) return;
    char path[PATH_MAX + 32];
    snprintf(path, sizeof path, "%s/ids", image);
    ids = sys_open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    FILE *in = fopen(path, "re");
    unsigned long long inode, id;
    while (in && fscanf(in, "%llu %llu", &inode, &id) == 2) {
        unsigned n = 0;
        while (n < known_count && known[n].inode != (ino_t)inode) n++;
        if (n == FILES) abort();
        known[n].inode = (ino_t)inode;
        known[n].id = id;
        if (n == known_count) known_count++;
        if (id >= next_id) next_id = id + 1;
    }
    if (in) fclose(in);
    for (int n = FLUSHES; n <= LIED; n++) ((uint64_t *)shared)[n] = 0;
    snprintf(path, sizeof path, "%s/names", image);
    if (access(path, F_OK)) keep_names();
    control = shared;
}

static void track(int fd, int flags) {
    struct stat st;
    char path[PATH_MAX];
    if (fd < 0 || fd >= FDS || fstat(fd, &st)) return;
    pthread_mutex_lock(&lock);
    of_fd[fd] = NULL;
    folder_fd[fd] = 0;
    if (S_ISDIR(st.st_mode)) folder_fd[fd] = st.st_dev == root_device && st.st_ino == root_inode;
    else if (S_ISREG(st.st_mode) && (flags & O_ACCMODE) != O_RDONLY && st.st_dev == root_device && in_root(fd, path) &&
             !ends_with(path, "-shm"))
        of_fd[fd] = file_of(fd, &st);
    pthread_mutex_unlock(&lock);
}

static int is_ours(const char *path) {
    return !strncmp(path, root, strlen(root));
}

static int any_open(int at, const char *path, int flags, mode_t mode) {
    if (control && is_ours(path) && fails(OPEN_FROM, OPENS)) {
        errno = (int)control[OPEN_ERROR];
        return -1;
    }
    if (control && (flags & O_CREAT) && is_ours(path) && control[WRITE_GROWING_ONLY] && control[WRITE_FROM] &&
        control[WRITES] + 1 >= control[WRITE_FROM] && access(path, F_OK)) {
        errno = (int)control[WRITE_ERROR];
        return -1;
    }
    int fd = (int)syscall(SYS_openat, at, path, flags, mode);
    if (control && fd >= 0) track(fd, flags);
    return fd;
}

#define MODE(flags)                          \
    mode_t mode = 0;                         \
    if ((flags) & (O_CREAT | O_TMPFILE)) {   \
        va_list more;                        \
        va_start(more, flags);               \
        mode = va_arg(more, mode_t);         \
        va_end(more);                        \
    }

int open(const char *path, int flags, ...) { MODE(flags) return any_open(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE(flags) return any_open(AT_FDCWD, path, flags | O_LARGEFILE, mode); }
int openat(int at, const char *path, int flags, ...) { MODE(flags) return any_open(at, path, flags, mode); }
int openat64(int at, const char *path, int flags, ...) { MODE(flags) return any_open(at, path, flags | O_LARGEFILE, mode); }

int close(int fd) {
    if (fd >= 0 && fd < FDS && (of_fd[fd] || folder_fd[fd])) {
        pthread_mutex_lock(&lock);
        of_fd[fd] = NULL;
        folder_fd[fd] = 0;
        pthread_mutex_unlock(&lock);
    }
    return (int)syscall(SYS_close, fd);
}

static void mark(struct file *file, off_t from, off_t to) {
    if (file->all) return;
    for (unsigned i = file->count; i-- > 0 && i + 64 > file->count;)
        if (from <= file->dirty[i].to && to >= file->dirty[i].from) {
            if (from < file->dirty[i].from) file->dirty[i].from = from;
            if (to > file->dirty[i].to) file->dirty[i].to = to;
            return;
        }
    if (file->count == RANGES) { file->all = 1; return; }
    file->dirty[file->count].from = from;
    file->dirty[file->count++].to = to;
}

/* A write at a place; `at` < 0: where the descriptor stands. */
static ssize_t put(int fd, const void *bytes, size_t count, off_t at) {
    struct file *file = fd >= 0 && fd < FDS ? of_fd[fd] : NULL;
    if (!control || !file)
        return at < 0 ? syscall(SYS_write, fd, bytes, count) : sys_pwrite(fd, bytes, count, at);
    pthread_mutex_lock(&lock);
    struct stat st = {0};
    fstat(fd, &st);
    off_t from = at;
    if (at < 0) from = fcntl(fd, F_GETFL) & O_APPEND ? st.st_size : (off_t)syscall(SYS_lseek, fd, 0, SEEK_CUR);
    int grows = from + (off_t)count > st.st_size;
    ssize_t done;
    if ((grows || !control[WRITE_GROWING_ONLY]) && fails(WRITE_FROM, WRITES)) {
        /* Half of it may have come through before the disk gave up. */
        if (control[WRITE_SHORT] && sys_pwrite(fd, bytes, count / 2, from) > 0) mark(file, from, from + (off_t)count / 2);
        done = -1;
        errno = (int)control[WRITE_ERROR];
    } else {
        done = at < 0 ? syscall(SYS_write, fd, bytes, count) : sys_pwrite(fd, bytes, count, at);
        if (done > 0) mark(file, from, from + done);
    }
    pthread_mutex_unlock(&lock);
    return done;
}

ssize_t write(int fd, const void *bytes, size_t count) { return put(fd, bytes, count, -1); }
ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) { return put(fd, bytes, count, at); }
ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) { return put(fd, bytes, count, at); }

static int cut_to(int fd, off_t length) {
    pthread_mutex_lock(&lock);
    int done = (int)syscall(SYS_ftruncate, fd, length);
    struct file *file = fd >= 0 && fd < FDS ? of_fd[fd] : NULL;
    if (file && !done) file->all = 1;
    pthread_mutex_unlock(&lock);
    return done;
}

int ftruncate(int fd, off_t length) { return cut_to(fd, length); }
int ftruncate64(int fd, off64_t length) { return cut_to(fd, length); }

static int flush(int fd, long number) {
    struct file *file = fd >= 0 && fd < FDS ? of_fd[fd] : NULL;
    int folder = fd >= 0 && fd < FDS && folder_fd[fd];
    if (!control || (!file && !folder)) return (int)syscall(number, fd);
    if (control[FLUSH_DELAY_US]) usleep((useconds_t)control[FLUSH_DELAY_US]);
    pthread_mutex_lock(&lock);
    int failed = fails(FLUSH_FROM, FLUSHES), done = 0;
    if (control[LIE] && !failed) {
        __sync_add_and_fetch((uint64_t *)&control[LIED], 1);
    } else if (folder && !failed) {
        keep_names();
    } else if (file) {
        struct stat st;
        if (!failed && !fstat(fd, &st)) {
            if (file->all) copy(fd, file->image, 0, st.st_size);
            for (unsigned i = 0; !file->all && i < file->count; i++) {
                off_t to = file->dirty[i].to < st.st_size ? file->dirty[i].to : st.st_size;
                copy(fd, file->image, file->dirty[i].from, to);
            }
            if (syscall(SYS_ftruncate, file->image, st.st_size)) abort();
        }
        file->all = 0;
        file->count = 0;
    }
    if (failed) {
        done = -1;
        errno = (int)control[FLUSH_ERROR];
    }
    pthread_mutex_unlock(&lock);
    return done;
}

int fsync(int fd) { return flush(fd, SYS_fsync); }
int fdatasync(int fd) { return flush(fd, SYS_fdatasync); }

/* An inode that is free again may come back as another file. */
static void going(int at, const char *path) {
    struct stat st;
    if (!control || fstatat(at, path, &st, AT_SYMLINK_NOFOLLOW) || !S_ISREG(st.st_mode) || st.st_nlink > 1) return;
    pthread_mutex_lock(&lock);
    forget(st.st_ino);
    pthread_mutex_unlock(&lock);
}

int unlink(const char *path) { going(AT_FDCWD, path); return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0); }
int unlinkat(int at, const char *path, int flags) { going(at, path); return (int)syscall(SYS_unlinkat, at, path, flags); }
int rename(const char *from, const char *to) {
    going(AT_FDCWD, to);
    return (int)syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to);
}

int clock_gettime(clockid_t which, struct timespec *at) {
    int done = (int)syscall(SYS_clock_gettime, which, at);
    if (!done && which == CLOCK_REALTIME && control && control[CLOCK_OFFSET_US]) {
        int64_t us = (int64_t)control[CLOCK_OFFSET_US];
        int64_t ns = at->tv_nsec + us % 1000000 * 1000;
        at->tv_sec += us / 1000000 + (ns >= 1000000000) - (ns < 0);
        at->tv_nsec = ns - 1000000000 * ((ns >= 1000000000) - (ns < 0));
    }
    return done;
}
