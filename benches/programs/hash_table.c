// A hash table with open addressing and linear probing: inserts, counts, finds, and removes (moving later entries back).
// Kind: multiplicative hashing, scattered loads, short loops that end at data dependent places.
#include "guest.h"

typedef struct { u32 key, value; } Entry; // key 0: free

enum { BITS = 15, SLOTS = 1 << BITS, MASK = SLOTS - 1 };
static Entry table[SLOTS];

static inline u32 home(u32 key) { return key * 2654435769u >> (32 - BITS); }

// The slot that holds the key, or the free one where it belongs.
static inline u32 slot_of(u32 key) {
    u32 slot = home(key);
    while (table[slot].key != 0 && table[slot].key != key) slot = (slot + 1) & MASK;
    return slot;
}

static NOINLINE void add(u32 key, u32 amount) {
    Entry *entry = &table[slot_of(key)];
    entry->key = key;
    entry->value += amount;
}

static NOINLINE u32 find(u32 key) { return table[slot_of(key)].value; }

static NOINLINE u32 take(u32 key) {
    u32 hole = slot_of(key), value = table[hole].value;
    if (table[hole].key == 0) return 0;
    for (u32 slot = (hole + 1) & MASK; table[slot].key != 0; slot = (slot + 1) & MASK) {
        // An entry may move into the hole unless its home lies between the hole and itself.
        if (((slot - home(table[slot].key)) & MASK) < ((slot - hole) & MASK)) continue;
        table[hole] = table[slot];
        hole = slot;
    }
    table[hole] = (Entry){0, 0};
    return value;
}

// At most 20000 different keys: the table stays below two thirds full.
EXPORT i64 run(i32 operations) {
    for (i32 i = 0; i < SLOTS; i++) table[i] = (Entry){0, 0};
    Random random = {271828};
    u64 sum = CHECKSUM_START;
    for (i32 i = 0; i < operations; i++) {
        u32 key = random_below(&random, 20000) * 7919 + 1;
        switch (next_random(&random) & 3) {
        case 0: case 1: add(key, (u32)i); break;
        case 2: sum += find(key); break;
        default: sum = checksum(sum, take(key)); break;
        }
    }
    for (i32 i = 0; i < SLOTS; i += 16) sum = checksum(sum, table[i].value);
    return (i64)sum;
}
