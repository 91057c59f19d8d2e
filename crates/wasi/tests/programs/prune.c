// Removes the files of a directory while it is being listed: no name may be passed over.
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void) {
    char path[32];
    struct dirent *entry;
    int removed = 0;
    mkdir("many", 0755);
    for (int i = 0; i < 300; i++) {
        snprintf(path, sizeof path, "many/file-number-%d", i);
        close(open(path, O_CREAT | O_WRONLY, 0644));
    }
    DIR *dir = opendir("many");
    while ((entry = readdir(dir))) {
        if (entry->d_name[0] == '.') continue;
        snprintf(path, sizeof path, "many/%s", entry->d_name);
        removed += unlink(path) == 0;
    }
    closedir(dir);
    printf("removed %d, empty then: %d\n", removed, rmdir("many") == 0);
    return 0;
}
