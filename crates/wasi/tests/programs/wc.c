// Counts lines, words and bytes of the named files, or of standard input.
#include <ctype.h>
#include <stdio.h>

static void count(FILE *in, const char *name) {
    long lines = 0, words = 0, bytes = 0;
    int c, inside = 0;
    while ((c = getc(in)) != EOF) {
        bytes++;
        lines += c == '\n';
        if (isspace(c)) inside = 0;
        else if (!inside) { inside = 1; words++; }
    }
    printf("%ld %ld %ld %s\n", lines, words, bytes, name);
}

int main(int argc, char **argv) {
    if (argc < 2) count(stdin, "-");
    for (int i = 1; i < argc; i++) {
        FILE *in = fopen(argv[i], "rb");
        if (!in) { perror(argv[i]); return 1; }
        count(in, argv[i]);
        fclose(in);
    }
    return 0;
}
