// Merge sort of records by an order chosen at run time. Kind: dynamic calls (call_indirect) of short functions.
#include "guest.h"

typedef struct { i32 key; f32 weight; u32 place; } Record;
typedef i32 (*Compare)(const Record *, const Record *);

enum { CAPACITY = 1 << 14 };
static Record records[CAPACITY], spare[CAPACITY];

static i32 by_key(const Record *a, const Record *b) { return a->key < b->key ? -1 : a->key > b->key; }
static i32 by_key_down(const Record *a, const Record *b) { return by_key(b, a); }
static i32 by_weight(const Record *a, const Record *b) { return a->weight < b->weight ? -1 : a->weight > b->weight; }
static i32 by_place(const Record *a, const Record *b) { return a->place < b->place ? -1 : a->place > b->place; }
static i32 by_low_byte(const Record *a, const Record *b) {
    i32 difference = (a->key & 255) - (b->key & 255);
    return difference != 0 ? difference : by_weight(a, b);
}

static const Compare orders[] = {by_key, by_weight, by_low_byte, by_key_down, by_place};

static NOINLINE void merge_sort(Record *from, Record *to, i32 count, Compare compare) {
    for (i32 width = 1; width < count; width *= 2) {
        for (i32 low = 0; low < count; low += 2 * width) {
            i32 middle = at_most(low + width, count), high = at_most(low + 2 * width, count);
            i32 left = low, right = middle;
            for (i32 i = low; i < high; i++) {
                i32 take_left = left < middle && (right >= high || compare(&from[left], &from[right]) <= 0);
                to[i] = from[take_left ? left++ : right++];
            }
        }
        Record *swap = from;
        from = to;
        to = swap;
    }
    if (from != records)
        for (i32 i = 0; i < count; i++) records[i] = from[i];
}

EXPORT i64 run(i32 count) {
    count = at_most(count, CAPACITY);
    Random random = {0x9E3779B9};
    for (i32 i = 0; i < count; i++) {
        records[i].key = (i32)next_random(&random) >> 12;
        records[i].weight = (f32)random_below(&random, 1000) * 0.25f;
        records[i].place = (u32)i;
    }
    u64 sum = CHECKSUM_START;
    for (i32 order = 0; order < LENGTH(orders); order++) {
        merge_sort(records, spare, count, orders[order]);
        for (i32 i = 0; i < count; i += 7) sum = checksum(sum, records[i].place);
    }
    return (i64)sum;
}
