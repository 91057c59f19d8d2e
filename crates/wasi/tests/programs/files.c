// What can be done with files: seek, truncate, append, rename, link, list, remove. Works in the current directory.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define DO(call) do { long long result = (call); \
    if (result < 0) printf("%s: error %d\n", #call, errno); else printf("%s = %lld\n", #call, result); } while (0)

static void show(const char *path) {
    char buffer[64] = {0};
    int fd = open(path, O_RDONLY);
    if (fd < 0) { printf("%s: error %d\n", path, errno); return; }
    ssize_t count = read(fd, buffer, sizeof buffer - 1);
    for (ssize_t i = 0; i < count; i++) if (!buffer[i]) buffer[i] = '.';
    printf("%s: %zd [%s]\n", path, count, buffer);
    close(fd);
}

static void list(const char *path) {
    struct dirent **entries;
    int count = scandir(path, &entries, NULL, alphasort);
    printf("%s:", path);
    for (int i = 0; i < count; i++) printf(" %s", entries[i]->d_name);
    printf("\n");
}

static void content(void) {
    char buffer[8] = {0};
    int fd = open("a", O_RDWR | O_CREAT | O_EXCL, 0644);
    DO(write(fd, "0123456789", 10));
    DO(lseek(fd, 3, SEEK_SET));
    DO(read(fd, buffer, 4));
    printf("[%s]\n", buffer);
    DO(lseek(fd, -1, SEEK_END));
    DO(lseek(fd, -100, SEEK_CUR));
    DO(lseek(fd, 0, SEEK_CUR));
    DO(pwrite(fd, "XY", 2, 1));
    DO(pread(fd, buffer, 2, 1));
    DO(lseek(fd, 0, SEEK_CUR));
    DO(ftruncate(fd, 5));
    DO(ftruncate(fd, 7));
    struct iovec vectors[3] = {{"a", 1}, {"", 0}, {"bc", 2}};
    DO(lseek(fd, 0, SEEK_END));
    // Fewer may be written at once: then the rest is.
    long long written = 0;
    for (int i = 0; i < 3; i++)
        for (size_t done = 0; done < vectors[i].iov_len;) {
            struct iovec rest = {(char *)vectors[i].iov_base + done, vectors[i].iov_len - done};
            done += writev(fd, &rest, 1);
            written += done;
        }
    printf("written in pieces: %lld\n", written);
    DO(fsync(fd));
    DO(fdatasync(fd));
    DO(close(fd));
    DO(close(fd));
    show("a");
    fd = open("a", O_WRONLY | O_APPEND);
    DO(write(fd, "end", 3));
    DO(read(fd, buffer, 1));
    DO(close(fd));
    show("a");
    fd = open("a", O_WRONLY | O_TRUNC);
    DO(close(fd));
    show("a");
}

static void names(void) {
    struct stat one, two;
    DO(open("a", O_CREAT | O_EXCL | O_RDWR, 0644));
    DO(link("a", "b"));
    DO(stat("a", &one));
    DO(stat("b", &two));
    printf("the same: %d, links: %d\n", one.st_ino == two.st_ino, (int)two.st_nlink);
    DO(symlink("a", "c"));
    DO(lstat("c", &one));
    printf("a link: %d\n", S_ISLNK(one.st_mode));
    char target[8] = {0};
    DO(readlink("c", target, sizeof target));
    printf("[%s]\n", target);
    DO(rename("b", "d"));
    DO(rename("b", "e"));
    DO(mkdir("f", 0755));
    DO(mkdir("f", 0755));
    DO(rename("d", "f/d"));
    list(".");
    list("f");
    DO(rmdir("f"));
    DO(unlink("f"));
    DO(unlink("f/d"));
    DO(rmdir("f"));
    DO(unlink("c"));
    DO(unlink("a"));
    DO(unlink("a"));
    struct timespec times[2] = {{1000, 5}, {2000000000, 7}};
    close(open("t", O_CREAT | O_WRONLY, 0644));
    DO(utimensat(AT_FDCWD, "t", times, 0));
    DO(stat("t", &one));
    printf("%lld %lld\n", (long long)one.st_atim.tv_sec, (long long)one.st_mtim.tv_nsec);
    DO(unlink("t"));
}

// More names than one buffer of the library holds.
static void many(void) {
    char path[32];
    DO(mkdir("many", 0755));
    for (int i = 0; i < 300; i++) {
        snprintf(path, sizeof path, "many/file-number-%d", i);
        close(open(path, O_CREAT | O_WRONLY, 0644));
    }
    DIR *dir = opendir("many");
    int seen = 0, back = 0;
    long place = 0;
    struct dirent *entry;
    while ((entry = readdir(dir))) if (++seen == 100) place = telldir(dir);
    seekdir(dir, place);
    while (readdir(dir)) back++;
    printf("seen %d, after the hundredth %d\n", seen, back);
    rewinddir(dir);
    while ((entry = readdir(dir))) seen++;
    printf("and again: %d\n", seen);
    closedir(dir);
    for (int i = 0; i < 300; i++) {
        snprintf(path, sizeof path, "many/file-number-%d", i);
        unlink(path);
    }
    DO(rmdir("many"));
}

int main(void) {
    content();
    DO(unlink("a"));
    names();
    many();
    return 0;
}
