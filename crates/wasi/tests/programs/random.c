// Random bytes: asked for twice they differ, and every byte of a large buffer is set.
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(void) {
    unsigned char a[256] = {0}, b[256] = {0};
    int distinct[256] = {0}, values = 0;
    if (getentropy(a, sizeof a) || getentropy(b, sizeof b)) { perror("getentropy"); return 1; }
    for (int i = 0; i < 256; i++) distinct[a[i]] = distinct[b[i]] = 1;
    for (int i = 0; i < 256; i++) values += distinct[i];
    printf("differ: %d, many values: %d\n", memcmp(a, b, sizeof a) != 0, values > 100);
    printf("too many at once: %d\n", getentropy(a, 257) != 0);
    return 0;
}
