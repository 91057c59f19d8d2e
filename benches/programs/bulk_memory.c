// Copies and fills of 1 byte to 64 KiB, overlapping ones too. Kind: memory.copy and memory.fill (needs the bulk memory
// proposal): many short ones, some long ones.
#include "guest.h"

enum { CAPACITY = 1 << 18 };
static u8 bytes[CAPACITY];

// Short sizes are much more frequent than long ones.
static u32 any_size(Random *random) {
    u32 bits = random_below(random, 17);
    if (random_below(random, 8) != 0) bits = bits * 3 / 8;
    return (1u << bits) + random_below(random, 1u << bits) / 2;
}

EXPORT i64 run(i32 rounds) {
    __builtin_memset(bytes, 0, CAPACITY);
    Random random = {161803};
    u64 sum = CHECKSUM_START;
    for (i32 round = 0; round < rounds; round++) {
        u32 size = any_size(&random);
        u32 to = random_below(&random, CAPACITY - size), from = random_below(&random, CAPACITY - size);
        switch (round % 4) {
        case 0: __builtin_memset(bytes + to, round, size); break;
        case 1: __builtin_memmove(bytes + to, bytes + from, size); break;
        case 2: __builtin_memmove(bytes + to, bytes + to + size / 4, size - size / 4); break;
        default: __builtin_memset(bytes + to, (i32)from, size / 2 + 1); break;
        }
        sum = checksum(sum, bytes[random_below(&random, CAPACITY)]);
    }
    for (i32 i = 0; i < CAPACITY; i += 509) sum = checksum(sum, bytes[i]);
    return (i64)sum;
}
