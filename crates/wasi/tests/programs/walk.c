// Lists a directory and everything below it, sorted, with kinds and sizes.
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void walk(const char *path) {
    struct dirent **entries;
    int count = scandir(path, &entries, NULL, alphasort);
    if (count < 0) { perror(path); exit(1); }
    for (int i = 0; i < count; i++) {
        char child[1024];
        struct stat stat;
        const char *name = entries[i]->d_name;
        if (!strcmp(name, ".") || !strcmp(name, "..")) {
            printf("%s/%s is a directory: %d\n", path, name, entries[i]->d_type == DT_DIR);
            continue;
        }
        snprintf(child, sizeof child, "%s/%s", path, name);
        if (lstat(child, &stat)) { perror(child); exit(1); }
        if (S_ISDIR(stat.st_mode)) {
            printf("%s/\n", child);
            walk(child);
        } else {
            printf("%s %s %lld, the same inode: %d\n", child, S_ISLNK(stat.st_mode) ? "link" : "file",
                   (long long)stat.st_size, stat.st_ino == entries[i]->d_ino);
        }
    }
}

int main(int argc, char **argv) {
    walk(argc > 1 ? argv[1] : ".");
    return 0;
}
