// Sorts the lines of standard input by their bytes.
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int main(void) {
    char **lines = NULL, *line = NULL;
    size_t count = 0, room = 0, length = 0;
    while (getline(&line, &length, stdin) >= 0) {
        line[strcspn(line, "\n")] = 0;
        if (count == room) lines = realloc(lines, (room = room * 2 + 16) * sizeof *lines);
        lines[count++] = strdup(line);
    }
    qsort(lines, count, sizeof *lines, compare);
    for (size_t i = 0; i < count; i++) puts(lines[i]);
    return 0;
}
