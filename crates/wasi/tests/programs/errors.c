// What fails, and how. Works in the current directory.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void try(const char *path, int flags) {
    int fd = open(path, flags, 0644);
    if (fd < 0) printf("open %s: %s\n", path, strerror(errno));
    else { printf("open %s: works\n", path); close(fd); }
}

int main(void) {
    char byte;
    struct stat stat_;
    try("missing", O_RDONLY);
    try("fox.txt/inside", O_RDONLY);
    try("sub", O_WRONLY);
    try("fox.txt", O_DIRECTORY | O_RDONLY);
    try("fox.txt", O_CREAT | O_EXCL | O_WRONLY);
    try("missing/new", O_CREAT | O_WRONLY);
    try("../outside", O_RDONLY);
    try("sub/../../outside", O_RDONLY);
    try("sub/../fox.txt", O_RDONLY);
    try("/etc/passwd", O_RDONLY);
    if (!symlink("../../../../../../etc/passwd", "out")) try("out", O_RDONLY);
    unlink("out");
    if (symlink("/etc/passwd", "out")) printf("symlink: %s\n", strerror(errno));
    if (!symlink("loop", "loop")) try("loop", O_RDONLY);
    unlink("loop");
    int fd = open("fox.txt", O_RDONLY);
    if (write(fd, "x", 1) < 0) printf("write: %s\n", strerror(errno));
    if (lseek(fd, -1, SEEK_SET) < 0) printf("lseek: %s\n", strerror(errno));
    close(fd);
    if (read(fd, &byte, 1) < 0) printf("read: %s\n", strerror(errno));
    if (lseek(0, 0, SEEK_CUR) < 0) printf("lseek: %s\n", strerror(errno));
    if (rename("missing", "other")) printf("rename: %s\n", strerror(errno));
    if (rmdir("sub")) printf("rmdir: %s\n", strerror(errno));
    if (unlink("missing")) printf("unlink: %s\n", strerror(errno));
    if (stat("missing", &stat_)) printf("stat: %s\n", strerror(errno));
    char longer[5000];
    memset(longer, 'a', sizeof longer - 1);
    longer[sizeof longer - 1] = 0;
    if (open(longer, O_RDONLY) < 0) printf("long name: %s\n", strerror(errno));
    return 0;
}
