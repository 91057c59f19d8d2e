// Writes much, in pieces of many sizes, to standard output or to a file, and reads the file back.
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv) {
    size_t size = 1 << 20;
    unsigned char *bytes = malloc(size);
    for (size_t i = 0; i < size; i++) bytes[i] = "0123456789abcde\n"[i % 16];
    if (argc < 2) {
        for (size_t at = 0, piece = 1; at < size; at += piece, piece = piece * 3 + 1) {
            if (piece > size - at) piece = size - at;
            for (size_t done = 0; done < piece;) {
                ssize_t count = write(1, bytes + at + done, piece - done);
                if (count <= 0) return 1;
                done += count;
            }
        }
        return 0;
    }
    FILE *file = fopen(argv[1], "w+b");
    if (!file || fwrite(bytes, 1, size, file) != size) return 1;
    rewind(file);
    unsigned long sum = 0;
    for (int c; (c = getc(file)) != EOF;) sum = sum * 31 + c;
    printf("%ld bytes, sum %lu\n", ftell(file), sum);
    fclose(file);
    remove(argv[1]);
    return 0;
}
