// An LZ77 compressor (hash table of the last place of every four bytes, tokens of literals and copies) and its
// decompressor, over text made of repeating words. Kind: byte loads and stores, unaligned words, short copying loops.
#include "guest.h"

enum { CAPACITY = 1 << 18, HASH_BITS = 12, LEAST = 4, MOST = 127 + LEAST, WINDOW = 65535 };
static u8 text[CAPACITY], packed[CAPACITY + CAPACITY / 64 + 16], unpacked[CAPACITY + 16];
static i32 last_place[1 << HASH_BITS];

static const char *const words[] = {"river", "stone", "under", "the", "of", "light ", "a", "early", "went", "and then ",
                                    "nobody", "window", "garden", "said", "to", "carefully"};

static void write_text(i32 length) {
    Random random = {0xBADC0DE};
    for (i32 at = 0; at < length;) {
        const char *word = words[random_below(&random, 16)];
        if (random_below(&random, 8) == 0) text[at++] = (u8)('0' + random_below(&random, 10));
        while (*word && at < length) text[at++] = (u8)*word++;
        if (at < length) text[at++] = random_below(&random, 12) == 0 ? '\n' : ' ';
    }
}

static inline u32 word_at(const u8 *bytes) {
    u32 word;
    __builtin_memcpy(&word, bytes, 4);
    return word;
}

// A token below 128 is the count of literals that follow, less one; others are a copy: length, then two bytes of distance.
static u8 *write_literals(u8 *to, const u8 *from, const u8 *end) {
    while (from < end) {
        i32 count = at_most((i32)(end - from), 128);
        *to++ = (u8)(count - 1);
        for (i32 i = 0; i < count; i++) *to++ = *from++;
    }
    return to;
}

static NOINLINE i32 compress(i32 length) {
    for (i32 i = 0; i < 1 << HASH_BITS; i++) last_place[i] = -WINDOW - 1;
    u8 *to = packed;
    i32 at = 0, literals = 0;
    while (at + LEAST <= length) {
        u32 hash = word_at(text + at) * 2654435761u >> (32 - HASH_BITS);
        i32 place = last_place[hash];
        last_place[hash] = at;
        if (at - place > WINDOW || word_at(text + place) != word_at(text + at)) {
            at++;
            continue;
        }
        i32 most = at_most(length - at, MOST), count = LEAST;
        while (count < most && text[place + count] == text[at + count]) count++;
        to = write_literals(to, text + literals, text + at);
        *to++ = (u8)(128 + count - LEAST);
        *to++ = (u8)(at - place);
        *to++ = (u8)((at - place) >> 8);
        at += count;
        literals = at;
    }
    to = write_literals(to, text + literals, text + length);
    return (i32)(to - packed);
}

static NOINLINE i32 decompress(i32 packed_length) {
    const u8 *from = packed, *end = packed + packed_length;
    u8 *to = unpacked;
    while (from < end) {
        i32 token = *from++;
        if (token < 128) {
            for (i32 i = 0; i <= token; i++) *to++ = *from++;
        } else {
            const u8 *copy = to - (from[0] | from[1] << 8);
            from += 2;
            for (i32 i = token - 128 + LEAST; i > 0; i--) *to++ = *copy++;
        }
    }
    return (i32)(to - unpacked);
}

// The packed length above a checksum of the packed bytes; -1 where the text does not come back.
EXPORT i64 run(i32 length) {
    length = at_most(length, CAPACITY);
    write_text(length);
    i32 packed_length = compress(length);
    if (decompress(packed_length) != length) return -1;
    for (i32 i = 0; i < length; i++)
        if (text[i] != unpacked[i]) return -1;
    u64 sum = CHECKSUM_START;
    for (i32 i = 0; i < packed_length; i++) sum = checksum(sum, packed[i]);
    return (i64)packed_length << 32 | (i64)(sum >> 32);
}
