/* Greets by name, or counts what comes from standard input. */
#include <stdio.h>

int main(int argc, char **argv) {
    long lines = 0, bytes = 0;
    if (argc > 1) {
        for (int i = 1; i < argc; i++) printf("Hello, %s!\n", argv[i]);
        return 0;
    }
    for (int c; (c = getchar()) != EOF; bytes++) lines += c == '\n';
    printf("%ld lines, %ld bytes\n", lines, bytes);
    return 0;
}
