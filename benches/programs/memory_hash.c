// A memory-hard hash of the kind used for passwords (own design): blocks of 1 KiB, each mixed from the one before and from
// an earlier one that the data chooses. Kind: 64-bit arithmetic, rotations, streams of loads and stores over 1 MiB.
#include "guest.h"

enum { WORDS = 128, CAPACITY = 1024 };
typedef struct { u64 word[WORDS]; } Block;
static Block memory[CAPACITY];

static inline u64 rotate(u64 x, i32 by) { return x >> by | x << (64 - by); }

// Addition with a product of the lower halves: cheap for a processor, dear for a circuit.
static inline u64 blend(u64 x, u64 y) { return x + y + 2 * (u64)(u32)x * (u32)y; }

static inline void quarter(u64 *a, u64 *b, u64 *c, u64 *d) {
    u64 w = *a, x = *b, y = *c, z = *d;
    w = blend(w, x);
    z = rotate(z ^ w, 32);
    y = blend(y, z);
    x = rotate(x ^ y, 25);
    w = blend(w, x);
    z = rotate(z ^ w, 17);
    y = blend(y, z);
    x = rotate(x ^ y, 61);
    *a = w, *b = x, *c = y, *d = z;
}

// to = mix(last ^ other) ^ last ^ other, in rows and in columns of the 16 x 8 words.
static NOINLINE void mix(Block *to, const Block *last, const Block *other) {
    static Block sum;
    for (i32 i = 0; i < WORDS; i++) to->word[i] = sum.word[i] = last->word[i] ^ other->word[i];
    u64 *w = sum.word;
    for (i32 row = 0; row < WORDS; row += 16)
        for (i32 i = 0; i < 4; i++) quarter(&w[row + i], &w[row + 4 + i], &w[row + 8 + i], &w[row + 12 + i]);
    for (i32 column = 0; column < 16; column++) {
        quarter(&w[column], &w[column + 32], &w[column + 64], &w[column + 96]);
        quarter(&w[column + 16], &w[column + 48], &w[column + 80], &w[column + 112]);
    }
    for (i32 i = 0; i < WORDS; i++) to->word[i] ^= sum.word[i];
}

// The size is in blocks, at most 1024; there are two passes.
EXPORT i64 run(i32 blocks) {
    blocks = at_most(blocks < 4 ? 4 : blocks, CAPACITY);
    Random random = {0xC0FFEE};
    for (i32 b = 0; b < 2; b++)
        for (i32 i = 0; i < WORDS; i++) memory[b].word[i] = (u64)next_random(&random) << 32 | next_random(&random);
    for (i32 b = 2; b < blocks; b++) {
        u32 chosen = (u32)memory[b - 1].word[0] % (u32)(b - 1);
        mix(&memory[b], &memory[b - 1], &memory[chosen]);
    }
    for (i32 b = 0; b < blocks; b++) {
        const Block *last = &memory[b == 0 ? blocks - 1 : b - 1];
        mix(&memory[b], last, &memory[(u32)last->word[1] % (u32)blocks]);
    }
    u64 sum = CHECKSUM_START;
    for (i32 i = 0; i < WORDS; i++) sum = checksum(sum, memory[blocks - 1].word[i]);
    return (i64)sum;
}
